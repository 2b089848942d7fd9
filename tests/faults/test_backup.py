"""A backup made beside a working hub is restored elsewhere, proven whole, and refused where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from hub.backup.making import LAST, keys_folder, make_backup, tables
from hub.backup.restoring import check_backup, restore_backup
from hub.database import Database, Role
from hub.errors import BackupDamaged, BackupFailed, NoServerBinaries, RestoreNotEmpty
from hub.migration import require_current
from hub.settings import Settings
from tests.conftest import MakeDatabase
from tests.faults.asking import asking, many_asking
from tests.faults.conftest import short, through
from tests.query.small_city import fill

pytestmark = pytest.mark.slow


def show(what: str, done: int, total: int) -> None:
    """Progress is for people."""


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with closing(database.connect(Role.MIGRATOR)) as connection:
        return {
            name: connection.execute(
                sql.SQL("select t::text from {} t order by 1").format(sql.Identifier(name))
            ).fetchall()
            for name in tables()
            if not name.startswith("access_")
        }


@pytest.fixture(scope="module")
def city(make_database: MakeDatabase, worker_id: str) -> Database:
    """A small city of this module's own: of other tests' records the backup would not hold the keys."""
    database = make_database(f"backup_{worker_id}")
    fill(database)
    return database


@pytest.fixture(scope="module")
def made(city: Database, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Settings, int]:
    """A backup of the city by its URLs, while callers ask; and how many records were there before it began."""
    folder = tmp_path_factory.mktemp("backup")
    settings = replace(through(city, folder / "hub"), node="test", cost_per_s=0, planning_ms_per_s=0, daily=False)
    with Database.open(settings) as database, asking(settings, database) as caller:
        with many_asking(caller, 2) as wrong:
            with closing(database.connect(Role.READER)) as connection:
                (before,) = connection.execute("select count(*) from access_record").fetchone() or (0,)
            manifest = make_backup(database, folder / "copy", show)
        assert wrong == [] and manifest.tables["child"] == 23 and manifest.tables["access_record"] >= before
    return folder / "copy", settings, before


@pytest.fixture
def empty(small_city: Database, folder: Path) -> Iterator[Database]:
    """An empty database on a server named by its URL."""
    assert small_city.server is not None
    name = f"empty_{uuid4().hex[:12]}"
    words = sql.Identifier(name)
    with psycopg.connect(small_city.server.superuser(), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} owner hub_migrator template template0").format(words))
        settings = through(small_city, folder / "other", dbname=name)
        with Database.open(settings) as database:
            yield database
        connection.execute(sql.SQL("drop database {} with (force)").format(words))


def test_restored_on_a_new_embedded_server_it_answers_as_before(
    made: tuple[Path, Settings, int], city: Database, folder: Path
) -> None:
    copy, _, before = made
    settings = short(Settings(data=folder / "new", node="test", pg_durable=False, pg_shared_buffers_mb=16))
    with Database.open(settings) as restored:
        report = restore_backup(restored, copy, keys_folder(copy), show)
        assert report is not None and report.is_intact and report.rows >= before > 0
        require_current(restored)
        assert contents(restored) == contents(city)
        with asking(settings, restored) as caller:
            assert caller.right["children"]["nodes"]
        with pytest.raises(RestoreNotEmpty):
            restore_backup(restored, copy, keys_folder(copy), show)
        # The chain is gone on with under the restored key.
        assert [path.name for path in (settings.data / "audit").iterdir()] == [
            path.name for path in (keys_folder(copy) / "audit").iterdir()
        ]


def test_restored_on_a_named_server(made: tuple[Path, Settings, int], empty: Database, city: Database) -> None:
    copy, _, _ = made
    report = restore_backup(empty, copy, keys_folder(copy), show)
    assert report is not None and report.is_intact
    assert contents(empty) == contents(city)
    with closing(empty.connect(Role.WRITER)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("delete from access_record")


def test_without_keys_the_rows_come_back_and_nothing_is_claimed(
    made: tuple[Path, Settings, int], empty: Database
) -> None:
    copy, _, _ = made
    assert restore_backup(empty, copy, None, show) is None
    assert not (empty.settings.data / "audit").exists()


def test_damaged_backup_is_refused_before_anything_is_restored(
    made: tuple[Path, Settings, int], empty: Database, tmp_path: Path
) -> None:
    copy, _, _ = made
    for number, damage in enumerate((truncated, flipped, removed, added, unlisted)):
        spoilt = tmp_path / str(number)
        copied_tree(copy, spoilt)
        damage(spoilt)
        with pytest.raises(BackupDamaged):
            restore_backup(empty, spoilt, keys_folder(copy), show)
    with closing(empty.connect(Role.MIGRATOR)) as connection:
        assert connection.execute("select count(*) from pg_class where relname = 'child'").fetchone() == (0,)
    assert check_backup(copy, show).tables["child"] == 23


def test_folder_that_exists_is_not_written_to(made: tuple[Path, Settings, int], small_city: Database) -> None:
    copy, settings, _ = made
    with Database.open(settings) as database, pytest.raises(BackupFailed):
        make_backup(database, copy, show)


def test_keys_and_anchors_lie_apart_and_closed(made: tuple[Path, Settings, int]) -> None:
    copy, settings, _ = made
    secret = [path.read_bytes() for path in keys_folder(copy).rglob("*") if path.is_file()]
    assert len(secret) >= 2 and not [path for path in copy.rglob("key*")]
    files = [path for path in keys_folder(copy).rglob("*") if path.is_file()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (*files, keys_folder(copy), copy))
    assert not any(key in path.read_bytes() for path in copy.rglob("*") if path.is_file() for key in secret)
    assert (settings.data / LAST).exists()


def test_older_programs_than_the_server_are_refused(small_city: Database, folder: Path) -> None:
    settings = replace(through(small_city, folder / "hub"), pg_bin=folder)
    with Database.open(settings) as database, pytest.raises(NoServerBinaries):
        make_backup(database, folder / "copy", show)
    assert not (folder / "copy").exists()


def copied_tree(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            (target / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (target / path.relative_to(source)).write_bytes(path.read_bytes())


def largest(folder: Path) -> Path:
    return max((path for path in folder.rglob("*.gz")), key=lambda path: path.stat().st_size)


def truncated(folder: Path) -> None:
    path = largest(folder)
    path.write_bytes(path.read_bytes()[:-1])


def flipped(folder: Path) -> None:
    path = largest(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def removed(folder: Path) -> None:
    largest(folder).unlink()


def added(folder: Path) -> None:
    (folder / "database/more.dat").write_bytes(b"x")


def unlisted(folder: Path) -> None:
    (folder / "manifest.json").unlink()
