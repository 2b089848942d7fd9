"""The words of acting: what an act is called, what it takes, what right it needs; and what it makes happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from hub.identity.identity import Unit
from hub.ledger.inputs import Input, declared_input
from hub.policy.grant import Grant
from schema.classes import Label
from schema.entities import Entity, camel
from schema.registry import ENTITIES

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Value:
    """One value that an act takes, of the kind and under the checks of a declared column."""

    column: str  # EmergencyMeasure.measure
    required: bool = False
    alias: str = ""  # where the act has another name for it
    label: Label | None = None

    @property
    def name(self) -> str:
        """As the act has it."""
        return self.alias or self.column.partition(".")[2]

    @cached_property
    def item(self) -> Input:
        entity, _, column = self.column.partition(".")
        found = declared_input(ENTITIES[entity], column)
        shown = found.field if self.label is None else replace(found.field, label=self.label)
        return replace(found, name=camel(self.name), required=self.required, field=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Who acts, when, and with what; and what may be asked of the directory of units."""

    unit: Unit
    person: str
    at: datetime
    today: date
    values: Row = field(repr=False)
    in_charge: Callable[[str, str], str | None] = field(repr=False)  # the unit of a type in charge of a place
    grant: Grant = field(repr=False)  # what its unit may do
    new_id: Callable[[str], str] = field(repr=False)  # of a row of an entity

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What stands before the act: the row it is about, its child and case, and of the case what the act looks at."""

    target: Row = field(default_factory=dict, repr=False)
    child: Row | None = field(default=None, repr=False)
    case: Row | None = field(default=None, repr=False)
    parties: tuple[Row, ...] = ()  # that take part today
    waiting: tuple[str, ...] = ()  # units told, that have neither acknowledged nor been escalated
    schools: tuple[str, ...] = ()  # at which the child is enrolled today
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict, repr=False)  # of the case or child, by entity

    def of(self, entity: str) -> tuple[Row, ...]:
        return self.rows[entity]

    def around(self, given: Given, *unit_types: str) -> tuple[str, ...]:
        """The units of these types in charge where the child lives, but for the one that acts."""
        home = "" if self.child is None else str(self.child["residence_division"])
        found = (given.in_charge(unit_type, home) for unit_type in unit_types)
        return tuple(unit for unit in found if unit is not None and unit != given.unit.code)

    def parties_of(self, *unit_types: str) -> tuple[str, ...]:
        """The parties of these types."""
        return tuple(p["unit"] for p in self.parties if p["unit"].partition("@")[0] in unit_types)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A row to be made."""

    entity: Entity
    row: str
    values: Row = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A row to be changed."""

    entity: Entity
    row: str
    values: Row = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that has happened, in the words of `case_event_type` where it stands in the case's time line."""

    kind: str
    data_class: str
    summary: str | None = field(default=None, repr=False)
    row: str | None = None  # that it is about
    due: date | None = None  # that the matter itself names
    urgent: bool = False
    tells: tuple[str, ...] = ()  # units beside the parties
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by what they are in it
    notice: str = "event"  # the kind of the notices
    in_case: bool = True  # stands in the time line; else it is told to `tells` alone
    silent: bool = False  # nobody is told: it only opens or meets obligations


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an act comes to."""

    answer: str  # id of the row that is answered
    made: tuple[Made, ...] = ()
    changed: tuple[Changed, ...] = ()
    events: tuple[Event, ...] = ()
    case: str | None = None  # that the events belong to, where the act itself opened it
    signal: str | None = None  # a channel on which nodes are told that there is something new


Decide = Callable[[State, Given], Outcome]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """An act of a duty."""

    name: str  # acceptReport
    label: Label
    source: str  # the clause it comes from
    needs: tuple[tuple[str, str], ...]  # class or facet and action, on the row the act is about
    decide: Decide
    answers: str  # the entity of the row that is answered
    target: str | None = None  # the entity of the row it is about; none: it makes the first row of a matter
    values: tuple[Value, ...] = ()
    reads: tuple[str, ...] = ()  # entities of which the case's rows are looked at

    @property
    def about(self) -> Entity:
        """Of which the rights are asked."""
        return ENTITIES[self.target or self.answers]
