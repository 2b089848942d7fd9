"""One SQL statement per root field: JSON built in PostgreSQL, the policy inside it, every value bound.

The page of rows is cut first, in an inner query, so that nested objects are built for the page alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from hub.query import conditions
from hub.query.builder import Builder, Probe, joined, place_of, with_child
from hub.query.guards import Guards, Place
from hub.query.objects import Flags, all_columns, number, object_of, with_laterals
from hub.query.operation import Leaf
from hub.query.plan import (
    Connection,
    Count,
    Edges,
    Node,
    Nodes,
    PageInfo,
    Root,
    Single,
)
from hub.query.values import Value
from schema import scopes
from schema.scopes import Caller

DIALECT: sa.Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SQL text with its parameters in order, and what the result's columns hold.

    `rows` false: one row of [json per selection…, ids, child ids, rows withheld per probe…, more, keys…, count].
    `rows` true: a row per object of [json…, id, child id, keys…, withheld per probe…, count].
    """

    sql: str
    parameters: tuple[str, ...]  # names: @caller value, or a key of `leaves`
    leaves: Mapping[str, Leaf]
    selections: tuple[str, ...]  # response keys whose JSON the statement builds
    probes: tuple[Probe, ...]
    rows: bool
    keys: int  # how many order keys a cursor holds


def select_root(root: Root, caller: Caller) -> Statement:
    """The statement of a root field that reads something."""
    builder = Builder(Guards(caller), root.as_of)
    if isinstance(root.read, Single):
        return _single(builder, root.read)
    if isinstance(root.read, Connection):
        return _connection(builder, root.read)
    raise ValueError("nothing to read")


def _compiled(
    builder: Builder, query: sa.Select[Any], selections: Sequence[str], *, rows: bool, keys: int
) -> Statement:
    query = scopes.with_sets(query)
    compiled = query.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    constants = {name: Leaf(value=value) for name, value in compiled.params.items() if value is not None}
    return Statement(
        sql=str(compiled),
        parameters=tuple(compiled.positiontup or ()),
        leaves=constants | builder.leaves,
        selections=tuple(selections),
        probes=tuple(builder.probes.values()),
        rows=rows,
        keys=keys,
    )


def _single(builder: Builder, read: Single) -> Statement:
    node = read.node
    place = place_of(builder, node.entity, None, node.visible)
    found = _found(builder, place, read)
    seen = frozenset(builder.guards.keys(node.visible, place))
    if not builder.guards.covered((seen,), builder.guards.keys(read.rights, place)):
        found = sa.and_(found, conditions.held(builder, read.rights, place))
    visible = sa.or_(sa.false(), *(builder.guards.predicate(right, place) for right in node.visible))
    inner = (
        sa.select(all_columns(place))
        .select_from(joined(builder, place))
        .where(found, visible)
        .limit(number(1))
        .subquery(place.source.alias)
    )
    json, flags, froms = object_of(builder, node, place, (seen,))
    query = sa.select(json.label("j0"), *_identifiers(place), *_counts(builder, flags, aggregate=False))
    return _compiled(builder, _from(builder, query, place, inner, froms), ["j0"], rows=True, keys=0)


def _found(builder: Builder, place: Place, read: Single) -> sa.ColumnElement[bool]:
    entity, columns = place.entity, place.source.c
    value = builder.bind(read.value, sa.Text())
    if read.column != "id":
        return _as_text(columns[read.column]) == value
    if entity.key != "id":
        return _as_text(columns[entity.key]) == sa.func.substr(value, len(entity.about.id_tag) + 2)
    same = columns["id"] == value
    return sa.and_(columns["county"] == sa.func.split_part(value, "_", 2), same) if "county" in columns else same


def _as_text(column: Value) -> Value:
    """A key as callers write it; a day of the calendar is one."""
    return column if isinstance(column.type, sa.String) else sa.cast(column, sa.Text)


def _identifiers(place: Place) -> tuple[sa.Label[Any], sa.Label[Any]]:
    """The row's key and its child's, for the access record."""
    columns = place.source.c
    child = columns.get("child_id", columns[place.entity.key] if place.child is place.source else sa.null())
    if place.entity.table is scopes.subject_table():
        child = columns["id"]
    return columns[place.entity.key].label("$id"), child.label("$child")


