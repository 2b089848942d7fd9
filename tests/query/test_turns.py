"""Whose question is asked next: units take turns at heavy ones, and what proved quick need not wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

import pytest

from hub import errors
from hub.query.pipeline import Row
from hub.query.turns import HEAVY, LIGHT, Pace, Places, Planners, Query, Queue, Turns

T = TypeVar("T")
A, B = "ED@430621", "VC@430621104201"


class Asked:
    """Queries that answer when they are told to."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.waiting: list[asyncio.Future[None]] = []

    async def light(self, sql: str, _: Sequence[bytes | None]) -> list[Row]:
        self.log.append(f"light {sql}")
        return []

    async def late(self, sql: str, _: Sequence[bytes | None]) -> list[Row]:
        self.log.append(f"late {sql}")
        raise errors.ExecuteTimeout(seconds=1)

    async def heavy(self, sql: str, _: Sequence[bytes | None]) -> list[Row]:
        self.log.append(f"heavy {sql}")
        called = asyncio.get_running_loop().create_future()
        self.waiting.append(called)
        await called
        return []

    async def answer(self) -> None:
        """Answers the oldest heavy query."""
        self.waiting.pop(0).set_result(None)
        await settled()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def quick() -> Pace:
    pace = Pace()
    pace.note(0.001)
    return pace


def asking(sql: str) -> Callable[[Query], Awaitable[list[Row]]]:
    return lambda query: query(sql, [])


def test_pace_is_heavy_until_known_and_at_once_when_slow() -> None:
    pace, heavy = Pace(), [Pace().is_heavy]
    for seconds in (LIGHT / 2, (LIGHT + HEAVY) / 2, HEAVY * 4, *[LIGHT / 2] * 10):
        pace.note(seconds)
        heavy.append(pace.is_heavy)
    assert heavy[:5] == [True, False, False, True, True]
    assert heavy[-1] is False


def test_pace_of_what_was_given_up_is_at_least_that_long() -> None:
    pace, heavy = quick(), []
    for seconds in (LIGHT, HEAVY * 2, LIGHT):
        pace.given_up(seconds)
        heavy.append(pace.is_heavy)
    assert heavy == [False, True, True]


def test_units_take_turns_at_heavy_questions() -> None:
    async def asks() -> list[str]:
        asked = Asked()
        turns = Turns(Places(heavy=2, light_each=2), light=asked.light, heavy=asked.heavy)
        tasks = [asyncio.ensure_future(turns.query(A, f"a{n}", [])) for n in range(4)]
        await settled()
        tasks += [asyncio.ensure_future(turns.query(B, f"b{n}", [])) for n in range(2)]
        await settled()
        assert asked.log == ["heavy a0", "heavy b0"]  # a unit never holds every place
        while asked.waiting:
            await asked.answer()
        await asyncio.gather(*tasks)
        return asked.log

    assert asyncio.run(asks()) == [f"heavy {sql}" for sql in ("a0", "b0", "a1", "b1", "a2", "a3")]


def test_light_questions_pass_by_heavy_ones() -> None:
    async def asks() -> list[str]:
        asked = Asked()
        turns = Turns(Places(heavy=1, light_each=1), light=asked.light, heavy=asked.heavy)
        task = asyncio.ensure_future(turns.query(A, "slow", []))
        await settled()
        await turns.run(A, quick(), asking("quick"))
        await asked.answer()
        await task
        return asked.log

    assert asyncio.run(asks()) == ["heavy slow", "light quick"]


def test_light_questions_that_take_long_are_asked_again() -> None:
    async def asks() -> tuple[list[str], bool]:
        asked, pace = Asked(), quick()
        turns = Turns(Places(heavy=1, light_each=1), light=asked.late, heavy=asked.heavy)
        task = asyncio.ensure_future(turns.run(A, pace, asking("x")))
        await settled()
        slow = pace.is_heavy
        await asked.answer()
        await task
        return asked.log, slow

    assert asyncio.run(asks()) == (["late x", "heavy x"], True)


def test_lines_are_bounded_by_unit() -> None:
    async def asks() -> None:
        queue = Queue(1, each=1, waiting=2)
        await queue.take(A)
        waiting = [asyncio.ensure_future(queue.take(A)) for _ in range(2)]
        await settled()
        with pytest.raises(errors.TooBusy):
            await queue.take(A)
        other = asyncio.ensure_future(queue.take(B))
        await settled()
        for unit in (A, A, B):
            queue.back(unit)
            await settled()
        await asyncio.gather(*waiting, other)

    asyncio.run(asyncio.wait_for(asks(), 10))


def test_places_are_not_lost_with_those_who_give_up() -> None:
    """Whether one gives up while waiting, or just as it is called."""

    async def asks() -> None:
        queue = Queue(1, each=1, waiting=9)
        for called_first in (False, True):
            await queue.take(A)
            given_up = asyncio.ensure_future(queue.take(B))
            await settled()
            if called_first:
                queue.back(A)
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
            if not called_first:
                queue.back(A)
            await queue.take(B)
            queue.back(B)

    asyncio.run(asyncio.wait_for(asks(), 10))


def test_new_things_are_planned_one_at_a_time_and_charged() -> None:
    """Units in turn; what fails is charged too, and what nobody waits for any longer keeps its place until it ends."""

    async def asks() -> tuple[list[str], list[float]]:
        planners, log, charged = Planners(), list[str](), list[float]()
        begun, ends = threading.Event(), threading.Event()

        def long() -> None:
            begun.set()
            ends.wait(10)
            log.append("long")

        def named(name: str) -> str:
            log.append(name)
            if name == "a1":
                raise errors.OperationError(reason=name)
            return name

        first = asyncio.ensure_future(planners.run(A, long, charged.append))
        await asyncio.to_thread(begun.wait, 10)
        first.cancel()
        waiting = [
            asyncio.ensure_future(planners.run(unit, partial(named, name), charged.append))
            for unit, name in ((A, "a1"), (A, "a2"), (B, "b1"))
        ]
        await settled()
        ends.set()
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert [found[1], found[2], type(found[0])] == ["a2", "b1", errors.OperationError]
        return log, charged

    log, charged = asyncio.run(asyncio.wait_for(asks(), 20))
    assert log == ["long", "a1", "b1", "a2"]
    assert len(charged) == 4
