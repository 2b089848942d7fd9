"""A database whose access record may be filled, tampered with and emptied."""

from __future__ import annotations

import pytest

from hub.database import Database
from tests.conftest import MakeDatabase


@pytest.fixture(scope="session")
def shared(make_database: MakeDatabase, worker_id: str) -> Database:
    """Kept for the run: its tests roll back, or tell their own nodes from others'."""
    return make_database(f"audit_{worker_id}")
