"""Rosters over HTTP, for those without a shell: the file is the body; it is tried first, and written when told to.

POST   /imports               the file; 202 and its id. `?write=true` writes at once
GET    /imports/{id}          phase, rows done, result
POST   /imports/{id}          {"write": true, "mapping": {"表头": "child.name"}}: goes on, or tries again
GET    /imports/{id}/report   the rows to correct
DELETE /imports/{id}
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from hub import errors
from hub.query import endpoint
from hub.query.line import Caller
from hub.query.transport import JSON, RawHeaders
from hub.roster import mapping as mappings
from hub.roster.tray import Owner, Trays

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A form would let other sites' pages post for the user, and a multipart body hides the file in a wrapping.
MEDIA = frozenset({XLSX, "application/vnd.ms-excel", "text/csv", "application/octet-stream"})
MOST_ASKED = 262_144

Identify = Callable[[RawHeaders], Awaitable[Caller]]


class Counter:
    """The routes; `identify` is the line's own, so that a caller is who it is for every other request."""

    def __init__(self, trays: Callable[[], Trays], identify: Identify, max_bytes: int) -> None:
        self._trays, self._identify, self._max_bytes = trays, identify, max_bytes

    def routes(self) -> list[Route]:
        return [
            Route("/imports", self.upload, methods=["POST"]),
            Route("/imports/{id}", self.look, methods=["GET"]),
            Route("/imports/{id}", self.go_on, methods=["POST"]),
            Route("/imports/{id}", self.remove, methods=["DELETE"]),
            Route("/imports/{id}/report", self.report, methods=["GET"]),
        ]

    async def upload(self, request: Request) -> Response:
        owner = await self._owner(request)
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media not in MEDIA or request.headers.get("content-encoding", "identity").lower() != "identity":
            raise errors.RosterMediaType()
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._max_bytes:
            raise errors.BodyTooLarge(limit=self._max_bytes)
        write = _truth(request.query_params.get("write", "false"))
        name = await self._trays().receive(owner, _body(request))
        self._trays().start(name, owner, write=write, mapping=None)
        return _told(self._trays().state(name, owner), 202, location=f"/imports/{name}")

    async def look(self, request: Request) -> Response:
        return _told(self._trays().state(request.path_params["id"], await self._owner(request)), 200)

    async def go_on(self, request: Request) -> Response:
        owner, name = await self._owner(request), request.path_params["id"]
        self._trays().state(name, owner)
        write, mapping = _asked(await _small(request))
        self._trays().start(name, owner, write=write, mapping=mapping)
        return _told(self._trays().state(name, owner), 202)

    async def remove(self, request: Request) -> Response:
        self._trays().remove(request.path_params["id"], await self._owner(request))
        return Response(status_code=204, headers=_guards())

    async def report(self, request: Request) -> Response:
        path = self._trays().report(request.path_params["id"], await self._owner(request))
        return FileResponse(path, media_type=XLSX, filename="待处理.xlsx", headers=_guards())

    async def _owner(self, request: Request) -> Owner:
        identity = (await self._identify(request.scope["headers"])).identity
        return Owner(
            unit=identity.unit.code,
            person=identity.person,
            roles=tuple(sorted(identity.roles)),
            token_id=identity.token_id,
        )


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as error:
        raise errors.TransportError() from error


async def _small(request: Request) -> bytes:
    body = b""
    async for chunk in _body(request):
        body += chunk
        if len(body) > MOST_ASKED:
            raise errors.BodyTooLarge(limit=MOST_ASKED)
    return body


def _asked(body: bytes) -> tuple[bool, Mapping[str, str] | None]:
    try:
        said: Any = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise errors.BodyNotJson() from error
    if (
        not isinstance(said, dict)
        or said.keys() - {"write", "mapping"}
        or not isinstance(said.get("write", False), bool)
    ):
        raise errors.RequestMalformed(reason="write, mapping")
    mapping = said.get("mapping")
    return said.get("write", False), None if mapping is None else mappings.checked(mapping)


def _truth(word: str) -> bool:
    if word not in ("true", "false"):
        raise errors.RequestMalformed(reason="write")
    return word == "true"


def _told(state: Mapping[str, Any], status: int, **headers: str) -> Response:
    return Response(orjson.dumps(state), status_code=status, media_type=JSON, headers={**_guards(), **headers})


def _guards() -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in endpoint.GUARDS} | {"vary": "Authorization"}
