"""What the shipped policies hold, and what makes two books the same version."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hub.policy import words
from hub.policy.book import PolicyBook, load_policies
from hub.policy.compile import compile_grant
from hub.policy.words import Subject
from tests.policy.small_book import RULES, write_policies

ED = Subject(unit_type="ED", level="county")


def test_every_row_of_the_matrix_is_there(book: PolicyBook) -> None:
    rows = {f"P{number:02}" for number in range(1, 67)}
    assert rows | {f"B{number:02}" for number in range(1, 14)} == set(book.rules)


def test_every_task_obligation_and_conflict_is_there(book: PolicyBook) -> None:
    assert list(book.tasks) == [f"T{number:02}" for number in range(1, 23)]
    assert list(book.obligations) == [f"O{number:02}" for number in range(1, 41)]
    assert list(book.conflicts) == [f"X{number}" for number in range(1, 13)]


def test_every_type_of_unit_has_a_duty_and_a_rule(book: PolicyBook) -> None:
    assert all(any(not duty.standing for duty in book.duties_of(unit)) for unit in words.UNIT_TYPES)
    assert {unit for rule in book.rules.values() for unit in rule.units} == set(words.UNIT_TYPES)


def test_a_clock_without_a_number_in_its_source_is_marked_as_our_proposal(book: PolicyBook) -> None:
    proposed = {code for code, obligation in book.obligations.items() if obligation.clock.proposed}
    assert {"O01", "O05", "O18", "O29", "O36"} <= proposed
    assert not {"O04", "O28", "O33", "O34"} & proposed


def test_comment_and_order_of_files_are_no_new_version(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    first = load_policies(write_policies(one, {}))
    second = load_policies(write_policies(other, {"rules/rules.yaml": "# said otherwise\n" + RULES}), version=2)
    assert first.digest == second.digest
    assert (first.version, second.version) == (1, 2)


def test_changed_mode_is_another_version(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    changed = RULES.replace(
        "mode: full, actions: [list, read], scope: own", "mode: masked, actions: [list, read], scope: own"
    )
    digests = {
        load_policies(write_policies(one, {})).digest,
        load_policies(write_policies(other, {"rules/rules.yaml": changed})).digest,
    }
    assert len(digests) == 2


def test_rule_holds_from_its_first_to_its_last_day(tmp_path: Path) -> None:
    rules = RULES.replace("scope: own}", "scope: own, valid_from: 2020-01-01, valid_to: 2020-12-31}")
    book = load_policies(write_policies(tmp_path, {"rules/rules.yaml": rules}))
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1)]
    held = [bool(compile_grant(book, ED, {"officer"}, day=day).rights_on("D11", "read")) for day in days]
    assert held == [False, True, True, False]


def test_end_of_a_duty_ends_its_rights(tmp_path: Path) -> None:
    duties = (write_policies(tmp_path, {}) / "duties.yaml").read_text(encoding="utf-8")
    (tmp_path / "duties.yaml").write_text(duties.replace("tasks: [T03]", "valid_to: 2020-12-31", 1), encoding="utf-8")
    book = load_policies(tmp_path)
    held = [
        bool(compile_grant(book, ED, {"officer"}, day=date(2020 + later, 12, 31)).rights_on("D11", "read"))
        for later in (0, 1)
    ]
    assert held == [True, False]
