"""Rows as JSON objects in a statement: columns under their rights, related rows as lateral items, refusals counted."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import quoted_name

from hub.policy.grant import Refusal, Right
from hub.query import conditions
from hub.query.builder import Builder, Probe, ProbeKey, place_of
from hub.query.guards import Facts, Key, Place
from hub.query.plan import (
    Column,
    Constant,
    DoubtedNames,
    Node,
    Path,
    WithheldNames,
)
from hub.query.values import Value, shown
from schema import scopes
from schema.entities import camel
from schema.treatment import treatment


def number(value: int) -> sa.ColumnElement[int]:
    """A number written into the statement, for the planner of PostgreSQL to reckon with."""
    return sa.literal_column(str(int(value)), sa.Integer())


Flags: TypeAlias = dict[ProbeKey, sa.ColumnElement[bool]]


Object: TypeAlias = tuple[Value, Flags, list[sa.FromClause]]


def object_of(builder: Builder, node: Node, place: Place, known: Facts) -> Object:
    """A row as JSON: the expression, the refusals it may meet, and the lateral items it needs.

    `known` holds sets of predicates; of each set at least one is true on every row here.
    """
    columns: list[sa.Label[Any]] = []
    flags: Flags = {}
    froms: list[sa.FromClause] = []
    nameable: list[tuple[str, sa.ColumnElement[bool]]] = []
    names: list[WithheldNames] = []
    shown_here: list[tuple[str, sa.ColumnElement[bool] | None]] = []
    doubted: list[DoubtedNames] = []
    for item in node.items:
        key = quoted_name(item.key, quote=True)
        if isinstance(item, Constant):
            columns.append((sa.null() if item.value is None else sa.literal(item.value, sa.Text())).label(key))
        elif isinstance(item, Column):
            value, lacking = _column(builder, item, place, known)
            columns.append(value.label(key))
            shown_here.append((item.field.name, lacking))
            if lacking is not None:
                keys = _keys(builder, item.rights, place)
                _flag(builder, flags, _Told(item.path, item.field.data_class, item.beyond), keys, lacking)
                nameable.append((camel(item.field.name), lacking))
        elif isinstance(item, WithheldNames):
            names.append(item)
        elif isinstance(item, DoubtedNames):
            doubted.append(item)
        else:
            columns.append(_nested(builder, item, place, known, flags, froms).label(key))
            nameable += [
                (_relation_name(item), lacking)
                for probe, lacking in flags.items()
                if item.path in builder.probes[probe].paths
            ]
    for name in names:
        columns.append(_withheld_names(name, nameable).label(quoted_name(name.key, quote=True)))
    for each in doubted:
        columns.append(_doubted_names(place, shown_here).label(quoted_name(each.key, quote=True)))
    ordered = _in_order(node, columns)
    alias = builder.alias("$r")
    froms.append(sa.select(*ordered).lateral(alias))
    return sa.func.row_to_json(sa.literal_column(f'"{alias}"')), flags, froms


def _relation_name(node: Node) -> str:
    return camel(node.relation.name) if node.relation is not None else node.key


def _in_order(node: Node, columns: list[sa.Label[Any]]) -> list[sa.Label[Any]]:
    by_key = {str(column.name): column for column in columns}
    return [by_key[item.key] for item in node.items]


def _withheld_names(item: WithheldNames, nameable: list[tuple[str, sa.ColumnElement[bool]]]) -> Value:
    lacking_by_name: dict[str, list[sa.ColumnElement[bool]]] = {}
    for name, lacking in nameable:
        lacking_by_name.setdefault(name, []).append(lacking)
    dynamic = [sa.case((sa.or_(*lacking), name), else_=sa.null()) for name, lacking in lacking_by_name.items()]
    fixed = [sa.literal(name, sa.Text()) for name in dict.fromkeys(item.always)]
    return sa.func.array_remove(sa.cast(postgresql.array([*fixed, *dynamic]), sa.ARRAY(sa.Text)), sa.null())


def _doubted_names(place: Place, shown_here: list[tuple[str, sa.ColumnElement[bool] | None]]) -> Value:
    """Of the fields shown on the row, those that a correction request stands against; a hidden one is not named."""
    columns = place.source.c
    listed: list[sa.ColumnElement[Any]] = []
    if "county" in columns and "id" in columns:
        for name, lacking in dict(shown_here).items():
            stands = scopes.doubted(columns["county"], columns["id"], name)
            where = stands if lacking is None else sa.and_(sa.not_(lacking), stands)
            listed.append(sa.case((where, camel(name)), else_=sa.null()))
    return sa.func.array_remove(sa.cast(postgresql.array(listed), sa.ARRAY(sa.Text)), sa.null())


def _column(builder: Builder, item: Column, place: Place, known: Facts) -> tuple[Value, sa.ColumnElement[bool] | None]:
    """The value under its rights, and where none of them holds (None: one always does)."""
    cases: list[tuple[sa.ColumnElement[bool], Value]] = []
    seen: set[Key] = set()
    for _, group in groupby(item.rights, key=lambda right: treatment(item.field, right.mode)):
        alike = list(group)
        rights = builder.guards.keys(alike, place)
        value = shown(item.field, place.entity, place.source, alike[0].mode)
        seen |= rights.keys()
        if builder.guards.covered(known, seen) or any(map(_everywhere, rights.values())):
            return (sa.case(*cases, else_=value) if cases else value), None
        cases.append((_any_of(builder, rights.values(), place), value))
    nowhere = sa.or_(*(holds for holds, _ in cases)).is_not(sa.true())
    return sa.case(*cases, else_=sa.null()), nowhere


def _everywhere(right: Right) -> bool:
    return right.reach.scope == "any" and right.reach.condition is None and not right.unless


def _any_of(builder: Builder, rights: Iterable[Right], place: Place) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(builder.guards.holds(right, place) for right in rights))


def _keys(builder: Builder, rights: tuple[Right, ...], place: Place) -> ProbeKey:
    return (place.source.alias, *builder.guards.keys(rights, place))


class _Told(NamedTuple):
    """What the report says of one place: path, class, and why."""

    path: Path
    data_class: str
    refusal: Refusal


def _flag(builder: Builder, flags: Flags, told: _Told, keys: ProbeKey, lacking: sa.ColumnElement[bool]) -> None:
    """Remembers where something is withheld; columns of a class under the same predicates share one probe."""
    key = (told.data_class, *keys)
    probe = builder.probes.get(key)
    paths = (*probe.paths, told.path) if probe else (told.path,)
    builder.probes[key] = Probe(paths=paths, data_class=told.data_class, refusal=told.refusal)
    flags[key] = lacking


def _nested(
    builder: Builder, node: Node, parent: Place, known: Facts, flags: Flags, froms: list[sa.FromClause]
) -> Value:
    """A related object or list as a lateral item; null where the child is beyond every right on it."""
    place = place_of(builder, node.entity, parent, node.visible, node.relation)
    keys = builder.guards.keys(node.visible, place)
    always = builder.guards.covered(known, keys)
    where = conditions.related(node.relation, parent, place.source)
    if not always:
        where.append(_any_of(builder, keys.values(), place))
    if node.where is not None:
        where.append(conditions.matches(builder, node.where, place))
    shut = _shut(builder, node, parent, known)
    if shut is not None:
        where.append(sa.not_(shut))
    json, inner_flags, inner_froms = object_of(builder, node, place, (*known, frozenset(keys)))
    page = (
        sa.select(all_columns(place), *conditions.sort_columns(builder, node.order, place))
        .select_from(builder.table(node.entity).alias(place.source.alias))
        .where(*where)
        .order_by(*conditions.ordering(builder, node.order, place))
        .limit(number(1 if node.first is None else node.first))
    )
    rows = with_laterals(page.lateral(place.source.alias), inner_froms)
    marks = [flag.label(f"w{i}") for i, flag in enumerate(inner_flags.values())]
    outputs: list[sa.Label[Any]] = [json.label("j"), *marks]
    items = sa.select(*outputs).select_from(rows)
    alias = builder.alias("n")
    froms.append(items.lateral(alias) if node.first is None else _list_of(items, node, place, len(marks), alias))
    for i, key in enumerate(inner_flags):
        flags[key] = sa.literal_column(f'"{alias}"."w{i}"', sa.Boolean()).is_(sa.true())
    value: Value = sa.literal_column(f'"{alias}"."j"', postgresql.JSON())
    if node.gate is not None and shut is not None:
        told = _Told(node.path, node.gate.data_class, node.gate.beyond)
        _flag(builder, flags, told, _keys(builder, node.gate.rights, parent), shut)
    return _unless_beyond(builder, node, place, always, value, flags)


def _list_of(items: sa.Select[Any], node: Node, place: Place, marks: int, alias: str) -> sa.FromClause:
    """The items as one JSON array, in order; a mark holds if it holds for any of them."""
    listed = items.order_by(*conditions.page_ordering(node.order, place)).subquery("$x")
    array = sa.func.array_to_json(sa.func.array_agg(sa.literal_column('"$x".j')))
    outputs: list[sa.Label[Any]] = [sa.func.coalesce(array, sa.text("'[]'::json")).label("j")]
    outputs += [sa.func.bool_or(sa.literal_column(f'"$x"."w{i}"')).label(f"w{i}") for i in range(marks)]
    return sa.select(*outputs).select_from(listed).lateral(alias)


def _shut(builder: Builder, node: Node, parent: Place, known: Facts) -> sa.ColumnElement[bool] | None:
    """Where the field that the relation follows may not be read; None: nowhere."""
    if node.gate is None:
        return None
    rights = node.gate.rights
    if builder.guards.covered(known, builder.guards.keys(rights, parent)) or any(map(_everywhere, rights)):
        return None
    return _any_of(builder, rights, parent).is_not(sa.true())


def with_laterals(base: sa.FromClause, items: Iterable[sa.FromClause]) -> sa.FromClause:
    for item in items:
        base = base.join(item, sa.true(), isouter=True)
    return base


def _unless_beyond(builder: Builder, node: Node, place: Place, always: bool, value: Value, flags: Flags) -> Value:
    if always or place.child is None:
        return value
    held = {builder.guards.key(right, place): right for right in node.visible}
    if any(key[3] != "child" for key in held):
        return value  # some right hangs on the row: an empty list says nothing of rows beyond it
    lacking = sa.or_(*(builder.guards.holds(right, place) for right in held.values())).is_not(sa.true())
    told = _Told(node.path, node.entity.about.key_class, node.beyond)
    _flag(builder, flags, told, _keys(builder, node.visible, place), lacking)
    return sa.case((lacking, sa.null()), else_=value)


def all_columns(place: Place) -> sa.TextClause:
    return sa.text(f'"{place.source.alias}".*')
