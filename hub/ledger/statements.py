"""The SQL of writing, compiled once per shape: rows under their rights by the predicates of reading, and the changes.

A row is looked at, locked and judged by one statement, so that what is out of scope costs and answers as what is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from hub.ledger.tables import CHANGE, SENT
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
_MICROSECOND = sa.text("interval '1 microsecond'")


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


def value(name: str, kind: sa.types.TypeEngine[Any] | None = None) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=kind or sa.Text(), required=False)


def _place(entity: Entity, caller: Caller) -> tuple[Builder, Place]:
    builder = Builder(Guards(caller), None)
    return builder, place_of(builder, entity, None, ())


def _key(entity: Entity, columns: Any, name: str = "row") -> sa.ColumnElement[bool]:
    """The row of an id; the county in it leads to the shard and to the primary key's index."""
    row = value(name)
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
    """The row `@row`, locked: as JSON, whether the caller sees it, which needs are met, and who supplied its values."""
    declared = ENTITIES[entity]
    builder, place = _place(declared, caller)
    columns: list[sa.Label[Any]] = [
        sa.func.row_to_json(sa.literal_column(f'"{place.source.alias}"')).label("row"),
        _any(builder, seen, place).label("seen"),
        *(_any(builder, rights, place).label(f"h{i}") for i, rights in enumerate(needs)),
        _suppliers(declared, place).label("suppliers"),
    ]
    rows = joined(builder, place)
    query: sa.Select[Any] = sa.select(*columns).select_from(rows).where(_key(declared, place.source.c, "row"))
    lock = f' FOR UPDATE OF "{place.source.alias}"'
    compiled = _compiled(scopes.with_sets(query))
    return Sql(text=compiled.text + lock, parameters=compiled.parameters, constants=compiled.constants)


@lru_cache(MOST_STATEMENTS)
def linkable(target: str, caller: Caller, seen: Rights, of_child: bool) -> Sql:
    """Whether the caller sees the row `@row`, which has to belong to the child `@child` if one is named."""
    declared = ENTITIES[target]
    builder, place = _place(declared, caller)
    where = [_key(declared, place.source.c), _any(builder, seen, place)]
    if of_child:
        where.append(_same_child(declared, place))
    query: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(joined(builder, place)).where(*where)
    return _compiled(scopes.with_sets(query))


def _same_child(target: Entity, place: Place) -> sa.ColumnElement[bool]:
    child = scopes.subject_table().alias()
    columns = place.source.c
    if target.about.anchor is Anchor.FAMILY and "family_id" in columns:
        mine = sa.select(child.c.family_id).where(_key(target, child.c, "child")).scalar_subquery()
        return columns["family_id"] == mine
    return columns["child_id"] == value("child") if "child_id" in columns else sa.true()


@lru_cache(MOST_STATEMENTS)
def inserted(entity: str, columns: tuple[str, ...]) -> Sql:
    """A new row of these columns, each bound under its own name."""
    table = ENTITIES[entity].table
    return _compiled(sa.insert(table).values({name: value(name, table.c[name].type) for name in columns}))


@lru_cache(MOST_STATEMENTS)
def updated(entity: str, columns: tuple[str, ...]) -> Sql:
    """The row `row` of version `version` takes new values; its former state goes to history; gives its version."""
    declared = ENTITIES[entity]
    table = declared.table
    now = sa.func.greatest(value("@now", sa.DateTime(timezone=True)), table.c.recorded_at + _MICROSECOND)
    changes: dict[str, Any] = {name: value(name, table.c[name].type) for name in columns}
    changes |= {"row_version": table.c.row_version + sa.text("1"), "recorded_at": now}
    same = sa.and_(_key(declared, table.c), table.c.row_version == value("version", sa.Integer()))
    statement: Any = sa.update(table).where(same).values(changes).returning(table.c.row_version)
    if declared.history is not None:
        names = [c.name for c in table.columns]
        former = sa.select(*(table.c[name] for name in names), now.label("superseded_at")).where(same)
        past = sa.insert(declared.history).from_select([*names, "superseded_at"], former)
        statement = statement.add_cte(past.cte("past"))
    return _compiled(statement)


@lru_cache(MOST_STATEMENTS)
def derived(entity: str, columns: tuple[str, ...]) -> Sql:
    """Values the hub computes, put into a row that this very transaction made or changed: no version of their own."""
    declared = ENTITIES[entity]
    changes = {name: value(name, declared.table.c[name].type) for name in columns}
    return _compiled(sa.update(declared.table).where(_key(declared, declared.table.c)).values(changes))


def _from_json(table: sa.Table, names: Sequence[str], *, conflict: str = "") -> Sql:
    kinds = ", ".join(f'"{name}" {_kind(table.c[name].type)}' for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    # Identifiers of our own declarations; every value comes in the one bound document.
    text = f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM json_to_recordset($1) AS r ({kinds}){conflict}"  # noqa: S608
    return Sql(text=text, parameters=("rows",))


def _kind(kind: sa.types.TypeEngine[Any]) -> str:
    return str(kind.compile(dialect=DIALECT))


_CHANGED = ("county", "entity", "row_id", "row_version", "child_id", "kind", "unit", "at", "classes")


@cache
def change_rows() -> Sql:
    return _from_json(CHANGE, _CHANGED)


@cache
def sent_rows() -> Sql:
    return _from_json(SENT, ("unit", "person", "key", "fingerprint", "row_ids", "row_versions", "at"))


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
    return _from_json(table, _SUPPLIED, conflict=conflict)
