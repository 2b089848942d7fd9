"""A hub on an ephemeral port of this machine, over a small city: what clients of other makers connect to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from hub.app import create_app
from hub.cli.serve import config
from hub.database import Database
from hub.demo.records import person_of
from hub.identity.issuer import Issuer
from hub.identity.trust import issuer_from
from hub.settings import Settings

START_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Where the hub answers, and who may ask it."""

    url: str
    issuer: Issuer

    @property
    def endpoint(self) -> str:
        return f"{self.url}/graphql"

    def token(self, unit: str, role: str, ttl: int = 600) -> str:
        return self.issuer.issue(unit, person_of(unit, role), roles=[role], ttl=ttl)


class _Announced(uvicorn.Server):
    """Tells when it has started, or could not."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.settled.set()


@contextmanager
def serving(settings: Settings, database: Database) -> Iterator[Served]:
    """Serves from a thread of this process until left."""
    app = create_app(settings, database=database)
    server = _Announced(config(settings, app))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="hub")
        thread.start()
        try:
            if not server.settled.wait(START_SECONDS) or not server.started:
                raise RuntimeError("the hub did not start")
            port = listener.getsockname()[1]
            yield Served(url=f"http://127.0.0.1:{port}", issuer=issuer_from(settings))
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)
