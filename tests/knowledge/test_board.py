"""The board of a case as a pure computation: what each unit knows, and how late it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.knowledge.board import board

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOWNSHIP, STATION, VILLAGE = "TW@430621104", "PS@430621104-01", "VC@430621104201"
EVENTS = [{"id": f"e{number}", "at": f"2026-11-{number:02}T08:00:00+00:00", "byUnit": STATION} for number in (1, 2, 3)]


def known(unit: str | None, event: str = "e1", **more: Any) -> dict[str, Any]:
    row = {
        "unit": unit, "event": {"id": event}, "notifiedAt": "2026-11-01T08:00:00+00:00", "openedAt": None,
        "acknowledgedAt": None, "actedAt": None, "dueAt": "2026-11-02T08:00:00+00:00", "escalatedAt": None,
    }  # fmt: skip
    return row | more


def party(unit: str, role: str = "participant", until: str | None = None) -> dict[str, Any]:
    return {"unit": unit, "role": role, "until": until}


def test_who_acts_knows_what_it_did() -> None:
    (line,) = board([party(STATION, "lead")], EVENTS, [], NOW)
    assert (line.reached.told, line.reached.acted, line.state) == (3, 3, "acted")


def test_each_unit_stands_at_the_last_step_it_knows() -> None:
    rows = [
        known(TOWNSHIP, "e1", openedAt="2026-11-01T09:00:00+00:00", acknowledgedAt="2026-11-01T09:05:00+00:00"),
        known(TOWNSHIP, "e3", dueAt="2026-12-01T00:00:00+00:00", openedAt="2026-11-20T09:00:00+00:00"),
        known(VILLAGE, "e2"),
    ]
    lines = {line.unit: line for line in board([party(TOWNSHIP), party(VILLAGE)], EVENTS, rows, NOW)}
    reached = lines[TOWNSHIP].reached
    assert (reached.told, reached.opened, reached.acknowledged, reached.acted) == (3, 3, 1, 0)
    assert (lines[TOWNSHIP].state, lines[TOWNSHIP].in_time, lines[TOWNSHIP].to_acknowledge) == ("waiting", 1, 2)
    assert (lines[VILLAGE].state, lines[VILLAGE].late) == ("late", 1)


def test_those_behind_stand_first() -> None:
    rows = [
        known(VILLAGE, escalatedAt="2026-11-03T00:00:00+00:00"), known(TOWNSHIP),
        known("ED@430621", acknowledgedAt="2026-11-01T09:00:00+00:00"),
    ]  # fmt: skip
    assert [line.state for line in board([], EVENTS, rows, NOW)] == ["escalated", "late", "acknowledged", "acted"]


def test_acknowledged_too_late_is_not_in_time() -> None:
    (line, *_) = board([], [], [known(TOWNSHIP, acknowledgedAt="2026-11-05T00:00:00+00:00")], NOW)
    assert (line.in_time, line.late, line.to_acknowledge, line.state) == (0, 0, 1, "acknowledged")


def test_for_information_alone_nothing_waits() -> None:
    (line, *_) = board([], [], [known(TOWNSHIP, dueAt=None)], NOW)
    assert (line.to_acknowledge, line.waiting_since, line.state) == (0, None, "acknowledged")


def test_unit_that_must_not_be_named_is_a_line_without_a_name() -> None:
    lines = board([], EVENTS, [known(None), known(TOWNSHIP)], NOW)
    assert {line.unit for line in lines} == {None, TOWNSHIP, STATION}


def test_party_told_of_nothing_yet_stands_there_and_one_that_left_is_marked() -> None:
    lines = {line.unit: line for line in board([party(TOWNSHIP), party(VILLAGE, until="2026-11-19")], [], [], NOW)}
    assert lines[TOWNSHIP].takes_part and lines[TOWNSHIP].reached.told == 0
    assert VILLAGE not in lines


_MOMENTS = st.none() | st.datetimes(datetime(2026, 10, 1), datetime(2026, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC).isoformat()
)
_ROWS = st.lists(
    st.builds(
        known, st.sampled_from([TOWNSHIP, VILLAGE, None]), st.sampled_from(["e1", "e2", "e3"]), openedAt=_MOMENTS,
        acknowledgedAt=_MOMENTS, dueAt=_MOMENTS, escalatedAt=_MOMENTS,
    ),
    max_size=12,
)  # fmt: skip


@given(rows=_ROWS)
def test_nothing_is_counted_twice_or_lost(rows: list[dict[str, Any]]) -> None:
    lines = board([], EVENTS, rows, NOW)
    assert sum(line.to_acknowledge for line in lines) == sum(row["dueAt"] is not None for row in rows)
    for line in lines:
        assert line.in_time + line.late + line.escalated <= line.to_acknowledge
        assert line.reached.acknowledged <= line.reached.told and line.reached.opened <= line.reached.told
        assert (line.state in ("acted", "acknowledged")) == (line.waiting_since is None)
