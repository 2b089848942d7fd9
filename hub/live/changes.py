"""The change log as followers read it: in the order of (xid, seq), up to what an open transaction may still precede.

Rows lie below `pg_snapshot_xmin(pg_current_snapshot())`, so nothing can be committed later before what was read: a
transaction that stays open holds everybody back, and loses nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from hub.query.pipeline import Row

Query = Callable[[str, Sequence[bytes | None]], Awaitable[list[Row]]]

#: Rows of one reading, and rows that are looked through at once for one follower that comes back.
MOST, WINDOW = 5000, 20_000
_LATEST = 2**63 - 1
_FACTS = "f.xid::text, f.seq, f.entity, f.row_id, f.kind, f.at, f.case_id, f.units"
_WATERMARK = "pg_snapshot_xmin(pg_current_snapshot())"
#: $1, $2 the place read up to, $3 the most rows. All of it is of one snapshot.
_AFTER = f"""
select {_WATERMARK}::text, (pg_current_wal_lsn() - '0/0')::text,
    exists (select from change c where c.xid >= {_WATERMARK})::text,
    (select coalesce(json_agg(json_build_array({_FACTS})), '[]') from (
        select * from change c
        where (c.xid, c.seq) > ($1::xid8, $2::bigint) and c.xid < {_WATERMARK}
            and (c.case_id is not null or c.units is not null)
        order by c.xid, c.seq limit $3::int
    ) f)
"""  # noqa: S608  (fixed words)
#: $1, $2 behind which place, $3, $4 up to which, $5 the window; of its rows those of a case ($6), or of an entity ($7)
#: for a unit ($8). Behind a place far back the window keeps to the primary key.
_PAGE = f"""
with w as materialized (
    select * from change c
    where (c.xid, c.seq) > ($1::xid8, $2::bigint) and (c.xid, c.seq) <= ($3::xid8, $4::bigint)
    order by c.xid, c.seq limit $5::int
)
select (select count(*) from w)::text,
    (select json_build_array(l.xid::text, l.seq) from w l order by l.xid desc, l.seq desc limit 1),
    (select coalesce(json_agg(json_build_array({_FACTS}) order by f.xid, f.seq), '[]') from w f
     where f.case_id = $6::text or (f.entity = $7::text and $8::text = any (f.units)))
"""  # noqa: S608


class Place(NamedTuple):
    """Where something stands in the log; (xid, 0) is behind all of the transactions before this one."""

    xid: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change row, as far as it is needed to find whom it concerns."""

    place: Place
    entity: str
    row: str
    kind: str
    at: str
    case: str | None
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What has been committed behind a place."""

    changes: tuple[Change, ...]
    upto: Place  # everything before it is read
    watermark: int
    written: int  # the database's log as it then was, in bytes
    held_back: bool  # something is committed that an open transaction may still precede


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Whose changes are looked for: those of a case, or those of an entity for a unit."""

    case: str | None = None
    entity: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What of a stretch of the log was sought."""

    changes: tuple[Change, ...]
    upto: Place
    is_last: bool


class ChangeLog:
    """Reads the log on the primary, where it is written."""

    def __init__(self, query: Query) -> None:
        self._query = query

    async def after(self, place: Place | None) -> Batch:
        """What is behind a place; without one only how far everything is settled."""
        behind = place or Place(_LATEST, 0)
        bound = [str(behind.xid).encode(), str(behind.seq).encode(), str(MOST).encode()]
        ((watermark, written, held_back, rows),) = await self._query(_AFTER, bound)
        changes = _changes(rows)
        settled = int(watermark or 0)
        return Batch(
            changes=changes, upto=changes[-1].place if len(changes) == MOST else Place(settled, 0), watermark=settled,
            written=int(written or 0), held_back=held_back == b"true",
        )  # fmt: skip

    async def page(self, after: Place, upto: Place, sought: Sought) -> Page:
        """What of the rows next behind `after`, up to a place inclusive, was sought."""
        numbers = [str(number).encode() for number in (*after, *upto, WINDOW)]
        words = [word.encode() if word is not None else None for word in (sought.case, sought.entity, sought.unit)]
        ((count, last, rows),) = await self._query(_PAGE, [*numbers, *words])
        if last is None:
            return Page(changes=(), upto=upto, is_last=True)
        xid, seq = orjson.loads(last)
        return Page(changes=_changes(rows), upto=Place(int(xid), seq), is_last=int(count or 0) < WINDOW)


def _changes(rows: bytes | None) -> tuple[Change, ...]:
    return tuple(
        Change(
            place=Place(int(xid), seq), entity=entity, row=row, kind=kind, at=at, case=case, units=tuple(units or ())
        )
        for xid, seq, entity, row, kind, at, case, units in orjson.loads(rows or b"[]")
    )
