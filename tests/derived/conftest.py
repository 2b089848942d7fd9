"""A connection as the hub writes through, whose transaction is rolled back, and the loop that it lives on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import psycopg
import pytest
from psycopg import sql

from hub.database import Database, Role
from schema.registry import METADATA
from tests.derived import people

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
Answer = TypeVar("Answer")
#: Runs something on an empty registry in a transaction of its own, and rolls back what it wrote.
Within = Callable[[Callable[[Connection], Coroutine[Any, Any, Answer]]], Answer]


@pytest.fixture(scope="module")
def within(database: Database) -> Iterator[Within[Any]]:
    with asyncio.Runner() as runner:
        connection = runner.run(psycopg.AsyncConnection.connect(database.conninfo(Role.WRITER)))

        def run(work: Callable[[Connection], Coroutine[Any, Any, Answer]]) -> Answer:
            try:
                return runner.run(work(connection))
            finally:
                runner.run(connection.rollback())

        yield run
        runner.run(connection.close())


async def fill(connection: Connection, *worlds: people.Rows) -> None:
    """Writes the rows, table by table in the order of their links."""
    for table in METADATA.sorted_tables:
        rows = [row for world in worlds for row in world[table.name]]
        if rows:
            names = list(rows[0])
            columns = sql.SQL(", ").join(map(sql.Identifier, names))
            marks = sql.SQL(", ").join(map(sql.Placeholder, names))
            insert = sql.SQL("insert into {} ({}) values ({})").format(sql.Identifier(table.name), columns, marks)
            await connection.cursor().executemany(insert, rows)
