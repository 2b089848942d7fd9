"""Subscriptions over a WebSocket at `/graphql`, by graphql-transport-ws; other operations are answered there too.

The token comes in the payload of `connection_init`, as `Authorization: Bearer …`, or with the upgrade's own headers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from hub import errors
from hub.live import protocol
from hub.live.live import Live
from hub.live.origin import check_origin
from hub.live.protocol import Begin, Close, Conversation, Initialise, Say, State, Stop
from hub.live.subscription import Subscription
from hub.query import rendering
from hub.query.line import Caller
from hub.query.shares import Share
from hub.query.transport import Message, RawHeaders, Receive, Scope, Send, header

#: Of the upgrade's headers those that say who asks and what for.
_KEPT = frozenset({b"authorization", b"hub-duty", b"hub-case", b"hub-task", b"hub-application", b"hub-position"})
#: What a message costs, about the microseconds that it takes.
MESSAGE_COST = 20
#: Seconds in which a close message has to be taken.
CLOSING = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """How the socket may be reached."""

    origins: Collection[str] = frozenset()
    patience: float = 10.0  # seconds to initialise the connection
    heartbeat: float = 15.0  # seconds between two looks at token, unit and policy
    deadline: float = 10.0  # seconds for what is no subscription


class Sockets:
    """The ASGI application of `/graphql` for WebSockets."""

    def __init__(self, live: Live, doors: Doors) -> None:
        self._live, self._doors = live, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        headers: RawHeaders = scope["headers"]
        try:
            check_origin(headers, self._doors.origins)
        except errors.HubError:
            await send({"type": "websocket.close", "code": protocol.FORBIDDEN})  # answered with 403
            return
        if protocol.SUBPROTOCOL not in scope.get("subprotocols", ()):
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": protocol.NOT_ACCEPTABLE, "reason": "Subprotocol"})
            return
        await send({"type": "websocket.accept", "subprotocol": protocol.SUBPROTOCOL})
        await _Socket(self._live, self._doors, headers, receive, send).run()


class _Socket:
    """One connection."""

    def __init__(self, live: Live, doors: Doors, headers: RawHeaders, receive: Receive, send: Send) -> None:
        self._live, self._doors = live, doors
        self._headers: list[tuple[bytes, bytes]] = [(name, value) for name, value in headers if name in _KEPT]
        self._receive, self._send = receive, send
        self._conversation = Conversation()
        self._ended: asyncio.Future[Close | None] = asyncio.get_running_loop().create_future()
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._share: Share | None = None

    async def run(self) -> None:
        """Until either side has ended it."""
        self._go(self._listen())
        late = Close(code=protocol.INIT_TIMEOUT, reason="Connection initialisation timeout")
        timer = asyncio.get_running_loop().call_later(self._doors.patience, self._late, late)
        try:
            close = await self._ended
        finally:
            timer.cancel()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._share is not None:
                self._share.disconnect()
        if close is not None:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(CLOSING):
                    await self._send({"type": "websocket.close", "code": close.code, "reason": close.reason})

    def _go(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Any) -> None:
        """Whatever goes wrong unforeseen ends the connection, and is told under a reference."""
        try:
            await work
        except OSError:
            self._end(None)  # the client is gone
        except errors.HubError as error:
            self._end(protocol.close_for(error) or Close(code=protocol.INTERNAL, reason=error.code))
        except Exception as fault:
            self._end(Close(code=protocol.INTERNAL, reason=rendering.internal(fault).code))

    def _end(self, close: Close | None) -> None:
        if not self._ended.done():
            self._ended.set_result(close)

    def _late(self, close: Close) -> None:
        if self._conversation.state is not State.READY:
            self._end(close)

    async def _say(self, message: bytes) -> None:
        await self._send({"type": "websocket.send", "text": message.decode()})

    async def _listen(self) -> None:
        while True:
            message: Message = await self._receive()
            if message["type"] != "websocket.receive":
                self._end(None)
                return
            await self._pay()
            await self._take(message.get("text") or message.get("bytes") or b"")

    async def _pay(self) -> None:
        """Who sends more than its share is read no faster than it pays."""
        if self._share is not None:
            self._share.cost.take(MESSAGE_COST)
            if wait := self._share.cost.wait():
                await asyncio.sleep(wait)

    async def _take(self, message: bytes | str) -> None:
        action = self._conversation.take(message)
        if isinstance(action, Close):
            self._end(action)
        elif isinstance(action, Say):
            await self._say(action.message)
        elif isinstance(action, Initialise):
            await self._initialise(action.payload)
        elif isinstance(action, Begin):
            self._operations[action.id] = self._go(self._operation(action))
        elif isinstance(action, Stop) and action.id in self._operations:
            self._operations.pop(action.id).cancel()

    async def _initialise(self, payload: Mapping[str, Any]) -> None:
        """Who connects; refused with the reason's code, which a client may answer with a new token."""
        self._headers = with_token(self._headers, payload)
        caller = await self._live.caller(self._headers)
        self._share = self._live.connect(caller)
        await self._say(self._conversation.acknowledged())
        self._go(self._watch(caller))

    async def _watch(self, caller: Caller) -> None:
        """The connection ends with the token, even where nothing is subscribed to."""
        while True:
            await asyncio.sleep(self._doors.heartbeat)
            now = await self._live.caller(self._headers)
            if (now.identity.unit, now.identity.roles) != (caller.identity.unit, caller.identity.roles):
                raise errors.RightsChanged()

    async def _operation(self, begin: Begin) -> None:
        subscription: Subscription | None = None
        try:
            if begin.asked is None:
                raise begin.fault or errors.MessageMalformed()
            subscription = await self._live.open(self._headers, begin.asked)
            if subscription is None:
                await self._answer(begin)
            else:
                subscription.alarm = self._alarmed
                await self._follow(begin.id, subscription)
        except errors.HubError as error:
            await self._fail(begin.id, error)
        finally:
            if subscription is not None:
                subscription.close()
            if self._operations.get(begin.id) is asyncio.current_task():
                del self._operations[begin.id]

    def _alarmed(self, error: errors.HubError) -> None:
        """Where the client takes nothing, what sends to it would never come to know."""
        close = protocol.close_for(error)
        if close is not None:
            self._end(close)

    async def _answer(self, begin: Begin) -> None:
        if begin.asked is None:
            return
        try:
            async with asyncio.timeout(self._doors.deadline):
                reply = await self._live.answer(self._headers, begin.asked)
        except TimeoutError:
            raise errors.ExecuteTimeout(seconds=self._doors.deadline) from None
        read = orjson.loads(reply.body)
        if not self._conversation.ended(begin.id):
            return
        if "data" in read:
            await self._say(protocol.next_message(begin.id, reply.body))
            await self._say(protocol.complete_message(begin.id))
        else:
            await self._say(protocol.error_message(begin.id, read["errors"]))

    async def _follow(self, operation: str, subscription: Subscription) -> None:
        while True:
            if not await subscription.wait(self._doors.heartbeat):
                await subscription.check()
                continue
            event = await subscription.next()
            if event is not None:
                await self._say(protocol.next_message(operation, event.body))

    async def _fail(self, operation: str, error: errors.HubError) -> None:
        """One operation ends, or the connection with it."""
        close = protocol.close_for(error)
        if close is not None and not isinstance(error, errors.TooManyRequests):
            self._end(close)
        elif self._conversation.ended(operation):
            await self._say(protocol.error_message(operation, listed(error)))


def listed(error: errors.HubError) -> list[dict[str, Any]]:
    """Errors with their access report, for which a message has no other place."""
    shown = rendering.rendered_all(error)
    access = error.data.get("access")
    if isinstance(access, list) and access:
        shown[0]["extensions"]["access"] = access
    return shown


def with_token(headers: Iterable[tuple[bytes, bytes]], payload: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers of every operation of a connection; a token in the payload goes before one in the upgrade's."""
    named = [value for name, value in payload.items() if name.lower() == "authorization"]
    kept = list(headers)
    if not named:
        return kept
    (token,) = named if len(named) == 1 else (None,)
    if not isinstance(token, str) or not token.isascii() or header(kept, b"authorization") not in (None, token):
        raise errors.IdentityError()
    return [*((name, value) for name, value in kept if name != b"authorization"), (b"authorization", token.encode())]
