"""Compares compiled grants with the expected decisions, and looks for gaps between duties, rules and obligations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from hub.policy import words
from hub.policy.book import PolicyBook
from hub.policy.compile import compile_grant
from hub.policy.expected import Block, Cell
from hub.policy.grant import Grant
from hub.policy.source import Place


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Failure:
    """A decision that is not the expected one; `place` is the expectation, or the rule that goes beyond it."""

    place: Place
    subject: str
    role: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.subject} as {self.role}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    decisions: int
    failures: tuple[Failure, ...]
    uncovered: tuple[str, ...]  # entries that no expectation exercises


def check_expected(
    book: PolicyBook,
    blocks: Collection[Block],
    *,
    subjects: Collection[words.Subject] = words.SUBJECTS,
    progress: Callable[[words.Subject], None] = lambda subject: None,
    day: date | None = None,
) -> Checked:
    """Every subject in every role alone, against every block that concerns it."""
    failures: list[Failure] = []
    covered: set[str] = set()
    decisions = 0
    for subject in subjects:
        progress(subject)
        for role in words.ROLES:
            grant = compile_grant(book, subject, {role}, day=day)
            concerned = [block for block in blocks if block.concerns(subject, role)]
            failures += _compare(book, grant, role, concerned)
            covered |= _covered(grant, concerned)
            covered |= _denials_met(book, subject, concerned)
            decisions += len(book.objects.groups) * len(words.ACTIONS)
    entries = [entry.id for rule in book.rules.values() for entry in rule.entries]
    return Checked(
        decisions=decisions,
        failures=tuple(sorted(set(failures))),
        uncovered=tuple(entry for entry in entries if entry not in covered),
    )


def cells_of(grant: Grant) -> dict[Cell, tuple[str, ...]]:
    """The cells a grant allows, each with its entries."""
    return {
        (
            group,
            action,
            right.mode,
            right.reach.scope,
            right.reach.condition or words.NONE,
            right.reach.purpose,
        ): right.rules
        for (group, action), rights in grant.cells.items()
        for right in rights
    }


def _compare(book: PolicyBook, grant: Grant, role: str, blocks: Collection[Block]) -> Iterator[Failure]:
    actual = cells_of(grant)
    expected = {cell: place for block in blocks for cell, place in block.cells(role)}
    for cell, place in expected.items():
        if cell not in actual:
            yield Failure(
                place=place, subject=grant.subject.name, role=role, message=f"denied, expected: {_shown(cell)}"
            )
    for cell, entries in actual.items():
        if cell not in expected:
            place = _place_of(book, entries[0])
            message = f"allowed by {', '.join(entries)}, not expected: {_shown(cell)}"
            yield Failure(place=place, subject=grant.subject.name, role=role, message=message)
    for denial in (denial for block in blocks for denial in block.deny):
        for (group, action), rights in grant.cells.items():
            for right in rights if denial.closes(group, action) else ():
                if not denial.modes or right.mode in denial.modes:
                    message = f"must be denied: {action} {group} in mode {right.mode} ({', '.join(right.rules)})"
                    yield Failure(place=denial.place, subject=grant.subject.name, role=role, message=message)


def _shown(cell: Cell) -> str:
    group, action, *reach = cell
    return f"{action} {group}: {' '.join(word for word in reach if word != words.NONE)}"


def _place_of(book: PolicyBook, entry_id: str) -> Place:
    rule = book.rules[entry_id.partition(".")[0]]
    return next(entry.place for entry in rule.entries if entry.id == entry_id)


def _covered(grant: Grant, blocks: Iterable[Block]) -> set[str]:
    if not any(block.allow for block in blocks):
        return set()
    return {entry for entries in cells_of(grant).values() for entry in entries}


def _denials_met(book: PolicyBook, subject: words.Subject, blocks: Iterable[Block]) -> set[str]:
    """Denying entries whose every object an explicit denial names."""
    denied = {group for block in blocks for denial in block.deny for group in denial.groups}
    return {
        line.entry.id
        for line in book.index.get(subject.unit_type, ())
        if not line.entry.allows and all(set(book.objects.groups_of(name)) <= denied for name in line.entry.objects)
    }
