"""What the policies say, as values: duties, tasks, rules and their entries, obligations, conflicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from hub.policy import words
from hub.policy.source import Place
from schema.classes import Label

ALL_UNITS = "all"

Vector = tuple[str, str, str, str, str]  # scope, mode, condition, purpose, exceptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty of a type of unit, with the sentence it rests on in our own words."""

    code: str
    units: tuple[str, ...]
    source: str
    clause: str
    says: Label
    reads: Label
    supplies: Label
    does: Label
    tasks: tuple[str, ...]
    standing: bool  # holds whatever duty a request states
    valid_from: date | None
    valid_to: date | None
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task line of the plan, with the units that lead it and those that cooperate."""

    code: str
    clause: str
    subject: Label
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One grant or denial of a rule, such as P04.1; `*` stands for every word, in a denial only."""

    id: str
    rule: str
    eft: str
    objects: tuple[str, ...]
    actions: tuple[str, ...]
    modes: tuple[str, ...]  # exactly one in a grant
    scope: str
    condition: str | None
    purpose: str
    unless: tuple[str, ...]
    roles: tuple[str, ...]
    units: tuple[str, ...]
    everyone: bool  # every type of unit, and any that is added
    levels: tuple[str, ...]  # empty: the levels at which each type has its duties
    duties: Mapping[str, str]  # unit type → duty
    valid_from: date | None
    valid_to: date | None
    why: str
    place: Place = field(compare=False)

    @property
    def allows(self) -> bool:
        return self.eft == "allow"

    def in_force(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the policy matrix."""

    id: str
    label: Label
    units: tuple[str, ...]
    source: str
    tasks: tuple[str, ...]
    conflicts: tuple[str, ...]
    entries: tuple[Entry, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How long a unit has. A text without a number leaves `proposed` days to the administrators."""

    value: int | None
    unit: str  # W working days, H hours, month, date, due (the date the item names), none
    text: Label  # the words of the source
    proposed: bool
    pausable: bool
    extendable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When an obligation arises, between whom, and what meets it; every word is one of `occasions.py`."""

    id: str  # O07.2
    on: tuple[str, ...]
    by: tuple[str, ...]  # types of the unit that acts; empty: any
    debtor: tuple[str, ...]
    creditor: tuple[str, ...]
    levels: tuple[str, ...]  # of the debtors of a date of the calendar
    per: str
    met_by: tuple[str, ...]
    whose: str  # act it has to be
    told: bool  # whether the act has to name the creditor
    evidence: bool  # whether the debtor may show by evidence that it is met
    sealed: str  # debtor, creditor or empty: who is not shown, for it made a report
    notice: bool
    clock: Clock
    urgent: Clock | None
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """Something a unit owes to another, opened by an event and met only by an evidenced act."""

    code: str
    kind: str
    owed_by: tuple[str, ...]
    owed_to: tuple[str, ...]
    what: Label
    trigger: Label
    clock: Clock
    classes: tuple[str, ...]
    occasions: tuple[Occasion, ...]
    source: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two sentences of the sources that disagree, and what holds until the conference decides."""

    code: str
    subject: Label
    sentences: tuple[str, ...]
    default: Label
    rules: tuple[str, ...]
    note: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One p line for Casbin: an entry as it holds for one subject, role and duty."""

    entry: Entry
    sub: str  # "CA", "CA/county" or "any"
    role: str
    duty: str
    act: str  # name of the set of actions: the entry's, or its reads alone
    mode: str

    @property
    def vector(self) -> Vector:
        """What a right says beside its object and action."""
        entry = self.entry
        return (entry.scope, self.mode, entry.condition or words.NONE, entry.purpose, joined(entry.unless))

    @property
    def actions(self) -> tuple[str, ...]:
        return self.entry.actions if self.act == self.entry.id else reads_of(self.entry)

    @property
    def fields(self) -> list[str]:
        return [self.sub, self.role, self.duty, self.entry.id, self.act, *self.vector, self.entry.eft]


def joined(names: tuple[str, ...]) -> str:
    return words.SEPARATOR.join(sorted(names)) or words.NONE


def reads_of(entry: Entry) -> tuple[str, ...]:
    return tuple(action for action in entry.actions if action in words.READS)


def lines_of(entry: Entry) -> Iterator[Line]:
    """The lines of one entry. A service account beside officers takes over their reads and nothing else."""
    if not entry.allows:
        for sub in entry.units:
            for mode in entry.modes:
                yield Line(entry=entry, sub=sub, role=words.ANY, duty=words.ANY, act=_act(entry), mode=mode)
        return
    for sub, unit in _subs(entry):
        for role in entry.roles:
            act = _act(entry)
            if role == "service" and len(entry.roles) > 1 and set(entry.actions) - set(words.READS):
                if not reads_of(entry):
                    continue
                act = f"{entry.id}/reads"
            yield Line(entry=entry, sub=sub, role=role, duty=entry.duties[unit], act=act, mode=entry.modes[0])


def _act(entry: Entry) -> str:
    return words.ANY if words.ANY in entry.actions else entry.id


def _subs(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.everyone:
        yield words.EVERYONE, entry.units[0]
        return
    for unit in entry.units:
        if entry.levels:
            yield from ((f"{unit}/{level}", unit) for level in entry.levels)
        else:
            yield unit, unit
