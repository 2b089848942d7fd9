"""One connection, many readers: prepared statements multiplexed over libpq's pipeline mode.

The queries of one turn of the event loop share a Sync, and so one system call each way on either side. Where one of
them fails, the server skips those behind it up to the Sync: they are sent again, each with a Sync of its own, so that
an error stays its own. A query that nobody waits for any longer is cancelled when its turn comes; where that strikes
the one behind it, it is sent again too. Connections are read-only and in autocommit.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

import psycopg
from psycopg import pq

from hub import errors
from hub.observation import Failed, observe

#: Prepared statements kept per connection; the least recently used is deallocated beyond it.
MAX_PREPARED = 512
#: The statement was skipped in a batch in which another failed, and not prepared.
UNPREPARED = b"26000"
#: A connection that brings nothing for so long gets no further queries; those under way may still be answered.
STALLED_SECONDS = 2.0
#: Seconds that a query may still run when nobody waits for it any longer; most are over by then.
GRACE_SECONDS = 0.02
#: How long after a cancellation it may still strike a query behind the one that was meant.
STRAY_SECONDS = 1.0
#: Failures that pass: connection, rollback, resources, operator's intervention, input and output;
#: read-only, transaction given up, locked.
PASSING_CLASSES = (b"08", b"40", b"53", b"57", b"58")
PASSING_STATES = (b"25006", b"25P02", b"55P03")

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
    repeated: bool = False


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


class Lost(errors.ExecuteError):
    """The database cannot be reached now."""


class Violated(errors.InternalError):
    """A row would not keep a constraint of its table."""

    def __init__(self, state: str) -> None:
        super().__init__(reference="constraint")
        self.state = state  # 23505 where a value is there already


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How long a connection may bring nothing while queries wait, and who is told when it is given up."""

    patience: float = 6.0
    stalled: Callable[[Connection], bool] = lambda _: False  # whether it is kept for what is under way only
    gone: Callable[[Connection], None] = lambda _: None


class Connection:
    """One libpq connection in pipeline mode; made by `connect`, dead after any broken transport."""

    def __init__(self, link: psycopg.AsyncConnection[Any], loop: asyncio.AbstractEventLoop, watch: Watch) -> None:
        self._link = link  # owns what follows
        self._pgconn = link.pgconn
        self._loop = loop
        self._watch = watch
        self._socket = self._pgconn.socket
        self._sent: deque[_Sent] = deque()
        self._waiting = 0  # queries without an answer
        self._prepared: OrderedDict[str, bytes] = OrderedDict()
        self._names = 0
        self._writing = self._unsynced = self._retired = False
        self._heard = loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._abandoned = 0  # queries under way that nobody waits for
        self._cancelling: asyncio.Task[None] | None = None
        self._cancelled = -math.inf  # when something was last cancelled
        self.alive = True
        loop.add_reader(self._socket, self._readable)

    @classmethod
    async def connect(cls, conninfo: str, watch: Watch | None = None) -> Connection:
        """Opens a connection; raises ExecuteError."""
        try:
            link = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
        except (psycopg.Error, OSError) as fault:
            raise errors.ExecuteError() from fault
        link.pgconn.nonblocking = 1
        link.pgconn.enter_pipeline_mode()
        return cls(link, asyncio.get_running_loop(), watch or Watch())

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
            raise Lost() from fault
        if not self._waiting:
            self._heard = self._loop.time()
            if self._timer is None:
                self._timer = self._loop.call_later(STALLED_SECONDS, self._look)
        self._waiting += 1
        if not self._unsynced:
            self._unsynced = True
            self._loop.call_soon(self._sync)
        return pending.future

    def abandon(self) -> None:
        """Nobody waits for one of the queries any longer, so the server is to be spared it."""
        if self.alive:
            self._abandoned += 1
            self._loop.call_later(GRACE_SECONDS, self._cancel_first)

    def _cancel_first(self) -> None:
        first = next((sent for sent in self._sent if isinstance(sent, _Pending)), None)
        if self.alive and self._cancelling is None and first is not None and first.future.cancelled():
            self._cancelling = self._loop.create_task(self._cancel())

    async def _cancel(self) -> None:
        with contextlib.suppress(psycopg.Error, OSError):
            await self._link.cancel_safe(timeout=STALLED_SECONDS)
        self._cancelling, self._cancelled = None, self._loop.time()

    def _is_stray(self, pending: _Pending) -> bool:
        """Whether another query's cancellation ended this one."""
        recent = self._cancelling is not None or self._loop.time() - self._cancelled < STRAY_SECONDS
        return recent and isinstance(pending.fault, errors.ExecuteTimeout) and not pending.repeated

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
        pending.skipped, pending.repeated = False, True
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

    def _look(self) -> None:
        """Whether anything came for those who wait: a connection can be dead without its socket knowing."""
        self._timer = None
        if not self._waiting:
            if self._retired:
                self.close()
            return
        silent = self._loop.time() - self._heard
        if silent >= self._watch.patience:
            self._die(TimeoutError())
            return
        if silent >= STALLED_SECONDS and not self._retired:
            self._retired = self._watch.stalled(self)
        due = STALLED_SECONDS if silent < STALLED_SECONDS else self._watch.patience
        self._timer = self._loop.call_later(due - silent, self._look)

    def _readable(self) -> None:
        pgconn = self._pgconn
        self._heard = self._loop.time()
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
        if pending.fault is not None and self._is_stray(pending):
            pending.skipped, pending.fault = True, None
        if pending.skipped and pending.fault is None and not pending.future.done():
            self._send_again(pending)
            return
        self._waiting -= 1
        if self._abandoned:
            self._abandoned -= pending.future.cancelled()
            self._loop.call_later(GRACE_SECONDS, self._cancel_first)
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
        if self._timer is not None:
            self._timer.cancel()
        sent, self._sent = self._sent, deque()
        for pending in sent:
            if isinstance(pending, _Pending) and not pending.future.done():
                lost = Lost()
                lost.__cause__ = fault
                pending.future.set_exception(lost)
        self._pgconn.finish()
        self._watch.gone(self)

    def retire(self) -> None:
        """Closes once what is under way is answered."""
        self._retired = self._retired or self._watch.stalled(self)
        if self._retired and not self._waiting:
            self.close()

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
        if isinstance(pending.fault, Lost):
            raise pending.fault


def _fault_of(result: pq.abc.PGresult) -> Exception:
    state = result.error_field(pq.DiagnosticField.SQLSTATE) or b""
    if state == b"57014":
        return errors.ExecuteTimeout()
    if state[:4] == b"57P0":  # the server shuts down or crashed: the connection is as good as gone
        return Lost()
    if state[:2] in PASSING_CLASSES or state in PASSING_STATES:
        return errors.ExecuteError()
    if state[:2] == b"23":
        return Violated(state.decode())
    event = Failed(
        reference=secrets.token_hex(6), code=errors.InternalError.code, error=(f"SQLSTATE {state.decode()}",)
    )
    observe(event)
    return errors.InternalError(reference=event.reference)
