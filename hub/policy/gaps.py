"""Gaps between duties, rules and obligations: reported to the administrators, who decide; none stops the hub."""

from __future__ import annotations

from dataclasses import dataclass

from hub.policy import words
from hub.policy.book import PolicyBook

OUTSIDE = frozenset({"all", "owner", "requester", "provider"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    duties_without_access: tuple[str, ...]  # no entry lets the duty read anything
    access_beyond_plan: tuple[str, ...]  # entries whose duty rests on a law or a standing need, on no task line
    duties_without_partner: tuple[str, ...]  # units that neither owe nor are owed anything in particular
    tasks_without_rule: tuple[str, ...]  # "T09 PS": a unit named by a task that no rule of the unit serves


def find_gaps(book: PolicyBook) -> Gaps:
    return Gaps(
        duties_without_access=_without_access(book),
        access_beyond_plan=_beyond_plan(book),
        duties_without_partner=_without_partner(book),
        tasks_without_rule=_tasks_without_rule(book),
    )


def _entries(book: PolicyBook) -> list[tuple[str, tuple[str, ...], frozenset[str]]]:
    """Every grant: entry, actions, duties."""
    return [
        (entry.id, entry.actions, frozenset(entry.duties[unit] for unit in entry.units))
        for rule in book.rules.values()
        for entry in rule.entries
        if entry.allows
    ]


def _without_access(book: PolicyBook) -> tuple[str, ...]:
    reading = {duty for _, actions, duties in _entries(book) if set(actions) & set(words.READS) for duty in duties}
    return tuple(sorted(book.duties.keys() - reading))


def _beyond_plan(book: PolicyBook) -> tuple[str, ...]:
    return tuple(entry for entry, _, duties in _entries(book) if any(not book.duties[duty].tasks for duty in duties))


def _without_partner(book: PolicyBook) -> tuple[str, ...]:
    partners = {unit for obligation in book.obligations.values() for unit in (*obligation.owed_by, *obligation.owed_to)}
    return tuple(
        sorted(
            duty.code for duty in book.duties.values() if not duty.standing and not partners & set(duty.units) - OUTSIDE
        )
    )


def _tasks_without_rule(book: PolicyBook) -> tuple[str, ...]:
    served = {(task, unit) for rule in book.rules.values() for task in rule.tasks for unit in rule.units}
    return tuple(
        f"{task.code} {unit}"
        for task in book.tasks.values()
        for unit in (*task.lead, *task.cooperating)
        if (task.code, unit) not in served
    )
