"""`hub derive` on a small city: it compares any day, tells what differs, and brings it into step."""

from __future__ import annotations

import asyncio
from datetime import date

import psycopg
import pytest
from typer.testing import CliRunner, Result

from hub.cli.main import application
from hub.database import Database, Role
from hub.derived.completeness import completeness
from hub.errors import PlanError
from tests.derived import people
from tests.derived.conftest import fill
from tests.derived.test_keeping import LEFT_BEHIND

SUMMER = date(2026, 6, 30)
SCORE = completeness(people.whole(LEFT_BEHIND), SUMMER)


@pytest.fixture
def city(fresh_database: Database) -> Database:
    """One child, sixteen years old on 21 November 2026, as the register held it some months before."""

    async def write() -> None:
        conninfo = fresh_database.conninfo(Role.WRITER)
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            world = people.write([LEFT_BEHIND])
            world["child"][0] |= {"lbc_status": "active", "file_completeness": SCORE}
            await fill(connection, people.directory(), world)

    asyncio.run(write())
    return fresh_database


def _run(database: Database, *words: str) -> Result:
    settings = database.settings
    environ = {"HUB_DATA": str(settings.data), "HUB_DATABASE_NAME": settings.database_name}
    return CliRunner().invoke(application, ["derive", *words], env=environ)


def _stored(database: Database) -> list[tuple[object, ...]]:
    with database.connect(Role.READER) as connection:
        return connection.execute("select lbc_status, file_completeness from child").fetchall()


def test_past_day_is_compared_and_not_rewritten(city: Database) -> None:
    result = _run(city, "--as-of", SUMMER.isoformat())
    assert (result.exit_code, _stored(city)) == (0, [("active", SCORE)])
    assert "430621" in result.stdout


def test_difference_is_told_then_mended(city: Database) -> None:
    with city.connect(Role.WRITER) as connection:
        connection.execute("update child set lbc_status = 'not_eligible'")
    assert (_run(city, "--check").exit_code, _stored(city)) == (1, [("not_eligible", SCORE)])
    assert _run(city).exit_code == 0
    assert _stored(city)[0][0] in ("active", "ended")  # by the day of the test
    assert _run(city, "--check").exit_code == 0
    with city.connect(Role.READER) as connection:
        assert connection.execute("select lbc_status, row_version from child_history").fetchall() == [
            ("not_eligible", 1)
        ]


def test_day_to_come_is_refused(city: Database) -> None:
    assert isinstance(_run(city, "--as-of", str(date.today().replace(year=9000))).exception, PlanError)
