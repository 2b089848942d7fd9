"""What division codes say, and what became of divisions that were merged or recoded."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.divisions import (
    Division,
    DivisionError,
    ancestors,
    county_of,
    current,
    in_force,
    level_of,
    predecessors,
    prefix_of,
    range_of,
    read_divisions,
    shipped_divisions,
    successors,
)

FOUNDED, MERGED, LATER = date(2000, 1, 1), date(2015, 11, 1), date(2020, 1, 1)
HEAD = "code,level,parent_code,name,name_en,valid_from,valid_to,successor_code"


def township(code: str, parent: str | None = "430621000000") -> Division:
    return Division(
        code=code,
        level=level_of(code),
        parent_code=parent,
        name=code,
        name_en=None,
        valid_from=FOUNDED,
        valid_to=None,
        successor_code=None,
    )


def ended(division: Division, day: date, successor: str | None) -> Division:
    return replace(division, valid_to=day, successor_code=successor)


FIRST, SECOND, THIRD = (township(f"43062110{n}000") for n in (1, 2, 3))
#: The first was merged into the second, the second later into the third.
CHAIN = {
    d.code: d
    for d in (ended(FIRST, MERGED, SECOND.code), ended(SECOND, LATER, THIRD.code), replace(THIRD, valid_from=MERGED))
}


@pytest.mark.parametrize(
    ("code", "level", "prefix", "county"),
    [
        ("000000000000", 0, "", None),
        ("430000000000", 1, "43", None),
        ("430600000000", 2, "4306", None),
        ("430621000000", 3, "430621", "430621"),
        ("430621104000", 4, "430621104", "430621"),
        ("430621104201", 5, "430621104201", "430621"),
        ("430621100000", 4, "430621100", "430621"),
        ("430620000000", 3, "430620", "430620"),
    ],
)
def test_digits_tell_level_prefix_and_county(code: str, level: int, prefix: str, county: str | None) -> None:
    assert (level_of(code), prefix_of(code), county_of(code)) == (level, prefix, county)


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("430600000000", "430700000000"),
        ("430621999000", "430622000000"),
        ("430621104201", "430621104202"),
        ("090000000000", "100000000000"),
        ("000000000000", ":"),
    ],
)
def test_range_is_half_open(code: str, end: str) -> None:
    assert range_of(code) == (code, end)


@given(st.from_regex(r"4306[0-9]{8}", fullmatch=True), st.sampled_from([4, 6, 9, 12]))
def test_range_holds_exactly_what_shares_the_prefix(village: str, size: int) -> None:
    outer = village[:size].ljust(12, "0")
    lo, hi = range_of(outer)
    assert lo <= village < hi
    assert (lo <= "430722104201" < hi) is False


def test_division_is_in_force_until_the_day_it_ends() -> None:
    old = CHAIN[FIRST.code]
    assert in_force(old, date(2015, 10, 31))
    assert not in_force(old, MERGED)
    assert not in_force(old, date(1999, 12, 31))


def test_ancestors_are_as_declared_nearest_first() -> None:
    table = shipped_divisions("430600")
    assert [d.name for d in ancestors(table, "430621000000")] == ["岳阳市", "湖南省"]
    assert list(ancestors(table, "430000000000")) == []


def test_successors_follow_one_another() -> None:
    assert [d.code for d in successors(CHAIN, FIRST.code)] == [SECOND.code, THIRD.code]
    assert list(successors(CHAIN, "430621109000")) == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2010, 1, 1), FIRST.code, id="itself"),
        pytest.param(date(2016, 1, 1), SECOND.code, id="merged once"),
        pytest.param(date(2026, 1, 1), THIRD.code, id="merged twice"),
    ],
)
def test_code_stands_for_the_division_of_the_day(day: date, expected: str) -> None:
    division = current(CHAIN, FIRST.code, day)
    assert division is not None
    assert division.code == expected


def test_dissolved_division_stands_for_nothing() -> None:
    table = {FIRST.code: ended(FIRST, MERGED, None)}
    assert current(table, FIRST.code, LATER) is None
    assert current(table, "430621109000", LATER) is None


def test_predecessors_are_found_over_several_steps() -> None:
    assert predecessors(CHAIN, THIRD.code) == {FIRST.code, SECOND.code}
    assert predecessors(CHAIN, FIRST.code) == frozenset()


def test_circle_of_successors_is_refused() -> None:
    table = {d.code: d for d in (ended(FIRST, MERGED, SECOND.code), ended(SECOND, LATER, FIRST.code))}
    with pytest.raises(DivisionError, match=FIRST.code):
        list(successors(table, FIRST.code))


def test_circle_of_parents_is_refused() -> None:
    table = {FIRST.code: township(FIRST.code, parent=FIRST.code)}
    with pytest.raises(DivisionError, match=FIRST.code):
        list(ancestors(table, FIRST.code))


def test_shipped_prefecture_has_its_nine_counties() -> None:
    table = shipped_divisions("430600")
    counties = [d for d in table.values() if d.level == 3]
    assert len(counties) == 9
    assert {d.parent_code for d in counties} == {"430600000000"}
    assert table["430681000000"].name == "汨罗市"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("430621000000,4,,x,,2000-01-01,,", id="wrong level"),
        pytest.param("430621,3,,x,,2000-01-01,,", id="short code"),
        pytest.param("430621000000,3,,x,,2000-13-01,,", id="bad date"),
    ],
)
def test_bad_row_is_refused(line: str) -> None:
    with pytest.raises(DivisionError):
        read_divisions([HEAD, line])
