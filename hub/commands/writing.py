"""The rows of an act as statements: rows made are sent together, each row changed keeps its former state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub import errors
from hub.commands.words import Changed, Made, Row
from hub.ledger import statements
from hub.ledger.job import Query
from hub.query.binding import encode

Call = tuple[str, list[bytes | None]]
#: Who acts in a case knows of what it was told before: on the board of the case, and in the inbox.
_KNOWN: tuple[tuple[str, str], ...] = (
    (
        "CaseKnowledge",
        "UPDATE case_knowledge SET acted_at = coalesce(acted_at, $4), acknowledged_at = coalesce(acknowledged_at, $4),"
        " row_version = row_version + 1, recorded_at = $4, recorded_by = $5"
        " WHERE county = $1 AND case_id = $2 AND unit = $3 AND (acted_at IS NULL OR acknowledged_at IS NULL)"
        " RETURNING id, row_version, child_id",
    ),
    (
        "Notice",
        "UPDATE notice SET acknowledged_at = $4, acknowledged_by = $5, opened_at = coalesce(opened_at, $4),"
        " row_version = row_version + 1, recorded_at = $4, recorded_by = $5"
        " WHERE county = $1 AND case_id = $2 AND unit = $3 AND acknowledged_at IS NULL AND declined_at IS NULL"
        " RETURNING id, row_version, child_id",
    ),
)


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What an act writes."""

    county: str
    unit: str
    person: str
    duty: str | None
    at: datetime
    versions: dict[str, int] = field(default_factory=dict)  # of the rows that stand, by id

    def stands(self, *rows: Row | None) -> None:
        for row in rows:
            if row is not None and "row_version" in row:
                self.versions[str(row["id"])] = int(row["row_version"])

    def stored(self, made: Made) -> dict[str, Any]:
        """All columns of a new row, with where it comes from."""
        day = self.at.date()
        known: dict[str, Any] = {
            "county": self.county, "source_unit": self.unit, "supplier_duty": self.duty, "recorded_by": self.person,
            "recorded_at": self.at, "effective_from": day, "verified_status": "unverified",
        }  # fmt: skip
        if "county" not in made.entity.table.c:
            del known["county"]
        return known | {"id": made.row} | dict(made.values)

    def inserted(self, made: Iterable[Made]) -> list[Call]:
        """One statement per entity and set of columns, in the order in which they refer to each other."""
        groups: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
        for row in made:
            stored = self.stored(row)
            groups[row.entity.name, tuple(sorted(stored))].append(stored)
        return [
            (statements.inserted(name, columns).text, [statements.document(rows)])
            for (name, columns), rows in groups.items()
        ]

    def updated(self, changed: Iterable[Changed]) -> list[tuple[Call, list[str]]]:
        """One statement per entity and set of columns, with the rows that it has to find as they stood."""
        groups: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
        for each in changed:
            values = {**each.values, "recorded_by": self.person}
            key = {"@row": each.row, "@version": self.versions[each.row], "@now": self.at}
            groups[each.entity.name, tuple(sorted(values))].append(values | key)
        return [
            ((statements.updated(name, columns).text, [statements.document(rows)]), [row["@row"] for row in rows])
            for (name, columns), rows in groups.items()
        ]

    def known(self, case: str) -> list[tuple[str, Call]]:
        """What the act shows the unit to know, by entity."""
        bound = [self.county.encode(), case.encode(), self.unit.encode(), encode(self.at), self.person.encode()]
        return [(entity, (text, bound)) for entity, text in _KNOWN]


async def changed_all(query: Query, call: Call, rows: list[str]) -> None:
    """Refuses where a row is no longer what the act was decided by."""
    found = {(cell or b"").decode() for (cell,) in await query(*call)}
    if found != set(rows):
        raise errors.ActOvertaken()
