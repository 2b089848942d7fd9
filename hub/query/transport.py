"""HTTP to a request and back, by the GraphQL-over-HTTP draft: method, media types, size, JSON; refuses all else.

Nothing here knows of units or children. Whatever a body may hold that a database refuses (NUL, lone surrogates) is
refused at this door.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from hub import errors

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
RawHeaders: TypeAlias = Iterable[tuple[bytes, bytes]]

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
SERVED = (GRAPHQL, JSON)
EVENTS = "text/event-stream"

#: NUL as JSON and as GraphQL strings write it: \u0000, \u{0}.
_NUL = re.compile(r"\\u(?:0000|\{0+\})")
#: Levels of a body's JSON.
DEEPEST = 64
#: A key and its colon apart.
_SPACED = re.compile(rb'"[ \t\r\n]+:')
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w-]+)\"?", re.IGNORECASE)
_QUALITY = re.compile(r";\s*q\s*=\s*([0-9.]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The GraphQL request a body holds; its contents are not judged yet."""

    query: str
    operation_name: str | None
    variables: Mapping[str, Any]
    extensions: Mapping[str, Any]


class Disconnected(Exception):
    """The caller hung up; nobody is there to answer."""


def header(headers: RawHeaders, name: bytes) -> str | None:
    """The one value of a header; several make it ambiguous, so they are refused."""
    found = [value for key, value in headers if key.lower() == name]
    if len(found) > 1:
        raise errors.HeaderRepeated(header=name.decode())
    return found[0].decode("latin-1") if found else None


def check_media_type(headers: RawHeaders) -> None:
    """The body is JSON in UTF-8 and nothing else: forms and plain text would let other sites post for the user."""
    content_type = header(headers, b"content-type") or ""
    charset = _CHARSET.search(content_type)
    named = content_type.partition(";")[0].strip().lower()
    encoding = (header(headers, b"content-encoding") or "identity").strip().lower()
    if named != JSON or encoding != "identity" or (charset and charset[1].lower() not in ("utf-8", "utf8")):
        raise errors.MediaTypeUnsupported()


def accepted(headers: RawHeaders) -> str:
    """The media type of the answer: the caller's best, and among equals the first it names."""
    wanted = [part.strip() for key, value in headers if key.lower() == b"accept" for part in _parts(value)]
    ranges = [_range(part, place) for place, part in enumerate(wanted) if part]
    if not ranges:
        return GRAPHQL
    ranked = sorted((_rank(served, ranges), order, served) for order, served in enumerate(SERVED))
    (negative_quality, _), _, best = ranked[0]
    if negative_quality >= 0:
        raise errors.NotAcceptable()
    return best


def takes_events(headers: RawHeaders) -> bool:
    """Whether an event stream is named among what is accepted; a wildcard does not mean one."""
    wanted = [part.strip() for key, value in headers if key.lower() == b"accept" for part in _parts(value)]
    return any(name == EVENTS and quality > 0 for name, quality, _ in (_range(part, 0) for part in wanted))


def _parts(value: bytes) -> list[str]:
    return value.decode("latin-1").split(",")


def _range(part: str, place: int) -> tuple[str, float, int]:
    quality = _QUALITY.search(part)
    charset = _CHARSET.search(part)
    unreadable = charset is not None and charset[1].lower() not in ("utf-8", "utf8", "*")
    try:
        value = min(float(quality[1]), 1.0) if quality else 1.0
    except ValueError:
        value = 0.0
    return part.partition(";")[0].strip().lower(), 0.0 if unreadable else value, place


def _rank(served: str, ranges: list[tuple[str, float, int]]) -> tuple[float, int]:
    """Smaller is better: by quality, then by place, under the most specific range that names the type."""
    for name in (served, "application/*", "*/*"):
        matches = [(-quality, place) for given, quality, place in ranges if given == name]
        if matches:
            return min(matches)
    return (0.0, len(ranges))


def wants_page(headers: RawHeaders) -> bool:
    """Whether a browser asks: it names text/html, which no GraphQL client does."""
    named = [part.partition(";")[0].strip() for key, value in headers if key == b"accept" for part in _parts(value)]
    return "text/html" in named


async def read_body(headers: RawHeaders, receive: Receive, limit: int) -> bytes:
    """The whole body, refused as soon as it is known to be too large."""
    length = header(headers, b"content-length")
    if length is not None and (not length.isdigit() or int(length) > limit):
        raise errors.BodyTooLarge(limit=limit)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise errors.BodyTooLarge(limit=limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def read_body_text(body: bytes) -> object:
    """The JSON of a body; refuses what is none, and what programs read differently or no text may hold."""
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise errors.BodyNotJson() from None
    if b"u0000" in body and _holds_nul(read):
        raise errors.NulRefused()
    # Most bodies have one colon right after each key and none elsewhere, so that to count them is enough.
    if (_SPACED.search(body) or body.count(b'":') != _keys(read)) and _repeats_keys(body):
        raise errors.KeyRepeated()
    return read


def asked_of(read: object) -> Asked:
    """What a JSON value asks, if it is one GraphQL request."""
    if not isinstance(read, dict):
        raise errors.RequestMalformed(member="object")
    return Asked(
        query=_query(read.get("query")),
        operation_name=_operation_name(read.get("operationName")),
        variables=_object(read, "variables"),
        extensions=_object(read, "extensions"),
    )


def read_asked(body: bytes) -> Asked:
    """What the body asks; refuses what is not JSON (400) and JSON that is not one GraphQL request (422)."""
    return asked_of(read_body_text(body))


def _keys(value: object, depth: int = 0) -> int:
    """How many keys the objects of a JSON value have; refuses one that nests too deeply to be walked."""
    if depth > DEEPEST:
        raise errors.BodyNotJson()
    if isinstance(value, dict):
        return len(value) + sum(_keys(item, depth + 1) for item in value.values() if isinstance(item, dict | list))
    if isinstance(value, list):
        return sum(_keys(item, depth + 1) for item in value if isinstance(item, dict | list))
    return 0


def _repeats_keys(body: bytes) -> bool:
    def unique(pairs: list[tuple[str, object]]) -> None:
        if len({key for key, _ in pairs}) < len(pairs):
            raise errors.KeyRepeated

    try:
        json.loads(body, object_pairs_hook=unique, parse_int=float)
    except errors.KeyRepeated:
        return True
    return False


def _query(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise errors.RequestMalformed(member="query")
    if _NUL.search(value):
        raise errors.NulRefused()
    return value


def _operation_name(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise errors.RequestMalformed(member="operationName")
    return value or None


def _object(read: Mapping[str, object], name: str) -> Mapping[str, Any]:
    value = read.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise errors.RequestMalformed(member=name)
    return value


def _holds_nul(value: object) -> bool:
    """Walks without recursion; the reader has bounded the depth already."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            if "\x00" in item:
                return True
        elif isinstance(item, dict):
            pending += item.keys()
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return False
