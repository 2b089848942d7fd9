"""What is gathered while one root field is planned: names, the rights this request opens, refusals, cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from hub import errors
from hub.identity.identity import Purpose
from hub.policy.grant import Grant, Refusal, Right
from hub.policy.words import NONE, PURPOSES
from hub.query.covering import widest
from hub.query.limits import Limits
from hub.query.operation import Operation
from hub.query.plan import (
    Path,
    Withheld,
)
from schema.entities import Entity, camel
from schema.meaning import Field, Kind, Relation
from schema.scopes import applies
from schema.treatment import discloses

MAX_ITEMS = 1500  # fields of one root field
MAX_NODES = 60  # related objects and lists of one root field, in its selection and its filter
MAX_TERMS = 200  # terms of one root field's filter
COUNTED = 10  # rows that are counted for the cost of one field that is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """GraphQL names to declarations, for one set of entities."""

    entities: Mapping[str, Entity]
    fields: Mapping[str, Mapping[str, Field]]  # entity → camelCase name → field
    relations: Mapping[str, Mapping[str, Relation]]
    tags: Mapping[str, Entity]  # id prefix → entity
    roots: Mapping[str, tuple[Entity, bool]]  # root field → entity, is a connection

    @classmethod
    def of(cls, entities: Mapping[str, Entity]) -> Names:
        roots = {entity.about.plural: (entity, True) for entity in entities.values()}
        roots |= {entity.about.single: (entity, False) for entity in entities.values()}
        return cls(
            entities=entities,
            fields={name: _fields_by_name(entity) for name, entity in entities.items()},
            relations={
                name: {camel(r.name): r for r in entity.relations.values()} for name, entity in entities.items()
            },
            tags={entity.about.id_tag: entity for entity in entities.values()},
            roots=roots,
        )


def _fields_by_name(entity: Entity) -> dict[str, Field]:
    return {camel(f.name): f for f in entity.fields.values()} | {"id": id_field(entity)}


def id_field(entity: Entity) -> Field:
    """The id of a row: a column of its own, or made of the tag and the natural code."""
    if "id" in entity.fields:
        return entity.fields["id"]
    prefix, key = sa.literal_column(f"'{entity.about.id_tag}_'", sa.Text()), entity.key
    return replace(
        entity.fields[key], name="id", kind=Kind.ID, computed=lambda t: prefix.concat(sa.cast(t.c[key], sa.Text))
    )


@dataclass(slots=True)
class Planning:
    """What is gathered while one root field is planned."""

    names: Names
    operation: Operation
    grant: Grant
    purpose: Purpose
    action: str = "read"
    withheld: list[Withheld] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    limits: Limits = field(default_factory=Limits)
    cost: int = 0
    items: int = 0
    nodes: int = 0
    terms: int = 0

    def rights(self, group: str, entity: Entity) -> tuple[Right, ...]:
        """The rights on a field group that this request's purpose opens and that can reach rows of the entity."""
        return opened(self.grant, self.purpose, entity, (group, self.action))

    def visible(self, entity: Entity, *, named: bool = False) -> tuple[Right, ...]:
        """The rights of which any one makes a row visible; `named`: as itself, by more than a pseudonym."""
        return seen_by(self.grant, self.purpose, entity, self.action, named=named)

    def refuse(self, path: Path, entity: Entity, group: str, field: str | None = None) -> None:
        data_class = group.partition("/")[0]
        name = f"{entity.name}.{field}" if field else entity.name
        self.withheld.append(Withheld(path=path, data_class=data_class, refusal=self.beyond(group, ()), field=name))

    def beyond(self, group: str, rights: tuple[Right, ...]) -> Refusal:
        """Why a field is withheld where none of these rights reaches; with none at all, everywhere."""
        stated = tuple(name for name in PURPOSES if name != NONE and purpose_given(name, self.purpose))
        return self.grant.refusal(group, self.action, rights, stated=stated)

    def not_granted(self, path: Path, group: str) -> errors.NotGranted:
        """Refuses to compare by what is not granted: that would tell it."""
        data_class = group.partition("/")[0]
        return errors.NotGranted(paths=".".join(path), path=path, data_class=data_class, refusal=self.beyond(group, ()))

    def spend(self, *, fields: int = 0, nodes: int = 0, terms: int = 0) -> None:
        """Counts what is planned; an operation that grows without bound is stopped before it costs anything."""
        self.cost += fields + terms
        self.items += fields
        self.nodes += nodes
        self.terms += terms
        counted = ((self.items, MAX_ITEMS), (self.nodes, MAX_NODES), (self.terms, MAX_TERMS))
        for count, limit in counted:
            if count > limit:
                raise errors.LimitCost(cost=count, limit=limit)


def opened(grant: Grant, purpose: Purpose | None, entity: Entity, cell: tuple[str, str]) -> tuple[Right, ...]:
    """The rights on a (group, action) that a purpose opens, None any of them, and that can reach rows of the entity."""
    return tuple(
        right
        for right in grant.rights_on(*cell)
        if (purpose is None or purpose_given(right.reach.purpose, purpose))
        and applies(right.reach.scope, right.reach.condition, entity)
    )


def seen_by(
    grant: Grant, purpose: Purpose, entity: Entity, action: str = "read", *, named: bool = False
) -> tuple[Right, ...]:
    """The rights of which any one makes a row visible; `named`: as itself, by more than a pseudonym."""
    groups = sorted({f.group for f in entity.fields.values()})
    distinct: dict[object, Right] = {}
    for group in groups:
        for right in opened(grant, purpose, entity, (group, action)):
            if named and right.mode == "pseudo":
                continue
            if right.mode != "aggregate" and _shows_something(entity, group, right.mode):
                known = distinct.get((right.reach, right.unless))
                if known is None or known.mode == "pseudo":
                    distinct[right.reach, right.unless] = right
    return widest(distinct.values(), entity)


def _shows_something(entity: Entity, group: str, mode: str) -> bool:
    return any(f.group == group and discloses(f, mode) for f in entity.fields.values())


def purpose_given(needed: str, purpose: Purpose) -> bool:
    """Whether the request carries the number that a right asks for."""
    given = {"none": True, "case": purpose.case_no, "task": purpose.task_no, "application": purpose.application_no}
    return bool(given[needed])
