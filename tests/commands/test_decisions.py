"""What the acts decide, without a database: above all what they refuse, and what they then say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from hub import errors
from hub.commands.catalogue import COMMANDS
from hub.commands.course import ENTERED
from hub.commands.words import Given, Outcome, State
from hub.identity.identity import Unit
from schema.classes import Label
from schema.codes import CODE_LISTS
from tests.commands.memory import grant_of

TODAY = date(2026, 11, 20)
TOWNSHIP, STATION, CIVIL, VILLAGE = "TW@430621104", "PS@430621104-01", "CA@430621", "VC@430621104201"
SHELTER, AGENCY = "RS@430621-01", "SW@430621-01"
CHILD = {"id": "child_430621_1", "county": "430621", "residence_division": "430621104201"}
IN_CHARGE = {"PS": STATION, "TW": TOWNSHIP, "CA": CIVIL, "VC": VILLAGE, "CT": "CT@430621", "ED": "ED@430621"}
STAGES = tuple(CODE_LISTS["case_stage"].codes)


def unit(code: str) -> Unit:
    return Unit(
        code=code, type=code[:2], level="county", division="430621000000", ranges=(), name=Label(zh=code, en=code)
    )


def given(by: str = TOWNSHIP, in_charge: Mapping[str, str] = IN_CHARGE, **values: Any) -> Given:
    numbers = count(1)
    return Given(
        unit=unit(by), person="p", at=datetime(2026, 11, 20, 9, tzinfo=UTC), today=TODAY, values=values,
        in_charge=lambda kind, _: in_charge.get(kind), grant=grant_of(by[:2]),
        new_id=lambda entity: f"{entity}_430621_{next(numbers)}",
    )  # fmt: skip


def case(stage: str = "intervention", **more: Any) -> dict[str, Any]:
    return {
        "id": "case_430621_1", "stage": stage, "lead_unit": TOWNSHIP, "closed_on": None, "case_no": "AJ-1",
        "reopen_count": 0, "row_version": 1, **more,
    }  # fmt: skip


def party(code: str, role: str) -> dict[str, Any]:
    return {"id": f"party_{code}", "unit": code, "role": role, "row_version": 1}


def state(stage: str = "intervention", **more: Any) -> State:
    stands = {"child": CHILD, "case": case(stage), "rows": {name: () for name in COMMANDS["closeCase"].reads}, **more}
    return State(**{"target": stands["case"] or {}, **stands})


def done(name: str, before: State, what: Given) -> Outcome:
    return COMMANDS[name].decide(before, what)


def refusal(name: str, before: State, what: Given) -> errors.HubError:
    with pytest.raises(errors.ActError) as caught:
        done(name, before, what)
    return caught.value


def test_case_is_closed_by_its_lead_alone() -> None:
    error = refusal("closeCase", state(), given(CIVIL, close_reason="safe_at_home"))
    assert error.code == "NOT_LEAD" and TOWNSHIP in error.message
    outcome = done("closeCase", state(), given(TOWNSHIP, close_reason="safe_at_home"))
    (changed,) = outcome.changed
    assert changed.values["stage"] == "closed" and changed.values["closed_on"] == TODAY


@pytest.mark.parametrize(
    ("entity", "open_", "over"),
    [
        ("Placement", {"valid_to": None}, {"valid_to": "2026-11-01"}),
        ("EmergencyMeasure", {"ended_at": None}, {"ended_at": "2026-11-01T00:00:00Z"}),
        ("Assessment", {"completed_on": None}, {"completed_on": "2026-11-01"}),
        ("Petition", {"status": "accepted"}, {"status": "ruled"}),
        ("Petition", {"status": "filed"}, {"status": "withdrawn"}),
    ],
)
def test_nothing_that_keeps_a_child_safe_is_cut_off_by_closing(
    entity: str, open_: dict[str, Any], over: dict[str, Any]
) -> None:
    row = {"id": "x", "location_hidden": False, "facility_unit": None, "row_version": 1}
    none: dict[str, Any] = {name: () for name in COMMANDS["closeCase"].reads}
    error = refusal("closeCase", state(rows=none | {entity: (row | open_,)}), given(close_reason="safe_at_home"))
    assert error.code == "MATTER_OPEN"
    assert done("closeCase", state(rows=none | {entity: (row | over,)}), given(close_reason="safe_at_home")).changed


def test_unit_in_whose_place_the_child_is_hidden_is_counted_and_not_named() -> None:
    hidden = {"id": "x", "location_hidden": True, "facility_unit": SHELTER, "valid_to": "2026-11-01", "row_version": 1}
    rows = {name: () for name in COMMANDS["closeCase"].reads} | {"Placement": (hidden,)}
    error = refusal("closeCase", state(rows=rows, waiting=(SHELTER, VILLAGE)), given(close_reason="safe_at_home"))
    assert error.code == "KNOWLEDGE_MISSING"
    assert VILLAGE in error.message and SHELTER not in error.message and "2 " in error.message


@pytest.mark.parametrize("role", ["invited", "provider", "participant"])
def test_unit_that_was_brought_in_may_leave(role: str) -> None:
    outcome = done("leaveCase", state(parties=(party(AGENCY, role),)), given(AGENCY, summary="服务期满"))
    assert [(each.row, each.values["until"]) for each in outcome.changed] == [(f"party_{AGENCY}", TODAY)]


@pytest.mark.parametrize(
    ("by", "parties"),
    [
        (TOWNSHIP, (party(TOWNSHIP, "invited"),)),
        (AGENCY, (party(AGENCY, "lead"),)),
        (AGENCY, (party(VILLAGE, "invited"),)),
    ],
)
def test_unit_whose_duty_it_is_cannot_leave(by: str, parties: tuple[dict[str, Any], ...]) -> None:
    assert refusal("leaveCase", state(parties=parties), given(by, summary="x")).code == "CANNOT_LEAVE"


def test_unit_is_invited_once() -> None:
    before = state(parties=(party(AGENCY, "invited"),))
    assert refusal("inviteUnit", before, given(unit=AGENCY, role="invited")).code == "ALREADY_DONE"


@pytest.mark.parametrize("name", ["startFollowUp", "inviteUnit", "visitInCase", "recordMeasure", "filePetition"])
@pytest.mark.parametrize(("stands", "code"), [(None, "NO_CASE"), (case(closed_on="2026-11-01"), "CASE_CLOSED")])
def test_without_an_open_case_nothing_is_done_in_it(name: str, stands: dict[str, Any] | None, code: str) -> None:
    assert refusal(name, state(case=stands, target=stands or {}), given(STATION)).code == code


@pytest.mark.parametrize(("name", "stage"), [("startFollowUp", "follow_up"), ("openAssessment", "assessment")])
@pytest.mark.parametrize("since", STAGES)
def test_stage_is_entered_only_from_where_it_may_be(name: str, stage: str, since: str) -> None:
    what = given(TOWNSHIP, provider_unit=AGENCY, type="counselling")
    before = state(since, rows={entity: () for entity in COMMANDS[name].reads})
    if since in ENTERED[stage]:
        done(name, before, what)
    else:
        error = refusal(name, before, what)
        assert error.code == "WRONG_STAGE" and CODE_LISTS["case_stage"].codes[since].zh in error.message_zh


def test_report_is_accepted_only_for_a_child_that_is_known() -> None:
    report = {"id": "report_1", "status": "received", "reporter_unit": "SC@430621104-01", "immediate_danger": True,
              "receiving_unit": STATION, "row_version": 1}  # fmt: skip
    error = refusal("acceptReport", State(target=report), given(STATION))
    assert error.code == "CHILD_UNKNOWN"
    accepted = {**report, "status": "accepted"}
    assert refusal("acceptReport", State(target=accepted, child=CHILD), given(STATION)).code == "ALREADY_DONE"


@pytest.mark.parametrize(("name", "missing"), [("reportConcern", "PS"), ("filePetition", "CT")])
def test_where_nobody_is_in_charge_the_act_says_so(name: str, missing: str) -> None:
    known = {kind: code for kind, code in IN_CHARGE.items() if kind != missing}
    error = refusal(name, state(), given(CIVIL, known, type="revoke", situation_types=["abandonment"]))
    assert error.code == "NO_UNIT_IN_CHARGE" and missing in error.message


def test_open_case_is_not_reopened() -> None:
    before = State(target=case(), case=case(), child=CHILD)
    assert refusal("reopenCase", before, given(CIVIL, summary="x")).code == "ALREADY_DONE"
    closed = case("closed", closed_on="2026-11-01", close_reason="safe_at_home", reopen_count=1)
    (changed,) = done("reopenCase", State(target=closed, case=closed, child=CHILD), given(CIVIL, summary="x")).changed
    assert (changed.values["stage"], changed.values["reopen_count"]) == ("follow_up", 2)
