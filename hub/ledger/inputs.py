"""What of an entity may be written: its inputs, derived from the declared columns; what the hub computes is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import sqlalchemy as sa

from schema import scopes
from schema.entities import Entity, Recorded, camel
from schema.meaning import Anchor, Field, Kind
from schema.registry import ENTITIES

HUB = ("hub",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One value that a unit may send for a row."""

    name: str  # citizenIdNo
    column: str  # citizen_id_no
    field: Field
    target: Entity | None = None  # the entity whose row it names, where that is kept in the hub
    required: bool = False  # without it no row is made
    once: bool = False  # given when the row is made, never changed

    @property
    def owners(self) -> tuple[str, ...]:
        return self.field.owner


@cache
def inputs_of(name: str) -> Mapping[str, Input]:
    """The inputs of an entity by column; none where rows are written by commands, or by nobody."""
    entity = ENTITIES[name]
    if entity.about.commanded or not issubclass(entity.mapped, Recorded):
        return {}
    found = {item.column: item for item in (*_adoption(entity), *_inputs(entity))}
    return found if any(not item.once for item in found.values()) else {}


def by_name(entity: Entity) -> Mapping[str, Input]:
    return {item.name: item for item in inputs_of(entity.name).values()}


def declared_input(entity: Entity, name: str) -> Input:
    """A column as a value to be checked, whoever keeps it."""
    column = entity.table.c[name]
    declared: Field = replace(column.info["field"], name=name, entity=entity.name)
    return Input(name=camel(name), column=name, field=declared, target=_target(column))


def _inputs(entity: Entity) -> Iterator[Input]:
    for column in entity.table.columns:
        declared: Field = replace(column.info["field"], name=column.name, entity=entity.name)
        target = _target(column)
        link = declared.structural and target is not None
        if column.primary_key or (declared.structural and not link):
            continue
        if declared.owner == HUB and not link:
            continue
        needed = not column.nullable and column.server_default is None
        yield Input(
            name=camel(column.name),
            column=column.name,
            field=declared,
            target=target,
            required=needed and column.name != entity.about.natural_key_made,
            once=declared.owner == HUB,
        )


def _target(column: sa.Column[object]) -> Entity | None:
    """The entity whose rows an id column names; divisions and units are known by their codes instead."""
    if column.info["field"].kind is not Kind.ID or column.info["references"] is None:
        return None
    table = str(column.info["references"]).partition(".")[0]
    return next(entity for entity in ENTITIES.values() if entity.table.name == table)


def adopted_by(entity: Entity) -> str | None:
    """The column by which a child belongs to such a row, where rows are reached through their children alone."""
    if entity.about.anchor is not Anchor.FAMILY:
        return None
    child = scopes.subject_table()
    return next((c.name for c in child.columns if c.info.get("references") == entity.table.name), None)


def _adoption(entity: Entity) -> Iterator[Input]:
    """A household is made for a child: without one it would lie in nobody's reach."""
    column = adopted_by(entity)
    if column is not None:
        child = subject()
        declared = replace(child.table.c[column].info["field"], name=column, entity=child.name)
        yield Input(name="childId", column="child_id", field=declared, target=child, required=True, once=True)


@cache
def subject() -> Entity:
    """Those whom a scope protects: children."""
    return next(entity for entity in ENTITIES.values() if entity.table is scopes.subject_table())
