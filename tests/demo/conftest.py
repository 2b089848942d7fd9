"""Fixtures of the demo city's tests: one small city per worker, loaded once and only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from hub.database import Role
from hub.demo.facts import CITY
from hub.demo.load import Loaded, load_city
from tests.conftest import MakeDatabase

SMALL = CITY.scaled(1200)
Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="session")
def small_city(make_database: MakeDatabase, worker_id: str) -> Iterator[tuple[Loaded, Connection]]:
    database = make_database(f"demo_{worker_id}")
    loaded = load_city(database.conninfo(Role.MIGRATOR), totals=SMALL)
    with database.connect(Role.READER) as connection:
        connection.autocommit = True
        yield loaded, connection


@pytest.fixture
def city(small_city: tuple[Loaded, Connection]) -> Connection:
    return small_city[1]
