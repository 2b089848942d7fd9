"""Writers of several units, and what they write, over the small city."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.identity.directory import Directory
from hub.identity.identity import Identity, Purpose, Unit
from hub.ledger.acts import Act, Command, Verb
from hub.ledger.permission import Writer
from hub.policy.compile import Policy, china_today
from hub.policy.grant import Subject
from schema.registry import ENTITIES

VILLAGE, OTHER_VILLAGE = "430621104201", "430621105201"
TOWNSHIP = "TW@430621104"
UNITS = [
    (TOWNSHIP, "township", "430621104000"),
    ("PS@430621", "county", "430621000000"),
    ("VC@430621105201", "village", "430621105201"),
]
CHILD: dict[str, Any] = {
    "name": "李小石",
    "sex": "1",
    "birth_date": date(2016, 5, 4),
    "residence_division": VILLAGE,
}


def writer_of(policy: Policy, directory: Directory, code: str, *, role: str = "officer", **purpose: str) -> Writer:
    unit = directory.resolve(code, china_today())
    assert isinstance(unit, Unit), code
    identity = Identity(
        person=f"{role}:{code}", unit=unit, roles=frozenset({role}), kind="human", expires_at=2**40, token_id="t"
    )
    subject = Subject(unit_type=unit.type, level=unit.level)
    stated = Purpose(**purpose)
    return Writer(identity=identity, purpose=stated, grant=policy.grant(subject, {role}, stated.duty))


def create(entity: str, **values: Any) -> Command:
    return Command(acts=(Act(verb=Verb.CREATE, entity=ENTITIES[entity], values=values),))


def update(entity: str, row: str, version: int | None, **values: Any) -> Command:
    return Command(acts=(Act(verb=Verb.UPDATE, entity=ENTITIES[entity], values=values, row=row, version=version),))
