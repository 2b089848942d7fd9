"""The vocabularies are closed, labelled in both languages, and mean something in SQL."""

from __future__ import annotations

import pytest

from hub.policy import words
from hub.policy.source import wrong_word
from schema import scopes
from schema.classes import Label

VOCABULARIES = [
    words.LEVELS,
    words.MODES,
    words.SCOPES,
    words.CONDITIONS,
    words.UNLESS,
    words.PURPOSES,
    words.ROLES,
    words.ACTIONS,
    {code: unit.label for code, unit in words.UNIT_TYPES.items()},
]


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_word_is_plain_and_has_two_labels(vocabulary: dict[str, Label]) -> None:
    assert [word for word in vocabulary if wrong_word(word)] == []
    assert all(label.zh and label.en for label in vocabulary.values())


def test_there_are_27_members_and_8_other_actors() -> None:
    members = [unit for unit in words.UNIT_TYPES.values() if unit.member]
    assert (len(members), len(words.UNIT_TYPES)) == (27, 35)


def test_every_condition_has_a_meaning_in_sql() -> None:
    assert set(words.CONDITIONS) == set(scopes.CHILD_CONDITIONS) | set(scopes.ROW_CONDITIONS)


def test_every_exception_has_a_meaning_in_sql() -> None:
    assert set(words.UNLESS) == set(scopes.UNLESS)


def test_modes_are_ordered_by_strength() -> None:
    assert list(words.MODES) == ["full", "masked", "pseudo", "flag", "meta", "aggregate"]


@pytest.mark.parametrize("text", ["", " ", "D01,D02", "D01\n", "D 01", "Ｄ01", "re\u0430d", "a\u200bb", "-x", "a;b"])
def test_text_that_only_looks_like_a_word_is_refused(text: str) -> None:
    assert wrong_word(text)
