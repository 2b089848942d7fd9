"""`/graphql` as clients meet it: HTTP, identity, answers, refusals and what is recorded; over a small city."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import build_client_schema, get_introspection_query
from httpx2 import Response
from starlette.testclient import TestClient

from hub import errors
from hub.app import create_app
from hub.database import Database, Role
from hub.identity.trust import issuer_from
from hub.query.endpoint import Doors, Endpoint
from hub.query.line import Line, Reply
from hub.settings import Settings
from tests.conftest import MakeDatabase
from tests.query.small_city import child_id, fill

GRAPHQL = "application/graphql-response+json; charset=utf-8"
JSON = "application/json; charset=utf-8"
CHILDREN = "{ children(first: 3) { nodes { id childNo name citizenIdNo residenceAddress withheld } count { value } } }"

Ask = Callable[..., Response]


@pytest.fixture(scope="module")
def city(make_database: MakeDatabase, worker_id: str) -> Database:
    database = make_database(f"endpoint_{worker_id}")
    fill(database)
    return database


@pytest.fixture(scope="module")
def served(city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Settings]]:
    folder: Path = tmp_path_factory.mktemp("hub")
    settings = replace(
        city.settings, data=folder, dev_issuer=True, allowed_origins="https://ledger.invalid", max_body_bytes=20_000
    )
    with TestClient(create_app(settings, database=city)) as client:
        yield client, settings


@pytest.fixture(scope="module")
def client(served: tuple[TestClient, Settings]) -> TestClient:
    return served[0]


@pytest.fixture(scope="module")
def ask(served: tuple[TestClient, Settings]) -> Ask:
    client, settings = served
    issuer = issuer_from(settings)

    def asked(
        query: str,
        unit: str = "ED@430621",
        role: str = "officer",
        *,
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> Response:
        token = issuer.issue(unit, "zhang.san", roles=[role], ttl=600)
        given = {"Authorization": f"Bearer {token}"} | (headers or {})
        return client.post("/graphql", json={"query": query, **body}, headers=given)

    return asked


def code_of(response: Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


def test_an_answer_says_what_is_withheld_and_why(ask: Ask) -> None:
    response = ask(CHILDREN)
    assert (response.status_code, response.headers["content-type"]) == (200, GRAPHQL)
    body = response.json()
    assert list(body) == ["data", "extensions"]
    page = body["data"]["children"]
    assert page["count"] == {"value": 23}
    assert [node["residenceAddress"] for node in page["nodes"]] == [None] * 3
    assert page["nodes"][0]["withheld"] == ["residenceAddress"]
    assert page["nodes"][0]["citizenIdNo"].count("*") == 8
    (entry,) = body["extensions"]["access"]
    assert entry["path"] == ["children", "nodes", "residenceAddress"]
    assert (entry["code"], entry["class"]) == ("NO_DUTY", "D04")
    assert entry["nextStep"]["zh"]
    assert body["extensions"]["policyVersion"] == 1


def test_strictness_refuses_the_whole_before_reading(ask: Ask) -> None:
    response = ask(CHILDREN, extensions={"onDenied": "ERROR"})
    assert response.status_code == 403
    body = response.json()
    assert "data" not in body
    assert code_of(response) == "NOT_GRANTED"
    assert body["extensions"]["access"][0]["path"] == ["children", "nodes", "residenceAddress"]
    assert ask("{ children(first: 1) { nodes { name } } }", extensions={"onDenied": "ERROR"}).status_code == 200


def test_programs_are_strict_unless_they_say_otherwise(ask: Ask) -> None:
    assert ask(CHILDREN, role="service").status_code == 403
    assert ask(CHILDREN, role="service", extensions={"onDenied": "NULL"}).status_code == 200
    assert ask(CHILDREN, extensions={"onDenied": "MAYBE"}).status_code == 422


def test_the_same_question_has_an_answer_per_unit(ask: Ask) -> None:
    answers = [
        ask(CHILDREN, unit).json()["data"]["children"]
        for unit in ("ED@430621", "CT@430621", "SC@430621104-01", "ST@430621", "VC@430621104201")
    ]
    counts = [answer and answer["count"]["value"] for answer in answers]
    assert counts == [23, 0, 10, None, 20]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": ""}, 401, "UNAUTHENTICATED"),
        ({"Authorization": "Basic eDp5"}, 401, "UNAUTHENTICATED"),
        ({"Authorization": "Bearer x.y.z"}, 401, "TOKEN_INVALID"),
    ],
)
def test_who_is_not_known_is_told_nothing(ask: Ask, headers: dict[str, str], status: int, code: str) -> None:
    for query in (CHILDREN, "{ __schema { queryType { name } } }", "{", "{ nonsense }"):
        response = ask(query, headers=headers)
        assert (response.status_code, code_of(response)) == (status, code)
        assert response.headers["content-type"] == JSON
        assert response.headers["www-authenticate"] == "Bearer"
        assert "extensions" not in response.json()


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        pytest.param(b"{}", {"Content-Type": "text/plain"}, 415, "MEDIA_TYPE", id="text"),
        pytest.param(b"query={a}", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "MEDIA_TYPE", id="form"),
        pytest.param(b"{}", {"Content-Encoding": "gzip"}, 415, "MEDIA_TYPE", id="gzip"),
        pytest.param(b"{}", {"Accept": "text/csv"}, 406, "NOT_ACCEPTABLE", id="only a table"),
        pytest.param(b"{", {}, 400, "BODY_NOT_JSON", id="no JSON"),
        pytest.param(b"[]", {}, 422, "LIMIT_BATCH", id="a batch"),
        pytest.param(b'{"query": "' + b"x" * 20_000 + b'"}', {}, 413, "LIMIT_BODY", id="a large body"),
    ],
)
def test_requests_that_are_none_are_refused(
    client: TestClient, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    given = {"Content-Type": "application/json", "Authorization": "Bearer x"} | headers
    response = client.post("/graphql", content=body, headers=given)
    assert (response.status_code, code_of(response)) == (status, code)
    assert response.headers["content-type"] == JSON
    assert response.headers["cache-control"] == "no-store, private"


@pytest.mark.parametrize(
    ("query", "body", "status", "code"),
    [
        pytest.param("{ children {", {}, 400, "DOCUMENT_INVALID", id="does not parse"),
        pytest.param("{ nothing }", {}, 422, "DOCUMENT_INVALID", id="does not validate"),
        pytest.param("mutation { x }", {}, 422, "DOCUMENT_INVALID", id="a mutation"),
        pytest.param("query A { viewer { kind } } query B { viewer { kind } }", {}, 422, "OPERATION_UNKNOWN",
                     id="which"),
        pytest.param("query ($n: Int) { children(first: $n) { count { value } } }", {"variables": {"n": "x"}}, 422,
                     "VARIABLE_INVALID", id="a variable of another type"),
        pytest.param("{ children(first: 100000) { count { value } } }", {}, 400, "LIMIT_PAGE", id="a large page"),
        pytest.param("{ " + " ".join(f"a{i}: viewer {{ kind }}" for i in range(61)) + " }", {}, 400, "LIMIT_ALIASES",
                     id="aliases"),
        pytest.param("{ children(after: \"x\") { nodes { id } } }", {}, 400, "CURSOR_INVALID", id="a made-up cursor"),
    ],
)  # fmt: skip
def test_operations_that_cannot_be_are_refused(
    ask: Ask, query: str, body: dict[str, Any], status: int, code: str
) -> None:
    response = ask(query, **body)
    assert (response.status_code, code_of(response)) == (status, code)
    assert response.headers["content-type"] == GRAPHQL
    older = ask(query, headers={"Accept": "application/json"}, **body)
    assert (older.status_code, older.headers["content-type"]) == (200, JSON)


def test_filters_on_what_may_not_be_read_are_refused(ask: Ask) -> None:
    response = ask('{ children(filter: { residenceAddress: { eq: "甲" } }) { count { value } } }')
    assert (response.status_code, code_of(response)) == (403, "NOT_GRANTED")
    assert "甲" not in response.text


def test_other_methods_are_refused(client: TestClient) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        response = client.request(method, "/graphql?query={viewer{kind}}", headers={"Accept": "application/json"})
        assert (response.status_code, response.headers["allow"]) == (405, "POST, OPTIONS")


def test_a_browser_is_shown_the_page(client: TestClient) -> None:
    response = client.get("/graphql", headers={"Accept": "text/html,application/xhtml+xml"})
    assert response.status_code == 200
    assert "共知 GraphiQL" in response.text
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for name in ("graphiql.js", "graphiql.css"):
        assert client.get(f"/graphiql/{name}").status_code == 200
    assert client.get("/graphiql/index.html").status_code == 404
    assert client.get("/graphiql/../app.py").status_code == 404


def test_the_page_can_be_switched_off(served: tuple[TestClient, Settings], city: Database) -> None:
    settings = replace(served[1], graphiql=False)
    with TestClient(create_app(settings, database=city)) as client:
        assert client.get("/graphql", headers={"Accept": "text/html"}).status_code == 404
        assert client.get("/graphiql/graphiql.js").status_code == 404


def test_only_named_origins_may_call(client: TestClient) -> None:
    asked = {"Access-Control-Request-Method": "POST"}
    named = client.options("/graphql", headers=asked | {"Origin": "https://ledger.invalid"})
    assert named.headers["access-control-allow-origin"] == "https://ledger.invalid"
    assert "hub-case" in named.headers["access-control-allow-headers"]
    other = client.options("/graphql", headers=asked | {"Origin": "https://elsewhere.invalid"})
    assert (named.status_code, other.status_code) == (204, 204)
    assert "access-control-allow-origin" not in other.headers
    assert "access-control-allow-credentials" not in named.headers


def test_introspection_is_the_callers_own_view(ask: Ask) -> None:
    schemas = []
    for unit in ("ED@430621", "ST@430621"):
        response = ask(get_introspection_query(), unit)
        assert response.status_code == 200
        schemas.append(build_client_schema(response.json()["data"]))
    education, statistics = schemas
    assert "Child" in education.type_map
    assert "residenceAddress" not in education.type_map["Child"].fields  # type: ignore[attr-defined]
    assert "Child" not in statistics.type_map
    assert ask('{ __type(name: "Child") { name } }', "ST@430621").json() == {"data": {"__type": None}}
    assert code_of(ask("{ __schema { queryType { name } } children { count { value } } }")) == "DOCUMENT_INVALID"


def test_circular_introspection_is_refused(ask: Ask) -> None:
    nested = "fields { type { " * 5 + "name" + " } }" * 5
    response = ask(f"{{ __schema {{ types {{ {nested} }} }} }}")
    assert (response.status_code, code_of(response)) == (422, "DOCUMENT_INVALID")


def test_schema_text_is_the_callers_own(ask: Ask, client: TestClient, served: tuple[TestClient, Settings]) -> None:
    assert client.get("/schema.graphql").status_code == 401
    token = issuer_from(served[1]).issue("ED@430621", "zhang.san", roles=["officer"], ttl=600)
    text = client.get("/schema.graphql", headers={"Authorization": f"Bearer {token}"}).text
    assert "type Child implements Node" in text
    assert "residenceAddress" not in text


def test_both_lanes_give_the_same_bytes(ask: Ask) -> None:
    """What goes through the library's executor, because of its company, is what goes round it."""
    page = "__typename nodes { id name age withheld } edges { __typename node { sex } } pageInfo { hasNextPage }"
    query = f"{{ children(first: 2) {{ {page} }} %s }}"
    alone, beside = ask(query % "").json(), ask(query % "viewer { kind }").json()
    assert beside["data"].pop("viewer") == {"kind": "human"}
    assert alone == beside


