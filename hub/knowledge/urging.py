"""催办: what is late is told, to who owes and is owed, to the lead of the case, to the unit above and the office.

A notice of this kind says which unit is late and with what kind of thing; nothing of a case is in one that goes to a
unit without a part in it. Of many notices that one unit has not acknowledged each of these is told once a round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.derived.keeping import HUB
from hub.knowledge.offices import OFFICE, Offices
from hub.knowledge.owing import Owed
from hub.ledger.ids import new_id
from hub.ledger.rows import concerns
from schema.registry import ENTITIES

NOTICE = ENTITIES["Notice"]
UNACKNOWLEDGED, OVERDUE, ESCALATED = "not_acknowledged", "overdue", "escalated"
#: Of what happened, the kind of notice that tells it.
_KINDS = {UNACKNOWLEDGED: "overdue", OVERDUE: "overdue", ESCALATED: "escalation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A notice that was to be acknowledged, and was not."""

    unit: str
    county: str
    case: str | None
    child: str | None
    lead: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Urging:
    """Makes the notices of one round."""

    offices: Offices
    now: datetime

    def of_notices(self, late: Iterable[Late]) -> list[dict[str, Any]]:
        """To the lead within the case; to the unit above and the office without it."""
        rows: dict[tuple[str, str, str | None], dict[str, Any]] = {}
        for each in late:
            if each.lead is not None and each.lead != each.unit:
                within = {"case_id": each.case, "child_id": each.child}
                self._add(rows, each.lead, each.unit, UNACKNOWLEDGED, county=each.county, **within)
            for above in self.above(each.unit):
                if above != each.lead:
                    self._add(rows, above, each.unit, UNACKNOWLEDGED)
        return list(rows.values())

    def of_obligations(self, kind: str, owed: Iterable[Owed]) -> list[dict[str, Any]]:
        """To who owes and is owed; once it escalates to the unit above and the office too."""
        rows = []
        for each in owed:
            told = [each.debtor, each.creditor, *(self.above(each.debtor) if kind == ESCALATED else ())]
            for unit in dict.fromkeys(told):
                row = self._row(unit, each.from_unit, kind, obligation_id=each.id, addressed=unit == each.debtor)
                rows += [row] if row else []
        return rows

    def above(self, unit: str) -> tuple[str, ...]:
        """The unit above, and the conference's office."""
        office = self.offices.in_charge(OFFICE, self.offices.place_of(unit) or "")
        found = (self.offices.superior(unit), office)
        return tuple(dict.fromkeys(each for each in found if each is not None and each != unit))

    def _add(
        self, rows: dict[tuple[str, str, str | None], dict[str, Any]], unit: str, about: str, event: str, **more: Any
    ) -> None:
        key = (unit, about, more.get("case_id"))
        row = None if key in rows else self._row(unit, about, event, **more)
        if row is not None:
            rows[key] = row

    def _row(
        self, unit: str, about: str, event: str, *, county: str | None = None, **more: Any
    ) -> dict[str, Any] | None:
        """None for a unit that has no place: nobody sits there to be told."""
        division = self.offices.place_of(unit)
        if division is None:
            return None
        place = county or division[:6]
        return {
            "case_id": None, "child_id": None, "obligation_id": None, "addressed": False, **more,
            "id": new_id(NOTICE, place), "county": place, "unit": unit, "about_unit": about, "by_unit": HUB,
            "kind": _KINDS[event], "event_type": event, "at": self.now, "division": division, "source_unit": HUB,
            "recorded_by": HUB, "recorded_at": self.now, "effective_from": self.now.date(),
            "verified_status": "verified",
        }  # fmt: skip


def late_of(row: Mapping[str, Any]) -> Late:
    return Late(
        unit=row["unit"], county=row["county"], case=row["case_id"], child=row["child_id"], lead=row["lead_unit"]
    )


def change_rows(rows: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[dict[str, Any]]:
    """What followers are told of rows made or marked: each with its entity, id, version, county and child."""
    for row in rows:
        entity = ENTITIES[row["entity"]]
        yield {
            "county": row["county"], "entity": entity.name, "row_id": row["id"], "row_version": row["version"],
            "child_id": row["child_id"], "kind": "created" if row["version"] == 1 else "updated", "unit": HUB,
            "at": now.isoformat(), "classes": [entity.about.key_class], **concerns(entity, row),
        }  # fmt: skip
