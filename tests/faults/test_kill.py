"""What `python -m tests.soak.kill` proves in many rounds, in two: of the ledger's rows, and of acts in cases."""

from __future__ import annotations

import pytest

from hub.database import Database, Role
from tests.soak.kill import run, run_acts
from tests.soak.place import prepared


@pytest.mark.slow
def test_killed_hub_and_killed_database_lose_and_halve_nothing(own: Database) -> None:
    told: list[str] = []
    with own.connect(Role.MIGRATOR) as connection:
        # The copy's records are of nodes whose keys stayed behind.
        connection.execute("truncate access_record, access_shape")
    with prepared(own) as at:
        assert run(at, 2, 1, told.append) == []
    assert len(told) == 2


@pytest.mark.slow
def test_killed_hub_and_killed_database_lose_and_halve_no_act(own: Database) -> None:
    told: list[str] = []
    with own.connect(Role.MIGRATOR) as connection:
        connection.execute("truncate access_record, access_shape")
    with prepared(own) as at:
        assert run_acts(at, 2, 1, told.append) == []
    assert len(told) == 2
