"""`/graphql` over HTTP, by the GraphQL-over-HTTP draft: POST of JSON asks, GET shows GraphiQL to a browser.

Every reply, refusals included, is of one shape and forbids caching; errors become text here and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from hub import errors
from hub.query import rendering, transport
from hub.query.line import Line, Reply
from hub.query.transport import GRAPHQL, JSON, RawHeaders, Receive, Scope, Send

Pairs = list[tuple[bytes, bytes]]

GUARDS: Pairs = [
    (b"cache-control", b"no-store, private"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_VARY = (b"vary", b"Authorization, Accept, Origin")
_ALLOWED_HEADERS = b"authorization, content-type, hub-duty, hub-case, hub-task, hub-application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A document for browsers and what it may load."""

    body: bytes
    policy: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """How the endpoint may be reached."""

    max_body: int
    deadline: float  # seconds for the whole request
    origins: frozenset[str] = frozenset()  # other sites whose pages may call
    page: Page | None = None  # GraphiQL, where it is switched on


class Endpoint:
    """The ASGI application of `/graphql`."""

    def __init__(self, line: Line, doors: Doors) -> None:
        self._line, self._doors = line, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Pairs = scope["headers"]
        media = JSON
        try:
            if scope["method"] == "POST":
                transport.check_media_type(headers)
                media = transport.accepted(headers)
                reply = await self._post(headers, receive, media)
            else:
                await self._other(scope["method"], headers, send)
                return
        except transport.Disconnected:
            return
        except errors.HubError as error:
            media = media if isinstance(error, errors.RecordError | errors.ExecuteError) else JSON
            reply = failed(error, media)
        except Exception as fault:
            reply = failed(rendering.internal(fault), media)
        await respond(send, reply, media, self._cors(headers) + _retry(reply))

    async def _post(self, headers: RawHeaders, receive: Receive, media: str) -> Reply:
        seconds = self._doors.deadline
        try:
            async with asyncio.timeout(seconds):
                body = await transport.read_body(headers, receive, self._doors.max_body)
                return await self._line.answer(headers, transport.read_asked(body), media)
        except TimeoutError:
            raise errors.ExecuteTimeout(seconds=seconds) from None

    async def _other(self, method: str, headers: Pairs, send: Send) -> None:
        page = self._doors.page
        if method in ("GET", "HEAD") and transport.wants_page(headers):
            if page is None:
                raise errors.NotFound()
            await show(send, page, with_body=method == "GET")
        elif method == "OPTIONS":
            allow = [(b"allow", b"POST, OPTIONS"), (b"access-control-max-age", b"600")]
            await start(send, 204, [*allow, *self._cors(headers)])
            await send({"type": "http.response.body", "body": b""})
        else:
            await respond(
                send, failed(errors.MethodNotAllowed(allowed="POST"), JSON), JSON, [(b"allow", b"POST, OPTIONS")]
            )

    def _cors(self, headers: RawHeaders) -> Pairs:
        """Other origins may call only where they are named; no cookie is ever of use here."""
        origin = transport.header(headers, b"origin")
        if origin is None or origin not in self._doors.origins:
            return []
        return [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-methods", b"POST"),
            (b"access-control-allow-headers", _ALLOWED_HEADERS),
        ]


def failed(error: errors.HubError, media: str) -> Reply:
    """A reply to a request that came to no answer."""
    body = orjson.dumps({"errors": rendering.rendered_all(error)})
    return Reply(status=rendering.status_of(error, media), body=body)


def _retry(reply: Reply) -> Pairs:
    if reply.status == 401:
        return [(b"www-authenticate", b"Bearer")]
    if reply.status == 413:
        # What is left of the body is not read, so the connection is of no further use.
        return [(b"connection", b"close")]
    return [(b"retry-after", b"1")] if reply.status in (429, 503, 504) else []


async def respond(send: Send, reply: Reply, media: str, extra: Iterable[tuple[bytes, bytes]] = ()) -> None:
    kind = media if media == GRAPHQL else JSON
    named = (b"content-type", kind.encode() + b"; charset=utf-8")
    await start(send, reply.status, [named, (b"content-length", b"%d" % len(reply.body)), *GUARDS, _VARY, *extra])
    await send({"type": "http.response.body", "body": reply.body})


async def show(send: Send, page: Page, *, with_body: bool = True) -> None:
    kept = [pair for pair in GUARDS if pair[0] != b"content-security-policy"]
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(page.body)),
        (b"content-security-policy", page.policy),
        *kept,
        _VARY,
    ]
    await start(send, 200, headers)
    await send({"type": "http.response.body", "body": page.body if with_body else b""})


async def start(send: Send, status: int, headers: Pairs) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
