"""The ledger as other code writes to it: commands in, outcomes out, each with everything that has to go with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub import errors
from hub.audit.verify import verify
from hub.database import Database, Role
from hub.identity.directory import Directory
from hub.identity.loading import load_directory
from hub.ledger.acts import Command, Outcome
from hub.ledger.ledger import Ledger, Parts
from hub.ledger.permission import Writer
from hub.policy.book import load_policies
from hub.policy.compile import Policy
from tests.ledger.writers import CHILD, OTHER_VILLAGE, TOWNSHIP, VILLAGE, create, update, writer_of
from tests.query.small_city import child_id


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    database: Database
    directory: Directory
    policy: Policy
    folder: Path

    def writer(self, code: str, **purpose: str) -> Writer:
        return writer_of(self.policy, self.directory, code, **purpose)

    def run(self, work: Callable[[Ledger], Awaitable[Any]]) -> Any:
        async def within() -> Any:
            ledger = Ledger(
                Parts(
                    conninfo=self.database.conninfo(Role.WRITER), folder=self.folder, node="test",
                    directory=lambda: self.directory, secret=b"k" * 32,
                )
            )  # fmt: skip
            try:
                return await work(ledger)
            finally:
                await ledger.close()

        return asyncio.run(within())

    def write(self, code: str, *commands: Command) -> list[Outcome]:
        writer = self.writer(code)
        found: list[Outcome] = self.run(lambda ledger: ledger.write(writer, commands))
        return found

    def rows(self, sql: str, *values: object) -> list[Any]:
        with self.database.connect(Role.READER) as connection:
            return connection.execute(sql.encode(), values).fetchall()


async def _directory(database: Database) -> Directory:
    async with await psycopg.AsyncConnection.connect(database.conninfo(Role.READER)) as connection:
        return await load_directory(connection)


@pytest.fixture(scope="module")
def world(written_city: Database, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(
        database=written_city, directory=asyncio.run(_directory(written_city)), policy=Policy(load_policies()),
        folder=tmp_path_factory.mktemp("chains"),
    )  # fmt: skip


def codes(outcome: Outcome) -> Sequence[str]:
    assert isinstance(outcome.error, errors.InputInvalid)
    return sorted(f"{'.'.join(item.path)} {item.code}" for item in outcome.error.data["listed"])  # type: ignore[attr-defined]


def test_a_township_opens_a_file(world: World) -> None:
    (outcome,) = world.write(TOWNSHIP, create("Child", **CHILD))
    assert outcome.error is None
    (written,) = outcome.written
    ((name, unit, version, status, duty),) = world.rows(
        "SELECT name, source_unit, row_version, verified_status, supplier_duty FROM child WHERE id = %s", written.row
    )
    assert (name, unit, version, status, duty) == ("李小石", TOWNSHIP, 1, "unverified", "TW-1")
    ((kind, classes, child),) = world.rows("SELECT kind, classes, child_id FROM change WHERE row_id = %s", written.row)
    assert (kind, classes, child) == ("created", ["D01", "D04"], written.row)
    ((unit, outcome_word),) = world.rows("SELECT unit, outcome FROM access_record WHERE children = %s", written.row)
    assert (unit, outcome_word) == (TOWNSHIP, "answered")


def test_all_faults_are_told_at_once(world: World) -> None:
    bad = CHILD | {"sex": "7", "citizen_id_no": "430621201605041", "name": "李\x00", "nonsense": 1}
    bad["residence_division"] = "999999999999"
    del bad["birth_date"]
    (outcome,) = world.write(TOWNSHIP, create("Child", **bad))
    assert codes(outcome) == [
        "input.birthDate REQUIRED",
        "input.citizenIdNo ID_NUMBER",
        "input.name CHARACTERS",
        "input.nonsense UNKNOWN_INPUT",
        "input.residenceDivision DIVISION",
        "input.sex UNKNOWN_CODE",
    ]


def test_out_of_scope_answers_as_missing(world: World) -> None:
    there, nowhere = world.write(
        TOWNSHIP,
        update("Child", child_id(20), 1, name="王五"),
        update("Child", child_id(999), 1, name="王五"),
    )
    assert isinstance(there.error, errors.RowUnknown)
    assert (type(there.error), there.error.data) == (type(nowhere.error), nowhere.error.data if nowhere.error else None)


def test_an_update_keeps_the_former_state(world: World) -> None:
    (outcome,) = world.write(TOWNSHIP, update("Child", child_id(1), 1, lbc_reason="both_away"))
    assert outcome.error is None, outcome.error
    ((version, reason),) = world.rows("SELECT row_version, lbc_reason FROM child WHERE id = %s", child_id(1))
    assert (version, reason) == (2, "both_away")
    ((former, gapless),) = world.rows(
        "SELECT h.row_version, h.superseded_at = c.recorded_at FROM child_history h JOIN child c USING (county, id)"
        " WHERE id = %s",
        child_id(1),
    )
    assert (former, gapless) == (1, True)
    assert world.rows("SELECT field_name, source_unit FROM value_provenance WHERE row_id = %s", child_id(1)) == [
        ("lbc_reason", TOWNSHIP)
    ]


def test_a_value_of_another_owner_is_not_overwritten(world: World) -> None:
    (outcome,) = world.write("VC@430621104201", update("Child", child_id(2), 1, name="王五"))
    assert isinstance(outcome.error, errors.ValueOwned)
    assert outcome.error.data["owners"] == "TW"


def test_a_row_does_not_leave_the_writers_reach(world: World) -> None:
    (outcome,) = world.write("VC@430621104201", update("Child", child_id(3), 1, residence_division=OTHER_VILLAGE))
    assert isinstance(outcome.error, errors.OutOfReach)
    assert world.rows("SELECT row_version, residence_division FROM child WHERE id = %s", child_id(3)) == [(1, VILLAGE)]


def test_one_of_two_writers_wins(world: World) -> None:
    writer = world.writer(TOWNSHIP)

    async def race(ledger: Ledger) -> list[list[Outcome]]:
        commands = [update("Child", child_id(4), 1, lbc_reason=reason) for reason in ("both_away", None)]
        commands[1] = update("Child", child_id(4), 1, name="赵六")
        return await asyncio.gather(*(ledger.write(writer, [command]) for command in commands))

    first, second = (outcome for outcomes in world.run(race) for outcome in outcomes)
    assert first.error is None
    assert isinstance(second.error, errors.VersionConflict)


def test_a_key_sent_twice_writes_once(world: World) -> None:
    command = replace(create("Child", **CHILD), key="abc")
    (first,) = world.write(TOWNSHIP, command)
    (again,) = world.write(TOWNSHIP, command)
    (other,) = world.write(TOWNSHIP, replace(create("Child", **CHILD | {"name": "王七"}), key="abc"))
    assert again.repeated and again.written[0].row == first.written[0].row
    assert isinstance(other.error, errors.KeyReused)


def test_a_household_is_made_for_its_child(world: World) -> None:
    (outcome,) = world.write(TOWNSHIP, create("Family", child_id=child_id(5), household_size=4))
    assert outcome.error is None, outcome.error
    family = outcome.written[0].row
    assert world.rows("SELECT family_id FROM child WHERE id = %s", child_id(5)) == [(family,)]
    (again,) = world.write(TOWNSHIP, create("Family", child_id=child_id(5), household_size=4))
    assert codes(again) == ["input.childId LINKED"]
    member = create("FamilyMember", family_id=family, name="李父", relation="51")
    (linked,) = world.write(TOWNSHIP, member)
    assert linked.error is None, (linked.error, getattr(linked.error, "data", None))


def test_one_bad_command_does_not_spoil_the_others(world: World) -> None:
    outside = CHILD | {"residence_division": OTHER_VILLAGE}
    outcomes = world.write(TOWNSHIP, create("Child", **CHILD), create("Child", **outside), create("Child", **CHILD))
    assert [type(outcome.error) for outcome in outcomes] == [type(None), errors.OutOfReach, type(None)]


def test_the_chains_of_writers_verify(world: World) -> None:
    world.write(TOWNSHIP, create("Child", **CHILD))

    async def check() -> Any:
        async with await psycopg.AsyncConnection.connect(world.database.conninfo(Role.READER)) as connection:
            return await verify(connection, world.folder)

    report = asyncio.run(check())
    assert report.findings == []
    assert report.rows > 0
