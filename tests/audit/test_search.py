"""Who saw what of a child: found, in words, and shown to each reader as far as it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub import errors
from hub.audit.record import AccessEntry, shape_of
from hub.audit.recorder import Recorder
from hub.audit.search import Question, Reader, Seen, Statement, child_statement, months_back
from hub.database import Database, Role
from hub.identity.identity import Purpose
from schema.classes import Label
from tests.audit.entries import AT, child, entry, identity

INVESTIGATION = shape_of(
    document="{investigations{id}}", fields=["InvestigationRecord.id"], rules=["P17"], policy_version=3
)
NAMES = {"ED@430621": Label(zh="某县教育局", en="Education bureau")}
YEARS_AGO = AT - timedelta(days=1100)
POLICE = identity("PS@430621", "officer.w")


def read(database: Database, folder: Path, entries: Sequence[AccessEntry], *questions: Question) -> list[Statement]:
    """Records entries one after the other, then answers questions about them."""

    async def run() -> list[Statement]:
        recorder = Recorder(database.conninfo(Role.WRITER), folder)
        await recorder.open()
        for each in entries:
            await recorder.record(each)
        async with await psycopg.AsyncConnection.connect(database.conninfo(Role.READER)) as connection:
            statements = [
                await child_statement(connection, question, recorded=recorder.record(entry(at=AT)), name_of=NAMES.get)
                for question in questions
            ]
        await recorder.close()
        return statements

    return asyncio.run(run())


def minutes(number: int) -> Any:
    return AT + timedelta(minutes=number)


def question(of: str, reader: Reader, **given: Any) -> Question:
    return Question(child=of, reader=reader, **{"since": YEARS_AGO, "until": minutes(600), **given})


def auditor(number: int, **given: Any) -> Question:
    return question(child(number), Reader.AUDITOR, **given)


def subject(number: int, **given: Any) -> Question:
    return question(child(number), Reader.SUBJECT, **given)


def times(statement: Statement) -> list[int]:
    return [int((seen.place.at - AT).total_seconds()) // 60 for seen in statement.entries]


def test_access_is_told_in_words(fresh_database: Database, tmp_path: Path) -> None:
    (statement,) = read(fresh_database, tmp_path, [entry(child(1), child(2))], auditor(1))
    (seen,) = statement.entries
    assert seen == Seen(
        place=seen.place,
        unit="ED@430621",
        unit_label=NAMES["ED@430621"],
        person="zhang.san",
        kind="human",
        duty="ED-1",
        case_no=None,
        task_no=None,
        application_no=None,
        operation_name=None,
        outcome="answered",
        error=None,
        policy_version=3,
        rules=("P05",),
        classes=(
            ("D01", Label(zh="身份信息", en="Identity")),
            ("D02", Label(zh="公民身份号码", en="Id number")),
        ),
        fields=seen.fields,
        is_investigation=False,
    )
    assert dict(seen.fields)["Child.citizen_id_no"].zh == "儿童·公民身份号码"


def test_only_the_childs_own_records_are_found(fresh_database: Database, tmp_path: Path) -> None:
    entries = [entry(child(number), child(number + 1), at=minutes(number)) for number in range(4)]
    statements = read(fresh_database, tmp_path, entries, auditor(2), auditor(4), auditor(9))
    assert [times(statement) for statement in statements] == [[2, 1], [3], []]


def test_other_child_with_the_same_key_is_not_mixed_in(fresh_database: Database, tmp_path: Path) -> None:
    """Two texts with one CRC-32: the index finds both, the id decides."""
    first, second = "plumless", "buckeroo"
    entries = [entry(first, at=minutes(1)), entry(second, at=minutes(2))]
    (statement,) = read(fresh_database, tmp_path, entries, question(first, Reader.AUDITOR))
    assert times(statement) == [1]


def test_period_leaves_out_its_end(fresh_database: Database, tmp_path: Path) -> None:
    entries = [entry(child(1), at=minutes(number)) for number in range(5)]
    (statement,) = read(fresh_database, tmp_path, entries, auditor(1, since=minutes(1), until=minutes(3)))
    assert times(statement) == [2, 1]


def test_pages_go_on_where_they_ended(fresh_database: Database, tmp_path: Path) -> None:
    entries = [entry(child(1), at=minutes(number // 2)) for number in range(7)]
    (first,) = read(fresh_database, tmp_path, entries, auditor(1, first=3))
    (second,) = read(fresh_database, tmp_path, [], auditor(1, first=3, after=first.after))
    (third,) = read(fresh_database, tmp_path, [], auditor(1, first=3, after=second.after))
    assert [times(each) for each in (first, second, third)] == [[3, 2, 2], [1, 1, 0], [0]]
    assert third.after is None


def test_child_is_found_in_long_lists_too(fresh_database: Database, tmp_path: Path) -> None:
    long = [child(number) for number in range(200)]
    elsewhere = [each.replace("430621", "430602") for each in long]
    entries = [entry(*long, at=minutes(1)), entry(*elsewhere, at=minutes(2)), entry(*long[100:], at=minutes(3))]
    statements = read(fresh_database, tmp_path, entries, auditor(150), auditor(5), auditor(999))
    assert [times(statement) for statement in statements] == [[3, 1], [1], []]


def test_id_that_begins_another_is_not_mixed_in(fresh_database: Database, tmp_path: Path) -> None:
    long = [f"{child(number)}X" for number in range(20)]
    (statement,) = read(fresh_database, tmp_path, [entry(*long)], auditor(5))
    assert times(statement) == []


def test_pages_go_on_from_month_to_month(fresh_database: Database, tmp_path: Path) -> None:
    days = [0, 5, 40, 41, 400]
    many = [child(number) for number in range(20)]
    entries = [entry(*(many if day == 40 else [child(1)]), at=AT - timedelta(days=day)) for day in days]
    (first,) = read(fresh_database, tmp_path, entries, auditor(1, first=3))
    (second,) = read(fresh_database, tmp_path, [], auditor(1, first=3, after=first.after))
    ages = [[(AT - seen.place.at).days for seen in page.entries] for page in (first, second)]
    assert (ages, second.after) == ([[0, 5, 40], [41, 400]], None)


def test_period_is_cut_at_months() -> None:
    since, until = datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    january = datetime(2026, 1, 1, tzinfo=UTC)
    assert list(months_back(since, until)) == [(january, until), (since, january)]


def test_units_of_the_case_can_be_left_out(fresh_database: Database, tmp_path: Path) -> None:
    entries = [entry(child(1)), entry(child(1), identity=identity("TW@430621104"))]
    (statement,) = read(fresh_database, tmp_path, entries, auditor(1, outside=("ED@430621",)))
    assert [seen.unit for seen in statement.entries] == ["TW@430621104"]


INVESTIGATING: list[Callable[[], AccessEntry]] = [
    lambda: entry(child(1), shape=INVESTIGATION, identity=POLICE),
    lambda: entry(child(1), identity=POLICE, purpose=Purpose(duty="PS-2")),
]


@pytest.mark.parametrize("investigating", INVESTIGATING, ids=["by class", "by duty"])
def test_investigation_is_not_told_to_the_person_concerned(
    fresh_database: Database, tmp_path: Path, investigating: Callable[[], AccessEntry]
) -> None:
    entries = [entry(child(1), at=minutes(1)), replace(investigating(), at=minutes(2)), entry(child(1), at=minutes(3))]
    statements = read(fresh_database, tmp_path, entries, subject(1), subject(1, first=2), auditor(1))
    assert [times(statement) for statement in statements] == [[3, 1], [3, 1], [3, 2, 1]]
    assert [statement.after for statement in statements[:2]] == [None, None]


def test_officer_of_an_investigation_is_not_named_to_the_auditor(fresh_database: Database, tmp_path: Path) -> None:
    (statement,) = read(fresh_database, tmp_path, [INVESTIGATING[0](), entry(child(1))], auditor(1))
    assert [(seen.person, seen.is_investigation) for seen in statement.entries] == [("zhang.san", False), (None, True)]


def test_person_concerned_reads_units_not_officers(fresh_database: Database, tmp_path: Path) -> None:
    (statement,) = read(fresh_database, tmp_path, [entry(child(1))], subject(1))
    assert [(seen.unit_label.zh, seen.person) for seen in statement.entries] == [("某县教育局", None)]


def test_refused_access_is_told_as_such(fresh_database: Database, tmp_path: Path) -> None:
    entries = [entry(child(1), outcome="refused", error="NOT_GRANTED")]
    (statement,) = read(fresh_database, tmp_path, entries, auditor(1))
    assert [(seen.outcome, seen.error) for seen in statement.entries] == [("refused", "NOT_GRANTED")]


def test_nothing_is_read_unless_the_reading_is_recorded(fresh_database: Database) -> None:
    async def run() -> None:
        recorded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        recorded.set_exception(errors.RecordError())
        async with await psycopg.AsyncConnection.connect(fresh_database.conninfo(Role.READER)) as connection:
            await child_statement(connection, auditor(1), recorded=recorded, name_of=NAMES.get)

    with pytest.raises(errors.RecordError):
        asyncio.run(run())


def test_search_goes_by_the_index(fresh_database: Database, tmp_path: Path) -> None:
    read(fresh_database, tmp_path, [entry(child(number)) for number in range(20)])
    with fresh_database.connect(Role.MIGRATOR) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT FROM access_record r WHERE r.search_keys && ARRAY[1]::int[]"
        ).fetchall()
    assert "ix_access_record_search_keys" in str(plan)
