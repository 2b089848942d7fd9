"""Answers from a real database: odd names and odd values come through as they are, or are refused with a code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from hub import errors
from hub.database import Role
from hub.query.answer import Answered
from schema.registry import METADATA
from tests.conftest import MakeDatabase
from tests.query.asking import asker, granted
from tests.query.small_city import COUNTY, child_id, fill
from tests.query.test_statement import INJECTIONS
from tests.reference.fast import FastPath, Refusal, parsed

GRANT = granted(("D01 D02 D03 D04 D05 D06 D17", "full", "own"), ("D38/directory", "full", "any"))
ODD = (
    'a"b', "a\\b", "\\", '\\"', "line\nline", "tab\there", "\r\n", "\u0001\u001f", "\u007f", "\u2028\u2029", "😀",
    "𠮷𠮷",
    "e\u0301", "\ufeff", "\ue000", "‮abc", "null", "NULL", "{}", "[1]", "<script>", " ", "'", "''", "x" * 5000,
)  # fmt: skip


@pytest.fixture(scope="module")
def fast(make_database: MakeDatabase, worker_id: str) -> Iterator[FastPath]:
    database = make_database(f"answer_{worker_id}")
    fill(database)
    child = METADATA.tables["child"]
    with database.engine(Role.MIGRATOR).begin() as connection:
        for number, value in enumerate((*ODD, *INJECTIONS)):
            row = {
                "county": COUNTY, "id": f"child_{COUNTY}_odd{number:03d}", "child_no": f"odd-{number}", "name": value,
                "former_names": [value, ""], "sex": "1", "birth_date": "2015-01-01",
                "residence_division": "430621105201", "lbc_status": "active", "source_unit": "ED@430621",
                "recorded_at": "2026-01-01T00:00:00Z", "recorded_by": "test",
            }  # fmt: skip
            connection.execute(child.insert(), row)
    made = FastPath(database.conninfo(Role.READER))
    yield made
    made.close()


def ask(fast: FastPath, text: str, **variables: Any) -> Any:
    answered = fast.ask(text, variables, GRANT, asker())
    assert isinstance(answered, Answered)
    assert orjson.loads(answered.data) == parsed(answered.data)
    return parsed(answered.data)


@pytest.mark.parametrize("number", range(len(ODD) + len(INJECTIONS)))
def test_values_come_through_as_they_are(fast: FastPath, number: int) -> None:
    value = (*ODD, *INJECTIONS)[number]
    text = """query ($v: String!, $vs: [String!]) {
      eq: children(filter: {name: {eq: $v}}) { nodes { id name formerNames } }
      listed: children(filter: {name: {in: $vs}, formerNames: {has: $v, hasAny: $vs}}) { nodes { id } } }"""
    found = ask(fast, text, v=value, vs=[value, "nobody"])
    row = f"child_{COUNTY}_odd{number:03d}"
    assert found["eq"]["nodes"] == [{"id": row, "name": value, "formerNames": [value, ""]}]
    assert found["listed"]["nodes"] == [{"id": row}]


def test_injections_change_nothing(fast: FastPath) -> None:
    before = ask(fast, "{ children { count { value } } }")
    for value in INJECTIONS:
        for text in (
            "query ($v: ID!) { child(id: $v) { id } }",
            "query ($v: String!) { child(childNo: $v) { name } }",
            "query ($v: String!) { children(filter: {residenceDivision: {within: $v}}) { nodes { id } } }",
            "query ($v: String!) { children(filter: {sex: {eq: $v}}) { nodes { id } } }",
        ):
            ask(fast, text, v=value)
        with pytest.raises(AssertionError):
            ask(fast, "query ($v: String!) { children(after: $v) { nodes { id } } }", v=value)
    assert ask(fast, "{ children { count { value } } }") == before


@pytest.mark.parametrize("value", ["a\0b", "\ud800", "x\udfff"])
def test_text_that_postgresql_cannot_hold_is_refused(fast: FastPath, value: str) -> None:
    for text in (
        "query ($v: String!) { children(filter: {name: {eq: $v}}) { nodes { id } } }",
        "query ($v: [String!]) { children(filter: {name: {in: $v}}) { nodes { id } } }",
        "query ($v: ID!) { child(id: $v) { id } }",
    ):
        refused = fast.ask(text, {"v": [value] if "[" in text else value}, GRANT, asker())
        assert isinstance(refused, Refusal) and refused.code == errors.PlanError.code


@pytest.mark.parametrize("alias", ["q", "id", "t1", "c1", "g0", "j0", "w0", "county", "_", "n1", "nodes", "a" * 63])
def test_aliases_name_only_what_is_shown(fast: FastPath, alias: str) -> None:
    other = alias[:-1] + "b" if len(alias) == 63 else f"{alias}2"
    text = f"""{{ children(first: 1, orderBy: {{field: CHILD_NO}}) {{ nodes {{ {alias}: name {other}: sex childNo
                  f: family {{ {alias}: householdSize }} }} edges {{ {alias}: node {{ {alias}: age }} }} }} }}"""
    (row,) = ask(fast, text)["children"]["nodes"]
    assert row == {alias: "张0", other: "1", "childNo": "4306211000000000", "f": None}


def test_output_names_do_not_capture_the_order(fast: FastPath) -> None:
    text = (
        "{ children(first: 3, orderBy: {field: BIRTH_DATE}) { nodes { birthDate: name birth_date: sex id: childNo } } }"
    )
    aliased = ask(fast, text)["children"]["nodes"]
    plain = ask(fast, "{ children(first: 3, orderBy: {field: BIRTH_DATE}) { nodes { name childNo } } }")
    assert [row["id"] for row in aliased] == [row["childNo"] for row in plain["children"]["nodes"]]


def test_everything_skipped_leaves_empty_objects(fast: FastPath) -> None:
    text = "query ($no: Boolean!) { children(first: 1) { nodes { name @include(if: $no) } } }"
    assert ask(fast, text, no=False) == {"children": {"nodes": [{}]}}


def test_one_row_by_id_out_of_reach_is_as_one_that_is_not(fast: FastPath) -> None:
    """The village of the other children asks."""
    village = asker("VC@430621104201")
    grant = granted(("D01", "full", "own"), unit="VC@430621104201")
    text = "query ($id: ID!) { child(id: $id) { id name } node(id: $id) { id } }"
    hidden = fast.ask(text, {"id": child_id(21)}, grant, village)
    absent = fast.ask(text, {"id": child_id(99)}, grant, village)
    assert isinstance(hidden, Answered) and isinstance(absent, Answered)
    assert (hidden.data, hidden.access, hidden.ids) == (absent.data, absent.access, absent.ids)
    assert hidden.data == b'{"child":null,"node":null}'


def test_one_plan_serves_ids_of_many_types(fast: FastPath) -> None:
    text = "query ($id: ID!) { node(id: $id) { id __typename } }"
    assert ask(fast, text, id=child_id(1))["node"]["__typename"] == "Child"
    assert ask(fast, text, id="organisation_ED@430621")["node"]["__typename"] == "Organisation"
    assert ask(fast, text, id=child_id(2))["node"]["id"] == child_id(2)


def test_cursor_of_another_unit_is_refused(fast: FastPath) -> None:
    text = "query ($a: String) { children(first: 1, after: $a) { nodes { id } pageInfo { endCursor } } }"
    cursor = ask(fast, text)["children"]["pageInfo"]["endCursor"]
    refused = fast.ask(text, {"a": cursor}, granted(("D01", "full", "own"), unit="CA@430621"), asker("CA@430621"))
    assert refused == Refusal(code="CURSOR_INVALID")
    assert ask(fast, text, a=cursor)["children"]["nodes"] != []


def test_duplicate_orders_count_once(fast: FastPath) -> None:
    text = "{{ children(first: 3, orderBy: [{orders}]) {{ nodes {{ id }} }} }}"
    once = ask(fast, text.format(orders="{field: NAME}"))
    assert ask(fast, text.format(orders="{field: NAME}, {field: NAME, direction: DESC}")) == once
