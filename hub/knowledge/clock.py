"""By when something is owed: the clock of an obligation, its start, pauses and extensions make the last moment.

Days are those of China, and a term given in days or months ends with the end of its last day (民法典 203). A term of
months ends on the day of the same number, or on the month's last where there is none (民法典 202); where that day is
not worked, on the next that is (203).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from hub import errors
from hub.policy.rules import Clock
from schema.calendar import WorkingCalendar

CHINA = timezone(timedelta(hours=8))
_DAY = timedelta(days=1)
_LAST = time(23, 59, 59, tzinfo=CHINA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time that does not count, such as that of a supplement asked for; `until` is None while it lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a clock is set by; `due` is the date that the item itself names."""

    clock: Clock
    start: datetime
    due: date | None = None
    pauses: tuple[Pause, ...] = ()
    extension: int = 0  # in the clock's own unit

    def __post_init__(self) -> None:
        if self.pauses and not self.clock.pausable:
            raise errors.ClockFixed(what="pause")
        if self.extension and not self.clock.extendable:
            raise errors.ClockFixed(what="extend")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The last moment; None where the source gives no number, or while the clock stands still."""

    at: datetime | None
    guessed_years: tuple[int, ...] = ()  # years of which the arrangement of holidays is not known

    def missed(self, now: datetime) -> bool:
        return self.at is not None and now > self.at


def deadline(term: Term, days: WorkingCalendar) -> Deadline:
    """The last moment of a term."""
    if any(pause.until is None for pause in term.pauses):
        return Deadline(at=None)
    return _COUNTED[term.clock.unit](term, days)


def _none(term: Term, days: WorkingCalendar) -> Deadline:
    return Deadline(at=None)


def _due(term: Term, days: WorkingCalendar) -> Deadline:
    """The date the item names, moved by what it was extended, in days."""
    if term.due is None:
        return Deadline(at=None)
    return _ends(term.due + term.extension * _DAY)


def _fixed(term: Term, days: WorkingCalendar) -> Deadline:
    """A date of the year, such as 1210: the first that is not before the start."""
    month, day = divmod(_value(term), 100)
    start = local_day(term.start)
    this_year = date(start.year, month, day)
    return _ends(this_year if start <= this_year else date(start.year + 1, month, day))


def _hours(term: Term, days: WorkingCalendar) -> Deadline:
    paused = sum((_length(pause) for pause in _apart(term)), timedelta())
    return Deadline(at=term.start + timedelta(hours=_value(term) + term.extension) + paused)


def _working_days(term: Term, days: WorkingCalendar) -> Deadline:
    """The day of the start does not count, nor do days on which the clock stood still."""
    still = _still(term)
    day, left = local_day(term.start), _value(term) + term.extension
    guessed = {day.year} if days.guesses(day) else set()
    while left > 0:
        day += _DAY
        left -= days.is_working_day(day) and day not in still
        if days.guesses(day):
            guessed.add(day.year)
    return _ends(day, guessed)


def _months(term: Term, days: WorkingCalendar) -> Deadline:
    last = months_after(local_day(term.start), _value(term) + term.extension) + len(_still(term)) * _DAY
    while not days.is_working_day(last):
        last += _DAY
    return _ends(last, {last.year} if days.guesses(last) else ())


_COUNTED = {"none": _none, "due": _due, "date": _fixed, "H": _hours, "W": _working_days, "month": _months}


def months_after(day: date, months: int) -> date:
    """The day of the same number so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def local_day(moment: datetime) -> date:
    """The date in China."""
    return moment.astimezone(CHINA).date()


def _value(term: Term) -> int:
    if term.clock.value is None:
        raise errors.ClockFixed(what="count")
    return term.clock.value


def _ends(day: date, guessed: Iterable[int] = ()) -> Deadline:
    return Deadline(at=datetime.combine(day, _LAST), guessed_years=tuple(sorted(guessed)))


def _apart(term: Term) -> Sequence[Pause]:
    """The pauses in order, cut at the start and where they overlap, so that nothing counts twice."""
    apart: list[Pause] = []
    end = term.start
    for pause in sorted(term.pauses, key=lambda pause: pause.since):
        since = max(pause.since, end)
        if pause.until is not None and pause.until > since:
            apart.append(Pause(since=since, until=pause.until))
            end = pause.until
    return apart


def _length(pause: Pause) -> timedelta:
    return timedelta() if pause.until is None else pause.until - pause.since


def _still(term: Term) -> frozenset[date]:
    """The days after the start that lie in a pause; the one on which it ends counts again."""
    found: set[date] = set()
    start = local_day(term.start)
    for pause in _apart(term):
        day = local_day(pause.since)
        while pause.until is not None and day < local_day(pause.until):
            if day > start:
                found.add(day)
            day += _DAY
    return frozenset(found)
