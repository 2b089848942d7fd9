"""Two files of one child become one: every row about it, and the journal by which a wrong merge is undone.

Rows of the merged file go over to the survivor, people of its household to the same people of the survivor's. A value
that the survivor lacks is taken over with its source; where both have one and they differ, the survivor's stands and
the other is put to its owner as a correction to decide. The merged file's last state is filed, and its id leads on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from psycopg import sql

from hub import errors
from hub.identity.identity import Unit
from hub.ledger import statements
from hub.ledger.deed import Scene, changed_rows, filed_rows, same_county
from hub.ledger.household import Household, join_households
from hub.ledger.ids import new_id
from hub.ledger.inputs import Input, inputs_of, subject
from hub.ledger.kin import Kin, kin, kin_named, subject_kin
from schema.classes import Level
from schema.meaning import Kind

NEED = (subject().fields["id"].group, "merge")
ITSELF = sql.SQL("o.county = %(county)s and o.id = %(child)s")
#: Which of two restrictions is kept: the stricter one.
STRICTNESS = ("none", "restricted", "sealed")
#: What a value brings along that only means something with it.
TOGETHER = {"citizen_id_no": ("citizen_id_status",)}
ANY = sql.SQL("o.county = %(county)s and o.child_id = %(merged)s")


@dataclass(slots=True, kw_only=True)
class Journal:
    """What a merge did, by ids, versions and names."""

    rows: dict[str, list[str]] = field(default_factory=dict)  # by entity
    filled: list[str] = field(default_factory=list)
    sourced: list[str] = field(default_factory=list)  # fields of which a source was noted
    corrections: list[str] = field(default_factory=list)
    household: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)  # survivor and merged, before


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The second file into the first."""

    survivor: str
    survivor_version: int | None
    merged: str
    merged_version: int | None

    name = "mergeChildren"

    @property
    def rows(self) -> tuple[str, ...]:
        return (self.survivor, self.merged)

    def asked(self) -> list[Any]:
        return [self.survivor, self.survivor_version, self.merged, self.merged_version]

    async def do(self, scene: Scene) -> None:
        scene.may(NEED)
        if self.survivor == self.merged:
            raise errors.SameFile()
        versions = {self.survivor: self.survivor_version, self.merged: self.merged_version}
        # Locked in the order of their ids, as every writer does.
        found = {child: await scene.reached(child, versions[child], NEED) for child in sorted(versions)}
        kept, gone = found[self.survivor], found[self.merged]
        same_county(kept["id"], gone["id"])
        await _merge(scene, kept, gone)


async def _merge(scene: Scene, kept: Mapping[str, Any], gone: Mapping[str, Any]) -> None:
    county, survivor, merged = str(kept["county"]), str(kept["id"]), str(gone["id"])
    journal = Journal(versions={"survivor": int(kept["row_version"]), "merged": int(gone["row_version"])})
    for each in (*kin(), kin_named("FamilyMember")):
        journal.rows[each.entity.name] = await _repointed(scene, each, county, merged, survivor)
    journal.household = await join_households(
        scene, Household(county=county, child=survivor, mine=kept["family_id"], theirs=gone["family_id"])
    )
    filled, differing = _compared(kept, gone)
    if kept["family_id"] is None and gone["family_id"] is not None:
        filled["family_id"] = gone["family_id"]
    await _filled(scene, kept, filled)
    journal.filled = sorted(filled)
    journal.sourced = await _sourced(scene, kept, gone, filled)
    journal.corrections = await _put_to_owners(scene, kept, gone, differing)
    await _ended(scene, county, merged)
    await _noted(scene, county, merged, survivor, journal)


async def _repointed(scene: Scene, each: Kin, county: str, merged: str, survivor: str) -> list[str]:
    """Rows of the one file that are now of the other; told of as such."""
    rows = await scene.run(
        changed_rows(each, sql.SQL("child_id = %(survivor)s"), ANY, sql.SQL("o.id, o.row_version")),
        county=county, merged=merged, survivor=survivor,
    )  # fmt: skip
    for row, version in rows:
        scene.tell(each, row.decode(), int(version), "updated", child=survivor, county=county)
    return sorted(row.decode() for row, _ in rows)


