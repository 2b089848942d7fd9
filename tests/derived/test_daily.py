"""One node a day goes the round, what it did is done, and whoever breaks off is followed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from hub import lease
from hub.database import Database, Role
from hub.derived import statement
from hub.derived.daily import NAME, once_a_day
from hub.derived.keeping import Moment, Touched, asking, keep
from hub.derived.round import Tally, go_round
from tests.derived import people
from tests.derived.conftest import Connection, fill
from tests.derived.test_keeping import LEFT_BEHIND

#: One o'clock in the morning in China, on the sixteenth birthday of the child.
NIGHT = datetime(2026, 11, 20, 17, tzinfo=UTC)


@pytest.fixture
def conninfo(fresh_database: Database) -> Iterator[str]:
    yield fresh_database.conninfo(Role.WRITER)


async def opened(conninfo: str) -> Connection:
    return await psycopg.AsyncConnection.connect(conninfo, autocommit=True)


async def status(connection: Connection) -> list[tuple[str | None, ...]]:
    return await (await connection.execute("select lbc_status, lbc_end_reason from child")).fetchall()


def test_round_is_gone_once_a_day(conninfo: str) -> None:
    async def work() -> None:
        async with await opened(conninfo) as connection:
            await fill(connection, people.directory(), people.write([LEFT_BEHIND]))
            days = (NIGHT - timedelta(days=1), NIGHT, NIGHT + timedelta(hours=20), NIGHT + timedelta(days=1))
            gone = [await once_a_day(conninfo, "node", clock=lambda at=at: at) for at in days]  # type: ignore[misc]
            assert gone == [Tally(children=1), Tally(children=1, aged_out=1), None, Tally()]
            assert await status(connection) == [("ended", "age_16")]
            told = await (await connection.execute("select entity, unit, classes from change order by seq")).fetchall()
            assert told == [("Child", "hub", ["D01", "D41"])] * 2

    asyncio.run(work())


def test_node_that_breaks_off_is_followed(conninfo: str) -> None:
    async def work() -> None:
        async with await opened(conninfo) as connection:
            await fill(connection, people.directory(), people.write([LEFT_BEHIND]))
            hour = timedelta(hours=1)
            assert await lease.take(connection, NAME, "lost", now=NIGHT, until=NIGHT + hour)
            assert await once_a_day(conninfo, "node", clock=lambda: NIGHT) is None
            assert await once_a_day(conninfo, "node", clock=lambda: NIGHT + hour) == Tally(children=1, aged_out=1)

    asyncio.run(work())


def test_only_one_of_two_nodes_goes_the_round(conninfo: str) -> None:
    async def work() -> None:
        async with await opened(conninfo) as connection:
            await fill(connection, people.directory(), people.write([LEFT_BEHIND]))
        both = await asyncio.gather(*(once_a_day(conninfo, node, clock=lambda: NIGHT) for node in ("a", "b")))
        assert sorted(both, key=lambda tally: tally is None) == [Tally(children=1, aged_out=1), None]

    asyncio.run(work())


def test_round_goes_through_every_county(conninfo: str) -> None:
    async def work() -> None:
        async with await opened(conninfo) as connection:
            await fill(connection, people.directory(), people.write([LEFT_BEHIND]))
            elsewhere = people.write([LEFT_BEHIND])
            for rows in elsewhere.values():
                for row in rows:
                    row["county"] = "430623"
            await fill(connection, elsewhere)
            shown: list[tuple[str, int, int]] = []
            tally = await go_round(connection, clock=lambda: NIGHT, show=lambda *seen: shown.append(seen))
            assert tally == Tally(children=2, aged_out=2)
            assert shown == [("430621", 0, 1), ("430621", 1, 1), ("430623", 0, 1), ("430623", 1, 1)]

    asyncio.run(work())


def test_writers_of_one_child_at_once_leave_it_in_step(conninfo: str) -> None:
    """Each changes another fact and computes; the later one waits and computes from what the earlier left."""

    async def work() -> None:
        async with await opened(conninfo) as first, await opened(conninfo) as second:
            await fill(first, people.directory(), people.write([LEFT_BEHIND]))
            await go_round(first, clock=lambda: NIGHT - timedelta(days=1))
            await asyncio.gather(
                _change(first, "update migration_spell set returned_on = '2026-01-01' where parent_id = 'member_0_0'"),
                _change(second, "update family_member set guardianship_capacity = 'capable' where id = 'member_0_0'"),
            )
            assert await status(first) == [("ended", None)]

    asyncio.run(work())


async def _change(connection: Connection, change: str) -> None:
    at = NIGHT - timedelta(hours=9)
    async with connection.transaction():
        await connection.execute(change.encode())
        await asyncio.sleep(0)
        touched = Touched(county=people.COUNTY, children=frozenset({people.child_id(0)}))
        await keep(asking(connection), touched, Moment(day=statement.today(at), at=at))
