"""A child moves to another division: within its county one row changes, to another county its whole file is re-keyed.

The county is part of every key, so a file that crosses is written anew there under ids that differ in their county
alone, with its former rows, so that a past day is answered where the file now is. Where it was, its last state is
filed, the rows are gone, and the former id leads to the new one for those who may see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from hub import errors
from hub.ledger.acts import Fault
from hub.ledger.deed import LATER, Scene, changed_rows, filed_rows
from hub.ledger.inputs import by_name, subject
from hub.ledger.kin import FAMILY, MEMBER, Kin, file_of, kin, listed, subject_kin
from hub.ledger.values import checked
from schema.divisions import county_of

PLACE, ADDRESS, KEEPER = "residence_division", "residence_address", "responsible_person_id"
NEED = (subject().fields[PLACE].group, "move")
#: Where a child lives is said anew; who looks after it there is the new village's to name.
NEW_PLACE = sql.SQL("{} = %(place)s, {} = %(address)s, {} = null").format(
    sql.Identifier(PLACE), sql.Identifier(ADDRESS), sql.Identifier(KEEPER)
)
ITSELF = sql.SQL("o.county = %(county)s and o.id = %(child)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """To another division. Both places have to be in the mover's reach; the units there are in charge afterwards."""

    child: str
    version: int | None
    place: Any = field(repr=False)
    address: Any = field(default=None, repr=False)

    name = "moveChild"

    @property
    def rows(self) -> tuple[str, ...]:
        return (self.child,)

    def asked(self) -> list[Any]:
        return [self.child, self.version, self.place, self.address]

    async def do(self, scene: Scene) -> None:
        row = await scene.reached(self.child, self.version, NEED)
        place, address = self._checked(scene)
        county = county_of(place) or ""
        values = {"place": place, "address": address}
        if county == row["county"]:
            now = await _within(scene, row, values)
        else:
            now = await _across(scene, row, values, county)
        if not await scene.held(now, NEED):
            raise errors.MoveOutOfReach()

    def _checked(self, scene: Scene) -> tuple[str, str | None]:
        inputs, known, found = by_name(subject()), scene.judge.known, list[Fault]()
        values = []
        for name, value in (("residenceDivision", self.place), ("residenceAddress", self.address)):
            fit, fault = checked(inputs[name], value, (name,), known)
            values.append(fit)
            found += [fault] if fault is not None else []
        if found:
            raise errors.InputInvalid(count=len(found), listed=tuple(found))
        return values[0], values[1]