def _compared(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values that the survivor takes over, and those it does not because it has others."""
    filled: dict[str, Any] = {}
    differing: dict[str, Any] = {}
    for item in _values():
        mine, theirs = kept.get(item.column), gone.get(item.column)
        if theirs is None or theirs == mine:
            continue
        if mine is None or _is_stricter(item, mine, theirs):
            filled[item.column] = theirs
        elif item.column in subject().fields and item.field.level < Level.L5:
            differing[item.column] = theirs
    for name, others in TOGETHER.items():
        for other in others:
            theirs = differing.pop(other, None)
            if name in filled and theirs is not None:
                filled[other] = theirs
    return filled, differing


def _values() -> Iterator[Input]:
    """What a file says of its child, beside what keys it."""
    for item in inputs_of(subject().name).values():
        if item.target is None or item.target.about.anchor is not subject().about.anchor:
            if not item.once and item.column not in (subject().about.natural_key, "family_id"):
                yield item


def _is_stricter(item: Input, mine: Any, theirs: Any) -> bool:
    """A flag that one of the files raises stays raised, and the stricter of two restrictions holds."""
    if item.field.kind is Kind.BOOL:
        return theirs is True
    return item.field.codes == "access_restriction" and STRICTNESS.index(theirs) > STRICTNESS.index(mine)


async def _filled(scene: Scene, kept: Mapping[str, Any], filled: Mapping[str, Any]) -> None:
    """The survivor in its next version, whether or not it took anything over."""
    names = sorted(filled)
    assigned: list[sql.Composable] = [
        sql.SQL("{} = r.{}").format(sql.Identifier(name), sql.Identifier(name)) for name in names
    ]
    child, county = str(kept["id"]), str(kept["county"])
    taken = sql.SQL(", ").join(assigned or [sql.SQL("child_no = o.child_no")])
    text = changed_rows(subject_kin(), taken, ITSELF, sql.SQL("o.row_version"), taken_from=bool(names))
    ((version,),) = await scene.run(text, county=county, child=child, values=orjson.dumps(dict(filled)).decode())
    scene.wrote(child, county, int(version), family=filled.get("family_id") or kept["family_id"])
    scene.tell(subject_kin(), child, int(version), "updated", child=child, county=county)


async def _sourced(
    scene: Scene, kept: Mapping[str, Any], gone: Mapping[str, Any], filled: Mapping[str, Any]
) -> list[str]:
    """Of each value taken over, where it came from, if not from the unit that supplied the survivor's row."""
    found = await scene.run(
        sql.SQL(
            "select field_name, source_unit, verified_status from value_provenance"
            " where county = %(county)s and entity = 'Child' and row_id = %(merged)s"
        ),
        county=kept["county"], merged=gone["id"],
    )  # fmt: skip
    known = {name.decode(): (unit.decode(), status.decode()) for name, unit, status in found}
    rows = []
    for name in sorted(filled):
        unit, status = known.get(name, (gone["source_unit"], gone["verified_status"]))
        declared = subject().fields.get(name)
        if declared is not None and unit != kept["source_unit"]:
            rows.append(_source(scene, kept, declared.data_class, (name, unit, status)))
    if rows:
        await scene.judge.query(statements.supplied_rows().text, (orjson.dumps(rows),))
    return [row["field_name"] for row in rows]


def _source(scene: Scene, kept: Mapping[str, Any], data_class: str, told: tuple[str, str, str]) -> dict[str, Any]:
    name, unit, status = told
    return {
        "county": kept["county"], "id": new_id(kin_named("ValueProvenance").entity, kept["county"]),
        "child_id": kept["id"], "entity": subject().name, "row_id": kept["id"], "field_name": name,
        "data_class": data_class,
        "source_unit": unit, "source_system": None, "source_record_id": None, "supplier_duty": None,
        "effective_from": None, "recorded_at": scene.at.isoformat(), "recorded_by": scene.person,
        "verified_status": status,
    }  # fmt: skip


async def _put_to_owners(
    scene: Scene, kept: Mapping[str, Any], gone: Mapping[str, Any], differing: Mapping[str, Any]
) -> list[str]:
    """What the merged file said otherwise, as corrections that the owners of the values decide."""
    each = kin_named("CorrectionRequest")
    made = [_correction(scene, kept, gone, name, value) for name, value in sorted(differing.items())]
    if not made:
        return []
    names = tuple(made[0])
    text = sql.SQL(
        "insert into {table} ({names}) select {names} from json_populate_recordset(null::{table}, %(rows)s::json)"
        " returning id"
    ).format(table=each.table, names=sql.SQL(", ").join(map(sql.Identifier, names)))
    await scene.run(text, rows=orjson.dumps(made).decode())
    for row in made:
        scene.tell(each, row["id"], 1, "created", child=kept["id"], county=kept["county"])
    return [row["id"] for row in made]


def _correction(
    scene: Scene, kept: Mapping[str, Any], gone: Mapping[str, Any], name: str, value: Any
) -> dict[str, Any]:
    declared = subject().fields[name]
    return {
        "county": kept["county"], "id": new_id(kin_named("CorrectionRequest").entity, kept["county"]),
        "child_id": kept["id"], "requester_unit": gone["source_unit"],
        "owner_unit": _owner(scene, kept, declared.owner), "entity": subject().name, "row_id": kept["id"],
        "field_name": name, "data_class": declared.data_class, "status": "requested",
        "requested_at": scene.at.isoformat(),
        "claimed_value": value if isinstance(value, str) else orjson.dumps(value).decode(),
        "source_unit": scene.unit, "recorded_at": scene.at.isoformat(), "recorded_by": scene.person,
        "effective_from": scene.at.date().isoformat(), "verified_status": "unverified", "row_version": 1,
    }  # fmt: skip


def _owner(scene: Scene, kept: Mapping[str, Any], types: tuple[str, ...]) -> str:
    """The unit that keeps such values of this child: of its village, township or county; else whoever merges."""
    place, known = str(kept["residence_division"]), scene.judge.known
    for kind in types:
        for code in (place, place[:9], place[:6]):
            if isinstance(known.directory.resolve(f"{kind}@{code}", known.today), Unit):
                return f"{kind}@{code}"
    return scene.unit


async def _ended(scene: Scene, county: str, merged: str) -> None:
    """The merged file's own row is filed and gone; nothing names it any more."""
    ((_, version),) = await scene.run(filed_rows(subject_kin(), ITSELF), county=county, child=merged)
    await scene.run(sql.SQL("delete from child o where {} returning id").format(ITSELF), county=county, child=merged)
    scene.tell(subject_kin(), merged, int(version), "deleted", child=merged, county=county)
    scene.left(merged, int(version))


async def _noted(scene: Scene, county: str, merged: str, survivor: str, journal: Journal) -> None:
    """The former id leads on, and the journal is kept."""
    told = orjson.dumps(
        {
            "rows": {name: ids for name, ids in journal.rows.items() if ids}, "filled": journal.filled,
            "sourced": journal.sourced, "corrections": journal.corrections, "household": journal.household,
            "versions": journal.versions,
        }
    ).decode()  # fmt: skip
    values = {"county": county, "merged": merged, "survivor": survivor, "unit": scene.unit, "journal": told}
    await scene.run(
        sql.SQL("insert into redirect (old_id, new_id, at) values (%(merged)s, %(survivor)s, %(at)s)"), **values
    )
    await scene.run(
        sql.SQL(
            "insert into child_merge (county, merged, survivor, at, unit, journal)"
            " values (%(county)s, %(merged)s, %(survivor)s, %(at)s, %(unit)s, %(journal)s::jsonb)"
        ),
        **values,
    )
