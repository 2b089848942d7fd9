"""Bearer token → Identity: signature, claims, and the unit as the directory knows it today.

A token is judged by the configured issuer's keys and a closed list of algorithms; nothing in the token
says how it is to be verified but the name of one of those keys.
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import orjson
from joserfc import jws
from joserfc.errors import JoseError

from hub import errors
from hub.identity.claims import Claims, Expected, read_claims
from hub.identity.directory import Directory, Ended, Succeeded, Unknown
from hub.identity.identity import Identity
from hub.identity.keys import KeyRing, Keys, TrustedKey

MAX_TOKEN = 8192
#: header parameters by which a token would choose its own key or meaning
_REFUSED = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "enc", "zip"})
_TYPES = (None, "JWT", "jwt", "at+jwt", "application/at+jwt")
_BEIJING = 8 * 3600
_DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(slots=True)
class _Known:
    """A token that was accepted, with what it was judged by."""

    claims: Claims
    identity: Identity
    ring: KeyRing
    directory: Directory
    day: int


def bearer_token(header: str | None) -> str:
    """The token of an Authorization header; raises IdentityError where there is none."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise errors.IdentityError()
    return token


class Verifier:
    """Verifies tokens and remembers those it accepted, no longer than they, their keys and their unit hold."""

    def __init__(
        self,
        expected: Expected,
        keys: Keys,
        *,
        directory: Callable[[], Directory],
        clock: Callable[[], float] = time.time,
        remembered: int = 4096,
    ) -> None:
        self._expected, self._keys, self._directory, self._clock = expected, keys, directory, clock
        self._remembered = remembered
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    async def identify(self, token: str) -> Identity:
        """Who presents this token; raises an IdentityError that says which part of it fails."""
        if len(token) > MAX_TOKEN or not token.isascii():
            raise errors.TokenInvalid(reason="size")
        digest, now = sha256(token.encode()).digest(), self._clock()
        known = self._known.get(digest)
        if known is not None:
            if now >= known.claims.expires_at + self._expected.leeway:
                del self._known[digest]
                raise errors.TokenExpired()
            if known.ring is self._keys.fresh():
                self._known.move_to_end(digest)
                return self._current(known, now)
        header = read_header(token)
        ring = await self._keys.ring(header.kid)
        claims = read_claims(verified_payload(token, header, ring), self._expected, now)
        return self._remember(digest, claims, ring)

    def _current(self, known: _Known, now: float) -> Identity:
        """The identity of a remembered token, looked up anew on a new day and in a new directory."""
        directory, day = self._directory(), _beijing_day(now)
        if known.directory is not directory or known.day != day:
            known.identity = identity_from(known.claims, directory, date.fromordinal(day))
            known.directory, known.day = directory, day
        return known.identity

    def _remember(self, digest: bytes, claims: Claims, ring: KeyRing) -> Identity:
        directory, day = self._directory(), _beijing_day(self._clock())
        identity = identity_from(claims, directory, date.fromordinal(day))
        self._known[digest] = _Known(claims, identity, ring, directory, day)
        if len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    algorithm: str
    kid: str


def read_header(token: str) -> Header:
    """The only two things a token may say of its own verification."""
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise errors.TokenInvalid(reason="form")
    try:
        header = orjson.loads(urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except ValueError:
        raise errors.TokenInvalid(reason="form") from None
    if not isinstance(header, dict) or _REFUSED & header.keys() or header.get("typ") not in _TYPES:
        raise errors.TokenInvalid(reason="header")
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str):
        raise errors.TokenInvalid(reason="alg")
    if not isinstance(kid, str):
        raise errors.TokenInvalid(reason="kid")
    return Header(algorithm=algorithm, kid=kid)


def verified_payload(token: str, header: Header, ring: KeyRing) -> dict[str, object]:
    """The payload of a token whose signature holds under a key of the ring."""
    trusted: TrustedKey | None = ring.keys.get(header.kid)
    if trusted is None:
        raise errors.TokenInvalid(reason="kid")
    # The key decides which algorithms it may verify, never the token: a public key is no HMAC secret.
    if header.algorithm not in trusted.algorithms:
        raise errors.TokenInvalid(reason="alg")
    try:
        payload = orjson.loads(jws.deserialize_compact(token, trusted.key, algorithms=[header.algorithm]).payload)
    except (JoseError, ValueError, RecursionError):
        raise errors.TokenInvalid(reason="signature") from None
    if not isinstance(payload, dict):
        raise errors.TokenInvalid(reason="form")
    return payload


def identity_from(claims: Claims, directory: Directory, day: date) -> Identity:
    """The identity of verified claims: their unit, or the one that succeeded it, must be in force."""
    found = directory.resolve(claims.unit, day)
    if isinstance(found, Unknown):
        raise errors.UnknownUnit(unit=claims.unit)
    if isinstance(found, Ended):
        raise errors.UnitEnded(unit=claims.unit)
    succeeded = isinstance(found, Succeeded)
    return Identity(
        person=claims.person,
        unit=found.unit if isinstance(found, Succeeded) else found,
        roles=claims.roles,
        kind=claims.kind,
        expires_at=claims.expires_at,
        token_id=claims.token_id,
        unit_presented=claims.unit if succeeded else None,
    )


def _beijing_day(now: float) -> int:
    """The ordinal of the day in China, where units begin and end."""
    return _EPOCH + int((now + _BEIJING) // _DAY)
