"""Filters, orders, cursors and joins as SQL. What a caller may not read on a row neither matches nor sorts there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import sqlalchemy as sa

from hub.policy.grant import Right
from hub.query.builder import Builder, place_of
from hub.query.covering import covers, terms
from hub.query.guards import Place
from hub.query.plan import Compare, Connection, Every, Exists, Filter, Not, Op, Order, Some
from hub.query.values import Source, Value, raw
from schema.divisions import range_of
from schema.meaning import SQL_TYPES, Field, Kind, Relation

Predicate: TypeAlias = sa.ColumnElement[bool]


def related(relation: Relation | None, parent: Place, target: Source) -> list[Predicate]:
    """The join of a related row to the row above it, by the values that the row above may show."""
    pairs = relation.on if relation is not None else ()
    return [target.c[remote] == _link(parent, local) for local, remote in pairs]


def _link(parent: Place, name: str) -> Value:
    field = parent.entity.fields.get(name)
    return parent.source.c[name] if field is None else raw(field, parent.entity, parent.source)


def held(builder: Builder, rights: Iterable[Right], place: Place) -> Predicate:
    keyed = builder.guards.keys(rights, place)
    return sa.or_(sa.false(), *(builder.guards.predicate(right, place) for right in keyed.values()))


def _everywhere(rights: Iterable[Right], place: Place) -> bool:
    """Whether these rights hold on every visible row of the place."""
    wide = [terms(right, place.entity) for right in rights]
    return all(any(covers(held, terms(right, place.entity)) for held in wide) for right in place.visible)


def matches(builder: Builder, part: Filter, place: Place, *, negated: bool = False) -> Predicate:
    """A filter in two-valued logic: unknown is no match, also below a `not`.

    Where nothing negates it a comparison stands bare, so that an index can serve it: WHERE drops null by itself.
    """
    if isinstance(part, Every):
        return sa.and_(sa.true(), *(matches(builder, inner, place, negated=negated) for inner in part.parts))
    if isinstance(part, Some):
        return sa.or_(sa.false(), *(matches(builder, inner, place, negated=negated) for inner in part.parts))
    if isinstance(part, Not):
        return sa.not_(matches(builder, part.part, place, negated=True))
    if isinstance(part, Exists):
        return _exists(builder, part, place)
    return _compare(builder, part, place, negated)


def _exists(builder: Builder, part: Exists, place: Place) -> Predicate:
    target = place_of(builder, part.entity, place, part.visible, part.relation)
    rows = builder.table(part.entity).alias(target.source.alias)
    where = related(part.relation, place, target.source)
    where += [held(builder, part.visible, target), matches(builder, part.part, target)]
    if part.gate is not None:
        where.append(held(builder, part.gate, place))
    return sa.exists(sa.select(sa.literal_column("1")).select_from(rows).where(*where))


def _compare(builder: Builder, part: Compare, place: Place, negated: bool) -> Predicate:
    value = raw(part.field, place.entity, place.source)
    compared = COMPARISONS[part.op](builder, part, value)
    if negated and part.op is not Op.IS_NULL:
        compared = sa.func.coalesce(compared, sa.false())
    if any(map(_unconditional, part.rights)) or _everywhere(part.rights, place):
        return compared
    return sa.and_(held(builder, part.rights, place), compared)


def _unconditional(right: Right) -> bool:
    return right.reach.scope == "any" and right.reach.condition is None and not right.unless


def _bound(builder: Builder, part: Compare) -> sa.BindParameter[Any]:
    return builder.bind(part.value, SQL_TYPES[part.field.kind]())


def _items(builder: Builder, part: Compare) -> Value:
    kind = SQL_TYPES[part.field.kind]()
    of_items = kind if isinstance(kind, sa.ARRAY) else sa.ARRAY(kind)
    return builder.bind(part.value, of_items)


def _within(builder: Builder, part: Compare, value: Value) -> Predicate:
    """In the division or below it."""
    low = builder.bind(part.value, sa.Text())
    return sa.and_(value >= low, value < builder.bind(replace(part.value, transform=after_division), sa.Text()))


def after_division(code: object) -> str:
    """The first code behind a division and all below it; a code of another form reaches nothing."""
    text = str(code)
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        return ""
    return range_of(text)[1]


def _one_item(builder: Builder, part: Compare, value: Value) -> Predicate:
    return builder.bind(part.value, sa.Text()) == sa.func.any(value)


COMPARISONS: Mapping[Op, Callable[[Builder, Compare, Value], Predicate]] = {
    Op.EQ: lambda b, p, v: v == _bound(b, p),
    Op.NE: lambda b, p, v: v != _bound(b, p),
    Op.LT: lambda b, p, v: v < _bound(b, p),
    Op.LTE: lambda b, p, v: v <= _bound(b, p),
    Op.GT: lambda b, p, v: v > _bound(b, p),
    Op.GTE: lambda b, p, v: v >= _bound(b, p),
    Op.IN: lambda b, p, v: v == sa.func.any(_items(b, p)),
    Op.IS_NULL: lambda b, p, v: v.is_(None) == b.bind(p.value, sa.Boolean()),
    Op.WITHIN: _within,
    Op.HAS: _one_item,
    Op.HAS_ANY: lambda b, p, v: v.op("&&")(_items(b, p)),
}


def sort_value(builder: Builder, order: Order, place: Place) -> tuple[Value, bool]:
    """What rows sort by, and whether it may be null: null where the caller may not read it."""
    value = raw(order.field, place.entity, place.source)
    column = place.source.table.c.get(order.field.name)
    nullable = column is None or bool(column.nullable)
    if order.field.name in ("id", "county", place.entity.key) or any(map(_unconditional, order.rights)):
        return value, nullable and order.field.name not in ("county", place.entity.key)
    if _everywhere(order.rights, place):
        return value, nullable
    return sa.case((held(builder, order.rights, place), value), else_=sa.null()), True


def sort_columns(builder: Builder, orders: tuple[Order, ...], place: Place) -> list[sa.Label[Any]]:
    """The order's values as columns `$o0`, `$o1` … of the page, for outer orders and cursors."""
    return [sort_value(builder, order, place)[0].label(f"$o{i}") for i, order in enumerate(orders)]


