"""An emergency reading: it opens with its lease, closes with it, is told at once, and reviewed."""

from __future__ import annotations

from typing import Any

import pytest

from hub.database import Role
from tests.commands.conftest import CIVIL, SCHOOL, STATION, TOWNSHIP, Desk
from tests.query.small_city import child_id

HOSPITAL, HEALTH, OFFICE = "MI@430621-01", "HE@430621", "JC@430621"
READ = "query ($id: ID!) { child(id: $id) { id name residenceAddress withheld } }"
NEED = {"ground": "find_carer", "reason": "急诊手术需联系监护人"}


def read(desk: Desk, number: int, unit: str = HOSPITAL) -> Any:
    return desk.ask(unit, READ, id=child_id(number))


def taken(desk: Desk, number: int, unit: str = HOSPITAL, **more: Any) -> dict[str, Any]:
    return desk.act(unit, "breakGlass", ("child", child_id(number)), **NEED, **more, shown="id leaseUntil leaseFrom")


def test_a_lease_opens_one_child_and_ends(desk: Desk) -> None:
    refused = read(desk, 0)
    assert refused["data"] == {"child": None}
    assert {each["code"] for each in refused["extensions"]["access"]} <= {"NEEDS_LEASE", "NOT_ON_CASE"}
    lease = taken(desk, 0)
    assert read(desk, 0)["data"]["child"]["residenceAddress"] == "甲一村 3 组"
    # Of no other child, and for nobody else.
    assert read(desk, 1)["data"] == {"child": None}
    assert read(desk, 0, HEALTH)["data"] == {"child": None}
    (entry,) = desk.rows(
        "select distinct s.rules from access_record r join access_shape s on s.hash = r.shape"
        " where r.unit = %s and r.rows > 0 and 'P66.2' = any (s.rules) and s.document like '%%child(%%'",
        HOSPITAL,
    )
    assert "P66.2" in entry[0]
    with desk.database.connect(Role.MIGRATOR) as connection:
        connection.execute(
            "update break_glass set lease_from = now() - interval '4 hours', lease_until = now() - interval '1 second'"
            " where id = %s",
            [lease["id"]],
        )
    assert read(desk, 0)["data"] == {"child": None}


def test_it_is_told_at_once_and_reviewed_by_the_office(desk: Desk) -> None:
    lease = taken(desk, 2)["id"]
    told = {unit for (unit,) in desk.rows("select unit from notice where event_type = 'lease_taken' and child_id = %s",
                                           child_id(2))}  # fmt: skip
    assert told == {TOWNSHIP, CIVIL, STATION}
    (owed,) = desk.rows("select rule, from_unit, to_unit, clock, status from obligation where row_id = %s", lease)
    assert owed == ("O39", OFFICE, HOSPITAL, "1 W", "open")
    seen = "query ($id: ID!) { breakGlass(id: $id) { unit ground reason child { name } } }"
    shown = desk.ask(OFFICE, seen, id=lease)["data"]["breakGlass"]
    assert shown == {"unit": HOSPITAL, "ground": "find_carer", "reason": "急诊手术需联系监护人", "child": None}
    assert desk.code(HOSPITAL, "reviewBreakGlass", ("lease", lease), reviewResult="justified") == "WRITE_NOT_GRANTED"
    assert desk.code(OFFICE, "reviewBreakGlass", ("lease", lease), reviewResult="unjustified") == "REASON_NEEDED"
    desk.act(OFFICE, "reviewBreakGlass", ("lease", lease), reviewResult="justified")
    assert desk.code(OFFICE, "reviewBreakGlass", ("lease", lease), reviewResult="justified") == "ALREADY_DONE"
    assert desk.rows("select status from obligation where row_id = %s", lease) == [("fulfilled",)]
    assert desk.ask(HOSPITAL, "query ($id: ID!) { breakGlass(id: $id) { reviewResult } }", id=lease)["data"] == {
        "breakGlass": {"reviewResult": "justified"}
    }


def test_sealed_data_stays_sealed(desk: Desk) -> None:
    taken(desk, 3)
    body = desk.ask(HOSPITAL, "query ($id: ID!) { child(id: $id) { name investigations { content } } }", id=child_id(3))
    assert "errors" in body or body["data"]["child"]["investigations"] in (None, [])
    assert "NEVER" in str(body) or "errors" in body


@pytest.mark.parametrize(
    ("unit", "number", "expected"),
    [
        (SCHOOL, 4, "WRITE_NOT_GRANTED"),
        ("TW@430621105", 4, "ROW_UNKNOWN"),
        (HOSPITAL, 999, "ROW_UNKNOWN"),
    ],
)
def test_out_of_ones_own_division_no_glass_is_broken(desk: Desk, unit: str, number: int, expected: str) -> None:
    assert desk.code(unit, "breakGlass", ("child", child_id(number)), **NEED) == expected


def test_who_is_of_the_household_takes_no_lease(desk: Desk) -> None:
    with desk.database.connect(Role.MIGRATOR) as connection:
        connection.execute(
            "insert into protection_case (county, id, child_id, case_no, opened_from, opened_on, stage, lead_unit,"
            " accused_persons, source_unit, recorded_at, recorded_by) values ('430621', 'case_430621_X', %s, 'AJ-X',"
            " 'report', current_date, 'accepted', %s, %s, 'TW@430621104', now(), 't')",
            [child_id(5), TOWNSHIP, [f"officer:{HOSPITAL}"]],
        )
    assert desk.code(HOSPITAL, "breakGlass", ("child", child_id(5)), **NEED) == "ROW_UNKNOWN"
    assert desk.code(HEALTH, "breakGlass", ("child", child_id(5)), **NEED) == "DONE"


def test_a_second_lease_waits_for_the_end_of_the_first(desk: Desk) -> None:
    taken(desk, 6)
    assert desk.code(HOSPITAL, "breakGlass", ("child", child_id(6)), **NEED) == "LEASE_RUNNING"
    assert desk.code(HOSPITAL, "breakGlass", ("child", child_id(7)), ground="other") == "INPUT_INVALID"
    assert desk.code(HOSPITAL, "breakGlass", ("child", child_id(7)), **NEED, caseNo="AJ-X") == "ROW_UNKNOWN"
