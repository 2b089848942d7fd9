"""The built-in issuer, for demonstration and development only: one key pair under the data folder.

Refused unless it is switched on: whoever may run it may be anybody.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from hub import errors
from hub.identity.claims import PERSON, UNIT_CODE, read_roles
from hub.identity.identity import Kind

_ALGORITHM = "ES256"


class Issuer:
    """Signs tokens with its own key; `jwks` is what a verifier needs of it."""

    def __init__(self, key: ECKey, *, issuer: str, audience: str, clock: Callable[[], float] = time.time) -> None:
        self._key, self._issuer, self._audience, self._clock = key, issuer, audience, clock

    @property
    def jwks(self) -> bytes:
        """The public key as a JWKS document."""
        public = self._key.as_dict(private=False, kid=self._key.kid, use="sig", alg=_ALGORITHM)
        return json.dumps({"keys": [public]}).encode()

    def issue(self, unit: str, person: str, *, roles: Iterable[str], ttl: int, kind: Kind | None = None) -> str:
        """A token for a person of a unit; `kind` follows from the role `service` where it is not given."""
        held = read_roles(list(roles))
        if not UNIT_CODE.fullmatch(unit):
            raise errors.UnknownUnit(unit=unit)
        if not PERSON.fullmatch(person):
            raise errors.TokenInvalid(reason="sub")
        now = int(self._clock())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": person,
            "unit": unit,
            "roles": sorted(held),
            "kind": kind or ("service" if "service" in held else "human"),
            "iat": now,
            "exp": now + ttl,
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode({"alg": _ALGORITHM, "kid": self._key.kid}, claims, self._key, algorithms=[_ALGORITHM])


def open_issuer(folder: Path, *, enabled: bool, issuer: str, audience: str) -> Issuer:
    """The built-in issuer with the key kept in `folder`, made at first use; raises IssuerOff unless switched on."""
    if not enabled:
        raise errors.IssuerOff()
    path = folder / "issuer.json"
    try:
        return Issuer(_read_key(path), issuer=issuer, audience=audience)
    except FileNotFoundError:
        _make_key(path)
    return Issuer(_read_key(path), issuer=issuer, audience=audience)


def _read_key(path: Path) -> ECKey:
    try:
        return ECKey.import_key(json.loads(path.read_bytes()))
    except ValueError as error:
        raise errors.DataFolderUnusable(path=path, reason="not a key") from error


def _make_key(path: Path) -> None:
    """Writes a new key once, whole and private; of several processes the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ECKey.generate_key("P-256", auto_kid=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(key.as_dict(private=True, kid=key.kid)).encode())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
