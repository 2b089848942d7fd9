"""Checklist B: what would wear a server out; each test is named by its item. Slow callers are in tests/test_door.py."""

from __future__ import annotations

import gzip
import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from hub.app import create_app
from hub.database import Database
from hub.interface import interface
from hub.query.limits import Limits
from hub.query.operation import MOST_CHARACTERS, Documents
from hub.settings import Settings
from tests.query.test_limits import doubling
from tests.security.conftest import Ask, asking, code_of, refusal

PAGE = "{ children(first: %s) { nodes { name } } }"


def cpu_of(ask: Ask, query: str) -> tuple[float, tuple[int, str]]:
    """The least processor time of three tries, all threads of this process together, and how it was refused."""
    taken = []
    for number in range(3):
        started = time.process_time()
        response = ask(f"{query} # {number}")
        taken.append(time.process_time() - started)
    return min(taken), refusal(response)


def test_14_large_bodies(client: TestClient) -> None:
    body = b'{"query": "{ __typename }", "x": "' + b"y" * 262_144 + b'"}'
    response = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert refusal(response) == (413, "LIMIT_BODY")


def test_15_many_tokens_and_comments(ask: Ask) -> None:
    assert refusal(ask("{ " + "a " * 5000 + "}")) == (400, "DOCUMENT_INVALID")
    assert refusal(ask("#\n" * 5000 + "{ viewer { kind } }")) == (400, "DOCUMENT_INVALID")


@pytest.mark.parametrize("deep", [
    pytest.param("{" + "a{" * 400 + "a" + "}" * 401, id="fields"),
    pytest.param("{ a(x: " + "[" * 400 + "]" * 400 + ") }", id="lists"),
    pytest.param("{ children(filter: " + "{and:[" * 300 + "]}" * 300 + ") { nodes { id } } }", id="objects"),
    pytest.param("query ($x: " + "[" * 400 + "Int" + "]" * 400 + ") { viewer { kind } }", id="types"),
])  # fmt: skip
def test_16_deep_documents(ask: Ask, deep: str) -> None:
    response = ask(deep)
    assert response.status_code in (400, 422)
    assert code_of(response) in ("LIMIT_DEPTH", "DOCUMENT_INVALID")


@pytest.mark.parametrize(
    ("depth", "refused"), [(25, None), (40, (400, "BODY_NOT_JSON")), (500, (400, "BODY_NOT_JSON"))]
)
def test_16_deep_variables(client: TestClient, ask: Ask, depth: int, refused: tuple[int, str] | None) -> None:
    token = ask("{ viewer { kind } }").request.headers["authorization"]
    nested = '{"and":[' * depth + "{}" + "]}" * depth
    query = "query ($f: ChildFilter) { children(filter: $f) { nodes { id } } }"
    response = client.post(
        "/graphql",
        content=f'{{"query":"{query}","variables":{{"f":{nested}}}}}',
        headers={"Content-Type": "application/json", "Authorization": token},
    )
    assert (refusal(response) if response.status_code != 200 else None) == refused


@pytest.mark.parametrize("depth", [18, 24, 30])
@pytest.mark.parametrize("nested", [False, True])
def test_17_and_18_doubling_fragments(ask: Ask, depth: int, nested: bool) -> None:
    seconds, refused = cpu_of(ask, doubling(depth, nested=nested))
    assert seconds < 0.5
    assert refused[1] in ("LIMIT_COST", "LIMIT_DEPTH", "LIMIT_ALIASES")


def test_19_overlapping_fields(ask: Ask) -> None:
    """Validation compares each field of a response key with each other."""
    pairs = " ".join(f"... on Child {{ x{n % 8}: name }}" for n in range(400))
    seconds, refused = cpu_of(ask, f'{{ child(id: "1") {{ {pairs} }} }}')
    assert refused[1] in ("LIMIT_ALIASES", "LIMIT_COST")
    assert seconds < 0.5


def test_20_many_errors(ask: Ask) -> None:
    response = ask("{ " + " ".join(f"x{n}" for n in range(20)) + " }")
    assert response.status_code == 422
    assert 0 < len(response.json()["errors"]) <= 20


