"""Values of a request in PostgreSQL's text format, from constants of the document and places of its variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from hub import errors
from hub.query.operation import Leaf, place


def bound_place(leaf: Leaf) -> Callable[[Mapping[str, Any]], bytes | None]:
    path, transform = leaf.path, leaf.transform
    if path is None:
        constant = encode(leaf.value if transform is None else transform(leaf.value))
        return lambda _: constant
    if transform is not None:
        return lambda variables: encode(transform(place(variables, path)))
    return lambda variables: encode(place(variables, path))


def value_of(leaf: Leaf | None, variables: Mapping[str, Any]) -> Any:
    if leaf is None or leaf.path is None:
        return None if leaf is None else leaf.value
    return place(variables, leaf.path)


def encode(value: Any) -> bytes | None:
    """A value in PostgreSQL's text format."""
    if value is None:
        return None
    if isinstance(value, Enum):
        return encode(value.value)
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, datetime | date):
        return value.isoformat().encode()
    if isinstance(value, list | tuple):
        return b"{" + b",".join(_element(item) for item in value) + b"}"
    return _text(str(value))


def _text(text: str) -> bytes:
    """UTF-8; refuses what PostgreSQL cannot hold."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError as fault:
        raise errors.PlanError(reason="text holds half a surrogate pair") from fault
    if b"\0" in encoded:
        raise errors.PlanError(reason="text holds a NUL character")
    return encoded


def _element(value: Any) -> bytes:
    text = encode(value)
    if text is None:
        return b"NULL"
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
