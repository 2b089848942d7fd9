"""The small city with every unit that has a part in a case, and what sends acts as them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.app import create_app
from hub.database import Database, Role
from hub.identity.trust import issuer_from
from tests.conftest import MakeDatabase
from tests.query.small_city import fill

COUNTY_UNITS = ("PS", "HE", "PR", "JU", "WF", "DF", "HR", "YL", "JC")
SITES = [
    ("TW@430621104", "township", "430621104000"),
    ("TW@430621105", "township", "430621105000"),
    ("PS@430621104-01", "township", "430621104000"),
    ("PS@430621105-01", "township", "430621105000"),
    ("VC@430621105201", "village", "430621105201"),
    ("RS@430621-01", "county", "430621000000"),
    ("WI@430621-01", "county", "430621000000"),
    ("MI@430621-01", "county", "430621000000"),
    ("SW@430621-01", "county", "430621000000"),
]
SCHOOL, STATION, TOWNSHIP, VILLAGE = "SC@430621104-01", "PS@430621104-01", "TW@430621104", "VC@430621104201"
CIVIL, COURT, SHELTER, PROSECUTOR = "CA@430621", "CT@430621", "RS@430621-01", "PR@430621"

#: A module whose tests are shared out between workers may be set up more than once by one of them.
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def city(make_database: MakeDatabase, worker_id: str, request: pytest.FixtureRequest) -> Database:
    """A database of the module's own."""
    database = make_database(f"acts{next(NUMBERS)}_{request.module.__name__.rpartition('.')[2]}_{worker_id}")
    fill(database)
    units = [(f"{kind}@430621", "county", "430621000000") for kind in COUNTY_UNITS] + SITES
    with database.connect(Role.MIGRATOR) as connection:
        for code, level, division in units:
            connection.execute(
                "INSERT INTO organisation (code, unit_type, level, division, name, valid_from)"
                " VALUES (%s, %s, %s, %s, %s, '2016-09-01') ON CONFLICT DO NOTHING",
                (code, code[:2], level, division, code),
            )
    return database


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Sends as units, and looks into the database."""

    post: Callable[..., dict[str, Any]]
    database: Database

    def ask(self, unit: str, query: str, role: str = "officer", **variables: Any) -> dict[str, Any]:
        return self.post(query, unit, role, variables=variables)

    def act(self, unit: str, name: str, target: tuple[str, str] | None = None, /, **given: Any) -> dict[str, Any]:
        """The row that the act answers with; fails where it is refused."""
        body = self.tried(unit, name, target, **given)
        assert "errors" not in body, body["errors"]
        found: dict[str, Any] = next(iter(body["data"][name].values()))
        return found

    def tried(self, unit: str, name: str, target: tuple[str, str] | None = None, /, **given: Any) -> dict[str, Any]:
        from hub.interface import DEEDS

        deed = DEEDS[name]
        role, key = given.pop("role", "officer"), given.pop("key", None)
        shown = given.pop("shown", "id")
        single = deed.entity.about.single
        declared, passed, variables = [], [], dict[str, Any]()
        if target is not None:
            declared, passed, variables = ["$target: ID!"], [f"{target[0]}: $target"], {"target": target[1]}
        if deed.input_type is not None:
            declared.append(f"$input: {deed.input_type}!")
            passed.append("input: $input")
            variables["input"] = given
        if key is not None:
            declared.append("$key: String")
            passed.append("idempotencyKey: $key")
            variables["key"] = key
        head = f"({', '.join(declared)})" if declared else ""
        arguments = f"({', '.join(passed)})" if passed else ""
        query = f"mutation {head} {{ {name}{arguments} {{ {single} {{ {shown} }} }} }}"
        return self.post(query, unit, role, variables=variables)

    def code(self, unit: str, name: str, target: tuple[str, str] | None = None, /, **given: Any) -> str:
        body = self.tried(unit, name, target, **given)
        return str(body["errors"][0]["extensions"]["code"]) if "errors" in body else "DONE"

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.database.connect(Role.MIGRATOR) as connection:
            return connection.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def desk(city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("hub")
    settings = replace(
        city.settings, data=folder, dev_issuer=True, daily=False, cost_per_s=10_000_000, planning_ms_per_s=10_000
    )
    issuer = issuer_from(settings)
    with TestClient(create_app(settings, database=city)) as client:

        def sent(query: str, unit: str, role: str = "officer", **body: Any) -> dict[str, Any]:
            token = issuer.issue(unit, f"{role}:{unit}", roles=[role], ttl=600)
            headers = {"Authorization": f"Bearer {token}"}
            reply: dict[str, Any] = client.post("/graphql", json={"query": query, **body}, headers=headers).json()
            return reply

        yield Desk(post=sent, database=city)
