"""Made-up identity numbers: valid in form, each given once, never of a region that issued any."""

from __future__ import annotations

from datetime import date

import pytest

from hub.demo.id_numbers import MOST_PER_DAY, IdNumbers, OutOfNumbers
from schema.validators import citizen_id_faults, sex_in

BORN = date(2014, 3, 5)


def test_numbers_run_out_before_they_repeat() -> None:
    numbers = IdNumbers()
    issued = [numbers.issue("430621", BORN, sex) for _ in range(MOST_PER_DAY) for sex in ("1", "2")]
    assert len(set(issued)) == len(issued)
    assert {citizen_id_faults(value, today=date(2026, 9, 1)) for value in issued} == {()}
    with pytest.raises(OutOfNumbers):
        numbers.issue("430621", BORN, "1")


@pytest.mark.parametrize("sex", ["1", "2"])
def test_the_sequence_says_the_sex(sex: str) -> None:
    assert sex_in(IdNumbers().issue("430600", BORN, sex)) == sex


def test_people_from_elsewhere_have_a_code_of_their_own() -> None:
    assert IdNumbers().issue("110101", BORN, "1").startswith("43069920140305")
