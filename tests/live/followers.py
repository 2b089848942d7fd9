"""Followers of a hub as other programs are: a WebSocket client and a reader of event streams, neither written here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

INBOX = "subscription ($after: String) { inbox(after: $after) { cursor kind notice { id eventType acknowledgedAt } } }"
CASE = """subscription ($id: ID!, $after: String) { case(id: $id, after: $after) { cursor kind
  event { id type } case { id stage knowledge { unit acknowledgedAt } } } }"""
OBLIGATIONS = """subscription ($after: String) { obligations(after: $after) { cursor kind
  obligation { id rule status fromUnit } } }"""
#: Seconds after which an event that was to come is taken for lost.
PATIENCE = 60.0


@dataclass(slots=True, kw_only=True)
class Socket:
    """A connection of graphql-transport-ws."""

    link: ClientConnection
    cursors: dict[str, str] = field(default_factory=dict)  # by operation, of the last event

    def send(self, **message: Any) -> None:
        self.link.send(json.dumps(message))

    def follow(self, operation: str, query: str, **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        self.send(id=operation, type="subscribe", payload=payload)

    def message(self, patience: float = PATIENCE) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.link.recv(timeout=patience))
        return read

    def event(self, patience: float = PATIENCE) -> dict[str, Any]:
        """What the next event says, under its root field."""
        message = self.message(patience)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        ((_, told),) = message["payload"]["data"].items()
        self.cursors[message["id"]] = told["cursor"]
        return dict(told)

    def step(self, type_: str) -> dict[str, Any]:
        """The next step of this type; what others held back when it began may come before it."""
        while True:
            told = self.event()
            if told["event"] is not None and told["event"]["type"] == type_:
                return told

    def started(self, operation: str, query: str, **variables: Any) -> str:
        """Follows from now on, and gives the cursor of this moment."""
        self.follow(operation, query, **variables)
        told = self.event()
        assert told["kind"] == "started"
        return str(told["cursor"])

    def silent(self, seconds: float = 0.7) -> bool:
        """Whether nothing comes for a while."""
        try:
            self.link.recv(timeout=seconds)
        except TimeoutError:
            return True
        return False

    def closed(self, patience: float = PATIENCE) -> tuple[int, str]:
        """The code and the reason with which the hub closes it."""
        try:
            while True:
                self.link.recv(timeout=patience)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            return closed.rcvd.code, closed.rcvd.reason


@contextmanager
def socket(url: str, token: str | None, *, protocol: str = "graphql-transport-ws", **given: Any) -> Iterator[Socket]:
    """A connection that is initialised where a token is given."""
    address = url.replace("http://", "ws://") + "/graphql"
    with connect(address, subprotocols=[protocol], proxy=None, **given) as link:  # type: ignore[list-item]
        opened = Socket(link=link)
        if token is not None:
            opened.send(type="connection_init", payload={"Authorization": f"Bearer {token}"})
            assert opened.message() == {"type": "connection_ack"}
        yield opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One event of a stream."""

    id: str | None
    kind: str
    data: Any

    @property
    def told(self) -> dict[str, Any]:
        ((_, told),) = self.data["data"].items()
        return dict(told)


def parts(lines: Iterator[str]) -> Iterator[Part]:
    """Events by the rules of EventSource; comments are passed over."""
    found: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if line and name:
            found[name] = value.removeprefix(" ")
        elif not line and found:
            data = json.loads(found["data"]) if found.get("data") else None
            yield Part(id=found.get("id"), kind=found.get("event", "message"), data=data)
            found = {}


@contextmanager
def stream(
    url: str, token: str, query: str, headers: Mapping[str, str] | None = None, **variables: Any
) -> Iterator[Iterator[Part]]:
    """An event stream of one subscription."""
    sent = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream", **(headers or {})}
    with httpx2.stream(
        "POST", f"{url}/graphql", json={"query": query, "variables": variables}, headers=sent, timeout=PATIENCE
    ) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield parts(response.iter_lines())
