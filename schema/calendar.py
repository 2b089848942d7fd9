"""Working days: the State Council's yearly arrangement over the week; says when it had to guess a year."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

_DAY = timedelta(days=1)
_SATURDAY = 5


class CalendarError(Exception):
    """A row of the calendar cannot be read, or a term is negative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """A row of the table `calendar_day`."""

    day: date
    kind: str  # of the code list day_kind: holiday, workday
    name: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """The last day of a term, and the years for which no arrangement is known: there the week alone was counted."""

    last: date
    guessed_years: tuple[int, ...] = ()


class WorkingCalendar:
    """Holidays and worked weekends; a year without any row is guessed from the week."""

    def __init__(self, rows: Iterable[DayRow]) -> None:
        self._works = {row.day: row.kind == "workday" for row in rows}
        self.years = frozenset(day.year for day in self._works)

    def is_working_day(self, day: date) -> bool:
        return self._works.get(day, day.weekday() < _SATURDAY)

    def guesses(self, day: date) -> bool:
        """Whether the arrangement of the day's year is not known, so that only the week is counted."""
        return day.year not in self.years

    def add_working_days(self, start: date, term: int) -> WorkingDays:
        """The day on which a term of working days ends; the day of the start does not count.

        A term of 0 ends on the start if that is worked, else on the next day that is.
        """
        if term < 0:
            raise CalendarError(f"a term of {term} working days")
        day, guessed = start, {start.year} if self.guesses(start) else set()
        left = term
        while left > 0 or (term == 0 and not self.is_working_day(day)):
            day += _DAY
            left -= self.is_working_day(day)
            if self.guesses(day):
                guessed.add(day.year)
        return WorkingDays(last=day, guessed_years=tuple(sorted(guessed)))

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; 0 where `end` is not later."""
        days = range(1, (end - start).days + 1)
        return sum(self.is_working_day(start + n * _DAY) for n in days)


def read_calendar(lines: Iterable[str]) -> list[DayRow]:
    """Rows of a calendar file; refuses an unknown kind, a bad date, or a day given twice."""
    reader = csv.DictReader(line for line in lines if not line.startswith("#"))
    rows: dict[date, DayRow] = {}
    try:
        for record in reader:
            day = date.fromisoformat(record["day"])
            if record["kind"] not in ("holiday", "workday") or day in rows:
                raise ValueError(f"{day} twice, or of unknown kind {record['kind']!r}")
            name, source = record["name"] or None, record["source"] or None
            rows[day] = DayRow(day=day, kind=record["kind"], name=name, source=source)
    except (KeyError, ValueError) as error:
        raise CalendarError(f"line {reader.line_num} after the comments: {error}") from error
    return list(rows.values())


@cache
def shipped_calendar() -> tuple[DayRow, ...]:
    """The arrangements that the project ships; later years are loaded into the table when they are announced."""
    return tuple(read_calendar((files("schema") / "data" / "calendar.csv").read_text(encoding="utf-8").splitlines()))
