"""Compiled grants against Casbin, over the whole lattice: subject × roles × duty × group × action × mode × scope × ….

The matcher is a conjunction, so the lattice is cut without loss: each conjunct about who asks, the action and the
object is asked of Casbin for each line alone; a cell that no line can reach is denied, and every other one is put to
Casbin with the matcher, the effect and the denials as shipped. A sample of cells is put to the full set of rules.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import casbin
import pytest

from hub.policy import words
from hub.policy.book import PolicyBook
from hub.policy.casbin_model import (
    Callers,
    Decider,
    Links,
    ListAdapter,
    Question,
    build_decider,
    links_for,
    role_set,
)
from hub.policy.compile import compile_grant, duties_meant, stated_duty
from hub.policy.grant import Grant
from hub.policy.rules import Line, Vector, joined
from hub.policy.words import SUBJECTS, Subject

DAY = date(2026, 6, 1)
EVERY_ROLE = frozenset(words.ROLES.keys() - words.ADMINISTRATORS)
ROLE_SETS = (*(frozenset({role}) for role in words.ROLES), EVERY_ROLE)

Cell = tuple[str, str, Vector]


class Compiled:
    """A matcher as Python code: the same expression as Casbin reads, some ten times as fast."""

    def __init__(self, expression: str, functions: Mapping[str, Callable[..., bool]]) -> None:
        self.code = compile(expression.replace("&&", "and").replace("||", "or"), "matcher", "eval")
        self.functions = dict(functions)

    def eval(self, names: dict[str, str]) -> bool:
        return bool(eval(self.code, self.functions, names))


class Oracle(casbin.Enforcer):  # type: ignore[misc]
    compiled: Any = None

    def _get_expression(self, expr: str, functions: Any = None) -> Any:
        if self.compiled is None:
            self.compiled = Compiled(expr, functions)
        return self.compiled


@dataclass(slots=True)
class Lattice:
    """Casbin over every rule, and over one line at a time with a part of the matcher. Lines go by their numbers."""

    book: PolicyBook
    lines: tuple[Line, ...]
    links: Links
    parts: dict[str, Oracle] = field(default_factory=dict)
    actions: list[frozenset[str]] = field(default_factory=list)
    groups: list[frozenset[str]] = field(default_factory=list)
    allowed: dict[tuple[int, ...], frozenset[Cell]] = field(default_factory=dict)

    def part(self, *words_of: str) -> Oracle:
        """An enforcer whose matcher keeps the conjuncts that speak of these words of a request."""
        key = "+".join(words_of)
        if key not in self.parts:
            oracle = Oracle(casbin.Enforcer.new_model(text=self.book.model), ListAdapter(self.lines, self.links))
            matcher = oracle.model["m"]["m"]
            kept = [part for part in matcher.value.split(" && ") if any(f"r_{word}" in part for word in words_of)]
            matcher.value = " && ".join(kept)
            self.parts[key] = oracle
        return self.parts[key]

    def matches(self, part: Oracle, numbers: Iterable[int], request: Mapping[str, str]) -> bool:
        """Whether one of the lines, be it a grant or a denial, matches."""
        return asked(part, [[*self.lines[number].fields[:-1], "allow"] for number in numbers], request)

    def lines_of(self, subject: Subject, roles: frozenset[str], duty: str) -> tuple[int, ...]:
        """The lines that Casbin says concern a caller; all others together are asked once, and must not."""
        who = self.part("sub", "roles", "duty")
        request = {"sub": subject.name, "roles": role_set(roles), "duty": duty}
        names = {words.EVERYONE, subject.unit_type, subject.name}
        near = [number for number, line in enumerate(self.lines) if line.sub in names]
        far = set(range(len(self.lines))) - set(near)
        assert not self.matches(who, sorted(far), request)
        return tuple(number for number in near if self.matches(who, [number], request))

    def cells(self, numbers: tuple[int, ...]) -> frozenset[Cell]:
        """The cells that Casbin allows to whom these lines concern."""
        if numbers not in self.allowed:
            self.allowed[numbers] = frozenset(self._cells(numbers))
        return self.allowed[numbers]

    def _cells(self, numbers: tuple[int, ...]) -> Iterable[Cell]:
        reachable: dict[tuple[str, str], set[Vector]] = {}
        for number in numbers:
            for group in self.groups[number]:
                for action in self.actions[number] if self.lines[number].entry.allows else ():
                    reachable.setdefault((group, action), set()).add(self.lines[number].vector)
        what = self.part("mode", "scope", "cond", "purpose", "unless", "act", "obj")
        fields = [self.lines[number].fields for number in numbers]
        for (group, action), vectors in reachable.items():
            for vector in vectors:
                if asked(what, fields, request_for(group, action, vector)):
                    yield group, action, vector


def asked(part: Oracle, fields: list[list[str]], request: Mapping[str, str]) -> bool:
    part.model["p"]["p"].policy = fields
    names = ("sub", "roles", "duty", "obj", "act", "scope", "mode", "cond", "purpose", "unless")
    return bool(fields) and bool(part.enforce(*(request.get(name, "-") for name in names)))


def request_for(group: str, action: str, vector: Vector) -> dict[str, str]:
    names = ("scope", "mode", "cond", "purpose", "unless")
    return {"obj": f"group:{group}", "act": action, **dict(zip(names, vector, strict=True))}


@pytest.fixture(scope="session")
def lattice(book: PolicyBook) -> Lattice:
    lines = tuple(line for held in book.index.values() for line in held if book.holds(line, DAY))
    built = Lattice(book, lines, links_of_all(book, lines))
    acts, objects = built.part("act"), built.part("obj")
    for number in range(len(lines)):
        built.actions.append(frozenset(a for a in words.ACTIONS if built.matches(acts, [number], {"act": a})))
        requests = {group: {"obj": f"group:{group}"} for group in book.objects.groups}
        built.groups.append(
            frozenset(g for g, request in requests.items() if built.matches(objects, [number], request))
        )
    return built


def links_of_all(book: PolicyBook, lines: Collection[Line]) -> Links:
    duties = {
        f"{stated_duty(code)}/{unit}": duties_meant(book, unit, code)
        for unit in words.UNIT_TYPES
        for code in (None, *(duty.code for duty in book.duties_of(unit)))
    }
    return links_for(lines, book.objects, Callers(subjects=SUBJECTS, roles=ROLE_SETS, duties=duties))


def cells_of(grant: Grant) -> frozenset[Cell]:
    return frozenset(
        (
            group,
            action,
            (
                right.reach.scope,
                right.mode,
                right.reach.condition or words.NONE,
                right.reach.purpose,
                joined(right.unless),
            ),
        )
        for (group, action), rights in grant.cells.items()
        for right in rights
    )


@pytest.mark.parametrize("unit_type", list(words.UNIT_TYPES))
def test_compiled_grants_are_casbins_answers(book: PolicyBook, lattice: Lattice, unit_type: str) -> None:
    for subject in (subject for subject in SUBJECTS if subject.unit_type == unit_type):
        for roles in ROLE_SETS if subject.level in words.UNIT_TYPES[unit_type].levels else ROLE_SETS[-1:]:
            lines = lattice.lines_of(subject, roles, f"{stated_duty(None)}/{unit_type}")
            assert cells_of(compile_grant(book, subject, roles, day=DAY)) == lattice.cells(lines), (subject, roles)


@pytest.mark.parametrize("unit_type", list(words.UNIT_TYPES))
def test_grants_for_one_duty_are_casbins_answers(book: PolicyBook, lattice: Lattice, unit_type: str) -> None:
    subject = Subject(unit_type=unit_type, level=words.UNIT_TYPES[unit_type].levels[-1])
    for duty in book.duties_of(unit_type):
        lines = lattice.lines_of(subject, EVERY_ROLE, f"{stated_duty(duty.code)}/{unit_type}")
        grant = compile_grant(book, subject, EVERY_ROLE, duty.code, day=DAY)
        assert cells_of(grant) == lattice.cells(lines), duty.code


def test_sampled_cells_agree_with_the_full_set_of_rules(book: PolicyBook, lattice: Lattice) -> None:
    seed = 20160204
    chance = random.Random(seed)
    decider = build_decider(book.model, lattice.lines, lattice.links)
    vectors = sorted({line.vector for line in lattice.lines if line.entry.allows})
    for _ in range(40):
        subject, roles = chance.choice(SUBJECTS), chance.choice(ROLE_SETS)
        held = cells_of(compile_grant(book, subject, roles, day=DAY))
        drawn = [
            (chance.choice(book.objects.groups), chance.choice(list(words.ACTIONS)), chance.choice(vectors))
            for _ in range(5)
        ]
        for cell in [*chance.sample(sorted(held), min(5, len(held))), *drawn]:
            assert allows(decider, subject, roles, cell) == (cell in held), (seed, subject, roles, cell)


def allows(decider: Decider, subject: Subject, roles: frozenset[str], cell: Cell) -> bool:
    group, action, vector = cell
    return decider.allows(
        Question(
            subject=subject.name, roles=role_set(roles), duty=f"{stated_duty(None)}/{subject.unit_type}",
            group=group, action=action, vector=vector,
        )
    )  # fmt: skip
