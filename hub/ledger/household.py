"""Two households of one child: whoever is the same person becomes one, everybody else joins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg import sql

from hub.ledger.deed import Scene, changed_rows
from hub.ledger.kin import kin, kin_named

SELF = "01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """The survivor's and the merged file's."""

    county: str
    child: str  # the survivor
    mine: str | None
    theirs: str | None


async def join_households(scene: Scene, house: Household) -> dict[str, Any]:
    """What was re-pointed: `refs` from one person to the same one, `joined` those who came over."""
    if house.mine is None or house.theirs is None or house.mine == house.theirs:
        return {}
    ours, others = await _members(scene, house, house.mine), await _members(scene, house, house.theirs)
    same = {other["id"]: match["id"] for other in others if (match := _same(other, ours)) is not None}
    refs = [ref for old, new in same.items() for ref in await _renamed(scene, house, old, new)]
    joined: list[str] = []
    if not await _others_live_there(scene, house):
        away = [member["id"] for member in others if member["id"] not in same and member["relation"] != SELF]
        joined = await settle(scene, house.county, away, house.mine, child=house.child)
    return {"refs": refs, "joined": joined, "from": house.theirs}


async def _members(scene: Scene, house: Household, family: str) -> list[Mapping[str, Any]]:
    rows = await scene.run(
        sql.SQL(
            "select row_to_json(m)::text from (select id, relation, name, citizen_id_no, child_id from family_member"
            " where county = %(county)s and family_id = %(family)s order by id) m"
        ),
        county=house.county, family=family,
    )  # fmt: skip
    return [orjson.loads(row) for (row,) in rows]


def _same(other: Mapping[str, Any], ours: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The same relation and the same number; where one has none, the same name. Two who fit are nobody."""
    fitting = [
        mine
        for mine in ours
        if other["relation"] != SELF
        and mine["relation"] == other["relation"]
        and (
            mine["citizen_id_no"] == other["citizen_id_no"]
            if mine["citizen_id_no"] and other["citizen_id_no"]
            else mine["name"] == other["name"]
        )
    ]
    return fitting[0] if len(fitting) == 1 else None


async def _renamed(scene: Scene, house: Household, old: str, new: str) -> list[list[str]]:
    """Rows of the child that named the one person now name the other; part of the version that made them its own."""
    found: list[list[str]] = []
    for each in kin():
        for column in each.members:
            rows = await scene.run(
                sql.SQL(
                    "update {} set {} = %(new)s where county = %(county)s and child_id = %(child)s and {} = %(old)s"
                    " returning id"
                ).format(each.table, sql.Identifier(column), sql.Identifier(column)),
                county=house.county, child=house.child, old=old, new=new,
            )  # fmt: skip
            found += [[each.entity.name, row.decode(), column, old, new] for (row,) in rows]
    return found


async def _others_live_there(scene: Scene, house: Household) -> bool:
    """Whether brothers or sisters belong to the other household: then nobody leaves it."""
    rows = await scene.run(
        sql.SQL(
            "select id from child where county = %(county)s and family_id = %(family)s"
            " and id <> %(child)s order by id limit 2"
        ),
        county=house.county, family=house.theirs, child=house.child,
    )  # fmt: skip
    return len(rows) > 1


async def settle(scene: Scene, county: str, members: list[str], family: str, *, child: str) -> list[str]:
    """People of a household who belong to another one now."""
    each = kin_named("FamilyMember")
    where = sql.SQL("o.county = %(county)s and o.id = any (%(members)s::text[]) and o.family_id <> %(family)s")
    rows = await scene.run(
        changed_rows(each, sql.SQL("family_id = %(family)s"), where, sql.SQL("o.id, o.row_version")),
        county=county, members=members, family=family,
    )  # fmt: skip
    for row, version in rows:
        scene.tell(each, row.decode(), int(version), "updated", child=child, county=county)
    return sorted(row.decode() for row, _ in rows)
