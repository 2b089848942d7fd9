"""The benchmark's databases: for each size an embedded server of its own, as the hub runs it, kept between runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from hub.database import Database
from hub.embedded.server import EmbeddedServer, Tell
from hub.errors import StorageError
from hub.migration import upgrade
from hub.settings import Settings
from tests.bench import data


def settings_for(folder: Path, shared_buffers_mb: int) -> Settings:
    """As in production, but for the memory and the built-in issuer that signs the callers' tokens."""
    return Settings(data=folder, node="bench", dev_issuer=True, pg_shared_buffers_mb=shared_buffers_mb, daily=False)


def open_loaded(folder: Path, children: int, shared_buffers_mb: int, tell: Tell) -> Database:
    """The database of this size, made and filled if it is not there; what an older edition made is removed."""
    home = folder / f"{children}-{data.edition()}"
    for other in folder.glob(f"{children}-*"):
        if other != home or not (home / "filled").exists():
            shutil.rmtree(other)
    database = Database.open(settings_for(home, shared_buffers_mb), tell=tell)
    if not (home / "filled").exists():
        upgrade(database, tell)
        data.load(server_of(database).superuser(database.settings.database_name), children, tell)
        (home / "filled").touch()
    return database


def server_of(database: Database) -> EmbeddedServer:
    if database.server is None:
        raise StorageError(reason="the benchmark runs on an embedded server of its own")
    return database.server


def postmaster(database: Database) -> int:
    """The process whose children are the server's backends."""
    lines = (server_of(database).folder / "postmaster.pid").read_text("ascii").splitlines()
    return int(lines[0])
