"""A spreadsheet file as sheets of rows, read by a process of its own; whatever goes wrong there is a refusal here."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import orjson

from hub import errors
from hub.roster.archive import Kind
from schema.classes import Label

REASONS: Mapping[str, Label] = {
    "empty": Label(zh="文件是空的", en="the file is empty"),
    "encrypted": Label(zh="文件设有打开密码", en="the file is locked by a password"),
    "macros": Label(zh="文件含有宏", en="the file carries macros"),
    "binary": Label(zh="这是二进制工作簿（.xlsb）", en="this is a binary workbook (.xlsb)"),
    "not_a_table": Label(
        zh="不是电子表格（或只是改了扩展名的网页、文档）", en="it is no spreadsheet, whatever its name"
    ),
    "encoding": Label(zh="文字编码既不是 UTF-8 也不是 GB18030", en="its text is neither UTF-8 nor GB18030"),
    "broken": Label(zh="文件已损坏", en="the file is broken"),
    "too_large": Label(zh="文件展开后过大", en="the file is too large once unpacked"),
}

#: A cell's value: text, a number, a truth, a day or moment, or nothing.
Value = str | float | bool | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    number: int  # as the spreadsheet program shows it, from 1
    cells: tuple[Value, ...]

    def cell(self, place: int) -> Value:
        return self.cells[place] if place < len(self.cells) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A block of cells shown as one; rows from 1, columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    name: str
    hidden: bool
    rows: int = 0  # about how many; 0 where that is not known before they are read
    merged: tuple[Merged, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    valueless: frozenset[str] = frozenset()  # cells that show an error or were never calculated, such as D6


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    kind: Kind
    sheets: tuple[Sheet, ...]
    date1904: bool = False
    encoding: str | None = None
    lines: Iterator[tuple[int, Row]] = field(repr=False)  # (place of the sheet, row), sheet by sheet


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Book]:
    """The book, while its reader runs; raises RosterUnreadable here, or while rows are taken."""
    command = [sys.executable, "-m", "hub.roster.reader", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reader:  # noqa: S603
        try:
            yield _book(reader, _pipe(reader))
        finally:
            reader.kill()


def _pipe(reader: subprocess.Popen[bytes]) -> IO[bytes]:
    if reader.stdout is None:
        raise TypeError("the reader has no output")
    return reader.stdout


def _book(reader: subprocess.Popen[bytes], pipe: IO[bytes]) -> Book:
    about = _line(reader, pipe.readline())
    return Book(
        kind=Kind(about["kind"]),
        sheets=tuple(map(_sheet, about["sheets"])),
        date1904=about.get("date1904", False),
        encoding=about.get("encoding"),
        lines=_rows(reader, pipe),
    )


def _line(reader: subprocess.Popen[bytes], line: bytes) -> Any:
    """What one line says; a reader that fell silent has met a file that it could not hold."""
    if not line.endswith(b"\n"):
        reader.wait()
        raise refused("too_large" if reader.returncode else "broken")
    said = orjson.loads(line)
    if isinstance(said, dict) and "refused" in said:
        raise refused(said["refused"])
    return said


def _rows(reader: subprocess.Popen[bytes], pipe: IO[bytes]) -> Iterator[tuple[int, Row]]:
    for line in pipe:
        place, number, cells = _line(reader, line)
        yield place, Row(number=number, cells=tuple(map(_value, cells)))
    if reader.wait():
        raise refused("too_large")


def _value(cell: Any) -> Value:
    if isinstance(cell, list):
        text = str(cell[1])
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return cell if isinstance(cell, str | float | bool | None) else float(cell)


def _sheet(about: Mapping[str, Any]) -> Sheet:
    merged = (Merged(top=t, left=left, bottom=b, right=r) for t, left, b, r in about.get("merged", ()))
    return Sheet(
        name=about["name"],
        hidden=about["hidden"],
        rows=about.get("rows", 0),
        merged=tuple(merged),
        hidden_rows=frozenset(about.get("hidden_rows", ())),
        valueless=frozenset(about.get("valueless", ())),
    )


def refused(reason: str) -> errors.RosterUnreadable:
    said = REASONS[reason]
    return errors.RosterUnreadable(reason=f"{said.zh} / {said.en}")
