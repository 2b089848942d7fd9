"""A connection as the hub writes through, whose transaction is rolled back; obligations settled over a small county."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import psycopg
import pytest

from hub.database import Database, Role

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
Within = Callable[[Callable[[Connection], Coroutine[Any, Any, Any]]], Any]


@pytest.fixture(scope="module")
def within(database: Database) -> Iterator[Within]:
    with asyncio.Runner() as runner:
        connection = runner.run(psycopg.AsyncConnection.connect(database.conninfo(Role.WRITER)))

        def run(work: Callable[[Connection], Coroutine[Any, Any, Any]]) -> Any:
            async def inside() -> Any:
                # What the round calls a transaction is then a part of this one.
                await connection.execute("select 1")
                return await work(connection)

            try:
                return runner.run(inside())
            finally:
                runner.run(connection.rollback())

        yield run
        runner.run(connection.close())
