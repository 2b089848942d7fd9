"""Shares as a node reads them: by unit, trusted for a while, and none of an owner that is no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg

from hub.database import Database, Role
from hub.sharing.openings import TRUSTED, Openings, by_unit
from tests.knowledge.world import directory

DAY = date(2026, 11, 20)
ROW = ("share_1", "HE@430621", "ED@430621", "D11", None, "full", "own", "HE-3", DAY, date(2027, 1, 1))


def test_a_share_is_its_units_own() -> None:
    found = by_unit([ROW, ("share_2", "DF@430621", *ROW[2:4], ["D11/school"], *ROW[5:])], directory(), DAY)
    assert {unit: [each.objects for each in shares] for unit, shares in found.items()} == {
        "HE@430621": [("D11",)],
        "DF@430621": [("D11/school",)],
    }
    (share,) = found["HE@430621"]
    assert (share.owner.unit_type, share.owner.level) == ("ED", "county")


def test_of_an_owner_that_is_no_more_none_stands() -> None:
    gone = directory(ended={"ED@430621": (DAY, None)})
    assert by_unit([ROW], gone, DAY) == {}


def _read(database: Database, clock: Callable[[], float]) -> Openings:
    openings = Openings(clock)

    async def read() -> None:
        async with await psycopg.AsyncConnection.connect(database.conninfo(Role.READER), autocommit=True) as connection:
            await openings.refresh(connection, directory(), DAY)

    asyncio.run(read())
    return openings


def test_a_node_that_has_not_read_for_long_opens_nothing(fresh_database: Database) -> None:
    columns: dict[str, Any] = {
        "id": ROW[0], "requester_unit": ROW[1], "owner_unit": ROW[2], "data_class": ROW[3], "granted_mode": ROW[5],
        "granted_scope": ROW[6], "duty_code": ROW[7], "granted_from": ROW[8], "granted_to": ROW[9], "scope": "own",
        "purpose": "核对", "period_from": ROW[8], "period_to": ROW[9], "status": "agreed", "requested_at": DAY,
        "source_unit": ROW[1], "recorded_at": DAY, "recorded_by": "t",
    }  # fmt: skip
    marks = ", ".join(["%s"] * len(columns))
    with fresh_database.connect(Role.MIGRATOR) as connection:
        statement = f"insert into share_request ({', '.join(columns)}) values ({marks})"
        connection.execute(statement.encode(), list(columns.values()))
    now = [1000.0]
    openings = _read(fresh_database, lambda: now[0])
    assert [each.share for each in openings("HE@430621")] == ["share_1"]
    assert openings("ED@430621") == ()
    now[0] += TRUSTED + 1
    assert openings("HE@430621") == ()


def test_before_the_first_reading_nothing_is_open() -> None:
    assert Openings(lambda: 0.0)("HE@430621") == ()
