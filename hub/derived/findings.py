"""监护风险: what is wrong with a child's guardianship on a day, each with the day since which it is so.

未成年人保护法 第二十一条: no child under eight may be left unattended, none under sixteen may live alone (R076);
第二十二条: parents who are away entrust the care; one arrangement at a time, and no gap between two (invariant 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hub.derived.facts import ChildFacts, Look, earliest
from hub.derived.standing import Left, absence

MAJORITY, LIVES_WITH_OTHERS, ATTENDED = 18, 16, 8


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    kind: str  # of the list guardianship_finding
    since: date


def findings(facts: ChildFacts, day: date) -> frozenset[Finding]:
    """At most one of a kind; none of whom has died or come of age."""
    if facts.dead or facts.is_of_age(MAJORITY, day):
        return frozenset()
    unguarded = _no_guardian(facts, day)
    found = {
        "no_guardian": unguarded,
        "guardianship_gap": _gap(facts, day),
        "guardianship_overlap": _overlap(facts, day),
    }
    if not facts.is_of_age(LIVES_WITH_OTHERS, day):
        found |= {"living_alone": _seen(facts, day, "living_alone"), "not_entrusted": _not_entrusted(facts, day)}
    if not facts.is_of_age(ATTENDED, day):
        found["left_unattended"] = earliest((_seen(facts, day, "living_alone", "unattended"), unguarded))
    return frozenset(Finding(kind=kind, since=since) for kind, since in found.items() if since is not None)


def _seen(facts: ChildFacts, day: date, *problems: str) -> date | None:
    """When the latest visit found one of these; what one visit found, the next visit clears (R076)."""
    look = facts.last_look(day)
    return look.done_on if look is not None and look.problems & set(problems) else None


def _no_guardian(facts: ChildFacts, day: date) -> date | None:
    """On file as without one (R010), or seen so by the latest visit and nothing arranged since."""
    arranged = facts.arranged(day)
    look = facts.last_look(day)
    recorded = earliest(each.valid_from for each in arranged if each.type == "none")
    return earliest((recorded, look.done_on if look is not None and _still(look, facts, day) else None))


def _still(look: Look, facts: ChildFacts, day: date) -> bool:
    later = any(each.valid_from >= look.done_on for each in facts.arranged(day))
    return "no_guardian" in look.problems and not later


def _gap(facts: ChildFacts, day: date) -> date | None:
    """The first day that no arrangement covers: between two, after the last, or since the file was opened where
    there is none (invariant 1). A time on file as without guardian is no gap of the record.
    """
    known = [
        each
        for each in facts.arrangements
        if each.valid_from <= day and (each.valid_to is None or each.valid_to > each.valid_from)
    ]
    if not known:
        return facts.effective_from or facts.birth_date
    covered = min(each.valid_from for each in known)
    for each in sorted(known, key=lambda each: each.valid_from):
        if each.valid_from > covered:
            return covered
        if each.valid_to is None:
            return None
        covered = max(covered, each.valid_to)
    return covered if covered <= day else None


def _overlap(facts: ChildFacts, day: date) -> date | None:
    """When the second of the arrangements in force began (invariant 1)."""
    starts = sorted(each.valid_from for each in facts.arranged(day))
    return starts[1] if len(starts) > 1 else None


def _not_entrusted(facts: ChildFacts, day: date) -> date | None:
    """Left behind, and by the file still in the parents' own care (第二十二条)."""
    found, arranged = absence(facts, day), facts.arranged(day)
    if found.left is not Left.YES or found.since is None or {each.type for each in arranged} != {"parent"}:
        return None
    return max(found.since, *(each.valid_from for each in arranged))
