"""What units do to obligations themselves: show evidence, stop and extend clocks, waive; who may, and who may not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from hub.database import Database, Role
from hub.derived.keeping import asking
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.settling import settled
from tests.knowledge.world import BOOK, COUNTY, VILLAGE, directory
from tests.ledger.conftest import Send
from tests.ledger.conftest import send as send
from tests.ledger.conftest import written_city as written_city
from tests.query.small_city import child_id

OWNER, ASKER, OFFICE = "ED@430621", "CA@430621", "JC@430621"
ROW = "id rowVersion status dueAt extendedBy evidence waivedReason"
MUTATION = "mutation ($id: ID!, $version: Int!%s) { %s(id: $id, version: $version%s) { obligation { %s } } }"
MORE = {
    "fulfilObligation": (", $text: String!", ", evidence: $text"),
    "extendObligation": (", $by: Int!, $text: String!", ", by: $by, reason: $text"),
    "waiveObligation": (", $text: String!", ", reason: $text"),
    "pauseObligation": ("", ""),
    "resumeObligation": ("", ""),
}


@pytest.fixture(autouse=True, scope="module")
def office(written_city: Database) -> None:
    """Before the hub reads who there is."""
    with written_city.connect(Role.MIGRATOR) as connection:
        connection.execute(
            "insert into organisation (code, unit_type, level, division, name, valid_from)"
            " values (%s, 'JC', 'county', %s, 'x', '2016-09-01') on conflict do nothing",
            (OFFICE, COUNTY),
        )


@pytest.fixture(autouse=True)
def nothing_owed(written_city: Database) -> Iterator[None]:
    yield
    with written_city.connect(Role.MIGRATOR) as connection:
        connection.execute("truncate obligation")


def open_one(city: Database, kind: str, **units: tuple[str, ...]) -> str:
    """What an occurrence of a moment ago opens for the education bureau."""
    at = datetime.now(UTC) - timedelta(minutes=1)
    occurrence = Occurrence(
        kind=kind, at=at, by=ASKER, division=VILLAGE, row="share_01A", due=date(2099, 1, 1),
        units={"owner": (OWNER,), "requester": (ASKER,), "addressee": (OWNER,), **units},
    )  # fmt: skip

    async def work() -> str:
        async with await psycopg.AsyncConnection.connect(city.conninfo(Role.WRITER)) as connection:
            found = await settled([occurrence], asking(connection), at, directory(), BOOK)
            return found.opened[0].id

    return asyncio.run(work())


def do(
    send: Send, name: str, unit: str, row: str, version: int = 1, role: str = "officer", **more: Any
) -> dict[str, Any]:
    declared, given = MORE[name]
    query = MUTATION % (declared, name, given, ROW)
    return send(query, unit, role, variables={"id": row, "version": version, **more})


def code_of(body: dict[str, Any]) -> str:
    return str(body["errors"][0]["extensions"]["code"]) if "errors" in body else "DONE"


def row_of(body: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = body["data"][name]["obligation"]
    return found


def test_owing_unit_shows_by_evidence_that_it_is_met(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "decision_made")
    found = row_of(do(send, "fulfilObligation", OWNER, row, text="岳教〔2026〕9号"), "fulfilObligation")
    assert (found["status"], found["evidence"], found["rowVersion"]) == ("fulfilled", "岳教〔2026〕9号", 2)
    again = do(send, "fulfilObligation", OWNER, row, version=2, text="x")
    assert code_of(again) == "OBLIGATION_SETTLED"


def test_what_an_act_has_to_show_is_not_met_by_words(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "share_requested")
    assert code_of(do(send, "fulfilObligation", OWNER, row, text="已答复")) == "MET_BY_ACT"


def test_evidence_that_says_nothing_is_none(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "decision_made")
    assert {code_of(do(send, "fulfilObligation", OWNER, row, text=text)) for text in (" ", "x" * 2001)} == {
        "REASON_NEEDED"
    }


def test_only_the_owing_unit_does_it(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "decision_made")
    told = {unit: code_of(do(send, "fulfilObligation", unit, row, text="x")) for unit in (OFFICE, "CT@430621")}
    assert told == {OFFICE: "NOT_OWED_BY_YOU", "CT@430621": "ROW_UNKNOWN"}
    missing = code_of(do(send, "fulfilObligation", "CT@430621", "obligation_01AAAAAAAAAAAAAAAAAAAAAAAA", text="x"))
    assert missing == told["CT@430621"]


def test_liaison_does_what_the_officer_does(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "decision_made")
    assert code_of(do(send, "fulfilObligation", OWNER, row, role="liaison", text="x")) == "DONE"


def test_clock_stands_still_while_a_supplement_is_awaited(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "share_requested")
    paused = row_of(do(send, "pauseObligation", OWNER, row), "pauseObligation")
    assert (paused["status"], paused["dueAt"]) == ("paused", None)
    assert code_of(do(send, "pauseObligation", OWNER, row, version=2)) == "CLOCK_FIXED"
    going = row_of(do(send, "resumeObligation", OWNER, row, version=2), "resumeObligation")
    assert going["status"] == "open" and going["dueAt"] is not None
    assert code_of(do(send, "resumeObligation", OWNER, row, version=3)) == "CLOCK_FIXED"


def test_term_is_extended_once_and_by_no_more_than_itself(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "share_requested")
    refused = {code_of(do(send, "extendObligation", OWNER, row, by=by, text="x")) for by in (0, -1, 11)}
    assert refused == {"CLOCK_FIXED"}
    longer = row_of(do(send, "extendObligation", OWNER, row, by=10, text="数据量大"), "extendObligation")
    assert longer["extendedBy"] == 10
    assert code_of(do(send, "extendObligation", OWNER, row, version=2, by=1, text="x")) == "CLOCK_FIXED"


def test_fixed_term_is_neither_stopped_nor_extended(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "suggestion_issued")
    told = [do(send, "pauseObligation", OWNER, row), do(send, "extendObligation", OWNER, row, by=1, text="x")]
    assert {code_of(each) for each in told} == {"CLOCK_FIXED"}


def test_office_of_the_conference_waives_with_a_reason(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "suggestion_issued")
    assert code_of(do(send, "waiveObligation", OFFICE, row, text="")) == "REASON_NEEDED"
    waived = row_of(do(send, "waiveObligation", OFFICE, row, text="建议已撤回"), "waiveObligation")
    assert (waived["status"], waived["waivedReason"]) == ("waived", "建议已撤回")


def test_nobody_waives_what_it_owes(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "suggestion_issued")
    assert code_of(do(send, "waiveObligation", OWNER, row, text="x")) == "WRITE_NOT_GRANTED"
    assert "waiveObligation" not in str(send("{ __schema { mutationType { fields { name } } } }", OWNER))


def test_version_that_was_read_has_to_be_the_present_one(written_city: Database, send: Send) -> None:
    row = open_one(written_city, "decision_made")
    assert code_of(do(send, "fulfilObligation", OWNER, row, version=9, text="x")) == "VERSION_CONFLICT"


def test_visit_written_to_the_hub_opens_what_the_village_sees_it_owes(written_city: Database, send: Send) -> None:
    village = "VC@430621104201"
    visit = {"childId": child_id(3), "type": "village", "byUnit": village, "doneOn": "2026-09-01"}
    made = send(
        "mutation ($input: CreateVisitInput!) { createVisit(input: $input) { visit { id } } }", village,
        variables={"input": visit},
    )  # fmt: skip
    assert "errors" not in made
    query = "{ obligations(first: 9) { nodes { rule kind fromUnit toUnit status clock } } }"
    owed = {
        "rule": "O01", "kind": "supply", "fromUnit": village, "toUnit": "TW@430621104", "status": "open",
        "clock": "5 W",
    }  # fmt: skip
    seen = {unit: send(query, unit)["data"]["obligations"]["nodes"] for unit in (village, "TW@430621104", OWNER)}
    assert seen == {village: [owed], "TW@430621104": [owed], OWNER: []}


def test_what_is_sealed_is_seen_by_who_reported_alone(written_city: Database, send: Send) -> None:
    """A school that reported finds what the police owe it; nobody else learns which school it was."""
    with written_city.connect(Role.MIGRATOR) as connection:
        connection.execute("truncate obligation")
    school = "SC@430621104-01"
    at = datetime.now(UTC) - timedelta(minutes=1)
    accepted = Occurrence(
        kind="report_accepted", at=at, by="PS@430621", division=VILLAGE, case_no="BH1", units={"reporter": (school,)}
    )

    async def work() -> None:
        async with await psycopg.AsyncConnection.connect(written_city.conninfo(Role.WRITER)) as connection:
            await settled([accepted, replace(accepted, kind="visited")], asking(connection), at, directory(), BOOK)

    asyncio.run(work())
    query = '{ obligations(first: 9, filter: {rule: {eq: "O07"}}) { nodes { rule fromUnit toUnit toParty } } }'
    seen = {unit: send(query, unit) for unit in (school, OFFICE, "PS@430621", OWNER)}
    shown = {"rule": "O07", "fromUnit": "PS@430621", "toUnit": "PS@430621", "toParty": "reporter"}
    found = {unit: body["data"]["obligations"]["nodes"] for unit, body in seen.items()}
    assert found == {school: [shown], OFFICE: [shown], "PS@430621": [shown], OWNER: []}
    assert school not in str([seen[unit] for unit in (OFFICE, "PS@430621")])
