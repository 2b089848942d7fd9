"""What the rules say of single children, each by its article or requirement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hub.derived.completeness import completeness
from hub.derived.facts import Arrangement, ChildFacts, Entry, Look, Papers, Parent, Place, Spell, birthday
from hub.derived.findings import findings
from hub.derived.standing import standing

DAY = date(2026, 11, 21)
AWAY = (Spell(out_since=date(2025, 3, 1), place_known=True),)
BACK = (Spell(out_since=date(2025, 3, 1), returned_on=DAY),)
WORKS = Parent(alive_status="alive", capacity="capable", spells=AWAY)
HOME = Parent(alive_status="alive", capacity="capable")
ENTERED = Entry(reason="both_away", since=date(2025, 3, 1))
CARED = Arrangement(type="entrusted_relative", valid_from=date(2025, 3, 1))
ENDED = replace(CARED, valid_to=date(2026, 1, 5))
CHILD = ChildFacts(
    birth_date=date(2016, 5, 1), hukou_class="220", entry=ENTERED, parents=(WORKS, WORKS), arrangements=(CARED,)
)


def changed(**facts: Any) -> ChildFacts:
    return replace(CHILD, **facts)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        pytest.param(CHILD, "active", id="R001 both parents away"),
        pytest.param(changed(parents=(WORKS, replace(HOME, capacity="lost"))), "active", id="R001 other incapable"),
        pytest.param(changed(parents=(WORKS, replace(HOME, alive_status="dead"))), "active", id="the other is dead"),
        pytest.param(changed(parents=(WORKS, replace(HOME, capacity="limited"))), "ended", id="limited is able"),
        pytest.param(changed(parents=(WORKS, HOME)), "ended", id="the other is at home and able"),
        pytest.param(changed(parents=(WORKS, replace(HOME, capacity=None))), "candidate", id="ability unknown"),
        pytest.param(changed(parents=(WORKS,)), "candidate", id="the other is not on file"),
        pytest.param(changed(parents=()), "candidate", id="no household on file"),
        pytest.param(changed(parents=(WORKS, replace(WORKS, spells=BACK))), "ended", id="one came back today"),
        pytest.param(changed(hukou_class="111"), "ended", id="registered in a city"),
        pytest.param(changed(hukou_class=None), "active", id="not registered at all"),
        pytest.param(changed(parents=(HOME, HOME), entry=Entry()), "not_eligible", id="never left behind"),
        pytest.param(changed(dead=True), "ended", id="died"),
        pytest.param(changed(birth_date=date(2010, 11, 22)), "active", id="R002 sixteen tomorrow"),
        pytest.param(changed(birth_date=date(2010, 11, 21)), "ended", id="R002 sixteen today"),
        pytest.param(
            changed(entry=replace(ENTERED, until=DAY, end_reason="moved_with_parents")), "ended",
            id="the township's word that it went along",
        ),
        pytest.param(
            changed(entry=Entry(since=date(2024, 1, 1), until=date(2025, 1, 1), end_reason="parent_returned")),
            "candidate", id="left again since the township's word",
        ),
    ],
)  # fmt: skip
def test_standing(facts: ChildFacts, status: str) -> None:
    assert standing(facts, DAY).status == status


def test_blank_entry_is_filled_in_and_a_given_one_is_kept() -> None:
    blank = standing(changed(entry=Entry()), DAY).entry
    assert blank == Entry(reason="both_away", since=date(2025, 3, 1))
    given = Entry(reason="one_away_other_incapable", since=date(2020, 1, 1))
    assert standing(changed(entry=given), DAY).entry == given


def test_age_out_is_taken_back_with_the_birth_date_that_was_wrong() -> None:
    aged = standing(changed(birth_date=date(2010, 2, 28)), DAY).entry
    assert (aged.until, aged.end_reason) == (date(2026, 2, 28), "age_16")
    assert standing(changed(entry=aged), DAY) == standing(CHILD, DAY)


def test_birthday_of_a_leap_day_is_the_last_of_february() -> None:
    assert birthday(date(2012, 2, 29), 16) == date(2028, 2, 29)
    assert birthday(date(2084, 2, 29), 16) == date(2100, 2, 28)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        pytest.param(CHILD, {}, id="entrusted, nothing is wrong"),
        pytest.param(changed(arrangements=()), {"guardianship_gap": date(2016, 5, 1)}, id="nothing on file"),
        pytest.param(
            changed(arrangements=(ENDED,)), {"guardianship_gap": date(2026, 1, 5)},
            id="invariant 1: ended, none follows",
        ),
        pytest.param(
            changed(arrangements=(ENDED, replace(CARED, valid_from=date(2026, 1, 9)))),
            {"guardianship_gap": date(2026, 1, 5)}, id="invariant 1: a gap between two",
        ),
        pytest.param(
            changed(arrangements=(ENDED, replace(CARED, valid_from=date(2026, 1, 5)))),
            {}, id="one follows the other",
        ),
        pytest.param(
            changed(arrangements=(CARED, replace(CARED, valid_from=date(2026, 1, 9)))),
            {"guardianship_overlap": date(2026, 1, 9)}, id="invariant 1: two at a time",
        ),
        pytest.param(
            changed(arrangements=(replace(CARED, type="none"),)), {"no_guardian": date(2025, 3, 1)}, id="R010 nobody",
        ),
        pytest.param(
            changed(arrangements=(replace(CARED, type="parent"),)), {"not_entrusted": date(2025, 3, 1)},
            id="article 22: away, and not entrusted",
        ),
    ],
)  # fmt: skip
def test_findings(facts: ChildFacts, found: dict[str, date]) -> None:
    assert {each.kind: each.since for each in findings(facts, DAY)} == found


@pytest.mark.parametrize(
    ("birth", "kinds"),
    [
        (DAY.replace(year=2018) + timedelta(days=1), {"left_unattended", "living_alone"}),
        (DAY.replace(year=2018), {"living_alone"}),
        (DAY.replace(year=2010) + timedelta(days=1), {"living_alone"}),
        (DAY.replace(year=2010), set()),
    ],
    ids=["eight tomorrow", "eight today", "sixteen tomorrow", "sixteen today"],
)
def test_ages_of_article_21(birth: date, kinds: set[str]) -> None:
    look = Look(done_on=date(2026, 10, 1), id="visit_1", problems=frozenset({"living_alone"}))
    assert {each.kind for each in findings(changed(birth_date=birth, looks=(look,)), DAY)} == kinds


def test_what_a_visit_found_the_next_one_clears() -> None:
    first = Look(done_on=date(2026, 10, 1), id="visit_1", problems=frozenset({"living_alone"}))
    later = Look(done_on=date(2026, 10, 20), id="visit_2")
    assert findings(changed(looks=(first, later)), DAY) == frozenset()


def test_no_guardian_seen_is_cleared_by_an_arrangement() -> None:
    look = Look(done_on=date(2026, 10, 1), id="visit_1", problems=frozenset({"no_guardian"}))
    named = (replace(CARED, valid_to=date(2026, 10, 1)), replace(CARED, valid_from=date(2026, 10, 1)))
    assert {each.kind for each in findings(changed(looks=(look,)), DAY)} == {"no_guardian"}
    assert findings(changed(looks=(look,), arrangements=named), DAY) == frozenset()


FULL = changed(
    parents=(replace(WORKS, reachable=True), WORKS),
    arrangements=(replace(CARED, carer_known=True, signed_on=date(2025, 3, 2)),),
    looks=(Look(done_on=DAY - timedelta(days=179), id="visit_1"),),
    places=(Place(valid_from=date(2022, 9, 1), grade_known=True),),
    papers=Papers(identity=True, sex=True, ethnicity=True, hukou=True, address=True, income=True, responsible=True),
)


@pytest.mark.parametrize(
    ("facts", "score"),
    [
        pytest.param(FULL, 100, id="R020 all five groups"),
        pytest.param(replace(FULL, papers=Papers()), 70, id="personal details missing, and what hangs on them"),
        pytest.param(replace(FULL, arrangements=()), 90, id="nobody arranged: the responsible person is left"),
        pytest.param(replace(FULL, places=()), 80, id="not at school at school age"),
        pytest.param(replace(FULL, places=(), birth_date=date(2021, 1, 1)), 100, id="too young for school"),
        pytest.param(replace(FULL, looks=(replace(FULL.looks[0], done_on=DAY - timedelta(days=180)),)), 80,
                     id="R031 not visited for half a year"),
        pytest.param(replace(FULL, papers=replace(FULL.papers, in_difficulty=True)), 90, id="in difficulty, no help"),
    ],
)  # fmt: skip
def test_completeness(facts: ChildFacts, score: int) -> None:
    assert completeness(facts, DAY) == score
