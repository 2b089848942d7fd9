"""Reads go to a standby as long as it is fresh enough; else, and where it fails, to the primary.

How fresh it is, is measured: the primary's place in the log is noted every so often, and the standby is as old as the
newest note that it has come to. A standby that was promoted is none any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from hub import errors
from hub.identity.identity import Identity
from hub.observation import Recovered, observe, unavailable
from hub.query.pipeline import Row
from hub.query.readers import Readers
from hub.query.seen import FLOOR, HEADER, Positions, stated
from hub.query.transport import RawHeaders

Query = Callable[[str, Sequence[bytes | None]], Awaitable[list[Row]]]

#: How often places are compared, and how many notes are kept.
INTERVAL, NOTES = 0.1, 600
#: Bytes of log that a write whose place could not be asked for lies within.
FAR = 2**30
_WRITTEN = "select (pg_current_wal_lsn() - '0/0')::text"
_REPLAYED = "select pg_is_in_recovery()::text, coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::text"


@dataclass(slots=True, kw_only=True)
class Standby:
    """How far a standby is; `watch` keeps it current."""

    readers: Readers
    primary: Readers
    most_lag: float  # seconds
    replayed: int = 0
    reads: int = 0
    passed_over: int = 0
    _notes: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=NOTES))
    _fresh_at: float = float("-inf")
    _was_usable: bool = False

    @property
    def lag(self) -> float:
        """Seconds by which it may be behind."""
        return time.monotonic() - self._fresh_at

    @property
    def is_usable(self) -> bool:
        return self.lag <= self.most_lag

    async def watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(INTERVAL)

    async def look(self) -> None:
        """Compares the two places once; a primary that is away leaves the standby to grow old."""
        now = time.monotonic()
        try:
            with contextlib.suppress(errors.HubError):
                ((written,),) = await self.primary.query(_WRITTEN, ())
                self._notes.append((now, int(written or 0)))
            await self.look_at_standby()
        except errors.HubError as error:
            self.replayed, self._fresh_at = 0, float("-inf")
            self._tell(error)
            return
        self._tell(None)

    async def written(self) -> int:
        """How far the primary is; where it cannot be asked, a place well ahead of what was noted last."""
        try:
            ((written,),) = await self.primary.query(_WRITTEN, ())
            return int(written or 0)
        except errors.HubError:
            newest = self._notes[-1][1] if self._notes else self.replayed
            return newest + FAR

    async def look_at_standby(self) -> None:
        ((recovering, replayed),) = await self.readers.query(_REPLAYED, ())
        if recovering != b"true":
            raise errors.ExecuteError()
        self.replayed = int(replayed or 0)
        while self._notes and self._notes[0][1] <= self.replayed:
            self._fresh_at = self._notes.popleft()[0]

    def failed(self) -> None:
        """Not used until it has been looked at again."""
        self._fresh_at = float("-inf")

    def _tell(self, error: errors.HubError | None) -> None:
        if self._was_usable and not self.is_usable:
            observe(unavailable("standby", error or errors.ExecuteError()))
        elif self.is_usable and not self._was_usable:
            observe(Recovered(what="standby"))
        self._was_usable = self.is_usable


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """One kind of reads, to the standby where that may be."""

    standby: Standby
    readers: Readers
    primary: Query

    async def query(self, sql: str, parameters: Sequence[bytes | None]) -> list[Row]:
        standby = self.standby
        if standby.is_usable and await self._has_seen(FLOOR.get()):
            try:
                rows = await self.readers.query(sql, parameters)
            except errors.ExecuteTimeout:
                raise
            except errors.ExecuteError:
                # Gone, or the read stood in the way of what it replays; the primary answers both.
                standby.failed()
            else:
                standby.reads += 1
                return rows
        standby.passed_over += 1
        return await self.primary(sql, parameters)

    async def _has_seen(self, floor: int) -> bool:
        if floor > self.standby.replayed:
            with contextlib.suppress(errors.HubError):
                await self.standby.look_at_standby()
        return floor <= self.standby.replayed


class Seen:
    """Where nothing is read from a standby, every read sees every write."""

    def begin(self, identity: Identity, headers: RawHeaders) -> None:
        """What follows is read for this caller."""

    async def wrote(self, identity: Identity) -> list[tuple[bytes, bytes]]:
        """The caller has written; gives the headers that say how far."""
        return []


class SeenAtStandby(Seen):
    """Keeps each caller's reads behind the caller's own writes."""

    def __init__(self, positions: Positions, standby: Standby) -> None:
        self._positions, self._standby = positions, standby

    def begin(self, identity: Identity, headers: RawHeaders) -> None:
        FLOOR.set(max(self._positions.of(identity), stated(headers)))

    async def wrote(self, identity: Identity) -> list[tuple[bytes, bytes]]:
        place = await self._standby.written()
        self._positions.note(identity, place)
        return [(HEADER, b"%x" % place)]
