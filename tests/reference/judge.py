"""Asks Casbin, rule by rule and without any compilation: what does a caller hold on a field, and why not more.

The rules are flattened to lines as naively as can be; the model is the judge's own, not the hub's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any

import casbin
from casbin import persist

from hub.policy.rules import Duty, Entry
from schema.classes import CLASSES, Level
from schema.registry import ENTITIES
from tests.reference.facts import Asker, Vector

MODEL = """
[request_definition]
r = group, action, mode, scope, condition, purpose, unless
[policy_definition]
p = entry, mode, scope, condition, purpose, unless, eft
[policy_effect]
e = some(where (p_eft == allow)) && !some(where (p_eft == deny))
[matchers]
m = speaks_of(p.entry, r.group, r.action) && word(r.mode, p.mode) && word(r.scope, p.scope) && \
word(r.condition, p.condition) && word(r.purpose, p.purpose) && word(r.unless, p.unless)
"""
MODES = ("full", "masked", "pseudo", "flag", "meta", "aggregate")
READS = ("list", "read", "aggregate")


class _Lines(persist.Adapter):  # type: ignore[misc]
    def __init__(self, lines: Iterable[list[str]]) -> None:
        self.lines = list(lines)

    def load_policy(self, model: Any) -> None:
        model["p"]["p"].policy.extend(self.lines)


class Judge:
    """What the rules allow one caller; remembers Casbin's answers, which no row changes."""

    def __init__(self, entries: Collection[Entry], duties: Collection[Duty], asker: Asker) -> None:
        self._entries = {e.id: e for e in entries if _speaks_to(e, duties, asker)}
        self._vectors = list(dict.fromkeys(_vector(e) for e in self._entries.values() if e.eft == "allow"))
        self._enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL), _Lines(_lines(self._entries.values())))
        self._enforcer.add_function("speaks_of", self._speaks_of)
        self._enforcer.add_function("word", lambda asked, ruled: ruled in ("*", asked))
        self._service_only = "service" in asker.roles and len(asker.roles) == 1
        self._answers: dict[tuple[str, str], tuple[Vector, ...]] = {}

    def held(self, group: str, action: str) -> tuple[Vector, ...]:
        """The ways in which this action on this field group is allowed, strongest mode first."""
        if not self._vectors:
            return ()  # Casbin says yes to anything where there is no rule
        if (group, action) not in self._answers:
            # What no rule speaks of in this way no policy allows: Casbin is asked about the others.
            named = {
                _vector(e) for e in self._entries.values() if e.eft == "allow" and self._speaks_of(e.id, group, action)
            }
            asked = [v for v in self._vectors if v in named]
            allowed = [v for v in asked if self._enforcer.enforce(group, action, *_asked(v))]
            self._answers[group, action] = tuple(sorted(allowed, key=lambda v: MODES.index(v.mode)))
        return self._answers[group, action]

    def _speaks_of(self, name: str, group: str, action: str) -> bool:
        entry = self._entries[name]
        if entry.eft == "allow" and self._service_only and len(entry.roles) > 1 and action not in READS:
            return False
        acts = "*" in entry.actions or action in entry.actions
        return acts and any(_covers(named, group, entry.eft) for named in entry.objects)


@cache
def opened_by(group: str) -> tuple[str, ...]:
    """What opens a field group when a rule names it: its class and facets, or only those facets that lie above it."""
    data_class, _, joined = group.partition("/")
    facets = [f"{data_class}/{facet}" for facet in joined.split("+") if facet]
    raised = [facet for facet in facets if facet_level(facet) > CLASSES[data_class].level]
    return tuple(raised) or (data_class, *facets)


@cache
def facet_level(facet: str) -> Level:
    data_class, _, name = facet.partition("/")
    fields = (field for entity in ENTITIES.values() for field in entity.fields.values())
    return min(field.level for field in fields if field.data_class == data_class and name in field.facets)


def is_sealed(group: str) -> bool:
    levels = (facet_level(name) if "/" in name else CLASSES[name].level for name in opened_by(group))
    return any(level is Level.L5 for level in levels)


def _covers(named: str, group: str, eft: str) -> bool:
    opening = opened_by(group)
    return named in opening or (eft == "deny" and any(name.startswith(f"{named}/") for name in _raised(opening)))


def _raised(names: Iterable[str]) -> Iterator[str]:
    return (n for n in names if "/" in n and facet_level(n) > CLASSES[n.partition("/")[0]].level)


def _speaks_to(entry: Entry, duties: Collection[Duty], asker: Asker) -> bool:
    day = asker.today
    if not _in_force(entry.valid_from, entry.valid_to, day) or asker.unit_type not in entry.units:
        return False
    if entry.eft == "deny":
        return True
    held = {"officer", *asker.roles} if "handling_officer" in asker.roles else set(asker.roles)
    duty = next(d for d in duties if d.code == entry.duties[asker.unit_type])
    meant = asker.duty in (None, duty.code) or duty.standing
    levels = entry.levels or _home_levels(entry, asker.unit_type)
    return (
        bool(held & set(entry.roles))
        and meant
        and _in_force(duty.valid_from, duty.valid_to, day)
        and (entry.everyone or asker.level in levels)
    )


def _home_levels(entry: Entry, unit_type: str) -> tuple[str, ...]:
    return LEVELS_OF.get(unit_type, ("prefecture", "county"))


#: The levels at which a type of unit has its duties, where they are not those of a member of the conference.
LEVELS_OF = {
    "PS": ("prefecture", "county", "township"),
    "TW": ("township",),
    "VC": ("village",),
    "SC": ("prefecture", "county", "township", "village"),
    "MI": ("prefecture", "county", "township", "village"),
    "RS": ("prefecture", "county"),
    "WI": ("prefecture", "county", "township"),
    "SW": ("prefecture", "county", "township"),
    "TE": ("prefecture", "county"),
}


def _in_force(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)


def _vector(entry: Entry) -> Vector:
    return Vector(entry.modes[0], entry.scope, entry.condition, entry.purpose, tuple(sorted(entry.unless)))


def _asked(vector: Vector) -> tuple[str, ...]:
    return (vector.mode, vector.scope, vector.condition or "-", vector.purpose, "+".join(vector.unless) or "-")


def _lines(entries: Iterable[Entry]) -> Iterator[list[str]]:
    for entry in entries:
        if entry.eft == "allow":
            yield [entry.id, *_asked(_vector(entry)), "allow"]
        else:
            for mode in entry.modes:
                yield [entry.id, mode, entry.scope, str(entry.condition), entry.purpose, *entry.unless, "deny"]
