"""Fixtures of the security checklist: a hub over the small city, and callers of its units."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from hub.app import create_app
from hub.database import Database
from hub.identity.trust import issuer_from
from hub.settings import Settings
from tests.conftest import MakeDatabase
from tests.query.small_city import fill

Ask = Callable[..., Response]


@pytest.fixture(scope="session")
def city(make_database: MakeDatabase, worker_id: str) -> Database:
    database = make_database(f"security_{worker_id}")
    fill(database)
    return database


@pytest.fixture(scope="session")
def place(city: Database, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return replace(city.settings, data=tmp_path_factory.mktemp("hub"), dev_issuer=True, graphiql=False, daily=False)


@pytest.fixture(scope="session")
def client(city: Database, place: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(place, database=city)) as client:
        yield client


@pytest.fixture(scope="session")
def ask(client: TestClient, place: Settings) -> Ask:
    return asking(client, place)


def asking(client: TestClient, place: Settings) -> Ask:
    issuer = issuer_from(place)

    def ask(
        query: str,
        unit: str = "ED@430621",
        role: str = "officer",
        *,
        person: str = "zhang.san",
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> Response:
        token = issuer.issue(unit, person, roles=[role], ttl=600)
        given = {"Authorization": f"Bearer {token}"} | (headers or {})
        return client.post("/graphql", json={"query": query, **body}, headers=given)

    return ask


def code_of(response: Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


def refusal(response: Response) -> tuple[int, str]:
    return response.status_code, code_of(response)
