"""Statements: no value of the request in the text, no column that was not planned, no name of a caller's choosing."""

from __future__ import annotations

import re

import pytest

from hub.query.statement import Statement, select_root
from schema.scopes import Caller
from tests.query.asking import granted, planned

GRANT = granted(
    ("D01 D04/village D02", "full", "own"),
    ("D06", "full", "case", {"unless": ("sealed", "conflict_of_interest")}),
    ("D11", "full", "assigned", {"condition": "applicant"}),
    ("D38/directory", "full", "any"),
)
INJECTIONS = (
    "'; DROP TABLE child; --", "' OR '1'='1", '" OR ""="', "\\'; SELECT pg_sleep(9); --", "$1", "$$x$$",
    "%s %(x)s :v0", "E'\\047", "/* */", "x\u0000y".replace("\u0000", "\\u0000"), "ʼ OR 1=1", "'::text || (SELECT 1)",
    "{a,b}", '{"a"}',
)  # fmt: skip


def statement(text: str, **variables: object) -> Statement:
    return select_root(planned(text, GRANT, variables), Caller())


@pytest.mark.parametrize("value", INJECTIONS)
def test_text_of_a_statement_does_not_depend_on_values(value: str) -> None:
    text = """query ($a: String!, $b: [String!], $id: ID!, $after: String, $at: DateTime) {
      children(after: $after, asOf: $at, filter: {name: {eq: $a, in: $b}, or: [{residenceDivision: {within: $a}}],
                                        formerNames: {has: $a, hasAny: $b}, family: {members: {name: {ne: $a}}}}) {
        nodes { id enrolments(filter: {school: {name: {eq: $a}}, id: {eq: $id}}) { id } } } }"""

    def made(held: str) -> Statement:
        given = {"a": held, "b": [held], "id": held, "after": held, "at": "2026-01-01T00:00:00Z"}
        return statement(text, **given)

    assert made(value).sql == made("plain").sql
    assert "plain" not in made("plain").sql


def test_literals_are_bound_like_variables() -> None:
    text = """{ children(filter: {name: {eq: "marker-1", in: ["marker-2"]}, birthDate: {gt: "2011-11-11"},
                                 formerNames: {isNull: false}, residenceDivision: {within: "430621104000"}},
                         asOf: "2026-01-02T03:04:05Z") { nodes { id } } }"""
    sql = statement(text).sql
    for value in ("marker", "2011", "430621104", "03:04:05"):
        assert value not in sql
    assert not re.search(r"\$\d+(?!::|\d)\s*;", sql) and ";" not in sql


def test_only_planned_columns_reach_the_statement() -> None:
    sql = statement("{ children { nodes { name } } }").sql
    for column in ("citizen_id_no", "photo", "residence_address", "child_phone", "birth_date"):
        assert column not in sql


@pytest.mark.parametrize("alias", ["q", "id", "t1", "c1", "g0", "j0", "w0", "county", "_", "x1", "n1", "r1", "a" * 63])
def test_names_of_a_callers_choosing_are_quoted_and_never_referred_to(alias: str) -> None:
    """A chosen name is only ever declared, and taken from the very row that declares it."""
    sql = statement(f"{{ children {{ nodes {{ {alias}: name }} count {{ value }} }} }}").sql
    bare = re.findall(rf'(?<![\w.$"]){alias}\b(?!["\w])', sql.replace(f"AS {alias}", ""))
    assert f'"{alias}"' in sql and (not bare or alias in ("t1", "c1", "county", "id"))


def test_page_size_stands_in_the_statement() -> None:
    assert re.search(r"LIMIT 7\b", statement("{ children(first: 7) { nodes { id } } }").sql)


def test_each_parameter_has_one_binding() -> None:
    made = statement('{ children(filter: {name: {eq: "a"}, sex: {eq: "b"}}) { nodes { id } } }')
    numbers = {int(number) for number in re.findall(r"\$(\d+)", made.sql)}
    assert numbers == set(range(1, len(made.parameters) + 1))
    assert all(name.startswith("@") or name in made.leaves for name in made.parameters)
