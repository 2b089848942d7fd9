"""Who is told of what is late, and that nobody outside a case is told anything of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hub.knowledge.offices import offices_of
from hub.knowledge.owing import Owed
from hub.knowledge.urging import ESCALATED, NOTICE, OVERDUE, UNACKNOWLEDGED, Late, Urging, change_rows
from tests.knowledge.world import STATION, directory

NOW = datetime.fromisoformat("2026-11-20T09:00:00+08:00")
URGING = Urging(offices=offices_of(directory(), NOW.date()), now=NOW)
TOWNSHIP, VILLAGE = "TW@430621104", "VC@430621104201"
IN_CASE = Late(unit=VILLAGE, county="430621", case="case_430621_1", child="child_430621_1", lead=TOWNSHIP)
OWED = Owed(
    id="obligation_1", rule="O11", occasion="O11.1", from_unit=TOWNSHIP, to_unit="CA@430621", matter="case",
    opened_at=NOW - timedelta(days=30), due_at=NOW - timedelta(days=2),
)  # fmt: skip


def test_lead_is_told_within_the_case_and_who_is_above_without_it() -> None:
    rows = {row["unit"]: row for row in URGING.of_notices([IN_CASE])}
    assert rows[TOWNSHIP]["case_id"] == IN_CASE.case and rows[TOWNSHIP]["child_id"] == IN_CASE.child
    above = [row for unit, row in rows.items() if unit != TOWNSHIP]
    assert "JC@430621" in rows
    assert above and all(row["case_id"] is row["child_id"] is None for row in above)
    assert {row["about_unit"] for row in rows.values()} == {VILLAGE}
    assert {(row["kind"], row["event_type"]) for row in rows.values()} == {("overdue", UNACKNOWLEDGED)}


def test_who_is_above_is_told_once_of_many_and_the_lead_once_for_each_case() -> None:
    other = replace(IN_CASE, case="case_430621_2", child="child_430621_2")
    rows = URGING.of_notices([IN_CASE, IN_CASE, other, other])
    told = [(row["unit"], row["case_id"]) for row in rows]
    assert len(told) == len(set(told))
    assert {case for unit, case in told if unit == TOWNSHIP and case} == {IN_CASE.case, other.case}
    assert sum(unit == "JC@430621" for unit, _ in told) == 1


def test_lead_that_is_late_itself_is_not_told_of_itself() -> None:
    rows = URGING.of_notices([replace(IN_CASE, unit=TOWNSHIP)])
    assert TOWNSHIP not in {row["unit"] for row in rows}


def test_report_that_belongs_to_no_case_is_told_above_alone() -> None:
    rows = URGING.of_notices([Late(unit=STATION, county="430621", case=None, child="child_430621_1", lead=None)])
    assert rows and all(row["child_id"] is None for row in rows)


@pytest.mark.parametrize(
    ("kind", "also", "notice"),
    [(OVERDUE, set(), "overdue"), (ESCALATED, {"JC@430621"}, "escalation")],
)
def test_late_obligation_is_told_to_both_sides_and_upwards_once_it_escalates(
    kind: str, also: set[str], notice: str
) -> None:
    rows = {row["unit"]: row for row in URGING.of_obligations(kind, [OWED])}
    assert {OWED.from_unit, OWED.to_unit} | also <= set(rows)
    assert ("JC@430621" in rows) == bool(also)
    assert {row["kind"] for row in rows.values()} == {notice}
    assert {row["obligation_id"] for row in rows.values()} == {OWED.id}
    assert [unit for unit, row in rows.items() if row["addressed"]] == [OWED.from_unit]


def test_sealed_debtor_is_told_and_named_to_nobody() -> None:
    sealed = replace(OWED, from_unit="hub", sealed_unit="SC@430621104-01", sealed_side="debtor")
    rows = URGING.of_obligations(OVERDUE, [sealed])
    assert {row["unit"] for row in rows} <= {"SC@430621104-01", OWED.to_unit}
    assert {row["about_unit"] for row in rows} == {"hub"}


def test_unit_without_a_place_is_not_told() -> None:
    assert URGING.of_obligations(OVERDUE, [replace(OWED, from_unit="TW@999999999", to_unit="CA@999999")]) == []


def test_followers_are_told_of_every_row() -> None:
    marked = {"entity": "CaseKnowledge", "id": "k", "version": 3, "county": "430621", "child_id": "c", "unit": VILLAGE}
    (notice,) = URGING.of_obligations(OVERDUE, [replace(OWED, to_unit="CA@999999")])
    changes = list(change_rows([marked, {"entity": NOTICE.name, "version": 1, **notice}], NOW))
    assert [(row["entity"], row["kind"]) for row in changes] == [("CaseKnowledge", "updated"), ("Notice", "created")]
