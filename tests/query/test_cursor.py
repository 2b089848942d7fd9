"""Cursors open for the question, unit and order they were made for, and for nothing else."""

from __future__ import annotations

import base64

import pytest

from hub import errors
from hub.query.cursor import Cursors, binding
from hub.query.operation import Leaf

CURSORS = Cursors(b"k" * 32)
HERE = binding("ED@430621", "Child", {"filter": {"sex": {"eq": Leaf(value="1")}}}, {})


def test_sealed_values_come_back() -> None:
    values = ["张三", None, "", 'a"b\\c\n', "2015-01-05"]
    assert CURSORS.open(CURSORS.seal(values, HERE), HERE, length=5) == values


def test_equal_values_give_unequal_cursors() -> None:
    assert CURSORS.seal(["a"], HERE) != CURSORS.seal(["a"], HERE)


def test_cursor_shows_nothing_of_its_values() -> None:
    sealed = CURSORS.seal(["43062120150101123X"], HERE)
    assert b"4306212015" not in base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))


def test_every_altered_character_is_noticed() -> None:
    sealed = CURSORS.seal(["a", "b"], HERE)
    for place, character in enumerate(sealed[:-1]):
        altered = sealed[:place] + ("A" if character != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(errors.CursorInvalid):
            CURSORS.open(altered, HERE, length=2)


@pytest.mark.parametrize(
    "cursor", ["", "x", "=", "!!!!", "张三", "a" * 5000, "AAAA", "A" * 64, "a b", "\0", "YQ==" * 9]
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(errors.CursorInvalid):
        CURSORS.open(cursor, HERE, length=1)


@pytest.mark.parametrize(
    "elsewhere",
    [
        binding("ED@430623", "Child", {"filter": {"sex": {"eq": Leaf(value="1")}}}, {}),
        binding("ED@430621", "Family", {"filter": {"sex": {"eq": Leaf(value="1")}}}, {}),
        binding("ED@430621", "Child", {"filter": {"sex": {"eq": Leaf(value="2")}}}, {}),
        binding("ED@430621", "Child", {"filter": {"sex": {"ne": Leaf(value="1")}}}, {}),
        binding("ED@430621", "Child", {}, {}),
        binding("ED@430621", "Child", {"filter": {"sex": {"eq": Leaf(value="1")}}, "asOf": Leaf(value="2026")}, {}),
    ],
)
def test_cursor_of_another_question_or_unit_is_refused(elsewhere: bytes) -> None:
    with pytest.raises(errors.CursorInvalid):
        CURSORS.open(CURSORS.seal(["a"], HERE), elsewhere, length=1)


def test_a_value_is_the_same_as_literal_and_as_variable() -> None:
    variable = {"filter": {"sex": {"eq": Leaf(value="9", path=("s",))}}}
    assert binding("ED@430621", "Child", variable, {"s": "1"}) == HERE
    assert binding("ED@430621", "Child", variable, {"s": "2"}) != HERE


def test_cursor_of_another_length_or_key_is_refused() -> None:
    with pytest.raises(errors.CursorInvalid):
        CURSORS.open(CURSORS.seal(["a"], HERE), HERE, length=2)
    with pytest.raises(errors.CursorInvalid):
        Cursors(b"o" * 32).open(CURSORS.seal(["a"], HERE), HERE, length=1)
