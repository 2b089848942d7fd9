"""The database and both ways to an answer, made once for every module that compares them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.database import Role
from tests.conftest import MakeDatabase
from tests.reference.bench import Bench
from tests.reference.fast import FastPath
from tests.reference.interpreter import Interpreter


@pytest.fixture(scope="session")
def bench(make_database: MakeDatabase, worker_id: str) -> Iterator[Bench]:
    database = make_database(f"reference_{worker_id}")
    fast = FastPath(database.conninfo(Role.READER))
    with database.connect(Role.MIGRATOR) as writer:
        yield Bench(fast, Interpreter(), writer)
    fast.close()
