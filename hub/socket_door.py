"""A WebSocket connection of one process, under the same watch as all others: bounded in number, size and time."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from hub.door import Outgoing, Watch


class SocketDoor(WebSocketsSansIOProtocol):
    """Made by the server through a `functools.partial` that gives the watch, where a request asks for a WebSocket."""

    def __init__(self, *, watch: Watch, **given: Any) -> None:
        super().__init__(**given)
        self._watch = watch
        self._address = ""
        self._outgoing: Outgoing

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._outgoing = Outgoing(cast(asyncio.Transport, transport), self._watch.patience)
        self._address = self.client[0] if self.client else ""
        self._watch.admits(self, self._address)  # it was let in as a request already

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.leave(self, self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        try:
            super().data_received(data)
        except Exception:
            if self.handshake_complete:
                raise
            self.transport.abort()  # a handshake that is none: there is nobody to tell it to

    def resume_writing(self) -> None:
        self._outgoing.taken()
        super().resume_writing()

    def look(self, now: float) -> None:
        """Closes the connection where its caller does not take what it is sent."""
        if self._outgoing.is_late(now):
            self._outgoing.cut()
