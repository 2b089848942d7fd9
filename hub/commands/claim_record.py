"""What a claim leaves behind: its row, the notices of it, the change rows, and what it makes units owe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from hub.commands.words import Changed, Made
from hub.commands.writing import Sheet, changed_all
from hub.identity.identity import Unit
from hub.knowledge import telling
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.offices import Offices, offices_of
from hub.knowledge.telling import Told
from hub.ledger import decision
from hub.ledger.acts import Act, Verb, Written
from hub.ledger.deed import Scene
from hub.ledger.ids import county_in, new_id
from hub.ledger.permission import Need, Permission, full_rights
from hub.ledger.rows import concerns
from hub.policy.compile import china_today
from hub.query.binding import encode
from schema.entities import Entity
from schema.registry import ENTITIES

CORRECTION, NOTICE = ENTITIES["CorrectionRequest"], ENTITIES["Notice"]
GROUP = CORRECTION.fields["status"].group
_HOME = (
    "SELECT residence_division, (SELECT json_agg(DISTINCT p.unit) FROM case_party p JOIN protection_case c"
    " ON (c.county, c.id) = (p.county, p.case_id) AND c.closed_on IS NULL AND NOT c.sealed"
    " WHERE p.county = x.county AND p.child_id = x.id AND (p.until IS NULL OR p.until > $2::date))"
    " FROM child x WHERE x.county = split_part($1, '_', 2) AND x.id = $1"
)


def permit(scene: Scene, action: str) -> Permission:
    """The right to doubt or to answer; refused where the unit has none."""
    writer = scene.job.writer
    rights = full_rights(writer, CORRECTION, GROUP, (action,))
    permission = Permission(needs=[Need(rights=rights, group=GROUP, action=action, columns=())])
    if not rights:
        act = Act(verb=Verb.UPDATE, entity=CORRECTION, values={})
        raise decision.not_granted(decision.refusals(writer, act, permission.needs))
    scene.done.rules |= permission.rules
    return permission


def offices(scene: Scene) -> Offices:
    return offices_of(scene.judge.known.directory, china_today())


async def home_of(scene: Scene, child: str) -> tuple[str, tuple[str, ...]]:
    """Where the child lives, and the units of its open cases."""
    ((home, parties),) = await scene.judge.query(_HOME, [encode(child), encode(china_today())])
    return (home or b"").decode(), tuple(orjson.loads(parties or b"[]"))


def occurrence(scene: Scene, kind: str, row: str, where: tuple[str, str], between: tuple[str, str]) -> Occurrence:
    child, home = where
    requester, owner = between
    return Occurrence(
        kind=kind, at=scene.at, by=scene.unit, division=home, child=child, row=row,
        units={"requester": (requester,), "owner": (owner,)},
    )  # fmt: skip


async def written(
    scene: Scene, made: list[Made], changed: list[tuple[Changed, int]], child: str, tells: Mapping[str, tuple[str, ...]]
) -> None:
    """The claim and the notices; the claim is what is answered."""
    county = county_in(child) or ""
    sheet = Sheet(county=county, unit=scene.unit, person=scene.person, duty=scene.job.writer.purpose.duty, at=scene.at)
    notices = [row for kind, units in tells.items() for row in _notices(scene, kind, child, units)]
    for call in sheet.inserted([*made, *notices]):
        await scene.judge.query(*call)
    for each, version in changed:
        sheet.versions[each.row] = version
    for call, rows in sheet.updated([each for each, _ in changed]):
        await changed_all(scene.judge.query, call, rows)
    claims = [(each.row, 1, Verb.CREATE) for each in made]
    claims += [(each.row, version + 1, Verb.UPDATE) for each, version in changed]
    for row, version, verb in claims:
        scene.done.written.insert(0, Written(entity=CORRECTION, row=row, version=version, child=child, verb=verb))
        scene.done.changes.append(_change(scene, CORRECTION, row, version, verb, child))
    scene.done.changes += [
        _change(scene, NOTICE, row.row, 1, Verb.CREATE, child) | concerns(NOTICE, row.values) for row in notices
    ]


def _notices(scene: Scene, kind: str, child: str, units: tuple[str, ...]) -> list[Made]:
    told = Told(
        kind="correction", event_type=kind, by=scene.unit, at=scene.at, urgent=False, child=child, case=None,
        event=None, report=None, units=units,
    )  # fmt: skip
    directory, divisions = scene.judge.known.directory, {}
    for unit in units:
        found = directory.resolve(unit, china_today())
        divisions[unit] = found.division if isinstance(found, Unit) else scene.job.writer.identity.unit.division
    county = county_in(child)
    return [
        Made(entity=NOTICE, row=new_id(NOTICE, county), values=values)
        for values in telling.notice_rows(told, divisions)
    ]


def _change(scene: Scene, entity: Entity, row: str, version: int, verb: Verb, child: str) -> dict[str, Any]:
    return {
        "county": county_in(row), "entity": entity.name, "row_id": row, "row_version": version, "child_id": child,
        "kind": verb.kind, "unit": scene.unit, "at": scene.at.isoformat(), "classes": [entity.about.key_class],
    }  # fmt: skip
