"""The round over obligations of a serving hub, gone by one node: often for what is late, daily for the calendar."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta

import psycopg

from hub import errors, lease, observation
from hub.derived.round import Clock, utc_now
from hub.derived.statement import end_of, today
from hub.identity.loading import load_directory
from hub.knowledge.round import OwingTally, Tell, go_owing_round, tell_followers
from hub.observation import ObligationRound, observe
from hub.policy.book import PolicyBook

LATE, CALENDAR = "owing", "owing-calendar"
#: How often a node asks whether the round is its to go, and how long one may take before another may try.
INTERVAL, LONGEST = timedelta(minutes=5), timedelta(hours=1)


async def keep_owing(
    conninfo: str, node: str, book: PolicyBook, *, clock: Clock = utc_now, tell: Tell = tell_followers
) -> None:
    """Never returns; a failure is told, and tried again at the next interval."""
    while True:
        try:
            await once(conninfo, node, book, clock=clock, tell=tell)
        except (psycopg.Error, OSError, errors.HubError) as error:
            observe(observation.failed(error, "OBLIGATION_ROUND"))
        await asyncio.sleep(INTERVAL.total_seconds())


async def once(
    conninfo: str, node: str, book: PolicyBook, *, clock: Clock = utc_now, tell: Tell = tell_followers
) -> OwingTally | None:
    """Goes the round unless another node is going it or has just gone it; None then."""
    now, owner = clock(), f"{node} {secrets.token_hex(4)}"
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        if not await lease.take(connection, LATE, owner, now=now, until=now + LONGEST):
            return None
        calendar = await lease.take(connection, CALENDAR, owner, now=now, until=now + LONGEST)
        directory = await load_directory(connection)
        tally = await go_owing_round(connection, directory, book, clock=clock, tell=tell, calendar=calendar)
        done = clock()
        if calendar:
            # Kept until the day ends: then its dates are due again, whoever comes first.
            await lease.take(connection, CALENDAR, owner, now=done, until=end_of(today(done)))
        await lease.take(connection, LATE, owner, now=done, until=done + INTERVAL / 2)
    observe(
        ObligationRound(
            opened=tally.opened,
            passed_on=tally.passed_on,
            overdue=tally.overdue,
            escalated=tally.escalated,
            unacknowledged=tally.unacknowledged,
        )
    )
    return tally
