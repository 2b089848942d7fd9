"""The shipped policies decide as expected, for every type of unit, and every rule is exercised."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.policy.book import PolicyBook, load_policies
from hub.policy.check import check_expected
from hub.policy.expected import Block, load_expected
from hub.policy.source import PolicyFaults
from hub.policy.words import SUBJECTS, UNIT_TYPES, Subject
from tests.policy.small_book import write_policies

SMALL = """
- subjects: [ED]
  roles: [officer]
  allow:
    - {objects: D11 D12, actions: list read, as: full own}
- subjects: [PS]
  roles: [officer, service]
  allow:
    - {objects: D22, actions: list read, as: full case}
"""


@pytest.fixture(scope="session")
def blocks(book: PolicyBook) -> tuple[Block, ...]:
    return load_expected(book.objects)


@pytest.mark.parametrize("unit_type", sorted(UNIT_TYPES))
def test_unit_type_may_do_what_is_expected_and_nothing_else(
    book: PolicyBook, blocks: tuple[Block, ...], unit_type: str
) -> None:
    subjects = [subject for subject in SUBJECTS if subject.unit_type == unit_type]
    checked = check_expected(book, blocks, subjects=subjects)
    assert [str(failure) for failure in checked.failures] == []
    unexercised = {line.entry.id for line in book.index.get(unit_type, ()) if line.entry.id in checked.uncovered}
    assert unexercised == set()


def small(tmp_path: Path, expected: str) -> list[str]:
    root = write_policies(tmp_path, {})
    (root / "expected").mkdir()
    (root / "expected" / "small.yaml").write_text(expected.removeprefix("\n"), encoding="utf-8")
    book = load_policies(root)
    subjects = [Subject(unit_type=unit, level="county") for unit in ("ED", "PS")]
    checked = check_expected(book, load_expected(book.objects, root), subjects=subjects)
    return [str(failure) for failure in checked.failures]


def test_unlisted_right_is_a_failure_at_its_rule(tmp_path: Path) -> None:
    assert small(tmp_path, SMALL) == [
        "rules/rules.yaml:8: ED/county as service: allowed by P22.1, not expected: " + cell
        for cell in sorted(
            f"{action} {group}: full own"
            for action in ("list", "read")
            for group in ("D11", "D11/school", "D12", "D12/status")
        )
    ]


def test_expected_right_that_is_denied_is_a_failure_at_its_line(tmp_path: Path) -> None:
    wrong = SMALL.replace("roles: [officer]", "roles: [officer, service]").replace("full case", "full own")
    failures = small(tmp_path, wrong)
    assert any(
        f.startswith("small.yaml:8") or "expected/small.yaml:8: PS/county as officer: denied" in f for f in failures
    )


def test_explicit_denial_that_is_not_met_is_a_failure(tmp_path: Path) -> None:
    denying = (
        SMALL.replace("roles: [officer]", "roles: [officer, service]")
        + "  deny:\n    - {objects: D22, actions: list}\n"
    )
    assert any("must be denied: list D22 in mode full (P16.1)" in failure for failure in small(tmp_path, denying))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (SMALL.replace("[ED]", "[XX]"), "unknown subject 'XX'"),
        (SMALL.replace("D11 D12", "D11 D99"), "unknown class or facet 'D99'"),
        (SMALL.replace("full own", "own full"), "'as' is to give a mode and a scope"),
        (SMALL.replace("full own", "full own maybe"), "unknown word 'maybe' in 'as'"),
    ],
)
def test_expectation_that_cannot_be_read_is_a_fault(tmp_path: Path, wrong: str, message: str) -> None:
    with pytest.raises(PolicyFaults) as caught:
        small(tmp_path, wrong)
    assert message in str(caught.value)