def test_node_finds_its_type_in_both_lanes(ask: Ask) -> None:
    query = "query ($id: ID!) { node(id: $id) { __typename ... on Child { name } ... on Family { householdNo } } %s }"
    for other in ("", "viewer { kind }"):
        response = ask(query % other, variables={"id": child_id(0)})
        assert response.json()["data"]["node"] == {"__typename": "Child", "name": "张0"}


def test_viewer_says_who_asks_and_what_is_open(ask: Ask) -> None:
    query = """{
      viewer {
        unit { code type level division } person roles kind policyVersion
        duties { code clause sentence { zh } }
        permissions { class fields actions modes rights { action mode scope } }
        name: can(entity: "Child", field: "name", action: "read")
        address: can(entity: "Child", field: "residenceAddress", action: "read")
      }
    }"""
    viewer = ask(query).json()["data"]["viewer"]
    assert viewer["unit"] == {"code": "ED@430621", "type": "ED", "level": "county", "division": "430621000000"}
    assert (viewer["person"], viewer["roles"], viewer["kind"]) == ("zhang.san", ["officer"], "human")
    assert (viewer["name"], viewer["address"]) == (True, False)
    assert "ED-1" in {duty["code"] for duty in viewer["duties"]}
    identity = next(one for one in viewer["permissions"] if one["class"] == "D01")
    assert "Child.name" in identity["fields"]
    assert {"action": "list", "mode": "full", "scope": "own"} in identity["rights"]


