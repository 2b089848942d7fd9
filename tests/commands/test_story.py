"""One case from the school's report to its closing, as the units concerned, over the hub's own door."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from hub.database import Role
from hub.identity.loading import load_directory
from hub.knowledge.round import OwingTally, go_owing_round
from hub.policy.book import load_policies
from tests.commands.conftest import CIVIL, COURT, SCHOOL, SHELTER, STATION, TOWNSHIP, VILLAGE, Desk
from tests.query.small_city import child_id

CASE = "query ($id: ID!) { case(id: $id) { id stage leadUnit parties { unit role } events { type byUnit summary } } }"
INBOX = "{ notices(first: 50) { nodes { id kind eventType byUnit acknowledgedAt case { id stage } } } }"


def opened(desk: Desk, child: int) -> tuple[str, str]:
    """A report that the police have accepted: its id and the case's."""
    report = desk.act(
        SCHOOL, "reportConcern", child=child_id(child), situationTypes=["suspected_domestic_violence"],
        immediateDanger=True, narrative="身上有伤", shown="id reportNo status",
    )  # fmt: skip
    assert report["status"] == "received"
    accepted = desk.act(STATION, "acceptReport", ("report", report["id"]), shown="id status case { id stage }")
    assert (accepted["status"], accepted["case"]["stage"]) == ("accepted", "accepted")
    return report["id"], accepted["case"]["id"]


def inbox(desk: Desk, unit: str) -> list[str]:
    return [each["eventType"] for each in desk.ask(unit, INBOX)["data"]["notices"]["nodes"]]


def test_from_report_to_closing(desk: Desk) -> None:
    report, case = opened(desk, 1)
    assert "report_received" in inbox(desk, STATION)
    for unit in (TOWNSHIP, CIVIL, VILLAGE, SCHOOL):
        assert "report_accepted" in inbox(desk, unit), unit
    desk.act(STATION, "dispatchPolice", ("report", report))
    measure = desk.act(STATION, "recordMeasure", ("case", case), measure="stop_violence_shelter")
    placement = desk.act(
        CIVIL, "placeChild", ("case", case), placeType="rescue_station", legalBasis="92_6", facilityUnit=SHELTER,
        locationHidden=True,
    )  # fmt: skip
    desk.act(SHELTER, "receiveChild", ("placement", placement["id"]), receivedBy="王某")
    desk.act(STATION, "handOverChild", ("measure", measure["id"]))
    assessment = desk.act(TOWNSHIP, "openAssessment", ("case", case))
    desk.act(STATION, "assessSafety", ("assessment", assessment["id"]), score=2, note="父亲酗酒")
    desk.act(
        TOWNSHIP, "concludeAssessment", ("assessment", assessment["id"]), riskLevel="1", conclusion="不宜返家",
    )  # fmt: skip
    item = desk.act(
        TOWNSHIP, "planService", ("case", case), type="counselling", providerUnit="SW@430621-01", due="2027-01-10"
    )
    desk.act("SW@430621-01", "recordService", ("plan", item["id"]), outcome="已完成五次")
    desk.act(STATION, "sanctionGuardian", ("case", case), kind="warning_letter")
    petition = desk.act(CIVIL, "filePetition", ("case", case), type="revoke")
    desk.act(COURT, "acceptPetition", ("petition", petition["id"]), docketNo="（2026）湘0621民特1号")
    desk.act(COURT, "rulePetition", ("petition", petition["id"]), ruling="granted")
    desk.act(CIVIL, "endPlacement", ("placement", placement["id"]))
    desk.act(STATION, "endMeasure", ("measure", measure["id"]))
    desk.act(STATION, "tellResult", ("report", report), result="guardian_admonished")
    assert desk.ask(TOWNSHIP, CASE, id=case)["data"]["case"]["stage"] == "follow_up"
    assert desk.code(TOWNSHIP, "closeCase", ("case", case), closeReason="guardian_changed") == "KNOWLEDGE_MISSING"
    for (unit,) in desk.rows("select distinct unit from notice where case_id = %s and acknowledged_at is null", case):
        ids = [row[0] for row in desk.rows("select id from notice where unit = %s and case_id = %s", unit, case)]
        body = desk.ask(
            unit, "mutation ($ids: [ID!]!) { acknowledgeNotices(notices: $ids) { notice { id } } }", ids=ids
        )
        assert "errors" not in body, (unit, body)
    assert desk.code(TOWNSHIP, "closeCase", ("case", case), closeReason="guardian_changed") == "DONE"
    # That it is closed its parties still read; what it was about their part in it opens no more.
    asked = "query ($id: ID!) { case(id: $id) { stage closedOn events { type summary } } }"
    for unit in (TOWNSHIP, VILLAGE, COURT):
        seen = desk.ask(unit, asked, id=case)["data"]["case"]
        assert seen["stage"] == "closed" and seen["events"][-1]["type"] == "closed", unit
        assert not any(event["summary"] for event in seen["events"]), unit
    assert desk.ask("TW@430621105", asked, id=case)["data"] == {"case": None}
    again = desk.code(TOWNSHIP, "closeCase", ("case", case), closeReason="guardian_changed")
    assert again in ("ROW_UNKNOWN", "CASE_CLOSED", "WRITE_NOT_GRANTED")
    assert desk.act(CIVIL, "reopenCase", ("case", case), summary="有新情况", shown="id stage")["stage"] == "follow_up"


