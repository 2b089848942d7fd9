"""An issuer's public keys: a JWKS document becomes a KeyRing; sources fetch it and refresh it.

Refused: private or symmetric keys, keys without a kid, one kid twice, weak or unknown kinds.
"""

from __future__ import annotations

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import base64_to_int

from hub import errors
from hub.observation import observe, unavailable

VerifyingKey = ECKey | OKPKey | RSAKey
_KINDS: dict[str, type[ECKey] | type[OKPKey] | type[RSAKey]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}
_CURVES = {"P-256": "ES256", "P-384": "ES384", "Ed25519": "Ed25519"}
_SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "k", "oth"})
_RSA_BITS = 2048
_LIMIT = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A key and the closed set of algorithms that it may verify."""

    key: VerifyingKey
    algorithms: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """Keys by kid; a new document is a new ring, so that what was judged by an old one can be told."""

    keys: Mapping[str, TrustedKey]


def read_ring(document: bytes) -> KeyRing:
    """The ring of a JWKS document; raises ValueError if it is no such document or holds no usable key."""
    if len(document) > _LIMIT:
        raise ValueError("the key set is too large")
    parsed = orjson.loads(document)
    members = parsed.get("keys") if isinstance(parsed, dict) else None
    if not isinstance(members, list):
        raise ValueError("not a key set")
    found: dict[str, TrustedKey] = {}
    for member in members:
        kid = member.get("kid") if isinstance(member, dict) else None
        if not isinstance(kid, str) or not 0 < len(kid) <= 256:
            continue
        trusted = _trusted(member)
        if trusted is None:
            continue
        if kid in found:
            raise ValueError("one kid names two keys")
        found[kid] = trusted
    if not found:
        raise ValueError("the key set holds no usable key")
    return KeyRing(keys=found)


def _trusted(member: Mapping[str, Any]) -> TrustedKey | None:
    kind = _KINDS.get(str(member.get("kty")))
    if kind is None or member.get("use", "sig") != "sig" or _SECRET_MEMBERS & member.keys():
        return None
    operations = member.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    try:
        if kind is RSAKey and base64_to_int(member["n"]).bit_length() < _RSA_BITS:
            return None
        key = kind.import_key(dict(member))
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    algorithms = _algorithms(key)
    if "alg" in member:
        algorithms &= {str(member["alg"])}
    return TrustedKey(key=key, algorithms=algorithms) if algorithms else None


def _algorithms(key: VerifyingKey) -> frozenset[str]:
    if isinstance(key, RSAKey):
        return frozenset({"RS256", "PS256"})
    algorithm = _CURVES.get(key.curve_name)
    return frozenset({algorithm}) if algorithm else frozenset()


class Keys:
    """The issuer's ring as it is now: refreshed when old, and when a token names an unknown kid.

    An issuer out of reach leaves the last ring in force until `refuse_after`; then nobody is let in.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[bytes]],
        *,
        refresh_after: float = 300,
        refuse_after: float = 3600,
        min_interval: float = 10,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._clock = fetch, clock
        self._refresh_after, self._refuse_after, self._min_interval = refresh_after, refuse_after, min_interval
        self._ring: KeyRing | None = None
        self._document = b""
        self._read_at = self._tried_at = float("-inf")
        self._one = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def fresh(self) -> KeyRing | None:
        """The ring where nothing needs to be waited for; starts a refresh in the background when due."""
        age = self._clock() - self._read_at
        if age < self._refresh_after:
            return self._ring
        if age >= self._refuse_after:
            return None
        if self._may_try() and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._refresh(self._clock()))
        return self._ring

    async def ring(self, kid: str) -> KeyRing:
        """A ring that holds `kid` if the issuer publishes it; raises IssuerUnavailable where none is fit."""
        ring = self.fresh()
        if ring is None or (kid not in ring.keys and self._may_try()):
            await self._refresh(self._clock())
            ring = self.fresh()
        if ring is None:
            raise errors.IssuerUnavailable()
        return ring

    def _may_try(self) -> bool:
        """Whether the issuer may be asked again: tokens with made-up kids must not become a flood at its door."""
        return self._clock() - self._tried_at >= self._min_interval

    async def _refresh(self, asked_at: float) -> None:
        async with self._one:
            # Whoever waited here while another asked has the other's answer.
            if self._tried_at >= asked_at or not self._may_try():
                return
            self._tried_at = self._clock()
            try:
                document = await self._fetch()
                if document != self._document or self._ring is None:
                    self._ring, self._document = read_ring(document), document
            except (OSError, ValueError, HTTPException) as error:
                observe(unavailable("issuer", error, errors.IssuerUnavailable.code))
                return
            self._read_at = self._clock()


def fixed_keys(ring: bytes) -> Keys:
    """Keys that never change, such as those of the built-in issuer."""

    async def fetch() -> bytes:
        return ring

    return Keys(fetch, min_interval=0)


def file_keys(path: Path) -> Keys:
    """Keys of a file that an administrator replaces."""

    async def fetch() -> bytes:
        return await asyncio.to_thread(_read_file, path)

    return Keys(fetch, refresh_after=30, min_interval=5)


def url_keys(url: str, *, timeout: float = 5, min_interval: float = 10) -> Keys:
    """Keys that an issuer publishes; https, or http on this machine only."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")):
        raise errors.SettingsError(faults="HUB_JWKS_URL: must be https")

    async def fetch() -> bytes:
        return await asyncio.wait_for(asyncio.to_thread(_download, url, timeout), timeout + 1)

    return Keys(fetch, min_interval=min_interval)


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LIMIT + 1)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


# No proxy from the environment and no redirect: keys come from the named place or not at all.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())


def _download(url: str, timeout: float) -> bytes:
    accept = {"Accept": "application/jwk-set+json, application/json"}
    request = urllib.request.Request(url, headers=accept)  # noqa: S310  (url_keys admits https)
    try:
        with _OPENER.open(request, timeout=timeout) as response:
            return _body(response, time.monotonic() + timeout)
    except urllib.error.HTTPError as error:
        error.close()
        raise


def _body(response: HTTPResponse, ends: float) -> bytes:
    body = b""
    while chunk := response.read1(65_536):
        body += chunk
        if len(body) > _LIMIT:
            raise ValueError("the key set is too large")
        if time.monotonic() > ends:
            raise TimeoutError("the key set came too slowly")
    return body