def test_catalogue_names_every_class_below_the_sealed_ones(ask: Ask) -> None:
    query = "{ catalogue { class level sharing held owner apply { zh } } }"
    entries = {entry["class"]: entry for entry in ask(query).json()["data"]["catalogue"]}
    assert not {"D23", "D25", "D30"} & set(entries)
    assert (entries["D01"]["held"], entries["D01"]["sharing"]) == (True, "CONDITIONAL")
    assert (entries["D09"]["held"], entries["D36"]["sharing"]) == (False, "UNCONDITIONAL")
    assert "10 个工作日" in entries["D09"]["apply"]["zh"]


def test_explain_gives_the_sentence_or_what_is_missing(ask: Ask) -> None:
    query = """query ($field: String!, $id: ID) {
      explain(entity: "Child", field: $field, id: $id) {
        allowed mode code reached rights { sentence { zh } grounds { clause } } missingDuty { code } nextStep { zh }
      }
    }"""
    open_, shut, elsewhere = (
        ask(query, variables=variables).json()["data"]["explain"]
        for variables in (
            {"field": "citizenIdNo", "id": child_id(0)},
            {"field": "residenceAddress", "id": child_id(0)},
            {"field": "citizenIdNo", "id": child_id(99)},
        )
    )
    assert (open_["allowed"], open_["mode"], open_["reached"]) == (True, "masked", True)
    assert open_["rights"][0]["grounds"][0]["clause"]
    assert (shut["allowed"], shut["code"], shut["reached"]) == (False, "NO_DUTY", False)
    assert shut["missingDuty"]["code"]
    assert elsewhere["reached"] is False
    sealed = ask('{ explain(entity: "InvestigationRecord", field: "id") { code } }')
    unknown = ask('{ explain(entity: "Nothing", field: "id") { code } }')
    assert sealed.json() == unknown.json()


