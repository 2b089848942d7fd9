"""Mutations as units send them over HTTP: what comes back, what is refused, and what each leaves behind."""

from __future__ import annotations

from typing import Any

from hub.database import Database, Role
from tests.ledger.conftest import Send
from tests.ledger.writers import OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.query.small_city import child_id

CREATE = """
mutation Open($input: CreateChildInput!, $key: String) {
  createChild(input: $input, idempotencyKey: $key) { child { id childNo name citizenIdNo residenceAddress rowVersion } }
}
"""
UPDATE = """
mutation Change($id: ID!, $version: Int!, $input: UpdateChildInput!) {
  updateChild(id: $id, version: $version, input: $input) { child { name lbcReason rowVersion } }
}
"""
CHILD = {"name": "李小石", "sex": "1", "birthDate": "2016-05-04", "residenceDivision": VILLAGE}


def code_of(body: dict[str, Any]) -> str:
    return str(body["errors"][0]["extensions"]["code"])


def test_a_township_opens_a_file_and_reads_it_back(send: Send) -> None:
    number = "43990120160504001" + "0"
    body = send(CREATE, TOWNSHIP, variables={"input": CHILD | {"residenceAddress": "甲一村 3 组"}})
    assert "errors" not in body, (body, number)
    child = body["data"]["createChild"]["child"]
    assert (child["name"], child["rowVersion"], child["citizenIdNo"]) == ("李小石", 1, None)
    assert child["childNo"].startswith(VILLAGE)


def test_the_same_key_answers_the_same(send: Send) -> None:
    sent = {"input": CHILD, "key": "one"}
    first, again = (send(CREATE, TOWNSHIP, variables=sent)["data"]["createChild"] for _ in range(2))
    assert first == again
    assert code_of(send(CREATE, TOWNSHIP, variables={"input": CHILD | {"name": "王"}, "key": "one"})) == (
        "IDEMPOTENCY_KEY_REUSED"
    )


