"""Servers of the tests' own that may be killed, filled and failed over: copies of one that holds a small city."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hub.database import Database, Role
from hub.embedded.place import find_place
from hub.embedded.server import EmbeddedServer
from hub.embedded.standby import join_standby, slot_of
from hub.migration import upgrade
from hub.settings import Secret, Settings
from tests.faults.proxy import Proxy
from tests.query.small_city import fill

Copied = Callable[[], EmbeddedServer]


def short(settings: Settings, **changes: Any) -> Settings:
    """Time limits short enough for a test, long enough for a machine that does other things too."""
    bounds = {"statement_timeout_ms": 1000, "deadline_ms": 4000, "connect_timeout_s": 2}
    return replace(settings, **{**bounds, "read_pool": 2, "dev_issuer": True, **changes})


def through(database: Database, folder: Path, **words: Any) -> Settings:
    """Settings of a hub that reaches the same database by another way."""

    def url(role: Role) -> Secret:
        return Secret(make_conninfo(**{**conninfo_to_dict(database.conninfo(role)), "options": None, **words}))

    return short(
        database.settings,
        data=folder,
        database_url=url(Role.MIGRATOR),
        database_read_url=url(Role.READER),
        database_write_url=url(Role.WRITER),
    )


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that the server's account can pass through, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="gongzhi-faults-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def small_city() -> Iterator[Database]:
    """On a server with nothing else on it, for it is copied again and again, once to a small disk."""
    with open_folder() as folder:
        settings = Settings(
            data=folder / "city", node="test", pg_durable=False, pg_shared_buffers_mb=16, cost_per_s=0,
            planning_ms_per_s=0, daily=False,
        )  # fmt: skip
        with Database.open(settings) as database:
            upgrade(database)
            fill(database)
            yield database


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


@contextmanager
def copied(source: EmbeddedServer, settings: Settings) -> Iterator[EmbeddedServer]:
    """A server with the source's data that takes writes of its own."""
    server = join_standby(source, settings)
    try:
        server.promote()
        place = find_place(settings.data / "postgres", server.account)
        with psycopg.connect(source.superuser(), autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = %s"
                " and active_pid is not null",
                [slot_of(place)],
            )
            connection.execute("select pg_drop_replication_slot(%s)", [slot_of(place)])
        yield server
    finally:
        server.leave()


@pytest.fixture(scope="module")
def own(small_city: Database) -> Iterator[Database]:
    """The small city on a server of these tests' own, which each leaves as it was."""
    assert small_city.server is not None
    with open_folder() as folder:
        settings = short(small_city.settings, data=folder / "own")
        with copied(small_city.server, settings), Database.open(settings) as database:
            yield database


@pytest.fixture
def proxy(small_city: Database) -> Iterator[Proxy]:
    host = conninfo_to_dict(small_city.conninfo(Role.READER))["host"]
    with Proxy(f"{host}/.s.PGSQL.5432") as opened:
        yield opened


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A folder on a disk of its own, of 256 MB."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and _ran("mount", "-t", "tmpfs", "-o", "size=256m,mode=711", "none", str(disk))
    if not mounted:
        pytest.skip("a disk of one's own needs root and the right to mount")
    yield disk
    _ran("umount", "--lazy", str(disk))


def _ran(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
