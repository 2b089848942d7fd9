"""`hub migrate` and `hub audit` against a database: what is proven, who reads a child's accesses, what is recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner, Result

from hub.cli.main import application
from hub.database import Database, Role
from hub.errors import NotGranted
from schema.registry import ENTITIES
from tests.faults.hub_process import environment

CHILD = "child_430621_01J00000000000000000000000"
PROVENANCE = {"source_unit": "CA@430600", "recorded_at": datetime(2026, 1, 1, tzinfo=UTC), "recorded_by": "test"}


def _run(database: Database, *words: str, stdin: str = "") -> Result:
    # A folder of the database's own: beside chains of other databases a record would look cut off.
    environ = environment(database, database.settings.data / "apart" / database.settings.database_name)
    return CliRunner().invoke(application, list(words), env=environ, input=stdin)


@pytest.fixture
def city(fresh_database: Database) -> Database:
    """A database with one prefecture and one unit in it."""
    division = {"code": "430600000000", "level": 2, "name": "演示市", "valid_from": date(2020, 1, 1), **PROVENANCE}
    unit = {
        "code": "CA@430600", "unit_type": "CA", "level": "prefecture", "division": "430600000000",
        "name": "演示市民政局", "valid_from": date(2020, 1, 1), **PROVENANCE,
    }  # fmt: skip
    with fresh_database.engine(Role.WRITER).begin() as connection:
        for name, row in (("AdminDivision", division), ("Organisation", unit)):
            table = ENTITIES[name].table
            connection.execute(table.insert().values({key: row[key] for key in row if key in table.c}))
    return fresh_database


def _token(database: Database, role: str) -> str:
    return _run(database, "token", "CA@430600", "--role", role).stdout


def test_migrate_may_be_run_again(fresh_database: Database) -> None:
    result = _run(fresh_database, "migrate")
    assert (result.exit_code, result.stdout) == (0, "")


def test_empty_record_verifies(fresh_database: Database) -> None:
    assert _run(fresh_database, "audit", "verify").exit_code == 0


def test_auditor_reads_who_saw_a_child_and_that_is_recorded(city: Database) -> None:
    token = _token(city, "audit_admin")
    first = _run(city, "audit", "child", CHILD, stdin=token)
    second = _run(city, "audit", "child", CHILD, stdin=token)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "CA@430600" in second.stdout
    with city.connect(Role.READER) as connection:
        rows = connection.execute("select unit, outcome, operation_name from access_record order by seq").fetchall()
    assert rows == [("CA@430600", "answered", "hub_audit_child")] * 2
    assert _run(city, "audit", "verify").exit_code == 0


def test_officer_is_refused_and_the_attempt_recorded(city: Database) -> None:
    result = _run(city, "audit", "child", CHILD, stdin=_token(city, "officer"))
    assert isinstance(result.exception, NotGranted)
    assert result.stdout == ""
    with city.connect(Role.READER) as connection:
        rows = connection.execute("select outcome, error, children from access_record").fetchall()
    assert rows == [("refused", "NOT_GRANTED", None)]
