"""What follows from the rows of a ledger's transaction, written in the same transaction, with its change rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from psycopg import sql

from hub.derived import statement
from hub.derived.keeping import HUB, Ask, Kept, Moment, Touched, keep
from hub.ledger.job import Query, RowWrite
from hub.query.binding import encode

_MARK = re.compile(r"%%|%\((\w+)\)s")


async def follow(writes: Sequence[RowWrite], query: Query, now: datetime) -> list[dict[str, Any]]:
    """Brings the children whose facts were written into step; gives the change rows of what that changed."""
    followed: list[dict[str, Any]] = []
    for touched in _touched(writes):
        kept = await keep(asking(query), touched, Moment(day=statement.today(now), at=now))
        followed += (change_of(one, now) for one in kept)
    return followed


def _touched(writes: Iterable[RowWrite]) -> Iterator[Touched]:
    """By county, in an order that all writers keep, so that no two wait for each other in a circle."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for write in writes:
        if write.act.entity.name not in statement.READ or write.county is None:
            continue
        sets, row = found[write.county], {**write.standing, **write.stored}
        if write.child is not None:
            sets["children"].add(write.child)
        if write.act.entity.name == "Child":
            sets["own"].add(write.row)
        sets["families"] |= {str(family) for family in _families(write, row) if family is not None}
    for county in sorted(found):
        yield Touched(county=county, **{name: frozenset(ids) for name, ids in found[county].items()})


def _families(write: RowWrite, row: Mapping[str, Any]) -> Iterator[object]:
    """The household a row belongs to, and the one it has left."""
    yield write.row if write.act.entity.name == "Family" else row.get("family_id")
    yield write.standing.get("family_id")


def change_of(kept: Kept, at: datetime) -> dict[str, Any]:
    """The change row; the hub itself is the unit that wrote."""
    classes = {"D01": kept.stands, "D41": kept.filled, "D09": kept.entity == statement.FINDING}
    return {
        "county": kept.county,
        "entity": kept.entity,
        "row_id": kept.id,
        "row_version": kept.version,
        "child_id": kept.child,
        "kind": "created" if kept.is_new else "updated",
        "unit": HUB,
        "at": at.isoformat(),
        "classes": sorted(name for name, touched in classes.items() if touched),
    }


def asking(query: Query) -> Ask:
    """The transaction's own way of asking, for statements with named values."""

    async def ask(composed: sql.Composable, values: Mapping[str, object]) -> Sequence[Sequence[Any]]:
        text, names = _numbered(composed.as_string(None))
        return await query(text, [encode(values[name]) for name in names])

    return ask


@lru_cache(64)
def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """`%(name)s` as `$1`, with the names in order."""
    names: dict[str, int] = {}

    def mark(found: re.Match[str]) -> str:
        if found[1] is None:
            return "%"
        return f"${names.setdefault(found[1], len(names) + 1)}"

    return _MARK.sub(mark, text), tuple(names)
