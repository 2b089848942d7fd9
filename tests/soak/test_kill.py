"""What `python -m tests.soak.kill` proves in fifty rounds, in two."""

from __future__ import annotations

import pytest

from tests.soak.kill import run
from tests.soak.place import place


@pytest.mark.slow
def test_killed_hub_and_killed_database_lose_and_halve_nothing() -> None:
    told: list[str] = []
    with place() as at:
        assert run(at, 2, 1, told.append) == []
    assert len(told) == 2