async def _within(scene: Scene, row: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """One row changes; what the hub keeps of its place's former supplier goes with it."""
    child, county = str(row["id"]), str(row["county"])
    ((version,),) = await scene.run(
        changed_rows(subject_kin(), NEW_PLACE, ITSELF, sql.SQL("o.row_version")), county=county, child=child, **values
    )
    await scene.run(
        sql.SQL(
            "delete from value_provenance where county = %(county)s and entity = 'Child' and row_id = %(child)s"
            " and field_name in ('residence_division', 'residence_address', 'responsible_person_id')"
        ),
        county=county, child=child,
    )  # fmt: skip
    scene.wrote(child, county, int(version), family=row["family_id"])
    scene.tell(subject_kin(), child, int(version), "updated", child=child, county=county)
    scene.done.changes[-1]["classes"] = ["D04", "D35"]
    return child


async def _across(scene: Scene, row: Mapping[str, Any], values: Mapping[str, Any], to: str) -> str:
    """The file under new keys there, its last state filed here."""
    here, child = str(row["county"]), str(row["id"])
    crossing = _Crossing(
        scene=scene, here=here, there=to, child=child, families=await _families(scene, here, child),
        files=await _files(scene, here, child),
    )  # fmt: skip
    for each in file_of():
        await crossing.past(each)
        await crossing.copied(each, values)
    for each in reversed(file_of()):
        await crossing.gone(each)
    await crossing.redirected()
    now: str = crossing.renamed(child)
    scene.wrote(now, to, int(row["row_version"]) + 1, family=crossing.renamed(row["family_id"]))
    scene.left(child, int(row["row_version"]))
    return now


async def _families(scene: Scene, county: str, child: str) -> list[str]:
    """The child's household, and those of whoever else its rows name: first its own."""
    named = [
        sql.SQL("select {} from {} where county = %(county)s and child_id = %(child)s").format(
            sql.Identifier(column), each.table
        )
        for each in kin()
        for column in each.members
    ]
    query = sql.SQL(
        "select family_id from child where county = %(county)s and id = %(child)s and family_id is not null union"
        " select family_id from family_member where county = %(county)s and (child_id = %(child)s or id in ({}))"
    ).format(sql.SQL(" union all ").join(named))
    return sorted(_text(cell) for (cell,) in await scene.run(query, county=county, child=child))


async def _files(scene: Scene, county: str, child: str) -> list[str]:
    """The child and those whose files were merged into its own: their former rows are its past."""
    query = sql.SQL(
        "with recursive found (id) as (select %(child)s::text union select m.merged from child_merge m join found f"
        " on m.survivor = f.id where m.county = %(county)s and m.undone_at is null) select id from found"
    )
    return sorted(_text(cell) for (cell,) in await scene.run(query, county=county, child=child))


def _text(cell: bytes | str) -> str:
    return cell.decode() if isinstance(cell, bytes) else cell


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crossing:
    """One file on its way from county to county."""

    scene: Scene
    here: str
    there: str
    child: str
    families: list[str]
    files: list[str]

    def renamed(self, row: Any) -> Any:
        return row.replace(f"_{self.here}_", f"_{self.there}_") if isinstance(row, str) else row

    def _values(self) -> dict[str, Any]:
        return {
            "county": self.here, "to": self.there, "child": self.child, "families": self.families,
            "files": self.files, "mark": f"_{self.here}_", "new": f"_{self.there}_",
        }  # fmt: skip

    def _mine(self, each: Kin, *, past: bool = False) -> sql.Composable:
        """Which rows `o` of a table go along."""
        here = sql.SQL("o.county = %(county)s and ")
        if each.name == FAMILY:
            return here + sql.SQL("o.id = any (%(families)s::text[])")
        if each.name == MEMBER:
            return here + sql.SQL("o.family_id = any (%(families)s::text[])")
        column = sql.SQL("o.id" if each is subject_kin() else "o.child_id")
        if past:
            return here + column + sql.SQL(" = any (%(files)s::text[])")
        if each.entity.table.c.get("child_id") is not None and each.entity.table.c.child_id.nullable:
            # A report that names no child is of the case that it led to.
            return here + sql.SQL(
                "(o.child_id = %(child)s or o.case_id in"
                " (select id from protection_case where county = %(county)s and child_id = %(child)s))"
            )
        return here + column + sql.SQL(" = %(child)s")

    def _renaming(self, each: Kin, fixed: Iterable[str] = ()) -> list[sql.Composable]:
        """The columns as they are there."""
        made: list[sql.Composable] = []
        for name in each.columns:
            column = sql.SQL("o.") + sql.Identifier(name)
            if name == "county":
                made.append(sql.SQL("%(to)s"))
            elif name in fixed:
                made.append(sql.SQL("%({})s").format(sql.SQL(name)))
            elif each.name == MEMBER and name == "child_id":
                # Brothers and sisters who stay are not registered there.
                made.append(
                    sql.SQL("case when {0} = %(child)s then replace({0}, %(mark)s, %(new)s) end").format(column)
                )
            elif name in each.links:
                made.append(sql.SQL("replace({}, %(mark)s, %(new)s)").format(column))
            else:
                made.append(column)
        return made

    async def past(self, each: Kin) -> None:
        """Former rows, as they were; of the child also the state that ends now."""
        if not each.keeps_history:
            return
        names = listed((*each.columns, "superseded_at"))
        text = sql.SQL(
            "insert into {past} ({names}) select {values}, o.superseded_at from {past} o where {mine}"
        ).format(
            past=each.past, names=names, values=sql.SQL(", ").join(self._renaming(each)),
            mine=self._mine(each, past=True),
        )  # fmt: skip
        if each is subject_kin():
            text += sql.SQL(" union all select {values}, {later} from child o where {mine}").format(
                values=sql.SQL(", ").join(self._renaming(each)), later=LATER, mine=ITSELF
            )
        await self.scene.run(text + sql.SQL(" on conflict do nothing"), **self._values())

    async def copied(self, each: Kin, values: Mapping[str, Any]) -> None:
        """Present rows under their new keys; a household that a brother or sister brought before is there already."""
        chosen = self._renaming(each)
        if each.name == MEMBER:
            await self._named_again(each)
        if each is subject_kin():
            new = {
                PLACE: sql.SQL("%(place)s"), ADDRESS: sql.SQL("%(address)s"), KEEPER: sql.SQL("null"),
                "row_version": sql.SQL("o.row_version + 1"), "recorded_at": LATER, "recorded_by": sql.SQL("%(by)s"),
            }  # fmt: skip
            chosen = [new.get(name, made) for name, made in zip(each.columns, chosen, strict=True)]
        shared = sql.SQL(" on conflict do nothing" if each.name in (FAMILY, MEMBER) else "")
        text = sql.SQL("insert into {table} ({names}) select {values} from {table} o where {mine}{shared}").format(
            table=each.table, names=listed(each.columns), values=sql.SQL(", ").join(chosen), mine=self._mine(each),
            shared=shared,
        )  # fmt: skip
        rows = await self.scene.run(text + sql.SQL(" returning id, row_version"), **self._values(), **values)
        now = self.renamed(self.child)
        for row, version in rows:
            self.scene.tell(each, _text(row), int(version), "created", child=now, county=self.there)

    async def gone(self, each: Kin) -> None:
        """The last state here is filed, then the rows go; of a household only what nobody else here belongs to."""
        where = self._mine(each)
        if each.name == MEMBER:
            await self._stays_named(each)
        if each.name in (FAMILY, MEMBER):
            stays = sql.SQL(
                "exists (select from child c where c.county = o.county and c.id <> %(child)s and c.family_id = {})"
            ).format(sql.SQL("o.id" if each.name == FAMILY else "o.family_id"))
            alone = sql.SQL("not (") + stays + sql.SQL(" or ") + _named_by_others(each) + sql.SQL(")")
            own = sql.SQL("false" if each.name == FAMILY else "o.child_id = %(child)s")
            if each.name == MEMBER:
                alone = alone + sql.SQL(" and o.child_id is null")
            where = where + sql.SQL(" and (") + own + sql.SQL(" or ") + alone + sql.SQL(")")
        if each.keeps_history:
            rows = await self.scene.run(filed_rows(each, where), **self._values())
            for row, version in rows:
                self.scene.tell(each, _text(row), int(version), "deleted", child=self.child, county=self.here)
        await self.scene.run(
            sql.SQL("delete from {} o where {} returning id").format(each.table, where), **self._values()
        )

    async def _named_again(self, each: Kin) -> None:
        """Who was left there as one of the household, without a file, has one again."""
        was = sql.SQL(
            "o.county = %(to)s and o.child_id is null and o.id in (select replace(m.id, %(mark)s, %(new)s)"
            " from family_member m where m.county = %(county)s and m.child_id = %(child)s)"
        )
        now = sql.SQL("child_id = replace(%(child)s, %(mark)s, %(new)s)")
        rows = await self.scene.run(changed_rows(each, now, was, sql.SQL("o.id, o.row_version")), **self._values())
        for row, version in rows:
            self.scene.tell(
                each, _text(row), int(version), "updated", child=self.renamed(self.child), county=self.there
            )

    async def _stays_named(self, each: Kin) -> None:
        """As somebody of the household whom a row of another child names, without a file here."""
        where = sql.SQL("o.county = %(county)s and o.child_id = %(child)s and ") + _named_by_others(each)
        rows = await self.scene.run(
            changed_rows(each, sql.SQL("child_id = null"), where, sql.SQL("o.id, o.row_version")), **self._values()
        )
        for row, version in rows:
            self.scene.tell(each, _text(row), int(version), "updated", child=self.child, county=self.here)

    async def redirected(self) -> None:
        """The former ids lead here, and what was merged before can be split here."""
        values = self._values() | {"now": self.renamed(self.child)}
        for text in (
            "update redirect set new_id = %(now)s where new_id = %(child)s",
            "delete from redirect where old_id = %(now)s",
            "insert into redirect (old_id, new_id, at) values (%(child)s, %(now)s, %(at)s)",
            "update child_merge set county = %(to)s, survivor = replace(survivor, %(mark)s, %(new)s),"
            " merged = replace(merged, %(mark)s, %(new)s),"
            " journal = replace(journal::text, %(mark)s, %(new)s)::jsonb"
            " where county = %(county)s and survivor = any (%(files)s::text[])",
        ):
            await self.scene.run(sql.SQL(text), **values)


def _named_by_others(each: Kin) -> sql.Composable:
    """Whether somebody of the household is named by a row of another child."""
    member = sql.SQL("m.id" if each.name == FAMILY else "o.id")
    found = [
        sql.SQL("exists (select from {} r where r.county = o.county and r.{} = {})").format(
            table.table, sql.Identifier(column), member
        )
        for table in kin()
        for column in table.members
    ]
    listed_ = sql.SQL("(") + sql.SQL(" or ").join(found) + sql.SQL(")")
    if each.name != FAMILY:
        return listed_
    return sql.SQL("exists (select from family_member m where m.county = o.county and m.family_id = o.id)")
