"""Made-up entries for the tests of the access record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from hub.audit.record import AccessEntry, Shape, shape_of
from hub.identity.identity import Identity, Purpose, Unit
from schema.classes import Label

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
SHAPE = shape_of(
    document="{child{name}}", fields=["Child.name", "Child.citizen_id_no"], rules=["P05"], policy_version=3
)


def unit(code: str = "ED@430621") -> Unit:
    return Unit(
        code=code,
        type=code[:2],
        level="county",
        division="430621000000",
        ranges=(("430621000000", "430622000000"),),
        name=Label(zh="某县教育局", en="Education bureau"),
    )


def identity(code: str = "ED@430621", person: str = "zhang.san") -> Identity:
    return Identity(
        person=person,
        unit=unit(code),
        roles=frozenset({"officer", "liaison"}),
        kind="human",
        expires_at=2_000_000_000,
        token_id="token-1",
    )


def child(number: int) -> str:
    return f"child_430621_01J{number:023}"


def entry(*children: str, shape: Shape = SHAPE, **given: Any) -> AccessEntry:
    ids: Sequence[bytes] = [orjson.dumps(children)] if children else []
    defaults: dict[str, Any] = {
        "at": AT,
        "identity": identity(),
        "purpose": Purpose(duty="ED-1"),
        "outcome": "answered",
        "roots": [("children", each) for each in ids],
        "rows": len(children),
        "micros": 1234,
        "children": ids,
        "shape": shape,
    }
    return AccessEntry(**{**defaults, **given})
