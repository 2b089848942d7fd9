"""情况共知率: per unit, what it was to acknowledge and did in time; and what it owed and gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from hub.identity.identity import Unit
from hub.policy.grant import Right
from hub.query.binding import encode
from hub.query.context import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The counts of one unit, or of several together."""

    told: int = 0
    must_know: int = 0  # that were to be acknowledged, and whose term is over or that were acknowledged
    in_time: int = 0
    late: int = 0
    missed: int = 0
    declined: int = 0
    owed: int = 0  # whose term is over, or that were met
    given_in_time: int = 0
    given_late: int = 0
    overdue: int = 0
    waived: int = 0
    refused: int = 0  # shares that the unit refused

    @property
    def rate(self) -> float | None:
        """Acknowledged in time ÷ to be known; None where there was nothing to know."""
        return round(self.in_time / self.must_know, 4) if self.must_know else None

    @property
    def supply_rate(self) -> float | None:
        """Given in time ÷ owed; None where nothing was owed."""
        return round(self.given_in_time / self.owed, 4) if self.owed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Of whom a caller may know what they knew: of all units, of those of some divisions, of itself."""

    unit: str
    ranges: tuple[tuple[str, str], ...] | None  # None: everywhere; empty: itself alone


NAMES = tuple(field.name for field in fields(Counted))


def reach_of(rights: Iterable[Right], unit: Unit) -> Reach | None:
    """By the rights to list what units owe; None for who has none."""
    scopes = {right.reach.scope for right in rights if right.reach.condition in (None, "own_unit")}
    wide = {right.reach.scope for right in rights if right.reach.condition is None}
    if "any" in wide:
        return Reach(unit=unit.code, ranges=None)
    if wide & {"sub", "own"}:
        return Reach(unit=unit.code, ranges=unit.ranges)
    return Reach(unit=unit.code, ranges=()) if scopes else None


def within(reach: Reach, part: tuple[str, str]) -> Reach:
    """What of a reach lies in a division; whoever reaches itself alone is told of itself whatever it names."""
    low, high = part
    ranges = (
        ((low, high),)
        if reach.ranges is None
        else tuple((max(low, a), min(high, b)) for a, b in reach.ranges if max(low, a) < min(high, b))
    )
    return Reach(unit=reach.unit, ranges=ranges)


#: $1 since, $2 until, $3 now, $4 and $5 lows and highs of divisions (NULL: everywhere), $6 the unit that asks.
_STATEMENT = """
WITH known AS (
    SELECT n.unit, count(*) AS told,
        count(*) FILTER (WHERE n.due_at IS NOT NULL AND (n.acknowledged_at IS NOT NULL OR n.due_at < $3::timestamptz))
            AS must_know,
        count(*) FILTER (WHERE n.acknowledged_at <= n.due_at) AS in_time,
        count(*) FILTER (WHERE n.acknowledged_at > n.due_at) AS late,
        count(*) FILTER (WHERE n.acknowledged_at IS NULL AND n.declined_at IS NULL AND n.due_at < $3::timestamptz)
            AS missed,
        count(*) FILTER (WHERE n.declined_at IS NOT NULL) AS declined
    FROM notice n
    WHERE n.at >= $1::timestamptz AND n.at < $2::timestamptz AND (n.unit = $6 OR $4::text[] IS NULL OR EXISTS (
        SELECT 1 FROM unnest($4::text[], $5::text[]) AS r (low, high) WHERE n.division >= r.low AND n.division < r.high
    ))
    GROUP BY n.unit
), owing AS (
    SELECT o.from_unit AS unit,
        count(*) FILTER (WHERE o.status = 'fulfilled' OR (o.status IN ('open', 'overdue', 'escalated')
            AND o.due_at < $3::timestamptz)) AS owed,
        count(*) FILTER (WHERE o.status = 'fulfilled' AND (o.due_at IS NULL OR o.fulfilled_at <= o.due_at))
            AS given_in_time,
        count(*) FILTER (WHERE o.status = 'fulfilled' AND o.fulfilled_at > o.due_at) AS given_late,
        count(*) FILTER (WHERE o.status IN ('open', 'overdue', 'escalated') AND o.due_at < $3::timestamptz) AS overdue,
        count(*) FILTER (WHERE o.status = 'waived') AS waived
    FROM obligation o
    WHERE o.opened_at >= $1::timestamptz AND o.opened_at < $2::timestamptz
        AND (o.from_unit = $6 OR $4::text[] IS NULL OR EXISTS (
            SELECT 1 FROM unnest($4::text[], $5::text[]) AS r (low, high), organisation u
            WHERE u.code = o.from_unit AND u.division >= r.low AND u.division < r.high
        ))
    GROUP BY o.from_unit
), refusing AS (
    SELECT f.refusing_unit AS unit, count(*) AS refused FROM refusal_record f
    WHERE f.refused_at >= $1::timestamptz AND f.refused_at < $2::timestamptz
    GROUP BY f.refusing_unit
)
SELECT unit, coalesce(told, 0), coalesce(must_know, 0), coalesce(in_time, 0), coalesce(late, 0), coalesce(missed, 0),
    coalesce(declined, 0), coalesce(owed, 0), coalesce(given_in_time, 0), coalesce(given_late, 0),
    coalesce(overdue, 0), coalesce(waived, 0), coalesce(refused, 0)
FROM known FULL JOIN owing USING (unit) LEFT JOIN refusing USING (unit)
ORDER BY unit
"""


async def counted(reach: Reach, since: datetime, until: datetime, now: datetime, query: Query) -> dict[str, Counted]:
    """The counts of each unit within reach that was told or owed something."""
    lows = None if reach.ranges is None else [low for low, _ in reach.ranges]
    highs = None if reach.ranges is None else [high for _, high in reach.ranges]
    bound = [encode(value) for value in (since, until, now, lows, highs, reach.unit)]
    found = await query(_STATEMENT, bound)
    return {
        (unit or b"").decode(): Counted(**{name: int(cell or b"0") for name, cell in zip(NAMES, cells, strict=True)})
        for unit, *cells in found
    }


def together(counts: Iterable[Counted]) -> Counted:
    """Several as one."""
    listed = list(counts)
    return Counted(**{name: sum(getattr(each, name) for each in listed) for name in NAMES})
