"""A round over every county: what time alone has changed is brought into step, a few children per transaction.

Time alone changes who is under eight, sixteen or eighteen, which arrangement or school place is in force, and how
long ago somebody came to see the child.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.derived import keeping, statement
from hub.derived.keeping import Connection, Kept, Moment, Touched

BATCH = 500
#: Told the county, how many of its children are done, and how many are to be.
Show = Callable[[str, int, int], None]
Clock = Callable[[], datetime]
#: Handed what was changed, within the transaction that changed it.
Tell = Callable[[Connection, Sequence[Kept]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a round did."""

    children: int = 0
    aged_out: int = 0
    findings: int = 0


async def tell_nobody(connection: Connection, kept: Sequence[Kept]) -> None:
    """For a registry that has no feed."""


def show_nothing(county: str, done: int, total: int) -> None:
    """For callers that show nothing."""


def utc_now() -> datetime:
    return datetime.now(UTC)


async def go_round(
    connection: Connection, *, clock: Clock = utc_now, show: Show = show_nothing, tell: Tell = tell_nobody
) -> Tally:
    """Everything in step with today; each batch is a transaction, so that a round that breaks off has done its part.

    Who is behind is looked for without a lock; the few that are get locked and computed again.
    """
    counted: Counter[str] = Counter()
    for county in await keeping.counties(connection):
        async with connection.transaction():
            behind = await keeping.stale(connection, county, statement.today(clock()))
        for start in range(0, len(behind), BATCH):
            show(county, start, len(behind))
            batch = behind[start : start + BATCH]
            async with connection.transaction():
                now = clock()
                touched = Touched(county=county, children=frozenset(batch))
                kept = await keeping.keep(keeping.asking(connection), touched, Moment(day=statement.today(now), at=now))
                await tell(connection, kept)
            counted += _counted(kept)
        show(county, len(behind), len(behind))
    return Tally(**counted)


def _counted(kept: Sequence[Kept]) -> Counter[str]:
    return Counter(
        {
            "children": sum(one.entity == "Child" for one in kept),
            "aged_out": sum(one.aged_out for one in kept),
            "findings": sum(one.entity == statement.FINDING for one in kept),
        }
    )
