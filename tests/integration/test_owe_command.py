"""`hub owe` as of a moment: what the calendar asks is owed once, and late a working day after its last."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli.main import application
from hub.database import Database, Role


@pytest.fixture
def county(fresh_database: Database) -> Database:
    """A township and the civil affairs of its county."""
    with fresh_database.connect(Role.MIGRATOR) as connection:
        connection.execute(
            "insert into admin_division (code, level, name, valid_from)"
            " values ('430621000000', 3, 'x', '2016-09-01'), ('430621104000', 4, 'x', '2016-09-01')"
        )
        for code, level, division in (
            ("CA@430621", "county", "430621000000"), ("TW@430621104", "township", "430621104000"),
        ):  # fmt: skip
            connection.execute(
                "insert into organisation (code, unit_type, level, division, name, valid_from)"
                " values (%s, %s, %s, %s, 'x', '2016-09-01')",
                (code, code[:2], level, division),
            )
    return fresh_database


def run(database: Database, *words: str) -> str:
    settings = database.settings
    environ = {"HUB_DATA": str(settings.data), "HUB_DATABASE_NAME": settings.database_name}
    result = CliRunner().invoke(application, ["owe", *words], env=environ)
    assert result.exit_code == 0, result.output
    return result.stdout


def quarterly(database: Database) -> list[tuple[Any, ...]]:
    with database.connect(Role.READER) as connection:
        query = "select from_unit, to_unit, period, status, escalated_to from obligation where rule = 'O02'"
        return connection.execute(query).fetchall()


def test_quarter_is_owed_then_late_then_escalated(county: Database) -> None:
    owed = ("TW@430621104", "CA@430621", "2026Q3")
    for at, expected in (
        ("2026-10-08", ("open", None)), ("2026-10-08", ("open", None)), ("2026-10-20T23:59", ("open", None)),
        ("2026-10-21T09:00", ("overdue", None)), ("2026-10-22T09:00", ("escalated", None)),
    ):  # fmt: skip
        run(county, "--at", at)
        assert quarterly(county) == [(*owed, *expected)]


def test_showing_writes_nothing(county: Database) -> None:
    assert "report" not in run(county, "--show")
    assert quarterly(county) == []
