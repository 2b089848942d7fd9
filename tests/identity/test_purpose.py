"""A purpose is stated once, in a closed form, and its duty is one of the unit's."""

from __future__ import annotations

from typing import Any

import pytest

from hub import errors
from hub.identity.identity import Purpose
from hub.identity.purpose import check_duty, read_purpose

OWNERS = {"ED-1": "ED", "CA-1": "CA"}


def headers(**values: str) -> list[tuple[bytes, bytes]]:
    return [(f"hub-{name}".encode(), value.encode()) for name, value in values.items()]


def refused(given: list[tuple[bytes, bytes]], stated: object = None) -> None:
    with pytest.raises(errors.PurposeInvalid) as caught:
        read_purpose(given, stated)
    assert caught.value.status == 400


def test_purpose_is_read_from_headers() -> None:
    given = headers(duty="ED-1", case="CASE-2026/17", task="T03-9", application="A.1")
    assert read_purpose([(b"accept", b"*/*"), *given]) == Purpose(
        duty="ED-1", case_no="CASE-2026/17", task_no="T03-9", application_no="A.1"
    )


def test_purpose_is_read_from_the_body() -> None:
    stated = {"duty": "ED-1", "caseNo": "C-1", "taskNo": None}
    assert read_purpose([], stated) == Purpose(duty="ED-1", case_no="C-1")


def test_header_and_body_complete_each_other() -> None:
    assert read_purpose(headers(duty="ED-1"), {"duty": "ED-1", "caseNo": "C-1"}) == Purpose(duty="ED-1", case_no="C-1")


def test_header_names_are_read_in_any_case() -> None:
    assert read_purpose([(b"Hub-Duty", b"ED-1")]) == Purpose(duty="ED-1")


@pytest.mark.parametrize("stated", [None, {}], ids=str)
def test_no_purpose_is_a_purpose_of_nothing(stated: object) -> None:
    assert read_purpose([], stated) == Purpose()


def test_two_purposes_are_refused() -> None:
    refused(headers(case="C-1"), {"caseNo": "C-2"})
    refused([*headers(duty="ED-1"), *headers(duty="ED-2")])
    refused([(b"hub-case", b"C-1"), (b"Hub-Case", b"C-2")])


@pytest.mark.parametrize("value", ["", " C-1", "C-1 ", "C-1\n", "C 1", "案件一", "C-1;x", "'", "-1", "x" * 65, "C\0"])
def test_number_out_of_form_is_refused(value: str) -> None:
    refused(headers(case=value))
    refused([], {"caseNo": value})


@pytest.mark.parametrize("value", ["", "ED-1 ", "ED 1", "ЕD-1", "1", "ED-1,CA-1", "*", "ED-" + "1" * 13])
def test_duty_out_of_form_is_refused(value: str) -> None:
    refused(headers(duty=value))


@pytest.mark.parametrize("value", ["430621201001011234", "43062120100101123X", "13800001234", "C430621201001011234"])
def test_number_of_a_person_is_no_purpose(value: str) -> None:
    refused(headers(case=value))


@pytest.mark.parametrize("stated", ["ED-1", 5, [], True, {"duty": 1}, {"duty": ["ED-1"]}, {"role": "x"}], ids=str)
def test_body_out_of_form_is_refused(stated: Any) -> None:
    refused([], stated)


def test_duty_must_be_the_units_own() -> None:
    check_duty(Purpose(), "ED", OWNERS)
    check_duty(Purpose(duty="ED-1"), "ED", OWNERS)
    for duty in ("CA-1", "ED-9"):
        with pytest.raises(errors.PurposeInvalid):
            check_duty(Purpose(duty=duty), "ED", OWNERS)
