"""The rows that need a person, as a spreadsheet to correct and import again: marked cells, reasons, candidates.

Columns that hold numbers or names are formatted as text, so that the correction is not damaged as the original was.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from hub.roster.columns import HUB, vocabulary
from hub.roster.faults import REMARKS, Fault
from hub.roster.headers import Column, Header
from hub.roster.id_numbers import EXACT
from hub.roster.importing import RESULTS, Judged, Result
from hub.roster.matching import Known
from hub.roster.summary import Summary
from hub.roster.workbook import Value
from schema.meaning import Kind

OWN = ("共知结果", "共知原因与处理", "共知候选", "共知决定")
#: Beyond this a spreadsheet program opens its file slowly; the reasons stand in their column all the same.
MOST_COMMENTS = 5_000
#: A report is for a person to work through; what is not in it comes with the next import.
MOST_ROWS = 50_000
RED, YELLOW, GREY = (PatternFill("solid", start_color=colour) for colour in ("FFFFC7CE", "FFFFEB9C", "FFD9E1F2"))
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDTHS = (16, 60, 44, 18)


class Report:
    """Rows as they come; `save` makes the file. What is not saved leaves nothing behind once the report is closed."""

    def __init__(self, headers: Mapping[str, Header], names: Mapping[str, str]) -> None:
        self._headers, self._names = headers, names
        self._book = Workbook(write_only=True)
        self._about: Any = self._book.create_sheet("共知说明")
        self._sheets: dict[str, Any] = {}
        self._lines: Counter[str] = Counter()
        self._comments, self._saved = 0, False
        self.rows = 0
        self.left_out = 0

    def add(self, judged: Iterable[Judged]) -> None:
        for row in judged:
            if not row.needs_attention:
                continue
            if self.rows >= MOST_ROWS:
                self.left_out += 1
                continue
            self.rows += 1
            sheet, header = self._sheet(row.sheet), self._headers[row.sheet]
            self._lines[row.sheet] += 1
            sheet.row_dimensions[self._lines[row.sheet]].height = _height(row, header)
            sheet.append(self._line(row, header))

    def save(self, path: Path, summary: Summary) -> None:
        """Replaces the file whole; it holds personal data, so it is the owner's alone."""
        sheet = self._about
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 40, 90
        _for_print(sheet)
        for first, second in (*_LEGEND, *summary.lines_zh()):
            head = self._cell(first, font=Font(bold=True), alignment=_WRAPPED)
            sheet.append([head, self._cell(second, alignment=_WRAPPED)])
        # What is to be done comes first, what it means last.
        self._book.move_sheet(sheet.title, len(self._sheets))
        draft = path.with_name(f".{path.name}.part")
        self._book.save(draft)
        self._saved = True
        draft.chmod(0o600)
        os.replace(draft, path)

    def __enter__(self) -> Report:
        return self

    def __exit__(self, *_: object) -> None:
        for sheet in (self._about, *self._sheets.values()):
            if not self._saved:
                sheet.close()
                sheet._writer.cleanup()

    def _sheet(self, name: str) -> Any:
        if name not in self._sheets:
            sheet = self._sheets[name] = self._book.create_sheet((name or "名册")[:31])
            header = self._headers[name]
            sheet.freeze_panes = "E2"
            _for_print(sheet)
            sheet.print_title_rows = "1:1"
            for place, width in enumerate((*_WIDTHS, *(_width(column) for column in _kept(header))), start=1):
                sheet.column_dimensions[get_column_letter(place)].width = width
            titles = [*OWN, *(column.header.partition("#")[0] for column in _kept(header))]
            self._lines[name] = 1
            sheet.append([self._cell(title, fill=GREY, font=Font(bold=True), alignment=_WRAPPED) for title in titles])
        return self._sheets[name]

    def _line(self, row: Judged, header: Header) -> list[Cell]:
        faults: dict[int | None, list[Fault]] = {}
        for fault in row.entry.faults:
            faults.setdefault(fault.place, []).append(fault)
        kept = _kept(header)
        reasons = "\n".join(_reason(fault, header) for fault in row.entry.faults)
        result = f"第{row.entry.row.number}行 {RESULTS[row.result].zh}"
        fill = YELLOW if row.result is not Result.FAULTY else RED
        candidates = "\n".join(self._candidate(known) for known in row.candidates)
        own = [
            self._cell(result, fill=fill, alignment=_WRAPPED),
            self._cell(reasons, alignment=_WRAPPED),
            self._cell(candidates, alignment=_WRAPPED),
            self._cell(row.entry.decision or "", fill=YELLOW if candidates else None, number_format="@"),
        ]
        return own + [self._original(row.entry.row.cell(column.place), column, faults) for column in kept]

    def _original(self, value: Value, column: Column, faults: Mapping[int | None, list[Fault]]) -> Cell:
        found = faults.get(column.place, [])
        cell = self._cell(_shown(value, column), number_format=_format(value, column), alignment=_WRAPPED)
        if found:
            cell.fill = YELLOW if all(fault.code in REMARKS or fault.code == "DOUBTFUL" for fault in found) else RED
            if self._comments < MOST_COMMENTS:
                self._comments += 1
                said = "\n".join(f"原因：{fault.reason.zh}\n怎样办：{fault.advice.todo.zh}" for fault in found)
                cell.comment = Comment(said, "共知", width=320, height=60 + 40 * len(found))
        return cell

    def _candidate(self, known: Known) -> str:
        place = self._names.get(known.division or "", "")
        said = (known.name or "", known.birth_date.isoformat() if known.birth_date else "", place)
        return " ".join(("编号", known.child_no, *filter(None, said)))

    def _cell(self, value: Any, **style: Any) -> Cell:
        """Text is text, whatever it begins with: a formula in a roster never becomes one here."""
        cell: Cell = WriteOnlyCell(self._about, value=None)
        if isinstance(value, str):
            cell.value = _ILLEGAL.sub("\ufffd", value)[:32_767]
            cell.data_type = "s"
        elif value is not None:
            cell.value = value
        for name, worth in style.items():
            if worth is not None:
                setattr(cell, name, worth)
        return cell


