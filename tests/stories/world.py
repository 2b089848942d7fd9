"""The county in which stories are played: a unit of every kind, neighbours who have no part, and a few children."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from hub.demo.records import person_of
from hub.policy import words
from schema.registry import ENTITIES
from tests.reference import worlds
from tests.reference.facts import Asker

COUNTY, VILLAGE = "430621", "430621104201"
STARTED, RECORDED = date(2016, 9, 1), datetime(2026, 1, 1, tzinfo=UTC)
DIVISIONS = (
    ("430600000000", 2, None), ("430621000000", 3, "430600000000"), ("430623000000", 3, "430600000000"),
    ("430621104000", 4, "430621000000"), ("430621105000", 4, "430621000000"),
    ("430621104201", 5, "430621104000"), ("430621104202", 5, "430621104000"), ("430621105201", 5, "430621105000"),
)  # fmt: skip
CAST: Mapping[str, str] = {
    "school": "SC@430621104-01", "village": f"VC@{VILLAGE}", "station": "PS@430621104-01", "township": "TW@430621104",
    "civil": "CA@430621", "hospital": "MI@430621-01", "shelter": "RS@430621-01", "home": "WI@430621-01",
    "social": "SW@430621-01", "education": "ED@430621", "labour": "HR@430621", "prosecutor": "PR@430621",
    "court": "CT@430621",
}  # fmt: skip
#: Units like those of the cast that have no part in the child's case.
NEIGHBOURS = (
    "SC@430621104-02", "PS@430621105-01", "TW@430621105", "CA@430600", "CA@430623", "RS@430621-02",
)  # fmt: skip
_SUPERVISORS = {"SC": "ED@430621", "MI": "HE@430621", "VC": "CA@430621", "RS": "CA@430621", "WI": "CA@430621"}
CHILD = f"child_{COUNTY}_{1:026d}"
KNOWN = {
    "child": CHILD, "division": VILLAGE, "arrangement": f"guardianship_{COUNTY}_{1:026d}",
    "aunt": f"member_{COUNTY}_{2:026d}",
}  # fmt: skip
#: A case that is none, for whoever asks before there is one.
NO_CASE = f"case_{COUNTY}_{0:026d}"


def units() -> tuple[str, ...]:
    """One of each of the 27 types and 8 actors, the rest of the cast, and the neighbours."""
    members = (f"{code}@{COUNTY}" for code, kind in words.UNIT_TYPES.items() if kind.member)
    return tuple(dict.fromkeys((*members, *CAST.values(), "TE@430600-01", "JC@430621", *NEIGHBOURS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """One who asks."""

    unit: str
    role: str = "officer"
    with_case: bool = False  # states the case as purpose

    @property
    def person(self) -> str:
        return person_of(self.unit, self.role)

    def asker(self, case_no: str | None) -> Asker:
        return Asker(
            unit=self.unit, unit_type=self.unit[:2], level=worlds.level_of(self.unit),
            ranges=worlds.ranges_of(self.unit), person=self.person, roles=(self.role,),
            case_no=case_no if self.with_case else None, now=datetime.now(UTC),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.unit} {self.role}"


#: An officer of every unit, and those who handle the case where a sealed class is open to them alone.
ASKERS = (
    *(Who(unit=unit) for unit in units()),
    *(
        Who(unit=CAST[part], role="handling_officer", with_case=True)
        for part in ("station", "civil", "shelter", "prosecutor", "court")
    ),
)


def world() -> worlds.World:
    made = worlds.World()
    for entity, values in _rows():
        made.tables[ENTITIES[entity].table.name].append(completed(entity, values))
    return made


def _rows() -> Iterator[tuple[str, dict[str, Any]]]:
    for code, level, parent in DIVISIONS:
        yield "AdminDivision", {"code": code, "level": level, "parent_code": parent, "name": f"区{code}"}
    for code in units():
        yield "Organisation", {
            "code": code, "unit_type": code[:2], "level": worlds.level_of(code), "name": f"单位{code}",
            "division": worlds.division_of(code), "supervised_by": _SUPERVISORS.get(code[:2]),
            "is_member_of_conference": words.UNIT_TYPES[code[:2]].member,
        }  # fmt: skip
    yield "Family", {"id": f"family_{COUNTY}_{1:026d}", "household_no": "H-1"}
    for number, (name, village) in enumerate((("张一", VILLAGE), ("李二", VILLAGE), ("王三", "430621105201")), 1):
        yield from _child(number, name, village)
    kin = {"family_id": f"family_{COUNTY}_{1:026d}"}
    yield "FamilyMember", kin | {"id": f"member_{COUNTY}_{1:026d}", "name": "张父", "relation": "51"}
    yield "FamilyMember", kin | {"id": KNOWN["aunt"], "name": "张姑", "relation": "70"}


def _child(number: int, name: str, village: str) -> Iterator[tuple[str, dict[str, Any]]]:
    child = f"child_{COUNTY}_{number:026d}"
    yield "Child", {
        "id": child, "child_no": f"{village}{number:04d}", "name": name, "sex": "1", "birth_date": date(2016, 3, 1),
        "citizen_id_no": f"43069920160301{number:03d}0", "residence_division": village, "lbc_status": "active",
        "residence_address": f"{village}三组", "family_id": f"family_{COUNTY}_{1:026d}" if number == 1 else None,
    }  # fmt: skip
    yield "GuardianshipArrangement", {
        "id": f"guardianship_{COUNTY}_{number:026d}", "child_id": child, "type": "entrusted_relative",
        "valid_from": STARTED, "carer_name": "张祖母",
    }  # fmt: skip
    if village == VILLAGE:
        yield "Enrolment", {
            "id": f"enrolment_{COUNTY}_{number:026d}", "child_id": child, "school_unit": CAST["school"],
            "status": "enrolled", "stage": "primary", "grade": 4, "valid_from": STARTED,
        }  # fmt: skip


def completed(entity: str, values: dict[str, Any]) -> dict[str, Any]:
    """With what every row must have."""
    given: dict[str, Any] = {
        "county": COUNTY, "valid_from": STARTED, "row_version": 1, "recorded_at": RECORDED, "recorded_by": "seed",
        "source_unit": CAST["civil"], "verified_status": "unverified", "effective_from": STARTED,
    } | values  # fmt: skip
    row = {}
    for column in ENTITIES[entity].table.columns:
        value = given.get(column.name)
        if value is None and isinstance(column.server_default, sa.DefaultClause):
            value = str(column.server_default.arg)
        row[column.name] = value
    return row
