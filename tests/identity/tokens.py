"""Tokens, good and bad, signed with keys made for the run."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from hub.identity.claims import Expected
from hub.identity.directory import Directory, UnitRow
from hub.identity.divisions import Division, Divisions
from schema.classes import Label

NOW = 1_772_440_000  # 2026-03-02 in China
DAY = date(2026, 3, 2)
EXPECTED = Expected(issuer="https://issuer.example", audience="gongzhi")

EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed-1"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
STRANGER = ECKey.generate_key("P-256", {"kid": "ec-1"})

CLAIMS: dict[str, Any] = {
    "iss": "https://issuer.example",
    "aud": "gongzhi",
    "sub": "zhang.san",
    "unit": "ED@430621",
    "roles": ["officer"],
    "kind": "human",
    "iat": NOW - 60,
    "exp": NOW + 3600,
    "jti": "token-1",
}


def claims(**changed: object) -> dict[str, Any]:
    """Good claims with some changed; `...` leaves one out."""
    return {name: value for name, value in {**CLAIMS, **changed}.items() if value is not ...}


def signed(
    payload: Mapping[str, object] | None = None,
    *,
    key: ECKey | OKPKey | RSAKey = EC,
    alg: str = "ES256",
    header: Mapping[str, object] | None = None,
) -> str:
    protected = {"alg": alg, "kid": key.kid, **(header or {})}
    body = json.dumps(CLAIMS if payload is None else payload)
    # What a client may send, the library need not agree to sign: headers are put on by hand.
    shown = {name: value for name, value in protected.items() if value is not ...}
    text = f"{encoded(json.dumps(shown).encode())}.{encoded(body.encode())}"
    model = jws.JWSRegistry.algorithms[alg]
    return f"{text}.{encoded(model.sign(text.encode(), key))}"


def forged(header: Mapping[str, object], secret: bytes = b"") -> str:
    """A token of a header of one's choice, signed by HMAC, or not at all."""
    text = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(CLAIMS).encode())}"
    return f"{text}.{encoded(hmac.new(secret, text.encode(), hashlib.sha256).digest() if secret else b'')}"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def jwks(*keys: ECKey | OKPKey | RSAKey) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False, kid=key.kid) for key in keys]}).encode()


def division(
    code: str, *, parent: str | None = None, until: date | None = None, successor: str | None = None
) -> Division:
    return Division(
        code=code, parent=parent, name=code, valid_from=date(2000, 1, 1), valid_to=until, successor=successor
    )


def unit(
    code: str,
    *,
    division: str = "430621000000",
    since: date = date(2000, 1, 1),
    until: date | None = None,
    successor: str | None = None,
) -> UnitRow:
    return UnitRow(
        code=code,
        type=code[:2],
        level="county",
        division=division,
        name=Label(zh=f"单位{code}", en=code),
        valid_from=since,
        valid_to=until,
        successor=successor,
    )


def directory(*units: UnitRow) -> Directory:
    places = [division("430600000000"), division("430621000000", parent="430600000000")]
    return Directory(units or [unit("ED@430621")], Divisions(places))
