"""Where a made-up row says it comes from, and how a row gets a past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.demo.rows import Batch, Row

#: Stands in every made-up row; change the number with the city, so that a loaded older city is noticed.
SOURCE = "demo-city-4"

#: A change: when it was recorded, and what the columns held before.
Change = tuple[datetime, Row]


def person_of(unit: str, role: str = "officer") -> str:
    """The account that acts for a unit in a role; the same that a demo token names."""
    return f"{role}:{unit}"


def told_by(unit: str, at: datetime, *, duty: str | None = None, verified: str = "verified") -> Row:
    """The provenance block of a row."""
    return {
        "source_unit": unit,
        "source_system": SOURCE,
        "supplier_duty": duty,
        "effective_from": at.date(),
        "recorded_at": at,
        "recorded_by": person_of(unit),
        "verified_status": verified,
        "row_version": 1,
    }


def add_with_past(batch: Batch, table: str, row: Row, changes: Sequence[Change]) -> None:
    """Adds the row as it is now and, for each change in order of time, the state that the change ended.

    The row's own `recorded_at` is when its first state was recorded; a change that is not later than what came
    before it is left out.
    """
    if not changes:
        batch.add(table, row)
        return
    kept: list[Change] = []
    last: datetime = row["recorded_at"]
    for change in sorted(changes, key=lambda change: change[0]):
        if change[0] > last:
            kept.append(change)
            last = change[0]
    starts = [row["recorded_at"], *(at for at, _ in kept)]
    state = {**row, "recorded_at": starts[-1], "row_version": len(starts)}
    batch.add(table, state)
    for version in range(len(kept), 0, -1):
        ended_at, before = kept[version - 1]
        state = {**state, **before, "recorded_at": starts[version - 1], "row_version": version}
        batch.former(table, state, ended_at)
