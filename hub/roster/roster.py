"""A whole file as entries, sheet by sheet: what was found, what was passed over, and each row as it comes."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from hub import errors
from hub.roster import mapping as mappings
from hub.roster.archive import Kind
from hub.roster.entry import Entry, faulted, fingerprints, read_entry
from hub.roster.faults import Fault
from hub.roster.headers import Header
from hub.roster.tables import Left, Table, children_in, find_table
from hub.roster.values import Context
from hub.roster.workbook import Book, opened


@dataclass(slots=True, kw_only=True)
class Seen:
    """What was met so far; complete once the entries are."""

    headers: dict[str, Header] = field(default_factory=dict)  # by sheet
    left: Counter[Left] = field(default_factory=Counter)
    hidden_rows: int = 0
    hidden_sheets: tuple[str, ...] = ()
    tableless: list[str] = field(default_factory=list)  # sheets in which no headers were found
    rows: int = 0
    expected: int = 0  # about how many rows there are; 0 where that is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    seen: Seen
    entries: Iterator[tuple[str, Entry]] = field(repr=False)  # sheet, entry
    encoding: str | None = None


@contextlib.contextmanager
def read_roster(path: Path, context: Context, mapping: Mapping[str, str] | None = None) -> Iterator[Roster]:
    """The file while it is open; raises RosterUnreadable, and RosterWithoutTable once all sheets are gone through."""
    with opened(path) as book:
        seen = Seen(
            hidden_sheets=tuple(sheet.name for sheet in book.sheets if sheet.hidden),
            expected=sum(sheet.rows for sheet in book.sheets),
        )
        context = replace(context, date1904=book.date1904, typed=book.kind is not Kind.CSV)
        yield Roster(seen=seen, entries=_entries(book, seen, context, mapping or {}), encoding=book.encoding)


def _entries(book: Book, seen: Seen, context: Context, mapping: Mapping[str, str]) -> Iterator[tuple[str, Entry]]:
    repeated = _Repeated()
    for place, lines in groupby(book.lines, key=lambda line: line[0]):
        sheet = book.sheets[place]
        table = find_table(sheet, (row for _, row in lines))
        if table is None:
            seen.tableless.append(sheet.name)
            continue
        table.header = seen.headers[sheet.name] = mappings.applied(table.header, mapping)
        for row in children_in(table):
            seen.rows += 1
            entry = read_entry(row, table.header, context, sheet.valueless)
            yield sheet.name, repeated(entry, table)
        seen.left.update(table.left)
        seen.hidden_rows += table.hidden
    if not seen.headers:
        raise errors.RosterWithoutTable()


class _Repeated:
    """Finds the same child on two rows of one file: the second one is told, whatever became of the first."""

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}

    def __call__(self, entry: Entry, table: Table) -> Entry:
        if entry.get("child.name") is None:
            return entry
        person, number = fingerprints(entry)
        same = self._rows.setdefault(hash(person), entry.row.number)
        if same != entry.row.number:
            return faulted(entry, Fault(code="REPEATED_ROW"))
        if number and self._rows.setdefault(hash(number), entry.row.number) != entry.row.number:
            place = table.header.place_of("child.citizen_id_no")
            return faulted(entry, Fault(code="SAME_NUMBER", place=place, key="child.citizen_id_no"))
        return entry
