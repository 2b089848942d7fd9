"""Casbin as the hub uses it: a fixed model, an adapter that hands over lists, a decider that only answers.

Each guard here answers a trap of the library: an empty policy or a switched-off enforcer allows everything, an
unknown name is kept for ever, a line with a field too many stops every decision, a comma in a value splits a rule.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import casbin
from casbin import persist

from hub.policy import words
from hub.policy.objects import Objects
from hub.policy.rules import Duty, Entry, Line, Vector, joined

EFFECT = "some(where (p_eft == allow)) && !some(where (p_eft == deny))"
CALLS = frozenset({"g", "g2", "g3", "g4", "g5"})
MAX_DEPTH = 8  # Casbin follows ten links and then silently says no
_CALL = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*\(")


class ModelUnfit(ValueError):
    """The Casbin model is not the one the hub's guards are written for."""


class UnknownWord(ValueError):
    """A question holds a word that no policy knows; such a word never reaches Casbin."""


class NotDeciding(RuntimeError):
    """The enforcer is switched off or empty, and would say yes to anything."""


class NotStored(RuntimeError):
    """Policies are changed by loading a new book, never through Casbin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One cell of the lattice."""

    subject: str
    roles: str
    duty: str
    group: str
    action: str
    vector: Vector

    @property
    def linked(self) -> Mapping[str, str]:
        """The words that Casbin follows links from, by role definition."""
        return {
            "g": self.subject,
            "g2": f"group:{self.group}",
            "g3": self.action,
            "g4": self.roles,
            "g5": self.duty,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Who and what is linked to what, by role definition: g, g2, g3, g4, g5."""

    pairs: Mapping[str, tuple[tuple[str, str], ...]]

    def names(self, definition: str) -> frozenset[str]:
        return frozenset(name for name, _ in self.pairs[definition])


class ListAdapter(persist.Adapter):  # type: ignore[misc]
    """Appends lists as they are; Casbin's own adapters join a rule to text and split it again at commas."""

    def __init__(self, lines: Iterable[Line], links: Links) -> None:
        self.lines = [line.fields for line in lines]
        self.links = links

    def load_policy(self, model: Any) -> None:
        size = len(model["p"]["p"].tokens)
        for fields in self.lines:
            if len(fields) != size or not all(fields):
                raise ModelUnfit(f"a line of {size} words is expected, not {fields}")
            model["p"]["p"].policy.append(fields)
        for definition, pairs in self.links.pairs.items():
            model["g"][definition].policy.extend([name, group] for name, group in pairs)

    def save_policy(self, model: Any) -> None:
        raise NotStored

    def add_policy(self, sec: str, ptype: str, rule: Any) -> None:
        raise NotStored

    def remove_policy(self, sec: str, ptype: str, rule: Any) -> None:
        raise NotStored

    def remove_filtered_policy(self, sec: str, ptype: str, field_index: int, *field_values: str) -> None:
        raise NotStored


class _Enforcer(casbin.Enforcer):  # type: ignore[misc]
    """Parses the matcher once: Casbin parses it again for every question."""

    parsed: Any = None

    def _get_expression(self, expr: str, functions: Any = None) -> Any:
        if self.parsed is None:
            self.parsed = super()._get_expression(expr, functions)
        return self.parsed


class Decider:
    """Answers questions and does nothing else: no rule can be added, removed or reloaded through it."""

    __slots__ = ("_denials", "_enforcer", "_known")

    def __init__(self, enforcer: casbin.Enforcer, links: Links) -> None:
        self._enforcer = enforcer
        self._known = {definition: links.names(definition) for definition in links.pairs}
        self._denials = [fields for fields in self._lines if fields[-1] != "allow"]

    @property
    def _lines(self) -> list[list[str]]:
        held: list[list[str]] = self._enforcer.model["p"]["p"].policy
        return held

    def allows(self, question: Question) -> bool:
        """Casbin's answer over every line; refuses to ask with a word that the links do not hold."""
        return self._ask(question)

    def allows_among(self, question: Question, lines: Iterable[Line]) -> bool:
        """Casbin's answer over these lines and every denial; a decider answers one caller at a time."""
        everything = self._lines
        self._enforcer.model["p"]["p"].policy = [line.fields for line in lines if line.entry.allows] + self._denials
        try:
            return self._ask(question)
        finally:
            self._enforcer.model["p"]["p"].policy = everything

    def _ask(self, question: Question) -> bool:
        linked = question.linked
        if not self._enforcer.enabled or not self._lines:
            raise NotDeciding
        for definition, word in linked.items():
            if word not in self._known[definition]:
                raise UnknownWord(word)
        if not all(question.vector):
            raise UnknownWord("")
        return bool(
            self._enforcer.enforce(
                linked["g"], linked["g4"], linked["g5"], linked["g2"], linked["g3"], *question.vector
            )
        )


def check_model(text: str) -> None:
    """Refuses a model whose effect, calls or role definitions are not those the guards are written for."""
    model = casbin.Enforcer.new_model(text=text)
    if model["e"]["e"].value != EFFECT:
        raise ModelUnfit("the effect is to be: some allow and no deny")
    called = set(_CALL.findall(model["m"]["m"].value))
    if called - CALLS:
        raise ModelUnfit(f"the matcher calls {', '.join(sorted(called - CALLS))}; equality and links only")
    for definition, assertion in model["g"].items():
        if definition not in CALLS or assertion.value.replace(" ", "") != "_,_":
            raise ModelUnfit(f"{definition}: conditional and domain roles are not used")
    if set(model["g"].keys()) != CALLS:
        raise ModelUnfit("g, g2, g3, g4 and g5 are to be defined")
    if model["p"]["p"].tokens[-1] != "p_eft":
        raise ModelUnfit("a line ends with its effect")


def build_decider(model_text: str, lines: Collection[Line], links: Links) -> Decider:
    """A decider of its own for these lines; the one in use is never reloaded, a new one takes its place."""
    if not lines:
        raise NotDeciding
    enforcer = _Enforcer(casbin.Enforcer.new_model(text=model_text), ListAdapter(lines, links))
    enforcer.enable_auto_save(False)
    return Decider(enforcer, links)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """Who may be asked about: their links are made, and no others."""

    subjects: tuple[words.Subject, ...]
    roles: tuple[frozenset[str], ...]
    duties: Mapping[str, tuple[Duty, ...]]  # what is stated → the duties it stands for


def links_for(
    lines: Collection[Line], objects: Objects, callers: Callers, actions: Iterable[str] = words.ACTIONS
) -> Links:
    """The links that questions about these lines, callers and actions need."""
    entries = {line.entry.id: line.entry for line in lines}.values()
    pairs = {
        "g": tuple(_subject_links(callers.subjects)),
        "g2": (*_group_links(objects), *(pair for entry in entries for pair in _object_links(entry, objects))),
        "g3": (*_action_links(lines), *((action, "known") for action in actions)),
        "g4": tuple((role_set(names), role) for names in callers.roles for role in sorted(with_implied(names))),
        "g5": tuple((stated, duty.code) for stated, held in callers.duties.items() for duty in held),
    }
    for definition, links in pairs.items():
        check_depth(definition, links)
    return Links(pairs=pairs)


def role_set(names: Iterable[str]) -> str:
    return f"roles:{joined(tuple(names))}"


def with_implied(names: Iterable[str]) -> frozenset[str]:
    held = frozenset(names)
    return held | {implied for name in held for implied in words.IMPLIED_ROLES.get(name, ())}


def _subject_links(subjects: Iterable[words.Subject]) -> Iterable[tuple[str, str]]:
    for subject in subjects:
        yield subject.name, words.EVERYONE
        if subject.level in words.UNIT_TYPES[subject.unit_type].levels:
            yield subject.name, subject.unit_type


def _group_links(objects: Objects) -> Iterable[tuple[str, str]]:
    for group in objects.groups:
        for name in objects.opened_by[group]:
            yield f"group:{group}", name


def _object_links(entry: Entry, objects: Objects) -> Iterable[tuple[str, str]]:
    for named in entry.objects:
        for name in (named,) if entry.allows else objects.closed_by(named):
            yield name, entry.id


def _action_links(lines: Collection[Line]) -> Iterable[tuple[str, str]]:
    sets = {line.act: line.actions for line in lines if line.act != words.ANY}
    return ((action, name) for name, actions in sets.items() for action in actions)


def check_depth(definition: str, links: Iterable[tuple[str, str]]) -> None:
    above: dict[str, set[str]] = {}
    for name, group in links:
        above.setdefault(name, set()).add(group)
    level, depth = set(above), 0
    while level:
        if depth > MAX_DEPTH:
            raise ModelUnfit(f"{definition}: links deeper than {MAX_DEPTH}, or in a circle")
        level = {group for name in level for group in above.get(name, ()) if group in above}
        depth += 1
