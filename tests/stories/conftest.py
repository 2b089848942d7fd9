"""A hub that is served for stories, over a database that each story begins anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from httpx2 import Client

from hub.database import Role
from tests.clients.hub_server import serving
from tests.conftest import MakeDatabase
from tests.reference import worlds
from tests.stories.asking import Desk
from tests.stories.world import world


@dataclass(slots=True)
class Stage:
    """Where stories are played."""

    desk: Desk
    connection: psycopg.Connection[Any]

    def open(self) -> None:
        """The county as it is before any story."""
        with self.connection.transaction():
            worlds.load_world(self.connection, world())

    def tables(self) -> dict[str, list[worlds.Row]]:
        return worlds.read_tables(self.connection)

    def case_no(self, case: str | None) -> str | None:
        row = self.connection.execute("select case_no from protection_case where id = %s", [case]).fetchone()
        self.connection.commit()
        return None if row is None else str(row[0])


@pytest.fixture(scope="session")
def stage(make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    database = make_database(f"stories_{worker_id}")
    with database.connect(Role.MIGRATOR) as connection:
        with connection.transaction():
            worlds.load_world(connection, world())
        # The question is long, and new to each kind of unit.
        settings = replace(
            database.settings, data=tmp_path_factory.mktemp("hub"), dev_issuer=True, daily=False,
            deadline_ms=120_000, statement_timeout_ms=120_000,
        )  # fmt: skip
        with serving(settings, database) as hub, Client(timeout=60) as client:
            yield Stage(desk=Desk(client=client, url=hub.endpoint, issuer=hub.issuer), connection=connection)
