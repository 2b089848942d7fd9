"""Terms by the calendar: working days over a long holiday, months without a like day, fixed dates, pauses."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import errors
from hub.knowledge.clock import CHINA, Deadline, Pause, Term, deadline, local_day, months_after
from hub.policy.book import load_policies
from hub.policy.rules import Clock
from schema.calendar import WorkingCalendar, shipped_calendar
from schema.classes import Label

DAYS = WorkingCalendar(shipped_calendar())
LAST = datetime.min.replace(hour=23, minute=59, second=59).time()


def clock(value: int | None, unit: str, *, movable: bool = True) -> Clock:
    text = Label(zh="期限", en="term")
    return Clock(value=value, unit=unit, text=text, proposed=False, pausable=movable, extendable=movable)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00")


def last_day(term: Term) -> str | None:
    moment = deadline(term, DAYS).at
    if moment is None:
        return None
    assert moment.timetz().replace(tzinfo=None) == LAST
    return local_day(moment).isoformat()


@pytest.mark.parametrize(
    ("value", "unit", "start", "last"),
    [
        pytest.param(1, "W", "2026-11-20", "2026-11-23", id="over a weekend"),
        pytest.param(5, "W", "2026-09-29", "2026-10-12", id="over the national day"),
        pytest.param(1, "W", "2026-10-09", "2026-10-10", id="to a saturday that is worked"),
        pytest.param(3, "W", "2026-02-12", "2026-02-24", id="over the spring festival"),
        pytest.param(1, "month", "2026-01-31", "2026-02-28", id="no like day; the last, a saturday that is worked"),
        pytest.param(1, "month", "2026-09-01", "2026-10-08", id="the like day lies in a holiday"),
        pytest.param(12, "month", "2024-02-29", "2025-02-28", id="a year from a leap day"),
        pytest.param(1210, "date", "2026-11-22", "2026-12-10", id="this year's date"),
        pytest.param(1210, "date", "2026-12-10", "2026-12-10", id="on the date itself"),
        pytest.param(1210, "date", "2026-12-11", "2027-12-10", id="next year's date"),
    ],
)
def test_term_ends(value: int, unit: str, start: str, last: str) -> None:
    assert last_day(Term(clock=clock(value, unit), start=at(start))) == last


def test_day_of_the_start_is_that_of_china() -> None:
    """Half past eleven at night in London is the next morning in China."""
    start = datetime.fromisoformat("2026-11-19T23:30:00+00:00")
    assert last_day(Term(clock=clock(1, "W"), start=start)) == "2026-11-23"


def test_hours_run_through_the_night_and_holidays() -> None:
    assert deadline(Term(clock=clock(72, "H"), start=at("2026-09-30", 17)), DAYS).at == at("2026-10-03", 17)


def test_item_names_its_own_date() -> None:
    assert last_day(Term(clock=clock(None, "due"), start=at("2026-11-01"), due=date(2026, 12, 5))) == "2026-12-05"


@pytest.mark.parametrize("unit", ["none", "due"])
def test_no_number_is_no_deadline(unit: str) -> None:
    found = deadline(Term(clock=clock(None, unit), start=at("2026-11-01")), DAYS)
    assert found.at is None and not found.missed(at("2099-01-01"))


def test_pause_does_not_count() -> None:
    """Ten working days; asked for a supplement on the second, which came a week later."""
    plain = Term(clock=clock(10, "W"), start=at("2026-11-02"))
    paused = Term(
        clock=clock(10, "W"), start=at("2026-11-02"), pauses=(Pause(since=at("2026-11-04"), until=at("2026-11-11")),)
    )
    assert (last_day(plain), last_day(paused)) == ("2026-11-16", "2026-11-23")


def test_clock_that_stands_still_has_no_deadline() -> None:
    assert last_day(Term(clock=clock(10, "W"), start=at("2026-11-02"), pauses=(Pause(since=at("2026-11-04")),))) is None


def test_overlapping_pauses_count_once() -> None:
    pauses = (
        Pause(since=at("2026-11-04"), until=at("2026-11-06")),
        Pause(since=at("2026-11-05"), until=at("2026-11-07")),
    )
    one = (Pause(since=at("2026-11-04"), until=at("2026-11-07")),)
    for unit, value in (("W", 10), ("H", 48), ("month", 1)):
        terms = [Term(clock=clock(value, unit), start=at("2026-11-02"), pauses=each) for each in (pauses, one)]
        assert len({deadline(term, DAYS).at for term in terms}) == 1


def test_extension_is_of_the_clocks_own_unit() -> None:
    assert last_day(Term(clock=clock(10, "W"), start=at("2026-11-02"), extension=5)) == "2026-11-23"
    assert deadline(Term(clock=clock(24, "H"), start=at("2026-11-02"), extension=24), DAYS).at == at("2026-11-04")


def test_fixed_clock_is_neither_paused_nor_extended() -> None:
    fixed = clock(72, "H", movable=False)
    with pytest.raises(errors.ClockFixed):
        Term(clock=fixed, start=at("2026-11-02"), extension=1)
    with pytest.raises(errors.ClockFixed):
        Term(clock=fixed, start=at("2026-11-02"), pauses=(Pause(since=at("2026-11-03")),))


def test_last_moment_is_still_in_time() -> None:
    found = deadline(Term(clock=clock(1, "W"), start=at("2026-11-19")), DAYS)
    assert found.at == datetime(2026, 11, 20, 23, 59, 59, tzinfo=CHINA)
    assert not found.missed(found.at) and found.missed(found.at + timedelta(seconds=1))


def test_year_without_an_arrangement_is_told() -> None:
    found = deadline(Term(clock=clock(5, "W"), start=at("2090-03-01")), DAYS)
    assert found == Deadline(at=found.at, guessed_years=(2090,))


@pytest.mark.parametrize("code", sorted(load_policies().obligations))
def test_every_obligation_has_a_clock_that_runs(code: str) -> None:
    rule = load_policies().obligations[code]
    start = at("2026-09-28")
    found = deadline(Term(clock=rule.clock, start=start, due=date(2026, 12, 1)), DAYS).at
    assert (found is None) == (rule.clock.unit == "none")
    assert found is None or found > start


moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(lambda naive: naive.replace(tzinfo=CHINA))
spans = st.tuples(moments, st.timedeltas(timedelta(), timedelta(days=30)))


@given(start=moments, term=st.integers(1, 40))
def test_working_days_lie_between_start_and_end(start: datetime, term: int) -> None:
    end = deadline(Term(clock=clock(term, "W"), start=start), DAYS).at
    assert end is not None
    assert DAYS.working_days_between(local_day(start), local_day(end)) == term and DAYS.is_working_day(local_day(end))


@given(
    start=moments,
    unit=st.sampled_from(["W", "H", "month"]),
    value=st.integers(1, 20),
    found=st.lists(spans, max_size=4),
)
def test_pauses_and_extensions_never_shorten(
    start: datetime, unit: str, value: int, found: list[tuple[datetime, timedelta]]
) -> None:
    pauses = tuple(Pause(since=since, until=since + length) for since, length in found)
    plain = deadline(Term(clock=clock(value, unit), start=start), DAYS).at
    paused = deadline(Term(clock=clock(value, unit), start=start, pauses=pauses), DAYS).at
    longer = deadline(Term(clock=clock(value, unit), start=start, pauses=pauses, extension=3), DAYS).at
    assert plain is not None and paused is not None and longer is not None
    assert start < plain <= paused < longer


@given(day=st.dates(date(2000, 1, 1), date(2090, 1, 1)), months=st.integers(0, 400))
def test_months_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)
