"""Which rule opens which field group: a class at its own level, what lies above it by name alone."""

from __future__ import annotations

from hub.policy.objects import read_objects, registry_objects
from schema.classes import CLASSES, Label, Level
from schema.meaning import Field, Kind
from schema.registry import ENTITIES


def field(data_class: str, facets: str = "", level: Level = Level.L3) -> Field:
    return Field(
        label=Label(zh="一", en="one"), data_class=data_class, level=level, owner=("TW",), kind=Kind.TEXT,
        facets=frozenset(facets.split()),
    )  # fmt: skip


def test_class_and_facets_open_a_group() -> None:
    objects = read_objects([field("D08", "carer contact")])
    assert objects.opened_by["D08/carer+contact"] == ("D08", "D08/carer", "D08/contact")


def test_facet_above_its_class_opens_by_its_own_name_alone() -> None:
    objects = read_objects([field("D04"), field("D04", "house", Level.L4)])
    assert objects.opened_by["D04/house"] == ("D04/house",)
    assert objects.groups_of("D04") == ("D04",)


def test_denial_of_a_class_closes_what_lies_above_it() -> None:
    objects = read_objects([field("D04", "house", Level.L4)])
    assert objects.closed_by("D04") == ("D04", "D04/house")


def test_every_class_is_an_object_even_without_a_field() -> None:
    assert set(CLASSES) <= set(read_objects([]).groups)


def test_every_value_above_the_level_of_its_class_is_in_a_raised_facet() -> None:
    objects = registry_objects()
    unguarded = [
        f"{entity.name}.{field.name}"
        for entity in ENTITIES.values()
        for field in entity.fields.values()
        if field.level > CLASSES[field.data_class].level
        and not any(name in objects.raised for name in objects.opened_by[field.group])
    ]
    assert unguarded == []


def test_every_sealed_value_opens_to_sealed_names_alone() -> None:
    objects = registry_objects()
    loose = [
        f"{entity.name}.{field.name}"
        for entity in ENTITIES.values()
        for field in entity.fields.values()
        if field.level is Level.L5 and not all(objects.sealed(name) for name in objects.opened_by[field.group])
    ]
    assert loose == []
