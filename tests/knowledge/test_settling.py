"""Every obligation is created, met and missed in the database, with a clock that is moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hub.derived.keeping import asking
from hub.identity.directory import Directory
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.owing import Owed
from hub.knowledge.round import OwingTally, Told, go_owing_round
from hub.knowledge.settling import Settled, settled
from tests.knowledge.conftest import Connection, Within
from tests.knowledge.world import (
    BOOK,
    CASE_NO,
    CHILD,
    OCCASIONS,
    START,
    STATION,
    VILLAGE,
    a_unit,
    directory,
    meeting,
    opening,
)  # fmt: skip

HERE = directory()
HOUR = timedelta(hours=1)
by_occasion = pytest.mark.parametrize("name", sorted(OCCASIONS))


async def settle(connection: Connection, *occurrences: Occurrence, at: Directory = HERE) -> Settled:
    return await settled(occurrences, asking(connection), occurrences[-1].at, at, BOOK)


async def rows(connection: Connection, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    query = f"select {columns} from obligation where {where} order by occasion, from_unit, to_unit, opened_at"
    return await (await connection.execute(query.encode())).fetchall()


async def go(
    connection: Connection,
    now: datetime,
    *,
    at: Directory = HERE,
    told: list[Told] | None = None,
    calendar: bool = False,
) -> OwingTally:
    async def tell(_: Connection, each: Told) -> None:
        if told is not None and each.occurrences:
            told.append(each)

    return await go_owing_round(connection, at, BOOK, clock=lambda: now, tell=tell, calendar=calendar)


async def opened(connection: Connection, name: str) -> list[Owed]:
    """What the occasion opens: by an occurrence, or by the round of the day."""
    obligation, occasion = OCCASIONS[name]
    occurrence = opening(occasion, obligation)
    if occasion.per == "unit":
        await go(connection, occurrence.at + HOUR, calendar=True)
        found = await rows(connection, "row_to_json(obligation)", f"occasion = '{name}'")
        return [replace(_read(row[0]), opened_at=occurrence.at) for row in found]
    made = await settle(connection, occurrence)
    return [each for each in made.opened if each.occasion == name]


def _read(row: dict[str, Any]) -> Owed:
    names = ("id", "rule", "occasion", "from_unit", "to_unit", "matter", "sealed_unit", "sealed_side")
    return Owed(opened_at=START, **{each: row[each] for each in names})


@by_occasion
def test_every_obligation_is_created_and_met(within: Within, name: str) -> None:
    async def work(connection: Connection) -> None:
        owed, *_ = await opened(connection, name)
        act = meeting(owed, OCCASIONS[name][1].met_by[0], owed.opened_at + 2 * HOUR)
        done = await settle(connection, act)
        assert owed.id in {each.id for each in done.met}
        stored = await rows(connection, "status, evidence, fulfilled_at, row_version", f"id = '{owed.id}'")
        assert stored == [("fulfilled", act.kind, act.at, 2)]
        assert not [each for each in (await settle(connection, act)).met if each.id == owed.id]

    within(work)


@by_occasion
def test_every_obligation_that_is_missed_goes_upwards(within: Within, name: str) -> None:
    async def work(connection: Connection) -> None:
        owed, *_ = await opened(connection, name)
        ((due, escalates),) = await rows(connection, "due_at, escalates_at", f"id = '{owed.id}'")
        second = timedelta(seconds=1)
        for now, expected in (
            (due, "open"), (due + second, "escalated" if escalates == due else "overdue"),
            (escalates + second, "escalated"),
        ):  # fmt: skip
            told: list[Told] = []
            await go(connection, now, told=told)
            ((status, above),) = await rows(connection, "status, escalated_to", f"id = '{owed.id}'")
            assert status == expected
        spoken = [each for one in told for each in one.occurrences if each.row == owed.id]
        assert above is not None or owed.debtor.startswith(("GO@430600", "JC@430600", "CA@430600", "PL@430600"))
        assert not spoken or spoken[0].kind == "escalated"
        late = meeting(owed, OCCASIONS[name][1].met_by[0], escalates + HOUR)
        assert owed.id in {each.id for each in (await settle(connection, late)).met}

    within(work)


def test_act_that_opens_and_meets_leaves_it_met(within: Within) -> None:
    async def work(connection: Connection) -> None:
        occurrence = opening(OCCASIONS["O30.1"][1], OCCASIONS["O30.1"][0])
        recorded = replace(occurrence, kind="refusal_recorded")
        found = await settle(connection, occurrence, recorded)
        assert [(each.occasion, each.status) for each in found.opened] == [("O30.1", "fulfilled")]
        assert len(found.changes) == 1 and found.changes[0]["kind"] == "created"

    within(work)


def test_change_tells_of_no_child(within: Within) -> None:
    async def work(connection: Connection) -> None:
        found = await settle(connection, opening(OCCASIONS["O05.1"][1], OCCASIONS["O05.1"][0]))
        told = str(found.changes)
        assert CHILD not in told and CASE_NO not in told
        assert {change["entity"] for change in found.changes} == {"Obligation"}

    within(work)


def test_same_occurrence_again_opens_nothing_more(within: Within) -> None:
    async def work(connection: Connection) -> None:
        obligation, occasion = OCCASIONS["O12.1"]
        occurrence = opening(occasion, obligation)
        await settle(connection, occurrence)
        await settle(connection, meeting((await _all(connection))[0], "service_done", occurrence.at + HOUR))
        assert (await settle(connection, occurrence)).opened == ()
        assert await rows(connection, "status") == [("fulfilled",)]

    within(work)


async def _all(connection: Connection) -> list[Owed]:
    return [_owed_row(row[0]) for row in await rows(connection, "row_to_json(obligation)")]


def _owed_row(row: dict[str, Any]) -> Owed:
    return replace(_read(row), case_no=row["case_no"], child=row["child"], row_id=row["row_id"])


def test_many_occurrences_take_few_statements(within: Within) -> None:
    """As many for thirty cases as for one."""

    async def work(connection: Connection) -> None:
        ask, asked = asking(connection), list[str]()

        async def counting(query: Any, values: Any) -> Any:
            asked.append(query.as_string(None))
            return await ask(query, values)

        obligation, occasion = OCCASIONS["O05.1"]
        first = opening(occasion, obligation)
        cases = [
            replace(first, case_no=f"BH{n}", case=f"case_430621_{n}", child=f"child_430621_{n}") for n in range(30)
        ]
        told = [replace(case, kind="notified", units={"addressee": (a_unit("TW"),)}) for case in cases]
        found = await settled(cases, counting, START, HERE, BOOK)
        met = await settled(told, counting, START + HOUR, HERE, BOOK)
        assert len(found.opened) == 30 and len(met.met) == 30
        assert len(asked) <= 8

    within(work)


def test_occurrence_that_concerns_no_obligation_asks_nothing(within: Within) -> None:
    async def work(connection: Connection) -> None:
        async def never(*_: Any) -> Any:
            raise AssertionError

        assert (
            await settled(
                [Occurrence(kind="dispatched", at=START, by=STATION, division=VILLAGE)], never, START, HERE, BOOK
            )
            == Settled()
        )

    within(work)


def test_ended_units_hand_on_what_they_owe_and_are_owed(within: Within) -> None:
    async def work(connection: Connection) -> None:
        merged = directory(
            ended={
                "DF@430621": (date(2026, 10, 1), "HE@430621"), "TW@430621104": (date(2026, 10, 1), None),
                "PS@430621104-01": (date(2026, 10, 1), None),
            }
        )  # fmt: skip
        for name in ("O35.1", "O05.1"):
            await settle(connection, opening(OCCASIONS[name][1], OCCASIONS[name][0]))
        tally = await go(connection, datetime.fromisoformat("2026-09-30T09:00:00+08:00"), at=merged)
        assert tally.passed_on == 0
        for passed in (2, 0):
            tally = await go(connection, datetime.fromisoformat("2026-10-02T09:00:00+08:00"), at=merged)
            assert tally.passed_on == passed
        assert await rows(connection, "occasion, from_unit, to_unit, passed_on_from") == [
            ("O05.1", "PS@430621", "GO@430621", STATION), ("O35.1", "HE@430621", "GO@430621", "DF@430621"),
        ]  # fmt: skip

    within(work)


def test_round_opens_what_the_calendar_asks_once(within: Within) -> None:
    async def work(connection: Connection) -> None:
        now = datetime.fromisoformat("2026-11-02T00:30:00+08:00")
        first = await go(connection, now, calendar=True)
        again = await go(connection, now + timedelta(days=1), calendar=True)
        periods = {row for row in await rows(connection, "rule, period")}
        assert dict(periods) == {"O04": "2026-11", "O16": "2026-11", "O17": "2026-11", "O23": "2026-11", "O37": "2026"}
        assert (first.opened, again.opened) == (2 + 6 + 2 + 2 + 52, 0)

    within(work)


def test_what_is_late_already_is_not_owed_after_the_fact(within: Within) -> None:
    """A hub that begins in November does not find the report of the third quarter missing."""

    async def work(connection: Connection) -> None:
        await go(connection, datetime.fromisoformat("2026-11-20T09:00:00+08:00"), calendar=True)
        assert await rows(connection, "occasion", "rule = 'O02'") == []

    within(work)