def _from(
    builder: Builder, query: sa.Select[Any], place: Place, page: sa.FromClause, froms: Iterable[sa.FromClause]
) -> sa.Select[Any]:
    """FROM page [JOIN child] [JOIN LATERAL guards] JOIN LATERAL objects …"""
    rows = with_child(page, place)
    if builder.guards.hoisted:
        held = sa.select(*(predicate.label(name) for name, predicate in builder.guards.hoisted.values()))
        # OFFSET keeps PostgreSQL from pulling the predicates up into every place that refers to them.
        rows = rows.join(held.offset(number(0)).lateral("$g"), sa.true())
    return query.select_from(with_laterals(rows, froms))


def _counts(builder: Builder, flags: Flags, *, aggregate: bool) -> list[sa.Label[Any]]:
    """A column per probe, in the order of `builder.probes`."""
    columns = []
    for i, key in enumerate(builder.probes):
        lacking = flags.get(key, sa.false())
        value = sa.literal_column(f'"$p"."w{i}"') if aggregate else lacking
        columns.append((sa.func.count().filter(value) if aggregate else value).label(f"w{i}"))
    return columns


def _connection(builder: Builder, read: Connection) -> Statement:
    if builder.guards.caller.whole_counties and read.order[0].field.name == "county":
        builder.guards.caller = replace(builder.guards.caller, by_county=True)
    place = place_of(builder, read.entity, None, read.visible)
    parts = _objects_of(read)
    rows = any(isinstance(part, Edges) for part in read.parts)
    infos = [name for part in read.parts if isinstance(part, PageInfo) for _, name in part.parts]
    cursors = rows or "endCursor" in infos or "startCursor" in infos
    more = "hasNextPage" in infos
    page = _page(builder, read, place, limit=read.first + (1 if more else 0))
    known = (frozenset(builder.guards.keys(read.visible, place)),)
    selections: list[sa.Label[Any]] = []
    flags: Flags = {}
    froms: list[sa.FromClause] = []
    for i, node in enumerate(parts):
        json, node_flags, node_froms = object_of(builder, node, place, known)
        selections.append(json.label(f"j{i}"))
        flags |= node_flags
        froms += node_froms
    keys = [sa.cast(conditions.page_key(i, place), sa.Text).label(f"k{i}") for i, _ in enumerate(read.order)]
    listed: sa.Select[Any] = sa.select(
        *selections, *_identifiers(place), *(keys if cursors else ()), *_counts(builder, flags, aggregate=False)
    )
    listed = _from(builder, listed, place, page, froms).order_by(*conditions.page_ordering(read.order, place))
    counted = _count(builder, read, place)
    if not rows:
        query = _aggregated(builder, read, listed, len(parts), len(keys) if cursors else 0, more)
        query = query if counted is None else query.add_columns(counted.label("$count"))
    else:
        query = listed if counted is None else _beside(listed, counted, conditions.page_ordering(read.order, place))
    names = [f"j{i}" for i in range(len(parts))]
    return _compiled(builder, query, names, rows=rows, keys=len(keys) if cursors else 0)


def _beside(listed: sa.Select[Any], counted: sa.ScalarSelect[Any], order: list[Any]) -> sa.Select[Any]:
    """The rows with the count beside each; one row of nulls with the count where the page is empty."""
    rows = listed.add_columns(sa.func.row_number().over(order_by=order).label("$n")).subquery("$q")
    count = sa.select(counted.label("$count")).subquery("$c")
    columns: list[Value] = [sa.literal_column(f'"$q"."{column.name}"') for column in rows.c if column.name != "$n"]
    joined_rows = count.join(rows, sa.true(), isouter=True)
    total: Value = sa.literal_column('"$c"."$count"')
    return sa.select(*columns, total).select_from(joined_rows).order_by(sa.literal_column('"$q"."$n"'))


def _objects_of(read: Connection) -> list[Node]:
    nodes = [part.node for part in read.parts if isinstance(part, Nodes)]
    return nodes + [node for part in read.parts if isinstance(part, Edges) for _, _, node in part.parts if node]


