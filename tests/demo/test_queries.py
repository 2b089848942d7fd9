"""The queries of the demo: they fit the schema, and the guide's commands carry them unchanged."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from graphql import parse, print_ast, validate

from hub.demo.asking import STOPS, query_text
from hub.demo.guide import compact, guide
from hub.demo.story import CHILD_ID
from hub.demo.tour import LINES
from hub.interface import interface
from schema.classes import Level
from schema.registry import ENTITIES

NAMES = [*(stop.query for stop in STOPS), "tour"]
SCHEMA = interface()


@pytest.mark.parametrize("name", NAMES)
def test_a_query_fits_the_schema(name: str) -> None:
    assert validate(SCHEMA, parse(query_text(name))) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_query_asks_for_nothing_sealed(name: str) -> None:
    """A sealed field is no field at all to most units, and one such field would refuse the whole question."""
    sealed = {
        camel_case(field.name)
        for entity in ENTITIES.values()
        for field in entity.fields.values()
        if field.level is Level.L5
    } - {
        camel_case(field.name)
        for entity in ENTITIES.values()
        for field in entity.fields.values()
        if field.level is not Level.L5
    }
    assert set(re.findall(r"\w+", query_text(name))) & sealed == set()


def camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(map(str.capitalize, rest))


@pytest.mark.parametrize("name", NAMES)
def test_compacting_changes_no_meaning(name: str) -> None:
    assert print_ast(parse(compact(query_text(name)))) == print_ast(parse(query_text(name)))


def test_the_guide_s_commands_can_be_pasted() -> None:
    text = guide("http://127.0.0.1:8000")
    commands = [shlex.split(line) for line in text.splitlines() if line.strip().startswith("curl")]
    assert len(commands) == len(STOPS)
    for words, stop in zip(commands, STOPS, strict=True):
        assert words[2] == "http://127.0.0.1:8000/graphql"
        assert f"token {stop.unit})" in words[4]
        assert json.loads(words[-1])["query"] == compact(query_text(stop.query))
    assert CHILD_ID in text


def test_every_line_of_the_tour_is_asked_for() -> None:
    document = query_text("tour")
    asked = {word for line in LINES for word in line.path}
    assert {word for word in asked if not re.search(rf"\b{word}\b", document)} == set()
