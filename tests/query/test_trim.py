"""Cutting a schema down: what is left is whole, and what leads nowhere is gone."""

from __future__ import annotations

from graphql import build_schema, validate_schema

from hub.query.graphql import print_sdl
from hub.query.trim import Kept, trim

WHOLE = """
interface Node { id: ID! }

type Child implements Node {
  id: ID!
  name: String
  family: Family
  events(filter: EventFilter, first: Int = 20): [Event!]
}

type Family implements Node {
  id: ID!
  size: Int
}

type Event implements Node {
  id: ID!
  family: Family
}

input EventFilter { and: [EventFilter!] kind: KindFilter }

input KindFilter { eq: String }

enum Order { NAME SIZE }

type Query {
  node(id: ID!): Node
  child(order: Order = NAME): Child
  family: Family
}
"""


def trimmed(kept: Kept) -> str:
    schema = trim(build_schema(WHOLE), kept)
    assert not validate_schema(schema)
    return print_sdl(schema)


def test_nothing_is_lost_where_everything_is_kept() -> None:
    assert trimmed({}) == print_sdl(build_schema(WHOLE))


def test_a_type_takes_the_fields_that_lead_to_it_along() -> None:
    text = trimmed({"Family": frozenset()})
    assert "Family" not in text
    assert "events(" in text


def test_a_type_left_with_nothing_goes_too() -> None:
    text = trimmed({"Family": frozenset(), "Event": frozenset({"family"})})
    assert "Event " not in text
    assert "events" not in text
    assert "EventFilter" not in text


def test_an_input_takes_the_arguments_of_its_type_along() -> None:
    assert "events(first: Int = 20): [Event!]" in trimmed({"EventFilter": frozenset()})


def test_enum_values_and_fields_are_chosen_one_by_one() -> None:
    text = trimmed({"Order": frozenset({"NAME"}), "Child": frozenset({"id", "name"}), "Query": frozenset({"child"})})
    assert "SIZE" not in text
    assert "events" not in text
    assert "node(" not in text


def test_the_whole_schema_stays_as_it_was() -> None:
    whole = build_schema(WHOLE)
    trim(whole, {"Family": frozenset()})
    assert print_sdl(whole) == print_sdl(build_schema(WHOLE))
