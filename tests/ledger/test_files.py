"""Whole files: a child moves, two files become one, and a wrong merge is undone without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import errors
from hub.database import Role
from hub.ledger.acts import Command, Outcome
from hub.ledger.deed import Deed
from hub.ledger.merging import Merge
from hub.ledger.moving import Move
from hub.ledger.splitting import Split
from hub.policy.book import load_policies
from hub.policy.compile import Policy
from tests.conftest import MakeDatabase
from tests.generated import examples
from tests.ledger.files import Office, made_world
from tests.reference.worlds import COUNTIES, VILLAGES

GENERATED = examples(5)
HERE, THERE = COUNTIES
CITY, COUNTY = "CA@430600", "CA@430621"
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


@GENERATED
@given(seed=seeds)
def test_split_of_a_merge_restores_both_files(office: Office, seed: int) -> None:
    office.load(made_world(seed))
    mine = children_of(office, HERE)
    if len(mine) < 2:
        return
    survivor, merged = mine[:2]
    before = office.held()
    done(office, COUNTY, Merge(survivor=survivor, survivor_version=None, merged=merged, merged_version=None))
    between = office.held()
    assert (HERE, merged) not in between["child"]
    assert merged not in {row.get("child_id") for rows in between.values() for row in rows.values()}
    for table, rows in before.items():
        assert len(between[table]) == len(rows) - (table == "child") or table in (
            "correction_request",
            "value_provenance",
        )
    done(office, COUNTY, Split(merged=merged))
    assert office.held() == before
    assert office.rows("select count(*) from redirect") == [(0,)]


@pytest.fixture
def two(office: Office) -> tuple[str, str]:
    office.load(made_world(11))
    mine = children_of(office, HERE)
    with office.database.connect(Role.MIGRATOR) as connection:
        for child, name, phone in ((mine[0], "李甲", None), (mine[1], "李乙", "13900000000")):
            connection.execute("update child set name = %s, child_phone = %s where id = %s", (name, phone, child))
            connection.execute("update child set residence_division = '430621104201' where id = %s", (child,))
    return mine[0], mine[1]


def test_survivor_keeps_its_values_and_takes_over_what_it_lacks(office: Office, two: tuple[str, str]) -> None:
    survivor, merged = two
    done(office, COUNTY, Merge(survivor=survivor, survivor_version=None, merged=merged, merged_version=None))
    assert office.rows("select name, child_phone from child where id = %s", survivor) == [("李甲", "13900000000")]
    claimed = office.rows(
        "select claimed_value, status, owner_unit from correction_request where child_id = %s and field_name = 'name'"
        " and source_unit = %s",
        survivor, COUNTY,
    )  # fmt: skip
    assert claimed == [("李乙", "requested", "TW@430621104")]


def test_what_was_added_since_goes_where_it_is_assigned(office: Office, two: tuple[str, str]) -> None:
    survivor, merged = two
    done(office, COUNTY, Merge(survivor=survivor, survivor_version=None, merged=merged, merged_version=None))
    added = [f"visit_{HERE}_{number:026d}" for number in (900, 901)]
    with office.database.connect(Role.WRITER) as connection:
        for row in added:
            connection.execute(
                "insert into visit (county, id, child_id, type, by_unit, source_unit, recorded_at, recorded_by)"
                " values (%s, %s, %s, 'village', 'TW@430621104', 'TW@430621104', now() + interval '1 second', 'test')",
                (HERE, row, survivor),
            )
    done(office, COUNTY, Split(merged=merged, assigned=(added[1],)))
    found = dict(office.rows("select id, child_id from visit where id = any(%s)", added))
    assert found == {added[0]: survivor, added[1]: merged}


def test_row_from_before_the_merge_cannot_be_assigned(office: Office, two: tuple[str, str]) -> None:
    survivor, merged = two
    query = "select id from hukou_record where child_id = %s union all select id from visit where child_id = %s"
    own = office.rows(query, survivor, survivor)
    done(office, COUNTY, Merge(survivor=survivor, survivor_version=None, merged=merged, merged_version=None))
    (outcome,) = office.write(COUNTY, command(Split(merged=merged, assigned=(own[0][0] if own else "visit_x",))))
    assert isinstance(outcome.error, errors.InputInvalid)
    assert office.rows("select count(*) from child where id = %s", merged) == [(0,)]


def test_repeated_key_moves_once(office: Office, two: tuple[str, str]) -> None:
    asked = command(Move(child=two[0], version=None, place="430621105201"), key="move-1")
    first, again = office.write(COUNTY, asked)[0], office.write(COUNTY, asked)[0]
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
