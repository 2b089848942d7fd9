"""A unit doubts a value: its keeper decides, the value is written by the keeper's right, and all who had it hear."""

from __future__ import annotations

from typing import Any

from tests.commands.conftest import CIVIL, STATION, TOWNSHIP, VILLAGE, Desk
from tests.query.small_city import child_id

FILE = "query ($id: ID!) { child(id: $id) { id name residenceAddress rowVersion } }"
DOUBT = """mutation ($row: ID!, $version: Int!, $input: DoubtValueInput!) {
  doubtValue(row: $row, version: $version, input: $input) { correctionRequest {
    id status ownerUnit claimedValue baseVersion } } }"""
ACCEPT = """mutation ($id: ID!, $reason: String) {
  acceptCorrection(correction: $id, reason: $reason) { correctionRequest { id status decidedAt } } }"""


def version(desk: Desk, number: int) -> int:
    ((found,),) = desk.rows("select row_version from child where id = %s", child_id(number))
    return int(found)


def tried(desk: Desk, unit: str, number: int, role: str = "officer", **said: Any) -> dict[str, Any]:
    base = said.pop("base", None) or version(desk, number)
    given = {"field": "residenceAddress", "claimedValue": "甲一村 5 组", "evidence": "入户走访"} | said
    return desk.ask(unit, DOUBT, role, row=child_id(number), version=base, input=given)


def doubted(desk: Desk, unit: str, number: int, **said: Any) -> dict[str, Any]:
    body = tried(desk, unit, number, **said)
    assert "errors" not in body, body["errors"]
    found: dict[str, Any] = body["data"]["doubtValue"]["correctionRequest"]
    return found


def code(body: dict[str, Any]) -> str:
    return str(body["errors"][0]["extensions"]["code"]) if "errors" in body else "DONE"


def test_an_accepted_doubt_is_written_and_told_to_all_who_had_the_value(desk: Desk) -> None:
    assert desk.ask(STATION, FILE, id=child_id(0))["data"]["child"]["residenceAddress"] == "甲一村 3 组"
    claim = doubted(desk, TOWNSHIP, 0)
    assert (claim["status"], claim["ownerUnit"], claim["claimedValue"]) == ("requested", VILLAGE, "甲一村 5 组")
    (owed,) = desk.rows("select rule, from_unit, to_unit, clock, status from obligation where row_id = %s", claim["id"])
    assert owed == ("O29", VILLAGE, TOWNSHIP, "10 W", "open")
    # Who is neither of the two units sees that there is a doubt if anything, never what it claims.
    seen = "query ($id: ID!) { correctionRequest(id: $id) { status claimedValue } }"
    assert desk.ask(VILLAGE, seen, id=claim["id"])["data"]["correctionRequest"]["claimedValue"] == "甲一村 5 组"
    assert "5 组" not in str(desk.ask("JC@430621", seen, id=claim["id"])["data"])
    assert code(desk.ask(TOWNSHIP, ACCEPT, id=claim["id"])) == "NOT_FOR_YOU"
    assert code(desk.ask(CIVIL, ACCEPT, id=claim["id"])) == "ROW_UNKNOWN"
    body = desk.ask(VILLAGE, ACCEPT, id=claim["id"], reason="属实")
    assert body["data"]["acceptCorrection"]["correctionRequest"]["status"] == "accepted"
    assert desk.ask(TOWNSHIP, FILE, id=child_id(0))["data"]["child"]["residenceAddress"] == "甲一村 5 组"
    told = desk.rows("select unit from notice where event_type = 'value_corrected' and child_id = %s", child_id(0))
    assert (STATION,) in told and (TOWNSHIP,) not in told and (CIVIL,) not in told
    assert desk.rows("select status from obligation where row_id = %s", claim["id"]) == [("fulfilled",)]
    (past,) = desk.rows("select residence_address from child_history where id = %s", child_id(0))
    assert past == ("甲一村 3 组",)
    changes = desk.rows("select unit, classes from change where row_id = %s", child_id(0))
    assert (VILLAGE, ["D04"]) in changes
    assert code(desk.ask(VILLAGE, ACCEPT, id=claim["id"])) == "ALREADY_DONE"


def test_a_doubted_value_is_marked_for_whoever_is_shown_it(desk: Desk) -> None:
    query = "query ($id: ID!) { child(id: $id) { name residenceAddress sex underCheck } }"

    def marked(unit: str) -> Any:
        return desk.ask(unit, query, id=child_id(7))["data"]["child"]["underCheck"]

    assert marked(CIVIL) == []
    claim = doubted(desk, TOWNSHIP, 7)["id"]
    assert marked(CIVIL) == marked(VILLAGE) == marked(STATION) == ["residenceAddress"]
    # Of a value that is withheld not even the doubt is told.
    assert marked("ED@430621") == []
    desk.act(VILLAGE, "refuseCorrection", ("correction", claim), decisionReason="原值无误")
    assert marked(CIVIL) == []


