"""What follows from the rows of a ledger's transaction, written in the same transaction, with its change rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg

from hub.derived import statement
from hub.derived.keeping import HUB, Connection, Kept, Moment, Touched, keep
from hub.ledger import statements
from hub.ledger.asking import asking
from hub.ledger.job import Query, RowWrite


async def follow(
    writes: Sequence[RowWrite], query: Query, now: datetime, _: Sequence[Any] = ()
) -> list[dict[str, Any]]:
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


async def tell_followers(connection: Connection, kept: Sequence[Kept]) -> None:
    """The change rows of a round, in the transaction that it shares."""
    if kept:
        rows = orjson.dumps([change_of(one, datetime.now(UTC)) for one in kept]).decode()
        cursor = psycopg.AsyncRawCursor(connection)
        await cursor.execute(statements.change_rows().text.encode(), [rows])


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
