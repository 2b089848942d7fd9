"""What the hub computes follows in the transaction of the write: stored with it, on the feed with it, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
import pytest

from hub.database import Database, Role
from hub.derived.following import follow
from hub.derived.keeping import HUB, compare
from hub.derived.statement import today
from hub.identity.loading import load_directory
from hub.ledger.acts import Command, Outcome
from hub.ledger.ledger import Ledger, Parts
from hub.policy.book import load_policies
from hub.policy.compile import Policy
from tests.conftest import MakeDatabase
from tests.derived.people import COUNTY
from tests.ledger.writers import CHILD, TOWNSHIP, create, update, writer_of
from tests.query.small_city import fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Township:
    """A township that writes through the ledger of a hub."""

    database: Database
    folder: Path

    def write(self, *commands: Command) -> Sequence[Outcome]:
        return asyncio.run(self._write(commands))

    async def _write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        async with await psycopg.AsyncConnection.connect(self.database.conninfo(Role.READER)) as connection:
            directory = await load_directory(connection)
        parts = Parts(
            conninfo=self.database.conninfo(Role.WRITER), folder=self.folder, node="test",
            directory=lambda: directory, secret=b"k" * 32, derive=follow,
        )  # fmt: skip
        ledger = Ledger(parts)
        try:
            return await ledger.write(writer_of(Policy(load_policies()), directory, TOWNSHIP), commands)
        finally:
            await ledger.close()

    def done(self, command: Command) -> str:
        """Writes, and gives the id of the row."""
        (outcome,) = self.write(command)
        assert outcome.error is None, outcome.error
        return outcome.written[0].row

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self.database.connect(Role.READER) as connection:
            return connection.execute(query.encode(), values).fetchall()


@pytest.fixture(scope="module")
def township(
    make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Township]:
    database = make_database(f"following_{worker_id}")
    fill(database)
    with database.connect(Role.MIGRATOR) as connection:
        connection.execute(
            "insert into organisation (code, unit_type, level, division, name, valid_from)"
            " values (%s, 'TW', 'township', '430621104000', %s, '2016-09-01')",
            (TOWNSHIP, TOWNSHIP),
        )
        connection.execute("delete from enrolment")
        connection.execute("delete from child")
    yield Township(database=database, folder=tmp_path_factory.mktemp("chains"))


def left_behind(township: Township) -> tuple[str, str, str]:
    """Enters a child whose father is away and whose mother has died; gives the child, the household, the father."""
    child = township.done(create("Child", **CHILD))
    family = township.done(create("Family", child_id=child))
    father = township.done(create("FamilyMember", family_id=family, name="李父", relation="51"))
    township.done(
        create("FamilyMember", family_id=family, name="王母", relation="52", guardianship_capacity="lost",
               incapacity_cause="serious_illness")
    )  # fmt: skip
    township.done(create("MigrationSpell", child_id=child, parent_id=father, out_since=date(2026, 2, 1)))
    return child, family, father


def state(township: Township, child: str) -> tuple[object, ...]:
    (row,) = township.rows("select lbc_status, lbc_reason, lbc_since, recorded_by from child where id = %s", child)
    return row


async def in_step(database: Database) -> bool:
    async with await psycopg.AsyncConnection.connect(database.conninfo(Role.READER)) as connection:
        return (await compare(connection, COUNTY, today())).holds


def test_status_follows_the_facts_as_they_are_entered(township: Township) -> None:
    child, _, father = left_behind(township)
    assert state(township, child) == ("active", "one_away_other_incapable", date(2026, 2, 1), HUB)
    ((spell,),) = township.rows("select id from migration_spell where parent_id = %s", father)
    township.done(update("MigrationSpell", str(spell), None, returned_on=date(2026, 6, 1)))
    assert state(township, child)[0] == "ended"
    assert asyncio.run(in_step(township.database))


def test_new_file_is_complete_in_its_first_version(township: Township) -> None:
    """A candidate as long as nobody knows the household, with a finding that nobody is named as guardian."""
    child = township.done(create("Child", **CHILD))
    assert township.rows("select lbc_status, row_version, file_completeness > 0 from child where id = %s", child) == [
        ("candidate", 1, True)
    ]
    assert township.rows("select kind, cleared_on from guardianship_finding where child_id = %s", child) == [
        ("guardianship_gap", None)
    ]


def test_what_followed_is_on_the_feed_in_the_same_transaction(township: Township) -> None:
    child, _, _ = left_behind(township)
    ((xid,),) = township.rows("select xid::text from change where entity = 'MigrationSpell' and child_id = %s", child)
    followed = township.rows(
        "select entity, row_id, kind, classes from change where unit = %s and xid::text = %s", HUB, xid
    )
    assert followed == [("Child", child, "updated", ["D01", "D41"])]
    versions = township.rows("select max(row_version) from change where row_id = %s", child)
    assert versions == township.rows("select row_version from child where id = %s", child)


def test_refused_write_leaves_nothing_computed(township: Township) -> None:
    child, _, _ = left_behind(township)
    before = township.rows("select row_version, lbc_status from child where id = %s", child)
    (outcome,) = township.write(
        create("MigrationSpell", child_id=child, parent_id="member_430621_X", out_since=date(2026, 1, 1))
    )
    assert outcome.error is not None
    assert township.rows("select row_version, lbc_status from child where id = %s", child) == before


def test_arrangement_clears_the_finding(township: Township) -> None:
    child = township.done(create("Child", **CHILD))
    born = CHILD["birth_date"]
    township.done(create("GuardianshipArrangement", child_id=child, type="parent", valid_from=born))
    assert township.rows("select cleared_on from guardianship_finding where child_id = %s", child) == [(today(),)]
    assert asyncio.run(in_step(township.database))


def test_many_writes_at_once_leave_everything_in_step(township: Township) -> None:
    outcomes = township.write(*(create("Child", **{**CHILD, "name": f"李{number}"}) for number in range(40)))
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert asyncio.run(in_step(township.database))
