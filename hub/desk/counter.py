"""The workbench over HTTP: its page, how to sign in, and for the demonstration a token for any unit.

GET  /desk                 the page; /desk/{name} its files
GET  /desk/sign-in         {"demo": {"roles": …} | null, "oidc": {…} | null}
GET  /desk/demo/units      ?search=  units in force to sign in as, where the built-in issuer is on
POST /desk/demo/token      {"unit", "role"} → {"token", "seconds"}, where the built-in issuer is on
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub import errors
from hub.desk.page import INDEX, policy_for, read_assets, sent
from hub.identity.directory import Directory, UnitRow
from hub.identity.trust import issuer_from
from hub.policy.words import ROLES
from hub.query.transport import JSON
from hub.settings import Settings

MOST_UNITS, MOST_ASKED = 50, 4096
#: A service account signs in by its own key, never at a page.
PEOPLE = {code: label for code, label in ROLES.items() if code != "service"}
_GUARDS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


class Desk:
    """The routes; without `HUB_DESK` there are none."""

    def __init__(self, settings: Settings, directory: Callable[[], Directory], today: Callable[[], date]) -> None:
        self._settings, self._directory, self._today = settings, directory, today
        self._assets = read_assets() if settings.desk else {}
        self._policy = policy_for(settings.desk_token_url)

    def routes(self) -> list[Route]:
        if not self._settings.desk:
            return []
        return [
            Route("/desk", self.page),
            Route("/desk/", self.aside),
            Route("/desk/sign-in", self.ways),
            Route("/desk/demo/units", self.units),
            Route("/desk/demo/token", self.token, methods=["POST"]),
            Route("/desk/{name}", self.file),
        ]

    async def page(self, request: Request) -> Response:
        return sent(self._assets[INDEX], request, self._policy)

    async def aside(self, _: Request) -> Response:
        return RedirectResponse("/desk", status_code=308)

    async def file(self, request: Request) -> Response:
        asset = self._assets.get(request.path_params["name"])
        if asset is None or asset.name == INDEX:
            raise errors.NotFound()
        return sent(asset, request, self._policy)

    async def ways(self, _: Request) -> Response:
        """How one signs in here; nothing of it is secret."""
        roles = [{"code": code, "label": {"zh": label.zh, "en": label.en}} for code, label in PEOPLE.items()]
        demo = {"roles": roles} if self._settings.dev_issuer else None
        return _told({"demo": demo, "oidc": self._oidc()})

    async def units(self, request: Request) -> Response:
        """Units whose code or name holds what is searched; shorter codes, that is higher units, come first."""
        self._require_demo()
        words, day = request.query_params.get("search", "").lower().split(), self._today()
        directory = self._directory()
        rows = [row for row in directory.in_force(day) if all(word in _text(row) for word in words)]
        rows.sort(key=lambda row: (len(row.code), row.code))
        return _told({"units": [_unit(row) for row in rows[:MOST_UNITS]], "more": len(rows) > MOST_UNITS})

    async def token(self, request: Request) -> Response:
        """A token for anybody. Only a body of JSON is taken, which no other site's page can send unasked."""
        self._require_demo()
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise errors.MediaTypeUnsupported()
        unit, role = _asked(await _small(request))
        issuer, seconds = issuer_from(self._settings), self._settings.token_lifetime_s
        return _told({"token": issuer.issue(unit, f"{role}:{unit}", roles=[role], ttl=seconds), "seconds": seconds})

    def _require_demo(self) -> None:
        if not self._settings.dev_issuer:
            raise errors.NotFound()

    def _oidc(self) -> dict[str, str] | None:
        settings = self._settings
        if settings.desk_client_id is None:
            return None
        return {
            "clientId": settings.desk_client_id,
            "authorizeUrl": settings.desk_authorize_url or "",
            "tokenUrl": settings.desk_token_url or "",
            "scope": settings.desk_scope,
        }


async def _small(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_ASKED:
            raise errors.BodyTooLarge(limit=MOST_ASKED)
    return body


def _asked(body: bytes) -> tuple[str, str]:
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise errors.BodyNotJson() from error
    unit, role = (read.get("unit"), read.get("role")) if isinstance(read, dict) else (None, None)
    if not isinstance(unit, str) or not isinstance(role, str) or role not in PEOPLE:
        raise errors.SignInMalformed()
    return unit, role


def _text(row: UnitRow) -> str:
    return f"{row.code} {row.name.zh} {row.name.en}".lower()


def _unit(row: UnitRow) -> dict[str, object]:
    return {"code": row.code, "name": {"zh": row.name.zh, "en": row.name.en}}


def _told(answer: object) -> Response:
    return Response(orjson.dumps(answer), media_type=JSON, headers=_GUARDS)
