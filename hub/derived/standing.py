"""留守状态: whether a child is on the register of left-behind children on a day, by the definition and the file.

The definition (国发〔2016〕13号; R001): registered in the countryside, under sixteen, and both parents away at work, or
one away and the other without the capacity to be guardian. The rest is the register's: what the township has said of
the child's entry stands; the hub fills in what it left blank, and says by itself only that a child reached sixteen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from hub.derived.facts import ChildFacts, Entry, birthday

#: From this birthday a child is no longer one of the register (不满十六周岁; R002).
LEAVES_AT = 16
AGED_OUT = "age_16"
BOTH_AWAY, ONE_AWAY = "both_away", "one_away_other_incapable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The status, and the entry as it should read."""

    status: str  # candidate, active, ended, not_eligible
    entry: Entry


class Left(Enum):
    """Whether the parents have left the child behind."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # a fact is missing: the other parent, or whether the one at home is able


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What the household says: whether the child is left behind, how, and since when."""

    left: Left
    reason: str | None = None
    since: date | None = None


def absence(facts: ChildFacts, day: date) -> Absence:
    """Who of the parents is away and who can care. A parent at home with limited capacity still is a guardian
    (无监护能力 is capacity lost); a dead or missing parent is neither away nor able. Where fewer than two parents are
    on file, or nobody has said whether the one at home is able, it stays open (R001, R021).
    """
    home = [parent for parent in facts.parents if not parent.is_gone and not parent.away(day)]
    away = [spells for parent in facts.parents if (spells := parent.away(day))]
    if any(parent.capacity in ("capable", "limited") for parent in home):
        return Absence(left=Left.NO)
    if len(facts.parents) >= 2 and not away:
        return Absence(left=Left.NO)
    if len(facts.parents) < 2 or any(parent.capacity is None for parent in home):
        return Absence(left=Left.UNKNOWN)
    since = max(min(spell.out_since for spell in spells) for spells in away)
    reason = BOTH_AWAY if len(away) == len(facts.parents) else ONE_AWAY
    return Absence(left=Left.YES, reason=reason, since=max(since, facts.birth_date))


def standing(facts: ChildFacts, day: date) -> Standing:
    """The child's status on a day, with the entry as it should read; computing it again changes nothing."""
    found = absence(facts, day)
    status = _status(facts, found, day)
    return Standing(status=status, entry=_entry(facts, found, status, day))


def _status(facts: ChildFacts, found: Absence, day: date) -> str:
    """A child without registration counts as its household does, and the ledger is kept of rural ones: only a
    registration in a town or city (statistical class 1xx) excludes.
    """
    entry = facts.entry
    entered = _is_closed(entry, day) or (entry.since is not None and entry.since <= day)
    over = facts.dead or facts.is_of_age(LEAVES_AT, day) or (facts.hukou_class or "").startswith("1")
    if over or found.left is Left.NO:
        return "ended" if entered else "not_eligible"
    if _is_closed(entry, day):
        # Newer facts than the township's word: it is asked to look, and its word stands until then.
        newer = found.since is not None and entry.until is not None and found.since > entry.until
        return "candidate" if newer else "ended"
    return "candidate" if found.left is Left.UNKNOWN else "active"


def _is_closed(entry: Entry, day: date) -> bool:
    """Whether the township ended the entry: the parents came home, took the child along, or it was a mistake."""
    return entry.until is not None and entry.until <= day and entry.end_reason != AGED_OUT


def _entry(facts: ChildFacts, found: Absence, status: str, day: date) -> Entry:
    """Age-out (R002): the register is left on the sixteenth birthday; cases and everything else stay as they are."""
    entry = facts.entry
    if status == "active":
        entry = replace(entry, since=entry.since or found.since, reason=entry.reason or found.reason)
    if status == "ended" and not _is_closed(entry, day) and facts.is_of_age(LEAVES_AT, day) and not facts.dead:
        return replace(entry, until=birthday(facts.birth_date, LEAVES_AT), end_reason=AGED_OUT)
    if entry.end_reason == AGED_OUT:
        return replace(entry, until=None, end_reason=None)
    return entry