def test_21_thousands_of_aliases(ask: Ask) -> None:
    seconds, refused = cpu_of(ask, "{ " + " ".join(f"a{n}: __typename" for n in range(1300)) + " }")
    assert refused == (400, "LIMIT_ALIASES")
    assert seconds < 0.5


@pytest.mark.parametrize(("first", "code"), [("2147483647", "LIMIT_PAGE"), ("-1", "LIMIT_PAGE"), ("1001", "LIMIT_PAGE"),
                                             ("99999999999999", "DOCUMENT_INVALID")])  # fmt: skip
def test_22_page_sizes(ask: Ask, first: str, code: str) -> None:
    assert code_of(ask(PAGE % first)) == code


def test_22_nested_pages_are_priced_by_their_product(ask: Ask) -> None:
    nested = "{ children(first: %d) { nodes { enrolments(first: %d) { stage } } } }"
    small = ask(nested % (10, 5)).json()["extensions"]["cost"]
    assert small == {"requested": 10 * (1 + 5), "limit": Limits.__dataclass_fields__["cost"].default}
    for first, below in ((1000, 100), (1000, 101)):
        assert code_of(ask(nested % (first, below))) in ("LIMIT_COST", "LIMIT_PAGE")
    many = " ".join(f"r{n}: children(first: 1000) {{ nodes {{ id name sex age birthDate }} }}" for n in range(20))
    assert ask(f"{{ {many} }}").status_code == 200
    assert refusal(ask("{ " + many.replace("birthDate", "birthDate childNo", 1) + " }")) == (400, "LIMIT_COST")


def test_22_both_lanes_tell_the_same_cost(ask: Ask) -> None:
    query = "{ children(first: 7) { nodes { id name } count { value } } %s }"
    alone, beside = (ask(query % other).json()["extensions"] for other in ("", "viewer { kind }"))
    assert alone == beside
    assert alone["cost"]["requested"] == 7 * 2 + 100


def test_23_long_lists(ask: Ask) -> None:
    query = "query ($ids: [ID!]) { children(filter: { id: { in: $ids } }) { nodes { name } } }"
    assert refusal(ask(query, variables={"ids": ["x"] * 1001})) == (400, "LIMIT_LIST")
    literal = ", ".join(['"x"'] * 1001)
    assert refusal(ask(f"{{ children(filter: {{ id: {{ in: [{literal}] }} }}) {{ nodes {{ name }} }} }}")) == (
        400, "LIMIT_LIST",
    )  # fmt: skip
    assert ask(query, variables={"ids": ["x"] * 1000}).status_code == 200


def test_24_depth_and_root_fields(ask: Ask) -> None:
    deep = "{ child(id: 1) {" + "enrolments { child {" * 6 + "id" + "} }" * 6 + "} }"
    assert refusal(ask(deep)) == (400, "LIMIT_DEPTH")
    wide = " ".join(["catalogue { class }", *(f"x{n}: viewer {{ kind }}" for n in range(20))])
    assert refusal(ask(f"{{ {wide} }}")) == (400, "LIMIT_COST")


def test_26_new_documents(ask: Ask, city: Database, place: Settings) -> None:
    limited = replace(place, planning_ms_per_s=1)
    with TestClient(create_app(limited, database=city)) as client:
        ask = asking(client, limited)
        replies = [ask(f"query Q{n} {{ viewer {{ kind }} }}") for n in range(20)]
        assert {reply.status_code for reply in replies} == {200, 429}
        throttled = next(reply for reply in replies if reply.status_code != 200)
        assert refusal(throttled) == (429, "TOO_MANY_REQUESTS")
        assert int(throttled.headers["retry-after"]) >= 1
        assert ask("query Q0 { viewer { kind } }", person="li.si").status_code == 200


