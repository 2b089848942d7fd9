"""A look at a child's file is told to the lead of its case: who asked, never what was read, and nothing twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg

from hub.database import Role
from hub.identity.loading import load_directory
from hub.policy.book import load_policies
from hub.sharing.inquiries import InquiryTally, Round, once
from tests.commands.conftest import CIVIL, SCHOOL, STATION, TOWNSHIP, Desk
from tests.commands.test_story import opened
from tests.query.small_city import child_id

POLICE, HOSPITAL, HEALTH = "PS@430621", "MI@430621-01", "HE@430621"
READ = "query ($id: ID!) { child(id: $id) { name citizenIdNo } }"
BOOK = load_policies()


def told(desk: Desk, *, later: timedelta = timedelta()) -> InquiryTally:
    """One round, as its node goes it."""

    async def round_() -> InquiryTally:
        conninfo = desk.database.conninfo(Role.WRITER)
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            directory = await load_directory(connection)
            now = datetime.now(UTC) + later
            return await Round(connection=connection, directory=directory, book=BOOK, now=now).go()

    return asyncio.run(round_())


def read(desk: Desk, unit: str, number: int) -> None:
    assert desk.ask(unit, READ, id=child_id(number))["data"]["child"]


def urgently(desk: Desk, unit: str, number: int) -> None:
    desk.act(unit, "breakGlass", ("child", child_id(number)), ground="find_carer", reason="急诊")
    read(desk, unit, number)


def inquiries(desk: Desk, number: int) -> list[tuple[str, str]]:
    return desk.rows(
        "select unit, by_unit from notice where event_type = 'inquired' and child_id = %s order by by_unit",
        child_id(number),
    )


def test_the_lead_hears_who_asked_and_nothing_else(desk: Desk) -> None:
    _, case = opened(desk, 1)
    read(desk, POLICE, 1)
    read(desk, POLICE, 1)
    read(desk, TOWNSHIP, 1)  # has a part in the case
    read(desk, SCHOOL, 1)
    assert desk.ask(POLICE, "{ cases(first: 5) { nodes { id } } }")["data"]
    assert told(desk).told == 1
    assert inquiries(desk, 1) == [(STATION, POLICE)]
    shown = "{ notices(first: 50) { nodes { kind eventType byUnit dueAt case { id } } } }"
    found = [each for each in desk.ask(STATION, shown)["data"]["notices"]["nodes"] if each["kind"] == "inquiry"]
    assert found == [
        {"kind": "inquiry", "eventType": "inquired", "byUnit": POLICE, "dueAt": None, "case": {"id": case}}
    ]
    assert told(desk).told == 0
    read(desk, POLICE, 1)
    assert told(desk).told == 0


def test_of_a_marked_investigation_nothing_is_told(desk: Desk) -> None:
    for number, mark in ((2, "confidential"), (3, "sealed")):
        _, case = opened(desk, number)
        desk.rows(f"update protection_case set {mark} = true where id = %s returning id", case)
        read(desk, POLICE, number)
    assert told(desk).told == 0
    assert inquiries(desk, 2) == inquiries(desk, 3) == []


def test_an_investigator_leaves_no_trace(desk: Desk) -> None:
    opened(desk, 4)
    body = desk.post(READ, STATION, variables={"id": child_id(4)}, extensions={"purpose": {"duty": "PS-1"}})
    assert body["data"]["child"]
    desk.post(READ, POLICE, variables={"id": child_id(4)}, extensions={"purpose": {"duty": "PS-2"}})
    desk.post("{ children(first: 3) { nodes { name } } }", POLICE)
    assert told(desk).told == 0


def test_without_a_case_nobody_is_told(desk: Desk) -> None:
    read(desk, POLICE, 10)
    assert told(desk).told == 0


def test_three_kinds_of_units_make_civil_affairs_look(desk: Desk) -> None:
    def owed() -> list[tuple[str, str, str]]:
        return desk.rows("select from_unit, to_unit, status from obligation where rule = 'O40' order by opened_at")

    read(desk, POLICE, 5)
    urgently(desk, HOSPITAL, 5)
    assert told(desk).reviews == 0
    urgently(desk, HEALTH, 5)
    assert told(desk).reviews == 1
    assert owed() == [(CIVIL, "JC@430621", "open")]
    assert told(desk).reviews == 0
    (row,) = desk.rows("select id, row_version from obligation where rule = 'O40'")
    done = desk.ask(
        CIVIL,
        "mutation ($id: ID!, $version: Int!) { fulfilObligation(id: $id, version: $version, evidence: \"已走访核查\")"
        " { obligation { status } } }",
        id=row[0], version=row[1],
    )  # fmt: skip
    assert done["data"]["fulfilObligation"]["obligation"]["status"] == "fulfilled"
    # What was looked into is not raised again by what was known then.
    desk.rows("update break_glass set lease_until = now(), lease_from = now() - interval '1 hour' returning id")
    assert told(desk).reviews == 0


def test_looks_are_forgotten_after_two_weeks(desk: Desk) -> None:
    assert desk.rows("select count(*) > 0 from inquiry") == [(True,)]
    told(desk, later=timedelta(days=15))
    assert desk.rows("select count(*) from inquiry") == [(0,)]


def test_two_rounds_at_once_tell_once(desk: Desk) -> None:
    opened(desk, 6)
    read(desk, POLICE, 6)

    async def both() -> list[InquiryTally]:
        conninfo = desk.database.conninfo(Role.WRITER)
        connections = [await psycopg.AsyncConnection.connect(conninfo, autocommit=True) for _ in range(2)]
        directory = await load_directory(connections[0])
        rounds = [Round(connection=c, directory=directory, book=BOOK, now=datetime.now(UTC)) for c in connections]
        try:
            return list(await asyncio.gather(*(each.go() for each in rounds)))
        finally:
            for connection in connections:
                await connection.close()

    assert sum(tally.told for tally in asyncio.run(both())) == 1
    assert inquiries(desk, 6) == [(STATION, POLICE)]


def test_one_node_at_a_time_goes_the_round(desk: Desk) -> None:
    async def twice() -> list[InquiryTally | None]:
        conninfo = desk.database.conninfo(Role.WRITER)
        return [await once(conninfo, "n1", BOOK), await once(conninfo, "n2", BOOK)]

    first, second = asyncio.run(twice())
    assert first is not None and second is None
