"""An explanation gives the sentence behind a right, or what is missing and who has it."""

from __future__ import annotations

from hub.policy.book import PolicyBook
from hub.policy.compile import compile_grant
from hub.policy.explain import Explanation, explain
from hub.policy.words import Subject


def explained(book: PolicyBook, name: str, group: str, action: str = "list") -> Explanation:
    unit_type, level = name.split("/")
    return explain(book, compile_grant(book, Subject(unit_type=unit_type, level=level), {"officer"}), group, action)


def test_right_is_explained_by_rule_duty_and_clause(book: PolicyBook) -> None:
    explanation = explained(book, "ED/county", "D11")
    (allowed,) = explanation.allowed
    (ground,) = allowed.grounds
    assert (ground.entry, ground.duty, ground.clause) == ("P22.1", "ED-1", "001 附件四（八）")
    assert (
        allowed.sentence.zh
        == "可列表查询“就学”（全部内容），范围：本单位辖区或本单位的对象，在校学生和适龄未入学儿童。"
    )
    assert ground.conflicts == ("X8",)
    assert explanation.refusal is None


def test_needed_number_is_said(book: PolicyBook) -> None:
    explanation = explained(book, "CA/county", "D15/illness")
    assert [a.purpose.zh for a in explanation.allowed if a.purpose] == ["申请编号"]


def test_denial_is_explained_by_its_rule(book: PolicyBook) -> None:
    explanation = explained(book, "JC/prefecture", "D01")
    assert not explanation.granted
    assert explanation.nearest is not None
    assert (explanation.nearest.entry, explanation.nearest.duty) == ("P56.6", "JC-1")
    assert explanation.missing is None


def test_absence_is_explained_by_the_missing_duty_and_its_holders(book: PolicyBook) -> None:
    explanation = explained(book, "TX/county", "D36")
    assert explanation.missing is not None and explanation.missing.code == "FI-1"
    assert [label.zh for label in explanation.holders] == ["财政部门", "民政部门"]
    assert explanation.nearest is None


def test_every_cell_of_every_unit_can_be_explained(book: PolicyBook) -> None:
    for unit in ("CA/county", "SC/township", "CT/county"):
        for group in book.objects.groups:
            explanation = explained(book, unit, group, "read")
            assert explanation.granted == (explanation.refusal is None)


def test_duty_is_the_one_of_the_unit_that_asks(book: PolicyBook) -> None:
    grounds = [ground.duty for a in explained(book, "WI/county", "D22", "read").allowed for ground in a.grounds]
    assert grounds == ["RS-1", "RS-1"]
