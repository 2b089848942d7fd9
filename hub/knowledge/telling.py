"""Who is told of what, and by when it is to be acknowledged: the notices of an event, in the act's own transaction.

Every party of a case is told of every step of it; that minimum is no rule anyone can edit. A notice holds no content:
what happened is read where it stands, as the unit may see it when it reads. A step of a sealed class is told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from hub.knowledge.clock import Term, deadline
from hub.policy.rules import Clock
from schema.calendar import WorkingCalendar, shipped_calendar
from schema.classes import CLASSES, Label, Level

_ACK = Label(zh="确认", en="acknowledge")
#: Proposed defaults: a party acknowledges within a working day, what is urgent within two hours.
BY_DAY = Clock(value=1, unit="W", text=_ACK, proposed=True, pausable=False, extendable=False)
URGENT = Clock(value=2, unit="H", text=_ACK, proposed=True, pausable=False, extendable=False)
#: Steps that a unit need not acknowledge: it is enough that it was told.
FOR_INFORMATION = frozenset({"party_left", "part_contributed", "visited", "measure_ended"})
#: The parts in a step of those whose matter it is to handle.
HANDLING = ("addressee", "receiver", "provider")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One step, and whom it is told."""

    kind: str  # of the notice
    event_type: str
    by: str
    at: datetime
    urgent: bool
    child: str | None
    case: str | None
    event: str | None  # its row in the time line
    report: str | None
    units: tuple[str, ...]
    addressed: frozenset[str] = frozenset()  # whose matter it is to handle


@lru_cache(1)
def calendar() -> WorkingCalendar:
    return WorkingCalendar(shipped_calendar())


def is_sealed(data_class: str) -> bool:
    """Whether a step of this class is told to nobody, as if it had not been."""
    return CLASSES[data_class].level is Level.L5


def must_know(parties: Iterable[str], further: Iterable[str], by: str) -> tuple[str, ...]:
    """The parties of the case and whoever is named, without the unit that acts."""
    return tuple(dict.fromkeys(unit for unit in (*parties, *further) if unit != by))


def due(told: Told) -> datetime | None:
    """By when it is to be acknowledged; None where it need not be."""
    if told.event_type in FOR_INFORMATION:
        return None
    return deadline(Term(clock=URGENT if told.urgent else BY_DAY, start=told.at), calendar()).at


def knowledge_rows(told: Told) -> Iterator[dict[str, Any]]:
    """What stands on the board of the case."""
    until = due(told)
    for unit in told.units if told.event is not None else ():
        yield {"event_id": told.event, "unit": unit, "notified_at": told.at, "due_at": until}


def notice_rows(told: Told, divisions: dict[str, str]) -> Iterator[dict[str, Any]]:
    """What comes into the inbox of each unit."""
    until = due(told)
    for unit in told.units:
        yield {
            "unit": unit, "by_unit": told.by, "kind": told.kind, "event_type": told.event_type, "at": told.at,
            "due_at": until, "division": divisions[unit], "case_id": told.case, "event_id": told.event,
            "report_id": told.report, "child_id": told.child, "addressed": unit in told.addressed,
        }  # fmt: skip
