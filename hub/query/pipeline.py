"""Few connections, many readers: prepared statements multiplexed over libpq's pipeline mode.

Each query ends with its own Sync, so that an error stays its own. Connections are read-only and in autocommit.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from psycopg import pq

from hub import errors

#: Prepared statements kept per connection; the least recently used is deallocated beyond it.
MAX_PREPARED = 512

Row: TypeAlias = tuple[bytes | None, ...]


@dataclass(slots=True)
class _Pending:
    """A query on its way: what its results will be, in order, and who waits."""

    future: asyncio.Future[list[Row]]
    rows: list[Row] = field(default_factory=list)
    fault: Exception | None = None


class Connection:
    """One libpq connection in pipeline mode; made by `connect`, dead after any broken transport."""

    def __init__(self, pgconn: pq.abc.PGconn, loop: asyncio.AbstractEventLoop) -> None:
        self._pgconn = pgconn
        self._loop = loop
        self._socket = pgconn.socket
        self._pending: deque[_Pending] = deque()
        self._prepared: OrderedDict[str, bytes] = OrderedDict()
        self._names = 0
        self._writing = False
        self.alive = True
        loop.add_reader(self._socket, self._readable)

    @classmethod
    async def connect(cls, conninfo: str) -> Connection:
        """Opens a connection; raises ExecuteError."""
        loop = asyncio.get_running_loop()
        pgconn = await asyncio.to_thread(pq.PGconn.connect, conninfo.encode())
        if pgconn.status != pq.ConnStatus.OK:
            pgconn.finish()
            raise errors.ExecuteError()
        pgconn.nonblocking = 1
        pgconn.enter_pipeline_mode()
        return cls(pgconn, loop)

    @property
    def load(self) -> int:
        return len(self._pending)

    def query(self, sql: str, parameters: Sequence[bytes | None]) -> asyncio.Future[list[Row]]:
        """Sends a query; the future gives its rows as text, or ExecuteError, ExecuteTimeout, InternalError."""
        pending = _Pending(self._loop.create_future())
        try:
            name = self._prepared.get(sql)
            if name is None:
                name = self._prepare(sql)
            else:
                self._prepared.move_to_end(sql)
            self._pgconn.send_query_prepared(name, parameters)
            self._pgconn.pipeline_sync()
        except Exception as fault:  # libpq refuses to queue on a broken connection
            self._die(fault)
            raise errors.ExecuteError() from fault
        self._pending.append(pending)
        self._flush()
        return pending.future

    def _prepare(self, sql: str) -> bytes:
        self._names += 1
        name = b"h%d" % self._names
        if len(self._prepared) >= MAX_PREPARED:
            _, oldest = self._prepared.popitem(last=False)
            self._pgconn.send_query_params(b"DEALLOCATE " + oldest, None)
        self._pgconn.send_prepare(name, sql.encode())
        self._prepared[sql] = name
        return name

    def _flush(self) -> None:
        try:
            unsent = self._pgconn.flush()
        except Exception as fault:
            self._die(fault)
            return
        if unsent and not self._writing:
            self._writing = True
            self._loop.add_writer(self._socket, self._flush)
        elif not unsent and self._writing:
            self._writing = False
            self._loop.remove_writer(self._socket)

    def _readable(self) -> None:
        pgconn = self._pgconn
        try:
            pgconn.consume_input()
            while self._pending and not pgconn.is_busy():
                result = pgconn.get_result()
                if result is not None:
                    self._take(result)
                elif pgconn.is_busy():
                    break
        except Exception as fault:
            self._die(fault)
            return
        if self._writing:
            self._flush()
        if pgconn.status != pq.ConnStatus.OK:
            self._die(errors.ExecuteError())

    def _take(self, result: pq.abc.PGresult) -> None:
        status = result.status
        if status == pq.ExecStatus.TUPLES_OK:
            columns = range(result.nfields)
            value = result.get_value
            self._pending[0].rows = [tuple(value(row, column) for column in columns) for row in range(result.ntuples)]
        elif status == pq.ExecStatus.PIPELINE_SYNC:
            self._finish(self._pending.popleft())
        elif status == pq.ExecStatus.FATAL_ERROR:
            self._pending[0].fault = _fault_of(result)

    def _finish(self, pending: _Pending) -> None:
        if pending.future.done():
            return
        if pending.fault is not None:
            pending.future.set_exception(pending.fault)
        else:
            pending.future.set_result(pending.rows)

    def _die(self, fault: Exception) -> None:
        """Gives up the connection; everything on its way becomes ExecuteError."""
        if not self.alive:
            return
        self.alive = False
        self._loop.remove_reader(self._socket)
        if self._writing:
            self._loop.remove_writer(self._socket)
        waiting, self._pending = self._pending, deque()
        for pending in waiting:
            if not pending.future.done():
                unavailable = errors.ExecuteError()
                unavailable.__cause__ = fault
                pending.future.set_exception(unavailable)
        self._pgconn.finish()

    def close(self) -> None:
        self._die(errors.ExecuteError())


def _fault_of(result: pq.abc.PGresult) -> Exception:
    state = result.error_field(pq.DiagnosticField.SQLSTATE) or b""
    if state == b"57014":
        return errors.ExecuteTimeout()
    if state[:2] in (b"08", b"53", b"57", b"40"):
        return errors.ExecuteError()
    return errors.InternalError(sqlstate=state.decode())


class Readers:
    """A few connections; a query takes the least loaded, and a dead one is replaced when next needed."""

    def __init__(self, conninfo: str, *, size: int = 2) -> None:
        self._conninfo = conninfo
        self._connections: list[Connection | None] = [None] * size
        self._locks = [asyncio.Lock() for _ in range(size)]

    async def query(self, sql: str, parameters: Sequence[bytes | None]) -> list[Row]:
        """The rows of a prepared query; raises ExecuteError, ExecuteTimeout, InternalError."""
        best: Connection | None = None
        for connection in self._connections:
            if connection is not None and connection.alive and (best is None or connection.load < best.load):
                best = connection
        if best is None or (best.load > 0 and None in self._connections):
            best = await self._open() or best
        if best is None:
            raise errors.ExecuteError()
        return await best.query(sql, parameters)

    async def _open(self) -> Connection | None:
        for index, connection in enumerate(self._connections):
            if connection is not None and connection.alive:
                continue
            async with self._locks[index]:
                current = self._connections[index]
                if current is None or not current.alive:
                    current = self._connections[index] = await Connection.connect(self._conninfo)
                return current
        return None

    def close(self) -> None:
        for connection in self._connections:
            if connection is not None:
                connection.close()
