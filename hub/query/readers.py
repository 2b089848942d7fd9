"""A few reading connections: a query takes the least loaded, and one that breaks or is silent is replaced.

A read may be repeated, so one whose connection broke under it is asked once more on another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hub import errors
from hub.observation import observe, unavailable
from hub.query.pipeline import Connection, Lost, Row, Watch

#: After a connection was refused, how long further queries fail at once instead of each trying again.
PAUSE_SECONDS = 0.2


class Readers:
    """A few connections; a query takes the least loaded, and what is missing is opened while it runs."""

    def __init__(self, conninfo: str, *, size: int = 2, patience: float = 6.0) -> None:
        self._conninfo, self._size = conninfo, size
        self._watch = Watch(patience=patience, stalled=self._retire, gone=self._forget)
        self._connections: list[Connection] = []
        self._retired: list[Connection] = []
        self._opening: asyncio.Task[None] | None = None
        self._paused_until = 0.0

    @property
    def open(self) -> int:
        """Connections that take queries."""
        return len(self._connections)

    @property
    def load(self) -> int:
        """Queries under way."""
        return sum(connection.load for connection in (*self._connections, *self._retired))

    async def query(self, sql: str, parameters: Sequence[bytes | None]) -> list[Row]:
        """The rows of a prepared query; raises ExecuteError, ExecuteTimeout, InternalError."""
        try:
            return await self._asked(sql, parameters)
        except Lost:
            # The connection broke before it answered. A read may be repeated, on one that is known to live.
            return await self._asked(sql, parameters)

    async def _asked(self, sql: str, parameters: Sequence[bytes | None]) -> list[Row]:
        connection = self._least_loaded() or await self._opened()
        try:
            return await connection.query(sql, parameters)
        except asyncio.CancelledError:
            connection.abandon()
            raise

    def renew(self) -> None:
        """Asks nothing more of the present connections: they may lead to a server that is no longer the one."""
        for connection in self._connections[:]:
            connection.retire()

    def close(self) -> None:
        self._size = 0
        if self._opening is not None:
            self._opening.cancel()
        for connection in (*self._connections, *self._retired):
            connection.close()

    def _least_loaded(self) -> Connection | None:
        best: Connection | None = None
        for connection in self._connections:
            if best is None or connection.load < best.load:
                best = connection
        if len(self._connections) < self._size and (best is None or best.load > 0):
            self._open_another()
        return best

    def _open_another(self) -> None:
        loop = asyncio.get_running_loop()
        if self._opening is None and loop.time() >= self._paused_until:
            self._opening = loop.create_task(self._open())

    async def _opened(self) -> Connection:
        """A connection, once the attempt under way has ended; all who wait share the attempt."""
        if self._opening is not None:
            await asyncio.wait([self._opening])
        if not self._connections:
            raise errors.ExecuteError()
        return min(self._connections, key=lambda connection: connection.load)

    async def _open(self) -> None:
        try:
            self._connections.append(await Connection.connect(self._conninfo, self._watch))
        except errors.ExecuteError as error:
            self._paused_until = asyncio.get_running_loop().time() + PAUSE_SECONDS
            observe(unavailable("database", error.__cause__ or error, error.code))
        finally:
            self._opening = None

    def _retire(self, connection: Connection) -> bool:
        """Frees the place of a connection that does not answer, as long as not too many linger."""
        if connection not in self._connections or len(self._retired) >= self._size:
            return False
        self._connections.remove(connection)
        self._retired.append(connection)
        return True

    def _forget(self, connection: Connection) -> None:
        for kept in (self._connections, self._retired):
            if connection in kept:
                kept.remove(connection)
