"""The stored facts of one child from which the hub computes; no sealed value (level 5) is among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A parent's time away; the parent is back on the day of return."""

    out_since: date
    returned_on: date | None = None
    place_known: bool = False

    def holds_on(self, day: date) -> bool:
        return self.out_since <= day and (self.returned_on is None or self.returned_on > day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """Father or mother, step- and adoptive ones too; away by any spell on file, whichever child it was entered for."""

    alive_status: str | None = None
    capacity: str | None = None  # capable, limited, lost; None where nobody has said
    reachable: bool = False  # a telephone is on file
    spells: tuple[Spell, ...] = ()

    @property
    def is_gone(self) -> bool:
        return self.alive_status in GONE

    def away(self, day: date) -> tuple[Spell, ...]:
        return () if self.is_gone else tuple(spell for spell in self.spells if spell.holds_on(day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Who is guardian and who cares; the last day is the one before `valid_to`."""

    type: str
    valid_from: date
    valid_to: date | None = None
    carer_known: bool = False  # name, relation and telephone
    signed_on: date | None = None  # of its earliest confirmation

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A visit that was made."""

    done_on: date
    id: str
    problems: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place at a school, from one day to another."""

    valid_from: date
    valid_to: date | None = None
    grade_known: bool = False

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the register of left-behind children holds of the child."""

    reason: str | None = None
    since: date | None = None
    until: date | None = None
    end_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Which parts of the file are filled in."""

    identity: bool = False  # the number, or why the child has none
    sex: bool = False
    ethnicity: bool = False
    hukou: bool = False
    address: bool = False
    income: bool = False
    responsible: bool = False
    in_difficulty: bool = False
    assisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildFacts:
    """Everything of one child that the hub computes from."""

    birth_date: date
    effective_from: date | None = None  # from which day the file speaks
    dead: bool = False
    hukou_class: str | None = None  # of the division of registration, by the statistical code
    entry: Entry = Entry()
    parents: tuple[Parent, ...] = ()
    arrangements: tuple[Arrangement, ...] = ()
    looks: tuple[Look, ...] = ()
    places: tuple[Place, ...] = ()
    papers: Papers = Papers()

    def is_of_age(self, years: int, day: date) -> bool:
        return birthday(self.birth_date, years) <= day

    def arranged(self, day: date) -> tuple[Arrangement, ...]:
        return tuple(each for each in self.arrangements if each.holds_on(day))

    def last_look(self, day: date) -> Look | None:
        """The latest visit; of two on one day the one entered later."""
        return max((look for look in self.looks if look.done_on <= day), key=_when, default=None)


#: A parent who is not there to be guardian: dead, declared dead, or missing.
GONE = frozenset({"dead", "declared_dead", "missing"})
#: Relations of the household list that make a parent (GB/T 4761): father, mother, step- and adoptive parents.
PARENTS = ("50", "51", "52", "57", "58", "59")


def _when(look: Look) -> tuple[date, str]:
    return look.done_on, look.id


def birthday(born: date, years: int) -> date:
    """The day on which somebody has completed that many years; the last of the month where it has no such day
    (民法典 第二百零二条).
    """
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return born.replace(year=born.year + years, day=28)


def earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
