"""The connections of one process, bounded in number, size and time; whoever hangs up is worked for no longer.

The ASGI server below reads heads of any size, waits for ever for the rest of a request, and keeps for ever what a
caller does not read. Deadlines are looked at once in a while for all connections, so that a request costs no timer.
"""

from __future__ import annotations

import asyncio
import math
import socket
import struct
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Protocol, cast

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from hub import errors
from hub.query import endpoint
from hub.query.transport import JSON, Receive, Scope, Send


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """What one caller may take of a process: bytes, seconds, connections."""

    head_bytes: int = 32_768
    head: float = 10.0  # to send the head of a request
    body: float = 10.0  # to send its body
    idle: float = 30.0  # between two requests
    taking: float = 20.0  # to take an answer
    slowest: int = 16_384  # bytes a second to send or take what is large, beside these seconds
    connections: int = 2000
    connections_each: int = 256  # from one address

    @property
    def interval(self) -> float:
        """How often deadlines are looked at."""
        return min(1.0, self.head / 4, self.body / 4, self.taking / 4)


class _Reading(Enum):
    HEAD = auto()
    BODY = auto()
    DONE = auto()


class Watched(Protocol):
    """One connection that is looked at."""

    loop: asyncio.AbstractEventLoop

    def look(self, now: float) -> None:
        """Closes the connection where its caller is too slow."""


class Watch:
    """All connections of one process; looks at them once in a while for as long as there are any."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self._open: set[Watched] = set()
        self._addresses: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def admits(self, door: Watched, address: str) -> bool:
        """Takes a connection in; False where there are too many, of all or of this address."""
        self._open.add(door)
        self._addresses[address] += 1
        if self._timer is None:
            self._timer = door.loop.call_later(self.patience.interval, self._look)
        each = self.patience.connections_each
        return len(self._open) <= self.patience.connections and not 0 < each < self._addresses[address]

    def leave(self, door: Watched, address: str) -> None:
        self._open.discard(door)
        self._addresses[address] -= 1
        if self._addresses[address] <= 0:
            del self._addresses[address]

    def _look(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        for door in list(self._open):
            door.look(now)
        if self._open:
            self._timer = loop.call_later(self.patience.interval, self._look)


class Outgoing:
    """What a connection's caller has still to take."""

    def __init__(self, transport: asyncio.Transport, patience: Patience) -> None:
        self._transport, self._patience = transport, patience
        self._taken_by: float | None = None  # when what is being sent must have been taken

    def taken(self) -> None:
        self._taken_by = None

    def begin(self) -> None:
        """A further answer begins."""
        if not self._transport.get_write_buffer_size():
            self._taken_by = None

    def is_late(self, now: float) -> bool:
        """Whether the caller does not take what it is sent."""
        waiting = self._transport.get_write_buffer_size()
        if not waiting:
            self._taken_by = None
        elif self._taken_by is None:
            self._taken_by = now + self._patience.taking + waiting / self._patience.slowest
        return self._taken_by is not None and now > self._taken_by

    def cut(self) -> None:
        """Closes with a reset, or the kernel would keep for a while what the caller does not take."""
        with suppress(OSError), socket.fromfd(self._transport.get_extra_info("socket").fileno(), 0, 0) as own:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()


