"""Light questions at once, heavy ones in turn: units take turns, so that no unit waits behind all of another's.

A plan is heavy until it has been run and found quick, and again as soon as it is not. Light questions share a few
connections on which a statement is given up early; one that was is asked again among the heavy ones.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from hub import errors
from hub.query.pipeline import Row

Query = Callable[[str, Sequence[bytes | None]], Awaitable[list[Row]]]
Result = TypeVar("Result")

#: Seconds from which on a plan is heavy, and below which it is light again.
HEAVY, LIGHT = 0.1, 0.05
#: Seconds after which a thread lets another one have the interpreter, if it asks.
SWITCH = 0.0005
#: The share of the newest run in a plan's pace, where it was quicker than the ones before.
_NEWEST = 0.3


class Queue:
    """A number of places, and a line of each unit before them; the units are called in turn."""

    def __init__(self, places: int, *, each: int, waiting: int) -> None:
        self._free, self._each, self._most = places, each, waiting
        self._taken: Counter[str] = Counter()
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    async def take(self, unit: str) -> None:
        """Waits for a place, to be given back; raises TooBusy where the unit's line is full."""
        if self._free and self._taken[unit] < self._each:
            self._give(unit)
            return
        line = self._lines.setdefault(unit, deque())
        if len(line) >= self._most:
            raise errors.TooBusy(seconds=1)
        called = asyncio.get_running_loop().create_future()
        line.append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.cancelled():
                line.remove(called)
            else:
                self.back(unit)  # it was called just as it gave up
            raise

    def back(self, unit: str) -> None:
        """Gives a place back, and to whom it is due."""
        self._free += 1
        self._taken[unit] -= 1
        if not self._taken[unit]:
            del self._taken[unit]
        self._call()

    def _give(self, unit: str) -> None:
        self._free -= 1
        self._taken[unit] += 1

    def _call(self) -> None:
        for unit in list(self._lines):
            if not self._free:
                return
            line = self._lines[unit]
            waiting = next((called for called in line if not called.done()), None)
            if waiting is None:
                if not line:
                    del self._lines[unit]
            elif self._taken[unit] < self._each:
                line.remove(waiting)
                self._give(unit)
                waiting.set_result(None)
                self._lines.move_to_end(unit)


class Planners:
    """A thread beside the event loop that reads and plans what is not known yet: one thing at a time, units in turn.

    After each it pauses for as long as it took, and meanwhile gives way to the loop every half millisecond.
    """

    def __init__(self, waiting: int = 64) -> None:
        self._queue = Queue(1, each=1, waiting=waiting)
        self._thread = ThreadPoolExecutor(1, "planner")
        sys.setswitchinterval(SWITCH)

    async def run(self, unit: str, work: Callable[[], Result], charge: Callable[[float], None]) -> Result:
        """What the work gives or raises; the seconds of processor time it took are charged in any case."""
        await self._queue.take(unit)
        loop = asyncio.get_running_loop()
        taken: list[float] = []

        def timed() -> Result:
            started = time.thread_time()
            try:
                return work()
            finally:
                taken.append(time.thread_time() - started)

        def ended(done: asyncio.Future[Result]) -> None:
            seconds = taken[0] if taken else 0.0
            charge(seconds)
            loop.call_later(seconds, self._queue.back, unit)
            if not done.cancelled():
                done.exception()  # whoever asked may have hung up

        done = loop.run_in_executor(self._thread, timed)
        done.add_done_callback(ended)
        return await asyncio.shield(done)


class Pace:
    """How long a plan takes to run; unknown until it has."""

    __slots__ = ("_seconds", "is_heavy")

    def __init__(self) -> None:
        self._seconds = 0.0
        self.is_heavy = True

    def given_up(self, seconds: float) -> None:
        """It would have taken longer than this."""
        self.is_heavy = self.is_heavy or seconds > HEAVY

    def note(self, seconds: float) -> None:
        """Slower at once, quicker by and by."""
        quicker = seconds < self._seconds
        self._seconds = self._seconds + (seconds - self._seconds) * _NEWEST if quicker else seconds
        self.is_heavy = self._seconds > (LIGHT if self.is_heavy else HEAVY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How much runs at once."""

    heavy: int  # heavy questions, of all units
    light_each: int  # light questions of one unit; what is beyond waits with the heavy ones
    waiting_each: int = 64  # questions of one unit that may wait

    @property
    def heavy_each(self) -> int:
        """A unit never takes all places, so that another one need not wait for a whole question."""
        return max(1, self.heavy - 1) if self.heavy < 4 else self.heavy // 2


class Turns:
    """Who may ask the database now."""

    def __init__(self, places: Places, *, light: Query, heavy: Query) -> None:
        self._light, self._heavy = light, heavy
        self._light_each = places.light_each
        self._at_once: Counter[str] = Counter()  # light questions by unit
        self._queue = Queue(places.heavy, each=places.heavy_each, waiting=places.waiting_each)

    async def run(self, unit: str, pace: Pace, ask: Callable[[Query], Awaitable[Result]]) -> Result:
        """What `ask` finds, with the connections that its pace is given; raises TooBusy beside its own errors."""
        if not pace.is_heavy and self._at_once[unit] < self._light_each:
            started = time.perf_counter()
            self._at_once[unit] += 1
            try:
                found = await ask(self._light)
            except errors.ExecuteTimeout:
                pace.is_heavy = True
            except asyncio.CancelledError:
                pace.given_up(time.perf_counter() - started)
                raise
            else:
                pace.note(time.perf_counter() - started)
                return found
            finally:
                self._at_once[unit] -= 1
        await self._queue.take(unit)
        started = time.perf_counter()
        try:
            found = await ask(self._heavy)
        finally:
            self._queue.back(unit)
        pace.note(time.perf_counter() - started)
        return found

    async def query(self, unit: str, sql: str, parameters: Sequence[bytes | None]) -> list[Row]:
        """The rows of a query whose pace is not known; it is taken for a heavy one."""
        return await self.run(unit, Pace(), lambda query: query(sql, parameters))
