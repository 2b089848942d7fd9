"""What a backup holds, in words that the restore can check: rows of each table, anchors, a digest of every file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from hub.errors import BackupDamaged

NAME = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The contents of a backup."""

    made: datetime  # the moment the database is as of
    revision: str  # of the tables
    server: int  # major version of PostgreSQL
    tables: dict[str, int]  # rows of each
    anchors: dict[str, int]  # node → place of the last record that is anchored
    files: dict[str, str]  # path → SHA-256

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Written last and to the disk: a folder without it is no backup."""
    shown = {name: getattr(manifest, name) for name in Manifest.__slots__}
    with (folder / NAME).open("wb") as file:
        file.write(orjson.dumps({"format": FORMAT, **shown}, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())


def read_manifest(folder: Path) -> Manifest:
    """Raises BackupDamaged where there is none that can be read."""
    try:
        read: dict[str, Any] = orjson.loads((folder / NAME).read_bytes())
        if read.pop("format") != FORMAT:
            raise BackupDamaged(reason="format")
        return Manifest(**read | {"made": datetime.fromisoformat(read["made"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupDamaged(reason=NAME) from error


def files_of(folder: Path) -> Iterator[str]:
    """Every file of a backup but the manifest."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / NAME:
            yield path.relative_to(folder).as_posix()


def digest_of(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def check_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Holds every file against its digest, one a turn; raises BackupDamaged at the first that differs."""
    if set(files_of(folder)) != set(manifest.files):
        raise BackupDamaged(reason="files are missing or were added")
    for name, expected in manifest.files.items():
        if digest_of(folder / name) != expected:
            raise BackupDamaged(reason=name)
        yield name
