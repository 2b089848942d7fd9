"""Worlds that a caller cannot tell apart: the same in all that the caller may see, different in all else.

What may be seen is what the reference shows of any row in any way: as a root, or below any child it may belong to.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from schema.entities import Entity
from schema.meaning import Anchor, Kind
from schema.registry import ENTITIES, METADATA
from tests.reference import looks, worlds
from tests.reference.bench import Part
from tests.reference.facts import Row
from tests.reference.interpreter import Situation
from tests.reference.walk import Thing, Walk

#: (action, table, key of the row, field or "" for the row itself) → looks
Seen = Mapping[tuple[object, ...], object]
#: What makes a row this row of this child, and when; changing that makes another row.
IDENTITY = frozenset({"county", "id", "code", "day", "row_version", "recorded_at", "superseded_at"})
#: Columns on which scopes turn, in some table or other; they are changed now and then.
TELLING = frozenset(
    {
        "unit", "status", "since", "until", "valid_from", "valid_to", "closed_on", "person", "kind", "accepted_on",
        "role", "ended_at", "division", "residence_division", "birth_date", "lbc_status", "access_restriction",
        "citizen_id_no", "sealed", "location_hidden", "reporter_unit", "handling_officer", "lease_from", "lease_until",
        "second_person", "accused_persons", "school_unit", "facility_unit", "provider_unit", "poverty_registered",
    }
)  # fmt: skip
DIRECTORY = frozenset({"admin_division.code", "organisation.code"})


def seen(situation: Situation) -> Seen:
    """All that one may see in a world, by any question."""
    walk = situation.walk({}, answering=True)
    found: dict[tuple[object, ...], object] = {}
    for entity in ENTITIES.values():
        tables = [entity.table.name, *([entity.history.name] if entity.history is not None else [])]
        for name in tables:
            for row in situation.tables[name]:
                for action in ("list", "read"):
                    key = (action, name, row.get("county"), row[entity.key], row.get("row_version"))
                    for field, look in _looks(walk, entity, row, action):
                        found.setdefault((*key, field), set()).add(repr(look))  # type: ignore[attr-defined]
    return found


def _looks(walk: Walk, entity: Entity, row: Row, action: str) -> Iterator[tuple[str, object]]:
    """The row and its fields as any right on them shows them."""
    visible = walk.visible(entity, action)
    if not visible:
        return
    things = list(_ways_to(walk, entity, row))
    held = {right for right in visible if any(walk.holds([right], thing) for thing in things)}
    if not held:
        return
    yield "", [row[c.name] for c in entity.table.columns if c.info["field"].structural or c.info.get("references")]
    for field in entity.fields.values():
        for right in walk.rights(field.group, entity, action):
            if right in held and looks.shows(field, right.mode):
                yield field.name, looks.look(field, walk.value(entity, field, row), right.mode, walk.salt)


def _ways_to(walk: Walk, entity: Entity, row: Row) -> Iterator[Thing]:
    """The row as a root, and below each child that it may be met below."""
    alone = walk.thing(entity, row, None, None)
    if alone is not None:
        yield alone
    beside = entity.about.anchor is Anchor.FAMILY or (
        entity.about.anchor is Anchor.CHILD and row.get("child_id") is None
    )
    if beside and entity.name != "Child":
        for child in walk.facts.tables["child"]:
            if child["county"] == row["county"]:
                yield Thing(entity, row, child)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value changed (column and new value), a row added, or a row taken away."""

    table: str
    row: worlds.Row
    column: str = ""
    value: Any = None
    adds: bool = False

    def swap(self, world: worlds.World) -> Change:
        """Makes the change and gives the one that takes it back."""
        if self.column:
            back = replace(self, value=self.row[self.column])
            self.row[self.column] = self.value
            return back
        rows = world.tables[self.table]
        if self.adds:
            rows.append(self.row)
        else:
            rows[:] = [row for row in rows if row is not self.row]
        return replace(self, adds=not self.adds)


def another_world(part: Part, world: worlds.World, seed: int) -> tuple[worlds.World, int]:
    """A world that looks the same to the caller, and how many changes out of sight it is away."""
    chance = random.Random(seed)
    changed = worlds.World()
    for name, rows in world.tables.items():
        changed.tables[name] = [dict(row) for row in rows]
    situation = part.situation(changed)
    before = seen(situation)
    values = list(_values(changed, before, chance))
    chance.shuffle(values)
    batches = [values[start : start + 60] for start in range(0, min(len(values), 480), 60)]
    batches += _rows(changed, chance, seed)
    return changed, sum(_apply(situation, changed, batch, before, tries=7) for batch in batches)


