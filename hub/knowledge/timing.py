"""The deadline of an obligation and the moment at which it escalates, from its occasion's clock and its own course."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

from hub.knowledge import clock
from hub.knowledge.clock import Pause, Term
from hub.knowledge.owing import Owed
from hub.policy.rules import Clock, Occasion
from schema.calendar import WorkingCalendar
from schema.classes import Label

_SAID = Label(zh="", en="")


def clock_of(occasion: Occasion, *, urgent: bool) -> Clock:
    return occasion.urgent if urgent and occasion.urgent is not None else occasion.clock


def clock_text(found: Clock) -> str:
    return " ".join(str(part) for part in (found.value, found.unit) if part is not None)


def clock_in(owed: Owed) -> Clock:
    """The clock under which it arose: what is owed stays on its terms when the policies change."""
    value, _, unit = owed.clock.rpartition(" ")
    return Clock(
        value=int(value) if value else None, unit=unit, text=_SAID, proposed=False, pausable=owed.pausable,
        extendable=owed.extendable,
    )  # fmt: skip


def timed(owed: Owed, days: WorkingCalendar) -> Owed:
    """With its deadline, and when it escalates if it is missed."""
    found = clock_in(owed)
    term = Term(
        clock=found, start=owed.opened_at, due=owed.item_due, pauses=tuple(pauses_of(owed)), extension=owed.extended_by
    )
    end = clock.deadline(term, days)
    return replace(
        owed, due_at=end.at, due_guessed=bool(end.guessed_years),
        escalates_at=None if end.at is None else escalation(end.at, found, days),
    )  # fmt: skip


def escalation(due: datetime, found: Clock, days: WorkingCalendar) -> datetime:
    """What is owed within hours escalates at once; else a working day is left to catch up."""
    if found.unit == "H":
        return due
    grace = days.add_working_days(clock.local_day(due), 1).last
    return datetime.combine(grace, time(23, 59, 59), clock.CHINA)


def pauses_of(owed: Owed) -> Iterator[Pause]:
    for span in owed.pauses:
        since, until = span.split("/")
        yield Pause(since=datetime.fromisoformat(since), until=datetime.fromisoformat(until))
    if owed.paused_at is not None:
        yield Pause(since=owed.paused_at)
