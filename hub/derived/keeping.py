"""Keeps what is stored in step with the facts: in the transaction that changed them, and once a day for time itself.

Stored, not computed on read: lists, filters, counts and the statistics ask for these columns on every page, and the
planner's guards stay simple predicates. What keeps them true is one statement, the same here and in the check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import sql

from hub.derived import statement
from schema.registry import ENTITIES

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
#: Who is recorded for what the hub itself finds.
HUB = "hub"
#: The columns of the statement that compares, in order.
COUNTED = (
    "children", "active", "candidate", "ended", "not_eligible", "findings", "wrong_status", "wrong_entry",
    "wrong_completeness", "wrong_findings",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One row that was brought into step, for the feed and for what is told of it."""

    entity: str
    county: str
    id: str
    child: str
    version: int
    aged_out: bool = False
    opened: bool = False  # a finding that is new or goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When the computing is done: the day it is done for, and the time that is recorded."""

    day: date
    at: datetime


@cache
def _parts() -> Mapping[str, sql.SQL]:
    text = (files("hub.derived") / "keeping.sql").read_text("utf-8")
    pieces = re.split(r"(?m)^-- (\w+) --\n", text)[1:]
    return {name: sql.SQL(body.strip()) for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


def _former(table: str, source: str, where: str) -> sql.Composed:
    """A CTE that files the present state of the rows about to change."""
    columns = [sql.Identifier(column.name) for column in ENTITIES[table].table.columns]
    name = ENTITIES[table].table.name
    return sql.SQL(
        "former as (insert into {} ({}, superseded_at)"
        " select {}, greatest(%(at)s, o.recorded_at + interval '1 microsecond') from {} o join {} n"
        " on (n.county, n.id) = (o.county, o.id) where o.recorded_at <> %(at)s and {})"
    ).format(
        sql.Identifier(f"{name}_history"),
        sql.SQL(", ").join(columns),
        sql.SQL(", ").join(sql.SQL("o.{}").format(column) for column in columns),
        sql.Identifier(name),
        sql.Identifier(source),
        sql.SQL(where),
    )


@cache
def child_statement() -> sql.Composed:
    parts = _parts()
    return sql.SQL("{},\n{},\n{},\n{}").format(
        statement.computing(past=False), parts["changed"], _former("Child", "changed", "true"), parts["child"]
    )


@cache
def finding_statement() -> sql.Composed:
    parts = _parts()
    former = _former("GuardianshipFinding", "compared", "n.wanted is distinct from n.since")
    return sql.SQL("{},\n{},\n{},\n{}").format(
        statement.computing(past=False), parts["compared"], former, parts["finding"]
    )


@cache
def stale_statement() -> sql.Composed:
    parts = _parts()
    return sql.SQL("{},\n{},\n{}\n{}").format(
        statement.computing(past=False), parts["changed"], parts["compared"], parts["stale"]
    )


async def keep(
    connection: Connection,
    county: str,
    moment: Moment,
    *,
    children: Iterable[str] = (),
    families: Iterable[str] = (),
) -> tuple[Kept, ...]:
    """Brings children, with those of the same households, into step; in the transaction of `connection`.

    They are locked first: of two writers of one child's facts the later computes from what the earlier left.
    """
    named = {"county": county, "children": sorted(children), "families": sorted(families)}
    locked = await (await connection.execute(_parts()["lock"], named)).fetchall()
    if not locked:
        return ()
    values = {
        **statement.parameters(county, moment.day, at=moment.at, children=[row[0] for row in locked]),
        "by": HUB,
    }
    kept = await (await connection.execute(child_statement(), values)).fetchall()
    found = await (await connection.execute(finding_statement(), values)).fetchall()
    return (*_children(county, kept), *_findings(county, found))


def _children(county: str, rows: Sequence[tuple[Any, ...]]) -> Iterable[Kept]:
    return (
        Kept(
            entity="Child", county=county, id=child, child=child, version=version,
            aged_out=status == "ended" and reason == "age_16",
        )
        for child, version, status, reason in rows
    )  # fmt: skip


def _findings(county: str, rows: Sequence[tuple[Any, ...]]) -> Iterable[Kept]:
    return (
        Kept(entity="GuardianshipFinding", county=county, id=row, child=child, version=version, opened=opened)
        for row, child, version, _, opened in rows
    )


async def stale(connection: Connection, county: str, day: date) -> tuple[str, ...]:
    """Children of the county whose stored values are not what the facts say; nothing is locked or changed."""
    rows = await (await connection.execute(stale_statement(), statement.parameters(county, day))).fetchall()
    return tuple(row[0] for row in rows)


async def counties(connection: Connection) -> tuple[str, ...]:
    """The counties of which there are children."""
    rows = await (await connection.execute(_parts()["counties"])).fetchall()
    return tuple(row[0] for row in rows)


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
    past = at is not None
    query = statement.computing(past=past) + sql.SQL(",\n{}\n{}").format(_parts()["compared"], _parts()["differences"])
    row = await (await connection.execute(query, statement.parameters(county, day, at=at))).fetchone()
    return Comparison(county=county, **dict(zip(COUNTED, row or (0,) * len(COUNTED), strict=True)))
