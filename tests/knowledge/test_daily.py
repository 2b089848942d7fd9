"""The round is gone by one process at a time, does nothing twice, and two at once change nothing twice."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import psycopg

from hub.database import Database, Role
from hub.derived.keeping import asking
from hub.knowledge.daily import once
from hub.knowledge.round import OwingTally, go_owing_round
from hub.knowledge.settling import settled
from tests.knowledge.conftest import Connection
from tests.knowledge.world import BOOK, OCCASIONS, directory, opening

HERE = directory()
#: After the last moment of everything that is opened here, and after it escalates.
LATE = datetime.fromisoformat("2027-06-01T09:00:00+08:00")


async def connected(database: Database) -> Connection:
    return await psycopg.AsyncConnection.connect(database.conninfo(Role.WRITER), autocommit=True)


async def fill(connection: Connection) -> int:
    """One of every obligation that an act opens; how many stand, for some of these acts meet others."""
    for obligation, occasion in OCCASIONS.values():
        if occasion.per != "unit":
            occurrence = opening(occasion, obligation)
            async with connection.transaction():
                await settled([occurrence], asking(connection), occurrence.at, HERE, BOOK)
    found = await (await connection.execute("select count(*) from obligation where status = 'open'")).fetchone()
    return int(found[0]) if found else 0


def test_two_rounds_at_once_change_everything_once(fresh_database: Database) -> None:
    async def work() -> None:
        async with await connected(fresh_database) as one, await connected(fresh_database) as two:
            count = await fill(one)
            both = await asyncio.gather(
                *(go_owing_round(each, HERE, BOOK, clock=lambda: LATE, calendar=True) for each in (one, two))
            )
            assert sum(tally.overdue for tally in both) == sum(tally.escalated for tally in both) == count
            stood = await (
                await one.execute(
                    "select status, row_version, count(*) from obligation where status <> 'fulfilled' group by 1, 2"
                )
            ).fetchall()
            made = sum(tally.opened for tally in both)
            assert sorted(stood) == [("escalated", 3, count), ("open", 1, made)]
            again = await go_owing_round(one, HERE, BOOK, clock=lambda: LATE, calendar=True)
            assert again == OwingTally()

    asyncio.run(work())


def test_late_acts_and_the_round_at_once_leave_what_was_done(fresh_database: Database) -> None:
    """Whichever comes first, what was met is met."""

    async def work() -> None:
        async with await connected(fresh_database) as one, await connected(fresh_database) as two:
            await fill(one)
            rows = await (await one.execute("select id from obligation where by_evidence order by id")).fetchall()

            async def act() -> None:
                async with two.transaction():
                    await two.execute("update obligation set status = 'fulfilled' where by_evidence")
                    await asyncio.sleep(0)

            await asyncio.gather(act(), go_owing_round(one, HERE, BOOK, clock=lambda: LATE, calendar=False))
            left = await (
                await one.execute("select count(*) from obligation where by_evidence and status <> 'fulfilled'")
            ).fetchone()
            assert rows and left == (0,)

    asyncio.run(work())


def test_round_of_a_serving_hub_is_gone_by_one_node(fresh_database: Database) -> None:
    async def work() -> None:
        conninfo = fresh_database.conninfo(Role.WRITER)
        now = datetime.fromisoformat("2026-11-02T00:10:00+08:00")
        both = await asyncio.gather(*(once(conninfo, node, BOOK, clock=lambda: now) for node in ("a", "b")))
        assert sum(tally is not None for tally in both) == 1
        assert await once(conninfo, "a", BOOK, clock=lambda: now) is None
        assert await once(conninfo, "a", BOOK, clock=lambda: now + timedelta(minutes=5)) == OwingTally()

    asyncio.run(work())
