"""urql and Apollo Client from npm, as they come, in Node: `npm ci` in tests/clients/npm installs them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.clients.hub_server import Served
from tests.clients.questions import NO_SUCH_FIELD, OWN, PARTLY_WITHHELD, SAME, WITHHELD_PATH, Question, comparable

NPM = Path(__file__).with_name("npm")
NODE = shutil.which("node")
EDUCATION = "ED@430621"
GRAPHQL = "application/graphql-response+json; charset=utf-8"
JSON = "application/json; charset=utf-8"

Answers = Mapping[str, Mapping[str, Any]]

pytestmark = pytest.mark.skipif(
    NODE is None or not (NPM / "node_modules").is_dir(), reason="needs Node, and `npm ci` in tests/clients/npm"
)


def asks(served: Served) -> list[dict[str, Any]]:
    """Own questions with the schema asked for first, the same question to all, then what goes wrong or is withheld."""
    officer = served.token(EDUCATION, "officer")
    units = [
        {
            "name": question.name,
            "token": served.token(question.unit, question.role),
            "query": question.document,
            "variables": question.variables,
            "introspect": question in OWN,
        }
        for question in (*OWN, *SAME)
    ]
    return [
        *units,
        {"name": "withheld", "token": officer, "query": PARTLY_WITHHELD},
        {"name": "wrong", "token": officer, "query": NO_SUCH_FIELD},
        {"name": "expired", "token": served.token(EDUCATION, "officer", ttl=-3600), "query": PARTLY_WITHHELD},
        {"name": "in the address", "token": officer, "query": PARTLY_WITHHELD, "preferGetMethod": "within-url-limit"},
    ]


@pytest.fixture(scope="module", params=["urql", "apollo"])
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def reached(client: str, served: Served) -> Answers:
    """What reached the application through one client, by name of the question."""
    told = json.dumps({"client": client, "endpoint": served.endpoint, "asks": asks(served)})
    run = subprocess.run([str(NODE), NPM / "ask.mjs"], input=told, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    read: Answers = json.loads(run.stdout)
    return read


@pytest.mark.parametrize("question", (*OWN, *SAME), ids=lambda question: question.name)
def test_each_unit_is_answered(question: Question, reached: Answers, answers: Answers) -> None:
    got, plain = reached[question.name], answers[question.name]
    assert (got["invalid"], got["errors"]) == ([], [])
    assert comparable(got["data"]) == comparable(plain["data"])
    assert got["extensions"] == plain["extensions"]
    assert (got["sent"]["method"], got["sent"]["contentType"]) == ("POST", "application/json")
    assert got["received"] == {"status": 200, "contentType": GRAPHQL}


def test_what_is_withheld_is_told_beside_the_data(reached: Answers) -> None:
    got = reached["withheld"]
    (row,) = got["data"]["children"]["nodes"]
    assert (row["residenceAddress"], row["withheld"]) == (None, ["residenceAddress"])
    (entry,) = got["extensions"]["access"]
    assert (entry["path"], entry["code"]) == (WITHHELD_PATH, "NO_DUTY")


def test_a_wrong_document_is_an_error_of_the_graph(reached: Answers) -> None:
    got = reached["wrong"]
    assert [error["extensions"]["code"] for error in got["errors"]] == ["DOCUMENT_INVALID"]
    assert got["received"] == {"status": 422, "contentType": GRAPHQL}


def test_an_expired_token_is_an_error_of_the_transport(reached: Answers) -> None:
    got = reached["expired"]
    (error,) = got["errors"]
    assert (error["extensions"]["code"], got["data"]) == ("TOKEN_EXPIRED", None)
    assert got["received"] == {"status": 401, "contentType": JSON}


@pytest.mark.parametrize("client", ["urql"], indirect=True)
def test_a_question_in_the_address_is_told_how_to_be_sent(reached: Answers) -> None:
    """urql's own default is GET; see `preferGetMethod`."""
    got = reached["in the address"]
    (error,) = got["errors"]
    assert error["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert "POST" in error["extensions"]["nextStep"]["en"]
    assert got["received"] == {"status": 405, "contentType": JSON}
