"""Fixtures of the clients' tests.

served    a hub over a small city with the story's child in it
answers   what plain HTTP requests are answered, by name of the question: the measure for every client
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from hub.database import Role
from hub.demo.facts import CITY
from hub.demo.load import load_city
from tests.clients.hub_server import Served, serving
from tests.clients.questions import OWN, SAME, Question
from tests.conftest import MakeDatabase

#: Enough for every kind of row; the whole city would take a minute to load.
CHILDREN = 400


@pytest.fixture(scope="session")
def served(make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    database = make_database(f"clients_{worker_id}")
    load_city(database.conninfo(Role.MIGRATOR), totals=CITY.scaled(CHILDREN))
    settings = replace(database.settings, data=tmp_path_factory.mktemp("hub"), dev_issuer=True)
    with serving(settings, database) as hub:
        yield hub


@pytest.fixture(scope="session")
def answers(served: Served) -> Mapping[str, Mapping[str, Any]]:
    def answer(question: Question) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {served.token(question.unit, question.role)}"}
        body = {"query": question.document, "variables": question.variables}
        response = httpx2.post(served.endpoint, json=body, headers=headers, timeout=30)
        assert response.status_code == 200, response.text
        read: Mapping[str, Any] = response.json()
        return read

    return {question.name: answer(question) for question in (*OWN, *SAME)}
