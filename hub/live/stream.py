"""Subscriptions as an event stream (SSE), by graphql-sse's distinct connections: one request, one subscription.

Each event has its cursor as id, so that `Last-Event-ID` goes on where a broken stream ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson

from hub import errors
from hub.live.live import Live
from hub.live.subscription import Subscription
from hub.query import rendering
from hub.query.transport import Asked, RawHeaders, header

#: A comment, which clients pass over: it keeps proxies from ending a quiet stream, and finds out who is gone.
BEAT = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


class Streams:
    """What the endpoint asks for event streams."""

    def __init__(self, live: Live, heartbeat: float) -> None:
        self._live, self._heartbeat = live, heartbeat

    async def open(self, headers: RawHeaders, asked: Asked) -> Stream | None:
        """A stream, or None where the operation is no subscription; raises what refuses it."""
        subscription = await self._live.open(headers, asked, header(headers, b"last-event-id") or None)
        return None if subscription is None else Stream(subscription, self._heartbeat)


class Stream:
    """One subscription on its way out."""

    def __init__(self, subscription: Subscription, heartbeat: float) -> None:
        self._subscription, self._heartbeat = subscription, heartbeat
        self.ended = asyncio.Event()  # the caller takes nothing, and is waited for no longer
        subscription.alarm = lambda error: self.ended.set() if isinstance(error, errors.SlowReader) else None

    async def parts(self) -> AsyncIterator[bytes]:
        """What is sent, for as long as it goes on; its end says why."""
        yield BEAT
        try:
            while True:
                if not await self._subscription.wait(self._heartbeat):
                    await self._subscription.check()
                    yield BEAT
                    continue
                event = await self._subscription.next()
                if event is not None:
                    yield event_of(event.body, event.cursor)
        except errors.HubError as error:
            yield event_of(_failed(error)) + COMPLETE

    def close(self) -> None:
        self._subscription.close()


def event_of(body: bytes, cursor: str | None = None) -> bytes:
    """One result; PostgreSQL writes line breaks between the items of a list."""
    named = b"id: %b\n" % cursor.encode() if cursor is not None else b""
    return b"event: next\n%bdata: %b\n\n" % (named, body.replace(b"\n", b" "))


def _failed(error: errors.HubError) -> bytes:
    return orjson.dumps({"errors": rendering.rendered_all(error)})
