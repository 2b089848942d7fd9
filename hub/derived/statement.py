"""The statements that compute for a whole county, or for some of its children, as recorded now or at a past moment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from importlib.resources import files

from psycopg import sql

from schema.registry import ENTITIES

CHINA = timezone(timedelta(hours=8))
#: The columns of a child that the hub keeps in step with the facts.
KEPT = ("lbc_status", "lbc_reason", "lbc_since", "lbc_until", "lbc_end_reason", "file_completeness")
#: What the computing reads, by entity; a change of any of these may change what is computed.
READ = (
    "Child", "Family", "FamilyMember", "MigrationSpell", "GuardianshipArrangement", "EntrustmentConfirmation",
    "HukouRecord", "Enrolment", "Visit", "Assistance", "AidApplication",
)  # fmt: skip
FINDING = "GuardianshipFinding"


def today(now: datetime | None = None) -> date:
    """The day in China: birthdays and deadlines are counted by it."""
    return (now or datetime.now(UTC)).astimezone(CHINA).date()


def end_of(day: date) -> datetime:
    """The last moment of a day in China."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA) - timedelta(microseconds=1)


@cache
def _parts() -> Mapping[str, sql.SQL]:
    text = (files("hub.derived") / "statements.sql").read_text("utf-8")
    pieces = re.split(r"(?m)^-- (\w+) --\n", text)[1:]
    return {name: sql.SQL(body.strip()) for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


def _recorded(name: str, *, past: bool) -> sql.Composed:
    """`<table>_at`: the rows of the present, or those that were current at the parameter `at`."""
    table = ENTITIES[name].table
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    now = sql.SQL("select {} from {}").format(columns, sql.Identifier(table.name))
    if past:
        then = sql.SQL("select {} from {}").format(columns, sql.Identifier(f"{table.name}_history"))
        now = sql.SQL(
            "{} where recorded_at <= %(at)s union all {} where recorded_at <= %(at)s and superseded_at > %(at)s"
        ).format(now, then)
    return sql.SQL("{} as not materialized ({})").format(sql.Identifier(f"{table.name}_at"), now)


@cache
def computing(*, past: bool = False, some: bool = False) -> sql.Composed:
    """`with …`: everything computed, to be followed by a query of `standing`, `completeness` and `finding`.

    For `some` children it is another statement, which finds each by its key, whatever the planner knows of the table.
    """
    parts = dict(_parts())
    subject = parts.pop("subject").format(which=parts.pop("some" if some else "all"))
    parts.pop("all" if some else "some")
    recorded = (_recorded(name, past=past) for name in (*READ, FINDING))
    return sql.SQL("with {}\n").format(sql.SQL(",\n").join([*recorded, subject, *parts.values()]))


@cache
def computed(*, past: bool) -> sql.Composed:
    """A row per child: county, id, and the columns of KEPT as they should be."""
    query = "select t.county, t.child_id, {} from standing t join completeness c using (county, child_id)"
    names = sql.SQL(", ").join(sql.Identifier(name) for name in KEPT)
    return computing(past=past) + sql.SQL(query).format(names)


@cache
def found(*, past: bool) -> sql.Composed:
    """A row per finding: county, child, kind, since."""
    return computing(past=past) + sql.SQL("select county, child_id, kind, since from finding")


def parameters(county: str, day: date, *, at: datetime | None = None) -> dict[str, object]:
    return {"county": county, "day": day, "at": at}
