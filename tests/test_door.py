"""The door as callers find it who are slow, large, many, or gone: over real connections to a server of few words."""

from __future__ import annotations

import asyncio
import json
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import pytest
import uvicorn

from hub.door import Door, Patience, Watch
from hub.query.transport import Receive, Scope, Send

QUICK = Patience(head_bytes=2000, head=0.2, body=0.2, idle=0.2, taking=0.2, connections=6, connections_each=4)
POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\n"
#: More than a kernel keeps for two ends that do not read.
LARGE = 32_000_000
PATIENCE = 10

#: Opens a connection.
Connect = Callable[[], socket.socket]


class Application:
    """Answers with the number of bytes it was sent; at /large with many, at /long never."""

    def __init__(self) -> None:
        self.given_up = threading.Event()
        self.begun = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/long":
            await self._long()
        body = b"x" * LARGE if scope["path"] == "/large" else await self._read(receive)
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _long(self) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up.set()

    async def _read(self, receive: Receive) -> bytes:
        size, more = 0, True
        while more:
            message = await receive()
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        return b"%d" % size


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and the connections to it."""

    server: uvicorn.Server
    address: tuple[str, int]
    opened: ExitStack

    def __call__(self) -> socket.socket:
        return self.opened.enter_context(socket.create_connection(self.address, PATIENCE))

    def stop(self) -> None:
        self.server.should_exit = True


@contextmanager
def serving(application: Application, patience: Patience) -> Iterator[Server]:
    door = cast(type[asyncio.Protocol], partial(Door, watch=Watch(patience)))
    server = uvicorn.Server(
        uvicorn.Config(application, http=door, lifespan="off", log_config=None, server_header=False)
    )
    with ExitStack() as opened, socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        running = Server(server, listener.getsockname(), opened)
        try:
            yield running
        finally:
            running.stop()
            opened.close()
            thread.join(PATIENCE)


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def connect(application: Application) -> Iterator[Connect]:
    with serving(application, QUICK) as connect:
        yield connect


def all_of(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    said = b""
    while chunk := connection.recv(1 << 20):
        said += chunk
    return said


def refusal(said: bytes) -> tuple[int, str]:
    head, _, body = said.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    assert {b"connection: close", b"cache-control: no-store, private", b"x-content-type-options: nosniff"} <= set(lines)
    assert not any(line.startswith(b"server:") for line in lines)
    code: str = json.loads(body)["errors"][0]["extensions"]["code"]
    return int(head.split(b" ", 2)[1]), code


def answer(connection: socket.socket, request: bytes) -> bytes:
    """The body of an answer on a connection that stays open."""
    connection.sendall(request)
    said = b""
    while b"\r\n\r\n" not in said:
        said += connection.recv(4096)
    head, _, body = said.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(4096)
    return body


def test_requests_in_time_are_answered_on_one_connection(connect: Connect) -> None:
    connection = connect()
    assert [answer(connection, POST + b"abc") for _ in range(3)] == [b"3"] * 3


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"POST / HTTP/1.1\r\nhost: x\r\nx-slow: ", id="a head without end"),
        pytest.param(POST + b"ab", id="a body without end"),
    ],
)
def test_slow_requests_are_refused(connect: Connect, sent: bytes) -> None:
    connection = connect()
    connection.sendall(sent)
    assert refusal(all_of(connection)) == (408, "REQUEST_TIMEOUT")


def test_one_byte_at_a_time_is_no_progress(connect: Connect) -> None:
    """Neither a byte now and then nor stray line breaks keep a connection open."""
    for first in (b"", POST + b"abc"):
        connection = connect()
        connection.sendall(first)
        connection.settimeout(0.05)
        said = b""
        with pytest.raises(OSError, match=r"reset|Broken pipe|closed"):
            while True:
                try:
                    chunk = connection.recv(4096)
                    if not chunk:
                        raise OSError("closed")
                    said += chunk
                except TimeoutError:
                    connection.sendall(b"\r\n")
        assert said.count(b" 200 ") == bool(first)


def test_silent_connections_are_closed_without_a_word(connect: Connect) -> None:
    connection = connect()
    cut = select.poll()
    cut.register(connection, select.POLLIN)
    assert cut.poll(PATIENCE * 1000)
    with suppress(ConnectionResetError):
        assert connection.recv(1) == b""


def test_who_does_not_read_is_cut_off(application: Application) -> None:
    with serving(application, replace(QUICK, slowest=LARGE * 10)) as connect:
        connection = connect()
        connection.sendall(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        assert connection.recv(1)
        cut = select.poll()
        cut.register(connection, 0)  # nothing but the end is told
        assert cut.poll(PATIENCE * 1000)
        with pytest.raises(ConnectionResetError):
            all_of(connection)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param(b"GET / HTTP/1.1\r\nx: " + b"y" * 3000, (431, "LIMIT_HEADERS"), id="one header without end"),
        pytest.param(
            b"GET / HTTP/1.1\r\nconnection: close\r\n" + b"x: y\r\n" * 700 + b"\r\n", (431, "LIMIT_HEADERS"),
            id="many headers",
        ),
        pytest.param(
            b"GET /" + b"y" * 3000 + b" HTTP/1.1\r\nconnection: close\r\n\r\n", (431, "LIMIT_HEADERS"), id="an address"
        ),
        pytest.param(b"nonsense\r\n\r\n", (400, "BAD_REQUEST"), id="no HTTP"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, "BAD_REQUEST"), id="HTTP/2"),
        pytest.param(
            b"POST / HTTP/1.1\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd", (400, "BAD_REQUEST"),
            id="two lengths",
        ),
        pytest.param(
            b"POST / HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            (400, "BAD_REQUEST"), id="a length and chunks",
        ),
        pytest.param(b"GET / HTTP/1.1\r\nx : y\r\n\r\n", (400, "BAD_REQUEST"), id="a space before the colon"),
        pytest.param(b"GET / HTTP/1.1\r\nx: a\x00b\r\n\r\n", (400, "BAD_REQUEST"), id="NUL in a header"),
        pytest.param(b"GET \xff HTTP/1.1\r\n\r\n", (400, "BAD_REQUEST"), id="an address that is no ASCII"),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_and_closed(connect: Connect, request_: bytes, expected: tuple[int, str]) -> None:
    connection = connect()
    connection.sendall(request_)
    assert refusal(all_of(connection)) == expected


def test_connections_of_one_address_are_bounded(connect: Connect) -> None:
    kept = [connect() for _ in range(QUICK.connections_each)]
    assert answer(kept[-1], POST + b"abc") == b"3"
    assert refusal(all_of(connect())) == (503, "LIMIT_CONNECTIONS")
    kept[0].close()
    while True:  # until the server has seen it
        connection = connect()
        try:
            assert answer(connection, POST + b"abc") == b"3"
        except (ValueError, KeyError, OSError, IndexError):
            continue
        break


def test_work_ends_when_its_caller_hangs_up(
    application: Application, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    connection = connect()
    connection.sendall(b"GET /long HTTP/1.1\r\nhost: x\r\n\r\n")
    assert application.begun.wait(PATIENCE)
    assert not application.given_up.is_set()
    connection.close()
    assert application.given_up.wait(PATIENCE)
    assert [record.getMessage() for record in caplog.records if "Exception" in record.getMessage()] == []


def test_requests_under_way_are_answered_before_the_server_stops(application: Application) -> None:
    with serving(application, Patience()) as server:
        connection = server()
        connection.sendall(POST + b"ab")
        idle = server()
        assert answer(idle, POST + b"abc") == b"3"
        server.stop()
        assert all_of(idle) == b""
        connection.sendall(b"c")
        assert all_of(connection).endswith(b"3")
