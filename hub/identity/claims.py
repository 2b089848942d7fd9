"""Reads the claims of a verified token strictly; whatever is not exactly of the form is refused.

The signature is the verifier's question. A claim nobody asked for is ignored, never merged in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hub import errors
from hub.identity.identity import Kind
from hub.policy.words import ADMINISTRATORS, ROLES

UNIT_CODE = re.compile(r"[A-Z]{2}@[0-9]{6}(?:[0-9]{3}(?:[0-9]{3})?)?(?:-[0-9]{2,3})?")
PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@|-]{0,127}")
TOKEN_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# A person's or a token's name stands in every access record, so neither may be a citizen's ID number.
ID_NUMBER = re.compile(
    r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9])"
)

Part = Literal["iss", "aud", "exp", "nbf", "iat", "sub", "unit", "roles", "kind", "jti"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What this hub demands of a token beside a good signature."""

    issuer: str
    audience: str
    leeway: int = 30  # seconds by which the two clocks may differ
    max_lifetime: int = 86_400  # seconds from iat to exp


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says; the unit is not looked up yet."""

    person: str
    unit: str
    roles: frozenset[str]
    kind: Kind
    expires_at: int
    token_id: str


def read_claims(payload: Mapping[str, object], expected: Expected, now: float) -> Claims:
    """The claims of a payload; raises TokenInvalid, TokenExpired or RoleConflict."""
    if payload.get("iss") != expected.issuer:
        raise errors.TokenInvalid(reason="iss")
    _check_audience(payload.get("aud"), expected.audience)
    expires_at = _check_times(payload, expected, now)
    kind = payload.get("kind")
    if kind not in ("human", "service"):
        raise errors.TokenInvalid(reason="kind")
    roles = read_roles(payload.get("roles"))
    if ("service" in roles) != (kind == "service"):
        raise errors.TokenInvalid(reason="kind")
    return Claims(
        person=_text(payload, "sub", PERSON),
        unit=_text(payload, "unit", UNIT_CODE),
        roles=roles,
        kind=kind,
        expires_at=expires_at,
        token_id=_text(payload, "jti", TOKEN_ID),
    )


def read_roles(value: object) -> frozenset[str]:
    """A non-empty list of known roles, each once; an administrator's role stands alone."""
    if not isinstance(value, list) or not 0 < len(value) <= len(ROLES):
        raise errors.TokenInvalid(reason="roles")
    if any(not isinstance(role, str) or role not in ROLES for role in value):
        raise errors.TokenInvalid(reason="roles")
    roles = frozenset(value)
    if len(roles) != len(value):
        raise errors.TokenInvalid(reason="roles")
    if roles & ADMINISTRATORS and len(roles) > 1:
        raise errors.RoleConflict(roles=", ".join(sorted(roles)))
    return roles


def _check_audience(value: object, audience: str) -> None:
    audiences = value if isinstance(value, list) else [value]
    if audience not in audiences or not all(isinstance(each, str) for each in audiences):
        raise errors.TokenInvalid(reason="aud")


def _check_times(payload: Mapping[str, object], expected: Expected, now: float) -> int:
    """The second at which the token ends."""
    expires, issued = _second(payload, "exp"), _second(payload, "iat")
    begins = _second(payload, "nbf") if "nbf" in payload else issued
    if now >= expires + expected.leeway:
        raise errors.TokenExpired()
    if max(issued, begins) > now + expected.leeway:
        raise errors.TokenExpired()
    if expires <= issued or expires - issued > expected.max_lifetime:
        raise errors.TokenInvalid(reason="exp")
    return int(expires)


def _second(payload: Mapping[str, object], name: Part) -> float:
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53 or math.isnan(value):
        raise errors.TokenInvalid(reason=name)
    return value


def _text(payload: Mapping[str, object], name: Part, form: re.Pattern[str]) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not form.fullmatch(value) or ID_NUMBER.search(value):
        raise errors.TokenInvalid(reason=name)
    return value