def test_faults_come_with_path_and_code(send: Send) -> None:
    body = send(CREATE, TOWNSHIP, variables={"input": {"name": "李\u202e", "sex": "7", "citizenIdNo": "43062"}})
    (error,) = body["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["createChild"], "INPUT_INVALID")
    found = {(tuple(item["path"]), item["code"]) for item in error["extensions"]["faults"]}
    assert found == {
        (("createChild", "input", "name"), "CHARACTERS"),
        (("createChild", "input", "sex"), "UNKNOWN_CODE"),
        (("createChild", "input", "citizenIdNo"), "ID_NUMBER"),
        (("createChild", "input", "birthDate"), "REQUIRED"),
        (("createChild", "input", "residenceDivision"), "REQUIRED"),
    }
    assert "43062" not in str(body)


def test_unknown_keys_and_wrong_kinds_are_told_with_the_other_faults(send: Send) -> None:
    bad = CHILD | {"rowVersion": 7, "lbcStatus": "ended", "sex": "7", "birthDate": "4 May 2016", "childPhone": 1390000}
    body = send(CREATE, TOWNSHIP, variables={"input": bad})
    assert len(body["errors"]) == 1, body
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "INPUT_INVALID"
    found = {(tuple(item["path"][1:]), item["code"]) for item in error["extensions"]["faults"]}
    assert found == {
        (("input", "rowVersion"), "UNKNOWN_INPUT"),
        (("input", "lbcStatus"), "UNKNOWN_INPUT"),
        (("input", "sex"), "UNKNOWN_CODE"),
        (("input", "birthDate"), "WRONG_KIND"),
        (("input", "childPhone"), "WRONG_KIND"),
    }
    assert not {"4 May 2016", "1390000", "ended"} & {word.strip("\"',.") for word in str(body).split()}


def test_out_of_scope_and_missing_answer_alike(send: Send) -> None:
    there, nowhere = (
        send(UPDATE, TOWNSHIP, variables={"id": child_id(number), "version": 1, "input": {"name": "王五"}})
        for number in (20, 999)
    )
    assert there == nowhere
    assert code_of(there) == "ROW_UNKNOWN"


def test_a_unit_without_the_duty_is_told_whom_to_ask(send: Send) -> None:
    body = send(UPDATE, "ED@430621", variables={"id": child_id(1), "version": 1, "input": {"name": "王五"}})
    assert code_of(body) == "WRITE_NOT_GRANTED"
    (entry,) = body["extensions"]["access"]
    assert entry["path"] == ["updateChild", "input", "name"]
    assert entry["code"] == "NO_DUTY"
    assert "TW" in entry["holders"]


def test_a_strict_caller_writes_nothing_it_cannot_read_back(send: Send, written_city: Database) -> None:
    asked = (
        'mutation ($id: ID!) { updateChild(id: $id, version: 1, input: {lbcReason: "both_away"})'
        " { child { name accessRestriction } } }"
    )
    body = send(asked, TOWNSHIP, variables={"id": child_id(6)}, extensions={"onDenied": "ERROR"})
    assert code_of(body) == "NOT_GRANTED"
    with written_city.connect(Role.READER) as connection:
        row = connection.execute("SELECT row_version FROM child WHERE id = %s", (child_id(6),)).fetchone()
    assert row == (1,)


def test_fields_of_one_mutation_run_one_after_the_other(send: Send) -> None:
    asked = (
        "mutation ($id: ID!) {"
        '  a: updateChild(id: $id, version: 1, input: {lbcReason: "both_away"}) { child { rowVersion } }'
        '  b: updateChild(id: $id, version: 2, input: {lbcSince: "2020-01-01"}) { child { rowVersion lbcSince } }'
        '  c: updateChild(id: $id, version: 2, input: {lbcSince: "2021-01-01"}) { child { rowVersion } }'
        "}"
    )
    body = send(asked, TOWNSHIP, variables={"id": child_id(7)})
    assert body["data"] == {
        "a": {"child": {"rowVersion": 2}}, "b": {"child": {"rowVersion": 3, "lbcSince": "2020-01-01"}}, "c": None,
    }  # fmt: skip
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [(["c"], "VERSION_CONFLICT")]


def test_ending_says_when_and_why(send: Send) -> None:
    begun = (
        'mutation ($id: ID!) { createGuardianshipArrangement(input: {childId: $id, type: "entrusted_relative",'
        ' validFrom: "2024-01-01"}) { guardianshipArrangement { id } } }'
    )
    row = send(begun, TOWNSHIP, variables={"id": child_id(8)})
    assert "errors" not in row, row
    ended = (
        "mutation ($id: ID!, $on: Date!, $version: Int!) { endGuardianshipArrangement("
        'id: $id, version: $version, on: $on, reason: "parent_returned") { guardianshipArrangement { validTo } } }'
    )
    sent = {"id": row["data"]["createGuardianshipArrangement"]["guardianshipArrangement"]["id"], "version": 1}
    early = send(ended, TOWNSHIP, variables={**sent, "on": "2023-01-01"})
    assert code_of(early) == "INPUT_INVALID"
    body = send(ended, TOWNSHIP, variables={**sent, "on": "2024-06-01"})
    assert body["data"] == {"endGuardianshipArrangement": {"guardianshipArrangement": {"validTo": "2024-06-01"}}}, body
    again = send(ended, TOWNSHIP, variables={**sent, "version": 2, "on": "2024-06-02"})
    assert again["errors"][0]["extensions"]["faults"][0]["code"] == "ENDED"


def test_a_view_shows_what_its_unit_may_write(send: Send) -> None:
    asked = "{ __schema { mutationType { fields { name } } } }"
    names = {
        unit: {
            field["name"]
            for field in (send(asked, unit)["data"]["__schema"]["mutationType"] or {"fields": []})["fields"]
        }
        for unit in (TOWNSHIP, "VC@430621104201", "CT@430621", "ST@430621")
    }
    assert {"createChild", "updateChild", "endGuardianshipArrangement"} <= names[TOWNSHIP]
    assert "createVisit" in names["VC@430621104201"]
    # What a unit owes and is told, each keeps of its own.
    notices = {"acknowledgeNotices", "openNotices", "declineNotices"}
    notices |= {f"{verb}Obligation" for verb in ("fulfil", "pause", "resume", "extend")}
    sharing = {f"{verb}Share" for verb in ("request", "grant", "refuse", "withdraw")} | {"doubtValue"}
    sharing |= {f"{verb}Correction" for verb in ("accept", "refuse", "withdraw")}
    sealing = {"nameAccused", "sealCase", "unsealCase", "markInvestigation"}
    of_party = {"answerAssistance", "replySuggestion", "leaveCase"}
    assert (
        names["CT@430621"]
        == {"acceptPetition", "rulePetition", "recordJudgment"} | of_party | notices | sharing | sealing
    )
    assert names["ST@430621"] == notices | sharing


def test_a_write_is_in_the_childs_access_record(send: Send, written_city: Database) -> None:
    body = send(UPDATE, TOWNSHIP, variables={"id": child_id(9), "version": 1, "input": {"lbcReason": "both_away"}})
    assert "errors" not in body
    with written_city.connect(Role.READER) as connection:
        rows = connection.execute(
            "SELECT r.unit, r.operation_name, r.outcome, s.fields, s.rules FROM access_record r"
            " JOIN access_shape s ON s.hash = r.shape WHERE r.children = %s",
            (child_id(9),),
        ).fetchall()
    ((unit, name, outcome, fields, rules),) = rows
    assert (unit, name, outcome) == (TOWNSHIP, "Change", "answered")
    assert "Child.lbc_reason" in fields
    assert "P04.4" in rules


def test_a_village_does_not_move_a_child_to_another(send: Send) -> None:
    sent = {"id": child_id(10), "version": 1, "input": {"residenceDivision": OTHER_VILLAGE}}
    assert code_of(send(UPDATE, "VC@430621104201", variables=sent)) == "OUT_OF_REACH"