def _apply(situation: Situation, world: worlds.World, changes: list[Change], before: Seen, *, tries: int) -> int:
    """Makes as many of the changes as stay out of sight: all, or else of each half as many, as long as it is tried."""
    back = [change.swap(world) for change in changes]
    if not changes or (_sound(world) and seen(situation) == before):
        return len(changes)
    for change in reversed(back):
        change.swap(world)
    if len(changes) == 1 or tries < 3:
        return 0
    middle, tries = len(changes) // 2, (tries - 1) // 2
    return _apply(situation, world, changes[:middle], before, tries=tries) + _apply(
        situation, world, changes[middle:], before, tries=tries
    )


def _values(world: worlds.World, before: Seen, chance: random.Random) -> Iterator[Change]:
    """Other values for what is not seen as it is; of what is seen masked, such as look the same."""
    plain = {key for key, shown in before.items() if isinstance(shown, set) and not any("*" in look for look in shown)}
    for entity in ENTITIES.values():
        for table in (entity.table, *([entity.history] if entity.history is not None else [])):
            fixed = IDENTITY | {name for names in entity.about.unique for name in names} | {entity.about.natural_key}
            fixed |= TELLING if chance.random() < 0.9 else set()
            free = [c for c in entity.table.columns if c.name not in fixed and not c.info.get("references")]
            for row in world.tables[table.name]:
                for column in free:
                    keys = [
                        (action, table.name, row.get("county"), row[entity.key], row.get("row_version"), column.name)
                        for action in ("list", "read")
                    ]
                    if chance.random() < 0.4 and not plain & {*keys}:
                        yield Change(table=table.name, row=row, column=column.name, value=_other(column, row, chance))


def _other(column: sa.Column[Any], row: worlds.Row, chance: random.Random) -> Any:
    declared, value = column.info["field"], row[column.name]
    if isinstance(value, str) and declared.mask is not None and len(value) > 13:
        return f"{value[:8]}{chance.choice('13579')}{value[9:]}"
    if column.nullable and value is not None and chance.random() < 0.3:
        return None
    return worlds.value_of(declared, column.name, chance)


def _rows(world: worlds.World, chance: random.Random, seed: int) -> Iterator[list[Change]]:
    """Families of strangers; more rows about the children there are; some rows less."""
    strangers = worlds.make_world(seed + 1, 2)
    tables = [t for t in METADATA.sorted_tables if t.name not in ("admin_division", "organisation")]
    tables = [table for table in tables if not table.name.endswith("_history")]
    for county in (None, *worlds.COUNTIES):
        yield [
            Change(table=table.name, row=_renamed(table, row, alone=False), adds=True)
            for table in tables
            for row in strangers.tables[table.name]
            if row.get("county") == county
        ]
    more = [
        Change(table=t.name, row=_renamed(t, r, alone=True), adds=True)
        for t in tables
        for r in strangers.tables[t.name]
    ]
    less = [Change(table=table.name, row=row) for table in tables for row in world.tables[table.name]]
    for changes in (chance.sample(more, min(len(more), 40)), chance.sample(less, min(len(less), 16))):
        for start in range(0, len(changes), 6):
            yield changes[start : start + 6]


def _renamed(table: sa.Table, row: worlds.Row, *, alone: bool) -> worlds.Row:
    """The row under another name; what it refers to is renamed with it, unless it comes alone."""
    named = {name for names in _unique(table) for name in names} | {"id"}
    made = dict(row)
    for column in table.columns:
        refers = column.info.get("references") and str(column.info["references"]) not in DIRECTORY
        if (
            made[column.name] is not None
            and column.info["field"].kind in (Kind.ID, Kind.TEXT)
            and column.name != "county"
        ):
            if (column.name in named and not column.info.get("references")) or (refers and not alone):
                made[column.name] += "9" if not alone else "8"
    return made


def _unique(table: sa.Table) -> Iterator[tuple[str, ...]]:
    return (names for entity in ENTITIES.values() if entity.table is table for names in entity.about.unique)


def _sound(world: worlds.World) -> bool:
    """Whether every link leads somewhere and no key is there twice."""
    there = {
        table.name: [tuple(row[c.name] for c in table.primary_key) for row in world.tables[table.name]]
        for table in METADATA.sorted_tables
    }
    if any(len(set(keys)) != len(keys) for keys in there.values()):
        return False
    known = {(name, key) for name, keys in there.items() for key in keys}
    for table in METADATA.sorted_tables:
        if table.name.endswith("_history"):
            continue
        for row in world.tables[table.name]:
            for column in table.columns:
                target, _, key = str(column.info.get("references") or "").partition(".")
                if target and row[column.name] is not None:
                    link = (row[column.name],) if key else (row["county"], row[column.name])
                    if (target, link) not in known:
                        return False
        if any(_twice(world.tables[table.name], names) for names in _unique(table)):
            return False
    return True


def _twice(rows: list[worlds.Row], names: tuple[str, ...]) -> bool:
    keys = [key for row in rows if None not in (key := tuple(row[name] for name in names))]
    return len(set(keys)) != len(keys)
