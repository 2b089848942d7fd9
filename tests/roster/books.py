"""Spreadsheets with the quirks of real ones, each written by the program or the habit it is named after."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from tests.roster.people import people

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
PLAIN = ("姓名", "性别", "出生日期", "身份证号", "监护人姓名", "与儿童关系")


def rows_of(count: int = 3) -> list[list[Any]]:
    return [[p.name, p.sex, p.birth, p.number, p.carer, "奶奶"] for p in people(count)]


def _book(path: Path, fill: Callable[[Workbook, Worksheet], None]) -> Path:
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError
    fill(book, sheet)
    book.save(path)
    return path


def _append(sheet: Worksheet, rows: Sequence[Sequence[Any]]) -> None:
    for row in rows:
        sheet.append(list(row))


def plain(path: Path) -> Path:
    return _book(path, lambda _, sheet: _append(sheet, [PLAIN, *rows_of()]))


def titled(path: Path) -> Path:
    """A merged title, a line about who fills it in, numbered rows, blank rows, totals and a note below."""

    def fill(_: Workbook, sheet: Worksheet) -> None:
        _append(sheet, [["甲镇农村留守儿童花名册"], ["填报单位：甲镇人民政府    填报日期：2026年5月"]])
        sheet.merge_cells("A1:G1")
        sheet.merge_cells("A2:G2")
        _append(sheet, [["序号", *PLAIN]])
        _append(sheet, [[n, *row] for n, row in enumerate(rows_of(2), start=1)])
        _append(sheet, [[], ["小计", "2人"], [3, *rows_of(3)[2]], [4], [5]])
        _append(
            sheet, [["合计：3人"], ["填表人：张某    审核人：李某"], ["注：本表一式两份，由乡镇和民政部门各存一份。"]]
        )

    return _book(path, fill)


def two_storeyed(path: Path) -> Path:
    """Headers of two rows: `父亲` over its columns, `姓名` merged down."""

    def fill(_: Workbook, sheet: Worksheet) -> None:
        _append(sheet, [["花名册"], ["姓 名", "性别", "出生年月日", "公民身份号码", "父亲", None, "监护人情况", None]])
        _append(sheet, [[None, None, None, None, "姓名", "联系电话", "姓名", "与儿童关系"]])
        sheet.merge_cells("A1:H1")
        for column in "ABCD":
            sheet.merge_cells(f"{column}2:{column}3")
        sheet.merge_cells("E2:F2")
        sheet.merge_cells("G2:H2")
        for p in people(3):
            _append(sheet, [[p.name, p.sex, p.birth, p.number, p.father, 13800000001, p.carer, "祖母"]])

    return _book(path, fill)


def shuffled(path: Path) -> Path:
    """Another order and other words; full-width digits, inner spaces, apostrophes, a lower-case x."""
    rows = [
        [
            f"'{p.number.lower()}",
            "汉",
            " ".join(p.name),
            f"{p.birth:%Y.%m.%d}".translate(_WIDE),
            p.carer + "　",
            p.sex + "性",
            "婆孙",
        ]
        for p in people(3)
    ]
    head = ["身份证件号码", "民族", "儿童姓名", "出生年月日", "现监护人", "性 别（男/女）", "家庭情况简介"]
    return _book(path, lambda _, sheet: _append(sheet, [head, *rows]))


_WIDE = {48 + n: 0xFF10 + n for n in range(10)} | {46: "．"}


def five_dates(path: Path) -> Path:
    """One child per notation, the last as the program's own count of days without a date format."""
    made = list(people(5))
    forms: list[Any] = [
        f"{made[0].birth:%Y-%m-%d}",
        f"{made[1].birth.year}.{made[1].birth.month}.{made[1].birth.day}",
        f"{made[2].birth.year}年{made[2].birth.month}月{made[2].birth.day}日",
        int(f"{made[3].birth:%Y%m%d}"),
        (made[4].birth - date(1899, 12, 30)).days,
    ]
    rows = [[p.name, p.sex, form, p.number, p.carer, "奶奶"] for p, form in zip(made, forms, strict=True)]
    return _book(path, lambda _, sheet: _append(sheet, [PLAIN, *rows]))


