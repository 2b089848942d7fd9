"""What people write in cells, and what is kept of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.roster import columns, dates, text, words
from hub.roster.faults import ADVICE, Unfit
from hub.roster.id_numbers import citizen_id_of
from hub.roster.values import Context, value_of
from schema.registry import ENTITIES
from tests.roster.people import TODAY, number_of

CHILD, MEMBER = ENTITIES["Child"].fields, ENTITIES["FamilyMember"].fields
CONTEXT = Context(today=TODAY)


@pytest.mark.parametrize(
    "written",
    [
        "2015-03-01",
        "2015.3.1",
        "2015年3月1日",
        "20150301",
        20150301.0,
        "２０１５．３．１",
        " 2015/03/01 ",
        "2015-03-01T00:00:00",
        "二〇一五年三月一日",
        42064.0,
        "42064",
        date(2015, 3, 1),
        datetime(2015, 3, 1, 8),
    ],
)
def test_day_in_every_notation(written: Any) -> None:
    assert dates.day_of(written) == date(2015, 3, 1)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2015-03", "DATE_PRECISION"),
        ("2015年3月", "DATE_PRECISION"),
        (2015.3, "DATE_PRECISION"),
        ("201503", "DATE_PRECISION"),
        ("2015", "DATE_PRECISION"),
        ("03/04/15", "DATE_AMBIGUOUS"),
        ("3/4/2015", "DATE_AMBIGUOUS"),
        ("2015-02-30", "DATE"),
        ("三月", "DATE"),
        (7.0, "DATE"),
        (True, "DATE"),
        ("1850-01-01", "OUT_OF_RANGE"),
    ],
)
def test_day_that_is_not_certain_is_refused(written: Any, code: str) -> None:
    with pytest.raises(Unfit) as raised:
        dates.day_of(written)
    assert raised.value.code == code


@given(st.dates(dates.EARLIEST, date(2199, 12, 31)))
def test_days_survive_each_notation(day: date) -> None:
    notations = (
        f"{day:%Y-%m-%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
    )
    assert {dates.day_of(notation) for notation in notations} == {day}


@given(st.one_of(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_any_cell_is_read_or_refused_with_a_known_fault(cell: Any) -> None:
    for field in (CHILD["birth_date"], CHILD["citizen_id_no"], CHILD["name"], CHILD["sex"], MEMBER["phone"]):
        try:
            value_of(cell, field, CONTEXT)
        except Unfit as unfit:
            assert unfit.code in ADVICE


NUMBER = number_of(date(2015, 3, 1), 101)


@pytest.mark.parametrize(
    "written", [NUMBER, f"'{NUMBER}", f" {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]} ", f"{NUMBER}\u200b"]
)
def test_number_is_read_as_typed(written: str) -> None:
    assert citizen_id_of(written, today=TODAY, typed=True) == NUMBER


@pytest.mark.parametrize("written", [4.30697201503011e17, "4.30697E+17", NUMBER[:15] + "000", "4.30697201503011E+017"])
def test_damaged_number_is_never_completed(written: Any) -> None:
    with pytest.raises(Unfit) as raised:
        citizen_id_of(written, today=TODAY, typed=False)
    assert raised.value.code == "DAMAGED_NUMBER"


def test_lower_case_x_is_the_check_character() -> None:
    ending = next(n for n in (number_of(date(2015, 3, 1), i) for i in range(100, 999)) if n.endswith("X"))
    assert citizen_id_of(ending.lower(), today=TODAY, typed=True) == ending


@pytest.mark.parametrize(
    ("code_list", "written", "code"),
    [
        ("sex", "男", "1"),
        ("sex", "女性", "2"),
        ("sex", "1", "1"),
        ("ethnicity", "土家", "15"),
        ("ethnicity", "汉族", "01"),
        ("family_relation", "奶奶", "62"),
        ("family_relation", "63", "63"),
        ("family_relation", "61 祖父", "61"),
        ("guardianship_type", "隔代监护", "entrusted_relative"),
        ("contact_frequency", "每周一次", "weekly"),
        ("lbc_reason", "父母双方外出", "both_away"),
        ("alive_status", "已故", "dead"),
    ],
)
def test_words_of_offices_are_codes(code_list: str, written: str, code: str) -> None:
    assert words.code_of(code_list, written) == code


@pytest.mark.parametrize(
    ("written", "grade"),
    [
        ("三年级", ("primary", 3)),
        ("八年级", ("junior", 2)),
        ("初二", ("junior", 2)),
        ("高一", ("senior", 1)),
        ("大班", ("kindergarten", 3)),
        ("小学三年级", ("primary", 3)),
        ("3", (None, 3)),
        ("三年级2班", ("primary", 3)),
    ],
)
def test_grades(written: str, grade: tuple[str | None, int]) -> None:
    assert words.grade_of(written) == grade


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张 三", "张三"),
        ("　张三　", "张三"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("\ufeff张三", "张三"),
        ("\U000323af三", "\U000323af三"),
        ("\ufa0c三", "\ufa0c三"),
    ],
)
def test_names_stay_as_registers_have_them(written: str, name: str) -> None:
    assert text.name_of(written) == name


@pytest.mark.parametrize("written", ["张\ufffd", "张□", "张\x00三", "张3", "\ue000三"])
def test_name_with_lost_signs_is_refused(written: str) -> None:
    with pytest.raises(Unfit):
        text.name_of(written)


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        (13800000001.0, "13800000001"),
        ("138-0000-0001", "13800000001"),
        ("+86 13800000001", "13800000001"),
        ("0730-8888888", "0730-8888888"),
    ],
)
def test_telephones(written: Any, phone: str) -> None:
    assert value_of(written, MEMBER["phone"], CONTEXT) == phone


@pytest.mark.parametrize(
    ("written", "truth"), [("是", True), ("√", True), ("无", False), ("×", False), (True, True), (1.0, True)]
)
def test_yes_and_no(written: Any, truth: bool) -> None:
    assert value_of(written, CHILD["difficulty_flag"], CONTEXT) is truth


@pytest.mark.parametrize("written", [None, "", " ", "无", "/", "—", "不详"])
def test_nothing_is_nothing(written: Any) -> None:
    assert value_of(written, CHILD["residence_address"], CONTEXT) is None


def test_words_and_columns_hold_together() -> None:
    made = columns.vocabulary()
    assert {target.entity for target in made.targets.values() if target.field} <= ENTITIES.keys()
    assert words.words_of("sex")["男"] == "1"


def test_word_with_two_meanings_is_refused() -> None:
    with pytest.raises(columns.ColumnsInvalid):
        columns.read_vocabulary("[child] Child | 儿童\nname | 姓名\nsex | 姓名\n")
