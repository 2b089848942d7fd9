"""How the page is told to sign people in; and the tokens of the demonstration, only where they are switched on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from hub.app import create_app
from hub.database import Database
from hub.errors import SettingsError
from hub.settings import Settings, load_settings
from tests.conftest import MakeDatabase
from tests.query.small_city import fill

TOKEN, UNITS, WAYS = "/desk/demo/token", "/desk/demo/units", "/desk/sign-in"
OIDC = {
    "HUB_DESK_CLIENT_ID": "desk",
    "HUB_DESK_AUTHORIZE_URL": "https://sso.example.gov/authorize",
    "HUB_DESK_TOKEN_URL": "https://sso.example.gov/token",
}


@pytest.fixture(scope="module")
def city(make_database: MakeDatabase, worker_id: str) -> Database:
    database = make_database(f"sign_in_{worker_id}")
    fill(database)
    return database


@pytest.fixture(scope="module")
def client(city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = replace(city.settings, data=tmp_path_factory.mktemp("hub"), dev_issuer=True)
    with TestClient(create_app(settings, database=city)) as client:
        yield client


def test_token_of_the_demonstration_opens_the_hub(client: TestClient) -> None:
    answer = client.post(TOKEN, json={"unit": "ED@430621", "role": "officer"})
    assert answer.headers["cache-control"] == "no-store"
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    viewer = client.post("/graphql", json={"query": "{ viewer { unit { code } roles } }"}, headers=headers)
    assert viewer.json()["data"] == {"viewer": {"unit": {"code": "ED@430621"}, "roles": ["officer"]}}


def test_units_are_found_by_name_and_code(client: TestClient) -> None:
    found = client.get(UNITS, params={"search": "430621 ed@"}).json()
    assert [unit["code"] for unit in found["units"]] == ["ED@430621"]
    assert not found["more"]
    assert client.get(UNITS, params={"search": "no such unit"}).json() == {"units": [], "more": False}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "BODY_NOT_JSON"),
        ("[]", "SIGN_IN_MALFORMED"),
        ('{"unit": "ED@430621"}', "SIGN_IN_MALFORMED"),
        ('{"unit": "ED@430621", "role": "service"}', "SIGN_IN_MALFORMED"),
        ('{"unit": "ED@430621", "role": ["officer"]}', "SIGN_IN_MALFORMED"),
        ('{"unit": "nobody", "role": "officer"}', "UNKNOWN_UNIT"),
        (f'{{"unit": "{"x" * 5000}"}}', "LIMIT_BODY"),
    ],
)
def test_what_names_no_unit_and_role_gets_no_token(client: TestClient, body: str, code: str) -> None:
    answer = client.post(TOKEN, content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert answer.json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_no_other_site_can_ask_for_a_token(client: TestClient, media: str) -> None:
    """These three a page may send to any site unasked; JSON needs a leave that is never given."""
    answer = client.post(TOKEN, content='{"unit": "ED@430621", "role": "officer"}', headers={"content-type": media})
    assert answer.status_code == 415
    asked = {"Origin": "https://elsewhere.invalid", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.options(TOKEN, headers=asked).headers


def test_without_the_built_in_issuer_there_are_no_demonstration_tokens(settings: Settings) -> None:
    client = TestClient(create_app(settings))
    assert client.get(WAYS).json() == {"demo": None, "oidc": None}
    assert client.get(UNITS).status_code == 404
    assert client.post(TOKEN, json={"unit": "ED@430621", "role": "officer"}).status_code == 404


def test_page_is_told_where_the_issuer_is() -> None:
    settings = load_settings(OIDC | {"HUB_CONFIG": "/dev/null"})
    client = TestClient(create_app(settings))
    assert client.get(WAYS).json()["oidc"] == {
        "clientId": "desk",
        "authorizeUrl": "https://sso.example.gov/authorize",
        "tokenUrl": "https://sso.example.gov/token",
        "scope": "openid",
    }
    assert "connect-src 'self' https://sso.example.gov;" in client.get("/desk").headers["content-security-policy"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"HUB_DESK_TOKEN_URL": ""}, "HUB_DESK_TOKEN_URL: signing in at /desk needs them too"),
        ({"HUB_DESK_TOKEN_URL": "http://sso.example.gov/token"}, "HUB_DESK_TOKEN_URL: must be an https address"),
        ({"HUB_DESK_TOKEN_URL": "https://a;script-src *"}, "HUB_DESK_TOKEN_URL: must be an https address"),
        ({"HUB_DESK_AUTHORIZE_URL": "javascript:1"}, "HUB_DESK_AUTHORIZE_URL: must be an https address"),
    ],
)
def test_sign_in_is_whole_and_over_tls(change: dict[str, str], fault: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(OIDC | change | {"HUB_CONFIG": "/dev/null"})
    assert fault in str(refused.value)
