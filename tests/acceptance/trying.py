"""What a caller tries: every mutation, on classes it keeps and on others, on rows it reaches and on others.

Of each mutation and class one try is taken for each answer that is right somewhere in the world.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

from hub.ledger.acts import Act, Command, Verb
from hub.ledger.deed import Deed
from hub.ledger.inputs import Input, inputs_of
from hub.ledger.merging import NEED as MERGE
from hub.ledger.merging import Merge
from hub.ledger.moving import NEED as MOVE
from hub.ledger.moving import Move
from hub.ledger.splitting import Split
from hub.ledger.types import FIELDS, MutationField
from schema.classes import Level
from schema.entities import Entity
from schema.meaning import Anchor, Kind, Mask
from tests.acceptance.matrix import World
from tests.reference import looks, worlds
from tests.reference.fitting import fitting
from tests.reference.writing import CHILD, Writing, key_group

PLACES = tuple(place for villages in worlds.VILLAGES.values() for place in villages)
#: Rows of a table that are looked at for one that is right to write, and for each reason why not.
MOST_ROWS, MOST_PAIRS = 24, 5
#: What no row may hold, of each kind; a flag has no such value.
NO_VALUE: Mapping[Kind, Any] = {
    Kind.TEXT: "\u202e", Kind.CODE: "?", Kind.CODES: ["?"], Kind.TEXTS: ["\u202e"], Kind.INT: 2_000_000_000,
    Kind.DATE: "1800-01-01", Kind.DATETIME: "1800-01-01T00:00:00Z", Kind.DIVISION: "x", Kind.UNIT: "x", Kind.ID: "?",
    Kind.IDS: ["?"],
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One mutation, and the code that is right; none where it is to be written."""

    name: str  # updateChild
    group: str  # the field group it is about
    right: str
    command: Command

    @property
    def text(self) -> str:
        """As GraphQL asks it."""
        deed = self.command.deed
        arguments = _deed_arguments(deed) if deed is not None else _arguments(self.command.acts[0])
        return f"{self.name}({', '.join(arguments)}) {{ __typename }}"

    @property
    def unfit_text(self) -> str | None:
        """With a value that no row may hold; None where the values are of kinds that have none."""
        act = next(iter(self.command.acts), None)
        inputs = {} if act is None else inputs_of(act.entity.name)
        unfit = [name for name in (act.values if act else ()) if inputs[name].field.kind in NO_VALUE]
        if act is None or not unfit:
            return None
        values = {**act.values, unfit[-1]: NO_VALUE[inputs[unfit[-1]].field.kind]}
        return f"{self.name}({', '.join(_arguments(replace(act, values=values)))}) {{ __typename }}"


class Spot(NamedTuple):
    """Where a new row would lie."""

    child: Mapping[str, Any]
    place: str
    unit: str | None = None  # that it names; None: the caller's own


def tries(world: World, writing: Writing) -> Iterator[Try]:
    told: set[tuple[str, str, bool, str]] = set()
    for each, keeps in (*_row_tries(world, writing), *_file_tries(world, writing)):
        key = (each.name, each.group, keeps, each.right)
        if key not in told:
            told.add(key)
            yield each


def expected_done(writing: Writing) -> set[tuple[str, str]]:
    """Every mutation and class that the caller is expected to be allowed, on some row."""
    found = {("moveChild", MOVE[0]), ("mergeChildren", MERGE[0]), ("splitChild", MERGE[0])}
    needs = {name: MOVE if name == "moveChild" else MERGE for name, _ in found}
    found = {(name, group) for name, group in found if writing.ways(CHILD, *needs[name])}
    for field in FIELDS.values():
        may = field.verb is not Verb.CREATE or may_create(writing, field.entity)
        found |= {(field.name, i.field.group) for i in tried(field) if may and is_open(writing, field, i)}
    return found


def may_create(writing: Writing, entity: Entity) -> bool:
    """Whether every value that a new row must have may be given."""
    inputs = inputs_of(entity.name).values()
    keeps = any(writing.facts.asker.unit_type in item.owners for item in inputs)
    needed = all(writing.to_write(entity, item, Verb.CREATE) for item in inputs if item.required)
    return keeps and needed and bool(writing.ways(entity, key_group(entity), "create"))


def is_open(writing: Writing, field: MutationField, item: Input) -> bool:
    return bool(writing.to_write(field.entity, item, field.verb))


def is_in_schema(each: Try, writing: Writing) -> bool:
    """Whether the caller can put it as a document: what is sealed to it is no input, and has no mutation."""
    for act in each.command.acts:
        inputs = inputs_of(act.entity.name)
        sealed = [inputs[name] for name in act.values if inputs[name].field.level >= Level.L5]
        whole = all(declared.level >= Level.L5 for declared in act.entity.fields.values())
        if whole or not all(writing.to_write(act.entity, item, act.verb) for item in sealed):
            return False
    return True


def tried(field: MutationField) -> list[Input]:
    """Of each class one value per set of owners, one that may be blank and one that may not; of a row's end its day."""
    inputs = inputs_of(field.entity.name)
    if field.verb is Verb.END:
        return [inputs[field.entity.end[0]]] if field.entity.end[0] in inputs else []
    found: dict[tuple[str, tuple[str, ...], bool | None], Input] = {}
    for item in inputs.values():
        if item.target is None and not item.once:
            found.setdefault((item.field.group, item.owners, field.entity.table.c[item.column].nullable), item)
    return list(found.values())


