"""Gaps between duties, rules and obligations are told to the administrators."""

from __future__ import annotations

from pathlib import Path

from hub.policy.book import PolicyBook, load_policies
from hub.policy.gaps import find_gaps
from tests.policy.small_book import RULES, write_policies


def test_duty_that_reads_nothing_is_told(tmp_path: Path) -> None:
    rules = RULES.replace("actions: [list, read], scope: case", "actions: [accept], scope: case")
    book = load_policies(write_policies(tmp_path, {"rules/rules.yaml": rules}))
    assert find_gaps(book).duties_without_access == ("PS-1",)


def test_duty_without_partner_and_task_without_rule_are_told(tmp_path: Path) -> None:
    gaps = find_gaps(load_policies(write_policies(tmp_path, {})))
    assert gaps.duties_without_partner == ("ED-1", "PS-1")
    assert gaps.tasks_without_rule == ("T03 ED", "T03 PS")
    assert gaps.access_beyond_plan == ("P16.1",)


def test_shipped_policies_give_every_reading_duty_its_access(book: PolicyBook) -> None:
    assert find_gaps(book).duties_without_access == ("ED-4", "GEN-5", "GEN-6", "GEN-8")
