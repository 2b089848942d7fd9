"""The state of a matter in one statement: the row an act is about, its child and case, and what else it looks at."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from hub.commands.words import Kind, State
from hub.ledger.inputs import subject
from schema.entities import Entity
from schema.registry import ENTITIES

#: Units told of the case that have neither acknowledged nor been escalated; named by acts that look at it.
WAITING = "CaseKnowledge"


@lru_cache(256)
def locking(target: str) -> str | None:
    """Takes the case first, in the order that all acts keep; None where the row itself is all there is to lock."""
    entity = ENTITIES[target]
    column = entity.about.case_column
    if column is None or column == "id":
        return None
    table = entity.table.name
    return (  # names are of our own declarations
        f'SELECT 1 FROM protection_case c JOIN "{table}" t ON (c.county, c.id) = (t.county, t."{column}")'  # noqa: S608
        " WHERE t.county = split_part($1, '_', 2) AND t.id = $1 FOR UPDATE OF c"
    )


@lru_cache(256)
def closing(target: str) -> str | None:
    """Whether the case of row $1 is closed, for unit $2 that took part in it; None where rows have no case."""
    entity = ENTITIES[target]
    column = entity.about.case_column
    if column is None:
        return None
    return (  # names are of our own declarations
        f'SELECT 1 FROM "{entity.table.name}" t JOIN protection_case c ON (c.county, c.id) = (t.county, t."{column}")'  # noqa: S608
        " JOIN case_party p ON (p.county, p.case_id) = (c.county, c.id) AND p.unit = $2"
        " WHERE t.county = split_part($1, '_', 2) AND t.id = $1 AND c.closed_on IS NOT NULL LIMIT 1"
    )


@lru_cache(256)
def loading(target: str | None, reads: tuple[str, ...]) -> str:
    """$1 the row, $2 the child the caller names, $3 today and, where units that wait are looked for, $4 the caller's.

    Names are of our own declarations.
    """
    parts = [
        "(SELECT row_to_json(x) FROM t JOIN child x ON x.county = t.county AND x.id = coalesce(t.child_id, $2::text))",
        "(SELECT row_to_json(c) FROM c)",
        "(SELECT json_agg(p ORDER BY p.id) FROM t JOIN case_party p ON (p.county, p.case_id) = (t.county, t.case_id)"
        " AND p.since <= $3::date AND (p.until IS NULL OR p.until > $3::date))",
        "(SELECT json_agg(DISTINCT k.unit) FROM t JOIN case_knowledge k ON (k.county, k.case_id)"
        " = (t.county, t.case_id) AND k.acknowledged_at IS NULL AND k.escalated_at IS NULL AND k.unit <> $4::text)"
        if WAITING in reads
        else "NULL",
        "(SELECT json_agg(DISTINCT e.school_unit) FROM t JOIN enrolment e ON (e.county, e.child_id)"
        " = (t.county, coalesce(t.child_id, $2::text)) AND (e.valid_to IS NULL OR e.valid_to > $3::date))",
        *(_rows(ENTITIES[name], of_case=_has_case(target)) for name in reads if name != WAITING),
    ]
    first = _first(target)
    case = "SELECT p.* FROM t JOIN protection_case p ON (p.county, p.id) = (t.county, t.case_id)"
    return f"WITH t AS ({first}), c AS ({case}) SELECT {', '.join(parts)}"


def _first(target: str | None) -> str:
    if target is None:
        named = "split_part($2::text, '_', 2) AS county, NULL::text AS case_id, $2::text AS child_id"
        return f"SELECT {named} WHERE $1::text IS NULL"
    entity = ENTITIES[target]
    if "county" not in entity.table.c:
        return (
            "SELECT NULL::text AS county, NULL::text AS case_id, NULL::text AS child_id"  # noqa: S608
            f' FROM "{entity.table.name}" WHERE id = $1'
        )
    case = f'"{entity.about.case_column}"' if entity.about.case_column else "NULL::text"
    child = '"id"' if entity is subject() else '"child_id"'
    return (
        f"SELECT county, {case} AS case_id, {child} AS child_id"  # noqa: S608
        f" FROM \"{entity.table.name}\" WHERE county = split_part($1, '_', 2) AND id = $1"
    )


def _has_case(target: str | None) -> bool:
    return target is not None and ENTITIES[target].about.case_column is not None


def _rows(entity: Entity, *, of_case: bool) -> str:
    """Of the case where the rows and what the act is about belong to one, else of the child."""
    link = "case_id" if of_case and "case_id" in entity.table.c else "child_id"
    return (
        f'(SELECT json_agg(r ORDER BY r.id) FROM t JOIN "{entity.table.name}" r'  # noqa: S608
        f" ON (r.county, r.{link}) = (t.county, t.{link}))"
    )


def state_of(kind: Kind, target: dict[str, Any], cells: list[bytes | None] | tuple[bytes | None, ...]) -> State:
    child, case, parties, waiting, schools, *rows = (None if cell is None else orjson.loads(cell) for cell in cells)
    names = [name for name in kind.reads if name != WAITING]
    return State(
        target=target, child=child, case=case, parties=tuple(parties or ()), 
        waiting=tuple(waiting or ()), schools=tuple(schools or ()),
        rows={name: tuple(found or ()) for name, found in zip(names, rows, strict=True)},
    )  # fmt: skip
