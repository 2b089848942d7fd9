"""Checklist C: what of the registry might be had by a side door; each test is named by its item."""

from __future__ import annotations

import pytest

from hub.database import Database, Role
from tests.query.small_city import child_id
from tests.security.conftest import Ask, code_of, refusal

ADDRESS = "甲一村 3 组"
PAGE = "{ children(first: 3) { nodes { %s } } }"


@pytest.mark.parametrize(
    "selection",
    [
        pytest.param("residenceAddress", id="direct"),
        pytest.param("name: residenceAddress", id="alias"),
        pytest.param("... { residenceAddress }", id="inline fragment"),
        pytest.param("... on Child { residenceAddress }", id="typed fragment"),
        pytest.param("... on Node { ... on Child { residenceAddress } }", id="interface"),
        pytest.param("residenceAddress @include(if: true)", id="include"),
        pytest.param("enrolments { child { residenceAddress } }", id="through another type"),
        pytest.param("enrolments { child { enrolments { child { x: residenceAddress } } } }", id="and back"),
    ],
)
def test_32_withheld_field_by_every_path(ask: Ask, selection: str) -> None:
    response = ask(PAGE % selection)
    assert response.status_code == 200
    assert ADDRESS not in response.text
    assert {entry["code"] for entry in response.json()["extensions"]["access"]} == {"NO_DUTY"}


def test_32_withheld_field_by_node_and_by_what_is_not_included(ask: Ask) -> None:
    by_node = ask(
        "query ($id: ID!) { node(id: $id) { ... on Child { name residenceAddress } } }", variables={"id": child_id(0)}
    )
    assert by_node.json()["data"]["node"] == {"name": "张0", "residenceAddress": None}
    skipped = ask(PAGE % "name residenceAddress @include(if: false)").json()
    assert skipped["extensions"]["access"] == []
    assert list(skipped["data"]["children"]["nodes"][0]) == ["name"]


@pytest.mark.parametrize(
    "arguments",
    [
        'filter: { residenceAddress: { eq: "x" } }',
        'filter: { not: { residenceAddress: { eq: "x" } } }',
        'filter: { or: [{ name: { eq: "x" } }, { residenceAddress: { isNull: true } }] }',
        'filter: { citizenIdNo: { eq: "x" } }',
        "orderBy: [{ field: RESIDENCE_ADDRESS }]",
        "orderBy: [{ field: CITIZEN_ID_NO }]",
    ],
)
def test_33_comparing_by_withheld_or_masked_fields(ask: Ask, arguments: str) -> None:
    response = ask(f"{{ children({arguments}) {{ count {{ value }} }} }}")
    assert response.status_code in (403, 422)  # not granted, or not even a field to order by
    assert code_of(response) in ("NOT_GRANTED", "DOCUMENT_INVALID")


def test_34_rows_out_of_scope_are_as_rows_that_are_none(ask: Ask) -> None:
    """The second village's child is none of the first village's committee; child 99 is nobody."""
    query = "query ($id: ID!) { child(id: $id) { name enrolments { stage } } node(id: $id) { id } }"
    elsewhere, nobody = (ask(query, "VC@430621104201", variables={"id": child_id(n)}) for n in (21, 99))
    assert (elsewhere.status_code, elsewhere.content) == (nobody.status_code, nobody.content)
    assert elsewhere.json()["data"] == {"child": None, "node": None}


def test_35_and_36_edges_nodes_and_counts_tell_the_same(ask: Ask) -> None:
    query = """{ children(first: 100) {
      nodes { id residenceAddress } edges { node { id residenceAddress } }
      count { value } pageInfo { hasNextPage }
    } }"""
    for unit, rows in (("VC@430621104201", 20), ("SC@430621104-01", 10), ("CT@430621", 0)):
        page = ask(query, unit).json()["data"]["children"]
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        assert (len(page["nodes"]), page["count"]["value"], page["pageInfo"]["hasNextPage"]) == (rows, rows, False)


def test_37_cursors_of_others(ask: Ask) -> None:
    page = "query ($after: String) { children(first: 2, after: $after) { nodes { id } pageInfo { endCursor } } }"
    cursor = ask(page).json()["data"]["children"]["pageInfo"]["endCursor"]
    assert ask(page, variables={"after": cursor}).status_code == 200
    assert refusal(ask(page, "VC@430621104201", variables={"after": cursor})) == (400, "CURSOR_INVALID")
    for forged in (cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB"), "", "x", cursor + cursor):
        assert refusal(ask(page, variables={"after": forged})) == (400, "CURSOR_INVALID")


def test_41_unknown_keys_of_inputs(ask: Ask) -> None:
    query = "query ($f: ChildFilter) { children(filter: $f) { count { value } } }"
    assert refusal(ask(query, variables={"f": {"is_admin": {"eq": True}}})) == (422, "VARIABLE_INVALID")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Hasura-Role": "admin"},
        {"X-Forwarded-User": "CA@430621", "X-Remote-User": "admin"},
        {"X-Unit": "CA@430621", "X-Roles": "system_admin"},
        {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1;by=_admin"},
    ],
)
def test_47_claims_by_headers(ask: Ask, headers: dict[str, str]) -> None:
    query = "{ viewer { unit { code } roles } children(first: 1) { nodes { residenceAddress } } }"
    assert ask(query, headers=headers).json() == ask(query).json()


