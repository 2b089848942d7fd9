"""Reads one spreadsheet in a process of its own, with bounded memory and time: ``python -m hub.roster.reader FILE``.

A file is written by a stranger: one that exhausts the reader ends the reader and nothing else. Output is a JSON line
per row, ``[sheet, row, cells]``, after one line about the book; a file that cannot be read is one line with a reason.
"""

from __future__ import annotations

import csv
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import orjson
import python_calamine as calamine

from hub.roster import archive, decoding
from hub.roster.archive import Kind, Unreadable

MEMORY = 1536 * 1024 * 1024
SECONDS = 300
MOST_ROWS, MOST_COLUMNS = 1_048_576, 512
LONGEST_CELL = 32_767

#: A cell as it travels: text, number, truth, nothing, or a day or moment as ``["d", "2015-03-01"]``.
Cell = str | float | bool | list[str] | None


def main(path: Path) -> int:
    """Write the book to standard output; 0 where it could be read, 1 where a reason is written instead."""
    _bound()
    out = sys.stdout.buffer
    try:
        for line in lines_of(path):
            out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    except Unreadable as error:
        out.write(orjson.dumps({"refused": error.reason}, option=orjson.OPT_APPEND_NEWLINE))
        return 1
    return 0


def _bound() -> None:
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # a lower limit may be in force already
            resource.setrlimit(limit, (most, most))


def lines_of(path: Path) -> Iterator[dict[str, Any] | list[Any]]:
    """One line about the book and its sheets, then one for each row that holds anything."""
    kind = archive.kind_of(path)
    if kind is Kind.CSV:
        yield from _csv_lines(path)
    else:
        yield from _book_lines(path, kind)


def _csv_lines(path: Path) -> Iterator[dict[str, Any] | list[Any]]:
    encoding = decoding.encoding_of(path)
    yield {"kind": "csv", "encoding": encoding, "sheets": [{"name": "", "hidden": False}]}
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding=encoding, newline="") as file:
            rows = csv.reader(file, delimiter=decoding.delimiter_of(path, encoding))
            for number, row in enumerate(rows, start=1):
                if cells := _trimmed([cell or None for cell in row]):
                    yield [0, number, cells]
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None
    except csv.Error:
        raise Unreadable("broken") from None


def _book_lines(path: Path, kind: Kind) -> Iterator[dict[str, Any] | list[Any]]:
    parts = archive.describe(path) if kind is Kind.XLSX else archive.Parts(date1904=archive.counts_from_1904(path))
    try:
        book = calamine.load_workbook(str(path))
        about = book.sheets_metadata
        shown = [sheet.visible is calamine.SheetVisibleEnum.Visible for sheet in about]
        sheets = [
            book.get_sheet_by_name(sheet.name) if visible else None for sheet, visible in zip(about, shown, strict=True)
        ]
    except calamine.PasswordError:
        raise Unreadable("encrypted") from None
    except (calamine.CalamineError, OSError, ValueError, MemoryError):
        raise Unreadable("broken") from None
    yield {
        "kind": kind.value,
        "date1904": parts.date1904,
        "sheets": [
            {"name": one.name, "hidden": not visible, **_about(sheet, parts.of(place))}
            for place, (one, visible, sheet) in enumerate(zip(about, shown, sheets, strict=True))
        ],
    }
    for place, sheet in enumerate(sheets):
        if sheet is not None:
            yield from _sheet_lines(place, sheet)


def _about(sheet: calamine.CalamineSheet | None, part: archive.SheetPart) -> dict[str, Any]:
    if sheet is None:
        return {}
    if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
        raise Unreadable("too_large")
    merged = [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
    return {
        "rows": sheet.total_height,
        "merged": merged[: archive.MOST_MERGED],
        "hidden_rows": part.hidden_rows,
        "valueless": part.valueless,
    }


def _sheet_lines(place: int, sheet: calamine.CalamineSheet) -> Iterator[list[Any]]:
    left = [None] * (sheet.start[1] if sheet.start else 0)
    # Rows come from the first of the sheet on, columns from the first that holds anything.
    above = sheet.start[0] if sheet.start else 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number <= above:
            continue
        cells = _trimmed([*left, *map(_cell, row)])
        if cells:
            yield [place, number, cells]


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime):
        return ["d", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, str):
        return value[:LONGEST_CELL] or None
    return value if isinstance(value, bool | int | float) else None


def _trimmed(cells: list[Any]) -> list[Any]:
    while cells and (cells[-1] is None or (isinstance(cells[-1], str) and not cells[-1].strip())):
        cells.pop()
    return cells[:MOST_COLUMNS]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