_LEGEND = (
    ("红色单元格", "有误，本行没有导入。按批注或“共知原因与处理”改正。"),
    ("黄色单元格", "待判断或仅作提示。提示不影响本行其他内容导入。"),
    ("共知决定", "待判断的行由人填写：候选中的档案编号（即该儿童）、“新建”（不是候选中的任何一名）或“跳过”。"),
    ("改好之后", "保存本文件并直接导入；不必删除前四列，也不必拼回原表。"),
)


def _for_print(sheet: Any) -> None:
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _kept(header: Header) -> list[Column]:
    """The original's columns, without those of an earlier report."""
    return [column for column in header.columns if column.target is None or column.target.part != HUB]


def _reason(fault: Fault, header: Header) -> str:
    name = next((one.header for one in header.columns if one.place == fault.place and fault.place is not None), "")
    if not name and fault.key in vocabulary().targets and (field := vocabulary().targets[fault.key].field) is not None:
        name = field.label.zh
    return f"{name or '本行'}：{fault.reason.zh}。{fault.advice.todo.zh}。"


def _height(row: Judged, header: Header) -> float:
    """So that the reasons are read without a click; programs do not fit rows that they did not write."""
    lines = sum(1 + 2 * len(_reason(fault, header)) // _WIDTHS[1] for fault in row.entry.faults)
    return 15.0 * max(lines, len(row.candidates), 1)


def _is_text(column: Column) -> bool:
    field = column.target.field if column.target else None
    return field is not None and field.kind not in (Kind.DATE, Kind.INT)


def _shown(value: Value, column: Column) -> Any:
    """A number under a header that asks for text goes out as text, a damaged one with what is left of it."""
    if isinstance(value, float) and value >= EXACT:
        return f"{value:.15g}".upper()
    if isinstance(value, float) and value == int(value):
        return str(int(value)) if _is_text(column) else int(value)
    return value


def _format(value: Value, column: Column) -> str | None:
    if isinstance(value, date):
        return "yyyy-mm-dd"
    return "@" if _is_text(column) else None


def _width(column: Column) -> int:
    field = column.target.field if column.target else None
    if field is None:
        return 12
    return 22 if field.mask is not None and field.mask.value in ("id_number", "certificate") else 14
