"""Who saw what of a child: the access records that concern one child, in words, a page at a time.

Reading the log is itself recorded before the answer is given. What investigators did is kept from the person
concerned as long as the law lets it be, and for an auditor it shows without the officer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, LiteralString

import psycopg

from hub import errors
from hub.audit.record import child_key, month_key
from schema.classes import CLASSES, Label
from schema.registry import ENTITIES

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

#: Classes and duties whose use tells of an investigation: PIPL 18, 35 and 45 exempt it from being told.
INVESTIGATION_CLASSES = ("D23", "D25", "D30")
INVESTIGATION_DUTIES = ("PS-2", "PR-1", "PR-2", "CT-2")

MAX_PAGE = 500


class Reader(Enum):
    """For whom a statement is made."""

    AUDITOR = "auditor"
    SUBJECT = "subject"  # the child or guardian: no investigation, and units instead of officers


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page ended; the next one goes on below it."""

    at: datetime
    node: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which records of which child."""

    child: str
    reader: Reader
    since: datetime
    until: datetime  # the first moment outside
    outside: tuple[str, ...] = ()  # units left out, such as those of the child's case
    after: Place | None = None
    first: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One access, in words."""

    place: Place
    unit: str
    unit_label: Label
    person: str | None  # None where it is not for this reader
    kind: str
    duty: str | None
    case_no: str | None
    task_no: str | None
    application_no: str | None
    operation_name: str | None
    outcome: str
    error: str | None
    policy_version: int
    rules: tuple[str, ...]
    classes: tuple[tuple[str, Label], ...]
    fields: tuple[tuple[str, Label], ...]
    is_investigation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One page of a statement, newest first."""

    entries: tuple[Seen, ...]
    after: Place | None  # where the next page goes on; None on the last


# The keys lead to the rows through the index; the id itself decides.
_QUERY: LiteralString = (
    "SELECT r.at, r.node, r.seq, r.unit, r.person, r.kind, r.duty, r.case_no, r.task_no, r.application_no,"
    " r.operation_name, r.outcome, r.error, r.policy_version, s.rules, s.classes, s.fields, i.investigates"
    " FROM access_record r JOIN access_shape s ON s.hash = r.shape CROSS JOIN LATERAL (SELECT"
    " s.classes && %(classes)s::text[] OR coalesce(r.duty = ANY(%(duties)s::text[]), false) AS investigates) i"
    " WHERE r.search_keys && %(keys)s::int[] AND r.at >= %(since)s AND r.at < %(until)s"
    " AND position(' ' || %(child)s::text || ' ' in ' ' || r.children || ' ') > 0"
    " AND NOT r.unit = ANY(%(outside)s::text[])"
    " AND (%(node)s::text IS NULL OR (r.at, r.node, r.seq) < (%(at)s, %(node)s, %(seq)s))"
    " AND NOT (%(hidden)s AND i.investigates)"
    " ORDER BY r.at DESC, r.node DESC, r.seq DESC LIMIT %(limit)s"
)


async def child_statement(
    connection: Connection,
    question: Question,
    *,
    recorded: asyncio.Future[None],
    name_of: Callable[[str], Label | None],
) -> Statement:
    """One page of who saw what of a child.

    `recorded` is what `Recorder.record` gave for this reading: it is awaited first, so that no reading of the log
    goes unrecorded. `name_of` names a unit.
    """
    await recorded
    first = min(max(question.first, 1), MAX_PAGE)
    rows: list[tuple[Any, ...]] = []
    try:
        # Month by month, the newest first: most pages are full before the years are gone through.
        for since, until in months_back(question.since, question.until):
            if question.after is None or since <= question.after.at:
                cursor = await connection.execute(_QUERY, _parameters(question, since, until, first + 1 - len(rows)))
                rows += await cursor.fetchall()
            if len(rows) > first:
                break
    except psycopg.Error as error:
        raise errors.ExecuteError() from error
    entries = tuple(_seen(row, question.reader, name_of) for row in rows[:first])
    return Statement(entries=entries, after=entries[-1].place if len(rows) > first else None)


def months_back(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A period cut at the months of UTC, the last part first."""
    ends, begins = until.astimezone(UTC), since.astimezone(UTC)
    while begins < ends:
        month = (ends - timedelta(microseconds=1)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        yield max(month, begins), ends
        ends = month


def _parameters(question: Question, since: datetime, until: datetime, limit: int) -> dict[str, object]:
    after, child = question.after, question.child
    return {
        "child": child,
        "keys": [child_key(child), month_key(child, f"{since:%Y-%m}")],
        "since": since,
        "until": until,
        "outside": list(question.outside),
        "at": after and after.at,
        "node": after and after.node,
        "seq": after and after.seq,
        "hidden": question.reader is Reader.SUBJECT,
        "classes": list(INVESTIGATION_CLASSES),
        "duties": list(INVESTIGATION_DUTIES),
        "limit": limit,
    }


def _seen(row: tuple[Any, ...], reader: Reader, name_of: Callable[[str], Label | None]) -> Seen:
    at, node, seq, unit, person, kind, duty, case_no, task_no, application_no, *rest = row
    operation_name, outcome, error, policy_version, rules, classes, fields, investigates = rest
    return Seen(
        place=Place(at=at, node=node, seq=seq),
        unit=unit,
        unit_label=name_of(unit) or Label(zh=unit, en=unit),
        person=None if investigates or reader is Reader.SUBJECT else person,
        kind=kind,
        duty=duty,
        case_no=case_no,
        task_no=task_no,
        application_no=application_no,
        operation_name=operation_name,
        outcome=outcome,
        error=error,
        policy_version=policy_version,
        rules=tuple(rules),
        classes=tuple(_class_labels(classes)),
        fields=tuple(_field_labels(fields)),
        is_investigation=investigates,
    )


def _class_labels(codes: Iterable[str]) -> Iterable[tuple[str, Label]]:
    for code in codes:
        known = CLASSES.get(code)
        yield code, known.label if known else Label(zh=code, en=code)


def _field_labels(names: Iterable[str]) -> Iterable[tuple[str, Label]]:
    """Labels of `Child.citizen_id_no`; a field that the registry has since given up keeps its name."""
    for name in names:
        entity_name, _, field_name = name.partition(".")
        entity = ENTITIES.get(entity_name)
        field = entity.fields.get(field_name) if entity else None
        if entity is None or field is None:
            yield name, Label(zh=name, en=name)
        else:
            here, there = entity.about.label, field.label
            yield name, Label(zh=f"{here.zh}·{there.zh}", en=f"{here.en}: {there.en}")
