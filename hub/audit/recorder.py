"""Writes access records durably before their answers leave; what concurrent requests bring shares one commit.

Fails closed: whatever keeps a record from being durable fails the request that waits for it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg

from hub import errors
from hub.audit.anchor import Anchor
from hub.audit.chain import EMPTY, READ, Head, linked, seal, stored_row
from hub.audit.line import Connection, Line, open_line
from hub.audit.node import Node, hold_node
from hub.audit.record import AccessEntry, Shape, children_of, entry_body, moment, search_keys, shape_row
from hub.observation import ChainRetired, Recovered, Unanchored, observe, unavailable

_GROUP_ROWS, _GROUP_BYTES = 512, 4_194_304
_MAX_WAITING, _MAX_WAITING_BYTES = 10_000, 67_108_864
_SHAPES_KNOWN = 8192
_PAGE = 1000
_CHAINS_TRIED = 8


@dataclass(slots=True)
class Sealable:
    """An entry as bytes."""

    body: bytes
    keys: bytes
    shape: Shape


@dataclass(slots=True)
class Waiting(Sealable):
    """An entry as bytes, who waits for it, and since when."""

    future: asyncio.Future[None]
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries as one INSERT takes them, and the head of the chain once it is committed."""

    records: bytes
    shapes: bytes
    head: Head
    new_shapes: frozenset[bytes]