@pytest.mark.parametrize("second", [STATION, "PS@430621"])
def test_a_report_is_accepted_once(desk: Desk, second: str) -> None:
    report, _ = opened(desk, 2 if second == STATION else 3)
    assert desk.code(second, "acceptReport", ("report", report)) == "ALREADY_DONE"


def owed(desk: Desk, case: str) -> dict[tuple[str, str], str]:
    """Of the obligations of a case, by rule and debtor, the state."""
    found = desk.rows(
        "select o.rule, o.from_unit, o.status from obligation o join protection_case c on c.case_no = o.case_no"
        " where c.id = %s",
        case,
    )
    return {(rule, debtor): status for rule, debtor, status in found}


def test_acts_make_units_owe_and_settle_it(desk: Desk) -> None:
    _, case = opened(desk, 4)
    assert owed(desk, case)["O11", TOWNSHIP] == "open"
    desk.act(STATION, "recordMeasure", ("case", case), measure="contact_relatives")
    assert owed(desk, case)["O05", STATION] == "open"
    desk.act(STATION, "notifyUnits", ("case", case), units=[TOWNSHIP], summary="已联系祖父母")
    assert owed(desk, case)["O05", STATION] == "fulfilled"
    # Having acted, the township knows of what it was told before.
    desk.act(TOWNSHIP, "openAssessment", ("case", case))
    waiting = desk.rows(
        "select 1 from case_knowledge where case_id = %s and unit = %s and acknowledged_at is null", case, TOWNSHIP
    )
    assert waiting == []
    # And those who follow changes are told of it.
    unfollowed = desk.rows(
        "select k.id from case_knowledge k where case_id = %s and not exists (select 1 from change c"
        " where c.row_id = k.id and c.row_version = k.row_version) union all select n.id from notice n"
        " where case_id = %s and not exists (select 1 from change c where c.row_id = n.id and"
        " c.row_version = n.row_version)",
        case, case,
    )  # fmt: skip
    assert unfollowed == []


def test_a_repeated_key_acts_once(desk: Desk) -> None:
    _, case = opened(desk, 5)
    for _ in range(2):
        desk.act(STATION, "recordMeasure", ("case", case), key="m-1", measure="medical_help")
    assert desk.rows("select count(*) from emergency_measure where case_id = %s", case) == [(1,)]


def test_a_unit_without_part_finds_no_case(desk: Desk) -> None:
    _, case = opened(desk, 6)
    assert desk.code("TW@430621105", "openAssessment", ("case", case)) == "ROW_UNKNOWN"
    assert desk.code("ED@430621", "openAssessment", ("case", case)) == "WRITE_NOT_GRANTED"
    assert (
        desk.code(TOWNSHIP, "rulePetition", ("petition", "petition_430621_0"), ruling="granted") == "WRITE_NOT_GRANTED"
    )


def test_what_is_wrong_is_told_at_once_and_nothing_is_written(desk: Desk) -> None:
    _, case = opened(desk, 7)
    body = desk.tried(CIVIL, "placeChild", ("case", case), placeType="moon", facilityUnit="RS@999999")
    faults = {tuple(each["path"])[-1]: each["code"] for each in body["errors"][0]["extensions"]["faults"]}
    assert faults == {"placeType": "UNKNOWN_CODE", "facilityUnit": "UNIT", "legalBasis": "REQUIRED"}
    assert desk.rows("select count(*) from placement where case_id = %s", case) == [(0,)]


