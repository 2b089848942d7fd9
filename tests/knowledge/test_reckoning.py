"""Every obligation of the policies arises between the right units, is met by the act it names, and can be missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.knowledge.clock import CHINA
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.offices import Resolver, offices_of
from hub.knowledge.owing import ESCALATED, FULFILLED, OVERDUE, Owed, Rules
from hub.knowledge.reckoning import met, opened, reckoned
from hub.knowledge.timing import timed
from hub.policy.rules import Occasion
from tests.knowledge.world import (
    BOOK,
    CASE,
    CASE_NO,
    CHILD,
    OCCASIONS,
    SCHOOL,
    START,
    STATION,
    a_unit,
    directory,
    meeting,
    opening,
)  # fmt: skip

RULES, HERE = Rules(BOOK.obligations), directory()
DAYS = HERE.working_days
TW, VC, CA, ED, PS, JC = (a_unit(kind) for kind in ("TW", "VC", "CA", "ED", "PS", "JC"))
CITY_CA, CITY_JC, GO = "CA@430600", "JC@430600", "GO@430621"

#: Of every occasion, who owes whom in the small county, and the last day; of many the number and the first.
BETWEEN: dict[str, tuple[list[tuple[str, str]] | tuple[int, str, str], str]] = {
    "O01.1": ([(VC, TW)], "2026-10-09"),
    "O02.1": ([(TW, CA)], "2026-10-20"),
    "O03.1": ([(CA, CITY_CA)], "2026-10-20"),
    "O03.2": ([(CA, CITY_CA)], "2026-01-15"),
    "O04.1": ([(GO, "PL@430600"), (GO, CITY_CA)], "2026-12-10"),
    "O05.1": ([(STATION, TW)], "2026-09-28"),
    "O06.1": ([(SCHOOL, STATION)], "2026-09-25"),
    "O07.1": ([(STATION, SCHOOL)], "2026-09-25"),
    "O07.2": ([(STATION, SCHOOL)], "2026-09-30"),
    "O08.1": ([(STATION, CA)], "2026-09-28"),
    "O09.1": ([(STATION, VC)], "2026-09-25"),
    "O10.1": ([("RS@430621-01", CA)], "2026-09-24"),
    "O11.1": ([(TW, CA)], "2026-10-22"),
    "O11.2": ([(CA, TW), (STATION, TW)], "2026-10-22"),
    "O12.1": ([("SW@430621-01", TW)], "2026-10-20"),
    "O13.1": ([(SCHOOL, ED), (SCHOOL, TW)], "2026-10-09"),
    "O14.1": ([(ED, TW), (ED, VC)], "2026-09-30"),
    "O15.1": ([(STATION, STATION), (ED, STATION), (CA, STATION)], "2026-10-15"),
    "O16.1": (
        [(CITY_CA, CITY_JC), (CA, JC), ("ED@430600", CITY_JC), (ED, JC), ("PS@430600", CITY_JC), ("PS@430621", JC)],
        "2026-02-02",
    ),
    "O17.1": ([(CITY_JC, CITY_JC), (JC, JC)], "2026-02-02"),
    "O18.1": ((26, CA, JC), "2026-10-09"),
    "O19.1": ([(JC, JC)], "2026-10-09"),
    "O20.1": ([(ED, JC)], "2026-10-20"),
    "O21.1": ([(CITY_CA, CITY_JC), (CA, JC)], "2026-02-28"),
    "O22.1": ((52, CITY_CA, CITY_CA), "2026-06-30"),
    "O23.1": ([(CITY_CA, GO), ("PL@430600", GO)], "2026-11-30"),
    "O24.1": ([(ED, "PL@430621")], "2026-10-20"),
    "O25.1": ([(ED, GO)], "2026-09-28"),
    "O26.1": ([(VC, SCHOOL)], "2026-10-09"),
    "O27.1": ([(ED, "RW@430621")], "2026-10-15"),
    "O28.1": ([(ED, "RW@430621")], "2026-10-15"),
    "O28.2": ([(ED, "RW@430621")], "2026-09-28"),
    "O28.3": ([(ED, "RW@430621")], "2026-10-29"),
    "O29.1": ([(ED, "RW@430621")], "2026-10-15"),
    "O30.1": ([(ED, JC)], "2026-09-28"),
    "O31.1": ([(STATION, VC)], "2026-09-30"),
    "O32.1": ([(VC, STATION), (STATION, STATION)], "2026-10-26"),
    "O33.1": ([(ED, "PR@430621")], "2026-10-26"),
    "O34.1": ([("CT@430621", "RW@430621")], "2026-09-27"),
    "O35.1": ([("DF@430621", TW)], "2026-10-26"),
    "O36.1": ([("HR@430621", STATION)], "2026-09-24"),
    "O37.1": ((52, CITY_CA, CITY_JC), "2027-01-01"),
    "O38.1": ([("TE@430600-01", JC)], "2026-10-20"),
    "O39.1": ([(JC, STATION)], "2026-09-28"),
    "O40.1": ([(CA, JC)], "2026-10-09"),
}
by_occasion = pytest.mark.parametrize("name", sorted(OCCASIONS))


def resolver(at: datetime, **parts: tuple[str, ...]) -> Resolver:
    return Resolver(offices=offices_of(HERE, at.date()), parts_of=parts)


def owed_on(occurrence: Occurrence, name: str | None = None, **parts: tuple[str, ...]) -> list[Owed]:
    numbers = count()
    found = opened(occurrence, RULES, resolver(occurrence.at, **parts), DAYS, id_of=lambda _: f"o{next(numbers)}")
    return [each for each in found if name is None or each.occasion == name]


def owed_for(name: str) -> tuple[Occasion, list[Owed]]:
    obligation, occasion = OCCASIONS[name]
    return occasion, owed_on(opening(occasion, obligation), name)


def settle(occurrence: Occurrence, owed: list[Owed]) -> list[str]:
    return [each.id for each in met(occurrence, owed, RULES, offices_of(HERE, occurrence.at.date()))]


def test_every_occasion_of_the_policies_is_expected_here() -> None:
    assert set(BETWEEN) == set(OCCASIONS)
    assert {name.partition(".")[0] for name in BETWEEN} == set(BOOK.obligations)


@by_occasion
def test_it_arises_between_the_right_units_with_its_last_day(name: str) -> None:
    _, found = owed_for(name)
    pairs = [(each.debtor, each.creditor) for each in found]
    expected, last = BETWEEN[name]
    assert expected == (pairs if isinstance(expected, list) else (len(pairs), *pairs[0]))
    assert {each.due_at.astimezone(CHINA).date().isoformat() for each in found if each.due_at} == {last}


@by_occasion
def test_every_word_that_opens_it_opens_it(name: str) -> None:
    obligation, occasion = OCCASIONS[name]
    assert all(owed_on(opening(occasion, obligation, word), name) for word in occasion.on)


@by_occasion
def test_every_act_that_it_names_meets_it(name: str) -> None:
    occasion, found = owed_for(name)
    for owed in found:
        for word in occasion.met_by:
            act = meeting(owed, word, owed.opened_at + timedelta(hours=1))
            assert owed.id in settle(act, found)


@by_occasion
def test_no_other_act_meets_it(name: str) -> None:
    """Not of another unit, not about another matter, not before it arose; and no other word."""
    occasion, found = owed_for(name)
    for owed in found[:3]:
        act = meeting(owed, occasion.met_by[0], owed.opened_at + timedelta(hours=1))
        elsewhere = replace(act, case_no="BH1", case=None, row="row_430621_09", child="child_430621_09")
        wrong = [replace(act, kind="dispatched"), replace(act, at=owed.opened_at - timedelta(seconds=1))]
        wrong += [elsewhere] if occasion.per != "unit" else []
        wrong += [replace(act, units={})] if occasion.told else []
        if occasion.whose != "anyone":
            wrong.append(replace(act, by="LA@430621", units={"addressee": (owed.creditor,)}))
        assert not [each for each in wrong if owed.id in settle(each, found)]


@by_occasion
def test_it_is_missed_after_its_last_moment_and_escalates_later(name: str) -> None:
    _, found = owed_for(name)
    for owed in found:
        assert owed.due_at is not None and owed.escalates_at is not None
        assert owed.opened_at < owed.due_at <= owed.escalates_at


def test_every_unit_of_a_county_that_suspects_is_sealed() -> None:
    """Who reported is not shown by what it owes or is owed."""
    for name in ("O06.1", "O07.1", "O07.2"):
        _, found = owed_for(name)
        assert [each.sealed_unit for each in found] == [SCHOOL]
        assert SCHOOL not in {found[0].from_unit, found[0].to_unit}


def test_worked_saturday_counts_and_the_long_holiday_does_not() -> None:
    """Five working days from Monday 28 September 2026 end on Saturday 10 October, which is worked for the holiday."""
    obligation, occasion = OCCASIONS["O01.1"]
    monday = datetime(2026, 9, 28, 10, tzinfo=CHINA)
    (owed,) = owed_on(replace(opening(occasion, obligation), at=monday), "O01.1")
    last = datetime(2026, 10, 10, 23, 59, 59, tzinfo=CHINA)
    assert (owed.due_at, last.weekday(), owed.due_guessed) == (last, 5, False)
    assert owed.escalates_at == datetime(2026, 10, 12, 23, 59, 59, tzinfo=CHINA)


def test_year_without_an_arrangement_is_told() -> None:
    obligation, occasion = OCCASIONS["O01.1"]
    (owed,) = owed_on(replace(opening(occasion, obligation), at=datetime(2031, 3, 3, tzinfo=UTC)), "O01.1")
    assert owed.due_guessed


def test_urgent_protection_order_has_a_shorter_clock() -> None:
    obligation, occasion = OCCASIONS["O34.1"]
    urgent = owed_on(replace(opening(occasion, obligation), urgent=True), "O34.1")
    assert [each.due_at for each in urgent] == [START + timedelta(hours=24)]


def test_party_of_the_case_comes_before_the_unit_in_charge() -> None:
    obligation, occasion = OCCASIONS["O11.2"]
    found = owed_on(opening(occasion, obligation), "O11.2", **{CASE: ("PS@430621",)})
    assert {each.debtor for each in found} == {CA, "PS@430621"}


def test_same_thing_is_not_owed_twice_while_it_stands() -> None:
    obligation, occasion = OCCASIONS["O05.1"]
    first = opening(occasion, obligation)
    numbers = count()
    found = reckoned(
        [first, replace(first, at=first.at + timedelta(hours=3))], (), RULES, resolver(START), DAYS,
        id_of=lambda _: f"o{next(numbers)}",
    )  # fmt: skip
    assert [owed.occasion for owed in found.opened] == ["O05.1"]


def test_what_was_met_arises_anew() -> None:
    """The police told the township of one measure, then took another."""
    obligation, occasion = OCCASIONS["O05.1"]
    first = opening(occasion, obligation)
    told = replace(first, kind="notified", at=START + timedelta(hours=1), units={"addressee": (TW,)})
    again = replace(first, at=START + timedelta(hours=2))
    numbers = count()
    found = reckoned([first, told, again], (), RULES, resolver(START), DAYS, id_of=lambda _: f"o{next(numbers)}")
    assert [owed.status for owed in found.opened if owed.occasion == "O05.1"] == [FULFILLED, "open"]


def test_one_report_settles_the_oldest_quarter() -> None:
    _, found = owed_for("O02.1")
    (late,) = [replace(found[0], id="late", opened_at=found[0].opened_at - timedelta(days=92), status=ESCALATED)]
    act = meeting(found[0], "quarterly_report_submitted", found[0].opened_at + timedelta(days=1))
    assert settle(act, [found[0], late]) == ["late"]


def test_late_act_still_meets_it() -> None:
    _, found = owed_for("O05.1")
    late = [replace(each, status=OVERDUE) for each in found]
    act = meeting(found[0], "notified", START + timedelta(days=90))
    (done,) = met(act, late, RULES, offices_of(HERE, START.date()))
    assert (done.status, done.fulfilled_at, done.evidence) == (FULFILLED, act.at, "notified")


def test_reading_meets_nothing() -> None:
    _, found = owed_for("O18.1")
    read = meeting(found[0], "opened", START + timedelta(hours=1))
    assert settle(read, found) == []


def test_successor_meets_what_its_predecessor_owed() -> None:
    _, found = owed_for("O35.1")
    merged = directory(ended={"DF@430621": (date(2026, 10, 1), "HE@430621")})
    act = replace(meeting(found[0], "flags_supplied", START + timedelta(days=9)), by="HE@430621")
    assert [each.id for each in met(act, found, RULES, offices_of(merged, date(2026, 10, 3)))] == [found[0].id]
    assert met(act, found, RULES, offices_of(merged, date(2026, 9, 30))) == []


def test_file_that_moved_or_was_merged_keeps_what_is_owed_on_it() -> None:
    _, found = owed_for("O01.1")
    act = meeting(found[0], "basics_supplied", START + timedelta(days=1))
    assert settle(replace(act, child=CHILD.replace("430621", "430623")), found) == [found[0].id]
    other = replace(act, child="child_430621_09")
    offices = offices_of(HERE, START.date())
    assert met(other, found, RULES, offices) == []
    assert len(met(other, found, RULES, offices, former={"child_430621_09": (CHILD,)})) == 1


def test_case_that_had_no_number_yet_is_known_by_its_report() -> None:
    obligation, occasion = OCCASIONS["O07.2"]
    first = replace(opening(occasion, obligation), case=None, case_no=None)
    found = owed_on(first, "O07.2")
    told = replace(meeting(found[0], "result_told", START + timedelta(days=1)), case=CASE, case_no=CASE_NO)
    assert settle(told, found) == [found[0].id]


def test_occurrence_without_a_place_is_of_the_place_of_who_owes() -> None:
    lost = Occurrence(kind="measure_taken", at=START, by=STATION, division="", case_no="BH1")
    assert [(each.debtor, each.creditor) for each in owed_on(lost)] == [(STATION, TW)]
    assert owed_on(replace(lost, by="nobody")) == []


moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC))


@given(
    at=moments,
    name=st.sampled_from(sorted(set(OCCASIONS) - {"O12.1", "O20.1", "O24.1", "O38.1"})),
    urgent=st.booleans(),
)
def test_deadline_is_never_before_its_start(at: datetime, name: str, urgent: bool) -> None:
    _, (first, *_) = owed_for(name)
    owed = timed(replace(first, opened_at=at, urgent=urgent, item_due=at.date() + timedelta(days=1)), DAYS)
    assert owed.due_at is not None and owed.escalates_at is not None
    assert at < owed.due_at <= owed.escalates_at


@given(at=moments, hours=st.integers(1, 900), later=st.integers(0, 900))
def test_pausing_never_brings_the_deadline_nearer(at: datetime, hours: int, later: int) -> None:
    _, (first, *_) = owed_for("O28.1")
    since = at + timedelta(hours=later)
    span = f"{since.isoformat()}/{(since + timedelta(hours=hours)).isoformat()}"
    plain = timed(replace(first, opened_at=at), DAYS)
    paused = timed(replace(first, opened_at=at, pauses=(span,)), DAYS)
    standing = timed(replace(first, opened_at=at, paused_at=since), DAYS)
    assert plain.due_at is not None and paused.due_at is not None
    assert paused.due_at >= plain.due_at
    assert standing.due_at is None and standing.escalates_at is None


@given(chain=st.integers(1, 6))
def test_whatever_the_chain_of_successors_the_last_one_acts(chain: int) -> None:
    """Units merged one after the other: what the first of them owed is the last one's to do, and nobody's else."""
    kinds = ("DF", "HE", "WF", "YL", "TU", "CG", "RW")[: chain + 1]
    ended: dict[str, tuple[date, str | None]] = {
        f"{kind}@430621": (date(2026, 10, 1), f"{after}@430621") for kind, after in pairwise(kinds)
    }
    offices = offices_of(directory(ended=ended), date(2026, 10, 2))
    _, found = owed_for("O35.1")
    for kind in kinds:
        act = replace(meeting(found[0], "flags_supplied", START + timedelta(days=9)), by=f"{kind}@430621")
        assert bool(met(act, found, RULES, offices)) == (kind in (kinds[0], kinds[-1]))
    assert offices.present(found[0].debtor) == f"{kinds[-1]}@430621"
