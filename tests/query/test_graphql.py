"""The schema derived from the registry, and the language text that is committed beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    parse,
    parse_value,
    validate,
    value_from_ast,
)

from hub.interface import full_sdl, interface
from hub.query.filters import is_listable
from hub.query.types import roots_of
from schema.classes import Level
from schema.entities import camel
from schema.registry import ENTITIES

SDL = Path(__file__).parents[2] / "schema" / "schema.graphql"


def test_committed_text_is_the_schema() -> None:
    assert SDL.read_text("utf-8") == full_sdl(), "run `hub sdl --write` and commit schema/schema.graphql"


@pytest.mark.parametrize("name", ENTITIES)
def test_every_declared_field_is_a_nullable_field(name: str) -> None:
    kind = interface().type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    declared = {camel(field) for field in ENTITIES[name].fields}
    related = {camel(relation) for relation in ENTITIES[name].relations}
    assert set(kind.fields) == declared | related | {"id", "withheld", "underCheck"}
    assert [field for field, of in kind.fields.items() if isinstance(of.type, GraphQLNonNull)] == ["id"]


def test_sealed_fields_are_in_no_filter_and_no_order() -> None:
    for entity in ENTITIES.values():
        sealed = {camel(field.name) for field in entity.fields.values() if field.level >= Level.L5}
        kind = interface().type_map.get(f"{entity.name}Filter")
        assert (kind is not None) == is_listable(entity)
        if isinstance(kind, GraphQLInputObjectType):
            assert not sealed & set(kind.fields)
            orders = interface().type_map[f"{entity.name}OrderField"].to_kwargs()["values"]  # type: ignore[typeddict-item]
            assert not {name.upper() for name in sealed} & {name.replace("_", "") for name in orders}


def test_root_fields_are_those_the_planner_knows() -> None:
    query = interface().query_type
    assert query is not None
    own = {"viewer", "catalogue", "explain", "codeList", "codeLists", "childStatistics", "accessStatement"}
    own |= {"inbox", "caseBoard", "whoIsInvolved", "sharedKnowledge"}
    assert set(query.fields) == set(roots_of(ENTITIES)) | own


@pytest.mark.parametrize(
    "document",
    [
        "{ childs { id } }",
        "{ child(idd: 1) { id } }",
        "{ child(id: 1) { nam } }",
        "{ children(orderBy: [{ field: CHILD_N }]) { count { value } } }",
        '{ children(filter: { nam: { eq: "" } }) { count { value } } }',
        "{ child(id: 1) { ... on Chil { id } } }",
        "query ($f: ChildFilte) { children(filter: $f) { count { value } } }",
        "{ child(id: 1) { id @skp(if: true) } }",
    ],
)
def test_faults_suggest_nothing(document: str) -> None:
    faults = validate(interface(), parse(document), hide_suggestions=True)
    assert faults
    assert not any("Did you mean" in fault.message for fault in faults)


def test_orders_and_dates_are_read_as_the_planner_expects() -> None:
    order = value_from_ast(parse_value("{ field: CHILD_NO }"), interface().type_map["ChildOrder"])  # type: ignore[arg-type]
    assert order == {"field": "child_no", "direction": "ASC"}
    kind = interface().type_map["DateTimeFilter"]
    moment = value_from_ast(parse_value('{ lt: "2026-11-21T08:00:00+08:00" }'), kind)  # type: ignore[arg-type]
    assert moment == {"lt": datetime(2026, 11, 21, tzinfo=UTC)}
    day = value_from_ast(parse_value('{ eq: "2026-11-21" }'), interface().type_map["DateFilter"])  # type: ignore[arg-type]
    assert day == {"eq": date(2026, 11, 21)}


@pytest.mark.parametrize("value", ['"2026-13-01"', '"20261121"', '"2026-11-21T00:00"', "3", '"x"', "true"])
def test_what_is_no_date_is_refused_without_being_repeated(value: str) -> None:
    document = (
        f"{{ children(filter: {{ birthDate: {{ eq: {value} }}, recordedAt: {{ eq: {value} }} }}) {{ __typename }} }}"
    )
    faults = validate(interface(), parse(document), hide_suggestions=True)
    assert faults
    assert not any(value.strip('"') in fault.message for fault in faults if "written like" in fault.message)
