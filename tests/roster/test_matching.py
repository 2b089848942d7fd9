"""Which child of the ledger a row is about; what is doubtful is left to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest

from hub.roster.entry import Entry
from hub.roster.matching import Doubt, Doubtful, Known, New, Same, match, may_mean
from hub.roster.workbook import Row
from tests.roster.people import number_of

BIRTH = date(2015, 3, 1)
NUMBER, OTHER = number_of(BIRTH, 101), number_of(BIRTH, 303)
MASKED = f"{NUMBER[:6]}********{NUMBER[14:]}"
CHILD = Known(
    id="child_1",
    child_no="1",
    name="张三",
    birth_date=BIRTH,
    number=NUMBER,
    division="430626101201",
    carers=frozenset({"李秀英"}),
)


def entry(**values: Any) -> Entry:
    keyed = {name.replace("_", ".", 1): value for name, value in values.items()}
    return Entry(row=Row(number=2, cells=()), values={"child.name": "张三", "child.birth_date": BIRTH} | keyed)


@pytest.mark.parametrize("shown", [NUMBER, MASKED])
def test_number_that_agrees_is_the_child(shown: str) -> None:
    known = replace(CHILD, number=shown)
    assert match(entry(child_citizen_id_no=NUMBER), [known]) == Same(known=known)


def test_masked_number_says_nothing_without_the_birth_date() -> None:
    known = replace(CHILD, number=MASKED, birth_date=None, name="李四")
    assert match(entry(child_citizen_id_no=NUMBER), [known]) == New()


@pytest.mark.parametrize(
    ("known", "values", "doubt"),
    [
        (replace(CHILD, name="张山"), {"child_citizen_id_no": NUMBER}, Doubt.OTHER_NAME),
        (replace(CHILD, number=OTHER), {"child_citizen_id_no": NUMBER}, Doubt.OTHER_NUMBER),
        (
            replace(CHILD, number=OTHER[:-1] + ("1" if OTHER[-1] != "1" else "2")),
            {"child_citizen_id_no": OTHER},
            Doubt.NEAR_NUMBER,
        ),
        (CHILD, {"guardian_name": "王某"}, Doubt.OTHER_CARER),
        (replace(CHILD, carers=frozenset()), {"child_residence_division": "430626102201"}, Doubt.OTHER_PLACE),
        (replace(CHILD, carers=frozenset()), {}, Doubt.UNCONFIRMED),
        (replace(CHILD, birth_date=date(2015, 1, 3)), {"guardian_name": "李秀英"}, Doubt.NEAR_BIRTH),
        (replace(CHILD, name="张山"), {"guardian_name": "李秀英"}, Doubt.NEAR_NAME),
    ],
    ids=lambda value: value.value if isinstance(value, Doubt) else "",
)
def test_doubtful_child_is_left_to_a_person(known: Known, values: dict[str, Any], doubt: Doubt) -> None:
    assert match(entry(**values), [known]) == Doubtful(doubt=doubt, candidates=(known,))


@pytest.mark.parametrize(
    "values",
    [
        {"guardian_name": "李秀英"},
        {"mother_name": "李秀英", "child_residence_division": "430626101000"},
        {"child_residence_division": "430626101201"},
        {"child_child_no": "1"},
    ],
)
def test_name_and_birth_date_with_carer_or_place_is_the_child(values: dict[str, Any]) -> None:
    assert match(entry(**values), [CHILD]) == Same(known=CHILD)


def test_two_of_one_name_and_birth_date_are_told_apart_by_the_carer_or_not_at_all() -> None:
    twin = replace(CHILD, id="child_2", carers=frozenset({"王某"}), number=None)
    assert match(entry(guardian_name="王某"), [CHILD, twin]) == Same(known=twin)
    assert match(entry(), [CHILD, twin]) == Doubtful(doubt=Doubt.SEVERAL, candidates=(CHILD, twin))


@pytest.mark.parametrize("other", [{"child_name": "李四"}, {"child_birth_date": date(2016, 7, 9)}])
def test_other_child_is_new(other: dict[str, Any]) -> None:
    assert match(entry(**{"guardian_name": "李秀英", **other}), [CHILD]) == New()


def test_nobody_is_found_who_was_passed_over_before_carers_were_known() -> None:
    """Carers are read of few children only: of those who could be found whatever theirs are."""
    numbers, files = (None, NUMBER, MASKED, OTHER), ("1", "2")
    pupils, births = (None, "P1"), (BIRTH, date(2015, 3, 2), date(2012, 9, 9))
    found = 0
    for name, number, birth, file, pupil in product(("张三", "张五", "王三", "李四光"), numbers, births, files, pupils):
        child = replace(CHILD, name=name, number=number, birth_date=birth, child_no=file, student_no=pupil)
        for said, row_file, row_pupil in product((None, NUMBER, OTHER), (None, "1"), (None, "P1")):
            given = {"child_citizen_id_no": said, "child_child_no": row_file, "enrolment_student_no": row_pupil}
            row = entry(carer_name="李秀英", **{key: value for key, value in given.items() if value})
            found += (result := match(row, [child]) != New())
            assert may_mean(row, child) or not result
    assert found > 100
