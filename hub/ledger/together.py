"""What one transaction asks of single rows, taken together: equal statements of one turn of the loop become one.

A command is judged by itself, and hundreds of them cost the database little more than one of each kind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hub import errors
from hub.ledger.job import Query
from hub.ledger.statements import Sql
from hub.query.binding import encode
from hub.query.pipeline import Row as Cells


async def settled(*awaited: Awaitable[Any]) -> list[Any]:
    """All of them at once; raises what the first of them raised, when none is under way any longer."""
    found = await asyncio.gather(*awaited, return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException):
            raise each
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    row: str
    child: str | None
    answer: asyncio.Future[Cells | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Of one transaction. Statements are those of `statements.of_each`, whose first column is a row's place."""

    query: Query
    _waiting: dict[tuple[str, tuple[bytes | None, ...]], list[_Asked]] = field(default_factory=dict)

    def ask(
        self, sql: Sql, values: Mapping[str, bytes | None], row: str, child: str | None = None
    ) -> asyncio.Future[Cells | None]:
        """What the statement finds for the row; None where it finds nothing."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._send)
        asked = _Asked(row=row, child=child, answer=loop.create_future())
        self._waiting.setdefault((sql.text, tuple(sql.bound(values))), []).append(asked)
        return asked.answer

    def _send(self) -> None:
        waiting = dict(self._waiting)
        self._waiting.clear()
        for (text, bound), asked in waiting.items():
            # Rows are locked in the order in which they are named: one order for all writers.
            asked.sort(key=lambda one: one.row)
            rows, children = encode([one.row for one in asked]), encode([one.child for one in asked])
            try:
                found = asyncio.ensure_future(self.query(text, (*bound, rows, children)))
            except errors.HubError as error:
                _fail(asked, error)
                continue
            found.add_done_callback(partial(_answer, asked))


def _answer(asked: Sequence[_Asked], found: asyncio.Future[list[Cells]]) -> None:
    error = asyncio.CancelledError() if found.cancelled() else found.exception()
    if error is not None:
        _fail(asked, error)
        return
    rows = {int(place or b""): cells for place, *cells in found.result()}
    for place, one in enumerate(asked, start=1):
        if not one.answer.done():
            cells = rows.get(place)
            one.answer.set_result(None if cells is None else tuple(cells))


def _fail(asked: Sequence[_Asked], error: BaseException) -> None:
    for one in asked:
        if not one.answer.done():
            one.answer.set_exception(error)
