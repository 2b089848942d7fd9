"""The dates of the calendar as occurrences: which period has begun or ended by a day in China."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from hub.knowledge.clock import CHINA
from hub.knowledge.occurrence import Occurrence

HUB = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """The latest time that such a date came: the day, the period it is named by, and the last day of what it opens."""

    day: date
    period: str
    due: date | None = None


def _last(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _month(day: date) -> Dated:
    return Dated(day=day.replace(day=1), period=f"{day:%Y-%m}", due=_last(day.year, day.month))


def _quarter(day: date) -> Dated:
    """The quarter that ended last."""
    begun = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    ended = (day.year, (begun.month - 1) // 3) if begun.month > 1 else (day.year - 1, 4)
    return Dated(day=begun, period=f"{ended[0]}Q{ended[1]}")


def _year(day: date) -> Dated:
    """The year that began last; what is done at its start is done by the end of February."""
    return Dated(day=date(day.year, 1, 1), period=str(day.year), due=_last(day.year, 2))


def _year_ended(day: date) -> Dated:
    return Dated(day=date(day.year, 1, 1), period=str(day.year - 1))


def _in_month(month: int) -> Callable[[date], Dated]:
    def dated(day: date) -> Dated:
        year = day.year if day.month >= month else day.year - 1
        return Dated(day=date(year, month, 1), period=f"{year}-{month:02}", due=_last(year, month))

    return dated


#: By the words of `occasions.CALENDAR`.
DATES: Mapping[str, Callable[[date], Dated]] = {
    "month_begun": _month,
    "quarter_ended": _quarter,
    "year_ended": _year_ended,
    "year_begun": _year,
    "june_begun": _in_month(6),
    "november_begun": _in_month(11),
    "december_begun": _in_month(12),
}


def dates_of(day: date) -> Iterator[Occurrence]:
    """Of each word the latest date that has come, so that a hub that stood still makes up for it."""
    for word, latest in DATES.items():
        found = latest(day)
        at = datetime.combine(found.day, time(), CHINA)
        yield Occurrence(kind=word, at=at, by=HUB, division="", due=found.due, period=found.period)
