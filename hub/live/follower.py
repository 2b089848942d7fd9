"""One reader of the change log for a whole process: woken by the database, it hands each change to whom it concerns.

What wakes it says nothing, and may be lost with the connection: what counts is read from the log, which it asks in any
case every so often. It works only while somebody follows.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg

from hub import errors
from hub.ledger.tables import CHANNEL
from hub.live.changes import Batch, ChangeLog, Place
from hub.live.feeds import Happening, Key, told_of
from hub.observation import Recovered, failed, observe, unavailable

#: The log is asked as often even if nothing wakes the reader; and when something is held back by an open transaction.
POLL, SOONEST, HELD_BACK = 1.0, 0.005, 0.1
#: Seconds before a broken connection is made anew, and after which a reader that nobody needs ends.
AGAIN, LINGER = 0.5, 30.0
CONNECTING = 10.0
_LISTEN = f"LISTEN {CHANNEL}".encode()


class Follows(Protocol):
    """Somebody who follows a key."""

    @property
    def key(self) -> Key: ...

    def tell(self, happening: Happening, written: int) -> None:
        """Something has happened; of the database's log so many bytes were written then."""

    def lose(self) -> None:
        """The log no longer goes on where it was read."""


@dataclass(slots=True)
class Figures:
    """What the reader has done so far."""

    changes: int = 0
    lag: float = 0.0  # seconds by which open transactions hold it back now


class Follower:
    """Open it on the loop that uses it; `join` starts it."""

    def __init__(self, conninfo: str, log: ChangeLog) -> None:
        self._conninfo, self._log = conninfo, log
        self._joined: defaultdict[Key, set[Follows]] = defaultdict(set)
        self._upto: Place | None = None
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._idle_since = time.monotonic()
        self._held_since: float | None = None
        self._pause = POLL
        self._broken = False
        self.figures = Figures()

    @property
    def following(self) -> int:
        return sum(map(len, self._joined.values()))

    async def join(self, who: Follows) -> Place:
        """From the place that is returned on, everything that concerns `who` is told; raises ExecuteError."""
        self._idle_since = time.monotonic()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._follow())
        try:
            async with asyncio.timeout(CONNECTING):
                await self._ready.wait()
        except TimeoutError:
            raise errors.ExecuteError() from None
        if self._upto is None:
            raise errors.ExecuteError()
        self._joined[who.key].add(who)
        return self._upto

    def leave(self, who: Follows) -> None:
        kept = self._joined.get(who.key)
        if kept is not None:
            kept.discard(who)
            if not kept:
                del self._joined[who.key]
        self._idle_since = time.monotonic()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self) -> None:
        """Until nobody follows any more; a failure is told once, and tried again."""
        try:
            while not self._is_idle():
                try:
                    await self._listen()
                except (psycopg.Error, OSError, errors.HubError) as error:
                    self._tell_broken(error)
                except Exception as fault:
                    observe(failed(fault, errors.InternalError.code))
                if not self._is_idle():
                    await asyncio.sleep(AGAIN)
        finally:
            self._task = None
            self._upto = None
            self._ready.clear()

    def _is_idle(self) -> bool:
        return not self._joined and self._ready.is_set() and time.monotonic() - self._idle_since > LINGER

    async def _listen(self) -> None:
        async with asyncio.timeout(CONNECTING):
            connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        async with connection:
            await connection.execute(_LISTEN)
            await self._read()
            self._tell_recovered()
            while not self._is_idle():
                await self._wait(connection)
                await self._read()

    async def _wait(self, connection: psycopg.AsyncConnection[Any]) -> None:
        async for _ in connection.notifies(timeout=self._pause, stop_after=1):
            pass

    async def _read(self) -> None:
        """Everything settled behind the place read up to."""
        while True:
            batch = await self._log.after(self._upto)
            if self._upto is not None and batch.watermark < self._upto.xid:
                self._lose()
            self._hand_on(batch)
            self._upto = batch.upto
            self._ready.set()
            if batch.upto.seq == 0:
                break
        self._note(batch)

    def _hand_on(self, batch: Batch) -> None:
        if batch.changes and self._joined:
            self.figures.changes += len(batch.changes)
            for key, happening in told_of(batch.changes):
                for who in tuple(self._joined.get(key, ())):
                    who.tell(happening, batch.written)

    def _note(self, batch: Batch) -> None:
        """Where something is held back, the log is asked again soon, though nothing may wake the reader."""
        now = time.monotonic()
        if not batch.held_back:
            self._pause, self._held_since, self.figures.lag = POLL, None, 0.0
            return
        if self._held_since is None:
            self._pause, self._held_since = SOONEST, now
        else:
            self._pause = min(2 * self._pause, HELD_BACK)
        self.figures.lag = now - self._held_since

    def _lose(self) -> None:
        """The database is another one, or an earlier state of it: nobody can go on from where they were."""
        for who in self._everyone():
            who.lose()
        self._joined.clear()

    def _everyone(self) -> Iterable[Follows]:
        return [who for kept in self._joined.values() for who in kept]

    def _tell_broken(self, error: Exception) -> None:
        if not self._broken:
            observe(unavailable("change log", error))
        self._broken = True

    def _tell_recovered(self) -> None:
        if self._broken:
            observe(Recovered(what="change log"))
        self._broken = False
