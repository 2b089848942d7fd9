"""Criminal matters: who is accused reads nothing more, what is sealed is told to nobody, a mark is seen by nobody."""

from __future__ import annotations

from tests.commands.conftest import CIVIL, PROSECUTOR, SCHOOL, STATION, TOWNSHIP, VILLAGE, Desk
from tests.commands.test_story import CASE, opened
from tests.query.small_city import child_id

FILE = """mutation ($id: ID!, $input: FileCriminalCaseInput!) {
  fileCriminalCase(report: $id, input: $input) { concernReport { id status } } }"""
MEASURE = """mutation ($id: ID!, $input: RecordJuvenileMeasureInput!) {
  recordJuvenileMeasure(case: $id, input: $input) { case { id } } }"""


def number_of(desk: Desk, case: str) -> str:
    return str(desk.rows("select case_no from protection_case where id = %s", case)[0][0])


def test_a_filing_is_known_and_its_content_sealed(desk: Desk) -> None:
    report, case = opened(desk, 1)
    stated = {"extensions": {"purpose": {"caseNo": number_of(desk, case)}}}
    # The handling officer is who accepted the report; an officer of the station who did not, files nothing.
    other = desk.post(
        FILE, STATION, "handling_officer", variables={"id": report, "input": {"content": "涉嫌虐待"}}, **stated
    )
    assert other["errors"][0]["extensions"]["code"] == "WRITE_NOT_GRANTED"
    with_role = "update concern_report set handling_officer = %s where id = %s returning id"
    desk.rows(with_role, f"handling_officer:{STATION}", report)
    done = desk.post(
        FILE, STATION, "handling_officer", variables={"id": report, "input": {"content": "涉嫌虐待"}}, **stated
    )
    assert "errors" not in done, done
    events = desk.ask(TOWNSHIP, CASE, id=case)["data"]["case"]["events"]
    assert "case_filed" in {each["type"] for each in events}
    assert desk.rows("select kind, content from investigation_record where case_id = %s", case) == [
        ("filing", "涉嫌虐待")
    ]
    for unit in (TOWNSHIP, CIVIL, VILLAGE, SCHOOL):
        body = desk.ask(unit, "query ($id: ID!) { case(id: $id) { investigations { content } } }", id=case)
        assert "涉嫌虐待" not in str(body)


def test_a_juvenile_measure_is_written_and_told_to_nobody(desk: Desk) -> None:
    _, case = opened(desk, 2)
    invite = """mutation ($id: ID!, $input: InviteUnitInput!) {
      inviteUnit(case: $id, input: $input) { case { id } } }"""
    assert desk.ask(CIVIL, invite, id=case, input={"unit": PROSECUTOR, "role": "prosecutor"})["data"]["inviteUnit"]
    desk.act(PROSECUTOR, "recordProsecution", ("case", case), stage="prosecution_review")
    told = desk.rows("select count(*) from notice where case_id = %s", case)
    stated = {"extensions": {"purpose": {"caseNo": number_of(desk, case)}}}
    given = {"id": case, "input": {"kind": "help_and_education", "content": "帮教六个月"}}
    assert "errors" in desk.post(MEASURE, PROSECUTOR, variables=given, **stated)
    done = desk.post(MEASURE, PROSECUTOR, "handling_officer", variables=given, **stated)
    assert "errors" not in done, done
    assert desk.rows("select kind from juvenile_measure where case_id = %s", case) == [("help_and_education",)]
    assert desk.rows("select count(*) from notice where case_id = %s", case) == told
    query = "query ($id: ID!) { case(id: $id) { juvenileMeasures { kind } } }"
    for unit in (PROSECUTOR, STATION, TOWNSHIP, CIVIL):
        assert "help_and_education" not in str(desk.ask(unit, query, id=case))


def test_the_accused_read_nothing_more_and_their_unit_takes_no_part(desk: Desk) -> None:
    query = "query ($id: ID!) { child(id: $id) { name } }"
    assert desk.ask(SCHOOL, query, id=child_id(3))["data"]["child"]
    _, case = opened(desk, 3)
    assert desk.ask(VILLAGE, CASE, id=case)["data"]["case"]
    assert desk.code(TOWNSHIP, "nameAccused", ("case", case), accounts=["x"]) == "WRITE_NOT_GRANTED"
    assert desk.code(STATION, "nameAccused", ("case", case), accounts=[f"officer:{STATION}"]) == "ACT_NOT_POSSIBLE"
    assert desk.code(STATION, "nameAccused", ("case", case), accounts=["x"], unit=STATION) == "NOT_FOR_YOU"
    desk.act(STATION, "nameAccused", ("case", case), accounts=[f"officer:{SCHOOL}"], unit=VILLAGE)
    assert desk.ask(SCHOOL, query, id=child_id(3))["data"] == {"child": None}
    assert desk.ask(VILLAGE, CASE, id=case)["data"] == {"case": None}
    parties = {each["unit"] for each in desk.ask(STATION, CASE, id=case)["data"]["case"]["parties"]}
    assert {TOWNSHIP, VILLAGE} <= parties
    ended = desk.rows("select until is not null from case_party where case_id = %s and unit = %s", case, VILLAGE)
    assert ended == [(True,)]
    # Nobody was told that somebody is accused; and it can be taken back.
    assert desk.rows("select count(*) from case_event where case_id = %s and type like '%%accus%%'", case) == [(0,)]
    desk.act(STATION, "nameAccused", ("case", case), accounts=["y"], noLonger=[f"officer:{SCHOOL}"])
    assert desk.ask(SCHOOL, query, id=child_id(3))["data"]["child"]


def test_a_sealed_case_shows_to_those_alone_who_may_lift_the_seal(desk: Desk) -> None:
    _, case = opened(desk, 4)
    assert desk.ask(TOWNSHIP, CASE, id=case)["data"]["case"]
    assert desk.code(TOWNSHIP, "sealCase", ("case", case), summary="x") == "WRITE_NOT_GRANTED"
    desk.act(STATION, "sealCase", ("case", case), summary="涉案未成年人犯罪记录封存")
    assert desk.code(STATION, "sealCase", ("case", case), summary="再次") == "ALREADY_DONE"
    for unit in (TOWNSHIP, VILLAGE):
        assert desk.ask(unit, CASE, id=case)["data"] == {"case": None}
    assert desk.ask(STATION, CASE, id=case)["data"]["case"]["stage"]
    desk.act(STATION, "unsealCase", ("case", case), summary="封存错误")
    assert desk.code(STATION, "unsealCase", ("case", case), summary="再次") == "ALREADY_DONE"
    assert desk.ask(TOWNSHIP, CASE, id=case)["data"]["case"]


def test_a_confidential_investigation_leaves_no_trace_for_others(desk: Desk) -> None:
    _, case = opened(desk, 5)
    before = desk.ask(TOWNSHIP, CASE, id=case)["data"]
    desk.act(STATION, "markInvestigation", ("case", case), confidential=True)
    assert desk.code(STATION, "markInvestigation", ("case", case), confidential=True) == "ALREADY_DONE"
    assert desk.ask(TOWNSHIP, CASE, id=case)["data"] == before
    assert desk.rows("select confidential from protection_case where id = %s", case) == [(True,)]
