"""Keeps what is stored in step with the facts: in the transaction that changed them, and once a day for time itself.

Stored, not computed on read: lists, filters, counts and the statistics ask for these columns on every page, and the
planner's guards stay simple predicates. What keeps them true is the same statement as what checks them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
import psycopg
from psycopg import sql

from hub.derived import statement
from hub.ledger.asking import Ask
from schema.registry import ENTITIES

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
#: Children that one statement computes for: its plan is made for few, and grows with their square.
TOGETHER = 32
#: Who is recorded for what the hub itself finds.
HUB = "hub"
#: The columns of the statement that compares, in order.
COUNTED = (
    "children", "active", "candidate", "ended", "not_eligible", "findings", "wrong_status", "wrong_entry",
    "wrong_completeness", "wrong_findings",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One row that was brought into step."""

    entity: str
    county: str
    id: str
    child: str
    version: int
    is_new: bool = False
    stands: bool = False  # of a child: the status or the entry changed
    filled: bool = False  # of a child: its completeness changed
    aged_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When the computing is done: the day it is done for, and the time that is recorded."""

    day: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Whose facts changed in one county."""

    county: str
    children: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    #: children whose own row the same transaction wrote: what is computed belongs to that version of it
    own: frozenset[str] = frozenset()


@cache
def _parts() -> Mapping[str, sql.SQL]:
    text = (files("hub.derived") / "keeping.sql").read_text("utf-8")
    pieces = re.split(r"(?m)^-- (\w+) --\n", text)[1:]
    return {name: sql.SQL(body.strip()) for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


def _former(name: str, source: str, where: str) -> sql.Composed:
    """A CTE that files the present state of the rows about to change."""
    table = ENTITIES[name].table
    columns = [sql.Identifier(column.name) for column in table.columns]
    return sql.SQL(
        "{} as (insert into {} ({}, superseded_at)"
        " select {}, greatest(%(at)s, o.recorded_at + interval '1 microsecond') from {} o join {} n"
        " on (n.county, n.id) = (o.county, o.id) where {})"
    ).format(
        sql.Identifier(f"former_{table.name}"),
        sql.Identifier(f"{table.name}_history"),
        sql.SQL(", ").join(columns),
        sql.SQL(", ").join(sql.SQL("o.{}").format(column) for column in columns),
        sql.Identifier(table.name),
        sql.Identifier(source),
        sql.SQL(where),
    )


def _statement(*parts: sql.Composable, some: bool, past: bool = False) -> sql.Composed:
    """The computing, followed by further CTEs; the last part ends with the query."""
    return sql.SQL(",\n").join([statement.computing(past=past, some=some), *parts])


@cache
def keeping_statement() -> sql.Composed:
    parts, finding = _parts(), statement.FINDING
    child = (parts["changed"], _former("Child", "changed", "o.id <> all (%(own)s::text[])"), parts["child"])
    found = (parts["compared"], _former(finding, "compared", "n.wanted is distinct from n.since"), parts["finding"])
    return _statement(*child, *found, some=True) + sql.SQL("\n") + parts["kept"]


@cache
def stale_statement() -> sql.Composed:
    parts = _parts()
    return _statement(parts["changed"], parts["compared"], some=False) + sql.SQL("\n") + parts["stale"]


@cache
def _difference_statement(*, past: bool) -> sql.Composed:
    parts = _parts()
    return _statement(parts["compared"], some=False, past=past) + sql.SQL("\n") + parts["differences"]


def asking(connection: Connection) -> Ask:
    async def ask(query: sql.Composable, values: Mapping[str, object]) -> Sequence[Sequence[Any]]:
        return await (await connection.execute(query.as_string(connection).encode(), values)).fetchall()

    return ask


async def keep(ask: Ask, touched: Touched, moment: Moment) -> tuple[Kept, ...]:
    """Brings children, with those of the same households, into step.

    They are locked first: of two writers of one child's facts the later computes from what the earlier left.
    """
    named = {
        "county": touched.county, "children": sorted(touched.children), "families": sorted(touched.families),
    }  # fmt: skip
    locked = [_text(row[0]) for row in await ask(_parts()["lock"], named)]
    if not locked:
        return ()
    given = {**statement.parameters(touched.county, moment.day, at=moment.at), "own": sorted(touched.own), "by": HUB}
    kept: list[Kept] = []
    for start in range(0, len(locked), TOGETHER):
        rows = await ask(keeping_statement(), {**given, "children": locked[start : start + TOGETHER]})
        kept += (Kept(**orjson.loads(row[0])) for row in rows)
    return tuple(kept)


def _text(cell: str | bytes) -> str:
    return cell.decode() if isinstance(cell, bytes) else cell


async def stale(connection: Connection, county: str, day: date) -> tuple[str, ...]:
    """Children of the county whose stored values are not what the facts say; nothing is locked or changed."""
    rows = await asking(connection)(stale_statement(), statement.parameters(county, day))
    return tuple(row[0] for row in rows)


async def counties(connection: Connection) -> tuple[str, ...]:
    """The counties of which there are children."""
    return tuple(row[0] for row in await asking(connection)(_parts()["counties"], {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A county's register on a day: how many children there are of each status, and how many values are wrong."""

    county: str
    children: int
    active: int
    candidate: int
    ended: int
    not_eligible: int
    findings: int  # open
    wrong_status: int
    wrong_entry: int
    wrong_completeness: int
    wrong_findings: int

    @property
    def holds(self) -> bool:
        return not (self.wrong_status or self.wrong_entry or self.wrong_completeness or self.wrong_findings)


async def compare(connection: Connection, county: str, day: date, *, at: datetime | None = None) -> Comparison:
    """What is stored beside what the facts say, now or as both were recorded at a past moment."""
    query = _difference_statement(past=at is not None)
    (row,) = await asking(connection)(query, statement.parameters(county, day, at=at))
    return Comparison(county=county, **dict(zip(COUNTED, row, strict=True)))
