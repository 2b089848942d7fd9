"""A unit applies for data, its owner decides: what was agreed to opens, within its terms, and closes again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub.database import Role
from tests.commands.conftest import Desk

HEALTH, SCHOOLS, DISABLED, OFFICE = "HE@430621", "ED@430621", "DF@430621", "JC@430621"
ASKED = {"dataClass": "D11", "scope": "own", "dutyCode": "HE-3", "purpose": "入学体检核对", "periodTo": "2027-06-30"}
PUPILS = "{ enrolments(first: 50) { nodes { grade schoolUnit child { name } } } }"
TRIES = 400


def pupils(desk: Desk, unit: str) -> list[dict[str, Any]]:
    """Those whose schooling the unit sees."""
    found = desk.ask(unit, PUPILS)["data"]["enrolments"]
    return [] if found is None else list(found["nodes"])


def until(found: Callable[[], bool]) -> None:
    """Asks again until the nodes have heard of the decision."""
    assert any(found() for _ in range(TRIES))


def applied(desk: Desk, **other: Any) -> str:
    row = desk.act(HEALTH, "requestShare", **{**ASKED, **other}, shown="id status ownerUnit")
    assert row["status"] == "requested"
    return str(row["id"])


def test_what_is_agreed_to_opens_and_closes_when_it_is_withdrawn(desk: Desk) -> None:
    assert pupils(desk, HEALTH) == []
    share = applied(desk)
    (owed,) = desk.rows("select rule, from_unit, to_unit, status, clock from obligation where row_id = %s", share)
    assert owed == ("O28", SCHOOLS, HEALTH, "open", "10 W")
    agreed = desk.act(SCHOOLS, "grantShare", ("share", share), shown="id status grantedMode grantedTo")
    assert (agreed["status"], agreed["grantedMode"], agreed["grantedTo"]) == ("agreed", "full", "2027-06-30")
    states = desk.rows("select distinct status from obligation where row_id = %s", share)
    assert states == [("fulfilled",)]
    until(lambda: bool(pupils(desk, HEALTH)))
    # The class that was asked for, and nothing beside it.
    assert pupils(desk, HEALTH) == [{"grade": 3, "schoolUnit": "SC@430621104-01", "child": None}] * 10
    # Under another duty than the one it was applied for, it is not open.
    narrowed = {"extensions": {"purpose": {"duty": "HE-1"}}}
    assert "3" not in str(desk.post(PUPILS, HEALTH, **narrowed)["data"])
    # Nor to any other unit.
    assert desk.ask("WF@430621", PUPILS)["data"] == {"enrolments": None}
    # The record says by which share it was read.
    (rules,) = desk.rows(
        "select s.rules from access_record r join access_shape s on s.hash = r.shape"
        " where r.unit = %s and %s = any (s.rules) limit 1",
        HEALTH, share,
    )  # fmt: skip
    assert share in rules[0]
    desk.act(SCHOOLS, "withdrawShare", ("share", share), withdrawalReason="用途已完成")
    # From this moment on, whatever a node still remembers of it.
    assert pupils(desk, HEALTH) == []


def test_a_share_ends_with_its_period(desk: Desk) -> None:
    share = applied(desk)
    desk.act(SCHOOLS, "grantShare", ("share", share))
    until(lambda: bool(pupils(desk, HEALTH)))
    with desk.database.connect(Role.MIGRATOR) as connection:
        connection.execute("update share_request set granted_to = current_date - 2 where id = %s", [share])
    assert pupils(desk, HEALTH) == []


def test_agreed_in_part_opens_the_part_and_says_so_to_the_office(desk: Desk) -> None:
    share = applied(desk)
    code = desk.code(SCHOOLS, "grantShare", ("share", share), grantedParts=["D11/school"])
    assert code == "REASON_NEEDED"
    desk.act(
        SCHOOLS, "grantShare", ("share", share), grantedParts=["D11/school"], decisionReason="仅需就读学校",
    )  # fmt: skip
    until(lambda: bool(pupils(desk, HEALTH)))
    assert {(each["schoolUnit"], each["grade"]) for each in pupils(desk, HEALTH)} == {("SC@430621104-01", 3)}
    register = "{ refusalRecords(first: 10) { nodes { refusingUnit requesterUnit dataClass limited legalGround } } }"
    found = desk.ask(OFFICE, register)["data"]["refusalRecords"]["nodes"]
    assert {"refusingUnit": SCHOOLS, "requesterUnit": HEALTH, "dataClass": "D11", "limited": True,
            "legalGround": "仅需就读学校"} in found  # fmt: skip
    desk.act(HEALTH, "withdrawShare", ("share", share), withdrawalReason="不再需要")


def test_a_refusal_is_written_and_goes_to_the_register(desk: Desk) -> None:
    share = applied(desk)
    assert desk.code(SCHOOLS, "refuseShare", ("share", share)) == "INPUT_INVALID"
    desk.act(SCHOOLS, "refuseShare", ("share", share), decisionReason="可由汇总数据满足")
    assert desk.code(SCHOOLS, "refuseShare", ("share", share), decisionReason="再次") == "ALREADY_DONE"
    assert desk.code(SCHOOLS, "grantShare", ("share", share)) == "ALREADY_DONE"
    owed = desk.rows("select rule, status from obligation where row_id = %s order by rule", share)
    assert owed == [("O28", "fulfilled"), ("O30", "fulfilled")]
    told = desk.rows("select unit from notice where event_type = 'refusal_registered' order by at desc limit 1")
    assert told == [(OFFICE,)]
    assert pupils(desk, HEALTH) == []


@pytest.mark.parametrize(
    ("unit", "asked", "expected"),
    [
        (HEALTH, {"dataClass": "D25"}, "SHARE_NEVER"),
        (HEALTH, {"dataClass": "D29", "parts": ["D29/document"]}, "SHARE_NEVER"),
        (HEALTH, {"parts": ["D01"]}, "SHARE_NEVER"),
        (HEALTH, {"dataClass": "D26", "dutyCode": "HE-1"}, "SHARE_DENIED"),
        (HEALTH, {"dutyCode": "ED-1"}, "SHARE_TERM"),
        (HEALTH, {"periodTo": "2031-01-01"}, "SHARE_TERM"),
        (HEALTH, {"periodTo": "2020-01-01"}, "SHARE_TERM"),
        ("SC@430621104-01", {"dataClass": "D16", "dutyCode": "SC-1"}, "SHARE_SCOPE"),
        ("ED@430621", {"dutyCode": "ED-1"}, "VALUE_YOURS"),
        (HEALTH, {"ownerUnit": "HE@999999"}, "INPUT_INVALID"),
    ],
)
def test_what_cannot_be_applied_for_is_refused(desk: Desk, unit: str, asked: dict[str, Any], expected: str) -> None:
    assert desk.code(unit, "requestShare", **{**ASKED, **asked}) == expected


def test_an_owner_shares_only_what_it_holds_itself(desk: Desk) -> None:
    share = applied(desk, ownerUnit=DISABLED, dataClass="D17")
    assert desk.code(DISABLED, "grantShare", ("share", share)) == "SHARE_NOT_HELD"
    assert desk.code(SCHOOLS, "grantShare", ("share", share)) == "ROW_UNKNOWN"
    assert desk.code(HEALTH, "grantShare", ("share", share)) == "NOT_FOR_YOU"
    desk.act(HEALTH, "withdrawShare", ("share", share), withdrawalReason="误报")
    assert desk.code(DISABLED, "refuseShare", ("share", share), decisionReason="非本单位数据") == "ALREADY_DONE"


def test_what_is_agreed_to_is_no_wider_than_what_was_asked(desk: Desk) -> None:
    share = applied(desk, parts=["D11/school"])
    assert desk.code(SCHOOLS, "grantShare", ("share", share), grantedParts=["D11"]) == "SHARE_TERM"
    assert desk.code(SCHOOLS, "grantShare", ("share", share), grantedTo="2028-01-01") == "SHARE_TERM"
    desk.act(HEALTH, "withdrawShare", ("share", share), withdrawalReason="误报")


def test_others_do_not_find_an_application(desk: Desk) -> None:
    share = applied(desk)
    query = "query ($id: ID!) { shareRequest(id: $id) { id purpose } }"
    assert desk.ask("WF@430621", query, id=share)["data"] == {"shareRequest": None}
    assert desk.ask(SCHOOLS, query, id=share)["data"]["shareRequest"]["purpose"] == "入学体检核对"
    assert desk.code("WF@430621", "withdrawShare", ("share", share), withdrawalReason="无") == "ROW_UNKNOWN"
    desk.act(HEALTH, "withdrawShare", ("share", share), withdrawalReason="误报")
