"""Checklist A: what scanners of GraphQL endpoints try; each test is named by its item."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.security.conftest import Ask, code_of, refusal


def test_01_alias_overloading(ask: Ask) -> None:
    query = "{ " + " ".join(f"a{n}: __typename" for n in range(101)) + " }"
    assert refusal(ask(query)) == (400, "LIMIT_ALIASES")


def test_02_array_batching(client: TestClient) -> None:
    response = client.post("/graphql", json=[{"query": "{ __typename }"}] * 10)
    assert refusal(response) == (422, "LIMIT_BATCH")


def test_03_circular_introspection(ask: Ask) -> None:
    nested = "fields { type { " * 5 + "name" + " } }" * 5
    assert refusal(ask(f"{{ __schema {{ types {{ {nested} }} }} }}")) == (422, "DOCUMENT_INVALID")


def test_04_directive_overloading(ask: Ask) -> None:
    response = ask("{ viewer { kind " + "@aa" * 10 + " } }")
    assert response.status_code == 422
    assert len(response.json()["errors"]) == 1
    assert refusal(ask("{ viewer { kind " + "@include(if: true)" * 100 + " } }")) == (400, "LIMIT_COST")


def test_05_field_duplication(ask: Ask) -> None:
    assert refusal(ask("{ viewer { " + "kind " * 500 + "} }")) == (400, "LIMIT_COST")


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        pytest.param("{ viewe { kind } }", {}, id="root field"),
        pytest.param("{ viewer { kinds } }", {}, id="field"),
        pytest.param("{ children(firs: 1) { nodes { id } } }", {}, id="argument"),
        pytest.param("{ ... on Childd { id } }", {}, id="type"),
        pytest.param("query ($f: ChildFilte) { children(filter: $f) { nodes { id } } }", {}, id="input type"),
        pytest.param("{ children(filter: { nam: { eq: \"x\" } }) { nodes { id } } }", {}, id="input field"),
        pytest.param("{ children(orderBy: [{ field: CHILD_N }]) { nodes { id } } }", {}, id="enum value"),
        pytest.param("{ viewer { kind @inclde(if: true) } }", {}, id="directive"),
        pytest.param("{ viewer { ...F } } fragment Ff on Viewer { kind }", {}, id="fragment"),
        pytest.param("query ($f: ChildFilter) { children(filter: $f) { nodes { id } } }",
                     {"f": {"nam": {"eq": "x"}}}, id="input field of a variable"),
        pytest.param("query ($o: [ChildOrder!]) { children(orderBy: $o) { nodes { id } } }",
                     {"o": [{"field": "CHILD_N"}]}, id="enum value of a variable"),
    ],
)  # fmt: skip
def test_06_suggestions(ask: Ask, query: str, variables: dict[str, object]) -> None:
    response = ask(query, variables=variables)
    assert response.status_code == 422
    assert "did you mean" not in response.text.lower()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"])
def test_07_and_08_queries_and_mutations_by_other_methods(client: TestClient, method: str) -> None:
    """No query goes by GET, not even a harmless one: addresses are logged on their way."""
    for query in ("query={__typename}", "query=mutation{x}"):
        response = client.request(method, f"/graphql?{query}")
        assert (response.status_code, response.headers["allow"]) == (405, "POST, OPTIONS")


def test_09_no_page_for_strangers_unless_switched_on(client: TestClient) -> None:
    assert client.get("/graphql", headers={"Accept": "text/html"}).status_code == 404
    for path in ("/graphiql/graphiql.js", "/graphiql", "/playground", "/altair", "/console"):
        assert client.get(path).status_code == 404


def test_10_introspection_for_callers_only(client: TestClient, ask: Ask) -> None:
    query = "{ __schema { queryType { name } } }"
    assert refusal(client.post("/graphql", json={"query": query})) == (401, "UNAUTHENTICATED")
    assert client.get("/schema.graphql").status_code == 401
    assert ask('{ __type(name: "Child") { name } }').json() == {"data": {"__type": {"name": "Child"}}}
    assert ask('{ __type(name: "Child") { name } }', "ST@430621").json() == {"data": {"__type": None}}


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])
def test_11_forms(client: TestClient, kind: str) -> None:
    response = client.post("/graphql", content=b"query={__typename}", headers={"Content-Type": kind})
    assert refusal(response) == (415, "MEDIA_TYPE")


def test_12_tracing(ask: Ask) -> None:
    response = ask("{ viewer { kind } }", headers={"apollo-tracing": "1"})
    assert set(response.json()["extensions"]) == {"access", "policyVersion", "cost"}


@pytest.mark.parametrize("query", ["queryy { __typename }", "{ \x00 }", "{", "{ viewer { kind } } }"])
def test_13_errors_without_stacks(ask: Ask, query: str) -> None:
    response = ask(query)
    assert 400 <= response.status_code < 500
    assert code_of(response) in ("DOCUMENT_INVALID", "NUL_REFUSED")
    for word in ("exception", "Traceback", "stack", ".py"):
        assert word not in response.text
