"""The SQL of writing, compiled once per shape: rows under their rights by the predicates of reading, and the changes.

A row is looked at, locked and judged by one statement, so that what is out of scope costs and answers as what is not.
Every statement takes many rows: those that are judged each by a subquery of its own, as if it were alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import orjson
import sqlalchemy as sa

from hub import errors
from hub.ledger.tables import CHANGE, CHANNEL, SENT
from hub.policy.grant import Right
from hub.query.binding import encode
from hub.query.builder import Builder, joined, place_of
from hub.query.guards import Guards, Place
from hub.query.statement import DIALECT
from schema import scopes
from schema.entities import Entity
from schema.meaning import Anchor
from schema.registry import ENTITIES
from schema.scopes import Caller

Rights = tuple[Right, ...]
MOST_STATEMENTS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """SQL text with the names of its parameters in order."""

    text: str
    parameters: tuple[str, ...]
    constants: Mapping[str, bytes | None] = field(default_factory=dict)  # of the predicates themselves

    def bound(self, values: Mapping[str, bytes | None]) -> list[bytes | None]:
        constants = self.constants
        return [constants[name] if name in constants else values[name] for name in self.parameters]


def _compiled(statement: Any) -> Sql:
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    constants = {name: encode(constant) for name, constant in compiled.params.items() if constant is not None}
    return Sql(text=str(compiled), parameters=tuple(compiled.positiontup or ()), constants=constants)


#: The rows that a statement is asked for, each with the child that it has to belong to, if one is named.
_ASKED = sa.literal_column('"@asked".row', sa.Text())
_ASKED_CHILD = sa.literal_column('"@asked".child', sa.Text())


def _of_each(query: sa.Select[Any], lock: str = "") -> Sql:
    """The query for each row asked for: its place among them, and what is found for it.

    A lock or a limit keeps the planner from joining instead: each row is found by its key, whatever the table's size.
    The last two parameters are the rows and their children.
    """
    inner = _compiled(scopes.with_sets(query))
    rows = len(inner.parameters) + 1
    # The text is the compiled query's own; every value is bound.
    asked = f'unnest(${rows}::text[], ${rows + 1}::text[]) WITH ORDINALITY AS "@asked" ("row", child, place)'
    text = f'SELECT "@asked".place, "@found".* FROM {asked}, LATERAL ({inner.text}{lock}) AS "@found"'  # noqa: S608
    return Sql(text=text, parameters=inner.parameters, constants=inner.constants)


def value(name: str, kind: sa.types.TypeEngine[Any] | None = None) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=kind or sa.Text(), required=False)


def _place(entity: Entity, caller: Caller) -> tuple[Builder, Place]:
    builder = Builder(Guards(caller), None)
    return builder, place_of(builder, entity, None, ())


def _key(entity: Entity, columns: Any, row: sa.ColumnElement[Any] = _ASKED) -> sa.ColumnElement[bool]:
    """The row of an id; the county in it leads to the shard and to the primary key's index."""
    same: sa.ColumnElement[bool] = columns["id"] == row
    if "county" not in columns:
        return same
    return sa.and_(columns["county"] == sa.func.split_part(row, "_", 2), same)


def _any(builder: Builder, rights: Rights, place: Place) -> sa.ColumnElement[bool]:
    held = (builder.guards.predicate(right, place) for right in rights)
    return sa.func.coalesce(sa.or_(sa.false(), *held), sa.false())


def _suppliers(entity: Entity, place: Place) -> sa.ColumnElement[Any]:
    """Of values that another unit than the row's supplied: by field, the unit and whether it is verified."""
    source = ENTITIES["ValueProvenance"].table.alias()
    if "county" not in place.source.c:
        return sa.cast(sa.null(), sa.JSON)
    pairs = sa.func.json_object_agg(
        source.c.field_name, sa.func.json_build_array(source.c.source_unit, source.c.verified_status)
    )
    return (
        sa.select(pairs)
        .where(
            source.c.county == place.source.c["county"],
            source.c.entity == sa.literal_column(f"'{entity.name}'", sa.Text()),
            source.c.row_id == place.source.c["id"],
        )
        .scalar_subquery()
    )


