"""The plan of the whole city adds up before any row is made."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from hub.demo.facts import AGES, ANCHOR, CITY, STAGES, Totals, apportion, per_mille
from hub.demo.places import RECODED_TOWNSHIP, STORY_TOWNSHIP, STORY_VILLAGE, build_counties
from hub.demo.plan import LEFT_BEHIND, MIN_SPACING, PlannedChild, PlannedHousehold, plan_city


@pytest.fixture(scope="module")
def households() -> list[PlannedHousehold]:
    plan = plan_city(build_counties(), CITY, ANCHOR)
    return [household for township in plan.households.values() for household in township]


@pytest.fixture(scope="module")
def left_behind(households: list[PlannedHousehold]) -> list[PlannedChild]:
    return [child for h in households if h.population == LEFT_BEHIND for child in h.children]


def test_totals_are_exactly_those_published(
    households: list[PlannedHousehold], left_behind: list[PlannedChild]
) -> None:
    children = [child for h in households for child in h.children]
    planned = Totals(
        left_behind=len(left_behind),
        in_difficulty=len(children) - len(left_behind),
        once_unguarded=sum(c.unguarded_once for c in children),
        dropouts=sum(c.dropout for c in children),
        once_unregistered=sum(c.unregistered_once for c in children),
        rights_cases=sum(c.rights_case for c in children),
        parents_criticised=sum(c.criticised for c in children),
        homes=212,
    )
    assert planned == CITY
    assert CITY.children == 38_229


def test_ages_and_stages_are_dealt_to_the_last_child(left_behind: list[PlannedChild]) -> None:
    ages = Counter(child.age_on(ANCHOR) for child in left_behind)
    stages = Counter(child.stage for child in left_behind)
    assert ages == dict(zip(AGES, apportion(len(left_behind), list(AGES.values())), strict=True))
    assert stages == dict(zip(STAGES, apportion(len(left_behind), list(STAGES.values())), strict=True))


def test_grandparents_care_for_ninety_six_percent(households: list[PlannedHousehold]) -> None:
    cared = sum(len(h.children) for h in households if h.population == LEFT_BEHIND and h.grandparents)
    assert cared == per_mille(CITY.left_behind, 960)


def test_siblings_are_not_born_too_close(households: list[PlannedHousehold]) -> None:
    for household in households:
        births = sorted(child.birth for child in household.children)
        assert all(after - before >= MIN_SPACING for before, after in pairwise(births))


def test_the_same_parents_are_not_criticised_twice(households: list[PlannedHousehold]) -> None:
    assert max(sum(child.criticised for child in h.children) for h in households) == 2


def test_the_story_s_child_lives_alone_with_its_carer(households: list[PlannedHousehold]) -> None:
    (home,) = [h for h in households if any(child.story for child in h.children)]
    assert (home.village.code, len(home.children), home.grandparents) == (STORY_VILLAGE, 1, False)


def test_townships_named_elsewhere_exist() -> None:
    townships = {t.code: t for c in build_counties() for t in c.townships}
    assert {"430626101", STORY_TOWNSHIP, RECODED_TOWNSHIP} <= townships.keys()
    assert len({t.name for t in townships.values()}) == len(townships)
    assert STORY_VILLAGE in {v.code for v in townships[STORY_TOWNSHIP].villages}


@pytest.mark.parametrize(("total", "weights"), [(10, [1, 1, 1]), (7, [5, 3, 2]), (0, [1, 2]), (33_309, [545, 455])])
def test_apportioning_loses_nobody(total: int, weights: list[int]) -> None:
    counts = apportion(total, weights)
    assert sum(counts) == total
    assert all(abs(n - total * w / sum(weights)) < 1 for n, w in zip(counts, weights, strict=True))
