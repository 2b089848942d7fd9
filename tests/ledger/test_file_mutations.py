"""Moving, merging and splitting as units ask for it: who may, what comes back, and where a former id leads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hub.database import Database, Role
from hub.policy import words
from tests.ledger.conftest import Send
from tests.ledger.writers import OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.query.small_city import COUNTY, child_id

CIVIL, CITY = "CA@430621", "CA@430600"
MOVE = """
mutation ($id: ID!, $version: Int!, $to: String!) {
  moveChild(id: $id, version: $version, residenceDivision: $to) { child { id name rowVersion residenceDivision } }
}
"""
MERGE = """
mutation ($survivor: ID!, $merged: ID!) {
  mergeChildren(survivor: $survivor, survivorVersion: 1, merged: $merged, mergedVersion: 1) { child { id rowVersion } }
}
"""
SPLIT = "mutation ($merged: ID!) { splitChild(merged: $merged) { child { id name } } }"
CHILD = "query ($id: ID!) { child(id: $id) { id name } }"
FAR = "430623104201"
#: Who may at all, and of which scope.
MAY_MOVE = {("TW", "township"), ("CA", "county"), ("CA", "prefecture")}
MAY_MERGE = {("CA", "county")}
DIGITS = {"prefecture": "430600", "county": COUNTY, "township": "430621104", "village": VILLAGE}
SERIAL = frozenset({"SC", "MI", "RS", "WI", "SW", "TE", "PS"})


@pytest.fixture(scope="module")
def everyone(written_city: Database) -> Iterator[list[words.Subject]]:
    """A second county, and a unit of every kind at every level."""
    with written_city.connect(Role.MIGRATOR) as connection:
        for code, level, parent in (
            ("430623000000", 3, "430600000000"), ("430623104000", 4, "430623000000"), (FAR, 5, "430623104000"),
        ):  # fmt: skip
            connection.execute(
                "insert into admin_division (code, level, parent_code, name, valid_from)"
                " values (%s, %s, %s, %s, '2016-09-01')",
                (code, level, parent, code),
            )
        for subject in words.SUBJECTS:
            if subject.level in DIGITS:
                connection.execute(
                    "insert into organisation (code, unit_type, level, division, name, valid_from)"
                    " values (%s, %s, %s, %s, %s, '2016-09-01') on conflict do nothing",
                    (unit_of(subject), subject.unit_type, subject.level, DIGITS[subject.level].ljust(12, "0"), "x"),
                )
    yield [subject for subject in words.SUBJECTS if subject.level in DIGITS]


def unit_of(subject: words.Subject) -> str:
    serial = "-09" if subject.unit_type in SERIAL and subject.level != "prefecture" else ""
    return f"{subject.unit_type}@{DIGITS[subject.level]}{serial}"


def code_of(body: dict[str, Any]) -> str:
    return str(body["errors"][0].get("extensions", {}).get("code")) if "errors" in body else "DONE"


def test_only_who_keeps_the_ledger_moves_or_merges(everyone: list[words.Subject], send: Send) -> None:
    """Who holds no right is refused alike for a row and for none; who does is told that the version is another."""
    moved, merged = set(), set()
    for subject in everyone:
        unit, kind = unit_of(subject), (subject.unit_type, subject.level)
        told = {
            code_of(send(MOVE, unit, variables={"id": row, "version": 99, "to": OTHER_VILLAGE}))
            for row in (child_id(0), child_id(999))
        }
        moved |= {kind} if "VERSION_CONFLICT" in told else set()
        assert len(told) == 1 or kind in MAY_MOVE, (kind, told)
        found = {
            code_of(send(MERGE, unit, variables={"survivor": row, "merged": row}))
            for row in (child_id(0), child_id(999))
        }
        merged |= {kind} if found == {"SAME_FILE"} else set()
        assert len(found) == 1, (kind, found)
    assert (moved, merged) == (MAY_MOVE, MAY_MERGE)


def test_township_moves_within_itself_only(everyone: list[words.Subject], send: Send) -> None:
    there = {"id": child_id(1), "version": 1, "to": OTHER_VILLAGE}
    assert code_of(send(MOVE, TOWNSHIP, variables=there)) == "MOVE_OUT_OF_REACH"
    assert code_of(send(MOVE, TOWNSHIP, variables={**there, "id": child_id(20)})) == "ROW_UNKNOWN"
    assert code_of(send(MOVE, CIVIL, variables={**there, "to": FAR})) == "MOVE_OUT_OF_REACH"
    body = send(MOVE, CIVIL, variables=there)
    assert body["data"]["moveChild"]["child"] == {
        "id": child_id(1), "name": "张1", "rowVersion": 2, "residenceDivision": OTHER_VILLAGE,
    }  # fmt: skip
    assert send(CHILD, TOWNSHIP, variables={"id": child_id(1)})["data"] == {"child": None}


def test_former_id_leads_to_the_file_for_who_may_see_it(everyone: list[words.Subject], send: Send) -> None:
    body = send(MOVE, CITY, variables={"id": child_id(2), "version": 1, "to": FAR})
    now = body["data"]["moveChild"]["child"]["id"]
    assert now == child_id(2).replace(COUNTY, "430623")
    assert send(CHILD, CITY, variables={"id": child_id(2)})["data"] == {"child": {"id": now, "name": "张2"}}
    assert send(CHILD, TOWNSHIP, variables={"id": child_id(2)})["data"] == {"child": None}
    inline = f'{{ child(id: "{child_id(2)}") {{ id }} }}'
    assert send(inline, CITY)["data"] == {"child": {"id": now}}


def test_merge_and_split_over_the_door(everyone: list[words.Subject], send: Send, written_city: Database) -> None:
    pair = {"survivor": child_id(4), "merged": child_id(5)}
    assert send(MERGE, CIVIL, variables=pair)["data"]["mergeChildren"]["child"]["id"] == child_id(4)
    assert send(CHILD, CIVIL, variables={"id": child_id(5)})["data"] == {"child": {"id": child_id(4), "name": "张4"}}
    assert code_of(send(SPLIT, TOWNSHIP, variables={"merged": child_id(5)})) == code_of(
        send(SPLIT, TOWNSHIP, variables={"merged": child_id(6)})
    )
    assert code_of(send(SPLIT, CIVIL, variables={"merged": child_id(6)})) == "NOT_MERGED"
    body = send(SPLIT, CIVIL, variables={"merged": child_id(5)})
    assert body["data"]["splitChild"]["child"] == {"id": child_id(5), "name": "张5"}
    with written_city.connect(Role.READER) as connection:
        told = connection.execute(
            "select outcome, operation_name, children from access_record where children like %s", (f"%{child_id(5)}%",)
        ).fetchall()
    assert len(told) >= 2


def test_unfit_place_is_told_by_code(send: Send) -> None:
    body = send(MOVE, CIVIL, variables={"id": child_id(7), "version": 1, "to": "999999999999"})
    (fault,) = body["errors"][0]["extensions"]["faults"]
    assert (code_of(body), fault["path"], fault["code"]) == (
        "INPUT_INVALID", ["moveChild", "residenceDivision"], "DIVISION",
    )  # fmt: skip