def test_statistics_hold_small_cells_back(ask: Ask) -> None:
    query = """query ($by: [StatDimension!]!, $division: String) {
      childStatistics(groupBy: $by, division: $division) { k rows { keys count suppressed } totals { keys count } }
    }"""
    found = ask(query, "ST@430621", variables={"by": ["DIVISION", "SEX"]}).json()["data"]["childStatistics"]
    counts = {tuple(row["keys"]): row["count"] for row in found["rows"]}
    assert found["k"] == 5
    assert counts["430621105000", "1"] is None
    assert counts["430621105000", "2"] is None
    totals = {tuple(row["keys"]): row["count"] for row in found["totals"]}
    assert totals["*", "*"] == 23
    assert totals["430621105000", "*"] is None
    assert totals["430621104000", "*"] is None
    part = ask(query, "ST@430621", variables={"by": ["DIVISION"], "division": "430621105000"})
    assert [row["count"] for row in part.json()["data"]["childStatistics"]["rows"]] == [None]
    other = ask(query, "ST@430621", variables={"by": ["SEX"], "division": "430621105000"})
    assert code_of(other) == "ARGUMENT_INVALID"
    beyond = ask(query, "ST@430621", variables={"by": ["SEX"], "division": "430600000000"})
    assert code_of(beyond) == "ARGUMENT_INVALID"


