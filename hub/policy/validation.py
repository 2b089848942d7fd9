"""Checks what hangs on several parts of the policies: names, owners of duties, sealed data, dates, floors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from hub.policy import words
from hub.policy.objects import CHILD_CLASSES, Objects
from hub.policy.obligations import OCCASION_CHECKS
from hub.policy.rules import Conflict, Duty, Entry, Obligation, Rule, Task
from hub.policy.source import Faults, Place
from schema.classes import CLASSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The policies as read, before they may become a book."""

    duties: tuple[Duty, ...]
    tasks: tuple[Task, ...]
    rules: tuple[Rule, ...]
    obligations: tuple[Obligation, ...]
    conflicts: tuple[Conflict, ...]
    objects: Objects
    today: date | None = None


def check_draft(draft: Draft, faults: Faults) -> None:
    """Adds every fault of the draft."""
    if not draft.rules:
        # Casbin answers yes to a request of empty words where there is no rule at all.
        faults.add(Place(file="rules", line=1), "there is no rule at all")
    _check_names(draft, faults)
    for rule in draft.rules:
        _check_references(rule, draft, faults)
        for entry in rule.entries:
            for check in _ENTRY_CHECKS:
                for message in check(entry, draft):
                    faults.add(entry.place, f"{entry.id}: {message}")
    _check_duties(draft, faults)
    _check_conflicts(draft, faults)
    for obligation in draft.obligations:
        if not obligation.occasions:
            faults.add(obligation.place, f"{obligation.code}: nothing ever opens it")
        for occasion in obligation.occasions:
            for told in OCCASION_CHECKS:
                for message in told(occasion, obligation):
                    faults.add(occasion.place, f"{occasion.id}: {message}")


def _check_names(draft: Draft, faults: Faults) -> None:
    named: list[Iterable[tuple[str, Place]]] = [
        ((duty.code, duty.place) for duty in draft.duties),
        ((task.code, task.place) for task in draft.tasks),
        ((rule.id, rule.place) for rule in draft.rules),
        ((obligation.code, obligation.place) for obligation in draft.obligations),
        ((conflict.code, conflict.place) for conflict in draft.conflicts),
    ]
    for names in named:
        seen: dict[str, Place] = {}
        for name, place in names:
            if name and name in seen:
                faults.add(place, f"{name} is already at {seen[name]}")
            seen.setdefault(name, place)


def _check_references(rule: Rule, draft: Draft, faults: Faults) -> None:
    for kind, given, known in (
        ("task", rule.tasks, {task.code for task in draft.tasks}),
        ("conflict", rule.conflicts, {conflict.code for conflict in draft.conflicts}),
    ):
        for code in given:
            if code not in known:
                faults.add(rule.place, f"{rule.id}: unknown {kind} {code!r}")


def _check_duties(draft: Draft, faults: Faults) -> None:
    served = {code for rule in draft.rules for entry in rule.entries for code in entry.duties.values()}
    tasks = {task.code for task in draft.tasks}
    for duty in draft.duties:
        if duty.code not in served:
            faults.add(duty.place, f"duty {duty.code} has no rule")
        if duty.valid_from and duty.valid_to and duty.valid_to < duty.valid_from:
            faults.add(duty.place, f"duty {duty.code} ends before it begins")
        for task in duty.tasks:
            if task not in tasks:
                faults.add(duty.place, f"duty {duty.code}: unknown task {task!r}")


def _check_conflicts(draft: Draft, faults: Faults) -> None:
    rules = {rule.id for rule in draft.rules}
    for conflict in draft.conflicts:
        for rule in conflict.rules:
            if rule not in rules:
                faults.add(conflict.place, f"{conflict.code}: unknown rule {rule!r}")


def _wrong_objects(entry: Entry, draft: Draft) -> Iterator[str]:
    if not entry.objects:
        yield "names no class"
    for name in entry.objects:
        if name in draft.objects.levels:
            continue
        data_class, _, facet = name.partition("/")
        others = sorted(known for known in draft.objects.levels if facet and known.endswith(f"/{facet}"))
        if data_class not in CLASSES:
            yield f"unknown class {name!r}"
        elif others:
            yield f"{facet!r} is no facet of {data_class}, but of {', '.join(o.partition('/')[0] for o in others)}"
        else:
            yield f"unknown facet {name!r}"


