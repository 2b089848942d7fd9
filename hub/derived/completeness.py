"""档案完整度: how much of a child's file is filled in, by the five groups that the ledger must have (R017, R020).

Each group counts a fifth; within a group every part that applies to the child counts the same, and a group of which
nothing applies is complete. 001 四(二)1: 个人情况、家庭组成、监护照料、教育就学、帮扶救助.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from hub.derived.facts import ChildFacts

GROUP = 20
#: Schooling is owed from six (义务教育法 第十一条) to the age at which the register is left.
SCHOOL_AGE, SCHOOL_ENDS = 6, 16
#: A visit tells of the child for half a year (R031, 定期走访).
VISIT_HOLDS = timedelta(days=180)

Parts = Iterator[bool]


def completeness(facts: ChildFacts, day: date) -> int:
    """A percentage."""
    groups = (_personal(facts), _family(facts, day), _care(facts, day), _schooling(facts, day), _support(facts, day))
    return sum(_share(list(parts)) for parts in groups)


def _share(parts: list[bool]) -> int:
    return GROUP * sum(parts) // len(parts) if parts else GROUP


def _personal(facts: ChildFacts) -> Parts:
    """个人情况: identity number or why there is none, sex, ethnic group, registration, address."""
    papers = facts.papers
    yield from (papers.identity, papers.sex, papers.ethnicity, papers.hukou, papers.address)


def _family(facts: ChildFacts, day: date) -> Parts:
    """家庭组成: both parents, one of them reachable, what the household lives on, where each parent away works."""
    yield len(facts.parents) >= 2
    yield any(parent.reachable for parent in facts.parents)
    yield facts.papers.income
    spells = [spell for parent in facts.parents for spell in parent.away(day)]
    if spells:
        yield all(spell.place_known for spell in spells)


def _care(facts: ChildFacts, day: date) -> Parts:
    """监护照料: an arrangement and who answers for the child; of entrusted care who the carer is, and the paper
    (未成年人保护法 第二十二条、第二十三条).
    """
    arranged = [each for each in facts.arranged(day) if each.type != "none"]
    yield bool(arranged)
    yield facts.papers.responsible
    entrusted = [each for each in arranged if each.type.startswith("entrusted")]
    if entrusted:
        yield all(each.carer_known for each in entrusted)
        yield all(each.signed_on is not None and each.signed_on <= day for each in entrusted)


def _schooling(facts: ChildFacts, day: date) -> Parts:
    """教育就学: a school and a grade, for those of school age."""
    if facts.is_of_age(SCHOOL_AGE, day) and not facts.is_of_age(SCHOOL_ENDS, day):
        held = [place for place in facts.places if place.holds_on(day)]
        yield bool(held)
        yield any(place.grade_known for place in held)


def _support(facts: ChildFacts, day: date) -> Parts:
    """帮扶救助: somebody has been to see the child; of a child in difficulty, what was applied for or given."""
    look = facts.last_look(day)
    yield look is not None and look.done_on > day - VISIT_HOLDS
    if facts.papers.in_difficulty:
        yield facts.papers.assisted
