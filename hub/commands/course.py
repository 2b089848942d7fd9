"""The course of one act, as its rows and events are put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hub import errors
from hub.commands.words import Changed, Event, Given, Made, Outcome, Row, State
from hub.ledger.acts import Fault
from hub.ledger.decision import cross_faults
from schema.codes import CODE_LISTS
from schema.entities import camel
from schema.registry import ENTITIES

#: From which stages of a case a stage is entered by an act; a case may also stay where it is.
ENTERED: dict[str, frozenset[str]] = {
    "emergency": frozenset({"accepted", "emergency", "follow_up"}),
    "assessment": frozenset({"accepted", "emergency", "assessment", "follow_up"}),
    "plan": frozenset({"assessment", "plan"}),
    "intervention": frozenset({"accepted", "emergency", "assessment", "plan", "intervention", "follow_up"}),
    "judicial": frozenset({"accepted", "emergency", "assessment", "plan", "intervention", "judicial", "follow_up"}),
    "follow_up": frozenset({"accepted", "emergency", "assessment", "plan", "intervention", "judicial", "follow_up"}),
    "closed": frozenset({"accepted", "emergency", "assessment", "plan", "intervention", "judicial", "follow_up"}),
}


@dataclass(slots=True, kw_only=True)
class Course:
    """Collects what an act does; the state it began with stays as it was."""

    state: State
    given: Given
    made: list[Made] = field(default_factory=list)
    changed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    opened: str | None = None  # a case that the act opens

    @property
    def case(self) -> Row:
        """The open case; refuses where there is none."""
        case = self.state.case
        if case is None:
            raise errors.NoCase()
        if case["closed_on"] is not None:
            raise errors.CaseClosed()
        return case

    def make(self, entity: str, row: str | None = None, **values: Any) -> str:
        row = row or self.given.new_id(entity)
        columns = ENTITIES[entity].table.c
        known = {name: value for name, value in values.items() if value is not None}
        child = None if self.state.child is None else self.state.child["id"]
        if "child_id" in columns and child is not None:
            known.setdefault("child_id", child)
        if "case_id" in columns and self.state.case is not None:
            known.setdefault("case_id", self.state.case["id"])
        self.made.append(Made(entity=ENTITIES[entity], row=row, values=known))
        return row

    def change(self, entity: str, row: str, **values: Any) -> None:
        self.changed.setdefault((entity, row), {}).update(values)

    def happened(self, kind: str, data_class: str, **more: Any) -> None:
        self.events.append(Event(kind=kind, data_class=data_class, **more))

    def enter(self, stage: str, *, lead: str | None = None) -> None:
        """The case goes to a stage, if it may from where it is."""
        case = self.case
        if case["stage"] not in ENTERED[stage]:
            stages = CODE_LISTS["case_stage"].codes
            raise errors.WrongStage(stage=stages[case["stage"]].en, stage_zh=stages[case["stage"]].zh)
        values: dict[str, Any] = {} if case["stage"] == stage else {"stage": stage}
        if lead is not None and lead != case["lead_unit"]:
            values["lead_unit"] = lead
        if values:
            self.change("ProtectionCase", case["id"], **values)

    def join(self, unit: str, role: str, *, accepted: bool = False) -> bool:
        """A unit takes part from today; whether it did not before."""
        mine = [party for party in self.state.parties if party["unit"] == unit]
        if mine or any(row.entity.name == "CaseParty" and row.values["unit"] == unit for row in self.made):
            return False
        values: dict[str, Any] = {"unit": unit, "role": role, "since": self.given.today}
        if accepted:
            values["accepted_on"] = self.given.today
        if self.opened is not None:
            values["case_id"] = self.opened
        self.make("CaseParty", **values)
        return True

    def settled(self, answer: str) -> Outcome:
        """What the act comes to; refuses days that do not follow each other."""
        if faults := tuple(dict.fromkeys(self._disorder())):
            raise errors.InputInvalid(count=len(faults), listed=faults)
        changed = tuple(
            Changed(entity=ENTITIES[entity], row=row, values=values) for (entity, row), values in self.changed.items()
        )
        return Outcome(
            answer=answer, made=tuple(self.made), changed=changed, events=tuple(self.events), case=self.opened
        )

    def _disorder(self) -> Iterator[Fault]:
        known = {name for name, value in self.given.values.items() if value is not None}
        rows: list[tuple[str, Row, Row]] = [(made.entity.name, made.values, made.values) for made in self.made]
        rows += [(entity, {**self._standing(row), **new}, new) for (entity, row), new in self.changed.items()]
        for entity, row, touched in rows:
            for found in cross_faults(ENTITIES[entity], row, touched, self.given.today):
                # The day was given, or follows from one that was.
                named = found.path[-1] in {camel(name) for name in known}
                yield found if named else replace(found, path=("input",))

    def _standing(self, row: str) -> Row:
        state = self.state
        looked_at = (
            state.target,
            state.case or {},
            *state.parties,
            *(each for rows in state.rows.values() for each in rows),
        )
        return next((each for each in looked_at if each.get("id") == row), {})


def today_or(day: date | None, given: Given) -> date:
    """The day that was told, or today."""
    return day or given.today
