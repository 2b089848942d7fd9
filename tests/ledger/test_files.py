"""Whole files: a child moves, and what is its own with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.database import Role
from hub.ledger.acts import Command, Outcome
from hub.ledger.deed import Deed
from hub.ledger.moving import Move
from hub.policy.book import load_policies
from hub.policy.compile import Policy
from tests.conftest import MakeDatabase
from tests.ledger.files import Office, made_world
from tests.reference.worlds import COUNTIES, VILLAGES

GENERATED = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HERE, THERE = COUNTIES
CITY = "CA@430600"
seeds = st.integers(0, 10_000)


@pytest.fixture(scope="module")
def office(make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    yield Office(
        database=make_database(f"files_{worker_id}"), policy=Policy(load_policies()),
        folder=tmp_path_factory.mktemp("chains"),
    )  # fmt: skip


def command(deed: Deed, key: str | None = None) -> Command:
    return Command(acts=(), deed=deed, key=key)


def done(office: Office, unit: str, deed: Deed) -> Outcome:
    (outcome,) = office.write(unit, command(deed))
    assert outcome.error is None, outcome.error
    return outcome


def children_of(office: Office, county: str) -> list[str]:
    return [row[0] for row in office.rows("select id from child where county = %s order by id", county)]


def renamed(value: Any, old: str, new: str) -> Any:
    return value.replace(f"_{old}_", f"_{new}_") if isinstance(value, str) else value


@GENERATED
@given(seed=seeds)
def test_a_file_that_crosses_is_whole_there_and_gone_here(office: Office, seed: int) -> None:
    office.load(made_world(seed))
    mine = children_of(office, HERE)
    if not mine:
        return
    child, before = mine[0], office.held()
    (now,) = done(office, CITY, Move(child=child, version=None, place=VILLAGES[THERE][0])).written[:1]
    after = office.held()
    assert now.row == renamed(child, HERE, THERE)
    for table, rows in before.items():
        own = {key for key, row in rows.items() if child in (row.get("child_id"), row["id"])}
        for key in own - ({key for key in own if table == "family_member"}):
            assert key not in after[table]
            there = dict(after[table][THERE, renamed(key[1], HERE, THERE)])
            was = {name: renamed(value, HERE, THERE) for name, value in rows[key].items()} | {"county": THERE}
            if table == "child":
                was |= {
                    "residence_division": VILLAGES[THERE][0],
                    "residence_address": None,
                    "responsible_person_id": None,
                }
            assert there == was, table
        # Nobody else's row was touched, whatever the household they share.
        others = {key: row for key, row in rows.items() if key not in own and table not in ("family", "family_member")}
        reports = {key for key, row in others.items() if table == "concern_report" and row["child_id"] is None}
        for key in others.keys() - reports:
            assert after[table][key] == others[key], table
    told = set(office.rows("select distinct county, kind from change where child_id in (%s, %s)", child, now.row))
    assert {(HERE, "deleted"), (THERE, "created")} <= told
    assert office.rows("select new_id from redirect where old_id = %s", child) == [(now.row,)]


@GENERATED
@given(seed=seeds)
def test_there_and_back_again_is_as_it_was(office: Office, seed: int) -> None:
    office.load(made_world(seed))
    mine = children_of(office, HERE)
    if not mine:
        return
    ((place,),) = office.rows("select residence_division from child where id = %s", mine[0])
    before = office.held()
    there = done(office, CITY, Move(child=mine[0], version=None, place=VILLAGES[THERE][0])).written[0].row
    done(office, CITY, Move(child=there, version=None, place=place))
    after = office.held()
    anew = {"residence_address", "responsible_person_id"}
    for table in before:
        for key in before[table].keys() & after[table].keys():
            was = {name: value for name, value in before[table][key].items() if name not in anew}
            assert was == {name: value for name, value in after[table][key].items() if name not in anew}, table
        lost = before[table].keys() - after[table].keys()
        assert not lost, table


@pytest.fixture
def two(office: Office) -> tuple[str, str]:
    office.load(made_world(11))
    mine = children_of(office, HERE)
    with office.database.connect(Role.MIGRATOR) as connection:
        for child, name, phone in ((mine[0], "李甲", None), (mine[1], "李乙", "13900000000")):
            connection.execute("update child set name = %s, child_phone = %s where id = %s", (name, phone, child))
            connection.execute("update child set residence_division = '430621104201' where id = %s", (child,))
    return mine[0], mine[1]


def test_repeated_key_moves_once(office: Office, two: tuple[str, str]) -> None:
    asked = command(Move(child=two[0], version=None, place="430621105201"), key="move-1")
    first, again = office.write(CITY, asked)[0], office.write(CITY, asked)[0]
    assert (first.error, again.error, again.repeated) == (None, None, True)
    assert [w.row for w in first.written] == [w.row for w in again.written] == [two[0]]


def test_past_is_answered_where_the_file_now_is(office: Office, two: tuple[str, str]) -> None:
    child = two[0]
    ((name, at),) = office.rows("select name, recorded_at from child where id = %s", child)
    now = done(office, CITY, Move(child=child, version=None, place=VILLAGES[THERE][0])).written[0].row
    then = office.rows(
        "select name, residence_division from child_history where id = %s and recorded_at <= %s and superseded_at > %s",
        now, at, at,
    )  # fmt: skip
    assert then == [(name, "430621104201")]
    filed = office.rows("select count(*) from child_history where id = %s and recorded_at = %s", child, at)
    assert filed == [(1,)]
