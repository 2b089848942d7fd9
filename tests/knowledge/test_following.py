"""What units write to the ledger opens and meets obligations, in the transaction of the write."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub.database import Database, Role
from hub.identity.loading import load_directory
from hub.knowledge.following import following
from hub.ledger.acts import Command, Outcome
from hub.ledger.ledger import Ledger, Parts
from hub.policy.compile import Policy
from tests.conftest import MakeDatabase
from tests.knowledge.world import BOOK
from tests.ledger.writers import OTHER_VILLAGE, TOWNSHIP, UNITS, create, update, writer_of
from tests.query.small_city import child_id, fill

VC, SCHOOL, CIVIL = "VC@430621104201", "SC@430621104-01", "CA@430621"
MORE = [("JC@430621", "county", "430621000000"), ("GO@430621", "county", "430621000000"),
        ("PL@430621", "county", "430621000000"), ("DF@430621", "county", "430621000000")]  # fmt: skip


@pytest.fixture(scope="module")
def city(make_database: MakeDatabase, worker_id: str) -> Database:
    database = make_database(f"owing_{worker_id}")
    fill(database)
    with database.connect(Role.MIGRATOR) as connection:
        for code, level, division in [*UNITS, *MORE]:
            connection.execute(
                "insert into organisation (code, unit_type, level, division, name, valid_from)"
                " values (%s, %s, %s, %s, %s, '2016-09-01') on conflict do nothing",
                (code, code[:2], level, division, code),
            )
    return database


@pytest.fixture
def write(city: Database, tmp_path: Path) -> Any:
    """Writes as a unit, and forgets afterwards what was owed."""
    policy = Policy(BOOK)

    async def written(unit: str, commands: Sequence[Command]) -> list[Outcome]:
        async with await psycopg.AsyncConnection.connect(city.conninfo(Role.READER)) as connection:
            directory = await load_directory(connection)
        parts = Parts(
            conninfo=city.conninfo(Role.WRITER), folder=tmp_path, node="test", directory=lambda: directory,
            secret=b"k" * 32, derive=following(lambda: directory, lambda: BOOK),
        )  # fmt: skip
        ledger = Ledger(parts)
        try:
            return await ledger.write(writer_of(policy, directory, unit), commands)
        finally:
            await ledger.close()

    def run(unit: str, *commands: Command) -> list[str]:
        outcomes = asyncio.run(written(unit, commands))
        assert not [getattr(error, "data", error) for outcome in outcomes if (error := outcome.error)]
        return [outcome.written[0].row for outcome in outcomes]

    yield run
    with city.connect(Role.MIGRATOR) as connection:
        connection.execute("truncate obligation, change")


def owed(city: Database, columns: str = "occasion, from_unit, to_unit, status") -> list[tuple[Any, ...]]:
    with city.connect(Role.READER) as connection:
        query = f"select {columns} from obligation order by occasion, from_unit, to_unit"
        return connection.execute(query.encode()).fetchall()


def visit(child: int, **more: Any) -> Command:
    given = {"child_id": child_id(child), "type": "village", "by_unit": VC, "done_on": date(2026, 9, 1), **more}
    return create("Visit", **given)


def test_visit_of_the_village_opens_what_it_owes_the_township(city: Database, write: Any) -> None:
    write(VC, visit(0))
    assert owed(city) == [("O01.1", VC, TOWNSHIP, "open")]
    arranged = create(
        "GuardianshipArrangement", child_id=child_id(0), type="parent", carer_relation="61", valid_from=date(2026, 9, 1)
    )
    write(VC, arranged)
    assert owed(city) == [("O01.1", VC, TOWNSHIP, "fulfilled")]


def test_planned_visit_opens_nothing(city: Database, write: Any) -> None:
    write(VC, create("Visit", child_id=child_id(1), type="village", by_unit=VC, planned_on=date(2026, 12, 1)))
    assert owed(city) == []


def test_basics_of_another_child_do_not_meet_it(city: Database, write: Any) -> None:
    write(VC, visit(2))
    other = create("GuardianshipArrangement", child_id=child_id(3), type="parent", valid_from=date(2026, 9, 1))
    write(VC, other)
    assert owed(city) == [("O01.1", VC, TOWNSHIP, "open")]


def test_concern_found_on_a_visit_is_to_be_reported(city: Database, write: Any) -> None:
    """The village is not shown as the one that owes the report."""
    write(VC, visit(4, problems=["suspected_harm"]))
    sealed = owed(city, "occasion, from_unit, to_unit, sealed_unit, clock")
    assert sealed[1] == ("O06.1", "GO@430621", "PS@430621", VC, "24 H")


def test_flag_opens_the_supply_to_the_township(city: Database, write: Any) -> None:
    row = "disability_430621_00000000000000000000000001"
    with city.connect(Role.MIGRATOR) as connection:
        connection.execute(
            "insert into disability (county, id, child_id, category, source_unit, recorded_at, recorded_by)"
            " values ('430621', %s, %s, '61', 'DF@430621', '2026-01-01', 'test')",
            (row, child_id(5)),
        )
    write("DF@430621", update("Disability", row, 1, grade="2"))
    assert owed(city) == [("O35.1", "DF@430621", TOWNSHIP, "open")]


def test_bulletin_is_owed_an_acknowledgement_by_its_audience(city: Database, write: Any) -> None:
    issued = datetime(2026, 9, 1, tzinfo=UTC)
    given = {
        "division": "430621000000",
        "issuing_unit": "JC@430621",
        "kind": "progress",
        "period": "2026",
        "title": "t",
    }
    (row,) = write("JC@430621", create("Bulletin", **given, audience=["PL@430621", CIVIL]))
    assert owed(city) == []
    write("JC@430621", update("Bulletin", row, 1, issued_at=issued))
    assert owed(city) == [("O18.1", CIVIL, "JC@430621", "open"), ("O18.1", "PL@430621", "JC@430621", "open")]


def test_inspection_with_a_finding_is_owed_its_rectification(city: Database, write: Any) -> None:
    given = {
        "division": "430621000000", "by_unit": "PL@430621", "inspected_unit": CIVIL, "kind": "november",
        "inspected_on": date(2026, 11, 10), "rectify_by": date(2026, 12, 1), "findings": "x",
    }  # fmt: skip
    (row,) = write("PL@430621", create("Inspection", **given))
    assert owed(city) == [("O24.1", CIVIL, "PL@430621", "open")]
    assert owed(city, "item_due") == [(date(2026, 12, 1),)]
    write("PL@430621", update("Inspection", row, 1, rectified_on=date(2026, 11, 20)))
    assert owed(city) == [("O24.1", CIVIL, "PL@430621", "fulfilled")]


def test_change_of_an_obligation_is_told_with_the_write(city: Database, write: Any) -> None:
    write(VC, visit(6))
    with city.connect(Role.READER) as connection:
        told = connection.execute("select entity, kind, unit, child_id from change order by seq").fetchall()
    assert ("Obligation", "created", "hub", None) in told and ("Visit", "created", VC, child_id(6)) in told


def test_refused_write_leaves_nothing_owed(city: Database, write: Any) -> None:
    with pytest.raises(AssertionError):
        write(f"VC@{OTHER_VILLAGE}", visit(7))
    assert owed(city) == []
