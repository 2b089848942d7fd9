"""One subscription: what has happened for it and is not told yet, told in order, each thing once.

It begins behind a cursor, or now. What was committed before it joined is looked up in the log, what comes later is
handed to it; the two meet at the place at which it joined.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from hub import errors
from hub.live.changes import ChangeLog, Place
from hub.live.feeds import STARTED, Happening, Key, told_of
from hub.live.follower import Follower
from hub.live.forming import Following, Formed, Former

Made = TypeVar("Made")
#: Happenings that may wait for a follower who does not take them.
MOST_WAITING = 512
#: Windows of the log that are looked through for one who comes back.
MOST_PAGES = 25
#: Seconds to wait before trying again what may pass.
PAUSES = (0.1, 0.3, 1.0, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a subscription gets what it tells, and where that goes on record."""

    follower: Follower
    log: ChangeLog
    former: Former
    record: Callable[[Formed], Awaitable[None]]
    closed: Callable[[Subscription], None]


class Subscription:
    """Made by `Live.open`; to be closed by whoever has it."""

    def __init__(self, following: Following, way: Way) -> None:
        self.following, self._way = following, way
        #: called where it ends while whoever has it may be busy with something that takes long
        self.alarm: Callable[[errors.HubError], None] = lambda _: None
        self._earlier: deque[Happening] = deque()  # before it joined
        self._waiting: deque[tuple[Happening, int]] = deque()
        self._past: tuple[Place, Place] | None = None  # what of the log is still to be looked through
        self._pages = 0
        self._told = Place(0, 0)  # up to here nothing is told again
        self._shown = ""
        self._first: Formed | None = None
        self._wake = asyncio.Event()
        self._fault: errors.HubError | None = None
        self._closed = False

    @property
    def key(self) -> Key:
        return self.following.key

    async def begin(self, cursor: str | None) -> None:
        """Joins those who follow; raises CursorInvalid, RightEnded, ExecuteError."""
        if cursor is not None:
            self._told, self._shown = self._way.former.opened(self.following, cursor)
        upto = await self._way.follower.join(self)
        if cursor is None:
            self._told = upto
        elif self._told < upto:
            self._past = (self._told, upto)
        elif self._told.xid > upto.xid and self._told.xid > (await self._way.log.after(None)).watermark:
            raise errors.CursorInvalid()
        first = await self._begun() if cursor is None or self.following.feed.of_case else None
        self._first = first if cursor is None else None
        self._wake.set()

    async def _begun(self) -> Formed:
        """What is shown at the beginning; a case that is not to be seen answers as one that does not exist."""
        case = self.key[1] if self.following.feed.of_case else None
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        happening = Happening(place=self._told, kind=STARTED, at=at, rows={self.following.feed.main: case})
        formed = await self._way.former.form(self.following, happening, 0)
        if case is not None and formed.is_empty:
            raise errors.RightEnded()
        return formed

    def tell(self, happening: Happening, written: int) -> None:
        if happening.place <= self._told or self._fault is not None:
            return
        if len(self._waiting) >= MOST_WAITING:
            self.end(errors.SlowReader())
            return
        self._waiting.append((happening, written))
        self._wake.set()

    def lose(self) -> None:
        self.end(errors.CursorInvalid())

    def end(self, fault: errors.HubError) -> None:
        """Nothing more is told, for this reason."""
        if self._fault is None and not self._closed:
            self._fault = fault
            self._waiting.clear()
            self._wake.set()
            self.alarm(fault)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._way.follower.leave(self)
            self._way.closed(self)

    async def wait(self, seconds: float) -> bool:
        """Whether something may be to be told before so many seconds are over, or before the token is."""
        left = self.following.caller.identity.expires_at - time.time()
        try:
            async with asyncio.timeout(min(seconds, max(left, 1.0))):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    async def check(self) -> None:
        """Raises what keeps the caller from being told anything more."""
        if self._fault is not None:
            raise self._fault
        await self._way.former.current(self.following)

    async def next(self) -> Formed | None:
        """The next event, once it is on record; None where there is none just now. Raises what ends it."""
        if self._fault is not None:
            raise self._fault
        if self._first is not None:
            formed, self._first = self._first, None
            return await self._recorded(formed)
        if not self._earlier and self._past is not None:
            await self._look_back(*self._past)
        found = self._taken()
        if found is None:
            return None
        happening, written = found
        formed = await self._again(lambda: self._way.former.form(self.following, happening, written))
        self._told = happening.place
        return await self._recorded(formed) if self._is_told(formed) else None

    def _taken(self) -> tuple[Happening, int] | None:
        if self._earlier:
            return self._earlier.popleft(), 0
        if self._past is None and self._waiting:
            return self._waiting.popleft()
        if self._past is None and self._fault is None:
            self._wake.clear()
        return None

    def _is_told(self, formed: Formed) -> bool:
        """Of a case every step that may be seen, and whatever else changes what is seen of it."""
        if not self.following.feed.of_case:
            return not formed.is_empty
        if formed.is_empty:
            raise errors.RightEnded()
        return formed.is_step or formed.shown != self._shown

    async def _recorded(self, formed: Formed) -> Formed:
        share = self.following.share
        if wait := share.cost.wait():
            await asyncio.sleep(wait)
        share.cost.take(formed.cost)
        await self._again(lambda: self._way.record(formed))
        self._shown = formed.shown
        return formed

    async def _look_back(self, after: Place, upto: Place) -> None:
        """The next window of what was committed while nobody followed."""
        self._pages += 1
        if self._pages > MOST_PAGES:
            raise errors.CursorTooOld()
        sought = self.following.feed.sought(self.key)
        page = await self._again(lambda: self._way.log.page(after, upto, sought))
        self._earlier.extend(happening for key, happening in told_of(page.changes) if key == self.key)
        self._past = None if page.is_last else (page.upto, upto)

    async def _again(self, attempt: Callable[[], Awaitable[Made]]) -> Made:
        """Once more, a few times, where what went wrong may pass; nothing has been told yet."""
        for pause in PAUSES:
            try:
                return await attempt()
            except (errors.ExecuteError, errors.RecordError, errors.TooManyRequests):
                await asyncio.sleep(pause)
        return await attempt()
