"""The rows of one child's file, by the declarations: the tables that hold them, and the columns that link them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from psycopg import sql

from hub.ledger.inputs import subject
from schema.entities import Entity
from schema.registry import ENTITIES, METADATA

#: Ids of rows that stand in a column without being declared as a link, as what a correction is about.
LOOSE = frozenset({"row_id"})
FAMILY, MEMBER = "family", "family_member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """A table of rows that are about a child."""

    entity: Entity
    links: tuple[str, ...]  # columns that hold ids of rows of the same county, its own id included
    members: tuple[str, ...]  # of them those that name someone of the household

    @property
    def name(self) -> str:
        return self.entity.table.name

    @property
    def table(self) -> sql.Identifier:
        return sql.Identifier(self.name)

    @property
    def past(self) -> sql.Identifier:
        return sql.Identifier(f"{self.name}_history")

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.entity.table.columns)

    @property
    def keeps_history(self) -> bool:
        return self.entity.history is not None


@cache
def kin() -> tuple[Kin, ...]:
    """Every table of rows about a child but the child's own and its household's, each after those it links to."""
    return tuple(each for each in _all() if each.name not in (subject().table.name, FAMILY, MEMBER))


@cache
def file_of() -> tuple[Kin, ...]:
    """The same with the household and the child: family, child, members, then everything else."""
    first = [subject_kin(), *(each for each in _all() if each.name in (FAMILY, MEMBER))]
    order = {FAMILY: 0, subject().table.name: 1, MEMBER: 2}
    return (*sorted(first, key=lambda each: order[each.name]), *kin())


@cache
def subject_kin() -> Kin:
    return next(each for each in _all() if each.entity is subject())


@cache
def kin_named(entity: str) -> Kin:
    return next(each for each in _all() if each.entity.name == entity)


def _all() -> Iterator[Kin]:
    by_table = {entity.table.name: entity for entity in ENTITIES.values() if entity.child_bound}
    for table in METADATA.sorted_tables:
        entity = by_table.get(table.name)
        if entity is not None:
            yield _kin(entity)


def _kin(entity: Entity) -> Kin:
    referring = {
        c.name: str(c.info["references"])
        for c in entity.table.columns
        if c.info.get("references") and "." not in str(c.info["references"])
    }
    loose = [c.name for c in entity.table.columns if c.name in LOOSE]
    return Kin(
        entity=entity,
        links=("id", *referring, *loose),
        members=tuple(name for name, target in referring.items() if target == MEMBER),
    )


def listed(names: tuple[str, ...], prefix: str = "") -> sql.Composed:
    """Columns with commas between them."""
    made = (sql.SQL(prefix) + sql.Identifier(name) if prefix else sql.Identifier(name) for name in names)
    return sql.SQL(", ").join(list(made))
