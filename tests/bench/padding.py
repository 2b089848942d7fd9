"""A policy book filled up to any number of rules with rules of other units."""

from __future__ import annotations

from dataclasses import replace

from hub.policy.book import PolicyBook, make_book
from hub.policy.rules import Rule
from tests.bench import queries


def padded(book: PolicyBook, rules: int) -> PolicyBook:
    """The book with copies of rules in which no asking unit has a part."""
    asking = {query.unit.partition("@")[0] for query in queries.QUERIES}
    others = [rule for rule in book.rules.values() if asking.isdisjoint(rule.units) and not _for_all(rule)]
    wanted = max(0, rules - len(book.rules))
    more = [
        _copy(others[number % len(others)], f"{others[number % len(others)].id}-{number}") for number in range(wanted)
    ]
    return make_book(
        version=book.version,
        model=book.model,
        duties=book.duties.values(),
        rules=[*book.rules.values(), *more],
        tasks=book.tasks.values(),
        obligations=book.obligations.values(),
        conflicts=book.conflicts.values(),
        objects=book.objects,
    )


def _for_all(rule: Rule) -> bool:
    return any(entry.everyone or not entry.allows for entry in rule.entries)


def _copy(rule: Rule, name: str) -> Rule:
    entries = tuple(replace(entry, id=f"{name}.{number}", rule=name) for number, entry in enumerate(rule.entries, 1))
    return replace(rule, id=name, entries=entries)
