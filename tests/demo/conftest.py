"""Fixtures of the demo city's tests: one small city per worker, loaded once and only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from hub.database import Database, Role
from hub.demo.facts import CITY
from hub.demo.load import Loaded, load_city
from tests.conftest import MakeDatabase

SMALL = CITY.scaled(1200)
Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="session")
def small_city(make_database: MakeDatabase, worker_id: str) -> tuple[Loaded, Database]:
    database = make_database(f"demo_{worker_id}")
    return load_city(database.conninfo(Role.MIGRATOR), totals=SMALL), database


@pytest.fixture(scope="session")
def loaded(small_city: tuple[Loaded, Database]) -> Loaded:
    return small_city[0]


@pytest.fixture(scope="session")
def small_database(small_city: tuple[Loaded, Database]) -> Database:
    return small_city[1]


@pytest.fixture(scope="session")
def city(small_database: Database) -> Iterator[Connection]:
    with small_database.connect(Role.READER) as connection:
        connection.autocommit = True
        yield connection