def _aggregated(
    builder: Builder, read: Connection, listed: sa.Select[Any], objects: int, keys: int, more: bool
) -> sa.Select[Any]:
    """One row of the whole page; the extra row that tells of a next page is counted, not shown."""
    numbered = listed.subquery("$q")
    position = sa.func.row_number().over()
    page = sa.select(sa.text('"$q".*'), position.label("$n")).select_from(numbered).subquery("$p")
    within = sa.literal_column('"$p"."$n"') <= number(read.first) if more else None

    def array(name: str) -> Value:
        collected: Any = sa.func.array_agg(sa.literal_column(f'"$p"."{name}"'))
        chosen: Value = collected if within is None else collected.filter(within)
        return chosen

    columns: list[Any] = [
        sa.func.coalesce(sa.func.array_to_json(array(f"j{i}")), sa.text("'[]'::json")).label(f"j{i}")
        for i in range(objects)
    ]
    own = read.entity.table is scopes.subject_table()  # then the ids are the children's
    columns.append(sa.func.array_to_json(array("$id")).label("$id"))
    columns.append((sa.null() if own else sa.func.array_to_json(array("$child"))).label("$child"))
    for i in range(len(builder.probes)):
        lacking: sa.ColumnElement[bool] = sa.literal_column(f'"$p"."w{i}"')
        condition = lacking if within is None else sa.and_(lacking, within)
        columns.append(sa.func.count().filter(condition).label(f"w{i}"))
    columns.append((sa.func.count() > number(read.first)).label("$more"))
    if keys:
        columns += [sa.func.array_to_json(array(f"k{i}")).label(f"k{i}") for i in range(keys)]
    return sa.select(*columns).select_from(page)


def _page(builder: Builder, read: Connection, place: Place, *, limit: int) -> sa.FromClause:
    """The rows of one page: each way in which rows become visible is followed along its own index, then merged."""
    ways = builder.guards.keys(read.visible, place)
    after = conditions.after(builder, read, place)
    sorted_by = conditions.sort_columns(builder, read.order, place)
    selects = []
    for right in ways.values():
        where = [builder.guards.predicate(right, place)]
        if read.where is not None:
            where.append(conditions.matches(builder, read.where, place))
        if after is not None:
            where.append(after)
        rows = sa.select(all_columns(place), *sorted_by).select_from(joined(builder, place)).where(*where)
        selects.append(rows.order_by(*conditions.ordering(builder, read.order, place)).limit(number(limit)))
    if len(selects) == 1:
        return selects[0].subquery(place.source.alias)
    merged = sa.union_all(*(sa.select(sa.text("*")).select_from(s.subquery(f"$u{i}")) for i, s in enumerate(selects)))
    names = ", ".join(f'"$m".{name}' for name in ("county", place.entity.key) if name in place.source.c)
    once = sa.select(sa.text(f'DISTINCT ON ({names}) "$m".*')).select_from(merged.subquery("$m"))
    top = sa.select(all_columns(place)).select_from(once.subquery(place.source.alias))
    return top.order_by(*conditions.page_ordering(read.order, place)).limit(number(limit)).subquery(place.source.alias)


def _count(builder: Builder, read: Connection, place: Place) -> sa.ScalarSelect[Any] | None:
    limits = [part.limit for part in read.parts if isinstance(part, Count)]
    if not limits:
        return None
    other = place_of(builder, read.entity, None, read.visible)
    names = [other.source.c[name].label(name) for name in ("county", read.entity.key) if name in other.source.c]
    ways: list[sa.FromClause] = []
    for right in builder.guards.keys(read.visible, other).values():
        where = [builder.guards.predicate(right, other)]
        if read.where is not None:
            where.append(conditions.matches(builder, read.where, other))
        way: sa.Select[Any] = sa.select(*names).select_from(joined(builder, other)).where(*where)
        ways.append(way.limit(number(max(limits) + 1)).subquery(f"$v{len(ways)}"))
    found = sa.union(*(sa.select(sa.text("*")).select_from(way) for way in ways)) if len(ways) > 1 else None
    rows = ways[0] if found is None else found.subquery("$v")
    return sa.select(sa.func.count()).select_from(rows).scalar_subquery()