def test_hidden_shelter_is_not_named_to_the_township(desk: Desk) -> None:
    _, case = opened(desk, 8)
    desk.act(STATION, "recordMeasure", ("case", case), measure="stop_violence_shelter")
    desk.act(
        CIVIL, "placeChild", ("case", case), placeType="rescue_station", legalBasis="92_6", facilityUnit=SHELTER,
        locationHidden=True,
    )  # fmt: skip
    seen = """query ($id: ID!) { case(id: $id) { parties { unit } events { type mustKnowUnits }
      knowledge { unit } placements { placeType } } }"""
    body = desk.ask(TOWNSHIP, seen, id=case)
    assert SHELTER not in str(body["data"])
    assert SHELTER not in str(desk.tried(TOWNSHIP, "closeCase", ("case", case), closeReason="safe_at_home"))
    assert "placed" in inbox(desk, SHELTER)


def test_only_a_request_can_be_sent_back(desk: Desk) -> None:
    _, case = opened(desk, 9)
    desk.act(STATION, "requestAssistance", ("case", case), unit="MI@430621-01", summary="请协助验伤")
    send = (
        """mutation ($ids: [ID!]!) { declineNotices(notices: $ids, reason: "无此科室") { notice { id declinedAt } } }"""
    )
    (row,) = desk.rows(
        "select id from notice where case_id = %s and event_type = 'assistance_requested' and unit = 'MI@430621-01'",
        case,
    )
    assert desk.ask("MI@430621-01", send, ids=[row[0]])["data"]["declineNotices"]["notice"]["declinedAt"]
    (other,) = desk.rows(
        "select id from notice where case_id = %s and unit = %s and event_type = 'report_accepted'", case, CIVIL
    )
    assert desk.ask(CIVIL, send, ids=[other[0]])["errors"][0]["extensions"]["code"] == "NOT_DECLINABLE"
    assert desk.ask(TOWNSHIP, send, ids=[other[0]])["errors"][0]["extensions"]["code"] == "ROW_UNKNOWN"
    # A party that was only told of another's request has nothing to send back.
    (told,) = desk.rows(
        "select id from notice where case_id = %s and event_type = 'assistance_requested' and unit = %s", case, VILLAGE
    )
    assert desk.ask(VILLAGE, send, ids=[told[0]])["errors"][0]["extensions"]["code"] == "NOT_DECLINABLE"


def test_kin_of_the_child_acknowledges_nothing_of_its_case(desk: Desk) -> None:
    """The clerk of the village is the carer: what the village is told of this child is for a colleague."""
    _, case = opened(desk, 5)
    (row,) = desk.rows("select id from notice where case_id = %s and unit = %s limit 1", case, VILLAGE)
    send = "mutation ($ids: [ID!]!) { acknowledgeNotices(notices: $ids) { notice { id } } }"
    with desk.database.connect(Role.MIGRATOR) as connection:
        connection.execute(
            "update protection_case set accused_persons = array[%s] where id = %s", (f"officer:{VILLAGE}", case)
        )
    assert desk.ask(VILLAGE, send, ids=[row[0]])["errors"][0]["extensions"]["code"] == "ROW_UNKNOWN"
    assert desk.rows("select acknowledged_at from notice where id = %s", row[0]) == [(None,)]


def test_what_nobody_acknowledges_is_told_to_the_lead_and_upwards(desk: Desk) -> None:
    """And only then, with everybody told or escalated, the case can be closed."""
    _, case = opened(desk, 7)
    desk.act(STATION, "recordMeasure", ("case", case), measure="contact_relatives")

    async def round_at(now: datetime) -> OwingTally:
        conninfo = desk.database.conninfo(Role.WRITER)
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            directory = await load_directory(connection)
            return await go_owing_round(connection, directory, load_policies(), clock=lambda: now, calendar=False)

    start = datetime.now(UTC)
    assert asyncio.run(round_at(start + timedelta(minutes=1))).unacknowledged == 0
    later = start + timedelta(days=20)
    assert asyncio.run(round_at(later)).unacknowledged > 0
    assert asyncio.run(round_at(later)).unacknowledged == 0
    left = "select count(*) from case_knowledge where case_id = %s and acknowledged_at is null and escalated_at is null"
    assert desk.rows(left + " and due_at is not null", case) == [(0,)]
    to_lead = desk.rows(
        "select distinct n.about_unit from notice n join protection_case c on c.id = n.case_id"
        " where n.case_id = %s and n.unit = c.lead_unit and n.event_type = 'not_acknowledged'",
        case,
    )
    assert (VILLAGE,) in to_lead
    assert desk.rows(
        "select distinct case_id, child_id from notice where event_type = 'not_acknowledged' and unit = 'JC@430621'"
    ) == [(None, None)]
