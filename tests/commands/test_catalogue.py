"""The acts as they are declared: each with a clause, words, and a right that somebody holds."""

from __future__ import annotations

import pytest

from hub.commands.catalogue import COMMANDS
from hub.commands.words import Kind
from hub.interface import DEEDS
from hub.ledger.permission import Holder
from hub.ledger.types import FIELDS
from hub.policy import words
from hub.policy.book import load_policies
from hub.policy.compile import Policy
from hub.policy.grant import Subject
from schema.codes import CODE_LISTS

POLICY = Policy(load_policies())
HOLDERS = [
    Holder(grant=POLICY.grant(Subject(unit_type=each.unit_type, level=each.level), {"officer", "handling_officer"}))
    for each in words.SUBJECTS
    if each.level in words.UNIT_TYPES[each.unit_type].levels
]
KINDS = pytest.mark.parametrize("kind", COMMANDS.values(), ids=COMMANDS)


def test_no_act_is_called_as_the_keeping_of_a_row() -> None:
    assert not DEEDS.keys() & FIELDS.keys()


@KINDS
def test_somebody_may(kind: Kind) -> None:
    assert [holder for holder in HOLDERS if DEEDS[kind.name].is_open(holder)]


@KINDS
def test_every_act_names_its_clause_and_its_words(kind: Kind) -> None:
    assert kind.source and kind.label.zh and kind.label.en
    assert len({value.name for value in kind.values}) == len(kind.values)
    for value in kind.values:
        assert value.item.field.codes is None or value.item.field.codes in CODE_LISTS
