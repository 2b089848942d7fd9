"""What `python -m tests.soak.kill` proves in many rounds, in two: of the ledger's rows, and of acts in cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hub.database import Database, Role
from tests.soak.kill import Tell, run, run_acts
from tests.soak.place import Place, prepared


@pytest.fixture(scope="module")
def at(own: Database) -> Iterator[Place]:
    with own.connect(Role.MIGRATOR) as connection:
        # The copy's records are of nodes whose keys stayed behind.
        connection.execute("truncate access_record, access_shape")
    with prepared(own) as made:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("kill", [run, run_acts], ids=["rows", "acts"])
def test_killed_hub_and_killed_database_lose_and_halve_nothing(
    at: Place, kill: Callable[[Place, int, int, Tell], list[str]]
) -> None:
    told: list[str] = []
    assert kill(at, 2, 1, told.append) == []
    assert len(told) == 2
