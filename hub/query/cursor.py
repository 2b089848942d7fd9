"""Cursors: the sort values of a row, encrypted and bound to the unit, the arguments and the order they came from.

Encrypted, not only signed: a sort value may be one that the caller may order by but must not read elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub import errors
from hub.query.operation import Argument, Leaf, place

NONCE = 12
LONGEST = 2048


class Cursors:
    """Seals and opens cursors with one key, shared by all processes of a hub."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"cursor" + key).digest())

    def seal(self, values: list[str | None], bound_to: bytes) -> str:
        nonce = os.urandom(NONCE)
        sealed = self._cipher.encrypt(nonce, orjson.dumps(values), bound_to)
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, cursor: str, bound_to: bytes, *, length: int) -> list[str | None]:
        """The values of a cursor; raises CursorInvalid if it was altered or made for another question or unit."""
        if len(cursor) > LONGEST:
            raise errors.CursorInvalid()
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            values = orjson.loads(self._cipher.decrypt(raw[:NONCE], raw[NONCE:], bound_to))
        except (InvalidTag, ValueError, binascii.Error) as fault:
            raise errors.CursorInvalid() from fault
        if not isinstance(values, list) or len(values) != length:
            raise errors.CursorInvalid()
        return values


def binding(unit: str, entity: str, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> bytes:
    """What a cursor is bound to: unit, entity, and the values of filter, order and point in time."""
    values = {name: _values(argument, variables) for name, argument in sorted(arguments.items())}
    return hashlib.sha256(orjson.dumps([unit, entity, values], default=str)).digest()


def _values(argument: Argument, variables: Mapping[str, Any]) -> Any:
    if isinstance(argument, Leaf):
        return argument.value if argument.path is None else place(variables, argument.path)
    if isinstance(argument, list):
        return [_values(item, variables) for item in argument]
    return {name: _values(item, variables) for name, item in sorted(argument.items())}