@lru_cache(MOST_STATEMENTS)
def judged(entity: str, caller: Caller, seen: Rights, needs: tuple[Rights, ...]) -> Sql:
    """Each row, locked: as JSON, whether the caller sees it, which needs are met, and who supplied its values."""
    declared = ENTITIES[entity]
    builder, place = _place(declared, caller)
    columns: list[sa.Label[Any]] = [
        sa.func.row_to_json(sa.literal_column(f'"{place.source.alias}"')).label("row"),
        _any(builder, seen, place).label("seen"),
        *_held(builder, needs, place),
        _suppliers(declared, place).label("suppliers"),
    ]
    query: sa.Select[Any] = sa.select(*columns).select_from(joined(builder, place))
    return _of_each(query.where(_key(declared, place.source.c)), f' FOR UPDATE OF "{place.source.alias}"')


@lru_cache(MOST_STATEMENTS)
def held(entity: str, caller: Caller, needs: tuple[Rights, ...]) -> Sql:
    """Which needs are met of each row, as it stands."""
    declared = ENTITIES[entity]
    builder, place = _place(declared, caller)
    query: sa.Select[Any] = sa.select(*_held(builder, needs, place)).select_from(joined(builder, place))
    return _of_each(query.where(_key(declared, place.source.c)).limit(sa.literal_column("1")))


def _held(builder: Builder, needs: tuple[Rights, ...], place: Place) -> list[sa.Label[Any]]:
    return [_any(builder, rights, place).label(f"h{i}") for i, rights in enumerate(needs)]


@lru_cache(MOST_STATEMENTS)
def linkable(target: str, caller: Caller, seen: Rights, of_child: bool) -> Sql:
    """The rows that the caller sees; `of_child`: those of them that belong to the child named with them."""
    declared = ENTITIES[target]
    builder, place = _place(declared, caller)
    where = [_key(declared, place.source.c), _any(builder, seen, place)]
    if of_child:
        where.append(_same_child(declared, place))
    query: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(joined(builder, place)).where(*where)
    return _of_each(query.limit(sa.literal_column("1")))


def _same_child(target: Entity, place: Place) -> sa.ColumnElement[bool]:
    child = scopes.subject_table().alias()
    columns = place.source.c
    if target.about.anchor is Anchor.FAMILY and "family_id" in columns:
        mine = sa.select(child.c.family_id).where(_key(target, child.c, _ASKED_CHILD)).scalar_subquery()
        return columns["family_id"] == mine
    return columns["child_id"] == _ASKED_CHILD if "child_id" in columns else sa.true()


@lru_cache(MOST_STATEMENTS)
def inserted(entity: str, columns: tuple[str, ...]) -> Sql:
    """New rows of these columns, from a JSON array."""
    return from_json(ENTITIES[entity].table, columns)


@lru_cache(MOST_STATEMENTS)
def updated(entity: str, columns: tuple[str, ...]) -> Sql:
    """Rows take new values, from a JSON array with the id, version and moment of each; gives the ids of those that
    stood in that version. Their former state goes to history.
    """
    declared = ENTITIES[entity]
    table = declared.table
    kinds = ", ".join((*_kinds(table, columns), '"@row" text', '"@version" integer', '"@now" timestamptz'))
    county = " AND o.county = split_part(r.\"@row\", '_', 2)" if "county" in table.c else ""
    rows = f'json_to_recordset($1) AS r ({kinds}) WHERE o.id = r."@row" AND o.row_version = r."@version"{county}'
    now = "greatest(r.\"@now\", o.recorded_at + interval '1 microsecond')"
    changes = "".join(f'"{name}" = r."{name}", ' for name in columns)
    past = ""
    # Identifiers of our own declarations; every value comes in the one bound document.
    if declared.history is not None:
        names = [column.name for column in table.columns]
        listed, values = ", ".join(f'"{name}"' for name in names), ", ".join(f'o."{name}"' for name in names)
        past = (
            f"WITH past AS (INSERT INTO {declared.history.name} ({listed}, superseded_at)"  # noqa: S608
            f" SELECT {values}, {now} FROM {table.name} AS o, {rows}) "
        )
    text = (
        f"{past}UPDATE {table.name} AS o SET {changes}row_version = o.row_version + 1, recorded_at = {now}"  # noqa: S608
        f" FROM {rows} RETURNING o.id"
    )
    return Sql(text=text, parameters=("rows",))