def test_bureaus_of_all_levels_hold_the_same_cells_back(ask: Ask) -> None:
    query = """query ($division: String) {
      childStatistics(groupBy: [DIVISION, SEX], division: $division) {
        division rows { keys count } totals { keys count }
      }
    }"""
    above = ask(query, "ST@430600", variables={"division": "430621000000"}).json()
    assert above["data"]["childStatistics"]["division"] == "430621000000"
    assert above == ask(query, "ST@430621").json()
    unknown = ask(query, "ST@430621", variables={"division": "430621999000"})
    assert code_of(unknown) == "ARGUMENT_INVALID"
    pair = ask("{ childStatistics(groupBy: [SEX, AGE_BAND]) { k } }", "ST@430621")
    assert code_of(pair) == "ARGUMENT_INVALID"
    assert ask("{ childStatistics(groupBy: [SEX, AGE_BAND]) { k } }", "ST@430600").json()["data"]["childStatistics"]


def test_statistics_are_for_who_holds_the_right_to_totals(ask: Ask) -> None:
    body = ask("{ childStatistics(groupBy: [SEX]) { k } }").json()
    assert body["data"] == {"childStatistics": None}
    assert body["extensions"]["access"][0]["class"] == "D39"
    strict = ask("{ childStatistics(groupBy: [SEX]) { k } }", extensions={"onDenied": "ERROR"})
    assert strict.status_code == 403


def test_every_answer_and_refusal_is_recorded_without_values(ask: Ask, city: Database) -> None:
    secret = "430621201501011234"
    ask(f'query Recorded {{ child(childNo: "{secret}") {{ name }} }}')
    ask(f'query Recorded {{ children(filter: {{ residenceAddress: {{ eq: "{secret}" }} }}) {{ count {{ value }} }} }}')
    ask("query Recorded ($id: ID!) { child(id: $id) { name residenceAddress } }", variables={"id": child_id(3)})
    with city.connect(Role.READER) as connection:
        rows = connection.execute(
            "select outcome, error, children, refusals::text, r::text, s.document from access_record r"
            " join access_shape s on s.hash = r.shape where operation_name = 'Recorded' order by seq"
        ).fetchall()
    assert [row[:3] for row in rows] == [
        ("answered", None, None),
        ("refused", "NOT_GRANTED", None),
        ("answered", None, child_id(3)),
    ]
    assert "Child.residence_address" in rows[2][3]
    assert secret not in str(rows)


def test_requests_that_were_not_understood_are_recorded_without_their_text(ask: Ask, city: Database) -> None:
    secret = "430621201501015678"
    for query in (f'{{ child(childNo: "{secret}") {{ nothing }} }}', f"{{ x{secret}"):
        ask(query, "VC@430621104201")
    ask("{ viewer { kind } }", "VC@430621104201", headers={"Hub-Duty": "ED-1"})
    with city.connect(Role.READER) as connection:
        rows = connection.execute(
            "select outcome, error, s.document, r::text from access_record r join access_shape s on s.hash = r.shape"
            " where unit = 'VC@430621104201' and outcome = 'refused' order by seq"
        ).fetchall()
    assert [row[:3] for row in rows] == [
        ("refused", "DOCUMENT_INVALID", ""),
        ("refused", "DOCUMENT_INVALID", ""),
        ("refused", "PURPOSE_INVALID", ""),
    ]
    assert secret not in str(rows)


