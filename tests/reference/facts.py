"""What is the case in a small world: whom a scope reaches, which conditions hold, in plain Python over raw rows.

The reference for the SQL of scopes, conditions and exceptions. A right reaches a row, or it does not; unknown is no.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple, TypeAlias

from schema.entities import Entity
from schema.meaning import Anchor
from schema.registry import ENTITIES

Row: TypeAlias = Mapping[str, Any]
Tables: TypeAlias = Mapping[str, Sequence[Row]]

#: Conditions that hold of the row itself; every other one holds of the child the row belongs to.
OF_THE_ROW = frozenset(
    {
        "own_report",
        "own_sector",
        "handling_officer",
        "own_unit",
        "own_case",
        "accepted",
        "docket",
        "invited",
        "unlocked",
    }
)
#: Of those, the ones that need no scope beside them.
NAMES_THE_ROW = frozenset({"own_report", "own_sector", "own_unit", "own_case"})
#: Conditions that name the children themselves, wherever they live.
NAMES_THE_CHILD = frozenset({"pupil", "placed", "applicant", "sample", "lease"})


class Vector(NamedTuple):
    """One way in which something may be allowed."""

    mode: str
    scope: str
    condition: str | None
    purpose: str
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, when and for what."""

    unit: str
    unit_type: str
    level: str
    ranges: tuple[tuple[str, str], ...]
    person: str = "p1"
    roles: tuple[str, ...] = ("officer",)
    duty: str | None = None
    case_no: str | None = None
    task_no: str | None = None
    application_no: str | None = None
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(timezone(timedelta(hours=8))).date()

    def states(self, purpose: str) -> bool:
        """Whether the request carries the number that a right asks for."""
        stated = {"case": self.case_no, "task": self.task_no, "application": self.application_no}
        return purpose == "none" or bool(stated[purpose])


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; 28 February for a leap day that year has not."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


#: Conditions that ask for a part in a case; a household stands by the cases of its child.
OF_A_PARTY = frozenset({"accepted", "docket", "invited"})


