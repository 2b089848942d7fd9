"""A case kept in memory: the rows that acts make and change, and the state they leave for the next; no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from hub.commands.loading import WAITING
from hub.commands.words import Event, Given, Kind, Outcome, State
from hub.identity.identity import Unit
from hub.knowledge import telling
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.offices import Offices, Resolver
from hub.knowledge.owing import Owed, rules_of
from hub.knowledge.reckoning import reckoned
from hub.policy import words
from hub.policy.compile import compile_grant
from hub.policy.grant import Grant, Subject
from schema.classes import Label
from schema.entities import Entity
from schema.meaning import Kind as FieldKind
from schema.registry import ENTITIES
from tests.knowledge.world import BOOK, directory

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]
COUNTY, VILLAGE = "430621", "430621104201"
BEGAN = datetime(2026, 9, 24, 2, tzinfo=UTC)
CHILD = f"child_{COUNTY}_{1:026d}"
DIRECTORY = directory()
OFFICES = Offices(DIRECTORY, BEGAN.date())


@cache
def grant_of(unit_type: str) -> Grant:
    """What officers of a type may do."""
    level = words.UNIT_TYPES[unit_type].levels[-1]
    return compile_grant(BOOK, Subject(unit_type=unit_type, level=level), {"officer"}, day=BEGAN.date())


def unit_of(code: str) -> Unit:
    row = DIRECTORY.row(code)
    assert row is not None
    return Unit(code=code, type=row.type, level=row.level, division=row.division, ranges=(), name=Label(zh="", en=""))


def complete(entity: Entity, values: Mapping[str, Any]) -> Row:
    """A row as the database keeps it, as JSON has it."""
    row: Row = {}
    for column in entity.table.columns:
        value = values.get(column.name)
        if value is None and column.server_default is not None:
            value = {FieldKind.BOOL: False, FieldKind.INT: 0}.get(column.info["field"].kind)
        row[column.name] = plain(value)
    return row | {"row_version": 1}


def plain(value: Any) -> Any:
    return (
        value.isoformat() if isinstance(value, date | datetime) else list(value) if isinstance(value, tuple) else value
    )


@dataclass(slots=True)
class Memory:
    """Rows by entity, and what units owe."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in ENTITIES})
    owed: dict[str, Owed] = field(default_factory=dict)
    at: datetime = BEGAN
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self._add(
            "Child",
            id=CHILD,
            child_no="C-1",
            residence_division=VILLAGE,
            name="张一",
            sex="1",
            birth_date=date(2016, 3, 1),
        )
        self._add("Enrolment", child_id=CHILD, school_unit="SC@430621104-01", status="enrolled", stage="primary")
        self._add("GuardianshipArrangement", child_id=CHILD, type="entrusted_relative", valid_from=date(2026, 1, 1))
        self._add("HukouRecord", child_id=CHILD, status="unregistered")
        self._add(
            "FamilyMember",
            id=f"member_{COUNTY}_{1:026d}",
            family_id=f"family_{COUNTY}_{1:026d}",
            name="张姑",
            relation="70",
        )

    def _add(self, entity: str, **values: Any) -> None:
        row = {"id": self.new_id(entity), "county": COUNTY, **values}
        self.tables[entity].append(complete(ENTITIES[entity], row))

    def new_id(self, entity: str) -> str:
        return f"{ENTITIES[entity].about.id_tag}_{COUNTY}_{next(self._numbers):026d}"

    @property
    def today(self) -> date:
        return (self.at + timedelta(hours=8)).date()

    def row(self, entity: str, row: str) -> Row:
        return next(each for each in self.tables[entity] if each["id"] == row)

    def state(self, kind: Kind, row: str | None, child: str | None, by: str) -> State:
        """What `hub.commands.loading` reads, of these rows."""
        target = {} if row is None or kind.target is None else self.row(kind.target, row)
        case = _linked(target, ENTITIES[kind.target].about.case_column if kind.target else None)
        of_child = (target.get("id") if kind.target == "Child" else target.get("child_id")) or child
        here = [party for party in self.tables["CaseParty"] if party["case_id"] == case and case is not None]
        told = [k for k in self.tables["CaseKnowledge"] if case is not None and k["case_id"] == case]
        waiting = {k["unit"] for k in told if k["acknowledged_at"] is None and k["escalated_at"] is None} - {by}
        return State(
            target=dict(target), child=None if of_child is None else dict(self.row("Child", of_child)),
            case=None if case is None else dict(self.row("ProtectionCase", case)),
            parties=tuple(dict(party) for party in here if self.takes_part(party)),
            waiting=tuple(sorted(waiting)) if WAITING in kind.reads else (),
            schools=tuple(e["school_unit"] for e in self.tables["Enrolment"] if e["child_id"] == of_child),
            rows={name: tuple(self._rows(kind, name, case, of_child)) for name in kind.reads if name != WAITING},
        )  # fmt: skip

    def takes_part(self, party: Row) -> bool:
        today = self.today.isoformat()
        return bool(party["since"] <= today and (party["until"] is None or party["until"] > today))

    def _rows(self, kind: Kind, entity: str, case: str | None, child: str | None) -> Iterator[Row]:
        of_case = kind.target is not None and ENTITIES[kind.target].about.case_column is not None
        by_case = of_case and "case_id" in ENTITIES[entity].table.c
        name, value = ("case_id", case) if by_case else ("child_id", child)
        yield from (dict(row) for row in self.tables[entity] if value is not None and row[name] == value)

    def given(self, unit: str, values: Mapping[str, Any]) -> Given:
        return Given(
            unit=unit_of(unit), person=f"officer:{unit}", at=self.at, today=self.today, values=values,
            in_charge=OFFICES.in_charge, grant=grant_of(unit[:2]), new_id=self.new_id,
        )  # fmt: skip

    def apply(self, state: State, given: Given, outcome: Outcome) -> None:
        """Rows, steps, the board, notices and obligations, as the writer leaves them."""
        for made in outcome.made:
            self.tables[made.entity.name].append(
                complete(made.entity, {"id": made.row, "county": COUNTY, **made.values})
            )
        for changed in outcome.changed:
            row = self.row(changed.entity.name, changed.row)
            row |= {name: plain(value) for name, value in changed.values.items()} | {
                "row_version": row["row_version"] + 1
            }
        case = outcome.case or (None if state.case is None else state.case["id"])
        self._knows(case, given.unit.code)
        for event in outcome.events:
            self._tell(event, state, given, outcome, case)
        self._owe(state, given, outcome, case)

    def _knows(self, case: str | None, unit: str) -> None:
        """Who acts in a case knows of what it was told before."""
        for name in ("CaseKnowledge", "Notice"):
            for row in self.tables[name]:
                if (
                    case is not None
                    and row["case_id"] == case
                    and row["unit"] == unit
                    and row["acknowledged_at"] is None
                ):
                    row["acknowledged_at"] = self.at.isoformat()

    def _tell(self, event: Event, state: State, given: Given, outcome: Outcome, case: str | None) -> None:
        if event.silent or telling.is_sealed(event.data_class):
            return
        in_case = event.in_case and case is not None
        joined = (made.values["unit"] for made in outcome.made if made.entity.name == "CaseParty")
        parties = (*(party["unit"] for party in state.parties), *joined) if in_case else ()
        units = telling.must_know(parties, event.tells, given.unit.code)
        row = None
        if in_case:
            row = self.new_id("CaseEvent")
            self._add("CaseEvent", case_id=case, type=event.kind, by_unit=given.unit.code, must_know_units=list(units),
                      at=self.at, data_class=event.data_class, summary=event.summary)  # fmt: skip
            self.tables["CaseEvent"][-1]["id"] = row
        for unit in units:
            known = {"unit": unit, "case_id": case, "event_id": row}
            if row is not None:
                self._add("CaseKnowledge", **known, notified_at=self.at)
            self._add("Notice", **known, by_unit=given.unit.code, event_type=event.kind, kind=event.notice, at=self.at)

    def _owe(self, state: State, given: Given, outcome: Outcome, case: str | None) -> None:
        home = given.unit.division if state.child is None else str(state.child["residence_division"])
        number = None if case is None else self.row("ProtectionCase", case)["case_no"]
        said = [
            Occurrence(
                kind=event.kind, at=self.at, by=given.unit.code, division=home, case=case, case_no=number,
                child=None if state.child is None else state.child["id"], row=event.row, due=event.due,
                urgent=event.urgent, units=event.units,
            )
            for event in outcome.events
        ]  # fmt: skip
        parties = [party["unit"] for party in self.tables["CaseParty"] if party["case_id"] == case]
        found = reckoned(
            said, [owed for owed in self.owed.values() if owed.stands], rules_of(BOOK.digest, BOOK.obligations),
            Resolver(offices=OFFICES, parts_of={case: tuple(parties)} if case else {}), DIRECTORY.working_days,
            id_of=lambda _: f"obligation_{next(self._numbers):026d}",
        )  # fmt: skip
        taken = {owed.subject_key for owed in self.owed.values() if owed.subject_key is not None}
        self.owed |= {owed.id: owed for owed in found.met}
        self.owed |= {owed.id: owed for owed in found.opened if owed.subject_key not in taken}

    def acknowledge(self, unit: str) -> None:
        for name in ("CaseKnowledge", "Notice"):
            for row in self.tables[name]:
                if row["unit"] == unit and row["acknowledged_at"] is None:
                    row["acknowledged_at"] = self.at.isoformat()


def _linked(target: Mapping[str, Any], column: str | None) -> str | None:
    return None if column is None else target.get(column)
