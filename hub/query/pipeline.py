"""Few connections, many readers: prepared statements multiplexed over libpq's pipeline mode.

The queries of one turn of the event loop share a Sync, and so one system call each way on either side. Where one of
them fails, the server skips those behind it up to the Sync: they are sent again, each with a Sync of its own, so that
an error stays its own. Connections are read-only and in autocommit.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from psycopg import pq

from hub import errors

#: Prepared statements kept per connection; the least recently used is deallocated beyond it.
MAX_PREPARED = 512
#: The statement was skipped in a batch in which another failed, and not prepared.
UNPREPARED = b"26000"

Row: TypeAlias = tuple[bytes | None, ...]


@dataclass(slots=True)
class _Pending:
    """A query on its way, and who waits for it."""

    future: asyncio.Future[list[Row]]
    sql: str
    parameters: Sequence[bytes | None]
    rows: list[Row] = field(default_factory=list)
    fault: Exception | None = None
    skipped: bool = False  # because of another's error, or its statement was not prepared because of one


@dataclass(frozen=True, slots=True)
class _Preparing:
    """A statement on its way to be prepared for a query; forgotten where that did not happen."""

    name: bytes
    query: _Pending


class _Mark(Enum):
    """What else the server answers, in order."""

    SYNC = "sync"
    DEALLOCATED = "deallocated"


_Sent: TypeAlias = _Pending | _Preparing | _Mark


class Connection:
    """One libpq connection in pipeline mode; made by `connect`, dead after any broken transport."""

    def __init__(self, pgconn: pq.abc.PGconn, loop: asyncio.AbstractEventLoop) -> None:
        self._pgconn = pgconn
        self._loop = loop
        self._socket = pgconn.socket
        self._sent: deque[_Sent] = deque()
        self._waiting = 0  # queries without an answer
        self._prepared: OrderedDict[str, bytes] = OrderedDict()
        self._names = 0
        self._writing = False
        self._unsynced = False
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
        return self._waiting

    def query(self, sql: str, parameters: Sequence[bytes | None]) -> asyncio.Future[list[Row]]:
        """Sends a query; the future gives its rows as text, or ExecuteError, ExecuteTimeout, InternalError."""
        pending = _Pending(self._loop.create_future(), sql, parameters)
        try:
            self._send(pending)
        except Exception as fault:  # libpq refuses to queue on a broken connection
            self._die(fault)
            raise errors.ExecuteError() from fault
        self._waiting += 1
        if not self._unsynced:
            self._unsynced = True
            self._loop.call_soon(self._sync)
        return pending.future

    def _send(self, pending: _Pending) -> None:
        name = self._prepared.get(pending.sql)
        if name is None:
            name = self._prepare(pending)
        else:
            self._prepared.move_to_end(pending.sql)
        self._pgconn.send_query_prepared(name, pending.parameters)
        self._sent.append(pending)

    def _send_again(self, pending: _Pending) -> None:
        """Alone and unprepared, so that nothing else on its way can have a part in it."""
        if self._unsynced:
            self._sync()
        pending.skipped = False
        self._sent.append(pending)
        self._pgconn.send_query_params(pending.sql.encode(), pending.parameters)
        self._sync()

    def _prepare(self, pending: _Pending) -> bytes:
        self._names += 1
        name = b"h%d" % self._names
        if len(self._prepared) >= MAX_PREPARED:
            _, oldest = self._prepared.popitem(last=False)
            self._pgconn.send_query_params(b"DEALLOCATE " + oldest, None)
            self._sent.append(_Mark.DEALLOCATED)
        self._pgconn.send_prepare(name, pending.sql.encode())
        self._sent.append(_Preparing(name, pending))
        self._prepared[pending.sql] = name
        return name

    def _sync(self) -> None:
        """Ends the batch of this turn of the loop."""
        self._unsynced = False
        if not self.alive:
            return
        try:
            self._pgconn.pipeline_sync()
        except Exception as fault:
            self._die(fault)
            return
        self._sent.append(_Mark.SYNC)
        self._flush()

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
            while self._sent and not pgconn.is_busy():
                self._take(pgconn.get_result())
        except Exception as fault:
            self._die(fault)
            return
        if self._writing:
            self._flush()
        if pgconn.status != pq.ConnStatus.OK:
            self._die(errors.ExecuteError())

    def _take(self, result: pq.abc.PGresult | None) -> None:
        """One result of what was sent first; nothing says that all of its results have come."""
        sent = self._sent[0]
        if result is None:
            self._sent.popleft()
            if isinstance(sent, _Pending):
                self._finish(sent)
        elif result.status == pq.ExecStatus.PIPELINE_SYNC:
            self._sent.popleft()
        elif isinstance(sent, _Pending):
            _note(result, sent)
        elif isinstance(sent, _Preparing) and result.status != pq.ExecStatus.COMMAND_OK:
            if self._prepared.get(sent.query.sql) == sent.name:
                del self._prepared[sent.query.sql]
            if result.status == pq.ExecStatus.FATAL_ERROR:
                sent.query.fault = _fault_of(result)

    def _finish(self, pending: _Pending) -> None:
        if pending.skipped and pending.fault is None and not pending.future.done():
            self._send_again(pending)
            return
        self._waiting -= 1
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
        sent, self._sent = self._sent, deque()
        for pending in sent:
            if isinstance(pending, _Pending) and not pending.future.done():
                unavailable = errors.ExecuteError()
                unavailable.__cause__ = fault
                pending.future.set_exception(unavailable)
        self._pgconn.finish()

    def close(self) -> None:
        self._die(errors.ExecuteError())


def _note(result: pq.abc.PGresult, pending: _Pending) -> None:
    status = result.status
    if status == pq.ExecStatus.TUPLES_OK:
        columns = range(result.nfields)
        value = result.get_value
        pending.rows = [tuple(value(row, column) for column in columns) for row in range(result.ntuples)]
    elif status == pq.ExecStatus.PIPELINE_ABORTED:
        pending.skipped = True
    elif result.error_field(pq.DiagnosticField.SQLSTATE) == UNPREPARED:
        pending.skipped = True
    elif status == pq.ExecStatus.FATAL_ERROR:
        pending.fault = _fault_of(result)


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
