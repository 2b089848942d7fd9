"""Stored values are brought into step with the facts, their former state is filed, and then nothing is left to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.derived import keeping
from hub.derived.facts import Arrangement, ChildFacts, Entry, Look, Parent, Spell
from hub.derived.findings import findings
from hub.derived.keeping import HUB, Kept, Moment, Touched
from tests.derived import people
from tests.derived.conftest import Connection, Within, fill
from tests.derived.people import COUNTY, DAY
from tests.generated import examples

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
MOMENT = Moment(day=DAY, at=NOW)
FIRST = people.child_id(0)

GENERATED = examples(25)


async def keep(connection: Connection, moment: Moment, ids: Iterable[str]) -> tuple[Kept, ...]:
    return await keeping.keep(keeping.asking(connection), Touched(county=COUNTY, children=frozenset(ids)), moment)


async def rows(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    return await (await connection.execute(query.encode())).fetchall()


@GENERATED
@given(found=st.lists(people.children, min_size=1, max_size=8), split=st.integers(0, 8))
def test_stored_values_are_the_computed_ones_after_keeping(
    within: Within[Any], found: list[ChildFacts], split: int
) -> None:
    ids = [people.child_id(n) for n in range(len(found))]

    async def work(connection: Connection) -> tuple[Any, ...]:
        await fill(connection, people.directory(), people.write(found))
        before = set(await keeping.stale(connection, COUNTY, DAY))
        touched = await keep(connection, MOMENT, ids[:split])
        between = set(await keeping.stale(connection, COUNTY, DAY))
        await keep(connection, MOMENT, ids)
        again = await keep(connection, MOMENT, ids)
        stored = await rows(connection, "select child_id, kind, since from guardianship_finding")
        return before, touched, between, await keeping.stale(connection, COUNTY, DAY), again, stored

    before, touched, between, after, again, stored = within(work)
    assert {kept.child for kept in touched} == before & set(ids[:split])
    assert between == before - set(ids[:split])
    assert (after, again) == ((), ())
    expected = {(people.child_id(n), f.kind, f.since) for n, facts in enumerate(found) for f in findings(facts, DAY)}
    assert set(stored) == expected and len(stored) == len(expected)


LEFT_BEHIND = ChildFacts(
    birth_date=DAY.replace(year=DAY.year - 16),
    hukou_class="220",
    entry=Entry(reason="both_away", since=date(2020, 1, 1)),
    parents=(Parent(spells=(Spell(out_since=date(2019, 1, 1)),)), Parent(spells=(Spell(out_since=date(2019, 1, 1)),))),
    arrangements=(Arrangement(type="entrusted_relative", valid_from=date(2019, 1, 1)),),
)


def at(day: date) -> Moment:
    return Moment(day=day, at=NOW + (day - DAY))


def test_child_leaves_the_register_on_its_sixteenth_birthday(within: Within[Any]) -> None:
    """The day alone changes it: the former state is kept, and a case that is open stays open."""

    async def work(connection: Connection) -> tuple[Any, ...]:
        await fill(connection, people.directory(), people.write([LEFT_BEHIND]))
        await connection.execute(
            b"insert into protection_case (county, id, child_id, case_no, opened_from, stage, lead_unit, opened_on,"
            b" source_unit, recorded_at, recorded_by) values ('430621', 'case_1', %s, 'AJ', 'report', 'plan',"
            b" 'TW@430621104', '2026-01-01', 'TW@430621104', '2026-01-01', 'test')",
            [FIRST],
        )
        eve = await keep(connection, at(DAY - timedelta(days=1)), [FIRST])
        status = await rows(connection, "select lbc_status, lbc_until from child")
        due = await keeping.stale(connection, COUNTY, DAY)
        kept = await keep(connection, MOMENT, due)
        now = await rows(connection, "select lbc_status, lbc_until, lbc_end_reason, recorded_by from child")
        past = await rows(
            connection, "select lbc_status, superseded_at from child_history order by row_version desc limit 1"
        )
        return eve, status, due, kept, now, past, await rows(connection, "select stage from protection_case")

    eve, status, due, kept, now, past, case = within(work)
    assert [one.aged_out for one in eve] == [False]
    assert status == [("active", None)]
    assert due == (FIRST,)
    left = Kept(entity="Child", county=COUNTY, id=FIRST, child=FIRST, version=3, stands=True, aged_out=True)
    assert kept == (replace(left, filled=True),)  # of school nothing is asked any more
    assert now == [("ended", DAY, "age_16", HUB)]
    assert past == [("active", NOW)]
    assert case == [("plan",)]


def test_what_a_visit_found_is_listed_until_another_clears_it(within: Within[Any]) -> None:
    alone = Look(done_on=DAY - timedelta(days=3), id="visit_0", problems=frozenset({"living_alone"}))
    child = replace(LEFT_BEHIND, birth_date=date(2020, 5, 1), looks=(alone,))

    async def work(connection: Connection) -> tuple[Any, ...]:
        await fill(connection, people.directory(), people.write([child]))
        opened = await keep(connection, MOMENT, [FIRST])
        listed = await rows(
            connection, "select kind, since, found_on, cleared_on from guardianship_finding order by kind"
        )
        await connection.execute(b"update visit set problems = null")
        cleared = await keep(connection, at(DAY + timedelta(days=1)), [FIRST])
        kinds = await rows(connection, "select kind, cleared_on from guardianship_finding order by kind")
        former = await rows(connection, "select kind, cleared_on from guardianship_finding_history order by kind")
        return opened, listed, cleared, kinds, former

    opened, listed, cleared, kinds, former = within(work)
    assert [one.is_new for one in opened if one.entity == "GuardianshipFinding"] == [True, True]
    assert listed == [(kind, alone.done_on, DAY, None) for kind in ("left_unattended", "living_alone")]
    assert [one.version for one in cleared if one.entity == "GuardianshipFinding"] == [2, 2]
    assert kinds == [(kind, DAY + timedelta(days=1)) for kind in ("left_unattended", "living_alone")]
    assert former == [("left_unattended", None), ("living_alone", None)]


def test_siblings_are_kept_with_a_child(within: Within[Any]) -> None:
    """A parent's absence entered for one child is a fact of its brothers and sisters too."""

    async def work(connection: Connection) -> set[str]:
        world = people.write([LEFT_BEHIND, replace(LEFT_BEHIND, parents=())])
        for child in world["child"]:
            child["family_id"] = "family_0"
        await fill(connection, people.directory(), world)
        return {kept.child for kept in await keep(connection, MOMENT, [FIRST])}

    assert within(work) == {FIRST, people.child_id(1)}


def test_row_of_the_same_transaction_is_completed_in_place(within: Within[Any]) -> None:
    """What is computed belongs to the version that its writer has just made, and is no version of its own."""

    async def work(connection: Connection) -> tuple[Any, ...]:
        await fill(connection, people.directory(), people.write([LEFT_BEHIND]))
        own = Touched(county=COUNTY, children=frozenset({FIRST}), own=frozenset({FIRST}))
        await keeping.keep(keeping.asking(connection), own, MOMENT)
        return (
            await rows(connection, "select lbc_status, row_version, recorded_by from child"),
            await rows(connection, "select count(*) from child_history"),
        )

    assert within(work) == ([("ended", 1, "test")], [(0,)])
