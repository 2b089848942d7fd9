"""Fixtures shared by all tests.

settings        plain settings in a folder of the test's own; no server
database        an open, migrated, empty database, one per worker: for tests that read, or roll back what they write
make_database   makes further ones for tests that commit: ``make_database("name")``; kept to the end of the run
fresh_database  one made for this test alone, dropped after it

One embedded server serves the whole run. Its folder is made by the process that starts the run and handed to the
workers; each joins and leaves it as any process of the hub does. Of the caller's settings only HUB_PG_BIN counts: the
PostgreSQL to test with.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from hub.database import Database
from hub.embedded.place import locked
from hub.embedded.server import EmbeddedServer, join
from hub.migration import upgrade
from hub.settings import Settings
from tests import generated

FOLDER, PROGRAMS = "GONGZHI_TEST_FOLDER", "GONGZHI_TEST_PROGRAMS"
TEMPLATE = "template_hub"

generated.prepare(is_build=bool(os.environ.get("CI")))

MakeDatabase = Callable[[str], Database]


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("HUB_PG_BIN"):
        os.environ[PROGRAMS] = os.environ["HUB_PG_BIN"]
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        del os.environ[name]
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="gongzhi-test-"))
        folder.chmod(0o711)
        os.environ[FOLDER] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ.pop(FOLDER))
    if (folder / "postgres/data/postmaster.pid").exists():
        join(_server_settings(folder)).leave()
    shutil.rmtree(folder, ignore_errors=True)


def _server_settings(folder: Path) -> Settings:
    programs = os.environ.get(PROGRAMS)
    pg_bin = Path(programs) if programs else None
    # A test asks more, and more that is new, than any caller may on a machine that is busy with other tests.
    return Settings(
        data=folder,
        node="test",
        pg_durable=False,
        pg_shared_buffers_mb=64,
        # Hubs that are served for a whole module, or a whole run, keep their connections as long.
        pg_max_connections=500,
        pg_bin=pg_bin,
        cost_per_s=0,
        planning_ms_per_s=0,
        # What a test writes stays as it was written: nothing is recomputed behind its back.
        daily=False,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", node="test")


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    joined = join(_server_settings(Path(os.environ[FOLDER])))
    yield joined
    joined.leave()


@pytest.fixture(scope="session")
def make_database(server: EmbeddedServer) -> Iterator[MakeDatabase]:
    settings = _server_settings(Path(os.environ[FOLDER]))
    _make_template(settings)
    opened: list[Database] = []

    def make(name: str) -> Database:
        _clone(server, name)
        opened.append(Database.open(replace(settings, database_name=name)))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture(scope="session")
def database(make_database: MakeDatabase, worker_id: str) -> Database:
    return make_database(f"test_{worker_id}")


@pytest.fixture
def fresh_database(make_database: MakeDatabase, server: EmbeddedServer) -> Iterator[Database]:
    name = f"fresh_{uuid4().hex[:12]}"
    made = make_database(name)
    yield made
    made.close()
    with psycopg.connect(server.superuser(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _make_template(settings: Settings) -> None:
    """One migrated database, from which all others are copied; the first worker makes it."""
    done = settings.data / "template.done"
    with locked(settings.data / "template.lock"):
        if not done.exists():
            with Database.open(replace(settings, database_name=TEMPLATE)) as template:
                upgrade(template)
            done.touch()


def _clone(server: EmbeddedServer, name: str) -> None:
    words = {"name": sql.Identifier(name), "template": sql.Identifier(TEMPLATE)}
    statement = sql.SQL("CREATE DATABASE {name} TEMPLATE {template} OWNER hub_migrator").format(**words)
    with psycopg.connect(server.superuser(), autocommit=True) as connection:
        connection.execute(statement)
