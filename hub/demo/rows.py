"""Rows on their way into tables: gathered by table, checked against the declared columns, written as COPY text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

Row = dict[str, Any]  # by column name; only rows.py and load.py read it as such


class UnknownColumn(Exception):
    """The city fills a column that the registry does not declare, or leaves one out that must have a value."""


@dataclass(slots=True)
class Batch:
    """Rows by table name; one batch is small enough for memory and is copied table by table."""

    tables: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, row: Row) -> None:
        rows = self.tables.get(table)
        if rows is None:
            rows = self.tables[table] = []
        rows.append(row)

    def former(self, table: str, row: Row, superseded_at: datetime) -> None:
        """A state that `row`'s table no longer holds."""
        self.add(f"{table}_history", {**row, "superseded_at": superseded_at})

    def __len__(self) -> int:
        return sum(map(len, self.tables.values()))


#: COPY is told to separate and to mark nothing with characters that no value has, so that most text needs no escaping.
DELIMITER, NULL = "\x02", "\x03"
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Rows of one table that fill the same columns in the same order; one object per shape, compared as such."""

    table: str
    columns: tuple[str, ...]
    filled: str  # COPY text of the last columns, which the rows leave to their defaults


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as COPY sees it: its columns, and the defaults that the database does not fill in by itself."""

    table: str
    columns: frozenset[str]
    required: frozenset[str]
    filled: Mapping[str, str]  # COPY text by column
    shapes: dict[tuple[str, ...], Shape] = field(default_factory=dict)

    def write(self, rows: Iterable[Row], texts: Texts) -> None:
        """Appends COPY text of the rows; refuses a row with an undeclared column or without a required one."""
        for row in rows:
            given = tuple(row)
            shape = self.shapes.get(given) or self._shape(given)
            cells = [value if type(value) is str else ENCODERS[type(value)](value) for value in row.values()]
            line = DELIMITER.join(cells)
            if "\\" in line or "\n" in line or "\r" in line:
                line = line.translate(_ESCAPES)
            texts[shape].append(f"{line}{shape.filled}\n")

    def _shape(self, given: tuple[str, ...]) -> Shape:
        names = set(given)
        if not names <= self.columns or not self.required <= names:
            wrong = sorted(names - self.columns), sorted(self.required - names)
            raise UnknownColumn(f"{self.table}: undeclared {wrong[0]}, missing {wrong[1]}")
        rest = tuple(name for name in self.filled if name not in names)
        filled = "".join(DELIMITER + self.filled[name] for name in rest)
        self.shapes[given] = shape = Shape(self.table, (*given, *rest), filled)
        return shape


#: Lines of COPY text by shape, not yet sent.
Texts = defaultdict[Shape, list[str]]


def sheet_of(table: sa.Table) -> Sheet:
    """The sheet of a table; a history table takes its defaults from the table whose former rows it holds."""
    now = table.metadata.tables.get(table.name.removesuffix("_history"), table)
    defaults = {c.name: _blank(c) for c in now.columns if c.server_default is not None}
    needed = {c.name for c in table.columns if not c.nullable}
    return Sheet(
        table=table.name,
        columns=frozenset(c.name for c in table.columns),
        required=frozenset(needed - defaults.keys()),
        filled=defaults if table is not now else {},
    )


def _blank(c: sa.Column[Any]) -> str:
    default = c.server_default
    return str(default.arg) if isinstance(default, sa.DefaultClause) else NULL


def _items(values: Sequence[str]) -> str:
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


ENCODERS: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda value: NULL,
    int: str,
    bool: lambda value: "t" if value else "f",
    date: date.isoformat,
    datetime: datetime.isoformat,
    list: _items,
    tuple: _items,
}