def _row_tries(world: World, writing: Writing) -> Iterator[tuple[Try, bool]]:
    pairs = [(field, item) for field in FIELDS.values() for item in tried(field)]
    for field, item in pairs:
        keeps = writing.facts.asker.unit_type in item.owners
        made = _creations if field.verb is Verb.CREATE else _changes
        for act, right in made(field, item, world, writing):
            yield Try(name=field.name, group=item.field.group, right=right, command=Command(acts=(act,))), keeps


def _changes(field: MutationField, item: Input, world: World, writing: Writing) -> Iterator[tuple[Act, str]]:
    # Without any right no row is looked at, so one is enough.
    rows = world.rows(field.entity)[: MOST_ROWS if is_open(writing, field, item) else 1]
    for row in rows:
        values = {item.column: fitting(field.entity, item, row, row.get("county", worlds.COUNTIES[0]))}
        if values[item.column] is not None:
            act = Act(verb=field.verb, entity=field.entity, values=values, row=row["id"], version=row["row_version"])
            yield act, writing.change(field.entity, field.verb, row, values)


def _creations(field: MutationField, item: Input, world: World, writing: Writing) -> Iterator[tuple[Act, str]]:
    may = may_create(writing, field.entity) and is_open(writing, field, item)
    for spot in list(_spots(field.entity, world))[: None if may else 1]:
        values = _new_values(field.entity, item, world, writing, spot)
        if values is not None:
            act = Act(verb=field.verb, entity=field.entity, values=values)
            yield act, writing.creation(field.entity, values)


def _spots(entity: Entity, world: World) -> Iterator[Spot]:
    children = world.rows(CHILD)
    if entity is not CHILD and entity.about.anchor in (Anchor.CHILD, Anchor.FAMILY):
        yield from (Spot(child, child["residence_division"]) for child in children[:MOST_ROWS])
    else:
        yield from (Spot(children[0], place, unit) for place, unit in product(PLACES, (None, "CA@430623")))


def _new_values(entity: Entity, item: Input, world: World, writing: Writing, spot: Spot) -> dict[str, Any] | None:
    """What a new row must say, and one value besides; None where it would have to name a row that is not there."""
    values: dict[str, Any] = {}
    for each in sorted(inputs_of(entity.name).values(), key=lambda each: each.field.mask is Mask.ID_NUMBER):
        of_case = each.column == entity.about.case_column and bool(writing.to_write(entity, each, Verb.CREATE))
        if not (each.required or each is item or of_case):
            continue
        if each.target is not None:
            values[each.column] = _linked(each.target, world, spot.child)
        elif each.field.kind is Kind.DIVISION:
            values[each.column] = spot.place
        elif each.field.kind is Kind.UNIT and each.column in entity.about.unit_columns:
            unit = spot.unit or (None if each.required else writing.facts.asker.unit)
            values |= {each.column: unit} if unit else {}
        else:
            values[each.column] = fitting(entity, each, values, spot.child["county"])
    return None if None in values.values() else values


def _linked(target: Entity, world: World, child: Mapping[str, Any]) -> str | None:
    """A row of the child, or one that belongs to no child."""
    if target is CHILD:
        return str(child["id"])
    for row in world.rows(target):
        same = "county" not in row or row["county"] == child["county"]
        of_child = row.get("child_id") in (None, child["id"])
        of_family = target.about.anchor is not Anchor.FAMILY or row.get("family_id", row["id"]) == child["family_id"]
        if same and of_child and of_family:
            return str(row["id"])
    return None


def _file_tries(world: World, writing: Writing) -> Iterator[tuple[Try, bool]]:
    children = world.rows(CHILD)
    deeds: list[tuple[Deed, tuple[str, str], str]] = []
    for child, place in product(children[:MOST_ROWS], PLACES):
        move = Move(child=child["id"], version=child["row_version"], place=place)
        deeds.append((move, MOVE, writing.move(child, place)))
    for kept, gone in product(children[:MOST_PAIRS], (children[0], *children[-MOST_PAIRS:])):
        merge = Merge(
            survivor=kept["id"], survivor_version=kept["row_version"], merged=gone["id"],
            merged_version=gone["row_version"],
        )  # fmt: skip
        deeds.append((merge, MERGE, writing.merge(kept, gone)))
    for survivor, merged in world.merged:
        deeds.append((Split(merged=merged["id"]), MERGE, writing.split(survivor, merged)))
    deeds.append((Split(merged=children[0]["id"]), MERGE, writing.split(None, None)))
    for deed, need, right in deeds:
        yield Try(name=deed.name, group=need[0], right=right, command=Command(acts=(), deed=deed)), False


def _arguments(act: Act) -> Iterator[str]:
    if act.row is not None:
        yield f"id: {_literal(act.row)}"
        yield f"version: {act.version}"
    if act.verb is Verb.END:
        yield f"on: {_literal(*act.values.values())}"
    else:
        inputs = inputs_of(act.entity.name)
        listed = ", ".join(f"{inputs[name].name}: {_literal(value)}" for name, value in act.values.items())
        yield f"input: {{{listed}}}"


def _deed_arguments(deed: Deed) -> Iterator[str]:
    if isinstance(deed, Move):
        yield f"id: {_literal(deed.child)}, version: {deed.version}, residenceDivision: {_literal(deed.place)}"
    elif isinstance(deed, Merge):
        yield f"survivor: {_literal(deed.survivor)}, survivorVersion: {deed.survivor_version}"
        yield f"merged: {_literal(deed.merged)}, mergedVersion: {deed.merged_version}"
    elif isinstance(deed, Split):
        yield f"merged: {_literal(deed.merged)}"


def _literal(value: Any) -> str:
    """A value as a GraphQL literal, which is JSON's but for objects."""
    return json.dumps(looks.plain(value))