def test_pages_of_a_statement_are_bound_to_child_and_unit(ask: Ask) -> None:
    for _ in range(3):
        ask("query ($id: ID!) { child(id: $id) { name } }", variables={"id": child_id(6)})
    query = """query ($id: ID!, $after: String) {
      accessStatement(child: $id, first: 2, after: $after) { entries { at } endCursor }
    }"""

    def page(unit: str, **variables: Any) -> Response:
        return ask(query, unit, "audit_admin", variables=variables)

    first = page("CA@430621", id=child_id(6)).json()["data"]["accessStatement"]
    cursor = first["endCursor"]
    second = page("CA@430621", id=child_id(6), after=cursor).json()["data"]["accessStatement"]
    assert {entry["at"] for entry in first["entries"]}.isdisjoint(entry["at"] for entry in second["entries"])
    assert code_of(page("CA@430621", id=child_id(7), after=cursor)) == "CURSOR_INVALID"
    assert code_of(page("CA@430621", id=child_id(6), after="MjAyNi0wMS0wMXx4fDE=")) == "CURSOR_INVALID"


def test_statement_of_access_is_for_the_auditor(ask: Ask) -> None:
    ask("query Seen ($id: ID!) { child(id: $id) { name } }", variables={"id": child_id(5)})
    query = """query ($id: ID!) {
      accessStatement(child: $id) { entries { unit { code } person operationName outcome fields { code } } }
    }"""
    told = ask(query, "CA@430621", "audit_admin", variables={"id": child_id(5)}).json()
    entries = told["data"]["accessStatement"]["entries"]
    seen = next(entry for entry in entries if entry["operationName"] == "Seen")
    assert (seen["unit"]["code"], seen["person"]) == ("ED@430621", "zhang.san")
    assert [field["code"] for field in seen["fields"]] == ["Child.name"]
    untold = ask(query, variables={"id": child_id(5)}).json()
    assert untold["data"] == {"accessStatement": None}
    nobody = ask(query, "CA@430621", "audit_admin", variables={"id": child_id(98)}).json()
    assert nobody["data"] == {"accessStatement": None}


def test_what_cannot_be_recorded_is_not_answered(
    served: tuple[TestClient, Settings], city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise errors.RecordError

    settings = served[1]
    token = issuer_from(settings).issue("ED@430621", "zhang.san", roles=["officer"], ttl=600)
    app = create_app(replace(settings, graphiql=False), database=city)
    with TestClient(app) as client:
        running = app._running
        assert running is not None
        monkeypatch.setattr(running.recorder, "record", full)
        response = client.post("/graphql", json={"query": CHILDREN}, headers={"Authorization": f"Bearer {token}"})
        assert (response.status_code, code_of(response)) == (503, "CANNOT_RECORD")
        assert "data" not in response.json()


def test_a_request_has_a_deadline() -> None:
    class Slow:
        async def answer(self, *_: object) -> Reply:
            await asyncio.Event().wait()
            return Reply(status=200, body=b"")

    application = Endpoint(cast(Line, Slow()), Doors(max_body=100, deadline=0.01))
    response = TestClient(application).post("/graphql", json={"query": "{ viewer { kind } }"})
    assert (response.status_code, code_of(response)) == (504, "TIMEOUT")


def test_addresses_beside_the_endpoint(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"
    assert client.get("/.well-known/jwks.json").json()["keys"][0]["kty"] == "EC"
    missing = client.get("/nothing")
    assert (missing.status_code, code_of(missing)) == (404, "NOT_FOUND")
