"""Plans filters and orders: every field compared or sorted by needs a full-mode right; without one it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum

from hub import errors
from hub.policy.grant import Right
from hub.query.operation import Argument, Leaf
from hub.query.plan import (
    Compare,
    Every,
    Exists,
    Filter,
    Not,
    Op,
    Order,
    Path,
    Some,
)
from hub.query.planning import Planning, id_field
from schema.entities import Entity, camel
from schema.meaning import Field, Relation


def leaf_of(argument: Argument) -> Leaf:
    if not isinstance(argument, Leaf):
        raise errors.PlanError(reason="argument")
    return argument


def gate_of(planning: Planning, entity: Entity, relation: Relation) -> tuple[Right, ...] | None:
    """To follow a relation is to read the field it follows."""
    if relation.via is None:
        return None
    return tuple(right for right in planning.rights(entity.fields[relation.via].group, entity) if right.mode == "full")


def required(planning: Planning, entity: Entity, declared: Field, path: Path) -> tuple[Right, ...]:
    """The full-mode rights on a field that is to be compared, ordered or found by; refuses where there is none."""
    rights = planning.visible(entity, named=True) if declared.name == "id" else ()
    rights = rights or tuple(right for right in planning.rights(declared.group, entity) if right.mode == "full")
    if not rights:
        raise planning.not_granted((*path, camel(declared.name)), declared.group)
    planning.fields.add(f"{entity.name}.{declared.name}")
    planning.rules.update(rule for right in rights for rule in right.rules)
    return rights


def _word(argument: Argument) -> str:
    value = leaf_of(argument).value
    return str(value.value if isinstance(value, Enum) else value)


def order_of(
    planning: Planning, entity: Entity, argument: Argument | None, path: Path, relation: Relation | None = None
) -> tuple[Order, ...]:
    asked = argument if isinstance(argument, list) else []
    keys = [
        (entity.fields[_word(item["field"])], _word(item.get("direction", Leaf(value="ASC"))) == "DESC")
        for item in asked
        if isinstance(item, Mapping)
    ]
    if not keys and relation is not None:
        names = (name.removeprefix("-") for name in relation.order)
        keys = [(entity.fields[n], f"-{n}" in relation.order) for n in names if n in entity.fields]
        keys = [key for key in keys if key[0].name != entity.key and _readable(planning, entity, key[0])]
    elif not keys and entity.about.default_order is not None:
        preferred = entity.fields[entity.about.default_order]
        keys = [(preferred, False)] if _readable(planning, entity, preferred) else []
    firsts = dict(reversed(keys))  # of one field asked for twice, the first direction counts
    orders = [
        Order(
            field=declared, descending=firsts[declared], rights=required(planning, entity, declared, (*path, "orderBy"))
        )
        for declared in dict(keys)
    ]
    if not orders and "county" in entity.table.c:
        # The key of the table in its own order: an index serves a county, and several counties, as they lie.
        county: Field = replace(entity.table.c.county.info["field"], name="county", entity=entity.name)
        orders.append(Order(field=county, descending=False, rights=planning.visible(entity)))
    if entity.key not in {order.field.name for order in orders}:
        orders.append(Order(field=entity.fields[entity.key], descending=False, rights=planning.visible(entity)))
    return tuple(orders)


def _readable(planning: Planning, entity: Entity, declared: Field) -> bool:
    return any(right.mode == "full" for right in planning.rights(declared.group, entity))


def filter_of(planning: Planning, entity: Entity, argument: Argument | None, path: Path) -> Filter | None:
    if not isinstance(argument, Mapping):
        return None
    return _every(_filters(planning, entity, argument, (*path, "filter")))


def _every(parts: Iterable[Filter]) -> Filter | None:
    kept = tuple(parts)
    return kept[0] if len(kept) == 1 else Every(parts=kept) if kept else None


def _filters(planning: Planning, entity: Entity, argument: Mapping[str, Argument], path: Path) -> Iterable[Filter]:
    for name, value in argument.items():
        planning.spend(terms=1)
        where = (*path, name)
        if isinstance(value, Leaf) and value.value is None:
            continue
        if name in ("and", "or"):
            items = value if isinstance(value, list) else [value]
            parts = tuple(
                Every(parts=tuple(_filters(planning, entity, i, where))) for i in items if isinstance(i, Mapping)
            )
            yield Every(parts=parts) if name == "and" else Some(parts=parts)
        elif isinstance(value, Mapping):
            yield from _named_filter(planning, entity, name, value, where)


def _named_filter(
    planning: Planning, entity: Entity, name: str, value: Mapping[str, Argument], path: Path
) -> Iterable[Filter]:
    relation = planning.names.relations[entity.name].get(name)
    if name == "not":
        yield Not(part=Every(parts=tuple(_filters(planning, entity, value, path))))
    elif relation is not None:
        planning.spend(nodes=1)
        target = planning.names.entities[relation.target]
        visible = planning.visible(target)
        if not visible:
            raise planning.not_granted(path, id_field(target).group)
        gate = gate_of(planning, entity, relation)
        if gate == ():
            raise planning.not_granted(path, entity.fields[relation.via or ""].group)
        part = Every(parts=tuple(_filters(planning, target, value, path)))
        yield Exists(relation=relation, entity=target, visible=visible, part=part, gate=gate)
    else:
        declared = planning.names.fields[entity.name][name]
        rights = required(planning, entity, declared, path[:-1])
        for op, operand in value.items():
            leaf = leaf_of(operand)
            if leaf.value is not None:
                yield Compare(field=declared, op=Op(op), value=leaf, rights=rights)