def test_a_refusal_needs_its_reason_and_leaves_the_value(desk: Desk) -> None:
    claim = doubted(desk, TOWNSHIP, 1)["id"]
    assert code(tried(desk, TOWNSHIP, 1)) == "ALREADY_DONE"
    assert desk.code(VILLAGE, "refuseCorrection", ("correction", claim)) == "INPUT_INVALID"
    desk.act(VILLAGE, "refuseCorrection", ("correction", claim), decisionReason="经入户核实，原值无误")
    assert desk.rows("select status from obligation where row_id = %s", claim) == [("fulfilled",)]
    assert version(desk, 1) == 1
    again = doubted(desk, TOWNSHIP, 1)["id"]
    assert desk.code(VILLAGE, "withdrawCorrection", ("correction", again), decisionReason="无") == "NOT_FOR_YOU"
    desk.act(TOWNSHIP, "withdrawCorrection", ("correction", again), decisionReason="看错行")


def test_a_doubt_about_what_has_moved_on_is_refused(desk: Desk) -> None:
    claim = doubted(desk, TOWNSHIP, 2)["id"]
    body = desk.post(
        "mutation ($id: ID!) { updateChild(id: $id, version: 1, input: {residenceAddress: \"甲一村 9 组\"})"
        " { child { rowVersion } } }",
        VILLAGE, variables={"id": child_id(2)},
    )  # fmt: skip
    assert body["data"]["updateChild"]["child"]["rowVersion"] == 2
    assert code(tried(desk, CIVIL, 2, base=1)) == "VERSION_CONFLICT"
    assert code(desk.ask(VILLAGE, ACCEPT, id=claim)) == "VERSION_CONFLICT"
    # Another value of the row has moved on: that is none of it.
    desk.act(VILLAGE, "refuseCorrection", ("correction", claim), decisionReason="已另行更新")


def test_what_is_not_shown_cannot_be_doubted(desk: Desk) -> None:
    assert code(tried(desk, "TW@430621105", 3)) == "ROW_UNKNOWN"
    assert code(tried(desk, TOWNSHIP, 3, field="virtualSpecialSchoolReason")) == "INPUT_INVALID"
    assert code(tried(desk, TOWNSHIP, 3, field="noSuchField")) == "INPUT_INVALID"
    assert code(tried(desk, TOWNSHIP, 3, field="fileCompleteness")) == "VALUE_COMPUTED"
    assert code(tried(desk, "ED@430621", 3, field="residenceAddress")) == "WRITE_NOT_GRANTED"
    assert code(tried(desk, VILLAGE, 3)) == "VALUE_YOURS"
    assert code(tried(desk, TOWNSHIP, 3, claimedValue="甲一村 3 组")) == "NOTHING_CLAIMED"
    assert code(tried(desk, TOWNSHIP, 3, evidence=None)) == "INPUT_INVALID"
    assert code(tried(desk, TOWNSHIP, 3, field="birthDate", claimedValue="昨天")) == "INPUT_INVALID"
    assert code(tried(desk, TOWNSHIP, 999, base=1)) == "ROW_UNKNOWN"


def test_who_sees_digits_masked_learns_nothing_by_claiming_the_rest(desk: Desk) -> None:
    """The claim is filed whether or not it is the number on file."""
    number = "11010519491231002X"
    desk.rows("update child set citizen_id_no = %s where id = %s returning id", number, child_id(4))
    codes = {code(tried(desk, TOWNSHIP, child, field="citizenIdNo", claimedValue=number)) for child in (4, 5)}
    assert codes == {"DONE"}


def test_a_value_collected_again_becomes_a_claim(desk: Desk) -> None:
    body = desk.post(
        "mutation ($id: ID!) { updateChild(id: $id, version: 1, input: {sex: \"2\"})"
        " { child { rowVersion } } }",
        TOWNSHIP, variables={"id": child_id(6)},
    )  # fmt: skip
    assert code(body) == "VALUE_OWNED"
    claim = doubted(desk, TOWNSHIP, 6, field="sex", claimedValue="2", collectedAgain=True)["id"]
    rules = {rule for (rule,) in desk.rows("select rule from obligation where row_id = %s", claim)}
    assert rules == {"O27", "O29"}