def _wrong_duties(entry: Entry, draft: Draft) -> Iterator[str]:
    duties = {duty.code: duty for duty in draft.duties}
    for unit in entry.units:
        code = entry.duties.get(unit)
        if code is None:
            yield f"names no duty for {unit}"
        elif code not in duties:
            yield f"unknown duty {code!r}"
        elif unit not in duties[code].units:
            yield f"duty {code} is no duty of {unit}"
    for unit in entry.duties.keys() - set(entry.units) - {u for d in duties.values() for u in d.units}:
        yield f"unknown unit {unit!r} in 'duty'"


def _wrong_levels(entry: Entry, _: Draft) -> Iterator[str]:
    for unit in entry.units:
        for level in entry.levels:
            if level not in words.UNIT_TYPES[unit].levels:
                yield f"there is no {unit} at level {level}"


def _wrong_dates(entry: Entry, draft: Draft) -> Iterator[str]:
    start, end = entry.valid_from, entry.valid_to
    if start and end and end < start:
        yield "ends before it begins"
        return
    if end and draft.today and end < draft.today:
        yield f"lapsed on {end}: take it out or give it a new term"
    for duty in {d.code: d for d in draft.duties if d.code in entry.duties.values()}.values():
        if (end and duty.valid_from and end < duty.valid_from) or (start and duty.valid_to and duty.valid_to < start):
            yield f"is never in force together with its duty {duty.code}"


def _wrong_roles(entry: Entry, _: Draft) -> Iterator[str]:
    administrators = words.ADMINISTRATORS & set(entry.roles)
    if administrators and set(entry.roles) - words.ADMINISTRATORS and not _directory_only(entry):
        yield "administrators share no rule with other roles"
    if administrators and any(name.partition("/")[0] in CHILD_CLASSES for name in entry.objects):
        yield "administrators see no child's data"


def _directory_only(entry: Entry) -> bool:
    return set(entry.objects) == {"D38/directory"}


def _wrong_sealed(entry: Entry, draft: Draft) -> Iterator[str]:
    """Sealed data: one named person, in one case, one row at a time."""
    sealed = [name for name in entry.objects if name in draft.objects.levels and draft.objects.sealed(name)]
    if not sealed or not entry.allows:
        return
    names = ", ".join(sealed)
    if bulk := words.BULK & set(entry.actions):
        yield f"{names} is L5: never {', '.join(sorted(bulk))}"
    if entry.modes == ("aggregate",):
        yield f"{names} is L5: never in totals"
    if set(entry.roles) != {"handling_officer"}:
        yield f"{names} is L5: for the role handling_officer alone"
    if entry.condition is None or entry.scope in ("any", "sub"):
        yield f"{names} is L5: needs a condition and a scope of own cases"


def _wrong_modes(entry: Entry, _: Draft) -> Iterator[str]:
    if not entry.allows:
        return
    if entry.modes == ("aggregate",) and {"list", "read"} & set(entry.actions):
        yield "mode aggregate never shows a row: neither list nor read"
    if entry.modes != ("aggregate",) and "aggregate" in entry.actions:
        yield "action aggregate goes with mode aggregate"


def _wrong_reach(entry: Entry, _: Draft) -> Iterator[str]:
    if not entry.allows:
        return
    of_child = any(name.partition("/")[0] in CHILD_CLASSES for name in entry.objects)
    rows = {"list", "read", "export"} & set(entry.actions)
    if of_child and rows and entry.scope == "any":
        yield "scope any reaches no child's rows, only totals"
    if of_child and rows and "conflict_of_interest" not in entry.unless and entry.modes != ("aggregate",):
        # Nobody looks up their own household: no rule may leave this out.
        yield "a child's rows are withheld on a conflict of interest: 'unless' is to say so"
    if entry.scope == "self" and entry.purpose != "application":
        yield "scope self needs purpose application"


_ENTRY_CHECKS: tuple[Callable[[Entry, Draft], Iterator[str]], ...] = (
    _wrong_objects,
    _wrong_duties,
    _wrong_levels,
    _wrong_dates,
    _wrong_roles,
    _wrong_sealed,
    _wrong_modes,
    _wrong_reach,
)
