"""Who lives in the city: one line per child with everything that has to add up, and the households they share.

Counts are dealt out, not drawn: each share of facts.py is apportioned to whole children first, and chance only
decides whom it falls on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from hub.demo import facts
from hub.demo.chance import Chance, chance
from hub.demo.facts import Totals, apportion, per_mille
from hub.demo.places import STORY_VILLAGE, County, Township, Village

LEFT_BEHIND = "left_behind"
IN_DIFFICULTY = "in_difficulty"
MIN_SPACING = timedelta(days=300)  # between siblings
#: Before this age no child is entered in the register.
MIN_AGE = timedelta(days=40)
#: Stages that protection cases have reached; each is reached by CASES_AT_STAGE children of either population.
STAGES = (
    "reported", "accepted", "emergency", "assessment", "plan", "intervention", "judicial", "follow_up", "closed",
    "referred_out",
)  # fmt: skip
CASES_AT_STAGE = 3


@dataclass(slots=True, kw_only=True)
class PlannedChild:
    """One child of the plan, before it has a name."""

    population: str
    birth: date
    sex: str = "2"
    stage: str = "none"
    unguarded_once: bool = False
    unregistered_once: bool = False
    dropout: bool = False
    disabled: bool = False
    ill: bool = False
    story: bool = False
    criticised: int = 0  # parents who were criticised when the child was found without a guardian
    rights_case: bool = False
    stage_reached: str = ""  # of a protection case
    sealed: bool = False

    def age_on(self, day: date) -> int:
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))


@dataclass(slots=True, kw_only=True)
class PlannedHousehold:
    """Children who live together, with one carer while the parents are away."""

    county: County
    township: Township
    village: Village
    children: list[PlannedChild]
    grandparents: bool = True
    serial: int = 0

    @property
    def population(self) -> str:
        return self.children[0].population


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    totals: Totals
    anchor: date
    counties: tuple[County, ...]
    households: dict[str, list[PlannedHousehold]] = field(default_factory=dict)  # by township code


def plan_city(counties: tuple[County, ...], totals: Totals, anchor: date, *purpose: object) -> Plan:
    """The whole population, household by household; the same for the same arguments."""
    luck = chance(facts.SEED, "plan", *purpose)
    plan = Plan(totals=totals, anchor=anchor, counties=counties)
    left_behind = _left_behind(luck, totals, anchor)
    in_difficulty = _in_difficulty(luck, totals.in_difficulty, anchor)
    households = [*_settle(luck, counties, left_behind), *_settle(luck, counties, in_difficulty)]
    _deal_cases(luck, households, totals)
    for serial, household in enumerate(households):
        household.serial = serial
        plan.households.setdefault(household.township.code, []).append(household)
    others = totals.left_behind - per_mille(totals.left_behind, facts.GRANDPARENT_CARE)
    _deal_carers(luck, [h for h in households if h.population == LEFT_BEHIND], others)
    return plan


def _left_behind(luck: Chance, totals: Totals, anchor: date) -> list[PlannedChild]:
    ages = zip(facts.AGES, apportion(totals.left_behind, list(facts.AGES.values())), strict=True)
    births = sorted((_birth(luck, age, anchor) for age, count in ages for _ in range(count)), reverse=True)
    children = [PlannedChild(population=LEFT_BEHIND, birth=birth) for birth in births]
    # The shares of schooling follow from age: the youngest 7.1 % attend nothing, the next 18.4 % kindergarten, …
    _deal_stages(children, apportion(totals.left_behind, list(facts.STAGES.values())))
    _deal(luck, children, per_mille(totals.left_behind, facts.BOYS), sex="1")
    luck.shuffle(children)
    pupils = [c for c in children if c.sex == "2" and c.stage == "primary"]
    for child in sorted(pupils, key=lambda c: abs(c.age_on(anchor) - 12))[:1]:
        child.story = True
    rest = [c for c in children if not c.story]
    _deal(luck, rest, totals.once_unguarded, unguarded_once=True)
    _deal(luck, rest, totals.once_unregistered, unregistered_once=True)
    compulsory = [c for c in rest if c.stage in ("primary", "junior") and c.age_on(anchor) >= 10]
    _deal(luck, compulsory, totals.dropouts, dropout=True)
    _deal(luck, rest, per_mille(totals.left_behind, facts.DISABLED), disabled=True)
    healthy = [c for c in rest if not c.disabled]
    _deal(luck, healthy, per_mille(totals.left_behind, facts.ILL), ill=True)
    return children


def _in_difficulty(luck: Chance, count: int, anchor: date) -> list[PlannedChild]:
    """The second population has no published shares; it is spread evenly from 0 to 16, boys and girls alike."""
    ages = enumerate(apportion(count, [1] * 17))
    births = sorted((_birth(luck, age, anchor) for age, n in ages for _ in range(n)), reverse=True)
    children = [PlannedChild(population=IN_DIFFICULTY, birth=birth) for birth in births]
    for child in children:
        child.stage = _stage_at(child.age_on(anchor))
    _deal(luck, children, count // 2, sex="1")
    _deal(luck, children, count // 5, disabled=True)
    _deal(luck, [c for c in children if not c.disabled], count // 12, ill=True)
    luck.shuffle(children)
    return children


def _deal_cases(luck: Chance, households: Sequence[PlannedHousehold], totals: Totals) -> None:
    """Parents criticised (two a household, as far as they go), rights cases, and cases at every stage."""
    first = [c for h in households if h.population == LEFT_BEHIND for c in h.children]
    second = [c for h in households if h.population == IN_DIFFICULTY for c in h.children]
    # One child a household, or the same parents would be criticised twice and counted once.
    alone = [c for h in households for c in [c for c in h.children if c.unguarded_once][:1]]
    for i, child in enumerate(luck.sample(alone, (totals.parents_criticised + 1) // 2)):
        child.criticised = min(2, totals.parents_criticised - 2 * i)
    _deal(luck, [c for c in first if not c.criticised and not c.story], totals.rights_cases, rights_case=True)
    for children in (first, second):
        # What the reports tell is of children who go to school and can speak for themselves.
        pupils = [c for c in children if c.stage in ("primary", "junior")]
        free = [c for c in pupils if not (c.criticised or c.rights_case or c.story)]
        chosen = luck.sample(free, min(len(STAGES) * CASES_AT_STAGE, len(free)))
        for i, child in enumerate(chosen):
            child.stage_reached = STAGES[i % len(STAGES)]
    for child in [c for c in second if c.stage_reached == "closed"][:2]:
        child.sealed = True


def _stage_at(age: int) -> str:
    limits = ((3, "none"), (6, "kindergarten"), (12, "primary"), (15, "junior"))
    return next((stage for limit, stage in limits if age < limit), "senior")


def _birth(luck: Chance, age: int, anchor: date) -> date:
    """A birthday that makes somebody `age` on the anchor day."""
    last = anchor.replace(year=anchor.year - age) - (MIN_AGE if age == 0 else timedelta())
    return luck.between(anchor.replace(year=anchor.year - age - 1) + timedelta(days=1), last)


def _deal_stages(children: Sequence[PlannedChild], counts: Sequence[int]) -> None:
    stages = (stage for stage, count in zip(facts.STAGES, counts, strict=True) for _ in range(count))
    for child, stage in zip(children, stages, strict=True):
        child.stage = stage


def _deal(luck: Chance, children: Sequence[PlannedChild], count: int, **marks: object) -> None:
    for child in luck.sample(children, count):
        for name, value in marks.items():
            setattr(child, name, value)


def _settle(luck: Chance, counties: Iterable[County], children: list[PlannedChild]) -> Iterator[PlannedHousehold]:
    """Sends the children to villages by weight and puts some of each village's into one household."""
    sites = [(c, t, v) for c in counties for t in c.townships for v in t.villages]
    weights = [max(c.weight * 1000 // sum(len(t.villages) for t in c.townships), 1) for c, _, _ in sites]
    counts = apportion(len(children), weights)
    _bring_home(children, counts, next(i for i, (_, _, v) in enumerate(sites) if v.code == STORY_VILLAGE))
    starts = [0, *accumulate(counts)]
    for (county, township, village), start, end in zip(sites, starts, starts[1:], strict=False):
        for group in _siblings(luck, children[start:end]):
            yield PlannedHousehold(county=county, township=township, village=village, children=group)


def _bring_home(children: list[PlannedChild], counts: list[int], home: int) -> None:
    """Makes the story's child the first of its village, which has at least this one child."""
    story = next((i for i, child in enumerate(children) if child.story), None)
    if story is None:
        return
    if not counts[home]:
        counts[counts.index(max(counts))] -= 1
        counts[home] = 1
    first = sum(counts[:home])
    children[first], children[story] = children[story], children[first]


def _siblings(luck: Chance, children: list[PlannedChild]) -> Iterator[list[PlannedChild]]:
    """Groups of one to three whose birthdays are far enough apart; the story's child lives alone with its carer."""
    group: list[PlannedChild] = []
    for child in children:
        full = len(group) >= 3 or luck.random() < (0.62 if len(group) == 1 else 0.85)
        close = any(abs(child.birth - other.birth) < MIN_SPACING for other in group)
        far = any(abs(child.birth - other.birth) > 12 * timedelta(days=365) for other in group)
        if group and (full or close or far or group[0].story or child.story):
            yield group
            group = []
        group.append(child)
    if group:
        yield group


def _deal_carers(luck: Chance, households: list[PlannedHousehold], others: int) -> None:
    """Exactly `others` children are cared for by other relatives or friends, the rest by grandparents."""
    order = sorted(luck.sample(households, len(households)), key=lambda h: not h.children[0].story)
    for household in order:
        if len(household.children) <= others:
            household.grandparents = False
            others -= len(household.children)
        if not others:
            return
