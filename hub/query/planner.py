"""The only gate: Operation × Grant × registry → Root plans. A column reaches SQL only through a plan.

Selecting what may not be seen gives null and an entry of the access report; filtering or ordering by it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hub import errors
from hub.identity.identity import Purpose
from hub.policy.grant import Grant, Right
from hub.query.covering import pruned
from hub.query.limits import Limits
from hub.query.operation import Argument, Leaf, Operation, Selected
from hub.query.plan import (
    Column,
    Connection,
    Constant,
    Count,
    DoubtedNames,
    Edges,
    Gate,
    Item,
    Node,
    Nodes,
    PageInfo,
    Part,
    Path,
    Root,
    Single,
    WithheldNames,
)
from hub.query.planning import COUNTED, Names, Planning, id_field
from hub.query.searching import filter_of, gate_of, leaf_of, order_of, required
from schema.classes import Level
from schema.entities import Entity, camel
from schema.meaning import Field, Relation
from schema.treatment import discloses

__all__ = ["Names", "plan_root"]

LIMITS = Limits()
#: The field of every object that names what of it is under check.
DOUBTED = "underCheck"


#: Where the ids of rows that no argument names stand among the values of a request, by the field that answers with
#: the row: of what a mutation wrote, of what a subscription tells. No variable is named like it.
NAMED = "@rows"


def plan_root(
    selected: Selected,
    *,
    names: Names,
    operation: Operation,
    grant: Grant,
    purpose: Purpose,
    limits: Limits = LIMITS,
) -> Root:
    """The plan of one root field of the registry; raises NotGranted, LimitPage, PlanError."""
    planning = Planning(names, operation, grant, purpose, limits=limits)
    arguments = operation.arguments("Query", selected)
    entity, many = _target(names, selected, arguments)
    planning.action = "list" if many else "read"
    visible = planning.visible(entity)
    read: Connection | Single | None = None
    path = (selected.key,)
    if not visible and selected.name == "node" and id_field(entity).level is Level.L5:
        raise errors.PlanError(reason="id")  # as for an id of no known kind: a sealed kind is not even named
    if not visible:
        planning.refuse(path, entity, id_field(entity).group)
    elif many:
        read = _connection(planning, entity, selected, arguments, visible)
    else:
        read = _single(planning, entity, selected, arguments, visible)
    as_of = arguments.get("asOf")
    return Root(
        key=selected.key,
        read=read,
        as_of=as_of if isinstance(as_of, Leaf) and as_of.value is not None else None,
        withheld=tuple(planning.withheld),
        fields=tuple(sorted(planning.fields)),
        rules=tuple(sorted(planning.rules)),
        arguments={name: value for name, value in arguments.items() if name not in ("after", "first")},
        cost=planning.cost,
    )


def plan_named(
    selected: Selected,
    path: Path,
    *,
    entity: Entity,
    names: Names,
    operation: Operation,
    grant: Grant,
    purpose: Purpose,
    limits: Limits = LIMITS,
) -> Root:
    """The plan of one row as the caller may see it; its id comes among the values, under `NAMED` and the field."""
    planning = Planning(names, operation, grant, purpose, limits=limits)
    visible = planning.visible(entity)
    read: Single | None = None
    if visible:
        node = _node(planning, entity, selected, path, visible)
        rights = planning.visible(entity, named=True)
        value = Leaf(value=None, path=(NAMED, selected.name))
        read = Single(node=node, column="id", value=value, rights=rights)
    else:
        planning.refuse(path, entity, id_field(entity).group)
    return Root(
        key=selected.key, read=read, as_of=None, withheld=tuple(planning.withheld),
        fields=tuple(sorted(planning.fields)), rules=tuple(sorted(planning.rules)), arguments={}, cost=planning.cost,
    )  # fmt: skip


def _target(names: Names, selected: Selected, arguments: Mapping[str, Argument]) -> tuple[Entity, bool]:
    if selected.name != "node":
        return names.roots[selected.name]
    tag = str(leaf_of(arguments["id"]).value).partition("_")[0]
    entity = names.tags.get(tag)
    if entity is None:
        raise errors.PlanError(reason="id")
    return entity, False


def _single(
    planning: Planning,
    entity: Entity,
    selected: Selected,
    arguments: Mapping[str, Argument],
    visible: tuple[Right, ...],
) -> Single:
    key = entity.about.natural_key
    given = {
        column: leaf_of(arguments[name])
        for name, column in (("id", "id"), (camel(key or "id"), key or "id"))
        if name in arguments and leaf_of(arguments[name]).value is not None
    }
    if len(given) != 1:
        raise errors.PlanError(reason=f"{selected.name}: give exactly one of id{', ' + camel(key) if key else ''}")
    ((column, value),) = given.items()
    # Whoever sees a row as a pseudonym alone does not find it by its name.
    rights = planning.visible(entity, named=True)
    if column != "id":
        rights = required(planning, entity, entity.fields[column], (selected.key,))
    node = _node(planning, entity, selected, (selected.key,), visible)
    return Single(node=node, column=column, value=value, rights=rights)


def _connection(
    planning: Planning,
    entity: Entity,
    selected: Selected,
    arguments: Mapping[str, Argument],
    visible: tuple[Right, ...],
) -> Connection:
    path = (selected.key,)
    first = _page_size(arguments, planning.limits.page)
    after = arguments.get("after")
    where = filter_of(planning, entity, arguments.get("filter"), path)
    order = order_of(planning, entity, arguments.get("orderBy"), path)
    parts = tuple(
        _part(planning, entity, below, path, visible)
        for below in planning.operation.below(selected, frozenset({f"{entity.name}Connection"}))
    )
    counted = sum(part.limit for part in parts if isinstance(part, Count))
    planning.cost = planning.cost * max(first, 1) + counted // COUNTED
    return Connection(
        entity=entity,
        visible=visible,
        where=where,
        order=order,
        first=first,
        after=after if isinstance(after, Leaf) and after.value is not None else None,
        parts=parts,
    )


def _page_size(arguments: Mapping[str, Argument], most: int) -> int:
    first = leaf_of(arguments.get("first", Leaf(value=None))).value
    if first is None:
        return min(20, most)
    if not 0 <= int(first) <= most:
        raise errors.LimitPage(limit=most)
    return int(first)


def _part(planning: Planning, entity: Entity, part: Selected, path: Path, visible: tuple[Right, ...]) -> Part:
    below = planning.operation.below
    if part.name == "nodes":
        return Nodes(key=part.key, node=_node(planning, entity, part, (*path, part.key), visible))
    if part.name == "edges":
        return Edges(
            key=part.key,
            parts=tuple(
                (
                    item.key,
                    item.name,
                    _node(planning, entity, item, (*path, part.key, item.key), visible)
                    if item.name == "node"
                    else None,
                )
                for item in below(part, frozenset({f"{entity.name}Edge"}))
            ),
        )
    if part.name == "pageInfo":
        items = below(part, frozenset({"PageInfo"}))
        return PageInfo(key=part.key, parts=tuple((item.key, item.name) for item in items))
    if part.name == "count":
        given = planning.operation.arguments(f"{entity.name}Connection", part).get("limit", Leaf(value=None))
        limit = 1000 if leaf_of(given).value is None else int(leaf_of(given).value)
        if not 1 <= limit <= 100_000:
            raise errors.LimitPage(limit=100_000)
        items = below(part, frozenset({"Count"}))
        return Count(key=part.key, limit=limit, parts=tuple((item.key, item.name) for item in items))
    return Constant(key=part.key, value=f"{entity.name}Connection")


def _node(
    planning: Planning,
    entity: Entity,
    selected: Selected,
    path: Path,
    visible: tuple[Right, ...],
    relation: Relation | None = None,
) -> Node:
    items: list[Item] = []
    always: list[str] = []
    for below in planning.operation.below(selected, frozenset({entity.name, "Node"})):
        item = _item(planning, entity, below, (*path, below.key), visible)
        if isinstance(item, Constant) and item.value is None:
            always.append(below.name)
        items.append(item)
    planning.rules.update(rule for right in visible for rule in right.rules)
    return Node(
        key=selected.key,
        entity=entity,
        relation=relation,
        items=tuple(replace(i, always=tuple(always)) if isinstance(i, WithheldNames) else i for i in items),
        visible=visible,
        beyond=planning.beyond(id_field(entity).group, visible),
        path=path,
    )


def _item(planning: Planning, entity: Entity, selected: Selected, path: Path, visible: tuple[Right, ...]) -> Item:
    planning.spend(fields=1)
    if selected.name == "__typename":
        return Constant(key=selected.key, value=entity.name)
    if selected.name == DOUBTED:
        return DoubtedNames(key=selected.key)
    if selected.name == "withheld":
        return WithheldNames(key=selected.key, always=())
    relation = planning.names.relations[entity.name].get(selected.name)
    if relation is not None:
        return _nested(planning, entity, relation, selected, path)
    declared = planning.names.fields[entity.name][selected.name]
    # The id is opaque and comes with any visible row; every other field needs a right of its own.
    rights = (
        _to_id(planning, entity, declared, visible)
        if declared.name == "id"
        else planning.rights(declared.group, entity)
    )
    shown = pruned((right for right in rights if discloses(declared, right.mode)), entity)
    if not shown:
        planning.refuse(path, entity, declared.group, declared.name)
        return Constant(key=selected.key, value=None)
    planning.fields.add(f"{entity.name}.{declared.name}")
    planning.rules.update(rule for right in shown for rule in right.rules)
    return Column(
        key=selected.key, field=declared, rights=shown, beyond=planning.beyond(declared.group, shown), path=path
    )


def _nested(planning: Planning, entity: Entity, relation: Relation, selected: Selected, path: Path) -> Item:
    planning.spend(nodes=1)
    target = planning.names.entities[relation.target]
    visible = planning.visible(target)
    if not visible:
        planning.refuse(path, target, id_field(target).group)
        return Constant(key=selected.key, value=None)
    gate = gate_of(planning, entity, relation)
    if gate == ():
        planning.refuse(path, entity, entity.fields[relation.via or ""].group)
        return Constant(key=selected.key, value=None)
    before = planning.cost
    node = _node(planning, target, selected, path, visible, relation)
    if gate is not None:
        group = entity.fields[relation.via or ""].group
        node = replace(node, gate=_gate(planning, group, gate))
    if not relation.many:
        return node
    arguments = planning.operation.arguments(entity.name, selected)
    first = _page_size(arguments, planning.limits.nested)
    planning.cost = before + (planning.cost - before) * max(first, 1)
    return replace(
        node,
        where=filter_of(planning, target, arguments.get("filter"), path),
        order=order_of(planning, target, arguments.get("orderBy"), path, relation),
        first=first,
    )


def _gate(planning: Planning, group: str, rights: tuple[Right, ...]) -> Gate:
    return Gate(rights=rights, data_class=group.partition("/")[0], beyond=planning.beyond(group, rights))


def _to_id(planning: Planning, entity: Entity, declared: Field, visible: tuple[Right, ...]) -> tuple[Right, ...]:
    """Every visible row shows its id: itself, or its pseudonym where nothing but pseudonyms may be seen."""
    named = (replace(right, mode="full") for right in planning.visible(entity, named=True))
    others = (replace(right, mode="pseudo" if declared.pseudo else "full") for right in visible)
    return (*named, *others)
