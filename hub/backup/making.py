"""Makes a backup beside a hub that goes on working: one snapshot for rows, counts and all tables alike."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg import sql

from hub.audit.node import KnownNode, known_nodes
from hub.backup.manifest import Manifest, digest_of, files_of, write_manifest
from hub.backup.programs import program, run
from hub.database import Database, Role
from hub.errors import BackupFailed
from hub.migration import require_current
from hub.privileges import VERSION_TABLE
from hub.settings import Settings
from hub.tables import METADATAS

#: Told what is being done, how far it is, and of how much.
Show = Callable[[str, int, int], None]
#: Kept in the secrets folder and part of the keys; the roles' passwords are not: a restore makes new ones.
KEPT_SECRETS = ("query.key", "issuer.json")
LAST = "last-backup.json"
_TRIES = 20


def tables() -> list[str]:
    return [VERSION_TABLE, *(str(table.name) for metadata in METADATAS for table in metadata.sorted_tables)]


def keys_folder(folder: Path) -> Path:
    """Where the keys lie that belong to a backup: beside it, so that they can be kept elsewhere."""
    return folder.with_name(f"{folder.name}-keys")


def make_backup(database: Database, folder: Path, show: Show) -> Manifest:
    """Write a backup to a folder that does not exist yet; half a backup never stands under its name."""
    require_current(database)
    settings, half = database.settings, folder.with_name(f"{folder.name}.part")
    for taken in (folder, keys_folder(folder)):
        if taken.exists():
            raise BackupFailed(reason=f"{taken} exists")
    try:
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True, mode=0o700)
        # Anchors before the rows: whatever is anchored must be found below, and more may have come meanwhile.
        anchors = _copy_anchors(settings, half)
        manifest = _dump(database, half, anchors, show)
        write_manifest(half, manifest)
        _copy_keys(settings, keys_folder(folder))
        half.rename(folder)
        _note(settings, folder, manifest)
    except OSError as error:
        raise BackupFailed(reason=error.strerror or type(error).__name__) from error
    return manifest


def _dump(database: Database, half: Path, anchors: dict[str, int], show: Show) -> Manifest:
    names, done = tables(), 0

    def seen(table: str) -> None:
        nonlocal done
        done += 1
        show("导出 / dumping", done, len(names))

    with database.connect(Role.MIGRATOR) as connection:
        connection.execute("set transaction isolation level repeatable read, read only")
        snapshot, made = _one(connection, "select pg_export_snapshot(), now()")
        server = connection.info.server_version // 10_000
        (revision,) = _one(connection, "select version_num from alembic_version")
        run(
            database,
            [program(database, "pg_dump", server), "--format=directory", "--jobs=2", "--compress=1",
             f"--snapshot={snapshot}", f"--file={half / 'database'}"],
            seen,
        )  # fmt: skip
        counts = count_rows(connection, show)
        connection.rollback()
    return Manifest(
        made=made.astimezone(UTC),
        revision=revision,
        server=server,
        tables=counts,
        anchors=anchors,
        files={name: digest_of(half / name) for name in files_of(half)},
    )


def count_rows(connection: psycopg.Connection[tuple[Any, ...]], show: Show) -> dict[str, int]:
    """The rows of every table, as the connection's transaction sees them."""
    names, found = tables(), {}
    for number, name in enumerate(names, 1):
        show("清点 / counting", number, len(names))
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(name))).fetchone()
        found[name] = int(row[0]) if row else 0
    return found


def _one(connection: psycopg.Connection[tuple[Any, ...]], query: str) -> tuple[Any, ...]:
    row = connection.execute(query.encode()).fetchone()
    if row is None:
        raise BackupFailed(reason="the database is not migrated")
    return row


def _copy_anchors(settings: Settings, half: Path) -> dict[str, int]:
    found = {}
    for node in known_nodes(settings.data / "audit"):
        target = half / "anchors" / node.name
        target.mkdir(parents=True, mode=0o700)
        found[node.name] = _copy_anchor(node, target)
        if (node.path / "retired").exists():
            shutil.copy(node.path / "retired", target)
    return found


def _copy_anchor(node: KnownNode, target: Path) -> int:
    """An anchor that is written meanwhile may be read torn; then it is read again."""
    for _ in range(_TRIES):
        if (node.path / "anchor").exists():
            shutil.copy(node.path / "anchor", target)
        copied = KnownNode(name=node.name, key=node.key, path=target).anchored()
        if not copied.torn:
            break
    return copied.head.seq if copied.head else 0


def _copy_keys(settings: Settings, target: Path) -> None:
    """What opens and proves the rest: seals of the records, pseudonyms and cursors, the built-in issuer."""
    target.mkdir(mode=0o700)
    for node in known_nodes(settings.data / "audit"):
        _copy_private(node.path / "key", target / "audit" / node.name / "key")
    for name in KEPT_SECRETS:
        if (settings.secrets / name).exists():
            _copy_private(settings.secrets / name, target / "secrets" / name)


def _copy_private(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(source.read_bytes())


def _note(settings: Settings, folder: Path, manifest: Manifest) -> None:
    """For `hub status`: when the last one was made, and where."""
    noted = {"made": manifest.made, "folder": str(folder.resolve()), "rows": manifest.rows}
    noted_at = datetime.now(UTC)
    (settings.data / LAST).write_bytes(orjson.dumps({**noted, "noted": noted_at}))