class Door(HttpToolsProtocol):
    """One connection; made by the server through a `functools.partial` that gives the watch."""

    def __init__(self, *, watch: Watch, **given: Any) -> None:
        super().__init__(**given)
        self._watch = watch
        self._address = ""
        self._reading = _Reading.HEAD
        self._since = self.loop.time()
        self._bytes = 0  # of the head or the body under way
        self._outgoing: Outgoing
        self._task: asyncio.Task[None] | None = None
        self._served: Any = None
        self._gone = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._outgoing = Outgoing(transport, self._watch.patience)
        self._address = self.client[0] if self.client else ""
        if not self._watch.admits(self, self._address):
            self._refuse(errors.TooManyConnections())

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.leave(self, self._address)
        self.pipeline.clear()
        super().connection_lost(exc)
        if self._task is not None and self.cycle is not None and not self.cycle.response_complete:
            self._gone = True
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._upgrade()
            return
        except httptools.HttpParserError:
            self._refuse(errors.TransportError())
            return
        if self._reading is _Reading.HEAD:
            # Of a header that has no end yet the parser says nothing.
            self._bytes += len(data)
            if self._bytes > self._watch.patience.head_bytes:
                self._refuse(errors.HeadTooLarge(limit=self._watch.patience.head_bytes))

    def _upgrade(self) -> None:
        """A WebSocket is handed on; a request for any other protocol is answered as if it had asked for none."""
        if not self._should_upgrade():
            return
        if self.scope["method"] != "GET" or self._is_large():
            self._refuse(errors.TransportError())
            return
        self._watch.leave(self, self._address)
        self.handle_websocket_upgrade()

    def _is_large(self) -> bool:
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        return size > self._watch.patience.head_bytes

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._reading, self._since, self._bytes = _Reading.HEAD, self.loop.time(), 0

    def on_headers_complete(self) -> None:
        served = self.app
        if self._is_large():
            self.app = _too_large(self._watch.patience.head_bytes)
        try:
            super().on_headers_complete()
        finally:
            self.app = served
        self._reading, self._since, self._bytes = _Reading.BODY, self.loop.time(), 0

    def on_body(self, body: bytes) -> None:
        self._bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._reading = _Reading.DONE

    def on_response_complete(self) -> None:
        self._since = self.loop.time()
        super().on_response_complete()

    def resume_writing(self) -> None:
        self._outgoing.taken()
        super().resume_writing()

    def shutdown(self) -> None:
        """A stream is ended: it would go on for ever, and its caller goes on elsewhere."""
        super().shutdown()
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._outgoing.begin()
        self._served = app
        self._task = task = self.loop.create_task(cycle.run_asgi(cast(ASGI3Application, self._serve)))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, which may be given up for a caller who is gone without a word in the log."""
        try:
            await self._served(scope, receive, send)
        except asyncio.CancelledError:
            if not self._gone:
                raise

    def look(self, now: float) -> None:
        """Closes the connection where its caller is too slow."""
        if self._outgoing.is_late(now):
            self._outgoing.cut()
        elif now > self._due():
            self._late()

    def _due(self) -> float:
        """Until when the caller must have sent what is awaited of it."""
        patience = self._watch.patience
        if self.flow.read_paused:  # it may not send now
            self._since = self.loop.time()
        if self._reading is _Reading.BODY:
            return self._since + patience.body + self._bytes / patience.slowest
        if self.cycle is not None and not self.cycle.response_complete:
            return math.inf  # it is our turn
        if self._reading is _Reading.HEAD:
            return self._since + patience.head
        # The server ends an idle connection by a timer of its own, which stray line breaks put out.
        return self._since + patience.idle + patience.head

    def _late(self) -> None:
        """Says so where something has come and nothing has been answered to it."""
        silent = self._reading is _Reading.DONE or (self._reading is _Reading.HEAD and not self._bytes)
        answered = self._reading is _Reading.BODY and self.cycle.response_started
        if self.transport.is_closing() or silent or answered:
            self._outgoing.cut()
        else:
            self._refuse(errors.RequestSlow())

    def _refuse(self, error: errors.HubError) -> None:
        """Answers what is no request, and closes."""
        if self.transport.is_closing():
            return
        body = endpoint.failed(error, JSON).body
        lines = [
            b"HTTP/1.1 %d %b" % (error.status, HTTPStatus(error.status).phrase.encode()),
            b"content-type: application/json; charset=utf-8",
            b"content-length: %d" % len(body),
            b"connection: close",
            *(b"%b: %b" % pair for pair in endpoint.GUARDS),
        ]
        self.transport.write(b"\r\n".join([*lines, b"", body]))
        self.transport.close()


def _too_large(limit: int) -> Any:
    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        reply = endpoint.failed(errors.HeadTooLarge(limit=limit), JSON)
        await endpoint.respond(send, reply, JSON, [(b"connection", b"close")])

    return refuse
