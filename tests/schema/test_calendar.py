"""Working days over real arrangements, 调休 included, and over years of which nothing is known."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.calendar import CalendarError, DayRow, WorkingCalendar, WorkingDays, read_calendar, shipped_calendar

SHIPPED = WorkingCalendar(shipped_calendar())
HEAD = "day,kind,name,source"


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(date(2026, 9, 1), True, id="Tuesday"),
        pytest.param(date(2026, 9, 5), False, id="Saturday"),
        pytest.param(date(2026, 2, 14), True, id="Saturday worked for the Spring Festival"),
        pytest.param(date(2026, 2, 18), False, id="Wednesday of the Spring Festival"),
        pytest.param(date(2026, 10, 10), True, id="Saturday worked for the National Day"),
        pytest.param(date(2025, 1, 1), False, id="New Year"),
        pytest.param(date(2024, 4, 7), True, id="Sunday worked for Tomb-sweeping"),
    ],
)
def test_working_day(day: date, works: bool) -> None:
    assert SHIPPED.is_working_day(day) is works


@pytest.mark.parametrize(
    ("start", "term", "last"),
    [
        pytest.param(date(2026, 9, 1), 1, date(2026, 9, 2), id="next day"),
        pytest.param(date(2026, 9, 4), 1, date(2026, 9, 7), id="over a weekend"),
        pytest.param(date(2026, 2, 13), 1, date(2026, 2, 14), id="into a worked Saturday"),
        pytest.param(date(2026, 2, 13), 2, date(2026, 2, 24), id="over the Spring Festival"),
        pytest.param(date(2026, 9, 30), 3, date(2026, 10, 10), id="over the National Day into a worked Saturday"),
        pytest.param(date(2026, 9, 1), 0, date(2026, 9, 1), id="at once on a working day"),
        pytest.param(date(2026, 10, 1), 0, date(2026, 10, 8), id="at once on a holiday"),
    ],
)
def test_term_ends(start: date, term: int, last: date) -> None:
    assert SHIPPED.add_working_days(start, term) == WorkingDays(last=last)


def test_unknown_year_follows_the_week_and_says_so() -> None:
    assert SHIPPED.guesses(date(2027, 1, 1))
    assert SHIPPED.is_working_day(date(2027, 1, 1))
    term = SHIPPED.add_working_days(date(2026, 12, 31), 1)
    assert term == WorkingDays(last=date(2027, 1, 1), guessed_years=(2027,))


def test_term_that_ends_in_a_known_year_guesses_nothing() -> None:
    assert SHIPPED.add_working_days(date(2026, 12, 30), 1).guessed_years == ()


def test_negative_term_is_refused() -> None:
    with pytest.raises(CalendarError, match="-1"):
        SHIPPED.add_working_days(date(2026, 9, 1), -1)


@given(st.dates(date(2016, 1, 1), date(2026, 10, 1)), st.integers(1, 60))
def test_term_and_count_agree(start: date, term: int) -> None:
    last = SHIPPED.add_working_days(start, term).last
    assert SHIPPED.is_working_day(last)
    assert SHIPPED.working_days_between(start, last) == term


def test_no_days_lie_between_a_day_and_an_earlier_one() -> None:
    assert SHIPPED.working_days_between(date(2026, 9, 2), date(2026, 9, 1)) == 0


def test_shipped_years_are_complete() -> None:
    assert frozenset(range(2016, 2027)) == SHIPPED.years
    holidays = Counter(row.day.year for row in shipped_calendar() if row.kind == "holiday")
    assert set(holidays) == set(range(2016, 2027))


def test_worked_days_are_weekends() -> None:
    worked = [row.day for row in shipped_calendar() if row.kind == "workday"]
    assert all(day.weekday() >= 5 for day in worked)


def test_every_shipped_day_names_its_holiday_and_notice() -> None:
    assert all(row.name and row.source for row in shipped_calendar())


def test_last_days_of_december_belong_to_the_next_year_s_notice() -> None:
    sources = {row.day: row.source for row in shipped_calendar()}
    assert sources[date(2022, 12, 31)] == "国务院办公厅关于2023年部分节假日安排的通知"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("2026-13-01,holiday,,", id="no such month"),
        pytest.param("2026-01-01,feast,,", id="unknown kind"),
        pytest.param("2026-01-01,holiday,,\n2026-01-01,workday,,", id="day twice"),
    ],
)
def test_bad_row_is_refused(line: str) -> None:
    with pytest.raises(CalendarError):
        read_calendar([HEAD, *line.split("\n")])


def test_one_row_makes_a_year_known() -> None:
    day = date(2030, 1, 1)
    calendar = WorkingCalendar([DayRow(day=day, kind="holiday")])
    assert not calendar.guesses(day + timedelta(days=200))
    assert calendar.add_working_days(day - timedelta(days=1), 1) == WorkingDays(
        last=date(2030, 1, 2), guessed_years=(2029,)
    )
