"""gql for Python, as it comes: the schema by introspection, documents validated against it here, then sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport
from gql.utilities import update_schema_scalars
from graphql import GraphQLError, GraphQLScalarType

from tests.clients.hub_server import Served
from tests.clients.questions import (
    NO_SUCH_FIELD,
    OWN,
    PARTLY_WITHHELD,
    SAME,
    WITHHELD_PATH,
    Question,
    comparable,
    every_field,
)

EDUCATION = "ED@430621"
SCALARS = [
    GraphQLScalarType("Date", parse_value=date.fromisoformat),
    GraphQLScalarType("DateTime", parse_value=datetime.fromisoformat),
]
EVERYTHING = {
    "specified_by_url": True,
    "directive_is_repeatable": True,
    "schema_description": True,
    "input_value_deprecation": True,
    "input_object_one_of": True,
}


def client(served: Served, token: str, *, checking: bool = True) -> Client:
    transport = HTTPXTransport(served.endpoint, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    return Client(
        transport=transport,
        fetch_schema_from_transport=checking,
        introspection_args=EVERYTHING,
        execute_timeout=30,
        parse_results=checking,
    )


def code_of(error: TransportQueryError) -> str:
    return str((error.errors or [])[0]["extensions"]["code"])


@pytest.mark.parametrize("question", OWN, ids=lambda question: question.name)
def test_each_unit_is_answered(question: Question, served: Served, answers: Mapping[str, Any]) -> None:
    request = GraphQLRequest(question.document, variable_values=dict(question.variables))
    with client(served, served.token(question.unit, question.role)) as session:
        result = session.execute(request, get_execution_result=True)
    assert result.errors is None
    assert comparable(result.data) == comparable(answers[question.name]["data"])
    assert result.extensions == answers[question.name]["extensions"]


@pytest.mark.parametrize("question", SAME, ids=lambda question: question.name)
def test_each_unit_is_told_what_it_is_not_shown(question: Question, served: Served, answers: Mapping[str, Any]) -> None:
    """The same question to every unit is wider than the schema of most, so it is sent as it is."""
    request = GraphQLRequest(question.document, variable_values=dict(question.variables))
    with client(served, served.token(question.unit, question.role), checking=False) as session:
        result = session.execute(request, get_execution_result=True)
    assert comparable(result.data) == comparable(answers[question.name]["data"])
    assert result.extensions == answers[question.name]["extensions"]
    assert result.extensions and all(entry["nextStep"]["zh"] for entry in result.extensions["access"])


@pytest.mark.parametrize("question", OWN, ids=lambda question: question.name)
def test_every_field_a_unit_is_shown_can_be_asked(question: Question, served: Served) -> None:
    """What introspection shows validates, is answered without an error, and is of the declared scalar."""
    asking = client(served, served.token(question.unit, question.role))
    with asking as session:
        schema = asking.schema
        assert schema
        update_schema_scalars(schema, [scalar for scalar in SCALARS if scalar.name in schema.type_map])
        for name, document in every_field(schema):
            result = session.execute(gql(document), get_execution_result=True)
            assert result.errors is None, name


def test_what_is_withheld_is_told_beside_the_data(served: Served) -> None:
    with client(served, served.token(EDUCATION, "officer"), checking=False) as session:
        result = session.execute(gql(PARTLY_WITHHELD), get_execution_result=True)
    (row,) = (result.data or {})["children"]["nodes"]
    assert (row["residenceAddress"], row["withheld"]) == (None, ["residenceAddress"])
    (entry,) = (result.extensions or {})["access"]
    assert (entry["path"], entry["code"]) == (WITHHELD_PATH, "NO_DUTY")
    assert set(entry["nextStep"]) == {"zh", "en"}


def test_all_or_nothing_is_asked_by_an_extension(served: Served) -> None:
    request = GraphQLRequest(PARTLY_WITHHELD, extensions={"onDenied": "ERROR"})
    with client(served, served.token(EDUCATION, "officer"), checking=False) as session:
        with pytest.raises(TransportQueryError) as refused:
            session.execute(request)
    assert code_of(refused.value) == "NOT_GRANTED"
    assert (refused.value.extensions or {})["access"][0]["path"] == WITHHELD_PATH


def test_what_may_not_be_compared_is_refused_with_its_class(served: Served) -> None:
    document = 'query Found { children(filter: {residenceAddress: {eq: "甲一村"}}) { count { value } } }'
    with client(served, served.token(EDUCATION, "officer"), checking=False) as session:
        with pytest.raises(TransportQueryError) as refused:
            session.execute(gql(document))
    (entry,) = (refused.value.extensions or {})["access"]
    assert (code_of(refused.value), entry["class"]) == ("NOT_GRANTED", "D04")


def test_what_is_not_shown_is_refused_before_it_is_sent(served: Served) -> None:
    with client(served, served.token(EDUCATION, "officer")) as session:
        with pytest.raises(GraphQLError, match="residenceAddress"):
            session.execute(gql(PARTLY_WITHHELD))


def test_a_wrong_document_raises_with_its_code(served: Served) -> None:
    with client(served, served.token(EDUCATION, "officer"), checking=False) as session:
        with pytest.raises(TransportQueryError) as refused:
            session.execute(gql(NO_SUCH_FIELD))
    assert code_of(refused.value) == "DOCUMENT_INVALID"


def test_an_expired_token_raises_with_its_code(served: Served) -> None:
    with client(served, served.token(EDUCATION, "officer", ttl=-3600), checking=False) as session:
        with pytest.raises(TransportQueryError) as refused:
            session.execute(gql(PARTLY_WITHHELD))
    assert code_of(refused.value) == "TOKEN_EXPIRED"
