"""One database connection that runs one prepared INSERT at a time, driven by the event loop's callbacks.

A request waits for this statement, so it goes straight to libpq: no task, no pool, no transaction block.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import pq
from sqlalchemy.dialects import postgresql

from hub.audit.tables import RECORD, SHAPE

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
Done = Callable[[Exception | None], None]

_NAME = b"access"
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def _columns(table: Any) -> tuple[str, str]:
    """The columns of a table as a list, and as a JSON record's definition."""
    names = [f'"{column.name}"' for column in table.columns]
    kinds = [column.type.compile(dialect=_DIALECT) for column in table.columns]
    return ", ".join(names), ", ".join(f"{name} {kind}" for name, kind in zip(names, kinds, strict=True))


def _insert() -> str:
    """Records and the shapes they are the first to use, in one statement, so in one commit."""
    record, record_kinds = _columns(RECORD)
    shape, shape_kinds = _columns(SHAPE)
    parts = (
        "WITH new_shape AS (INSERT INTO access_shape",
        f"({shape}) SELECT {shape}",
        f"FROM json_to_recordset($2) AS s ({shape_kinds}) ON CONFLICT DO NOTHING)",
        "INSERT INTO access_record",
        f"({record}) SELECT {record}",
        f"FROM json_to_recordset($1) AS r ({record_kinds})",
    )
    return " ".join(parts)


INSERT = _insert()
STATEMENT = f"PREPARE access (json, json) AS {INSERT}".encode()


class Line:
    """An open line; after any error it is of no more use and is closed."""

    def __init__(self, connection: Connection, *, lost: Callable[[], None]) -> None:
        self._connection, self._pg, self._lost = connection, connection.pgconn, lost
        self._loop = asyncio.get_running_loop()
        self._socket = self._pg.socket
        self._done: Done | None = None
        self._error: Exception | None = None
        self._writing = self._closed = False
        self._loop.add_reader(self._socket, self._on_readable)

    @property
    def is_busy(self) -> bool:
        return self._done is not None

    def send(self, records: bytes, shapes: bytes, done: Done) -> None:
        """Starts the INSERT; `done` is called once, with what went wrong if anything did."""
        self._done = done
        try:
            self._pg.send_query_prepared(_NAME, (records, shapes))
            self._flush()
        except psycopg.Error as error:
            self._loop.call_soon(self._finish, error)

    async def close(self) -> None:
        self._release()
        await self._connection.close()

    def abandon(self) -> None:
        """Closes without waiting for anything."""
        self._release()
        self._pg.finish()

    def _release(self) -> None:
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._socket)
            if self._writing:
                self._loop.remove_writer(self._socket)

    def _flush(self) -> None:
        """Hands on what the socket takes now; a large group needs several turns."""
        is_left = bool(self._pg.flush())
        if is_left and not self._writing:
            self._loop.add_writer(self._socket, self._on_writable)
        elif self._writing and not is_left:
            self._loop.remove_writer(self._socket)
        self._writing = is_left

    def _on_writable(self) -> None:
        try:
            self._flush()
        except psycopg.Error as error:
            self._finish(error)

    def _on_readable(self) -> None:
        try:
            self._pg.consume_input()
            if self._writing:
                self._flush()
            while self._done is not None and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is None:
                    self._finish(self._error)
                elif result.status != pq.ExecStatus.COMMAND_OK:
                    self._error = psycopg.DatabaseError(f"SQLSTATE {_state(result)}")
        except psycopg.Error as error:
            self._finish(error)

    def _finish(self, error: Exception | None) -> None:
        done, self._done = self._done, None
        if error is not None:
            self._release()
        if done is not None:
            done(error)
        elif error is not None:
            self._lost()


def _state(result: pq.abc.PGresult) -> str:
    state = result.error_field(pq.DiagnosticField.SQLSTATE)
    return state.decode() if state else "unknown"


async def open_line(conninfo: str, timeout: float) -> Connection:
    """A connection made ready for a line; raises psycopg.Error, also where the server takes no writes."""
    connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True, prepare_threshold=None)
    try:
        found = await (await connection.execute("SHOW transaction_read_only")).fetchone()
        if found != ("off",):
            raise psycopg.errors.ReadOnlySqlTransaction
        await connection.execute("SET synchronous_commit = on")
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"SET statement_timeout = {round(timeout * 1000)}".encode())
        await connection.execute(STATEMENT)
    except BaseException:
        await connection.close()
        raise
    return connection
