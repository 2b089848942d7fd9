"""The error tree: codes, words in both languages, the shape callers see."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from hub import errors
from hub.errors import HubError, LimitDepth, all_errors, render_errors

ERRORS = list(all_errors())


def test_codes_are_unique() -> None:
    assert [code for code, count in Counter(error.code for error in ERRORS).items() if count > 1] == []


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_error_is_complete(error: type[HubError]) -> None:
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", error.code)
    assert 400 <= error.status < 600
    assert error.__doc__ and "\n" not in error.__doc__
    assert re.search(r"[\u4e00-\u9fff]", error.zh)
    assert bool(error.next_zh) == bool(error.next_en)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_both_languages_name_the_same_data(error: type[HubError]) -> None:
    assert set(re.findall(r"{(\w+)}", error.zh)) == set(re.findall(r"{(\w+)}", error.__doc__ or ""))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_error_without_data_still_renders(error: type[HubError]) -> None:
    assert "{" not in str(error()) and "{" not in error().message_zh


def test_data_with_braces_are_not_expanded() -> None:
    assert str(errors.HeaderRepeated(header="{x} {0}")) == "The header {x} {0} is given more than once."


def test_extensions_hold_what_a_caller_needs() -> None:
    assert LimitDepth(limit=12).extensions == {
        "code": "LIMIT_DEPTH",
        "retryable": False,
        "zh": "查询嵌套超过 12 层。",
        "nextStep": {"zh": "分两次查询：先取 id，再按 id 查。", "en": "Ask in two steps: ids first, then by id."},
    }


def test_only_failures_that_may_pass_are_retryable() -> None:
    assert {error.status for error in ERRORS if error.retryable} <= {408, 409, 429, 503, 504}


def test_stages_are_drawn_in_the_tree() -> None:
    stages = [error.__name__ for error in HubError.__subclasses__() if error.__module__ == errors.__name__]
    assert re.findall(r"[├└]── (\w+)", errors.__doc__ or "") == stages


def test_table_lists_every_code() -> None:
    assert sorted(re.findall(r"^\| `(\w+)`", render_errors(), re.MULTILINE)) == sorted(error.code for error in ERRORS)
