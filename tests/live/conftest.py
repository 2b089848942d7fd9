"""Fixtures of live knowledge.

city    a database of the module's own, with every unit that has a part in a case
hub     a hub over it on a port of this machine, and what acts as units through it
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import pytest

from hub.database import Database, Role
from hub.identity.issuer import Issuer
from hub.interface import DEEDS
from tests.clients.hub_server import serving
from tests.commands.conftest import COUNTY_UNITS, SCHOOL, SITES, STATION
from tests.conftest import MakeDatabase
from tests.query.small_city import child_id, fill

#: A module whose tests are shared out between workers may be set up more than once by one of them.
NUMBERS = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A hub over HTTP, and the database below it."""

    url: str
    issuer: Issuer
    database: Database

    def token(self, unit: str, role: str = "officer", ttl: int = 600, person: str | None = None) -> str:
        return self.issuer.issue(unit, person or f"{role}:{unit}", roles=[role], ttl=ttl)

    def ask(self, unit: str, query: str, **variables: Any) -> dict[str, Any]:
        reply = httpx2.post(
            f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=30,
            headers={"Authorization": f"Bearer {self.token(unit)}"},
        )  # fmt: skip
        read: dict[str, Any] = reply.json()
        return read

    def act(self, unit: str, name: str, target: tuple[str, str] | None = None, /, **given: Any) -> dict[str, Any]:
        """The row that an act answers with."""
        deed, shown = DEEDS[name], given.pop("shown", "id")
        declared, passed, variables = list[str](), list[str](), dict[str, Any]()
        if target is not None:
            declared, passed, variables = ["$target: ID!"], [f"{target[0]}: $target"], {"target": target[1]}
        if deed.input_type is not None:
            declared.append(f"$input: {deed.input_type}!")
            passed.append("input: $input")
            variables["input"] = given
        answered = f"{deed.entity.about.single} {{ {shown} }}"
        query = f"mutation ({', '.join(declared)}) {{ {name}({', '.join(passed)}) {{ {answered} }} }}"
        body = self.ask(unit, query, **variables)
        assert "errors" not in body, body["errors"]
        return dict(next(iter(body["data"][name].values())) or {})

    def case(self, child: int) -> str:
        """A case that the police have accepted on a school's report."""
        report = self.act(
            SCHOOL, "reportConcern", child=child_id(child), situationTypes=["suspected_domestic_violence"],
            immediateDanger=True, narrative="身上有伤",
        )  # fmt: skip
        accepted = self.act(STATION, "acceptReport", ("report", report["id"]), shown="case { id }")
        return str(accepted["case"]["id"])

    def step(self, case: str, measure: str = "contact_relatives") -> None:
        """A further step in a case: every party is told of it."""
        self.act(STATION, "recordMeasure", ("case", case), measure=measure)


@pytest.fixture(scope="module")
def city(make_database: MakeDatabase, worker_id: str, request: pytest.FixtureRequest) -> Database:
    database = make_database(f"live{next(NUMBERS)}_{request.module.__name__.rpartition('.')[2]}_{worker_id}")
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


@pytest.fixture(scope="module")
def hub(city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    settings = replace(
        city.settings, data=tmp_path_factory.mktemp("hub"), dev_issuer=True, heartbeat_s=1, token_leeway_s=0,
        slow_request_s=2, max_subscriptions=5, allowed_origins="https://ledger.invalid",
    )  # fmt: skip
    with serving(settings, city) as served:
        yield Hub(url=served.url, issuer=served.issuer, database=city)
