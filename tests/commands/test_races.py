"""Two at once, from two hubs over one database: one of them wins, and the other is told so clearly.

Nobody sleeps: both wait for a lock that the test holds, in an order that the database itself shows, and are let go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from httpx2 import Client

from hub.database import Database, Role
from hub.demo.playing import mutation
from hub.interface import DEEDS
from tests.clients.hub_server import Served, serving
from tests.commands.conftest import CIVIL, SCHOOL, STATION, TOWNSHIP, VILLAGE
from tests.query.small_city import child_id

SECOND = "PS@430621104-02"
_WAITING = (
    "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted"
    " AND a.datname = current_database()"
)
Act = tuple[str, str, str, dict[str, Any]]  # unit, act, row, values


@dataclass(frozen=True, slots=True)
class Hubs:
    """Two hubs of one database, as two nodes have."""

    served: tuple[Served, Served]
    database: Database
    client: Client

    def tried(self, hub: int, act: Act | tuple[str, str, None, dict[str, Any]], shown: str = "id") -> dict[str, Any]:
        """The row that is answered, or the code of the refusal."""
        unit, name, row, values = act
        variables = ({} if row is None else {"target": row}) | ({"input": values} if DEEDS[name].input_type else {})
        query = mutation(name, on=row is not None, shown=shown)
        served = self.served[hub]
        headers = {"Authorization": f"Bearer {served.token(unit, 'officer')}"}
        sent = {"query": query, "variables": variables}
        body = self.client.post(served.endpoint, json=sent, headers=headers).json()
        if "errors" in body:
            return {"code": body["errors"][0]["extensions"]["code"]}
        answered: dict[str, Any] = body["data"][name][DEEDS[name].entity.about.single] or {}
        return answered

    def acknowledge_all(self) -> None:
        for unit, ids in self.rows(
            "select unit, array_agg(id) from notice where acknowledged_at is null group by unit"
        ):
            headers = {"Authorization": f"Bearer {self.served[0].token(unit, 'officer')}"}
            query = "mutation ($ids: [ID!]!) { acknowledgeNotices(notices: $ids) { notice { id } } }"
            body = {"query": query, "variables": {"ids": ids}}
            assert "errors" not in self.client.post(self.served[0].endpoint, json=body, headers=headers).json()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.database.connect(Role.MIGRATOR) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def race(self, table: str, row: str, *acts: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
        """All wait for the row, in the order in which they came; then it is let go."""
        with ThreadPoolExecutor(len(acts)) as pool, self.database.connect(Role.MIGRATOR) as held:
            held.execute(f"select 1 from {table} where id = %s for update".encode(), [row])
            sent: list[Future[dict[str, Any]]] = []
            for act in acts:
                sent.append(pool.submit(act))
                _until(self.database, len(sent))
            held.rollback()
            return [each.result() for each in sent]


def _until(database: Database, waiting: int) -> None:
    with psycopg.connect(database.conninfo(Role.MIGRATOR), autocommit=True) as connection:
        while connection.execute(_WAITING).fetchone() != (waiting,):
            connection.execute("select pg_sleep(0.01)")


@pytest.fixture(scope="module")
def hubs(city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hubs]:
    with city.connect(Role.MIGRATOR) as connection:
        connection.execute(
            "insert into organisation (code, unit_type, level, division, name, valid_from)"
            " values (%s, 'PS', 'township', '430621104000', %s, '2016-09-01')",
            (SECOND, SECOND),
        )
    with ExitStack() as stack:
        served = []
        for node in ("one", "two"):
            folder = tmp_path_factory.mktemp(node)
            settings = replace(city.settings, data=folder, node=node, dev_issuer=True, daily=False)
            served.append(stack.enter_context(serving(settings, city)))
        yield Hubs((served[0], served[1]), city, stack.enter_context(Client(timeout=60)))


def reported(hubs: Hubs, child: int) -> str:
    values = {"child": child_id(child), "situationTypes": ["other_harm"], "narrative": "需要核实"}
    return str(hubs.tried(0, (SCHOOL, "reportConcern", None, values))["id"])


@pytest.mark.parametrize(("first", "second"), [(STATION, SECOND), (SECOND, STATION)], ids=["one", "other"])
def test_a_report_that_two_stations_accept_at_once_is_accepted_once(hubs: Hubs, first: str, second: str) -> None:
    child = 1 if first == STATION else 2
    report = reported(hubs, child)
    shown = "id status case { id leadUnit }"
    one, other = hubs.race(
        "concern_report", report,
        lambda: hubs.tried(0, (first, "acceptReport", report, {}), shown),
        lambda: hubs.tried(1, (second, "acceptReport", report, {}), shown),
    )  # fmt: skip
    assert (one["status"], one["case"]["leadUnit"], other) == ("accepted", first, {"code": "ALREADY_DONE"})
    case = one["case"]["id"]
    assert hubs.rows("select id from protection_case where child_id = %s", child_id(child)) == [(case,)]
    parties = hubs.rows("select unit, role from case_party where case_id = %s order by unit", case)
    assert parties == [(CIVIL, "co_lead"), (first, "lead"), (TOWNSHIP, "co_lead"), (VILLAGE, "participant")]
    assert hubs.rows("select type from case_event where case_id = %s", case) == [("report_accepted",)]


def closable(hubs: Hubs, child: int) -> str:
    """A case of which everybody knows everything."""
    report = reported(hubs, child)
    case = hubs.tried(0, (STATION, "acceptReport", report, {}), "case { id }")["case"]["id"]
    assert hubs.tried(0, (TOWNSHIP, "startFollowUp", case, {})) != {}
    hubs.acknowledge_all()
    return str(case)


VISIT = {"type": "follow_up"}


def test_who_acts_as_the_case_is_closed_is_told_that_it_is(hubs: Hubs) -> None:
    case = closable(hubs, 3)
    closed, acted = hubs.race(
        "protection_case", case,
        lambda: hubs.tried(0, (TOWNSHIP, "closeCase", case, {"closeReason": "safe_at_home"})),
        lambda: hubs.tried(1, (CIVIL, "visitInCase", case, VISIT)),
    )  # fmt: skip
    assert "code" not in closed and acted == {"code": "CASE_CLOSED"}
    assert hubs.rows("select count(*) from visit where child_id = %s", child_id(3)) == [(0,)]


def test_who_closes_as_another_acts_is_told_who_does_not_know_yet(hubs: Hubs) -> None:
    case = closable(hubs, 4)
    acted, closed = hubs.race(
        "protection_case", case,
        lambda: hubs.tried(1, (STATION, "notifyUnits", case, {"units": [VILLAGE], "summary": "新情况"})),
        lambda: hubs.tried(0, (TOWNSHIP, "closeCase", case, {"closeReason": "safe_at_home"})),
    )  # fmt: skip
    assert "code" not in acted and closed == {"code": "KNOWLEDGE_MISSING"}
    assert hubs.rows("select stage from protection_case where id = %s", case) == [("follow_up",)]
