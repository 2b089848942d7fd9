"""Whether this process is fit to answer: database, access record, policy and clock; asked at most once a second.

A process that is not fit says so to whoever spreads requests over several, and names the code of what is amiss.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hub import errors
from hub.audit.recorder import Recorder
from hub.policy.compile import Policy
from hub.query.readers import Readers

#: How long one finding serves all who ask: strangers may ask, and each finding costs the database a statement.
KEPT_SECONDS = 1.0
_CLOCK = "select extract(epoch from clock_timestamp())::text"


@dataclass(slots=True, kw_only=True)
class Health:
    """What is looked at, and what was found last."""

    readers: Readers
    recorder: Recorder
    policy: Callable[[], Policy]
    most_skew: float  # seconds that the clocks of hub and database may differ
    skew: float | None = None  # seconds by which the database's clock is ahead
    _found: errors.HubError | None = None
    _until: float = 0.0
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def require(self) -> None:
        """Raises what keeps this process from answering."""
        async with self._one:
            if time.monotonic() >= self._until:
                self._found = await self._look()
                self._until = time.monotonic() + KEPT_SECONDS
        if self._found is not None:
            raise self._found

    async def _look(self) -> errors.HubError | None:
        try:
            self.policy()
            if not self.recorder.is_ready:
                return errors.RecordError()
            self.skew = await self._measured()
        except errors.HubError as error:
            return error
        if abs(self.skew) > self.most_skew:
            return errors.ClockSkewed(seconds=round(abs(self.skew), 1), limit=self.most_skew)
        return None

    async def _measured(self) -> float:
        """By how much the database's clock is ahead, judged against the middle of the question's way."""
        before = time.time()
        ((told,),) = await self.readers.query(_CLOCK, [])
        return float(told or 0) - (before + time.time()) / 2
