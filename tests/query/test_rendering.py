"""Errors as callers see them: coded, in both languages, and without what they sent or what we hide."""

from __future__ import annotations

import logging

import pytest
from graphql import GraphQLError, GraphQLSyntaxError, Source, parse, validate
from graphql.execution.values import get_variable_values

from hub import errors
from hub.interface import interface
from hub.query import rendering
from hub.query.transport import GRAPHQL, JSON

SECRET = "430621201501011234"


def test_an_error_names_its_code_and_the_next_step() -> None:
    shown = rendering.rendered(errors.LimitPage(limit=100))
    assert shown["message"] == "每页或计数须为 0 到 100 行。；A page or count takes 0 to 100 rows."
    step = {
        "zh": "减小 first 或 limit，用 after 翻页。",
        "en": "Ask for less with first or limit, and turn pages with after.",
    }
    assert shown["extensions"] == {"code": "LIMIT_PAGE", "retryable": False, "nextStep": step}


def test_a_next_step_names_what_it_is_about() -> None:
    class Named(errors.HubError):
        next_zh, next_en = "找 {whom}。", "Ask {whom}."

    assert rendering.rendered(Named(whom="ED@430621"))["extensions"]["nextStep"] == {
        "zh": "找 ED@430621。",
        "en": "Ask ED@430621.",
    }


@pytest.mark.parametrize(
    "document",
    [
        f'{{ children(first: "{SECRET}") {{ __typename }} }}',
        f"{{ children(filter: {{ name: {{ eq: {SECRET} }} }}) {{ __typename }} }}",
        f'{{ children(filter: {{ birthDate: {{ eq: "{SECRET}" }} }}) {{ __typename }} }}',
        f'{{ children(filter: {{ name: "{SECRET}" }}) {{ __typename }} }}',
        f'{{ children(filter: {{ nome: {{ eq: "{SECRET}" }} }}) {{ __typename }} }}',
        f'{{ children(filter: {{ age: {{ eq: "{SECRET}" }} }}) {{ __typename }} }}',
        f'{{ child(id: {{ x: "{SECRET}" }}) {{ id }} }}',
        f'{{ children(orderBy: [{{ field: "{SECRET}" }}]) {{ __typename }} }}',
        f'{{ children(orderBy: "{SECRET}") {{ __typename }} }}',
        f'{{ child(id: "{SECRET}", id: "{SECRET}") {{ id }} }}',
        f'{{ child(id: 1) {{ id }} child(id: "{SECRET}") {{ id }} }}',
        f'{{ child(id: 1) {{ id @include(if: "{SECRET}") }} }}',
    ],
)
def test_faults_of_documents_do_not_repeat_values(document: str) -> None:
    faults = tuple(validate(interface(), parse(document), hide_suggestions=True))
    assert faults
    shown = rendering.rendered_all(errors.OperationError(reason="", faults=faults))
    assert SECRET not in str(shown)
    assert {one["extensions"]["code"] for one in shown} == {"DOCUMENT_INVALID"}


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("$v: Int", SECRET),
        ("$v: Boolean", SECRET),
        ("$v: [ID!]", [None, SECRET]),
        ("$v: Date", SECRET),
        ("$v: DateTime", SECRET),
        ("$v: ChildFilter", {"nome": SECRET}),
        ("$v: ChildFilter", {"name": {"eq": {"x": SECRET}}}),
        ("$v: ChildFilter", {"name": SECRET}),
        ("$v: ChildOrderField", SECRET),
        ("$v: [ChildOrder!]", [{"field": SECRET}]),
        ("$v: String", {SECRET: SECRET}),
        ("$v: String", [SECRET]),
    ],
)
def test_faults_of_variables_do_not_repeat_values(declared: str, value: object) -> None:
    document = parse(f"query ({declared}) {{ __typename }}")
    definitions = document.definitions[0].variable_definitions  # type: ignore[attr-defined]
    faults = get_variable_values(interface(), definitions, {"v": value}, hide_suggestions=True)
    assert isinstance(faults, list)
    shown = rendering.rendered_all(errors.VariableInvalid(reason="", faults=tuple(faults)))
    assert SECRET not in str(shown)


def test_the_same_fault_is_said_once() -> None:
    faults = tuple(validate(interface(), parse("{ __typename " + "@aa " * 10 + "}"), hide_suggestions=True))
    assert len(faults) == 10
    assert len(rendering.rendered_all(errors.OperationError(reason="", faults=faults))) == 1


def test_an_internal_fault_is_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="hub"):
        try:
            raise ValueError(SECRET)
        except ValueError as fault:
            shown = rendering.rendered_execution([GraphQLError("x", original_error=fault, path=["child"])])
    assert SECRET not in str(shown) + caplog.text
    assert shown[0]["extensions"]["code"] == "INTERNAL"
    assert shown[0]["path"] == ["child"]
    assert "ValueError" in caplog.text
    assert "test_rendering.py" in caplog.text


@pytest.mark.parametrize(
    ("error", "media", "status"),
    [
        (errors.OperationError(reason="", faults=(GraphQLSyntaxError(Source("{"), 1, "x"),)), GRAPHQL, 400),
        (errors.OperationError(reason="", faults=(GraphQLError("x"),)), GRAPHQL, 422),
        (errors.VariableInvalid(reason="", faults=(GraphQLError("x"),)), GRAPHQL, 422),
        (errors.OperationUnknown(), GRAPHQL, 422),
        (errors.NotGranted(paths=""), GRAPHQL, 403),
        (errors.OperationError(reason="", faults=(GraphQLError("x"),)), JSON, 200),
        (errors.NotGranted(paths=""), JSON, 200),
        (errors.RecordError(), JSON, 503),
        (errors.IdentityError(), JSON, 401),
    ],
)
def test_statuses_follow_the_draft(error: errors.HubError, media: str, status: int) -> None:
    assert rendering.status_of(error, media) == status
