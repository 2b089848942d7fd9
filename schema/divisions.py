"""Division codes: what their digits say, which division encloses which, and what became of one that has ended.

Digits alone are not enough: a merged or recoded division keeps its old code in old rows, so every question
that depends on a day takes the rows of the division table.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

#: Significant digits of nation, province, prefecture, county, township, village.
_SIZES = (0, 2, 4, 6, 9, 12)
_AFTER_NINE = ":"


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    code: str
    level: int
    parent_code: str | None
    name: str
    name_en: str | None
    valid_from: date
    valid_to: date | None  # the first day on which it is no more
    successor_code: str | None


Table = Mapping[str, Division]


class DivisionError(Exception):
    """A division's successors or parents run in a circle, or a row of the table cannot be read."""


def level_of(code: str) -> int:
    """0 nation, 1 province, 2 prefecture, 3 county, 4 township, 5 village, by how many digits are significant."""
    return next(level for level, size in enumerate(_SIZES) if not code[size:].strip("0"))


def prefix_of(code: str) -> str:
    """The significant digits: `430621000000` → `430621`."""
    return code[: _SIZES[level_of(code)]]


def county_of(code: str) -> str | None:
    """The six digits that key a child's rows; None above county level."""
    return code[:6] if level_of(code) >= 3 else None


def range_of(code: str) -> tuple[str, str]:
    """`lo <= code < hi` for this division and all below it, as digits say."""
    prefix = prefix_of(code)
    if not prefix:
        return code, _AFTER_NINE
    return code, str(int(prefix) + 1).zfill(len(prefix)).ljust(12, "0")


def in_force(division: Division, day: date) -> bool:
    return division.valid_from <= day and (division.valid_to is None or day < division.valid_to)


def ancestors(table: Table, code: str) -> Iterator[Division]:
    """The divisions above one, nearest first, as declared; not as the digits say."""
    seen = {code}
    row = table.get(code)
    while row is not None and row.parent_code is not None:
        row = _step(table, row.parent_code, seen)
        if row is not None:
            yield row


def successors(table: Table, code: str) -> Iterator[Division]:
    """What a division became, one after the other; the last is what stands for it today."""
    seen = {code}
    row = table.get(code)
    while row is not None and row.successor_code is not None:
        row = _step(table, row.successor_code, seen)
        if row is not None:
            yield row


def current(table: Table, code: str, day: date) -> Division | None:
    """The division that a code stands for on a day: itself, or the first successor in force; None where none is."""
    own = table.get(code)
    if own is None:
        return None
    return next((row for row in (own, *successors(table, code)) if in_force(row, day)), None)


def predecessors(table: Table, code: str) -> frozenset[str]:
    """The codes of all divisions that became this one, at once or by steps."""
    return frozenset(
        row.code for row in table.values() if any(later.code == code for later in successors(table, row.code))
    )


def _step(table: Table, code: str, seen: set[str]) -> Division | None:
    if code in seen:
        raise DivisionError(f"division {code} leads back to itself")
    seen.add(code)
    return table.get(code)


def read_divisions(lines: Iterable[str]) -> dict[str, Division]:
    """Rows of a division file by code; refuses one that is not complete or whose level its code denies."""
    reader = csv.DictReader(line for line in lines if not line.startswith("#"))
    try:
        rows = [_division(record) for record in reader]
    except (KeyError, ValueError) as error:
        raise DivisionError(f"line {reader.line_num} after the comments: {error}") from error
    return {row.code: row for row in rows}


def _division(record: Mapping[str, str]) -> Division:
    row = Division(
        code=record["code"],
        level=int(record["level"]),
        parent_code=record["parent_code"] or None,
        name=record["name"],
        name_en=record["name_en"] or None,
        valid_from=date.fromisoformat(record["valid_from"]),
        valid_to=date.fromisoformat(record["valid_to"]) if record["valid_to"] else None,
        successor_code=record["successor_code"] or None,
    )
    if len(row.code) != 12 or level_of(row.code) != row.level:
        raise ValueError(f"{row.code} is not a code of level {row.level}")
    return row


def shipped_divisions(prefecture: str) -> dict[str, Division]:
    """The county-level divisions that the project ships for one prefecture, the levels above included."""
    text = (files("schema") / "data" / "divisions" / f"{prefecture}.csv").read_text(encoding="utf-8")
    return read_divisions(text.splitlines())
