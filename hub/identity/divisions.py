"""Divisions and the code ranges they stand for on one day, divisions recoded or merged into them included.

A code range alone is not enough: a township that moved to another county keeps its old code in old rows,
so ranges follow successors and declared parents, and leave out what has gone elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

Range = tuple[str, str]

_STEPS = (2, 4, 6, 9, 12)  # significant digits per level: province, prefecture, county, township, village
_LONGEST_CHAIN = 16
NATION = "0" * 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    code: str
    parent: str | None
    name: str
    valid_from: date | None
    valid_to: date | None  # the first day on which it is no more
    successor: str | None


def in_force(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """Whether a period holds a day; its end is the first day outside."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day < valid_to)


def code_range(code: str) -> Range:
    """The codes below and including a 12-digit one: `430621000000` → (`430621000000`, `430622000000`)."""
    size = _significant(code)
    if size == 0:
        return NATION, ":"  # the character after 9
    return code, str(int(code[:size]) + 1).rjust(size, "0").ljust(12, "0")


def _significant(code: str) -> int:
    if code == NATION:
        return 0
    return next(size for size in _STEPS if code[size:] == "0" * (12 - size))


class Divisions:
    """The divisions as loaded; answers are computed once per (division, day)."""

    def __init__(self, rows: Iterable[Division]) -> None:
        self._rows = {row.code: row for row in rows}
        self._ranges: dict[tuple[str, date], tuple[Range, ...]] = {}
        self._odd: tuple[date, frozenset[str]] = (date.min, frozenset())

    def __contains__(self, code: str) -> bool:
        return code in self._rows

    def has(self, code: str, day: date) -> bool:
        """Whether a division is in force on a day."""
        row = self._rows.get(code)
        return row is not None and in_force(row.valid_from, row.valid_to, day)

    def within(self, ranges: Iterable[Range], day: date) -> Iterator[Division]:
        """The divisions in force whose codes lie in these ranges."""
        spans = tuple(ranges)
        for code, row in self._rows.items():
            if in_force(row.valid_from, row.valid_to, day) and any(low <= code < high for low, high in spans):
                yield row

    def name(self, code: str) -> str | None:
        row = self._rows.get(code)
        return row.name if row else None

    def effective(self, code: str, day: date) -> str:
        """What a division is on a day: itself, or the last of its successors; itself where they run in a circle."""
        seen = [code]
        row = self._rows.get(code)
        while row and row.successor and row.valid_to is not None and row.valid_to <= day:
            if row.successor in seen or row.successor not in self._rows or len(seen) > _LONGEST_CHAIN:
                return code
            seen.append(row.successor)
            row = self._rows[row.successor]
        return seen[-1]

    def ranges(self, code: str, day: date) -> tuple[Range, ...]:
        """The sorted, disjoint ranges of all codes that lie in a division on a day; none for an unknown one."""
        known = self._ranges.get((code, day))
        if known is None:
            if len(self._ranges) > 10_000:
                self._ranges.clear()
            known = self._ranges[code, day] = tuple(self._compute(self.effective(code, day), day))
        return known

    def _compute(self, code: str, day: date) -> Iterator[Range]:
        if code not in self._rows:
            return iter(())
        # Only rows whose place differs from what their code says can change what the code says.
        covered: list[Range] = []
        for other in sorted({code, *self._odd_on(day)}, key=lambda other: (_significant(other), other)):
            outer = self._enclosing(other)
            inside = self._lies_in(other, code, day)
            if inside != (outer is not None and self._lies_in(outer, code, day)):
                covered = _joined(covered, code_range(other)) if inside else _cut(covered, code_range(other))
        return _merged(covered)

    def _odd_on(self, day: date) -> frozenset[str]:
        if self._odd[0] != day:
            self._odd = (day, frozenset(code for code in self._rows if self._is_odd(code, day)))
        return self._odd[1]

    def _is_odd(self, code: str, day: date) -> bool:
        row = self._rows[code]
        return self.effective(code, day) != code or (row.parent is not None and row.parent != self._enclosing(code))

    def _lies_in(self, code: str, outer: str, day: date) -> bool:
        """Whether a division is `outer`, or has it among those above it, on a day."""
        here: str | None = code
        for _ in range(_LONGEST_CHAIN):
            if here is None:
                return False
            here = self.effective(here, day)
            if here == outer:
                return True
            row = self._rows.get(here)
            here = (row.parent if row and row.parent in self._rows else None) or self._enclosing(here)
        return False

    def _enclosing(self, code: str) -> str | None:
        """The nearest known division whose range holds this one's."""
        for size in reversed((0, *_STEPS[:-1])):
            outer = code[:size].ljust(12, "0")
            if size < _significant(code) and outer in self._rows:
                return outer
        return None


def _joined(ranges: list[Range], more: Range) -> list[Range]:
    return [*_cut(ranges, more), more]


def _cut(ranges: list[Range], gone: Range) -> list[Range]:
    lo, hi = gone
    pieces = ((max(a, x), min(b, y)) for a, b in ranges for x, y in (("", lo), (hi, "~")))
    return [(a, b) for a, b in pieces if a < b]


def _merged(ranges: list[Range]) -> Iterator[Range]:
    pending: Range | None = None
    for lo, hi in sorted(ranges):
        if pending is not None and lo <= pending[1]:
            pending = (pending[0], max(pending[1], hi))
            continue
        if pending is not None:
            yield pending
        pending = (lo, hi)
    if pending is not None:
        yield pending
