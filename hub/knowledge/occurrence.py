"""Something that happened and may make units owe, or settle what they owe: an act, a date of the calendar, a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """What the obligations hang on; it names rows and units, and holds no content."""

    kind: str  # a kind of case event, or another word that the obligations declare
    at: datetime
    by: str  # code of the unit that did it; `hub` for the calendar
    division: str  # 12 digits: where the child lives, or the unit's own
    child: str | None = None
    case: str | None = None
    case_no: str | None = None
    row: str | None = None  # that it is about, such as a plan item: what is owed on a row is met on that row only
    due: date | None = None  # the date the item itself names
    period: str | None = None  # of a date of the calendar, such as 2026Q3
    urgent: bool = False
    #: further units by what they are in it: reporter, facility, provider, requester, owner, court, school, addressee
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
