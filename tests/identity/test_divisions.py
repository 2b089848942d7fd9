"""Which codes lie in a division on a day, when divisions were recoded, merged and moved."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.divisions import Division, Divisions, code_range
from tests.identity.tokens import DAY, division

PREFECTURE, OTHER = "430600000000", "430700000000"
A, B = "430621000000", "430622000000"
TOWN_OF_A, NEW_TOWN_OF_B = "430621104000", "430622209000"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("430000000000", ("430000000000", "440000000000")),
        ("430600000000", ("430600000000", "430700000000")),
        ("430621000000", ("430621000000", "430622000000")),
        ("430699000000", ("430699000000", "430700000000")),
        ("430621104000", ("430621104000", "430621105000")),
        ("430621104201", ("430621104201", "430621104202")),
        ("430621999999", ("430621999999", "430622000000")),
        ("000000000000", ("000000000000", ":")),
    ],
)
def test_range_of_a_code(code: str, expected: tuple[str, str]) -> None:
    assert code_range(code) == expected


def test_division_reaches_its_own_codes() -> None:
    places = Divisions([division(PREFECTURE), division(A, parent=PREFECTURE), division(B, parent=PREFECTURE)])
    assert places.ranges(A, DAY) == ((A, B),)
    assert places.ranges(PREFECTURE, DAY) == ((PREFECTURE, OTHER),)


def test_unknown_division_reaches_nothing() -> None:
    assert Divisions([division(A)]).ranges(B, DAY) == ()


def test_merged_division_is_reached_from_the_day_of_the_merger() -> None:
    places = Divisions([division(A), division("430699000000", until=DAY, successor=A)])
    assert places.ranges(A, DAY - timedelta(days=1)) == ((A, B),)
    assert places.ranges(A, DAY) == ((A, B), ("430699000000", "430700000000"))


def test_chain_of_recodings_is_followed() -> None:
    places = Divisions(
        [
            division(A),
            division("430681000000", until=date(2010, 1, 1), successor="430682000000"),
            division("430682000000", until=date(2020, 1, 1), successor=A),
        ]
    )
    assert places.ranges(A, DAY) == ((A, B), ("430681000000", "430683000000"))


def test_neighbouring_ranges_become_one() -> None:
    assert Divisions([division(A), division(B, until=DAY, successor=A)]).ranges(A, DAY) == ((A, "430623000000"),)


def test_town_that_moved_is_reached_from_its_new_county_only() -> None:
    """Its old code begins like the old county's: a prefix would give it to both, or to the wrong one."""
    places = Divisions(
        [
            division(PREFECTURE),
            division(A, parent=PREFECTURE),
            division(B, parent=PREFECTURE),
            division(TOWN_OF_A, parent=A, until=DAY, successor=NEW_TOWN_OF_B),
            division(NEW_TOWN_OF_B, parent=B),
        ]
    )
    assert places.ranges(A, DAY) == ((A, TOWN_OF_A), ("430621105000", B))
    assert places.ranges(B, DAY) == ((TOWN_OF_A, "430621105000"), (B, "430623000000"))
    assert places.ranges(PREFECTURE, DAY) == ((PREFECTURE, OTHER),)
    assert places.ranges(NEW_TOWN_OF_B, DAY) == ((TOWN_OF_A, "430621105000"), (NEW_TOWN_OF_B, "430622210000"))


def test_village_recoded_inside_a_town_that_moved_goes_its_own_way() -> None:
    village, stays = "430621104201", "430621300201"
    places = Divisions(
        [
            division(A),
            division(B),
            division(TOWN_OF_A, parent=A, until=DAY, successor=NEW_TOWN_OF_B),
            division(NEW_TOWN_OF_B, parent=B),
            division(village, parent=TOWN_OF_A, until=DAY, successor=stays),
            division("430621300000", parent=A),
            division(stays, parent="430621300000"),
        ]
    )
    assert (village, "430621104202") in places.ranges(A, DAY)
    assert places.ranges(B, DAY)[:2] == ((TOWN_OF_A, village), ("430621104202", "430621105000"))


def test_division_under_another_parent_than_its_code_says() -> None:
    """A development zone that runs a neighbouring county's town."""
    zone = "430671000000"
    places = Divisions([division(A), division(zone), division(TOWN_OF_A, parent=zone)])
    assert places.ranges(zone, DAY) == ((TOWN_OF_A, "430621105000"), (zone, "430672000000"))
    assert places.ranges(A, DAY) == ((A, TOWN_OF_A), ("430621105000", B))


def test_dissolved_division_without_successor_stays_where_its_code_is() -> None:
    places = Divisions([division(A), division(TOWN_OF_A, parent=A, until=DAY)])
    assert places.ranges(A, DAY) == ((A, B),)


@pytest.mark.parametrize("successor", [A, "430699000000"], ids=["itself", "unknown"])
def test_successor_that_leads_nowhere_is_no_successor(successor: str) -> None:
    places = Divisions([division(A, until=DAY, successor=successor)])
    assert (places.effective(A, DAY), places.ranges(A, DAY)) == (A, ((A, B),))


def test_successors_in_a_circle_end() -> None:
    places = Divisions([division(A, until=DAY, successor=B), division(B, until=DAY, successor=A)])
    assert (places.effective(A, DAY), places.effective(B, DAY)) == (A, B)


def test_parents_in_a_circle_end() -> None:
    places = Divisions([division(A, parent=TOWN_OF_A), division(TOWN_OF_A, parent=A)])
    assert places.ranges(A, DAY) == ((A, B),)


# Any history at all: a code is reached by the division it is in now, and by no other county.

COUNTIES = [f"4306{number:02}000000" for number in (1, 2, 3)]
TOWNS = [f"{county[:6]}{number:03}000" for county in COUNTIES for number in (1, 2)]


@st.composite
def histories(draw: st.DrawFn) -> list[Division]:
    ended = draw(st.lists(st.sampled_from(TOWNS), unique=True, max_size=5))
    rows = [division(PREFECTURE), *(division(county, parent=PREFECTURE) for county in COUNTIES)]
    for town in TOWNS:
        successor = draw(st.sampled_from(TOWNS)) if town in ended else None
        rows.append(
            division(town, parent=f"{town[:6]}000000", until=DAY if town in ended else None, successor=successor)
        )
    return rows


def reached(places: Divisions, code: str, of: str) -> bool:
    return any(lo <= code < hi for lo, hi in places.ranges(of, DAY))


@given(histories())
def test_each_code_is_reached_by_exactly_one_county(rows: list[Division]) -> None:
    places = Divisions(rows)
    for town in TOWNS:
        for code in (town, f"{town[:9]}201"):
            now = places.effective(town, DAY)
            assert [county for county in COUNTIES if reached(places, code, county)] == [f"{now[:6]}000000"]
            assert reached(places, code, PREFECTURE)


@given(histories())
def test_ranges_are_sorted_and_disjoint(rows: list[Division]) -> None:
    places = Divisions(rows)
    for row in rows:
        ranges = places.ranges(row.code, DAY)
        assert all(lo < hi for lo, hi in ranges)
        assert all(before[1] < after[0] for before, after in pairwise(ranges))
