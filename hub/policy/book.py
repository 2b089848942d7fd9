"""The policy book: everything under policies/, read, checked and indexed; a book with any fault does not load."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from hub.policy import obligations, reading, validation, words
from hub.policy.casbin_model import ModelUnfit, check_model
from hub.policy.objects import Objects, registry_objects
from hub.policy.refusing import Holders, find_holders
from hub.policy.rules import Conflict, Duty, Line, Obligation, Rule, Task, lines_of
from hub.policy.source import Faults, Item, Place, read_items

ROOT = Path(__file__).resolve().parents[2] / "policies"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBook:
    """One version of the policies. Books are never changed; another version is another book."""

    version: int
    digest: str
    model: str  # the text of model.conf
    duties: Mapping[str, Duty]
    tasks: Mapping[str, Task]
    rules: Mapping[str, Rule]
    obligations: Mapping[str, Obligation]
    conflicts: Mapping[str, Conflict]
    objects: Objects = field(repr=False)
    index: Mapping[str, tuple[Line, ...]] = field(repr=False, compare=False)  # by the line's subject
    holders: Holders = field(repr=False, compare=False)

    def lines(self, subject: words.Subject, day: date) -> tuple[Line, ...]:
        """The lines in force for one subject; the cost does not grow with the rules of others."""
        names = [words.EVERYONE, subject.name]
        if subject.level in words.UNIT_TYPES[subject.unit_type].levels:
            names.insert(1, subject.unit_type)
        return tuple(line for name in names for line in self.index.get(name, ()) if self.holds(line, day))

    def holds(self, line: Line, day: date) -> bool:
        """Whether the line's rule and its duty are in force; what has lapsed denies."""
        if not line.entry.in_force(day):
            return False
        if line.duty == words.ANY:
            return True
        duty = self.duties[line.duty]
        return (duty.valid_from is None or duty.valid_from <= day) and (duty.valid_to is None or day <= duty.valid_to)

    def duties_of(self, unit_type: str) -> tuple[Duty, ...]:
        return tuple(duty for duty in self.duties.values() if unit_type in duty.units)


def make_book(
    *,
    version: int,
    model: str,
    duties: Iterable[Duty],
    rules: Iterable[Rule],
    tasks: Iterable[Task] = (),
    obligations: Iterable[Obligation] = (),
    conflicts: Iterable[Conflict] = (),
    objects: Objects | None = None,
) -> PolicyBook:
    """A book of values already checked."""
    held = tuple(rules)
    index: dict[str, list[Line]] = defaultdict(list)
    for rule in held:
        for entry in rule.entries:
            for line in lines_of(entry):
                index[line.sub].append(line)
    parts: dict[str, Mapping[str, object]] = {
        "duties": {duty.code: duty for duty in duties},
        "tasks": {task.code: task for task in tasks},
        "rules": {rule.id: rule for rule in held},
        "obligations": {obligation.code: obligation for obligation in obligations},
        "conflicts": {conflict.code: conflict for conflict in conflicts},
    }
    return PolicyBook(
        version=version,
        digest=_digest(model, parts),
        model=model,
        objects=objects or registry_objects(),
        index={sub: tuple(lines) for sub, lines in index.items()},
        holders=find_holders(entry for rule in held for entry in rule.entries),
        **parts,  # type: ignore[arg-type]
    )


def load_policies(root: Path = ROOT, *, version: int = 1, today: date | None = None) -> PolicyBook:
    """The book under `root`; raises PolicyFaults with every fault. With `today`, rules that have lapsed are faults."""
    faults = Faults()
    draft = validation.Draft(
        duties=tuple(map(reading.read_duty, _items(root, "duties.yaml", faults))),
        tasks=tuple(map(reading.read_task, _items(root, "tasks.yaml", faults))),
        rules=tuple(map(reading.read_rule, _items(root, "rules", faults))),
        obligations=tuple(map(obligations.read_obligation, _items(root, "obligations.yaml", faults))),
        conflicts=tuple(map(reading.read_conflict, _items(root, "conflicts.yaml", faults))),
        objects=registry_objects(),
        today=today,
    )
    validation.check_draft(draft, faults)
    model = _model(root, faults)
    faults.raise_any()
    return make_book(
        version=version, model=model, duties=draft.duties, rules=draft.rules, tasks=draft.tasks,
        obligations=draft.obligations, conflicts=draft.conflicts, objects=draft.objects,
    )  # fmt: skip


def _items(root: Path, name: str, faults: Faults) -> Iterator[Item]:
    path = root / name
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        yield from read_items(root, file, faults)


def _model(root: Path, faults: Faults) -> str:
    try:
        text = (root / "model.conf").read_text(encoding="utf-8")
        check_model(text)
    except (OSError, UnicodeDecodeError, ModelUnfit, KeyError) as error:
        faults.add(Place(file="model.conf", line=1), f"the Casbin model does not hold: {error}")
        return ""
    return text


def _digest(model: str, parts: Mapping[str, Mapping[str, object]]) -> str:
    content = {"model": model, **{name: _plain(values) for name, values in parts.items()}}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> object:
    """Content without its place in a file, so that a comment or a blank line is no new version."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    described = value.__dataclass_fields__
    return {name: _plain(getattr(value, name)) for name, declared in described.items() if declared.compare}