def test_48_ids_are_not_guessed_by_aliases(ask: Ask) -> None:
    roots = " ".join(f'c{n}: child(id: "{child_id(n)}") {{ name }}' for n in range(21))
    assert refusal(ask(f"{{ {roots} }}")) == (400, "LIMIT_COST")


def test_49_the_same_document_under_each_units_own_policy(ask: Ask) -> None:
    query = "query Shared { children(first: 1) { nodes { name citizenIdNo } count { value } } }"
    answers = [ask(query, unit).json()["data"] for unit in ("ED@430621", "SC@430621104-01", "ST@430621", "ED@430621")]
    assert answers[0] == answers[3]
    assert [answer["children"] and answer["children"]["count"]["value"] for answer in answers[:3]] == [23, 10, None]


@pytest.mark.parametrize("query", [
    '{ child(id: "\'") { name } }',
    '{ child(id: "child_430621_x") { name } }',
    "{ children(filter: { birthDate: { eq: \"2012-13-45\" } }) { nodes { id } } }",
    "{ children(asOf: \"infinity\") { nodes { id } } }",
    "{ children(asOf: \"99999-01-01T00:00:00Z\") { nodes { id } } }",
    "{ investigationRecord(id: \"x\") { id } }",
])  # fmt: skip
def test_50_errors_name_nothing_of_the_storage(ask: Ask, query: str) -> None:
    response = ask(query)
    assert response.status_code < 500
    said = " ".join(error["message"] for error in response.json().get("errors", ())).lower()
    for word in ("select ", "psycopg", "sqlstate", "constraint", "relation", "column", "pg_", "child_pkey"):
        assert word not in said


INJECTIONS = [
    "' OR '1'='1",
    "'; DROP TABLE child; --",
    '" OR ""="',
    "$1",
    "%(x)s",
    "{}",
    "\\'; select pg_sleep(10); --",
    "1) UNION SELECT password FROM pg_shadow --",
    "'||(select version())||'",
    "E'\\x27",
    "%",
    "_",
    "/* */",
    "\u02bc OR 1=1",
    "{1,2}",
    '{"a"}',
    "NULL",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_51_injections(ask: Ask, city: Database, text: str) -> None:
    """In every kind of value, as literal's like and as variable: it is compared as text and matches nothing."""
    query = """query ($t: String!, $l: [String!]!, $i: ID!) {
      a: children(filter: { name: { eq: $t } }) { nodes { id } }
      b: children(filter: { name: { in: $l } }) { nodes { id } }
      c: children(filter: { lbcStatus: { in: $l } }) { nodes { id } }
      d: child(id: $i) { id }
      e: child(childNo: $t) { id }
    }"""
    response = ask(query, variables={"t": text, "l": [text, text], "i": text})
    if response.status_code == 200:
        found = response.json()["data"]
        assert [found[key] for key in "de"] == [None, None]
        assert [found[key]["nodes"] for key in "abc"] == [[], [], []]
    else:
        assert (response.status_code, code_of(response)) in ((400, "ARGUMENT_INVALID"), (422, "VARIABLE_INVALID"))
    with city.connect(Role.READER) as connection:
        assert connection.execute("select count(*) from child").fetchone() == (23,)


@pytest.mark.parametrize("order", ['"name; drop table child"', '"NAME"', "NAME_DESC", "childNo"])
def test_51_orders_are_an_enumeration(ask: Ask, order: str) -> None:
    response = ask(f"{{ children(orderBy: [{{ field: {order} }}]) {{ nodes {{ id }} }} }}")
    assert refusal(response) == (422, "DOCUMENT_INVALID")


def test_53_answers_and_refusals_are_on_record(ask: Ask, city: Database) -> None:
    ask("query Item53 ($id: ID!) { child(id: $id) { name } }", variables={"id": child_id(3)})
    ask('query Item53 { children(filter: { residenceAddress: { eq: "x" } }) { nodes { id } } }')
    with city.connect(Role.READER) as connection:
        rows = connection.execute(
            "select outcome, error, children from access_record where operation_name = 'Item53' order by seq"
        ).fetchall()
    assert rows == [("answered", None, child_id(3)), ("refused", "NOT_GRANTED", None)]
