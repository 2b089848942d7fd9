"""Checklist D and E: HTTP as strangers, browsers and proxies use it, and the floor under the libraries."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

import pytest
from starlette.testclient import TestClient

from hub.app import create_app
from hub.cli.serve import config
from hub.database import Database
from hub.settings import Settings
from tests.security.conftest import Ask, asking, refusal

GRAPHQL, JSON = "application/graphql-response+json", "application/json"
GUARDS = {
    "cache-control": "no-store, private",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_55_requests_that_other_sites_can_make(client: TestClient, kind: str) -> None:
    body = '{"query":"{ __typename }"}'
    assert refusal(client.post("/graphql", content=body, headers={"Content-Type": kind})) == (415, "MEDIA_TYPE")


def test_56_other_origins(city: Database, place: Settings) -> None:
    named = replace(place, allowed_origins="https://ledger.invalid")
    with TestClient(create_app(named, database=city)) as client:
        preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        for origin, allowed in (("https://ledger.invalid", True), ("https://ledger.invalid.evil", False),
                                ("null", False), ("http://ledger.invalid", False)):  # fmt: skip
            for response in (
                client.options("/graphql", headers={"Origin": origin} | preflight),
                asking(client, named)("{ viewer { kind } }", headers={"Origin": origin}),
            ):
                assert response.headers.get("access-control-allow-origin") == (origin if allowed else None)
                assert "access-control-allow-credentials" not in response.headers
                assert "Origin" in response.headers.get("vary", "Origin")


@pytest.mark.parametrize(
    ("body", "accept", "status", "media"),
    [
        ('{"query":"{ viewer { kind } }"}', GRAPHQL, 200, GRAPHQL),
        ('{"query":"{ viewer { kind } }"}', JSON, 200, JSON),
        ('{"query":"{ viewer { kind } }"}', "*/*", 200, GRAPHQL),
        ('{"query":"{ viewer { kind } }"}', "text/html", 406, JSON),
        ('{"query":"{"}', GRAPHQL, 400, GRAPHQL),
        ('{"query":"{"}', JSON, 200, JSON),
        ('{"query":"{ nothing }"}', GRAPHQL, 422, GRAPHQL),
        ('{"query":"{ nothing }"}', JSON, 200, JSON),
        ('{"query":"query ($x: Int!) { viewer { kind } }"}', GRAPHQL, 422, GRAPHQL),
        ('{"query":"query A { viewer { kind } } query B { viewer { kind } }"}', GRAPHQL, 422, GRAPHQL),
        ('{"query":1}', GRAPHQL, 422, JSON),
        ('{"qeury":"{ viewer { kind } }"}', GRAPHQL, 422, JSON),
        ("", GRAPHQL, 400, JSON),
    ],
)
def test_58_statuses_and_media_types(
    client: TestClient, ask: Ask, body: str, accept: str, status: int, media: str
) -> None:
    token = ask("{ viewer { kind } }").request.headers["authorization"]
    headers = {"Content-Type": JSON, "Accept": accept, "Authorization": token}
    response = client.post("/graphql", content=body, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (status, f"{media}; charset=utf-8")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"1", "REQUEST_MALFORMED"),
        (b"null", "REQUEST_MALFORMED"),
        (b'"{ __typename }"', "REQUEST_MALFORMED"),
        (b"true", "REQUEST_MALFORMED"),
        (b"[]", "LIMIT_BATCH"),
        (b"[1]", "LIMIT_BATCH"),
        (b"{}", "REQUEST_MALFORMED"),
        (b'{"query":null}', "REQUEST_MALFORMED"),
        (b'{"query":["{ __typename }"]}', "REQUEST_MALFORMED"),
        (b'{"query":"{ __typename }","variables":[]}', "REQUEST_MALFORMED"),
        (b'{"query":"{ __typename }","variables":"{}"}', "REQUEST_MALFORMED"),
        (b'{"query":"{ __typename }","operationName":{}}', "REQUEST_MALFORMED"),
        (b'{"query":"{ __typename }","extensions":[]}', "REQUEST_MALFORMED"),
        (b'{"query":"{ __typename }","query":"{ x }"}', "KEY_REPEATED"),
        (b"\xff\xfe{\x00}\x00", "BODY_NOT_JSON"),
        (b'\xef\xbb\xbf{"query":"{ __typename }"}', "BODY_NOT_JSON"),
        (b'{"query":"\xb4\xf3"}', "BODY_NOT_JSON"),
        (b"{'query':'{ __typename }'}", "BODY_NOT_JSON"),
        (b'{"query":"{ __typename }"}{}', "BODY_NOT_JSON"),
        (b'{"query":NaN}', "BODY_NOT_JSON"),
        (b"[" * 100_000, "BODY_NOT_JSON"),
        (b'{"a":' * 2000, "BODY_NOT_JSON"),
        (b"9" * 100_000, "BODY_NOT_JSON"),
        (b'{"query":"{ __typename }\\u0000"}', "NUL_REFUSED"),
        (b"\x1f\x8b\x08\x00", "BODY_NOT_JSON"),
        (b"", "BODY_NOT_JSON"),
    ],
)
def test_58_malformed_bodies(client: TestClient, body: bytes, code: str) -> None:
    response = client.post("/graphql", content=body, headers={"Content-Type": JSON, "Authorization": "Bearer x"})
    assert response.status_code in (400, 422)
    shown = response.json()["errors"][0]
    assert shown["extensions"]["code"] == code
    assert shown["extensions"]["nextStep"]["zh"] and shown["extensions"]["nextStep"]["en"]


def test_59_and_60_headers_of_every_reply(client: TestClient, ask: Ask) -> None:
    replies = [
        ask("{ viewer { kind } }"),
        ask("{"),
        client.post("/graphql", content=b"x"),
        client.post("/graphql", json={"query": "{ __typename }"}),
        client.get("/graphql"),
        client.get("/nothing"),
        client.get("/schema.graphql"),
        client.put("/healthz"),
    ]
    for reply in replies:
        assert {name: reply.headers[name] for name in GUARDS} == GUARDS
        assert "Authorization" in reply.headers["vary"]
        assert not {"server", "x-powered-by", "via", "etag"} & set(reply.headers)
        assert "content-encoding" not in reply.headers  # item 63: a compressed body would leak its secrets' lengths


def test_60_no_banner_of_the_server(place: Settings) -> None:
    made = config(place, create_app(place))
    assert (made.server_header, made.proxy_headers, made.access_log) == (False, False, False)


@pytest.mark.parametrize(
    ("package", "least"), [("graphql-core", (3, 3, 2)), ("strawberry-graphql", (0, 327, 2)), ("starlette", (1, 0, 0))]
)
def test_65_floor_under_the_libraries(package: str, least: tuple[int, ...]) -> None:
    assert tuple(int(part) for part in version(package).split(".")[:3]) >= least
