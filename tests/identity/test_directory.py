"""Which unit stands behind a code on a day."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import psycopg
import pytest
import sqlalchemy as sa

from hub.database import Database, Role
from hub.identity.directory import Ended, Succeeded, Unknown
from hub.identity.identity import Unit
from hub.identity.loading import Directories, load_directory
from schema.classes import Label
from schema.registry import ENTITIES
from tests.identity.tokens import DAY, directory, unit

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


def test_unit_in_force_stands_for_itself() -> None:
    assert directory(unit("ED@430621")).resolve("ED@430621", DAY) == Unit(
        code="ED@430621",
        type="ED",
        level="county",
        division="430621000000",
        ranges=(("430621000000", "430622000000"),),
        name=Label(zh="单位ED@430621", en="ED@430621"),
    )


@pytest.mark.parametrize("code", ["ED@430622", "", "ed@430621", "ED@430621 "])
def test_unknown_code_stands_for_nobody(code: str) -> None:
    assert directory(unit("ED@430621")).resolve(code, DAY) == Unknown(code=code)


def test_unit_is_unknown_before_its_first_day() -> None:
    known = directory(unit("ED@430621", since=DAY))
    assert isinstance(known.resolve("ED@430621", DAY), Unit)
    assert known.resolve("ED@430621", YESTERDAY) == Unknown(code="ED@430621")


def test_unit_ends_with_the_day_before_its_end() -> None:
    known = directory(unit("ED@430621", until=DAY))
    assert isinstance(known.resolve("ED@430621", YESTERDAY), Unit)
    assert known.resolve("ED@430621", DAY) == Ended(code="ED@430621")


def test_chain_of_successors_is_followed_to_the_unit_in_force() -> None:
    known = directory(
        unit("TX@430621-01", until=date(2018, 7, 1), successor="TX@430621-02"),
        unit("TX@430621-02", until=date(2020, 1, 1), successor="TX@430621"),
        unit("TX@430621", since=date(2020, 1, 1)),
    )
    found = known.resolve("TX@430621-01", DAY)
    assert isinstance(found, Succeeded)
    assert (found.code, found.unit.code) == ("TX@430621-01", "TX@430621")


def test_announced_successor_waits_for_the_day() -> None:
    known = directory(unit("TX@430621-01", until=TOMORROW, successor="TX@430621"), unit("TX@430621", since=TOMORROW))
    assert isinstance(known.resolve("TX@430621-01", DAY), Unit)
    assert isinstance(known.resolve("TX@430621-01", TOMORROW), Succeeded)


@pytest.mark.parametrize(
    "successor",
    [
        unit("TX@430621", since=TOMORROW),
        unit("TX@430621", until=DAY),
        unit("TX@430622"),
        unit("TX@430621", until=DAY, successor="TX@430621-01"),
        unit("TX@430621", until=DAY, successor="TX@430621"),
    ],
    ids=["not yet", "ended too", "unknown", "circle", "its own successor"],
)
def test_no_unit_in_force_stands_for_an_ended_one(successor: object) -> None:
    known = directory(unit("TX@430621-01", until=DAY, successor="TX@430621"), successor)  # type: ignore[arg-type]
    assert known.resolve("TX@430621-01", DAY) == Ended(code="TX@430621-01")


def test_endless_chain_is_given_up() -> None:
    rows = [unit(f"TX@4306{n:02}", until=DAY, successor=f"TX@4306{n + 1:02}") for n in range(30)]
    assert directory(*rows, unit("TX@430630")).resolve("TX@430600", DAY) == Ended(code="TX@430600")


def test_unit_of_an_unknown_division_reaches_no_child() -> None:
    found = directory(unit("ED@430699", division="430699000000")).resolve("ED@430699", DAY)
    assert isinstance(found, Unit) and found.ranges == ()


def test_directory_is_read_from_its_tables(fresh_database: Database) -> None:
    places, units = ENTITIES["AdminDivision"].table, ENTITIES["Organisation"].table
    since = date(2000, 1, 1)
    with fresh_database.engine(Role.MIGRATOR).begin() as connection:
        connection.execute(
            sa.insert(places),
            [
                {"code": "430621000000", "level": 3, "name": "某县", "valid_from": since},
                {
                    "code": "430621104000",
                    "level": 4,
                    "name": "某镇",
                    "parent_code": "430621000000",
                    "valid_from": since,
                },
            ],
        )
        connection.execute(
            sa.insert(units),
            {
                "code": "TW@430621104",
                "unit_type": "TW",
                "level": "township",
                "division": "430621104000",
                "name": "某镇人民政府",
                "valid_from": since,
            },
        )

    async def run() -> tuple[object, int]:
        async with await psycopg.AsyncConnection.connect(fresh_database.conninfo(Role.READER)) as connection:
            directories = Directories(await load_directory(connection))
            before = directories()
            await directories.refresh(connection)
        return before.resolve("TW@430621104", DAY), len(directories())

    found, count = asyncio.run(run())
    assert count == 1
    assert found == Unit(
        code="TW@430621104",
        type="TW",
        level="township",
        division="430621104000",
        ranges=(("430621104000", "430621105000"),),
        name=Label(zh="某镇人民政府", en="TW@430621104"),
    )