@dataclass(slots=True)
class Facts:
    """The facts of one world for one asker."""

    tables: Tables
    asker: Asker
    _held: dict[tuple[Vector, str, int, int], tuple[bool, Row, Row | None]] = field(default_factory=dict)
    _reached: dict[tuple[str, str, str, str | None], bool] = field(default_factory=dict)

    def holds(self, right: Vector, entity: Entity, row: Row, child: Row | None) -> bool:
        """Whether the right reaches this row, which belongs to this child if it belongs to one."""
        key = (right, entity.name, id(row), id(child))
        if key not in self._held:
            # The row is kept with what is known of it, so that no other is ever taken for it.
            self._held[key] = (self._holds(right, entity, row, child), row, child)
        return self._held[key][0]

    def _holds(self, right: Vector, entity: Entity, row: Row, child: Row | None) -> bool:
        if entity.about.anchor is Anchor.FAMILY and child is None:
            return any(
                self._child_reached(right, member) and not self._denied(right, entity, row, member)
                for member in self.tables["child"]
                if member["county"] == row["county"]
                and member["family_id"] == row.get("family_id", row["id"])
                and member["family_id"] is not None
            )
        if entity.about.anchor in (Anchor.CHILD, Anchor.FAMILY):
            reached = self._row_of_child_reached(right, entity, row, child)
        else:
            reached = self._row_reached(right, entity, row)
        return reached and not self._denied(right, entity, row, child)

    def hangs_on_the_child(self, right: Vector, entity: Entity) -> bool:
        """Whether the right holds for all rows of the entity that belong to one child, or for none."""
        by_case = entity.about.case_column is not None or _may_be_a_child(entity)
        own_exceptions = ("sealed" in right.unless and by_case) or (
            "location_hidden" in right.unless and "location_hidden" in entity.table.c
        )
        in_case = right.scope == "case" and entity.about.case_column is not None
        return right.condition not in OF_THE_ROW and not in_case and not own_exceptions and not lies_by_itself(entity)

    def applies(self, right: Vector, entity: Entity) -> bool:
        """Whether there could be a row of the entity that the right reaches; it is no right there if not."""
        columns, condition = entity.table.c, right.condition
        if condition in ("own_report", "own_sector", "handling_officer"):
            return ("handling_officer" if condition == "handling_officer" else "reporter_unit") in columns
        if condition == "own_unit":
            return bool(entity.about.unit_columns)
        if condition == "own_case":
            return entity.about.case_column is not None
        of_a_child = entity.about.anchor in (Anchor.CHILD, Anchor.FAMILY)
        return of_a_child or (right.scope in ("own", "sub", "any") and (condition is None or condition in OF_THE_ROW))

    def _row_of_child_reached(self, right: Vector, entity: Entity, row: Row, child: Row | None) -> bool:
        condition = right.condition
        if condition in NAMES_THE_ROW:
            return self._of_row(condition, entity, row)
        if condition in OF_A_PARTY and entity.about.anchor is Anchor.FAMILY:
            return child is not None and self._child_reached(right, child)
        if condition in OF_THE_ROW:
            return self._scope_of(right.scope, None, entity, row, child) and self._of_row(condition, entity, row)
        return self._scope_of(right.scope, condition, entity, row, child)

    def _scope_of(self, scope: str, condition: str | None, entity: Entity, row: Row, child: Row | None) -> bool:
        """A row that belongs to a case is in scope `case` through that case alone."""
        if scope == "case" and entity.about.case_column is not None:
            in_case = any(
                case["id"] == row[entity.about.case_column] and case["county"] == row["county"]
                for case in self._cases_taken_part_in()
            )
            return in_case and (condition is None or (child is not None and self._of_child(condition, child)))
        if lies_by_itself(entity) and scope in ("own", "sub") and condition is None:
            return self._in_ranges(row["division"])
        if child is None:
            return scope == "any" and condition is None
        return self._child_scope(scope, condition, child)

    def _child_reached(self, right: Vector, child: Row) -> bool:
        if right.condition in OF_A_PARTY:
            party = self._of_row(right.condition, ENTITIES["Child"], child)
            return party and self._child_scope(right.scope, None, child)
        return right.condition not in OF_THE_ROW and self._child_scope(right.scope, right.condition, child)

    def _child_scope(self, scope: str, condition: str | None, child: Row) -> bool:
        key = (child["county"], child["id"], scope, condition)
        if key not in self._reached:
            self._reached[key] = self._in_scope(scope, condition, child)
        return self._reached[key]

    def _in_scope(self, scope: str, condition: str | None, child: Row) -> bool:
        if condition is not None and not self._of_child(condition, child):
            return False
        if scope in ("own", "sub"):
            return condition in NAMES_THE_CHILD or self._in_ranges(child["residence_division"])
        if scope == "case":
            return any(_same_child(case, child) for case in self._cases_taken_part_in(by_party_child=True))
        if scope == "assigned":
            return condition == "applicant" or self._assigned(child)
        if scope == "self":
            return self.asker.application_no is not None and self._of_child("applicant", child)
        return scope == "any"

    def _row_reached(self, right: Vector, entity: Entity, row: Row) -> bool:
        """Rows that hang on no child: in a division, of a unit, or reference data."""
        if right.condition is not None and (
            right.condition not in OF_THE_ROW or not self._of_row(right.condition, entity, row)
        ):
            return False
        about = entity.about
        if right.scope == "any" or (about.anchor is Anchor.PUBLIC and right.scope in ("own", "sub")):
            return True
        if right.scope not in ("own", "sub"):
            return False
        if about.anchor is Anchor.DIVISION:
            return self._in_ranges(row[about.division_column])
        units = [row[column] for column in about.unit_columns]
        if right.scope == "own":
            return self.asker.unit in units
        below = {o["code"] for o in self.tables["organisation"] if self._in_ranges(o["division"])}
        return any(unit in below for unit in units)

    def _in_ranges(self, division: str | None) -> bool:
        return division is not None and any(low <= division < high for low, high in self.asker.ranges)

    def _in_force(self, row: Row, start: str, end: str) -> bool:
        today = self.asker.today
        return (row[start] is None or row[start] <= today) and (row[end] is None or row[end] > today)

    def _cases_taken_part_in(self, *, by_party_child: bool = False) -> Iterator[Row]:
        """Open cases of which the unit is a party now; as the party's rows, where the child is asked for."""
        asker = self.asker
        for party in self.tables["case_party"]:
            if party["unit"] != asker.unit or not self._in_force(party, "since", "until"):
                continue
            for case in self.tables["protection_case"]:
                same = case["id"] == party["case_id"] and case["county"] == party["county"]
                if same and case["closed_on"] is None and asker.case_no in (None, case["case_no"]):
                    yield party if by_party_child else case

    def _assigned(self, child: Row) -> bool:
        unit = self.asker.unit
        paired = any(
            _same_child(p, child) and p["unit"] == unit and self._in_force(p, "valid_from", "valid_to")
            for p in self.tables["pairing"]
        )
        return paired or any(
            _same_child(item, child)
            and item["provider_unit"] == unit
            and item["status"] in ("planned", "ordered", "accepted", "in_progress")
            for item in self.tables["service_plan_item"]
        )

    def _some(self, table: str, child: Row, **equal: object) -> Iterator[Row]:
        for row in self.tables[table]:
            if _same_child(row, child) and all(row[name] == value for name, value in equal.items()):
                yield row

    def _of_child(self, condition: str, child: Row) -> bool:
        asker = self.asker
        if condition.startswith("shared:"):
            return self._shared(condition, child)
        if condition == "pupil":
            enrolled = self._some("enrolment", child, school_unit=asker.unit)
            return any(self._in_force(row, "valid_from", "valid_to") for row in enrolled)
        if condition == "pupil_or_school_age":
            of_age = years_before(asker.today, 16) < child["birth_date"] <= years_before(asker.today, 6)
            return of_age or any(self._in_force(r, "valid_from", "valid_to") for r in self._some("enrolment", child))
        if condition == "age_0_6":
            return bool(child["birth_date"] > years_before(asker.today, 7))
        if condition == "disabled":
            return any(self._some("disability", child))
        if condition == "poverty_household":
            return any(
                family["id"] == child["family_id"] and family["county"] == child["county"]
                for family in self.tables["family"]
                if family["poverty_registered"] is True
            )
        if condition == "placed":
            placed = self._some("placement", child, facility_unit=asker.unit)
            return any(self._in_force(row, "valid_from", "valid_to") for row in placed)
        return self._of_child_by_unit(condition, child)

    def _of_child_by_unit(self, condition: str, child: Row) -> bool:
        asker = self.asker
        if condition == "applicant":
            return any(
                row["status"] in ("applied", "accepted", "granted")
                and asker.application_no in (None, row["application_no"])
                for row in self._some("aid_application", child, unit=asker.unit)
            )
        if condition == "sample":
            drawn = self._some("evaluation_sample", child, unit=asker.unit)
            return any(self._in_force(row, "drawn_on", "until") for row in drawn)
        if condition == "unregistered":
            return any(row["status"] in ("unregistered", "pending") for row in self._some("hukou_record", child))
        if condition == "emergency":
            return any(self._some("emergency_measure", child, ended_at=None))
        if condition == "left_behind":
            return bool(child["lbc_status"] == "active")
        if condition == "lease":
            leases = self._some("break_glass", child, unit=asker.unit, person=asker.person, kind="emergency")
            return any(row["lease_from"] <= asker.now < row["lease_until"] for row in leases)
        raise ValueError(condition)

    def _shared(self, condition: str, child: Row) -> bool:
        """The owner's agreement stands today, for the unit that asks, and the child lives in the owner's divisions."""
        _, share, *own = condition.split(":")
        today = self.asker.today
        return any(
            request["id"] == share
            and request["requester_unit"] == self.asker.unit
            and request["status"] == "agreed"
            and request["granted_from"] <= today <= request["granted_to"]
            and request["reach_low"] <= child["residence_division"] < request["reach_high"]
            for request in self.tables["share_request"]
        ) and all(self._of_child(each, child) for each in own)

    def _of_row(self, condition: str | None, entity: Entity, row: Row) -> bool:
        asker = self.asker
        if condition == "own_report":
            return row.get("reporter_unit") == asker.unit
        if condition == "own_sector":
            return any(
                unit["code"] == row.get("reporter_unit") and unit["supervised_by"] == asker.unit
                for unit in self.tables["organisation"]
            )
        if condition == "handling_officer":
            return row.get("handling_officer") == asker.person
        if condition == "own_unit":
            return any(row[column] == asker.unit for column in entity.about.unit_columns)
        if condition == "own_case":
            return self._takes_part(entity, row)
        if condition == "unlocked":
            return self._unlocked(entity, row)
        return self._accepted(entity, row, invited=condition == "invited")

    def _takes_part(self, entity: Entity, row: Row) -> bool:
        """The unit is a party of the row's case, which is the one the request names if it names one."""
        named = self.asker.case_no
        numbers = {case["id"]: case["case_no"] for case in self.tables["protection_case"]}
        return any(
            party["county"] == row["county"]
            and party["case_id"] == row[str(entity.about.case_column)]
            and party["unit"] == self.asker.unit
            and self._in_force(party, "since", "until")
            and (named is None or numbers[party["case_id"]] == named)
            for party in self.tables["case_party"]
        )

    def _accepted(self, entity: Entity, row: Row, *, invited: bool) -> bool:
        """The unit is a party of the row's case, or where rows have none, of a case of its child."""
        case_column = entity.about.case_column
        child_column = "id" if entity.name == "Child" else "child_id"
        ours, theirs = (case_column, "case_id") if case_column else (child_column, "child_id")
        value = row.get(ours)
        return value is not None and any(
            party["county"] == row["county"]
            and party[theirs] == value
            and party["unit"] == self.asker.unit
            and (party["role"] == "invited" if invited else party["accepted_on"] is not None)
            and self._in_force(party, "since", "until")
            for party in self.tables["case_party"]
        )

    def _unlocked(self, entity: Entity, row: Row) -> bool:
        child = row.get("id" if entity.name == "Child" else "child_id")
        return child is not None and any(
            lease["kind"] == "unlock"
            and lease["county"] == row["county"]
            and lease["child_id"] == child
            and lease["unit"] == self.asker.unit
            and lease["second_person"] not in (None, lease["person"])
            and lease["lease_from"] <= self.asker.now < lease["lease_until"]
            for lease in self.tables["break_glass"]
        )

    def _denied(self, right: Vector, entity: Entity, row: Row, child: Row | None) -> bool:
        return any(self._excepted(unless, entity, row, child) for unless in right.unless)

    def _excepted(self, unless: str, entity: Entity, row: Row, child: Row | None) -> bool:
        if unless == "sealed":
            return self._is_sealed(entity, row) or (child is not None and child["access_restriction"] == "sealed")
        if unless == "location_hidden":
            return "location_hidden" in row and (
                row["location_hidden"] is True
                or any(r["location_hidden"] for r in self._same(entity.table.name, row["county"], row["id"]))
            )
        return child is not None and self._conflict(child)

    def _is_sealed(self, entity: Entity, row: Row) -> bool:
        """The case of the row is sealed today; or the member of the household is a sealed child."""
        if _may_be_a_child(entity):
            same = self._same("child", row["county"], row["child_id"])
            return any(child["access_restriction"] == "sealed" for child in same)
        if entity.about.case_column is None:
            return False
        return any(c["sealed"] for c in self._same("protection_case", row["county"], row[entity.about.case_column]))

    def _same(self, table: str, county: Any, row_id: Any) -> list[Row]:
        return [row for row in self.tables[table] if (row["county"], row["id"]) == (county, row_id)]

    def _conflict(self, child: Row) -> bool:
        """The person who asks is accused in a case of the child, or of the child's household."""
        person = self.asker.person
        if any(person in (case["accused_persons"] or ()) for case in self._some("protection_case", child)):
            return True
        numbers = {a["citizen_id_no"] for a in self.tables["user_account"] if a["person"] == person} - {None}
        return child["family_id"] is not None and any(
            member["county"] == child["county"]
            and member["family_id"] == child["family_id"]
            and member["citizen_id_no"] in numbers
            for member in self.tables["family_member"]
        )


def _may_be_a_child(entity: Entity) -> bool:
    return entity.about.anchor is Anchor.FAMILY and "child_id" in entity.table.c


def lies_by_itself(entity: Entity) -> bool:
    """A report lies where the event was, for its child may not be known yet."""
    columns = entity.table.c
    return "child_id" in columns and bool(columns.child_id.nullable) and "division" in columns


def _same_child(row: Row, child: Row) -> bool:
    return bool(row["county"] == child["county"] and row["child_id"] == child["id"])