def test_26_document_cache_is_bounded() -> None:
    documents = Documents(interface(), size=4)
    for n in range(9):
        documents.document(f"query Q{n} {{ __typename }}")
    assert [documents.knows(f"query Q{n} {{ __typename }}") for n in range(9)] == [False] * 5 + [True] * 4
    documents = Documents(interface())
    for n in range(12):
        documents.document(f"query Q{n} {{ __typename }} #" + "x" * (MOST_CHARACTERS // 10))
    assert (
        sum(documents.knows(f"query Q{n} {{ __typename }} #" + "x" * (MOST_CHARACTERS // 10)) for n in range(12)) < 10
    )


def test_28_compressed_bodies(client: TestClient) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    for encoding in ("gzip", "br", "deflate, gzip", "zstd"):
        headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
        assert refusal(client.post("/graphql", content=bomb, headers=headers)) == (415, "MEDIA_TYPE")


def test_29_rates_by_cost(city: Database, place: Settings) -> None:
    limited = replace(place, cost_per_s=300)
    with TestClient(create_app(limited, database=city)) as client:
        ask = asking(client, limited)
        replies = [ask(PAGE % "1000") for _ in range(8)]
        assert [reply.status_code for reply in replies[:2]] == [200, 200]
        throttled = next(reply for reply in replies if reply.status_code != 200)
        assert refusal(throttled) == (429, "TOO_MANY_REQUESTS")
        assert int(throttled.headers["retry-after"]) >= 1
        assert replies[0].headers["ratelimit-policy"] == '"cost";q=3000;w=10'
        assert replies[0].headers["ratelimit"].startswith('"cost";r=')
        assert ask(PAGE % "1", "VC@430621104201").status_code == 200


def test_29_batches_are_counted_one_by_one(city: Database, place: Settings) -> None:
    limited = replace(place, cost_per_s=300, max_batch=10)
    with TestClient(create_app(limited, database=city)) as client:
        token = asking(client, limited)(PAGE % "1").request.headers["authorization"]
        body = [{"query": PAGE % "1000"}] * 10
        response = client.post("/graphql", json=body, headers={"Authorization": token})
        assert response.status_code == 200
        codes = [one["errors"][0]["extensions"]["code"] if "errors" in one else None for one in response.json()]
        assert (codes[0], set(codes), len(codes)) == (None, {None, "TOO_MANY_REQUESTS"}, 10)
        assert refusal(client.post("/graphql", json=body * 2, headers={"Authorization": token})) == (422, "LIMIT_BATCH")


def test_30_no_patterns(ask: Ask) -> None:
    for operator in ("like", "ilike", "regex", "_regex", "contains", "startsWith"):
        query = f'{{ children(filter: {{ name: {{ {operator}: "%" }} }}) {{ nodes {{ id }} }} }}'
        assert refusal(ask(query)) == (422, "DOCUMENT_INVALID")


@pytest.mark.parametrize("body", [
    pytest.param(b'{"query":"{ children(first: 1e400) { nodes { id } } }"}', id="infinity in a document"),
    pytest.param(b'{"query":"{ children(first: ' + b"9" * 5000 + b') { nodes { id } } }"}', id="a huge number"),
    pytest.param(b'{"query":"query ($n: Int) { children(first: $n) { nodes { id } } }","variables":{"n":1e400}}',
                 id="infinity"),
    pytest.param(b'{"query":"query ($n: Int) { children(first: $n) { nodes { id } } }","variables":{"n":1'
                 + b"0" * 4500 + b"}}", id="thousands of digits"),
    pytest.param(b'{"query":"{ child(childNo: \\"\\\\ud800\\") { id } }"}', id="a surrogate in a document"),
    pytest.param(b'{"query":"query ($n: String) { child(childNo: $n) { id } }","variables":{"n":"\\ud800"}}',
                 id="a surrogate in a variable"),
    pytest.param(b'{"query":"{ child(childNo: \\"\\\\u0000\\") { id } }"}', id="NUL in a document"),
    pytest.param(b'{"query":"query ($n: String) { child(childNo: $n) { id } }","variables":{"n":"\\u0000"}}',
                 id="NUL in a variable"),
])  # fmt: skip
def test_31_values_that_no_database_holds(client: TestClient, ask: Ask, body: bytes) -> None:
    token = ask("{ viewer { kind } }").request.headers["authorization"]
    headers = {"Content-Type": "application/json", "Authorization": token}
    response = client.post("/graphql", content=body, headers=headers)
    assert 400 <= response.status_code < 500
    assert code_of(response)
