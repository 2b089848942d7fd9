"""A refusal says why, whom to ask and what to do next, and tells nothing of what it withholds."""

from __future__ import annotations

import pytest

from hub.policy import words
from hub.policy.book import PolicyBook
from hub.policy.compile import compile_grant
from hub.policy.grant import Grant, Refusal
from hub.policy.words import Subject


def grant(book: PolicyBook, name: str, role: str = "officer", duty: str | None = None) -> Grant:
    unit_type, level = name.split("/")
    return compile_grant(book, Subject(unit_type=unit_type, level=level), {role}, duty)


@pytest.mark.parametrize(
    ("subject", "group", "code"),
    [
        ("ED/county", "D09/check", "NO_DUTY"),
        ("ED/county", "D01", "OUT_OF_DIVISION"),
        ("ED/county", "D27/schooling", "NOT_ON_CASE"),
        ("WF/county", "D32", "NOT_ASSIGNED"),
        ("HE/county", "D18", "NEEDS_LEASE"),
        ("ED/county", "D25", "NEVER"),
        ("ED/county", "D31/location", "NEVER"),
        ("JC/prefecture", "D01/brief", "NO_DUTY"),
    ],
)
def test_code_by_what_is_missing(book: PolicyBook, subject: str, group: str, code: str) -> None:
    assert grant(book, subject).refusal(group, "read").code == code


def test_purpose_is_asked_for_where_only_its_number_is_missing(book: PolicyBook) -> None:
    service = grant(book, "CA/prefecture", "service")
    assert service.refusal("D15/illness", "list", ()).code == "NEEDS_PURPOSE"
    assert "申请编号" in service.refusal("D15/illness", "list", ()).next_step.zh


def test_mode_that_shows_nothing_of_a_field_is_no_matter_of_rows(book: PolicyBook) -> None:
    assert grant(book, "VC/village").refusal("D17", "list", ()).code == "NO_DUTY"


def test_missing_duty_names_owner_holders_and_share_request(book: PolicyBook) -> None:
    refusal = grant(book, "TX/county").refusal("D36", "list")
    assert refusal.code == "NO_DUTY"
    assert refusal.duty == "FI-1"
    assert refusal.holders == ("FI", "CA")
    assert "财政部门" in refusal.next_step.zh and "share request" in refusal.next_step.en


def test_denying_rule_is_named(book: PolicyBook) -> None:
    refusal = grant(book, "JC/county").refusal("D01", "list")
    assert (refusal.rule, refusal.duty) == ("P56.6", None)
    assert "P56.6" in refusal.next_step.en


def test_other_duty_of_the_same_unit_is_named(book: PolicyBook) -> None:
    refusal = grant(book, "ED/county", duty="ED-3").refusal("D11", "list")
    assert (refusal.code, refusal.duty) == ("NO_DUTY", "ED-1")
    assert "Hub-Duty" in refusal.next_step.en


def test_other_role_of_the_same_unit_is_named(book: PolicyBook) -> None:
    refusal = grant(book, "ED/county", "liaison").refusal("D11", "list")
    assert (refusal.code, refusal.duty) == ("NO_DUTY", "ED-1")
    assert refusal.next_step.en == "In your unit the officer does this."


def test_write_is_answered_with_a_correction_request(book: PolicyBook) -> None:
    refusal = grant(book, "ED/county").refusal("D10", "register")
    assert refusal.duty == "PS-4"
    assert "公安机关" in refusal.next_step.zh and "correction request" in refusal.next_step.en


def test_sealed_data_is_refused_alike_to_everyone_without_a_right(book: PolicyBook) -> None:
    sealed = {
        (refusal.code, refusal.duty, refusal.next_step, refusal.holders)
        for subject in words.SUBJECTS
        for group in ("D23", "D25", "D30", "D29/document", "D31/location")
        for refusal in [grant(book, subject.name).refusal(group, "read")]
        if subject.level == "county" and subject.unit_type in words.UNIT_TYPES
    }
    assert len(sealed) == 1


def test_sealed_data_is_refused_alike_in_every_action(book: PolicyBook) -> None:
    refusals: set[Refusal] = {grant(book, "ED/county").refusal("D25", action) for action in words.ACTIONS}
    assert len(refusals) == 1


def test_every_refusal_has_a_next_step_in_both_languages(book: PolicyBook) -> None:
    for name in ("ED/county", "PS/township", "JC/prefecture", "ST/prefecture", "VC/village"):
        held = grant(book, name)
        for group in book.objects.groups:
            for action in ("list", "read", "update"):
                for refusal in (held.refusal(group, action), held.refusal(group, action, ())):
                    assert refusal.next_step.zh and refusal.next_step.en
                    assert "{" not in refusal.next_step.zh + refusal.next_step.en
