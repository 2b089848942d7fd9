"""An obligation that could never arise, be met or be missed does not load, and every fault is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.policy.book import load_policies
from hub.policy.occasions import CALENDAR, HAPPENINGS
from hub.policy.source import PolicyFaults
from schema.codes import CODE_LISTS
from tests.policy.small_book import write_policies

OBLIGATION = """
- code: O01
  kind: ACT
  from: [PS]
  to: [ED]
  what: {zh: 事, en: thing}
  trigger: {zh: 时, en: when}
  clock: {value: 5, unit: W, text: {zh: 未规定, en: not given}}
  source: plan
  occasions:
    - OCCASION
"""
FIT = "{on: [measure_taken], per: case, met_by: [notified]}"


def faults_of(root: Path, text: str) -> list[str]:
    with pytest.raises(PolicyFaults) as caught:
        load_policies(write_policies(root, {"obligations.yaml": text}))
    return [str(fault) for fault in caught.value.faults]


def test_fit_occasion_loads(tmp_path: Path) -> None:
    book = load_policies(write_policies(tmp_path, {"obligations.yaml": OBLIGATION.replace("OCCASION", FIT)}))
    (occasion,) = book.obligations["O01"].occasions
    assert (occasion.id, occasion.debtor, occasion.creditor, occasion.whose) == ("O01.1", ("PS",), ("ED",), "debtor")


@pytest.mark.parametrize(
    ("occasion", "expected"),
    [
        ("{on: [full_moon], per: case, met_by: [notified]}", "unknown word 'full_moon' in 'on'"),
        ("{on: [measure_taken], per: case, met_by: [read]}", "unknown word 'read' in 'met_by'"),
        ("{on: [measure_taken], per: case}", "'met_by' is missing"),
        ("{on: [measure_taken], met_by: [notified]}", "'per' is missing"),
        ("{on: [measure_taken], per: moon, met_by: [notified]}", "unknown word 'moon' in 'per'"),
        ("{on: [measure_taken], debtor: [nobody], per: case, met_by: [notified]}", "unknown word 'nobody' in 'debtor'"),
        ("{on: [measure_taken], creditor: [ED/village], per: case, met_by: [notified]}", "unknown word 'ED/village'"),
        ("{on: [measure_taken], debtor: [FI], per: case, met_by: [notified]}", "FI as debtor is no party of O01"),
        ("{on: [notified], per: case, met_by: [notified]}", "is opened and met by the same word: notified"),
        ("{on: [month_begun], per: case, met_by: [notified]}", "what the calendar opens is owed per unit"),
        ("{on: [measure_taken], per: unit, met_by: [notified]}", "what the calendar opens is owed per unit"),
        ("{on: [month_begun], per: unit, met_by: [notified]}", "it is to say the levels of its debtors"),
        ("{on: [month_begun, visited], per: unit, levels: [county], met_by: [notified]}", "occasions of their own"),
        ("{on: [visited], per: case, met_by: [notified], due: {unit: none}}", "has no clock"),
        ("{on: [visited], per: case, met_by: [notified], urgent: {unit: H}}", "a clock in H needs a value"),
        ("{on: [visited], per: case, met_by: [notified], whose: moon}", "unknown word 'moon' in 'whose'"),
        ("{on: [visited], per: case, met_by: [notified], extra: 1}", "'extra' is no field of this"),
    ],
)  # fmt: skip
def test_wrong_occasion_is_a_fault_with_its_line(tmp_path: Path, occasion: str, expected: str) -> None:
    found = faults_of(tmp_path, OBLIGATION.replace("OCCASION", occasion))
    assert any(fault.startswith("obligations.yaml:10: ") and expected in fault for fault in found), found


def test_obligation_that_nothing_opens_is_a_fault(tmp_path: Path) -> None:
    found = faults_of(tmp_path, OBLIGATION.replace("  occasions:\n    - OCCASION\n", "  occasions: []\n"))
    assert found == ["obligations.yaml:1: O01: nothing ever opens it"]


def test_words_of_the_calendar_and_of_happenings_are_two_sets() -> None:
    assert not set(CALENDAR) & set(HAPPENINGS)


def test_every_word_that_opens_or_meets_is_used() -> None:
    book = load_policies()
    used = {word for rule in book.obligations.values() for each in rule.occasions for word in (*each.on, *each.met_by)}
    assert set(CALENDAR) <= used
    kinds = set(CODE_LISTS["case_event_type"].codes)
    assert set(HAPPENINGS) - used <= {"dispatched"} | kinds
