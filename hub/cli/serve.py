"""`hub serve`: the endpoint, in one process or several."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import cast

import typer
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.supervisors import Multiprocess

from hub.app import Hub, create_app
from hub.cli.terminal import status
from hub.database import Database
from hub.door import Door, Patience, Watch
from hub.errors import AddressTaken, HubError
from hub.logs import configure
from hub.migration import require_current
from hub.observation import Serving, observe
from hub.settings import Settings, load_settings
from hub.socket_door import SocketDoor

app = typer.Typer(add_completion=False)


@app.command()
def serve() -> None:
    """提供 GraphQL 服务 / Serve the GraphQL endpoint."""
    settings = load_settings()
    configure(settings.log_level, settings.node, form=settings.log_format)
    with status() as tell:
        database = Database.open(settings, tell=tell)
    with database:
        require_current(database)
        if settings.workers == 1:
            run(settings, create_app(settings, database=database), lambda: observe(Serving(address=address(settings))))
        else:
            run_workers(settings)


def application() -> Hub:
    """What each of several processes runs; settings come to it as they came to the first one."""
    settings = load_settings()
    configure(settings.log_level, settings.node, form=settings.log_format)
    return create_app(settings)


def address(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


def run(settings: Settings, served: Hub, ready: Callable[[], None]) -> None:
    """Serve from this process until told to stop; `ready` is called once requests are answered."""
    started = _Started(served)
    with _listening(settings) as listener:
        server = _Server(config(settings, started), ready)
        # It ends by raising whatever stopped it, and what was opened here is still to be closed in order.
        with suppress(SystemExit, KeyboardInterrupt):
            server.run(sockets=[listener])
    if started.error is not None:
        raise started.error
    if not server.started:
        raise typer.Exit(3)


def run_workers(settings: Settings) -> None:
    """Serve from several processes; this one keeps their number up."""
    with _listening(settings) as listener:
        observe(Serving(address=address(settings)))
        Multiprocess(config(settings, "hub.cli.serve:application"), sockets=[listener]).run()


class _Started:
    """The application; what kept it from starting is kept too, instead of being logged as a trace."""

    def __init__(self, served: Hub) -> None:
        self._served = served
        self.error: HubError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._served(scope, receive, send)
            return

        async def send_without_trace(message: Message) -> None:
            await send({**message, "message": ""} if message["type"] == "lifespan.startup.failed" else message)

        try:
            await self._served(scope, receive, send_without_trace)
        except HubError as error:
            self.error = error
            raise


class _Server(uvicorn.Server):
    """Tells when it has started."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise AddressTaken(host=settings.host, port=settings.port, reason=error.strerror) from error
    listener.set_inheritable(True)
    return listener


def config(settings: Settings, served: ASGIApp | str) -> uvicorn.Config:
    """The server below, with its own bounds replaced by the door's; it says neither its name nor its version."""
    watch = Watch(patience(settings))
    return uvicorn.Config(
        served,
        factory=isinstance(served, str),
        workers=settings.workers,
        ws=cast(type[asyncio.Protocol], partial(SocketDoor, watch=watch)),
        ws_max_size=settings.max_body_bytes,
        ws_ping_interval=settings.heartbeat_s,
        ws_ping_timeout=settings.slow_reader_s,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=cast(type[asyncio.Protocol], partial(Door, watch=watch)),
        timeout_keep_alive=settings.keep_alive_s,
        timeout_graceful_shutdown=settings.shutdown_s,
        backlog=2048,
    )


def patience(settings: Settings) -> Patience:
    return Patience(
        head_bytes=settings.max_head_bytes,
        head=settings.slow_request_s,
        body=settings.slow_request_s,
        idle=settings.keep_alive_s,
        taking=settings.slow_reader_s,
        connections=settings.max_connections,
        connections_each=settings.max_connections_each,
    )
