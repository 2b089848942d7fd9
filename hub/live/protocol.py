"""graphql-transport-ws as a state machine: a client's messages to what is to be done, and what is sent to it as bytes.

Pure: it neither reads nor writes. What is no message of the protocol, or comes out of turn, ends the connection with
the protocol's own close code; nothing that was received is ever repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

import orjson

from hub import errors
from hub.query.transport import Asked, asked_of, read_body_text

SUBPROTOCOL = "graphql-transport-ws"
#: Close codes of the protocol, and of WebSocket itself.
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_ACCEPTABLE = 4400, 4401, 4403, 4406
INIT_TIMEOUT, ID_TAKEN, TOO_MANY_INITS, INTERNAL = 4408, 4409, 4429, 4500
TRY_AGAIN = 1013
LONGEST_ID = 128
#: Messages that may come before the connection is initialised.
EARLY = 4

ACK, PONG = b'{"type":"connection_ack"}', b'{"type":"pong"}'


class State(Enum):
    NEW = "new"
    INITIALISING = "initialising"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The connection is to be closed."""

    code: int
    reason: str  # a code of `hub.errors` or a word of the protocol; never what was sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialise:
    """The client says who it is."""

    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """An operation is to be begun; `fault` where its payload is no GraphQL request."""

    id: str
    asked: Asked | None
    fault: errors.HubError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The client wants no more of an operation."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Something is to be sent at once."""

    message: bytes


Action: TypeAlias = "Close | Initialise | Begin | Stop | Say | None"


class Conversation:
    """One connection's side of the protocol."""

    def __init__(self) -> None:
        self.state = State.NEW
        self._early = 0
        self._ids: set[str] = set()

    def take(self, message: bytes | str) -> Action:
        """What a message of the client asks for."""
        try:
            read = read_body_text(message.encode() if isinstance(message, str) else b"")
        except (errors.TransportError, UnicodeEncodeError):
            return _malformed()
        kind = read.get("type") if isinstance(read, dict) else None
        taken = _TAKEN.get(kind) if isinstance(kind, str) else None
        if taken is None or not isinstance(read, dict):
            return _malformed()
        if self.state is not State.READY:
            self._early += 1
            if self._early > EARLY:
                return _malformed()
        return taken(self, read)

    def acknowledged(self) -> bytes:
        self.state = State.READY
        return ACK

    def ended(self, operation: str) -> bool:
        """An operation is over; whether the client had not ended it itself."""
        known = operation in self._ids
        self._ids.discard(operation)
        return known

    def _initialise(self, read: Mapping[str, Any]) -> Action:
        if self.state is not State.NEW:
            return Close(code=TOO_MANY_INITS, reason="Too many initialisation requests")
        payload = read.get("payload")
        if payload is not None and not isinstance(payload, dict):
            return _malformed()
        self.state = State.INITIALISING
        return Initialise(payload=payload or {})

    def _ping(self, read: Mapping[str, Any]) -> Action:
        return Say(message=PONG) if isinstance(read.get("payload"), dict | None) else _malformed()

    def _pong(self, _: Mapping[str, Any]) -> Action:
        return None

    def _subscribe(self, read: Mapping[str, Any]) -> Action:
        operation = _id(read)
        if operation is None or not isinstance(read.get("payload"), dict):
            return _malformed()
        if self.state is not State.READY:
            return Close(code=UNAUTHORIZED, reason="Unauthorized")
        if operation in self._ids:
            return Close(code=ID_TAKEN, reason="Subscriber already exists")
        self._ids.add(operation)
        try:
            return Begin(id=operation, asked=asked_of(read.get("payload")))
        except errors.TransportError as fault:
            return Begin(id=operation, asked=None, fault=fault)

    def _complete(self, read: Mapping[str, Any]) -> Action:
        operation = _id(read)
        if operation is None:
            return _malformed()
        self._ids.discard(operation)
        return Stop(id=operation)


_TAKEN = {
    "connection_init": Conversation._initialise,
    "ping": Conversation._ping,
    "pong": Conversation._pong,
    "subscribe": Conversation._subscribe,
    "complete": Conversation._complete,
}


def _id(read: Mapping[str, Any]) -> str | None:
    found = read.get("id")
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_ID else None


def _malformed() -> Close:
    return Close(code=BAD_REQUEST, reason=errors.MessageMalformed.code)


def next_message(operation: str, body: bytes) -> bytes:
    return b'{"id":%b,"type":"next","payload":%b}' % (orjson.dumps(operation), body)


def error_message(operation: str, listed: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"id": operation, "type": "error", "payload": listed})


def complete_message(operation: str) -> bytes:
    return orjson.dumps({"id": operation, "type": "complete"})


def close_for(error: errors.HubError) -> Close | None:
    """How an error ends the whole connection; None where it ends one operation only."""
    if isinstance(error, errors.IdentityError | errors.GrantError | errors.RightsChanged | errors.OriginRefused):
        return Close(code=FORBIDDEN, reason=error.code)
    if isinstance(error, errors.InternalError):
        return Close(code=INTERNAL, reason=error.code)
    if isinstance(error, errors.SlowReader | errors.ExecuteError | errors.RecordError | errors.TooManyRequests):
        return Close(code=TRY_AGAIN, reason=error.code)
    return None
