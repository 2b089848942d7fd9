"""Obligations as values: what is owed by whom to whom, in which matter, and which words of the policies concern it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeAlias

from hub.knowledge.occurrence import Occurrence
from hub.knowledge.offices import Offices
from hub.policy.rules import Obligation, Occasion

#: Gives a new obligation its id.
IdOf: TypeAlias = Callable[[Occasion], str]
#: Of a child's present id, those of files that were merged into it.
Former: TypeAlias = Mapping[str, Sequence[str]]
NO_FORMER: Former = MappingProxyType({})
#: States in which an obligation still stands.
STANDING = ("open", "paused", "overdue", "escalated")
OPEN, PAUSED, OVERDUE, ESCALATED, FULFILLED, WAIVED = "open", "paused", "overdue", "escalated", "fulfilled", "waived"
DEBTOR, CREDITOR = "debtor", "creditor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One obligation, as its row has it."""

    id: str
    rule: str
    occasion: str
    from_unit: str
    to_unit: str
    matter: str  # that that an act has to be about
    opened_at: datetime
    status: str = OPEN
    to_party: str | None = None
    sealed_unit: str | None = None
    sealed_side: str | None = None
    subject_key: str | None = None
    period: str | None = None
    case_no: str | None = None
    child: str | None = None
    row_id: str | None = None
    urgent: bool = False
    clock: str = "none"  # such as 10 W
    pausable: bool = False
    extendable: bool = False
    by_evidence: bool = False
    item_due: date | None = None
    due_at: datetime | None = None
    due_guessed: bool = False
    escalates_at: datetime | None = None
    pauses: tuple[str, ...] = ()
    paused_at: datetime | None = None
    extended_by: int = 0
    evidence: str | None = None
    evidence_row: str | None = None
    fulfilled_at: datetime | None = None

    @property
    def units(self) -> tuple[str | None, ...]:
        """All whom it concerns."""
        return (self.from_unit, self.to_unit, self.sealed_unit)

    @property
    def debtor(self) -> str:
        """Who owes, shown or not."""
        return self.sealed_unit if self.sealed_unit and self.sealed_side == DEBTOR else self.from_unit

    @property
    def creditor(self) -> str:
        return self.sealed_unit if self.sealed_unit and self.sealed_side == CREDITOR else self.to_unit

    @property
    def key_when_settled(self) -> str | None:
        """What arises once, on a row or for a period, stays told apart; what may arise again gives its key up."""
        return self.subject_key if self.matter.startswith(("row:", "unit:")) else None

    @property
    def stands(self) -> bool:
        return self.status in STANDING


class Rules:
    """The obligations by the words that open and meet them."""

    def __init__(self, obligations: Mapping[str, Obligation]) -> None:
        self.of_occasion: dict[str, tuple[Obligation, Occasion]] = {}
        self._opening: dict[str, list[Occasion]] = defaultdict(list)
        self._meeting: dict[str, list[Occasion]] = defaultdict(list)
        for obligation in obligations.values():
            for occasion in obligation.occasions:
                self.of_occasion[occasion.id] = (obligation, occasion)
                for word in occasion.on:
                    self._opening[word].append(occasion)
                for word in occasion.met_by:
                    self._meeting[word].append(occasion)

    def opening(self, occurrence: Occurrence, offices: Offices) -> Iterator[Occasion]:
        kind = offices.type_of(occurrence.by)
        return (each for each in self._opening.get(occurrence.kind, ()) if not each.by or kind in each.by)

    def meeting(self, word: str) -> Sequence[Occasion]:
        return self._meeting.get(word, ())

    def concerns(self, word: str) -> bool:
        return word in self._opening or word in self._meeting


_KEPT: dict[str, Rules] = {}


def rules_of(digest: str, obligations: Mapping[str, Obligation]) -> Rules:
    """Made once for each version of the policies."""
    if digest not in _KEPT:
        if len(_KEPT) >= 16:
            _KEPT.clear()
        _KEPT[digest] = Rules(obligations)
    return _KEPT[digest]


def matter_of(kind: str, name: str | None) -> str | None:
    """`case:BH…`, `child:child_01J…`: without the county, which alone changes of ids when a file moves."""
    if name is None:
        return None
    parts = name.split("_")
    return f"{kind}:{parts[0]}_{parts[2]}" if len(parts) == 3 and kind != "unit" else f"{kind}:{name}"


def matters(occurrences: Iterable[Occurrence], former: Former = NO_FORMER) -> set[str]:
    """Every matter, other than a unit's own, that these occurrences may be about."""
    found: set[str | None] = set()
    for each in occurrences:
        found |= {matter_of("case", each.case_no), matter_of("row", each.row), matter_of("child", each.child)}
        found |= {matter_of("child", other) for other in former.get(each.child or "", ())}
    return {each for each in found if each is not None}
