"""情况共知板: of one case, how far each unit knows it: told, seen, acknowledged, acted on, and how late it is.

Steps of a case are numbered as they happened; a unit's *version* is the number of the last step that it knows of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The number of the last step that a unit was told of, has opened, acknowledged, acted on; 0 for none."""

    told: int = 0
    opened: int = 0
    acknowledged: int = 0
    acted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitKnows:
    """One unit's line on the board."""

    unit: str | None  # None for a unit that the reader must not see named
    roles: tuple[str, ...]
    takes_part: bool
    reached: Reached
    to_acknowledge: int  # steps that were to be acknowledged
    in_time: int
    late: int  # not acknowledged, and the term is over
    escalated: int
    waiting_since: datetime | None  # the earliest step that it has yet to acknowledge

    @property
    def state(self) -> str:
        """The word that says most: escalated, late, waiting, acted, acknowledged."""
        if self.escalated:
            return "escalated"
        if self.late:
            return "late"
        if self.waiting_since is not None:
            return "waiting"
        return "acted" if self.reached.acted else "acknowledged"


@dataclass(slots=True, kw_only=True)
class _Line:
    """A unit's line while it is being counted."""

    reached: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("told", "opened", "acknowledged", "acted"), 0)
    )
    to_acknowledge: int = 0
    in_time: int = 0
    late: int = 0
    escalated: int = 0
    waiting_since: datetime | None = None

    def reaches(self, number: int, *words: str) -> None:
        for word in words:
            self.reached[word] = max(self.reached[word], number)


def board(
    parties: Iterable[Row], events: Sequence[Row], knowledge: Iterable[Row], now: datetime
) -> tuple[UnitKnows, ...]:
    """The lines of the board, those behind first; rows as the interface answers them."""
    numbers = {event["id"]: number for number, event in enumerate(sorted(events, key=_when), start=1)}
    lines: dict[str | None, _Line] = defaultdict(_Line)
    for event in events:
        # Who did it knows of it.
        lines[event["byUnit"]].reaches(numbers[event["id"]], "told", "opened", "acknowledged", "acted")
    for row in knowledge:
        _count(lines[row["unit"]], row, numbers.get((row["event"] or {}).get("id"), 0), now)
    roles: dict[str | None, list[str]] = defaultdict(list)
    current = set()
    for party in parties:
        roles[party["unit"]].append(party["role"])
        if party["until"] is None or party["until"] > now.date().isoformat():
            current.add(party["unit"])
            lines[party["unit"]]  # a party stands on the board though nothing was told it yet
    found = [_shown(unit, line, tuple(dict.fromkeys(roles[unit])), unit in current) for unit, line in lines.items()]
    return tuple(sorted(found, key=_behind_first))


def _when(event: Row) -> tuple[str, str]:
    return event["at"] or "", event["id"]


def _count(line: _Line, row: Row, number: int, now: datetime) -> None:
    line.reaches(number, "told")
    for word, column in (("opened", "openedAt"), ("acknowledged", "acknowledgedAt"), ("acted", "actedAt")):
        if row[column] is not None:
            line.reaches(number, word)
    due, acknowledged = _moment(row["dueAt"]), _moment(row["acknowledgedAt"])
    if due is None:
        return
    line.to_acknowledge += 1
    line.in_time += acknowledged is not None and acknowledged <= due
    if acknowledged is not None:
        return
    line.escalated += row["escalatedAt"] is not None
    line.late += row["escalatedAt"] is None and due < now
    told = _moment(row["notifiedAt"])
    if told is not None and (line.waiting_since is None or told < line.waiting_since):
        line.waiting_since = told


def _shown(unit: str | None, line: _Line, roles: tuple[str, ...], takes_part: bool) -> UnitKnows:
    return UnitKnows(
        unit=unit, roles=roles, takes_part=takes_part, reached=Reached(**line.reached),
        to_acknowledge=line.to_acknowledge, in_time=line.in_time, late=line.late, escalated=line.escalated,
        waiting_since=line.waiting_since,
    )  # fmt: skip


_ORDER = ("escalated", "late", "waiting", "acknowledged", "acted")


def _behind_first(line: UnitKnows) -> tuple[int, int, str]:
    return _ORDER.index(line.state), line.reached.acknowledged, line.unit or ""


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
