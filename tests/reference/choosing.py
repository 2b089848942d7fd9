"""Filters, orders and the fields that relations follow: which rows are chosen, and in which order they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from typing import Any

from schema.entities import Entity, camel
from schema.meaning import Relation
from schema.registry import ENTITIES
from tests.reference import looks
from tests.reference.facts import Vector
from tests.reference.walk import Path, Thing, Walk


def check_filter(walk: Walk, entity: Entity, given: Mapping[str, Any], action: str, path: Path) -> None:
    """Refuses a filter on anything that may not be compared, or through a relation that may not be followed."""
    for name, part in given.items():
        if part is None:
            continue
        if name in ("and", "or"):
            for item in part:
                check_filter(walk, entity, item, action, (*path, name))
        elif name == "not":
            check_filter(walk, entity, part, action, (*path, name))
        elif name in relations_of(entity):
            relation = relations_of(entity)[name]
            target = ENTITIES[relation.target]
            gate = gate_of(walk, entity, relation, action)
            if not walk.visible(target, action) or gate == []:
                walk.refuse("NOT_GRANTED", (*path, name))
            else:
                check_filter(walk, target, part, action, (*path, name))
        elif not walk.comparable(entity, snake(entity, name), action):
            walk.refuse("NOT_GRANTED", (*path, name))


def matches(walk: Walk, thing: Thing, given: Mapping[str, Any], action: str) -> bool:
    return all(_matches(walk, thing, name, part, action) for name, part in given.items() if part is not None)


def _matches(walk: Walk, thing: Thing, name: str, part: Any, action: str) -> bool:
    if name == "and":
        return all(matches(walk, thing, item, action) for item in part)
    if name == "or":
        return any(matches(walk, thing, item, action) for item in part)
    if name == "not":
        return not matches(walk, thing, part, action)
    entity = thing.entity
    if name in relations_of(entity):
        relation = relations_of(entity)[name]
        gate = gate_of(walk, entity, relation, action)
        followed = gate is None or walk.holds(gate, thing)
        return followed and any(matches(walk, other, part, action) for other in walk.related(relation, thing, action))
    column = snake(entity, name)
    asked = {operator: operand for operator, operand in part.items() if operand is not None}
    if not asked:
        return True
    known = walk.holds(walk.comparable(entity, column, action), thing)
    value = walk.value(entity, entity.fields[column], thing.row or {})
    return known and all(looks.compares(operator, value, operand) for operator, operand in asked.items())


def order_of(
    entity: Entity, asked: Any, walk: Walk, action: str, relation: Relation | None = None
) -> list[tuple[str, bool]]:
    """The keys to sort by with their direction, the row's own key last; what may not be read does not default."""
    keys: dict[str, bool] = {}
    for item in asked or ():
        keys.setdefault(str(item["field"]), str(item.get("direction", "ASC")) == "DESC")
    if not keys:
        if relation is not None:
            default = [(name.removeprefix("-"), name.startswith("-")) for name in relation.order]
        else:
            default = [(entity.about.default_order, False)] if entity.about.default_order else []
        keys = {
            n: down for n, down in default if n in entity.fields and (n == "id" or walk.comparable(entity, n, action))
        }
    return [*keys.items(), *([] if entity.key in keys else [(entity.key, False)])]


def ordered(walk: Walk, things: Sequence[Thing], keys: Sequence[tuple[str, bool]], action: str) -> list[Thing]:
    """Sorted by the keys, what is unknown or may not be read last whichever the direction."""

    def known(thing: Thing, name: str) -> Any:
        entity = thing.entity
        if name != entity.key and not walk.holds(walk.comparable(entity, name, action), thing):
            return None
        return walk.value(entity, entity.fields[name], thing.row or {})

    def compare(a: Thing, b: Thing) -> int:
        for name, descending in keys:
            x, y = known(a, name), known(b, name)
            if x == y:
                continue
            if x is None or y is None:
                return 1 if x is None else -1
            return (1 if x > y else -1) * (-1 if descending else 1)
        return 0

    return sorted(things, key=cmp_to_key(compare))


def gate_of(walk: Walk, entity: Entity, relation: Relation, action: str) -> list[Vector] | None:
    """The rights on the field that the relation follows, if that is a field of its own."""
    if relation.via is None:
        return None
    return [v for v in walk.rights(entity.fields[relation.via].group, entity, action) if v.mode == "full"]


def relations_of(entity: Entity) -> dict[str, Relation]:
    return {camel(relation.name): relation for relation in entity.relations.values()}


def snake(entity: Entity, name: str) -> str:
    if name == "id":
        return entity.key
    return next(f for f in entity.fields if camel(f) == name)
