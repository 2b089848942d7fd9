"""What is right to answer to a write, in plain Python over raw rows: rights, reach, owners, links, the row afterwards.

The reference for the ledger's decisions. Which ways something is allowed it is told, by rules or by expectation; that
the values themselves do, it takes for granted. It shares neither the compiled grant nor the SQL of scopes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from hub.ledger.acts import Verb
from hub.ledger.inputs import Input, adopted_by, inputs_of
from schema.entities import Entity
from schema.meaning import Anchor, Kind
from schema.registry import ENTITIES
from tests.reference import looks
from tests.reference.facts import Facts, Row, Vector

CHILD = ENTITIES["Child"]
WRITTEN: Final = ""
NOT_GRANTED, UNKNOWN, OWNED, OUT = "WRITE_NOT_GRANTED", "ROW_UNKNOWN", "VALUE_OWNED", "OUT_OF_REACH"
UNFIT, TAKEN = "INPUT_INVALID", "VALUE_TAKEN"
#: What a new row is called in the reference.
NEW = "new"

#: The ways in which an action on a field group is allowed, for a number stated or not.
Held = Callable[[str, str], Iterable[Vector]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The slow decisions about what one caller writes in one world: a code, or nothing where it is written."""

    facts: Facts
    held: Held

    def change(self, entity: Entity, verb: Verb, row: Row, values: Mapping[str, Any], *, fill: bool = False) -> str:
        """Of values of a row that stands; `fill` where they may only be given while there are none."""
        items = [inputs_of(entity.name)[name] for name in values]
        needs = [self.to_write(entity, item, verb) for item in items]
        refusal = self._reached(entity, row, needs)
        if refusal:
            return refusal
        changes = {name: value for name, value in values.items() if looks.plain(row[name]) != looks.plain(value)}
        if any(self._is_foreign(entity, inputs_of(entity.name)[name], row) for name in changes):
            return OWNED
        if verb is Verb.END and row[entity.end[0]] is not None:
            return UNFIT
        if fill and any(row[name] is not None for name in changes):
            return UNFIT
        if _leaves_its_county(entity, row, changes):
            return UNFIT
        changed = {**row, **changes}
        return self._with(entity, changed, instead=row).afterwards(entity, changed, needs)

    def creation(self, entity: Entity, values: Mapping[str, Any]) -> str:
        """Of a new row of these values."""
        given = self._with_itself(entity, values)
        inputs = inputs_of(entity.name)
        needs = [self.to_write(entity, inputs[name], Verb.CREATE) for name in given]
        keeps = any(self.facts.asker.unit_type in item.owners for item in inputs.values())
        needs.append(self.ways(entity, key_group(entity), "create") if keeps else [])
        if not all(needs):
            return NOT_GRANTED
        county = _county_of(entity, given)
        keyed = "county" in entity.table.c
        missing = [item.column for item in inputs.values() if item.required and given.get(item.column) is None]
        if missing or (keyed and county is None) or not self._leads_somewhere(entity, given, county):
            return UNFIT
        row = new_row(entity, given, county, self.facts.asker.unit)
        if self._is_taken(entity, row):
            return TAKEN
        after = self._with(entity, row)
        return after._adopted(entity, row, given, needs) if adopted_by(entity) else after.afterwards(entity, row, needs)

    def move(self, child: Row, place: str) -> str:
        """Of a child to another division: both places have to be in reach."""
        ways = self.ways(CHILD, CHILD.fields["residence_division"].group, "move")
        refusal = self._reached(CHILD, child, [ways])
        if refusal:
            return refusal
        moved = {**child, "residence_division": place, "county": place[:6]}
        moved["id"] = child["id"].replace(f"_{child['county']}_", f"_{place[:6]}_")
        after = self._with(CHILD, moved, instead=child)
        return WRITTEN if after.holds(CHILD, moved, ways) else "MOVE_OUT_OF_REACH"

    def merge(self, survivor: Row, merged: Row) -> str:
        """Of one file into another."""
        ways = self._to_merge()
        if not ways:
            return NOT_GRANTED
        if survivor["id"] == merged["id"]:
            return "SAME_FILE"
        for child in sorted((survivor, merged), key=lambda row: str(row["id"])):
            if refusal := self._reached(CHILD, child, [ways]):
                return refusal
        return WRITTEN if survivor["county"] == merged["county"] else "OTHER_COUNTY"

    def split(self, survivor: Row | None, merged: Row | None) -> str:
        """Of the file that went into a survivor; of none that was merged there is nothing to be told."""
        ways = self._to_merge()
        if not ways:
            return NOT_GRANTED
        if survivor is None or merged is None:
            return "NOT_MERGED"
        refusal = self._reached(CHILD, survivor, [ways])
        if refusal:
            return "NOT_MERGED" if refusal == UNKNOWN else refusal
        return WRITTEN if self._with(CHILD, merged).holds(CHILD, merged, ways) else "NOT_MERGED"

    def to_write(self, entity: Entity, item: Input, verb: Verb) -> list[Vector]:
        """The ways to write one value; its owner may verify it too."""
        actions = ["create" if verb is Verb.CREATE else "update"]
        if verb is Verb.UPDATE and self.facts.asker.unit_type in item.owners:
            actions.append("verify")
        return [way for action in actions for way in self.ways(entity, item.field.group, action)]

    def ways(self, entity: Entity, group: str, action: str) -> list[Vector]:
        """In full, for nobody writes what it may not see whole."""
        return [way for way in self._open(entity, group, action) if way.mode == "full"]

    def sees(self, entity: Entity, row: Row) -> bool:
        child = self.child_of(entity, row)
        return any(
            way.mode != "aggregate" and looks.shows(declared, way.mode) and self.facts.holds(way, entity, row, child)
            for declared in entity.fields.values()
            for way in self._open(entity, declared.group, "read")
        )

    def holds(self, entity: Entity, row: Row, ways: Iterable[Vector]) -> bool:
        child = self.child_of(entity, row)
        return any(self.facts.holds(way, entity, row, child) for way in ways)

    def child_of(self, entity: Entity, row: Row) -> Row | None:
        if entity.about.anchor is not Anchor.CHILD:
            return None
        name = row["id"] if entity is CHILD else row["child_id"]
        return self._row("child", row["county"], name)

    def afterwards(self, entity: Entity, row: Row, needs: Iterable[Iterable[Vector]]) -> str:
        """Whether the row, as it now stands, is still in reach."""
        return WRITTEN if all(self.holds(entity, row, ways) for ways in needs) else OUT

    def _open(self, entity: Entity, group: str, action: str) -> list[Vector]:
        asker = self.facts.asker
        found = self.held(group, action)
        return [way for way in found if asker.states(way.purpose) and self.facts.applies(way, entity)]

    def _to_merge(self) -> list[Vector]:
        return self.ways(CHILD, key_group(CHILD), "merge")

    def _reached(self, entity: Entity, row: Row, needs: Iterable[Iterable[Vector]]) -> str:
        """Why the row may not be touched: no right at all, or none that reaches it."""
        listed = [list(ways) for ways in needs]
        if not all(listed):
            return NOT_GRANTED
        if all(self.holds(entity, row, ways) for ways in listed):
            return WRITTEN
        return NOT_GRANTED if self.sees(entity, row) else UNKNOWN

    def _is_foreign(self, entity: Entity, item: Input, row: Row) -> bool:
        """Whether another unit keeps the value; one's own may be mended until its owner has confirmed it."""
        if self.facts.asker.unit_type in item.owners or row[item.column] is None:
            return False
        if entity.about.anchor is not Anchor.CHILD or (entity is not CHILD and entity.table.c.child_id.nullable):
            return True
        sources = (
            source for source in self.facts.tables["value_provenance"]
            if (source["entity"], source["row_id"], source["field_name"]) == (entity.name, row["id"], item.column)
            and source["county"] == row["county"]
        )  # fmt: skip
        source = next(sources, row)
        return bool(source["source_unit"] != self.facts.asker.unit or source["verified_status"] == "verified")

    def _with_itself(self, entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
        """A row that has to say which unit acts, and does not, is the caller's own."""
        own = {
            item.column: self.facts.asker.unit
            for item in inputs_of(entity.name).values()
            if item.required and item.field.kind is Kind.UNIT and item.column in entity.about.unit_columns
        }
        return {name: value for name, value in {**own, **values}.items() if value is not None}

    def _leads_somewhere(self, entity: Entity, values: Mapping[str, Any], county: str | None) -> bool:
        """To link to a row is to read it; rows of a child link within its county and to its own rows only."""
        inputs = inputs_of(entity.name)
        links = ((item.target, values[name]) for name, item in inputs.items() if item.target and name in values)
        return all(self._is_linkable(target, row, county, values.get("child_id")) for target, row in links)

    def _is_linkable(self, target: Entity, name: str, county: str | None, child: str | None) -> bool:
        keyed = "county" in target.table.c
        found = self._row(target.table.name, county if keyed else None, name)
        if found is None or not self.sees(target, found):
            return False
        if child is None or target is CHILD or not keyed:
            return True
        if target.about.anchor is Anchor.FAMILY and "family_id" in found:
            of = self._row("child", county, child)
            return of is not None and found["family_id"] is not None and found["family_id"] == of["family_id"]
        return "child_id" not in found or bool(found["child_id"] == child)

    def _adopted(self, entity: Entity, row: Row, values: Mapping[str, Any], needs: Iterable[Iterable[Vector]]) -> str:
        """A household is made for a child, which is put into it by the same command."""
        column = adopted_by(entity) or ""
        child = self._row("child", row["county"], values["child_id"])
        if child is None:
            return UNFIT
        linked = self.change(CHILD, Verb.UPDATE, child, {column: row["id"]}, fill=True)
        if linked not in (WRITTEN, OUT):
            return linked
        within = self._with(CHILD, {**child, column: row["id"]}, instead=child)
        return linked or within.afterwards(entity, row, needs)

    def _is_taken(self, entity: Entity, row: Row) -> bool:
        return any(
            all(other[name] is not None and other[name] == row[name] for name in names)
            for names in entity.about.unique
            for other in self.facts.tables[entity.table.name]
        )

    def _row(self, table: str, county: str | None, name: Any) -> Row | None:
        rows = self.facts.tables[table]
        return next((row for row in rows if row["id"] == name and (county is None or row["county"] == county)), None)

    def _with(self, entity: Entity, row: Row, *, instead: Row | None = None) -> Writing:
        """The world with this row too."""
        table = entity.table.name
        rows = [*(other for other in self.facts.tables[table] if other is not instead), row]
        return replace(self, facts=Facts({**self.facts.tables, table: rows}, self.facts.asker))


def key_group(entity: Entity) -> str:
    """The field group of the fact that a row exists."""
    return entity.fields[entity.key].group


def new_row(entity: Entity, values: Mapping[str, Any], county: str | None, unit: str) -> dict[str, Any]:
    """The row that these values make."""
    row = {column.name: _default(column) for column in entity.table.columns}
    row |= {name: value for name, value in values.items() if name in row}
    row |= {"id": f"{entity.about.id_tag}_{NEW}", "source_unit": unit, "verified_status": "unverified"}
    return row | ({"county": county} if "county" in row else {})


def _default(column: sa.Column[Any]) -> Any:
    """What the database puts where nothing is given."""
    if not isinstance(column.server_default, sa.DefaultClause):
        return None
    text = str(column.server_default.arg)
    if isinstance(column.type, sa.Boolean):
        return text == "true"
    return int(text) if isinstance(column.type, sa.Integer) else text


def _county_of(entity: Entity, values: Mapping[str, Any]) -> str | None:
    """The county of a new row: where its child lives, or where its child's or household's file is kept."""
    if entity is CHILD:
        return str(values[entity.about.division_column])[:6]
    named = (str(values[name]).split("_")[1] for name in ("child_id", "family_id") if name in values)
    return next(named, None)


def _leaves_its_county(entity: Entity, row: Row, changes: Mapping[str, Any]) -> bool:
    column = entity.about.division_column
    return entity.about.anchor is Anchor.CHILD and column in changes and changes[column][:6] != row["county"]
