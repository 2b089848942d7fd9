"""What each unit sees of the schema is what its grant opens, field by field."""

from __future__ import annotations

from functools import cache

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    build_schema,
    execute_sync,
    get_introspection_query,
    parse,
    validate,
    validate_schema,
)

from hub.interface import NEEDS, interface
from hub.policy import words
from hub.policy.book import PolicyBook, load_policies
from hub.policy.compile import Policy
from hub.policy.grant import Grant, Subject
from hub.query.filters import filterable_fields, is_listable, orderable_fields
from hub.query.view import Views
from schema.classes import CLASSES, Level
from schema.entities import Entity, camel
from schema.meaning import Field
from schema.registry import ENTITIES
from schema.scopes import applies
from schema.treatment import discloses

CALLERS = [
    *((unit.code, level, "officer") for unit in words.UNIT_TYPES.values() for level in unit.levels[-1:]),
    ("PS", "county", "handling_officer"),
    ("ED", "county", "service"),
    ("CA", "county", "audit_admin"),
    ("CA", "county", "system_admin"),
    ("CA", "county", "policy_admin"),
    ("JC", "county", "convener"),
    ("ED", "county", "liaison"),
]
IDS = [f"{unit}@{level} {role}" for unit, level, role in CALLERS]


@cache
def book() -> PolicyBook:
    return load_policies()


@cache
def grant_of(unit: str, level: str, role: str = "officer") -> Grant:
    return Policy(book()).grant(Subject(unit_type=unit, level=level), {role})


@cache
def views() -> Views:
    return Views(interface(), ENTITIES, NEEDS)


def opens(grant: Grant, entity: Entity, field: Field, actions: tuple[str, ...]) -> set[str]:
    """The modes in which some row of the entity could show the field."""
    rights = [right for action in actions for right in grant.rights_on(field.group, action)]
    return {right.mode for right in rights if applies(right.reach.scope, right.reach.condition, entity)}


@pytest.mark.parametrize(("unit", "level", "role"), CALLERS, ids=IDS)
def test_fields_in_view_are_those_with_a_right(unit: str, level: str, role: str) -> None:
    grant = grant_of(unit, level, role)
    schema = views().of(grant).schema
    assert not validate_schema(schema)
    for entity in ENTITIES.values():
        expected = {
            camel(field.name)
            for field in entity.fields.values()
            if any(discloses(field, mode) for mode in opens(grant, entity, field, ("list", "read")))
        }
        kind = schema.type_map.get(entity.name)
        declared = {camel(name) for name in entity.fields}
        found = set(kind.fields) & declared if isinstance(kind, GraphQLObjectType) else set()
        assert found - {"id"} == expected - {"id"}, entity.name
        assert (kind is not None) == bool(expected), entity.name


@pytest.mark.parametrize(("unit", "level", "role"), CALLERS, ids=IDS)
def test_filters_and_orders_need_the_whole_value(unit: str, level: str, role: str) -> None:
    grant = grant_of(unit, level, role)
    schema = views().of(grant).schema
    query = schema.query_type
    assert query is not None
    for entity in ENTITIES.values():
        if not is_listable(entity) or entity.about.plural not in query.fields:
            continue
        full = {f.name for f in entity.fields.values() if "full" in opens(grant, entity, f, ("list",))}
        condition, order = schema.type_map.get(f"{entity.name}Filter"), schema.type_map.get(f"{entity.name}OrderField")
        conditions = set(condition.fields) if isinstance(condition, GraphQLInputObjectType) else set()
        orders = set(order.values) if isinstance(order, GraphQLEnumType) else set()
        declared = {camel(name) for name in entity.fields}
        assert conditions & declared == {camel(f.name) for f in filterable_fields(entity) if f.name in full}
        assert orders == {f.name.upper() for f in orderable_fields(entity) if f.name in full}


def test_five_units_see_five_schemas() -> None:
    units = [("ED", "county"), ("CT", "county"), ("SC", "township"), ("ST", "county"), ("VC", "village")]
    texts = {views().of(grant_of(*unit)).sdl for unit in units}
    assert len(texts) == 5
    statistics = views().of(grant_of("ST", "county")).sdl
    assert "childStatistics(" in statistics
    assert "type Child " not in statistics
    assert "childStatistics(" not in views().of(grant_of("ED", "county")).sdl


@pytest.mark.parametrize(("unit", "level", "role"), CALLERS, ids=IDS)
def test_names_of_sealed_fields_are_in_no_text_of_who_does_not_hold_them(unit: str, level: str, role: str) -> None:
    grant = grant_of(unit, level, role)
    text = views().of(grant).sdl
    askable = views().askable(grant)
    for entity in ENTITIES.values():
        for field in entity.fields.values():
            if field.level < Level.L5 or opens(grant, entity, field, ("read",)):
                continue
            kind = askable.type_map.get(entity.name)
            assert not (isinstance(kind, GraphQLObjectType) and camel(field.name) in kind.fields)
    for code in ("D25", "D30"):
        if not grant.classes.get(code):
            assert f"[{code} " not in text


def test_asking_for_a_sealed_field_is_answered_like_any_unknown_name() -> None:
    askable = views().askable(grant_of("ED", "county"))
    sealed, unknown = (
        [fault.message for fault in validate(askable, parse(document), hide_suggestions=True)]
        for document in ("{ investigationRecord(id: 1) { id } }", "{ noSuchThing(id: 1) { id } }")
    )
    assert [message.replace("investigationRecord", "noSuchThing") for message in sealed] == unknown


def test_asking_for_a_field_without_a_right_is_valid() -> None:
    """It is answered with null and the reason, so that the unit can apply for it."""
    askable = views().askable(grant_of("ED", "county"))
    document = "{ children { nodes { residenceAddress assessments { conclusion } } } }"
    assert not validate(askable, parse(document))


def test_grants_with_equal_rights_share_a_view() -> None:
    one, other = (Policy(book()).grant(Subject(unit_type="ED", level="county"), {"officer"}) for _ in range(2))
    assert views().of(one) is views().of(other)
    assert views().askable(one) is views().askable(grant_of("TX", "county"))


def test_the_text_is_what_introspection_says() -> None:
    view = views().of(grant_of("ED", "county"))
    result = execute_sync(view.schema, parse(get_introspection_query()))
    assert result.data is not None
    told = {kind["name"] for kind in result.data["__schema"]["types"] if not kind["name"].startswith("__")}
    written = {name for name in build_schema(view.sdl).type_map if not name.startswith("__")}
    assert told == written


def test_classes_of_the_catalogue_are_below_the_sealed_ones() -> None:
    assert {code for code, about in CLASSES.items() if about.level >= Level.L5} == {"D23", "D25", "D30"}
