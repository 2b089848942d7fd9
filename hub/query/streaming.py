"""What the endpoint knows of subscriptions: who opens a stream, and its parts as they come (`hub/live`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from hub.query.transport import Asked, RawHeaders


@runtime_checkable
class Stream(Protocol):
    """One subscription as an event stream; to be closed."""

    ended: asyncio.Event  # it has ended though its caller takes nothing

    def parts(self) -> AsyncIterator[bytes]:
        """What is sent, for as long as it goes on."""

    def close(self) -> None: ...


class Streams(Protocol):
    """Opens event streams."""

    async def open(self, headers: RawHeaders, asked: Asked) -> Stream | None:
        """A stream, or None where no subscription is asked for; raises what refuses it."""


class Nothing:
    """Of a hub that is not followed."""

    async def open(self, headers: RawHeaders, asked: Asked) -> Stream | None:
        return None
