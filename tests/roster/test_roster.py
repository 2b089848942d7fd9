"""Spreadsheets as offices keep them, read as a person would read them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from hub.errors import RosterUnreadable, RosterWithoutTable
from hub.identity.divisions import Division
from hub.roster.entry import Entry
from hub.roster.places import places_of
from hub.roster.roster import Seen, read_roster
from hub.roster.tables import Left
from hub.roster.values import Context
from tests.roster import books
from tests.roster.people import TODAY, people, person

VILLAGE = "430626101201"
PLACES = places_of(
    [Division(code=VILLAGE, parent=None, name="甲一村民委员会", valid_from=None, valid_to=None, successor=None)], []
)
needs_office = pytest.mark.skipif(books.SOFFICE is None, reason="LibreOffice (soffice) is not installed")


def read(path: Path) -> tuple[list[Entry], Seen]:
    with read_roster(path, Context(today=TODAY, places=PLACES)) as roster:
        return [entry for _, entry in roster.entries], roster.seen


def expected(count: int) -> list[dict[str, Any]]:
    return [
        {
            "child.name": p.name,
            "child.sex": "1" if p.sex == "男" else "2",
            "child.birth_date": p.birth,
            "child.citizen_id_no": p.number,
            "guardian.name": p.carer,
            "guardian.relation": "62",
        }
        for p in people(count)
    ]


def faults_of(entries: list[Entry]) -> list[list[tuple[str, str]]]:
    return [[(fault.code, fault.key) for fault in entry.faults] for entry in entries]


@pytest.mark.parametrize("made", [books.plain, books.titled, books.apple_dates, books.apple_days, books.several_sheets])
def test_same_children_are_read_whatever_the_layout(tmp_path: Path, made: Callable[[Path], Path]) -> None:
    entries, _ = read(made(tmp_path / "roster.xlsx"))
    assert [dict(entry.values) for entry in entries] == expected(3)
    assert faults_of(entries) == [[], [], []]


def test_titles_totals_notes_and_blanks_are_passed_over_and_counted(tmp_path: Path) -> None:
    _, seen = read(books.titled(tmp_path / "roster.xlsx"))
    assert seen.left == {Left.TOTAL: 2, Left.NOTE: 2, Left.BLANK: 2}


def test_headers_of_two_rows_are_joined(tmp_path: Path) -> None:
    entries, seen = read(books.two_storeyed(tmp_path / "roster.xlsx"))
    assert [column.header for column in seen.headers["Sheet"].columns][4:] == [
        "父亲/姓名", "父亲/联系电话", "监护人情况/姓名", "监护人情况/与儿童关系",
    ]  # fmt: skip
    extra = [{"father.name": p.father, "father.phone": "13800000001"} for p in people(3)]
    assert [dict(entry.values) for entry in entries] == [a | b for a, b in zip(expected(3), extra, strict=True)]


def test_other_words_and_full_width_signs_mean_the_same(tmp_path: Path) -> None:
    entries, seen = read(books.shuffled(tmp_path / "roster.xlsx"))
    wanted = [{k: v for k, v in child.items() if k != "guardian.relation"} for child in expected(3)]
    assert [dict(entry.values) for entry in entries] == [child | {"child.ethnicity": "01"} for child in wanted]
    assert [c.header for c in seen.headers["Sheet"].columns if c.target is None] == ["家庭情况简介"]


def test_dates_in_five_notations(tmp_path: Path) -> None:
    entries, _ = read(books.five_dates(tmp_path / "roster.xlsx"))
    assert [entry.get("child.birth_date") for entry in entries] == [p.birth for p in people(5)]


def test_rounded_numbers_are_told_as_damaged_and_never_completed(tmp_path: Path) -> None:
    entries, _ = read(books.rounded(tmp_path / "roster.xlsx"))
    damaged = [("DAMAGED_NUMBER", "child.citizen_id_no")]
    assert faults_of(entries) == [[], damaged, damaged]
    assert [entry.get("child.citizen_id_no") for entry in entries] == [person(0).number, None, None]


def test_what_is_merged_down_belongs_to_each_row(tmp_path: Path) -> None:
    entries, _ = read(books.merged_down(tmp_path / "roster.xlsx"))
    assert [entry.get("child.residence_division") for entry in entries] == [VILLAGE] * 3
    assert [entry.get("guardian.name") for entry in entries] == [person(0).carer] * 3


def test_hidden_sheets_are_left_out_and_hidden_rows_are_told(tmp_path: Path) -> None:
    _, seen = read(books.several_sheets(tmp_path / "roster.xlsx"))
    assert (seen.hidden_sheets, seen.hidden_rows, seen.tableless) == (("草稿",), 1, ["填表说明"])


def test_formula_without_result_is_told(tmp_path: Path) -> None:
    entries, _ = read(books.with_formulas(tmp_path / "roster.xlsx"))
    assert faults_of(entries) == [[("NO_VALUE", "child.sex"), ("NO_VALUE", "child.birth_date")]] * 3


@pytest.mark.slow
@needs_office
def test_formulas_that_office_calculated_are_read(tmp_path: Path) -> None:
    entries, _ = read(books.converted(books.with_formulas(tmp_path / "roster.xlsx"), "xlsx"))
    assert [dict(entry.values) for entry in entries] == expected(3)


@pytest.mark.slow
@needs_office
@pytest.mark.parametrize("made", [books.two_storeyed, books.merged_down, books.several_sheets, books.apple_days])
def test_xls_of_office_reads_like_xlsx(tmp_path: Path, made: Callable[[Path], Path]) -> None:
    path = made(tmp_path / "roster.xlsx")
    entries, old = read(path)[0], read(books.converted(path, "xls"))[0]
    assert [entry.values for entry in old] == [entry.values for entry in entries]
    assert faults_of(old) == faults_of(entries)


@pytest.mark.slow
@needs_office
def test_csv_of_office_reads_like_its_sheet(tmp_path: Path) -> None:
    path = books.converted(books.titled(tmp_path / "roster.xlsx"), "csv:Text - txt - csv (StarCalc):44,34,76,1")
    assert [dict(entry.values) for entry in read(path)[0]] == expected(3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_each_encoding(tmp_path: Path, encoding: str) -> None:
    entries, _ = read(books.as_csv(tmp_path / "roster.csv", encoding))
    assert [dict(entry.values) for entry in entries] == expected(3)


@pytest.mark.parametrize("rare", ["\u4dae", "\U00020bb7", "\U0002b7a9", "\U0003106c", "\U000323af", "\U0002ebf0"])
def test_rare_characters_survive(tmp_path: Path, rare: str) -> None:
    rows = [[f"{rare}三", "女", "2015-03-01", "", "李秀英", "奶奶"]]
    for path in (books.as_csv(tmp_path / "a.csv", "gb18030", rows), books.as_csv(tmp_path / "b.csv", "utf-8", rows)):
        assert read(path)[0][0].get("child.name") == f"{rare}三"


def test_second_row_of_one_child_is_told(tmp_path: Path) -> None:
    rows = books.rows_of(3)
    other = ["李某某", *rows[1][1:]]
    entries, _ = read(books.as_csv(tmp_path / "roster.csv", "utf-8", [*rows, rows[0], other]))
    codes = [[code for code, _ in found] for found in faults_of(entries)]
    assert codes == [[], [], [], ["REPEATED_ROW"], ["SAME_NUMBER"]]


def test_columns_of_a_mapping_file_win(tmp_path: Path) -> None:
    path = books.as_csv(tmp_path / "roster.csv", "utf-8")
    mapping = {"监护人姓名": "carer.name", "与儿童关系": "-"}
    with read_roster(path, Context(today=TODAY), mapping) as roster:
        first = next(roster.entries)[1]
    assert (first.get("carer.name"), first.get("guardian.name"), first.get("guardian.relation")) == (
        person(0).carer, None, None,
    )  # fmt: skip


def _locked(path: Path) -> Path:
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    )
    return path


def _with_macros(path: Path) -> Path:
    books.plain(path)
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return path


def _bomb(path: Path) -> Path:
    """A part that says it holds 600 MB: nobody unpacks it to see."""
    books.plain(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/media/image1.png", bytes(1024))
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (600 * 1024 * 1024).to_bytes(4, "little")
    path.write_bytes(content)
    return path


def _far_cell(path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    sheet["A1"] = sheet["XFD1048576"] = "姓名"  # type: ignore[index]
    book.save(path)
    return path


def _cut(path: Path) -> Path:
    books.plain(path)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _written(content: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        pytest.param(_locked, "locked", id="locked"),
        pytest.param(_with_macros, "macros", id="macros"),
        pytest.param(_bomb, "too large", id="zip bomb"),
        pytest.param(_far_cell, "too large", id="one cell at the far end"),
        pytest.param(_cut, "broken", id="cut off"),
        pytest.param(_written(b""), "empty", id="empty"),
        pytest.param(_written(b"%PDF-1.7"), "no spreadsheet", id="pdf"),
        pytest.param(_written(b"<html><table><tr><td>x"), "no spreadsheet", id="web page named xls"),
        pytest.param(_written(b"\xff\xd8"), "neither UTF-8", id="neither encoding"),
        pytest.param(_written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)), "broken", id="broken xls"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_its_reason(
    tmp_path: Path, made: Callable[[Path], Path], reason: str
) -> None:
    with pytest.raises(RosterUnreadable) as raised:
        read(made(tmp_path / "roster.xlsx"))
    assert reason in raised.value.message


def test_file_without_headers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(RosterWithoutTable):
        read(path)


def test_birth_date_and_sex_are_concluded_from_the_number(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(f"姓名,身份证号\n张三,{person(0).number}\n", "utf-8")
    entry = read(path)[0][0]
    assert entry.get("child.birth_date") == date(2012, 1, 1)
    assert entry.concluded == {"child.birth_date", "child.sex"}
