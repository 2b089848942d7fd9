"""Restores a backup into an empty database, and proves it: digests, version, rows of each table, access records."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import psycopg
from alembic.script import ScriptDirectory

from hub.audit.verify import Report, verify
from hub.backup.making import KEPT_SECRETS, Show, count_rows
from hub.backup.manifest import Manifest, check_files, read_manifest
from hub.backup.programs import program, run
from hub.database import Database, Role
from hub.errors import BackupDamaged, BackupFailed, MigrationNeeded, RestoreNotEmpty
from hub.migration import alembic_config, upgrade
from hub.settings import Settings

_TABLES = "select count(*) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"


def check_backup(folder: Path, show: Show) -> Manifest:
    """The manifest of a backup every file of which is as it was written; of a version that this hub can read."""
    manifest = read_manifest(folder)
    for number, _ in enumerate(check_files(folder, manifest), 1):
        show("核对 / checking", number, len(manifest.files))
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if manifest.revision not in known:
        raise MigrationNeeded(found=manifest.revision, needed="one that this hub knows")
    return manifest


def restore_backup(database: Database, folder: Path, keys: Path | None, show: Show) -> Report | None:
    """Fill an empty database from a checked backup. The report of the access records needs the keys."""
    manifest = check_backup(folder, show)
    _require_empty(database)
    _load(database, folder, manifest, show)
    try:
        _compare(database, manifest, show)
        if keys is not None:
            _put_back(database.settings, folder, keys)
        upgrade(database)
    except OSError as error:
        raise BackupFailed(reason=error.strerror or type(error).__name__) from error
    return None if keys is None else asyncio.run(_verified(database, show))


def _require_empty(database: Database) -> None:
    with database.connect(Role.MIGRATOR) as connection:
        row = connection.execute(_TABLES).fetchone()
    if row != (0,):
        raise RestoreNotEmpty()


def _load(database: Database, folder: Path, manifest: Manifest, show: Show) -> None:
    done = 0

    def seen(table: str) -> None:
        nonlocal done
        done += 1
        show("恢复 / restoring", done, len(manifest.tables))

    command: list[str | Path] = [program(database, "pg_restore", manifest.server), "--no-owner", "--no-privileges"]
    # In one transaction: what fails leaves an empty database behind, and can be tried again.
    run(database, [*command, "--exit-on-error", "--single-transaction", folder / "database"], seen)
    with database.connect(Role.MIGRATOR) as connection:
        connection.autocommit = True
        connection.execute("analyze")


def _compare(database: Database, manifest: Manifest, show: Show) -> None:
    with database.connect(Role.MIGRATOR) as connection:
        # A backup of an earlier version may lack tables that the migration will add.
        present = {name for (name,) in connection.execute("select relname from pg_class where relkind = 'r'")}
        found = count_rows(connection, show) if present.issuperset(manifest.tables) else {}
    wrong = [name for name, rows in manifest.tables.items() if found.get(name) != rows]
    if wrong:
        raise BackupDamaged(reason=f"rows of {', '.join(wrong[:5])}")


def _put_back(settings: Settings, folder: Path, keys: Path) -> None:
    """Keys and anchors to where they are missing; those that are here are the later ones and stay."""
    for name in KEPT_SECRETS:
        if (keys / "secrets" / name).exists():
            _copy(keys / "secrets" / name, settings.secrets / name)
    for key in sorted((keys / "audit").glob("*/key")):
        target = settings.data / "audit" / key.parent.name
        for path in sorted((folder / "anchors" / target.name).glob("*")):
            _copy(path, target / path.name)
        # The key comes last: a folder without one is not yet a node.
        _copy(key, target / "key")


def _copy(source: Path, target: Path) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copy(source, target)
    target.chmod(0o600)


async def _verified(database: Database, show: Show) -> Report:
    conninfo = database.conninfo(Role.READER)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        return await verify(
            connection,
            database.settings.data / "audit",
            progress=lambda rows: show("校验访问记录 / verifying access records", rows, 0),
        )
