"""A hub of its own with its own embedded database and a township that keeps children, for as long as a soak runs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.database import Database, Role
from hub.migration import upgrade
from hub.settings import Settings
from tests.query.small_city import fill

TOWNSHIP, VILLAGE = "TW@430621104", "430621104201"
STATION = "PS@430621104-01"
_UNIT = (
    "INSERT INTO organisation (code, unit_type, level, division, name, valid_from)"
    " VALUES (%s, %s, 'township', '430621104000', %s, '2016-09-01') ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the data are, and how a hub process is told of them."""

    database: Database

    @property
    def settings(self) -> Settings:
        return self.database.settings

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HUB_DATA": str(self.settings.data),
            "HUB_DATABASE_NAME": self.settings.database_name,
            "HUB_DAILY": "off",
            "HUB_NODE": "soak",
            "HUB_DEV_ISSUER": "on",
            "HUB_PG_SHARED_BUFFERS_MB": "64",
            "HUB_COST_PER_S": "10000000",
            "HUB_PLANNING_MS_PER_S": "1000",
        }


@contextmanager
def prepared(database: Database) -> Iterator[Place]:
    """Over a database that holds the small city already."""
    with database.connect(Role.MIGRATOR) as connection:
        for unit in (TOWNSHIP, STATION):
            connection.execute(_UNIT, (unit, unit[:2], unit))
    yield Place(database=database)


@contextmanager
def place() -> Iterator[Place]:
    """Durable as in production: what is acknowledged must be on the disk."""
    folder = Path(tempfile.mkdtemp(prefix="gongzhi-soak-"))
    folder.chmod(0o711)
    try:
        with Database.open(
            Settings(data=folder / "data", node="soak", dev_issuer=True, pg_shared_buffers_mb=64)
        ) as database:
            upgrade(database)
            fill(database)
            with prepared(database) as made:
                yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)