class Recorder:
    """One per process. Open it on the loop that uses it; `record` then needs no lock."""

    def __init__(
        self,
        conninfo: str,
        folder: Path,
        *,
        node_name: str = "node",
        timeout: float = 5,
        connect_timeout: float = 3,
        backoff: float = 0.5,
        sync_interval: float = 1,
        restored: Callable[[], None] = lambda: None,
    ) -> None:
        self._conninfo, self._folder, self._node_name = conninfo, folder, node_name
        self._timeout, self._backoff, self._sync_interval = timeout, backoff, sync_interval
        self._connect_timeout, self._restored = connect_timeout, restored
        self._waiting: deque[Waiting] = deque()
        self._waiting_bytes = 0
        self._sent: list[Waiting] = []
        self._group: Group | None = None
        self._line: Line | None = None
        self._node: Node | None = None
        self._head = EMPTY
        self._shapes: set[bytes] = set()
        self._restoring: asyncio.Task[None] | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._sync_timer: asyncio.TimerHandle | None = None
        self._syncing: asyncio.Future[None] | None = None
        self._is_due, self._closed, self._lost = False, True, False

    @property
    def node(self) -> str:
        """The node whose chain this process writes."""
        return self._node.name.decode() if self._node else ""

    @property
    def head(self) -> Head:
        return self._head

    @property
    def is_ready(self) -> bool:
        return self._line is not None

    @property
    def waiting(self) -> int:
        """Entries that are not durable yet."""
        return len(self._sent) + len(self._waiting)

    @property
    def lag(self) -> float:
        """How long the oldest of them has waited, in seconds."""
        oldest = self._sent[0] if self._sent else self._waiting[0] if self._waiting else None
        return self._loop.time() - oldest.since if oldest else 0.0

    async def open(self) -> None:
        """Takes a node and its chain; raises RecordError where no record could be written now."""
        self._loop = asyncio.get_running_loop()
        self._closed = False
        await self._restore()
        if self._line is None:
            await self.close()
            raise errors.RecordError()

    def record(self, entry: AccessEntry) -> asyncio.Future[None]:
        """Await what this returns: it is done when the entry is durable; raises RecordError otherwise."""
        # Without a line and without an attempt at one, the last attempt failed and the next is not due yet.
        if self._closed or (self._line is None and self._restoring is None):
            raise errors.RecordError()
        waiting = waiting_for(entry, self._loop.create_future())
        if len(self._waiting) >= _MAX_WAITING or self._waiting_bytes + len(waiting.body) > _MAX_WAITING_BYTES:
            raise errors.RecordError()
        self._waiting.append(waiting)
        self._waiting_bytes += len(waiting.body)
        if self._line is not None and not self._is_due and not self._sent:
            # After this turn of the loop, so that all requests of the turn share the commit.
            self._is_due = True
            self._loop.call_soon(self._flush)
        return waiting.future

    async def close(self) -> None:
        """Writes what waits, then the anchor; nothing is recorded afterwards."""
        self._closed = True
        pending = [each.future for each in (*self._sent, *self._waiting)]
        if pending:
            await asyncio.wait(pending, timeout=self._timeout)
        self._fail(self._take_all())
        if self._restoring is not None:
            self._restoring.cancel()
            await asyncio.wait([self._restoring])
        for timer in (self._timer, self._sync_timer, self._retry):
            if timer is not None:
                timer.cancel()
        if self._syncing is not None:
            await self._syncing
        if self._line is not None:
            line, self._line = self._line, None
            await line.close()
        if self._node is not None:
            self._node.close()

    def _flush(self) -> None:
        self._is_due = False
        if self._sent or self._line is None or self._node is None or not self._waiting:
            return
        size = 0
        while self._waiting and len(self._sent) < _GROUP_ROWS and size < _GROUP_BYTES:
            each = self._waiting.popleft()
            size += len(each.body)
            self._sent.append(each)
        self._waiting_bytes -= size
        # Whatever goes wrong from here on, nobody waits longer than this.
        self._timer = self._loop.call_later(self._timeout, self._on_timeout)
        group = self._group = grouped(self._sent, self._node, self._head, self._shapes)
        self._line.send(group.records, group.shapes, self._on_done)

    def _on_done(self, error: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        sent, self._sent = self._sent, []
        group, self._group = self._group, None
        if error is None and group is not None:
            error = self._anchored(group.head)
        if error is not None or group is None:
            observe(unavailable("access record", error or errors.RecordError(), errors.RecordError.code))
            self._fail(sent)
            self._drop_line()
            return
        if len(self._shapes) > _SHAPES_KNOWN:
            self._shapes.clear()
        self._shapes |= group.new_shapes
        for each in sent:
            if not each.future.done():
                each.future.set_result(None)
        self._flush()

    def _anchored(self, head: Head) -> OSError | None:
        """Moves the chain's head on, in the anchor first."""
        if self._node is not None:
            try:
                self._node.anchor.write(head)
            except OSError as error:
                return error
        self._head = head
        if self._sync_timer is None:
            self._sync_timer = self._loop.call_later(self._sync_interval, self._sync)
        return None

    def _on_timeout(self) -> None:
        # The statement may still be committed; whoever restores the line finds out.
        self._on_done(TimeoutError("no answer"))

    def _drop_line(self) -> None:
        """The line is of no use; entries that come now wait for the next one."""
        self._lost = True
        if self._line is not None:
            self._line.abandon()
            self._line = None
        if self._closed:
            self._fail(self._take_all())
        else:
            self._start_restoring()

    def _fail(self, waiting: list[Waiting]) -> None:
        for each in waiting:
            if not each.future.done():
                each.future.set_exception(errors.RecordError())

    def _take_all(self) -> list[Waiting]:
        taken = [*self._sent, *self._waiting]
        self._sent, self._waiting_bytes = [], 0
        self._waiting.clear()
        return taken

    def _start_restoring(self) -> None:
        if self._restoring is None and not self._closed:
            self._restoring = self._loop.create_task(self._restore())

    async def _restore(self) -> None:
        """A new line, and the head of the chain as the database has it; fails all who wait if there is none."""
        try:
            async with asyncio.timeout(self._connect_timeout):
                connection = await open_line(self._conninfo, self._timeout)
            try:
                async with asyncio.timeout(self._timeout):
                    await self._take_up(connection)
            except BaseException:
                await connection.close()
                raise
            self._shapes.clear()
            self._line = Line(connection, lost=self._drop_line)
            self._tell_recovered()
        except (psycopg.Error, OSError, errors.HubError) as error:
            observe(unavailable("access record", error, errors.RecordError.code))
        finally:
            self._restoring = None
            if self._line is None:
                self._fail(self._take_all())
                self._retry = self._loop.call_later(self._backoff, self._start_restoring)
        self._flush()

    def _tell_recovered(self) -> None:
        if self._lost:
            self._lost = False
            observe(Recovered(what="access record"))
            self._restored()

    async def _take_up(self, connection: Connection) -> None:
        held = None if self._node is None or self._node.is_retired else (self._node, self._head)
        self._node, self._head = await taken_up(connection, self._folder, self._node_name, held)

    def _sync(self) -> None:
        self._sync_timer = None
        if self._node is not None:
            self._syncing = self._loop.run_in_executor(None, _sync, self._node.anchor)


def _sync(anchor: Anchor) -> None:
    try:
        anchor.sync()
    except OSError as error:
        observe(unavailable("anchor", error, errors.RecordError.code))


async def taken_up(
    connection: Connection, folder: Path, name: str, held: tuple[Node, Head] | None
) -> tuple[Node, Head]:
    """Goes on with the chain that is held, or retires it where it does not verify and begins another."""
    for _ in range(_CHAINS_TRIED):
        if held is None:
            node = hold_node(folder, name)
            anchored = node.anchor.read().head
        else:
            node, anchored = held
        try:
            head = await adopted(connection, node, anchored)
        except errors.RecordBroken as error:
            observe(ChainRetired(chain=node.name.decode(), place=str(error.data["reason"])))
            node.retire(str(error))
            held = None
            continue
        except BaseException:
            if held is None:
                node.close()
            raise
        if head != anchored:
            node.anchor.write(head)
        return node, head
    raise errors.RecordError()


def sealable(entry: AccessEntry) -> Sealable:
    """The entry as bytes; raises RecordError for one that the table could not hold."""
    children, at = children_of(entry), moment(entry)
    keys = orjson.dumps(search_keys(children, at))
    return Sealable(body=entry_body(entry, at, children), keys=keys, shape=entry.shape)


def waiting_for(entry: AccessEntry, future: asyncio.Future[None]) -> Waiting:
    """The entry as bytes, and its future."""
    ready = sealable(entry)
    since = future.get_loop().time()
    return Waiting(body=ready.body, keys=ready.keys, shape=ready.shape, future=future, since=since)


def grouped(waiting: Sequence[Sealable], node: Node, head: Head, shapes: set[bytes]) -> Group:
    """Seals entries one after the other behind `head`; `shapes` are those the table is known to have."""
    rows: list[bytes] = []
    new: dict[bytes, Shape] = {}
    name, key = node.name, node.key
    for each in waiting:
        sealed = linked(name, head, each.body)
        head = Head(seq=head.seq + 1, mac=seal(key, sealed))
        rows.append(b'%b,"search_keys":%b,"mac":"\\\\x%b"}' % (sealed[:-1], each.keys, head.mac.hex().encode()))
        if each.shape.hash not in shapes:
            new[each.shape.hash] = each.shape
    return Group(
        records=b"[%b]" % b",".join(rows),
        shapes=b"[%b]" % b",".join(map(shape_row, new.values())),
        head=head,
        new_shapes=frozenset(new),
    )


async def adopted(connection: Connection, node: Node, known: Head | None) -> Head:
    """The head of a node's chain in the database, having verified what stands there after the known one.

    A process killed between commit and anchor leaves such records; no other holder of the key could make them.
    """
    if known is None:
        raise errors.RecordBroken(reason="anchor")
    name, head = node.name.decode(), known
    while True:
        rows = await _rows_from(connection, name, head.seq)
        if head.seq > 0:
            first = rows.pop(0) if rows else None
            if first is None or first[1] != head.seq or bytes(first[-1]) != head.mac:
                raise errors.RecordBroken(reason=f"{name} {head.seq}")
        for row in map(stored_row, rows):
            if row.seq != head.seq + 1 or row.previous != head.mac or not row.holds(node.key):
                raise errors.RecordBroken(reason=f"{name} {head.seq + 1}")
            head = Head(seq=row.seq, mac=row.mac)
        if not rows:
            break
    if head.seq > known.seq:
        observe(Unanchored(chain=name, first=known.seq + 1, last=head.seq))
    return head


async def _rows_from(connection: Connection, node: str, seq: int) -> list[tuple[Any, ...]]:
    query = READ + " WHERE node = %s AND seq >= %s ORDER BY seq LIMIT %s"
    return await (await connection.execute(query, (node, seq, _PAGE))).fetchall()
