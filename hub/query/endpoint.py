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
from hub.query.stages import Figures
from hub.query.streaming import Nothing, Stream, Streams
from hub.query.transport import EVENTS, GRAPHQL, JSON, RawHeaders, Receive, Scope, Send

Pairs = list[tuple[bytes, bytes]]

#: Seconds before a caller is told that it asks too much: to ask again at once then costs it more than the hub.
PAUSE = 0.2

GUARDS: Pairs = [
    (b"cache-control", b"no-store, private"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_VARY = (b"vary", b"Authorization, Accept, Origin")
_ALLOWED_HEADERS = b"authorization, content-type, hub-duty, hub-case, hub-task, hub-application, last-event-id"
#: Proxies are not to gather events before they pass them on.
_UNBUFFERED = (b"x-accel-buffering", b"no")


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
    patience: float = 10.0  # seconds for its body
    max_batch: int = 0  # requests in one body; 0 for none but single ones
    origins: frozenset[str] = frozenset()  # other sites whose pages may call
    page: Page | None = None  # GraphiQL, where it is switched on


class Endpoint:
    """The ASGI application of `/graphql`."""

    def __init__(
        self, line: Line, doors: Doors, figures: Figures | None = None, streams: Streams | None = None
    ) -> None:
        self._line, self._doors, self._figures = line, doors, figures or Figures()
        self._streams = streams or Nothing()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Pairs = scope["headers"]
        media = JSON
        try:
            if scope["method"] == "POST":
                transport.check_media_type(headers)
                media = _media_of(headers)
                reply = await self._post(headers, receive, media)
                if isinstance(reply, Stream):
                    await self._stream(reply, receive, send, headers)
                    return
            else:
                await self._other(scope["method"], headers, send)
                return
        except transport.Disconnected:
            return
        except errors.HubError as error:
            media = media if isinstance(error, errors.RecordError | errors.ExecuteError) else JSON
            if isinstance(error, errors.PlanError):  # of a stream that was not opened; an answer carries its own
                media = GRAPHQL
            if isinstance(error, errors.TooManyRequests):
                await asyncio.sleep(PAUSE)
            reply = failed(error, media)
        except Exception as fault:
            reply = failed(rendering.internal(fault), media)
        self._figures.ended(reply.code)
        await respond(send, reply, media, self._cors(headers))

    async def _stream(self, stream: Stream, receive: Receive, send: Send, headers: RawHeaders) -> None:
        """Events until either side ends it; of a caller who takes nothing it is not waited for that."""
        tasks = [
            asyncio.ensure_future(work)
            for work in (self._sent(stream, send, headers), _hung_up(receive), stream.ended.wait())
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for fault in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(fault, Exception) and not isinstance(fault, OSError):
                    rendering.internal(fault)
            stream.close()
            self._figures.ended(None)

    async def _sent(self, stream: Stream, send: Send, headers: RawHeaders) -> None:
        named = (b"content-type", EVENTS.encode() + b"; charset=utf-8")
        await start(send, 200, [named, *GUARDS, _VARY, _UNBUFFERED, *self._cors(headers)])
        async for part in stream.parts():
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _post(self, headers: RawHeaders, receive: Receive, media: str) -> Reply | Stream:
        seconds, reading = self._doors.deadline, True
        try:
            async with asyncio.timeout(min(seconds, self._doors.patience)) as limit:
                body = await transport.read_body(headers, receive, self._doors.max_body)
                reading = False
                limit.reschedule(asyncio.get_running_loop().time() + seconds)
                read = transport.read_body_text(body)
                if isinstance(read, list):
                    return await self._batch(headers, read, media)
                asked = transport.asked_of(read)
                stream = await self._streams.open(headers, asked) if transport.takes_events(headers) else None
                return stream or await self._line.answer(headers, asked, media)
        except TimeoutError:
            raise errors.RequestSlow() if reading else errors.ExecuteTimeout(seconds=seconds) from None

    async def _batch(self, headers: RawHeaders, read: list[object], media: str) -> Reply:
        """One after another, each as if it had come alone."""
        limit = self._doors.max_batch
        if not 0 < len(read) <= limit:
            raise errors.BatchRefused(limit=max(limit, 1))
        replies = [await self._one(headers, asked, media) for asked in [transport.asked_of(one) for one in read]]
        return Reply(status=200, body=b"[%b]" % b",".join(reply.body for reply in replies), headers=replies[-1].headers)

    async def _one(self, headers: RawHeaders, asked: transport.Asked, media: str) -> Reply:
        try:
            return await self._line.answer(headers, asked, media)
        except errors.TooManyRequests as error:
            return failed(error, media)

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


def _media_of(headers: RawHeaders) -> str:
    """The media type of an answer; one who takes event streams alone gets what is no subscription as one event."""
    try:
        return transport.accepted(headers)
    except errors.NotAcceptable:
        if not transport.takes_events(headers):
            raise
        return EVENTS


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def failed(error: errors.HubError, media: str) -> Reply:
    """A reply to a request that came to no answer."""
    shown: dict[str, object] = {"errors": rendering.rendered_all(error)}
    access = error.data.get("access")
    if isinstance(access, list) and access:
        shown["extensions"] = {"access": access}
    return Reply(
        status=rendering.status_of(error, media), body=orjson.dumps(shown), headers=rendering.headers_of(error),
        code=error.code,
    )  # fmt: skip


async def respond(send: Send, reply: Reply, media: str, extra: Iterable[tuple[bytes, bytes]] = ()) -> None:
    is_event = media == EVENTS and reply.status == 200
    kind = media if media == GRAPHQL or is_event else JSON
    named = (b"content-type", kind.encode() + b"; charset=utf-8")
    body = b"event: next\ndata: %b\n\nevent: complete\ndata:\n\n" % reply.body if is_event else reply.body
    await start(
        send,
        reply.status,
        [named, (b"content-length", b"%d" % len(body)), *GUARDS, _VARY, *reply.headers, *extra],
    )
    await send({"type": "http.response.body", "body": body})


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
