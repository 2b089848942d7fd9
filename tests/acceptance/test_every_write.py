"""Every unit tries every mutation with values that do: written where that is expected, refused where it is not listed.

The decision comes from the expected decisions (`policies/expected`) and plain facts of a made-up world. Every try is a
transaction that is undone at the last moment, so that each meets the same world.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from hub.ledger.acts import Command
from tests.acceptance.desk import Answer, Desk
from tests.acceptance.matrix import Who, World, callers, open_world
from tests.acceptance.trying import expected_done, tries
from tests.conftest import MakeDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    world: World
    desk: Desk
    runner: asyncio.Runner

    def attempt(self, who: Who, command: Command) -> Answer:
        return self.runner.run(self.desk.attempt(who, command))


@pytest.fixture(scope="module")
def office(make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    world = open_world(make_database(f"every_write_{worker_id}"), tmp_path_factory.mktemp("chains"))
    with asyncio.Runner() as runner:
        desk = runner.run(Desk.open(world.database, tmp_path_factory.mktemp("desk")))
        yield Office(world=world, desk=desk, runner=runner)
        runner.run(desk.close())


@pytest.mark.slow
@pytest.mark.parametrize("who", list(callers()), ids=str)
def test_every_mutation_is_written_or_refused_as_expected(office: Office, who: Who) -> None:
    writing = office.world.writing(who)
    done: set[tuple[str, str]] = set()
    for each in tries(office.world, writing):
        answer = office.attempt(who, each.command)
        assert answer.code == each.right, each.text
        if not answer.code:
            assert answer.holds and answer.changes >= 1 and answer.records == 1, (answer, each.text)
            done.add((each.name, each.group))
    # What is expected to be allowed was written at least once, and nothing else was.
    assert done == expected_done(writing)
