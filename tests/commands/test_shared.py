"""What units ask about shared knowledge, over the hub's own door: inbox, board, who is involved, rates."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.conftest import CIVIL, SCHOOL, SHELTER, STATION, TOWNSHIP, VILLAGE, Desk
from tests.commands.test_story import opened
from tests.query.small_city import child_id

INBOX = "{ inbox { waiting unopened toHandle dueToday late oldest owed owedLate } }"
BOARD = """query ($id: ID!) { caseBoard(case: $id) { stage leadUnit version rate lines {
  unit roles takesPart state version { told opened acknowledged acted } toAcknowledge inTime late escalated
} } }"""
INVOLVED = "query ($id: ID!) { whoIsInvolved(child: $id) { unit role roleLabel { zh } name { zh } phone since } }"
RATES = "{ sharedKnowledge { total { told mustKnow rate } units { unit count { told rate owed } } } }"


@pytest.fixture(scope="module")
def case(desk: Desk) -> str:
    _, case = opened(desk, 1)
    desk.act(STATION, "recordMeasure", ("case", case), measure="stop_violence_shelter")
    desk.act(
        CIVIL, "placeChild", ("case", case), placeType="rescue_station", legalBasis="92_6", facilityUnit=SHELTER,
        locationHidden=True,
    )  # fmt: skip
    return case


def board(desk: Desk, unit: str, case: str) -> dict[str, Any] | None:
    body = desk.ask(unit, BOARD, id=case)
    assert "errors" not in body, body
    found: dict[str, Any] | None = body["data"]["caseBoard"]
    return found


def test_inbox_counts_what_waits(desk: Desk, case: str) -> None:
    body = desk.ask(VILLAGE, INBOX)
    assert "errors" not in body, body
    before = body["data"]["inbox"]
    assert before["waiting"] == before["unopened"] > 0 and before["oldest"]
    ids = [row[0] for row in desk.rows("select id from notice where unit = %s and case_id = %s", VILLAGE, case)]
    body = desk.ask(VILLAGE, "mutation ($ids: [ID!]!) { acknowledgeNotices(notices: $ids) { notice { id } } }", ids=ids)
    assert "errors" not in body
    after = desk.ask(VILLAGE, INBOX)["data"]["inbox"]
    assert after["waiting"] == before["waiting"] - len(ids)


def test_board_shows_how_far_each_unit_knows(desk: Desk, case: str) -> None:
    found = board(desk, TOWNSHIP, case)
    assert found is not None and found["leadUnit"] == STATION
    lines = {line["unit"]: line for line in found["lines"]}
    assert lines[STATION]["version"]["acted"] >= 2
    assert lines[TOWNSHIP]["state"] == "waiting" and lines[TOWNSHIP]["version"]["told"] == found["version"]
    assert lines[CIVIL]["version"]["acted"] == found["version"]


def test_board_does_not_name_where_the_child_is_hidden(desk: Desk, case: str) -> None:
    assert SHELTER not in str(board(desk, TOWNSHIP, case))
    found = board(desk, SHELTER, case)
    assert found is not None and SHELTER in {line["unit"] for line in found["lines"]}


@pytest.mark.parametrize("unit", ["TW@430621105", "ED@430621", "YL@430621"])
def test_board_of_a_case_of_others_is_none(desk: Desk, case: str, unit: str) -> None:
    assert board(desk, unit, case) is None
    assert board(desk, unit, "case_430621_00000000000000000000000000") is None


def involved(desk: Desk, unit: str, child: str) -> dict[str, list[str]] | None:
    body = desk.ask(unit, INVOLVED, id=child)
    assert "errors" not in body, body
    rows = body["data"]["whoIsInvolved"]
    if rows is None:
        return None
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["role"], []).append(row["unit"])
    return found


def test_who_reads_the_child_knows_who_else_has_a_part(desk: Desk, case: str) -> None:
    found = involved(desk, TOWNSHIP, child_id(1))
    assert found is not None
    assert found["village"] == [VILLAGE] and found["township"] == [TOWNSHIP] and found["school"] == [SCHOOL]
    assert {STATION, CIVIL, VILLAGE, TOWNSHIP} <= set(found["case"])
    assert SHELTER not in str(found)


def test_who_takes_part_in_a_case_is_told_to_those_who_may_read_it(desk: Desk, case: str) -> None:
    found = involved(desk, "ED@430621", child_id(1))
    assert found is not None and found["school"] == [SCHOOL] and "case" not in found


@pytest.mark.parametrize(("unit", "knows"), [(SCHOOL, False), (VILLAGE, True)])
def test_who_is_there_anyway_is_told_though_cases_may_not_be_searched(
    desk: Desk, case: str, unit: str, knows: bool
) -> None:
    """Neither may filter by the end of a case; a party may read it, the school may not."""
    found = involved(desk, unit, child_id(1))
    assert found is not None and found["township"] == [TOWNSHIP] and found["school"] == [SCHOOL]
    assert ("case" in found) is knows


def test_who_may_not_read_the_child_is_told_nothing(desk: Desk, case: str) -> None:
    assert involved(desk, "TW@430621105", child_id(1)) is None
    assert involved(desk, "TW@430621105", "child_430621_99999999999999999999999999") is None


def test_rates_are_of_ones_own_division_or_unit(desk: Desk, case: str) -> None:
    def units(unit: str) -> set[str]:
        body = desk.ask(unit, RATES)
        assert "errors" not in body, body
        return {row["unit"] for row in body["data"]["sharedKnowledge"]["units"]}

    assert units(CIVIL) == {CIVIL}
    assert units(TOWNSHIP) == {TOWNSHIP}
    assert {TOWNSHIP, VILLAGE} <= units("JC@430621")