def page_key(index: int, place: Place) -> Value:
    return sa.literal_column(f'"{place.source.alias}"."$o{index}"')


def ordering(builder: Builder, orders: tuple[Order, ...], place: Place) -> list[Any]:
    """ORDER BY within the page; NULLS LAST both ways, left out where no null can be (an index then serves)."""
    return [_directed(order, *sort_value(builder, order, place)) for order in orders]


def page_ordering(orders: tuple[Order, ...], place: Place) -> list[Any]:
    """The same order over the page's `$o` columns."""
    return [_directed(order, page_key(i, place), False) for i, order in enumerate(orders)]


def _directed(order: Order, value: Value, nullable: bool) -> Any:
    if order.descending:
        return value.desc().nulls_last()
    return value.asc().nulls_last() if nullable else value.asc()


def after(builder: Builder, read: Connection, place: Place) -> Predicate | None:
    """Rows behind the cursor, whose values are bound as `$a0`, `$a1` … ."""
    if read.after is None:
        return None
    keys = [(*sort_value(builder, order, place), order) for order in read.order]
    bound = [sa.cast(builder.cursor_value(i), _sort_type(order.field)) for i, (_, _, order) in enumerate(keys)]
    if not any(nullable or order.descending for _, nullable, order in keys):
        return sa.tuple_(*(value for value, _, _ in keys)) > sa.tuple_(*bound)
    return _lexicographic(keys, bound)


def _sort_type(field: Field) -> sa.types.TypeEngine[Any]:
    return SQL_TYPES[Kind.TEXT if field.kind is Kind.ID else field.kind]()


def _lexicographic(keys: list[tuple[Value, bool, Order]], bound: list[Any]) -> Predicate:
    """`(k0 behind a0) or (k0 = a0 and k1 behind a1) …`, nulls last, right for null values of the cursor too."""
    alternatives: list[Predicate] = []
    same: list[Predicate] = []
    for (value, _, order), limit in zip(keys, bound, strict=True):
        behind = value < limit if order.descending else value > limit
        nulls = sa.and_(value.is_(None), limit.is_not(None))
        alternatives.append(sa.and_(*same, sa.or_(sa.func.coalesce(behind, sa.false()), nulls)))
        same.append(value.is_not_distinct_from(limit))
    return sa.or_(*alternatives)
