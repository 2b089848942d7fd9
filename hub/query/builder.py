"""The state of one statement in the making: aliases, bound values, guards, and what row-level refusals it may meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sqlalchemy as sa

from hub.policy.grant import Refusal, Right
from hub.query.guards import Guards, Place
from hub.query.operation import Leaf
from hub.query.plan import Path
from hub.query.values import Source
from schema import scopes
from schema.entities import Entity
from schema.meaning import Anchor, Relation

ProbeKey: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a row-level refusal is reported as: the paths that are null on the rows counted for it."""

    paths: tuple[Path, ...]
    data_class: str
    refusal: Refusal


@dataclass(slots=True)
class Builder:
    """Collects what one statement needs while its parts are made."""

    guards: Guards
    as_of: Leaf | None
    leaves: dict[str, Leaf] = field(default_factory=dict)
    aliases: int = 0
    probes: dict[ProbeKey, Probe] = field(default_factory=dict)

    def alias(self, prefix: str) -> str:
        self.aliases += 1
        return f"{prefix}{self.aliases}"

    def bind(self, leaf: Leaf, kind: sa.types.TypeEngine[Any]) -> sa.BindParameter[Any]:
        name = f"v{len(self.leaves)}"
        self.leaves[name] = leaf
        return sa.bindparam(name, type_=kind, required=False)

    def cursor_value(self, index: int) -> sa.BindParameter[Any]:
        """A value of the opened cursor, as text."""
        return sa.bindparam(f"@after{index}", type_=sa.Text(), required=False)

    def table(self, entity: Entity) -> sa.FromClause:
        """The entity's rows: the present ones, or those that were current at `as_of`."""
        if self.as_of is None:
            return entity.table
        moment = self.bind(self.as_of, sa.DateTime(timezone=True))
        names = [column.name for column in entity.table.columns]
        now = sa.select(*(entity.table.c[name] for name in names))
        if "recorded_at" in entity.table.c:
            now = now.where(entity.table.c.recorded_at <= moment)
        if entity.history is None:
            return now.subquery()
        past = entity.history
        then = sa.select(*(past.c[name] for name in names)).where(
            past.c.recorded_at <= moment, past.c.superseded_at > moment
        )
        return sa.union_all(now, then).subquery()


def place_of(
    builder: Builder,
    entity: Entity,
    parent: Place | None,
    visible: tuple[Right, ...],
    relation: Relation | None = None,
) -> Place:
    """Where the entity's rows stand in the statement: below a parent they belong to the parent's child."""
    source = Source(builder.alias("t"), entity.table)
    if parent is not None:
        child = parent.child if _childlike(entity) else None
        case = _case_of(entity, source, parent, relation)
        return Place(entity=entity, source=source, child=child, visible=visible, case=case)
    if entity.about.anchor is not Anchor.CHILD:
        return Place(entity=entity, source=source, child=None, visible=visible)
    is_child = entity.table is scopes.subject_table() and builder.as_of is None
    child = source if is_child else Source(builder.alias("c"), scopes.subject_table())
    case = _case_of(entity, source, None, None)
    return Place(entity=entity, source=source, child=child, visible=visible, case=case)


def _case_of(entity: Entity, source: Source, parent: Place | None, relation: Relation | None) -> str | None:
    """The name of the case a row belongs to: its parent's, where the relation follows the case."""
    if entity.about.case_column is None:
        return None
    if parent is not None and parent.case is not None and relation is not None:
        if (parent.entity.about.case_column, entity.about.case_column) in relation.on:
            return parent.case
    return f"case of {source.alias}"


def _childlike(entity: Entity) -> bool:
    return entity.about.anchor in (Anchor.CHILD, Anchor.FAMILY)


def joined(builder: Builder, place: Place) -> sa.FromClause:
    """The entity's rows, with the child they belong to as it is now: today's scope decides, also for the past."""
    return with_child(builder.table(place.entity).alias(place.source.alias), place)


def with_child(rows: sa.FromClause, place: Place) -> sa.FromClause:
    """These rows of the place, joined to their child where that is another table."""
    if place.child is None or place.child is place.source:
        return rows
    link = "id" if place.entity.table is scopes.subject_table() else "child_id"
    on = sa.and_(place.child.c["county"] == place.source.c["county"], place.child.c["id"] == place.source.c[link])
    # A report may be about a child not yet known.
    return rows.join(place.child.table.alias(place.child.alias), on, isouter=scopes.may_lack_child(place.entity))
