"""Expected decisions as data: what each type of unit may do; whatever is not listed is expected to be denied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hub.policy import words
from hub.policy.book import ROOT
from hub.policy.casbin_model import with_implied
from hub.policy.objects import Objects
from hub.policy.source import Faults, Item, Place, read_items

ALL = "all"

#: group, action, mode, scope, condition, purpose
Cell = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Cells expected to be allowed."""

    cells: frozenset[Cell]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """What must be denied whatever the rules become; `modes` empty means in any mode."""

    groups: frozenset[str]
    actions: frozenset[str]
    modes: tuple[str, ...]
    place: Place

    def closes(self, group: str, action: str) -> bool:
        return group in self.groups and action in self.actions


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    subjects: tuple[words.Subject, ...]
    roles: tuple[str, ...]
    allow: tuple[Allowance, ...]
    deny: tuple[Denial, ...]
    place: Place

    def concerns(self, subject: words.Subject, role: str) -> bool:
        return subject in self.subjects and bool(with_implied([role]) & set(self.roles))

    def cells(self, role: str) -> Iterable[tuple[Cell, Place]]:
        """What a role may do by this block; a service account named beside officers only reads."""
        reads_only = role == "service" and len(self.roles) > 1
        for allowance in self.allow:
            for cell in allowance.cells:
                if not reads_only or cell[1] in words.READS:
                    yield cell, allowance.place


def load_expected(objects: Objects, root: Path = ROOT) -> tuple[Block, ...]:
    """Every block under expected/; raises PolicyFaults with every fault."""
    faults = Faults()
    blocks = tuple(
        _block(item, objects, faults)
        for path in sorted((root / "expected").glob("*.yaml"))
        for item in read_items(root, path, faults)
    )
    faults.raise_any()
    return blocks


def _block(item: Item, objects: Objects, faults: Faults) -> Block:
    named = item.free_words("subjects")
    block = Block(
        subjects=_subjects(named, item),
        roles=item.words("roles", words.ROLES),
        allow=tuple(_allowance(part, objects, faults) for part in item.children("allow")) if item.has("allow") else (),
        deny=tuple(_denial(part, objects, faults) for part in item.children("deny")) if item.has("deny") else (),
        place=item.place,
    )
    item.finish()
    return block


def _subjects(named: Iterable[str], item: Item) -> tuple[words.Subject, ...]:
    """Subjects by name, by type (at the levels of its duties) or all of them."""
    found: list[words.Subject] = []
    for name in named:
        unit_type, _, level = name.partition("/")
        if name == ALL:
            found += words.SUBJECTS
        elif unit_type in words.UNIT_TYPES and (not level or level in words.LEVELS):
            levels = (level,) if level else words.UNIT_TYPES[unit_type].levels
            found += (words.Subject(unit_type=unit_type, level=each) for each in levels)
        else:
            item.wrong("subjects", f"unknown subject {name!r}")
    return tuple(found)


def _groups(item: Item, objects: Objects) -> tuple[str, ...]:
    groups: list[str] = []
    for name in item.free_words("objects"):
        if name not in objects.levels:
            item.wrong("objects", f"unknown class or facet {name!r}")
            continue
        groups += objects.groups_of(name)
    return tuple(groups)


def _allowance(item: Item, objects: Objects, faults: Faults) -> Allowance:
    actions = item.words("actions", words.ACTIONS)
    reach = _reach(item, faults)
    cells = frozenset((group, action, *reach) for group in _groups(item, objects) for action in actions)
    item.finish()
    return Allowance(cells=cells, place=item.place)


def _reach(item: Item, faults: Faults) -> tuple[str, str, str, str]:
    """`full own pupil` or `full assigned applicant application`: mode, scope, then condition and purpose if any."""
    mode, scope, *rest = (*item.free_words("as"), "", "")
    if mode not in words.MODES or scope not in words.SCOPES:
        faults.add(item.at("as"), "'as' is to give a mode and a scope")
    condition, purpose = words.NONE, words.NONE
    for word in filter(None, rest):
        if word in words.CONDITIONS:
            condition = word
        elif word in words.PURPOSES:
            purpose = word
        else:
            faults.add(item.at("as"), f"unknown word {word!r} in 'as'")
    return mode, scope, condition, purpose


def _denial(item: Item, objects: Objects, faults: Faults) -> Denial:
    closed = [
        name for given in item.free_words("objects") if given in objects.levels for name in objects.closed_by(given)
    ]
    groups = frozenset(group for name in closed for group in objects.groups_of(name))
    if not groups:
        faults.add(item.at("objects"), "names no known class or facet")
    actions = item.words("actions", {*words.ACTIONS, words.ANY}, (words.ANY,))
    denial = Denial(
        groups=groups,
        actions=frozenset(words.ACTIONS) if words.ANY in actions else frozenset(actions),
        modes=item.words("modes", words.MODES, ()),
        place=item.place,
    )
    item.finish()
    return denial
