"""The rows of a sheet below its headers: which are children, which are totals, notes, blanks or headers said again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, islice

from hub.roster.columns import is_word
from hub.roster.headers import DEEPEST, Header, find_header, read_header
from hub.roster.text import compact
from hub.roster.workbook import Merged, Row, Sheet, Value

_TOTAL = re.compile(
    r"(小计|合计|总计|共计|累计|本页计|总数)[:：]?.*|(共|合计|总共)[0-9一二三四五六七八九十百千]+(人|名|户).*"
)
_NOTE = re.compile(
    r"(备注|注|说明|填表说明|填报说明|填表|制表|填报|审核|复核|审批|单位负责人|负责人|经办|联系人|联系电话|统计时间|截止|打印|第[0-9]+页)"
    r"(单位|人|时间|日期|负责人|说明)?[0-9]?[:：、.].*|[0-9]+[、.].{8,}|第[0-9]+页.*"
)


class Left(StrEnum):
    """Why a row is not taken for a child."""

    BLANK = "blank"
    TOTAL = "total"
    NOTE = "note"
    HEADER = "header"


@dataclass(slots=True)
class Table:
    """A sheet's table while it is read; `left` counts what was passed over."""

    sheet: Sheet
    header: Header
    rows: Iterator[Row] = field(repr=False)
    left: Counter[Left] = field(default_factory=Counter)
    hidden: int = 0  # children in rows that the spreadsheet program does not show


def find_table(sheet: Sheet, rows: Iterable[Row]) -> Table | None:
    """The sheet's table; None where no row reads like its headers."""
    lines = iter(rows)
    top = list(islice(lines, DEEPEST))
    header = find_header(top, sheet.merged)
    if header is None:
        return None
    below = (row for row in chain(top, lines) if row.number > header.last)
    return Table(sheet=sheet, header=header, rows=below)


def children_in(table: Table) -> Iterator[Row]:
    """The rows that tell of a child, with what is merged down the column written into each."""
    fill = _Downward(table.sheet.merged)
    wanted = [column.place for column in table.header.columns if column.is_imported]
    naming = [table.header.place_of(key) for key in ("child.name", "child.citizen_id_no", "child.child_no")]
    for row in table.rows:
        left = _left(row, table.header, wanted, [place for place in naming if place is not None])
        if left is not None:
            table.left[left] += 1
            continue
        table.hidden += row.number in table.sheet.hidden_rows
        yield fill(row)


def _left(row: Row, header: Header, wanted: Sequence[int], naming: Sequence[int]) -> Left | None:
    texts = [compact(cell) for cell in row.cells if isinstance(cell, str) and cell.strip()]
    if any(_TOTAL.fullmatch(text) for text in texts[:3]) and not _has_id(row, header):
        return Left.TOTAL
    if not any(_said(row.cell(place)) for place in wanted):
        return Left.NOTE if any(_NOTE.match(text) for text in texts) else Left.BLANK
    if _is_header(row, header):
        return Left.HEADER
    # A remark below the table stands in its first column, or is merged over several: no second known column is filled.
    filled = sum(1 for place in wanted if _said(row.cell(place)))
    if filled <= 1 and (len(texts) == 1 and (_NOTE.match(texts[0]) or len(texts[0]) > 20)):
        return Left.NOTE
    if not any(_said(row.cell(place)) for place in naming) and any(_NOTE.match(text) for text in texts):
        return Left.NOTE
    return None


def _has_id(row: Row, header: Header) -> bool:
    place = header.place_of("child.citizen_id_no")
    return place is not None and _said(row.cell(place))


def _said(cell: Value) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _is_header(row: Row, header: Header) -> bool:
    """A header repeated at the top of a printed page, or the second row of one."""
    if not _says_words(row, header):
        return False
    again = {column.place: column.target for column in read_header([row]).columns if column.target is not None}
    known = [column for column in header.columns if column.target is not None]
    same = sum(1 for column in known if again.get(column.place) == column.target)
    leaves = sum(
        1 for column in known if compact(str(row.cell(column.place) or "")) == column.header.rpartition("/")[2]
    )
    return max(same, leaves) * 2 > len(known)


def _says_words(row: Row, header: Header) -> bool:
    """Whether as many cells as a header needs hold words of headers; quickly told of a child's row."""
    known = [column for column in header.columns if column.target is not None]
    words = 0
    for place, column in enumerate(known):
        cell = row.cell(column.place)
        words += isinstance(cell, str) and (is_word(cell) or compact(cell) == column.header.rpartition("/")[2])
        if (words + len(known) - place - 1) * 2 <= len(known):
            return False
    return True


class _Downward:
    """Writes the value of a block merged down a column into each of its rows."""

    def __init__(self, merged: Iterable[Merged]) -> None:
        self._waiting = sorted((block for block in merged if block.bottom > block.top), key=lambda b: -b.top)
        self._open: list[tuple[Merged, Value]] = []

    def __call__(self, row: Row) -> Row:
        self._open = [pair for pair in self._open if pair[0].bottom >= row.number]
        while self._waiting and self._waiting[-1].top <= row.number:
            block = self._waiting.pop()
            if block.top == row.number:
                self._open.append((block, row.cell(block.left)))
        if not self._open:
            return row
        cells = list(row.cells)
        for block, value in self._open:
            cells += [None] * (block.left + 1 - len(cells))
            cells[block.left] = value
        return Row(number=row.number, cells=tuple(cells))