def apple_dates(path: Path) -> Path:
    """A workbook that counts its days from 1904, and a column of such counts without a date format."""

    def fill(book: Workbook, sheet: Worksheet) -> None:
        book.epoch = CALENDAR_MAC_1904
        rows = [[p.name, p.sex, (p.birth - date(1904, 1, 1)).days, p.number, p.carer, "奶奶"] for p in people(3)]
        _append(sheet, [PLAIN, *rows])

    return _book(path, fill)


def apple_days(path: Path) -> Path:
    """The same with days that are formatted as such, and counts of days below them."""

    def fill(book: Workbook, sheet: Worksheet) -> None:
        book.epoch = CALENDAR_MAC_1904
        first, *others = rows_of(3)
        for row in others:
            row[2] = (row[2] - date(1904, 1, 1)).days
        _append(sheet, [PLAIN, first, *others])

    return _book(path, fill)


def rounded(path: Path) -> Path:
    """Numbers that the program took for quantities: the second as a number, the third as text of what it showed."""
    rows = rows_of(3)
    rows[1][3] = int(str(rows[1][3])[:15] + "000")
    rows[2][3] = "4.30697E+17"
    return _book(path, lambda _, sheet: _append(sheet, [PLAIN, *rows]))


def merged_down(path: Path) -> Path:
    """The village and the carer are written once and merged down over brothers and sisters."""

    def fill(_: Workbook, sheet: Worksheet) -> None:
        _append(sheet, [["所在村", *PLAIN]])
        rows = [["甲一村", *row] for row in rows_of(3)]
        for row in rows[1:]:
            row[0] = None
            row[5] = None
        _append(sheet, rows)
        sheet.merge_cells("A2:A4")
        sheet.merge_cells("F2:F4")

    return _book(path, fill)


def several_sheets(path: Path) -> Path:
    """A sheet per village, one hidden draft, one of explanations; a repeated header and a hidden row."""

    def fill(book: Workbook, sheet: Worksheet) -> None:
        sheet.title = "填表说明"
        _append(sheet, [["一、本表由村（居）填报"], ["二、身份证号码须为 18 位"]])
        first, second, draft = (book.create_sheet(name) for name in ("甲一村", "甲二村", "草稿"))
        _append(first, [PLAIN, *rows_of(2)])
        _append(first, [PLAIN])
        _append(second, [["乙表"], PLAIN, *rows_of(3)[2:]])
        second.row_dimensions[3].hidden = True
        _append(draft, [PLAIN, *rows_of(5)[3:]])
        draft.sheet_state = "hidden"

    return _book(path, fill)


def with_formulas(path: Path) -> Path:
    """Formulas whose results are kept only once a program has calculated them."""

    def fill(_: Workbook, sheet: Worksheet) -> None:
        _append(sheet, [PLAIN])
        for line, row in enumerate(rows_of(3), start=2):
            birth = f"=DATE(MID(D{line},7,4),MID(D{line},11,2),MID(D{line},13,2))"
            _append(sheet, [[row[0], f'=IF(MOD(MID(D{line},17,1),2)=1,"男","女")', birth, *row[3:]]])
            sheet.cell(line, 3).number_format = "yyyy/m/d"

    return _book(path, fill)


def as_csv(path: Path, encoding: str, rows: Sequence[Sequence[Any]] = ()) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([PLAIN, *(rows or rows_of())])
    return path


def converted(path: Path, kind: str) -> Path:
    """The file as LibreOffice saves it in another format."""
    if SOFFICE is None:
        raise RuntimeError("LibreOffice is not installed")
    folder = path.parent / f"as_{kind.partition(':')[0]}"
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    command = [SOFFICE, "--headless", profile, "--convert-to", kind, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{path.stem}.{kind.partition(':')[0]}"
