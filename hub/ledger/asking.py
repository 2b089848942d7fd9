"""Statements with named values, asked within a transaction: `%(name)s` in the text becomes `$1`, in order."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from psycopg import sql

from hub.ledger.job import Query
from hub.query.binding import encode

#: Runs one statement with its named values, in a transaction that is open.
Ask: TypeAlias = Callable[[sql.Composable, Mapping[str, object]], Awaitable[Sequence[Sequence[Any]]]]

_MARK = re.compile(r"%%|%\((\w+)\)s")


def asking(query: Query) -> Ask:
    """The transaction's own way of asking."""

    async def ask(composed: sql.Composable, values: Mapping[str, object]) -> Sequence[Sequence[Any]]:
        text, names = _numbered(composed.as_string(None))
        return await query(text, [encode(values[name]) for name in names])

    return ask


@lru_cache(512)
def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with numbered marks, and the names in order."""
    names: dict[str, int] = {}

    def mark(found: re.Match[str]) -> str:
        if found[1] is None:
            return "%"
        return f"${names.setdefault(found[1], len(names) + 1)}"

    return _MARK.sub(mark, text), tuple(names)
