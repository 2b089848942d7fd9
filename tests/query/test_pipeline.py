"""Many readers over few connections: each gets its own rows and its own error, whoever else is in its batch."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest

from hub import errors
from hub.database import Database, Role
from hub.query import pipeline
from hub.query.readers import Readers

T = TypeVar("T")
NUMBER = "select $1::int"
BROKEN = "select 1 / $1::int"


def run(database: Database, asks: Callable[[Readers], Awaitable[T]], size: int = 1) -> T:
    async def asked() -> T:
        readers = Readers(database.conninfo(Role.READER), size=size)
        try:
            return await asks(readers)
        finally:
            readers.close()

    return asyncio.run(asked())


async def together(*asked: Coroutine[Any, Any, Any]) -> list[Any]:
    """All sent in one turn of the loop; errors in their places."""
    return await asyncio.gather(*asked, return_exceptions=True)


def values(found: list[Any]) -> list[Any]:
    return [type(one) if isinstance(one, Exception) else one[0][0] for one in found]


def test_answers_come_to_who_asked(database: Database) -> None:
    async def asks(readers: Readers) -> list[Any]:
        return await together(*(readers.query(NUMBER, [b"%d" % n]) for n in range(500)))

    assert values(run(database, asks, size=2)) == [b"%d" % n for n in range(500)]


def test_error_stays_its_own(database: Database) -> None:
    async def asks(readers: Readers) -> list[Any]:
        numbers = [3, 0, 1, 0, 2]
        first = await together(*(readers.query(BROKEN, [b"%d" % n]) for n in numbers))
        return first + await together(readers.query(NUMBER, [b"7"]))

    expected = [b"0", errors.InternalError, b"1", errors.InternalError, b"0", b"7"]
    assert values(run(database, asks)) == expected


def test_statements_new_behind_an_error_are_prepared_again(database: Database) -> None:
    async def asks(readers: Readers) -> list[Any]:
        batch = [readers.query(BROKEN, [b"0"]), *(readers.query(f"select {n} + $1::int", [b"1"]) for n in range(5))]
        found = await together(*batch)
        return found + await together(*(readers.query(f"select {n} + $1::int", [b"1"]) for n in range(5)))

    assert values(run(database, asks)) == [errors.InternalError, *(b"%d" % n for n in (1, 2, 3, 4, 5)) , *(
        b"%d" % n for n in (1, 2, 3, 4, 5)
    )]  # fmt: skip


def test_batch_already_sent_behind_an_error_is_answered(database: Database) -> None:
    """Its statement was to be prepared by the batch before it, which the error cut short."""

    async def asks(readers: Readers) -> list[Any]:
        await readers.query(NUMBER, [b"1"])
        tasks = [asyncio.ensure_future(readers.query(BROKEN, [b"0"]))]
        tasks.append(asyncio.ensure_future(readers.query("select $1::int + 40", [b"2"])))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        tasks.append(asyncio.ensure_future(readers.query("select $1::int + 40", [b"3"])))
        return await asyncio.gather(*tasks, return_exceptions=True)

    assert values(run(database, asks)) == [errors.InternalError, b"42", b"43"]


def test_statement_that_cannot_be_prepared_fails_alone(database: Database) -> None:
    async def asks(readers: Readers) -> list[Any]:
        wrong = "select nothing from nowhere"
        return await together(readers.query(wrong, []), readers.query(NUMBER, [b"1"]), readers.query(wrong, []))

    assert values(run(database, asks)) == [errors.InternalError, b"1", errors.InternalError]


def test_more_statements_than_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MAX_PREPARED", 5)

    async def asks(readers: Readers) -> list[Any]:
        order = [n % 12 for n in range(60)]
        return await together(*(readers.query(f"select {n} + $1::int", [b"0"]) for n in order))

    assert values(run(database, asks)) == [b"%d" % (n % 12) for n in range(60)]


def test_slow_statement_is_ended_alone(database: Database) -> None:
    async def asks(readers: Readers) -> list[Any]:
        await readers.query("select set_config('statement_timeout', '30', false)", [])
        return await together(
            readers.query(NUMBER, [b"1"]), readers.query("select pg_sleep(20)::text", []), readers.query(NUMBER, [b"2"])
        )

    assert values(run(database, asks)) == [b"1", errors.ExecuteTimeout, b"2"]


def test_ended_connection_is_replaced_and_what_was_on_its_way_is_asked_again(database: Database) -> None:
    async def asks(readers: Readers) -> list[Any]:
        ((pid,),) = await readers.query("select pg_backend_pid()", [])
        found = await together(
            readers.query("select pg_terminate_backend($1::int)", [pid]), readers.query(NUMBER, [b"1"])
        )
        return [*found, await readers.query(NUMBER, [b"2"])]

    assert values(run(database, asks)) == [b"f", b"1", b"2"]


def test_cancelled_reader_leaves_the_others_their_answers(database: Database) -> None:
    async def asks(readers: Readers) -> list[Any]:
        tasks = [asyncio.ensure_future(readers.query(BROKEN, [b"%d" % (n % 3)])) for n in range(9)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.wait(tasks)
        return [task.exception() or task.result() for task in tasks[1::2]]

    chosen = [n % 3 for n in range(9)][1::2]
    expected = [errors.InternalError if n == 0 else (b"1" if n == 1 else b"0") for n in chosen]
    assert values(run(database, asks)) == expected


def test_any_mixture_of_good_and_bad(database: Database) -> None:
    chance = random.Random(4306)
    kinds = [chance.choice((NUMBER, NUMBER, BROKEN, "select $1::int + 0", "select oops")) for _ in range(400)]

    async def one(readers: Readers, kind: str, n: int) -> Any:
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)
        return await readers.query(kind, [] if kind == "select oops" else [b"%d" % n])

    async def asks(readers: Readers) -> list[Any]:
        return await together(*(one(readers, kind, n % 2) for n, kind in enumerate(kinds)))

    expected = [
        errors.InternalError if kind == "select oops" or (kind == BROKEN and n % 2 == 0) else b"%d" % (n % 2)
        for n, kind in enumerate(kinds)
    ]
    assert values(run(database, asks, size=2)) == expected


LONG = "select pg_sleep($1::float)::text"
SLEEPING = "select count(*)::text from pg_stat_activity where query = $1 and state = 'active'"


async def hung_up(asked: Coroutine[Any, Any, Any], begun: Callable[[], Awaitable[bool]]) -> None:
    """Asked by someone who hangs up once the server is at it."""
    task = asyncio.ensure_future(asked)
    while not await begun():
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_query_that_nobody_waits_for_is_cancelled(database: Database) -> None:
    async def asks(readers: Readers) -> tuple[list[Any], float]:
        others = Readers(database.conninfo(Role.READER), size=1)

        async def begun() -> bool:
            return (await others.query(SLEEPING, [LONG.encode()]))[0][0] != b"0"

        await hung_up(readers.query(LONG, [b"60"]), begun)
        started = asyncio.get_running_loop().time()
        found = await together(*(readers.query(NUMBER, [b"%d" % n]) for n in range(3)))
        others.close()
        return found, asyncio.get_running_loop().time() - started

    found, seconds = run(database, asks)
    assert values(found) == [b"0", b"1", b"2"]
    assert seconds < 4  # the statement's own time is up after five


def test_queries_behind_abandoned_ones_are_answered(database: Database) -> None:
    """Whoever else hangs up, and whenever: all others have their rows."""
    luck = random.Random(5)

    async def asks(readers: Readers) -> list[Any]:
        lasting, abandoned = [], []
        for number in range(60):
            lasting.append(asyncio.ensure_future(readers.query(NUMBER, [b"%d" % number])))
            abandoned.append(asyncio.ensure_future(readers.query(LONG, [b"%.3f" % luck.uniform(0, 0.06)])))
            await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        for task in abandoned:
            loop.call_later(luck.uniform(0, 1), task.cancel)
        await asyncio.gather(*abandoned, return_exceptions=True)
        return list(await asyncio.gather(*lasting, return_exceptions=True))

    assert values(run(database, asks, size=2)) == [b"%d" % n for n in range(60)]
