"""The daily round of a serving hub: one node goes it, soon after midnight in China, by a lease that lasts the day."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta

import psycopg

from hub import lease, observation
from hub.derived import statement
from hub.derived.following import tell_followers
from hub.derived.round import Clock, Tally, go_round, utc_now
from hub.observation import DerivedRound, observe

NAME = "derived"
#: How often a node asks whether the round is its to go, and how long one may take before another may try.
INTERVAL, LONGEST = timedelta(minutes=10), timedelta(hours=1)


async def every_day(conninfo: str, node: str, *, clock: Clock = utc_now) -> None:
    """Never returns; a failure is told, and tried again at the next interval."""
    while True:
        try:
            await once_a_day(conninfo, node, clock=clock)
        except (psycopg.Error, OSError) as error:
            observe(observation.failed(error, "DERIVED_ROUND"))
        await asyncio.sleep(INTERVAL.total_seconds())


async def once_a_day(conninfo: str, node: str, *, clock: Clock) -> Tally | None:
    """Goes the round unless a node has gone it today or is going it; None then."""
    now, owner = clock(), f"{node} {secrets.token_hex(4)}"
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        if not await lease.take(connection, NAME, owner, now=now, until=now + LONGEST):
            return None
        tally = await go_round(connection, clock=clock, tell=tell_followers)
        done = clock()
        # Kept until the day ends: then the round is due again, whoever comes first.
        await lease.take(connection, NAME, owner, now=done, until=statement.end_of(statement.today(done)))
    observe(DerivedRound(children=tally.children, aged_out=tally.aged_out, findings=tally.findings))
    return tally
