"""The floor of shared knowledge: what no version of the policies may take from a unit with a part in a case.

That the case exists, its stage, who leads and who takes part; the notices of its own unit, and to acknowledge them. It
is no rule that anyone edits: policies that would go below it are not put into force (000 数据共享、情况共知).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hub.policy import words
from hub.policy.book import PolicyBook
from hub.policy.rules import Entry
from hub.policy.source import Faults, Place

#: Whoever may have a part in a case.
PARTIES = ("TW", "VC", "SC", "MI", "RS", "WI", "SW", "PS", "CA", "ED", "HE", "PR", "CT", "JU", "WF", "YL", "DF", "CG")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A right that has to be held whatever else the policies say."""

    units: tuple[str, ...]
    group: str
    actions: tuple[str, ...]
    modes: frozenset[str]
    scope: str
    condition: str | None = None


FLOOR = (
    Held(
        units=PARTIES, group="D22/header", actions=("list", "read"), modes=frozenset({"meta", "full"}), scope="case"
    ),
    Held(
        units=PARTIES, group="D22/header", actions=("list", "read"), modes=frozenset({"meta", "full"}), scope="case",
        condition="own_case",
    ),
    Held(
        units=tuple(words.UNIT_TYPES), group="D41/notice", actions=("list", "read", "ack"), modes=frozenset({"full"}),
        scope="own", condition="own_unit",
    ),
)  # fmt: skip


def check_floor(book: PolicyBook) -> PolicyBook:
    """The book; raises PolicyFaults where it goes below the floor."""
    faults = Faults()
    for held in FLOOR:
        for unit in held.units:
            for action in held.actions:
                if not _is_held(book, held, unit, action):
                    where = Place(file="rules", line=1)
                    faults.add(where, f"the floor of shared knowledge: {unit} has to hold {action} on {held.group}")
    faults.raise_any()
    return book


def _is_held(book: PolicyBook, held: Held, unit: str, action: str) -> bool:
    """By some mode that no denial closes, for officers of the type at every level it has."""
    names = frozenset(book.objects.opened_by[held.group])
    concerned = [entry for entry in _entries(book) if _concerns(entry, unit, action, names)]
    granted = {
        entry.modes[0]
        for entry in concerned
        if entry.allows and "officer" in entry.roles and not entry.levels and entry.purpose == "none"
        and (entry.scope, entry.condition) == (held.scope, held.condition)
        and entry.valid_from is None and entry.valid_to is None
    }  # fmt: skip
    denied = {mode for entry in concerned if not entry.allows for mode in entry.modes}
    if words.ANY in denied:
        return False
    return bool((granted & held.modes) - denied)


def _entries(book: PolicyBook) -> Iterator[Entry]:
    return (entry for rule in book.rules.values() for entry in rule.entries)


def _concerns(entry: Entry, unit: str, action: str, names: frozenset[str]) -> bool:
    acts = words.ANY in entry.actions or action in entry.actions
    objects = words.ANY in entry.objects or not names.isdisjoint(entry.objects)
    return acts and objects and (entry.everyone or unit in entry.units)