@cache
def taken(entity: str) -> Sql:
    """Of new rows' natural keys, given with their ids, those that are taken: the ids."""
    declared = ENTITIES[entity]
    table, key = declared.table, declared.about.natural_key
    county = " AND o.county = split_part(r.id, '_', 2)" if "county" in table.c else ""
    same = f'SELECT FROM {table.name} AS o WHERE o."{key}" = r.number{county}'
    text = f"SELECT r.id FROM json_to_recordset($1) AS r (id text, number text) WHERE EXISTS ({same})"  # noqa: S608
    return Sql(text=text, parameters=("rows",))


@lru_cache(MOST_STATEMENTS)
def from_json(table: sa.Table, names: tuple[str, ...], *, conflict: str = "") -> Sql:
    """New rows of these columns, all in one document."""
    kinds = ", ".join(_kinds(table, names))
    listed = ", ".join(f'"{name}"' for name in names)
    # Identifiers of our own declarations; every value comes in the one bound document.
    text = f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM json_to_recordset($1) AS r ({kinds}){conflict}"  # noqa: S608
    return Sql(text=text, parameters=("rows",))


def _kinds(table: sa.Table, names: tuple[str, ...]) -> list[str]:
    return [f'"{name}" {table.c[name].type.compile(dialect=DIALECT)}' for name in names]


def document(rows: list[dict[str, Any]]) -> bytes:
    """Rows as the JSON array that a statement takes; raises PlanError for text that PostgreSQL cannot hold."""
    try:
        made = orjson.dumps(rows)
    except TypeError as fault:  # half a surrogate pair
        raise errors.PlanError(reason="text holds half a surrogate pair") from fault
    if b"\\u0000" in made and any("\0" in text for row in rows for text in row.values() if isinstance(text, str)):
        raise errors.PlanError(reason="text holds a NUL character")
    return made


_CHANGED = (
    "county", "entity", "row_id", "row_version", "child_id", "kind", "unit", "at", "classes", "case_id", "units",
)  # fmt: skip


@cache
def change_rows() -> Sql:
    """Change rows, and one word to who follows where some are of a case or for units; it says nothing but that.

    Commits that tell followers wait for one another, so a visit or an import tells them nothing.
    """
    written = from_json(CHANGE, _CHANGED)
    # The text is of our own declarations; every value comes in the one bound document.
    text = (
        f"WITH written AS ({written.text} RETURNING case_id, units)"  # noqa: S608
        f" SELECT pg_notify('{CHANNEL}', '') FROM written WHERE case_id IS NOT NULL OR units IS NOT NULL LIMIT 1"
    )
    return Sql(text=text, parameters=written.parameters)


@cache
def sent_rows() -> Sql:
    return from_json(SENT, ("unit", "person", "key", "fingerprint", "row_ids", "row_versions", "at"))


@cache
def sent_before() -> Sql:
    """The rows that a key wrote: ids, versions, what was asked, when."""
    query = sa.select(
        sa.func.array_to_json(SENT.c.row_ids),
        sa.func.array_to_json(SENT.c.row_versions),
        sa.func.encode(SENT.c.fingerprint, sa.text("'hex'")),
        sa.func.to_json(SENT.c.at),
    ).where(SENT.c.unit == value("@unit"), SENT.c.person == value("@person"), SENT.c.key == value("key"))
    return _compiled(query)


@cache
def unsupplied_rows() -> Sql:
    """Values whose row's own unit has supplied them again."""
    text = (
        "DELETE FROM value_provenance AS v USING json_to_recordset($1)"
        " AS r (county text, entity text, row_id text, field_name text)"
        " WHERE v.county = r.county AND v.entity = r.entity AND v.row_id = r.row_id AND v.field_name = r.field_name"
    )
    return Sql(text=text, parameters=("rows",))


_SUPPLIED = (
    "county", "id", "child_id", "entity", "row_id", "field_name", "data_class", "source_unit", "source_system",
    "source_record_id", "supplier_duty", "effective_from", "recorded_at", "recorded_by", "verified_status",
)  # fmt: skip


@cache
def supplied_rows() -> Sql:
    """Where single values came from; a later supplier takes the place of an earlier one."""
    table = ENTITIES["ValueProvenance"].table
    kept = ("county", "id", "child_id", "entity", "row_id", "field_name", "data_class")
    later = ", ".join(f'"{name}" = excluded."{name}"' for name in _SUPPLIED if name not in kept)
    version = "row_version = value_provenance.row_version + 1"
    conflict = f" ON CONFLICT (county, entity, row_id, field_name) DO UPDATE SET {later}, {version}"
    return from_json(table, _SUPPLIED, conflict=conflict)
