"""The small city with a township office, a police office and more of the units that write, shared by these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.app import create_app
from hub.database import Database, Role
from hub.identity.trust import issuer_from
from tests.conftest import MakeDatabase
from tests.ledger.writers import UNITS
from tests.query.small_city import fill

#: Sends a document as a unit and gives the body of the reply.
Send = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def written_city(make_database: MakeDatabase, worker_id: str, request: pytest.FixtureRequest) -> Database:
    """A database of the module's own, for tests that commit."""
    database = make_database(f"{request.module.__name__.rpartition('.')[2]}_{worker_id}")
    fill(database)
    with database.connect(Role.MIGRATOR) as connection:
        for code, level, division in UNITS:
            connection.execute(
                "INSERT INTO organisation (code, unit_type, level, division, name, valid_from)"
                " VALUES (%s, %s, %s, %s, %s, '2016-09-01') ON CONFLICT DO NOTHING",
                (code, code[:2], level, division, code),
            )
    return database


@pytest.fixture(scope="module")
def send(written_city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Send]:
    folder: Path = tmp_path_factory.mktemp("hub")
    settings = replace(
        written_city.settings,
        data=folder,
        dev_issuer=True,
        daily=False,
        cost_per_s=10_000_000,
        planning_ms_per_s=10_000,
    )
    issuer = issuer_from(settings)
    with TestClient(create_app(settings, database=written_city)) as client:

        def sent(query: str, unit: str, role: str = "officer", *, headers: Any = None, **body: Any) -> dict[str, Any]:
            token = issuer.issue(unit, f"{role}:{unit}", roles=[role], ttl=600)
            given = {"Authorization": f"Bearer {token}"} | (headers or {})
            reply: dict[str, Any] = client.post("/graphql", json={"query": query, **body}, headers=given).json()
            return reply

        yield sent
