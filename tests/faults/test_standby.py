"""Reads from a standby: every caller sees its own writes, old data are passed over, and outages are not noticed."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from httpx2 import Client
from psycopg.conninfo import conninfo_to_dict

from hub.database import Database
from hub.embedded.server import EmbeddedServer
from hub.embedded.standby import join_standby
from hub.identity.identity import Identity, Unit
from hub.query.seen import Positions, stated
from hub.settings import Secret, Settings
from schema.classes import Label
from tests.clients.hub_server import Served, serving
from tests.faults.asking import PAUSE, RETRY_CODES
from tests.faults.conftest import copied, short, through
from tests.faults.test_outages import postmaster
from tests.soak.place import TOWNSHIP, VILLAGE
from tests.soak.writing import CREATE

pytestmark = pytest.mark.slow

FIND = "query Find($n: String!) { children(filter: {name: {eq: $n}}, first: 1) { nodes { name } } }"
UNIT = (
    "INSERT INTO organisation (code, unit_type, level, division, name, valid_from)"
    " VALUES (%s, 'TW', 'township', '430621104000', %s, '2016-09-01') ON CONFLICT DO NOTHING"
)


@dataclass(slots=True, kw_only=True)
class Pair:
    """A primary that nobody watches, its standby, and hubs that read from the standby."""

    database: Database
    primary: EmbeddedServer
    standby: EmbeddedServer
    folder: Path
    stack: ExitStack

    def hub(self, name: str, **changes: Any) -> Hub:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        host = conninfo_to_dict(self.primary.superuser())["host"]
        url = Secret(f"host={conninfo_to_dict(self.standby.superuser())['host']} port=5432")
        settings = through(self.database, self.folder / name, host=host, port=5432)
        settings = replace(settings, standby_url=url, metrics_port=port, daily=False, **changes)
        database = self.stack.enter_context(Database.open(settings))
        served = self.stack.enter_context(serving(settings, database))
        hub = Hub(served=served, settings=settings, client=self.stack.enter_context(Client(timeout=30)))
        hub.until(lambda: hub.figure("hub_standby_usable") == 1)
        return hub

    def on_standby(self, statement: str) -> None:
        with psycopg.connect(self.standby.superuser(), autocommit=True) as connection:
            connection.execute(statement.encode())


@dataclass(slots=True, kw_only=True)
class Hub:
    served: Served
    settings: Settings
    client: Client

    def send(self, query: str, unit: str = TOWNSHIP, headers: dict[str, str] | None = None, **variables: Any) -> Any:
        given = {"Authorization": f"Bearer {self.served.token(unit, 'officer')}"} | (headers or {})
        body = {"query": query, "variables": variables}
        return self.client.post(self.served.endpoint, json=body, headers=given)

    def write(self, name: str) -> str:
        """Opens a file; gives the place of the write."""
        values = {"name": name, "sex": "1", "birthDate": "2016-05-04", "residenceDivision": VILLAGE}
        response = self.send(CREATE, input=values, key=name)
        assert "errors" not in response.json(), response.json()
        return str(response.headers["hub-position"])

    def sees(self, name: str, unit: str = TOWNSHIP, headers: dict[str, str] | None = None) -> bool:
        body = self.send(FIND, unit, headers, n=name).json()
        assert "errors" not in body, body
        return bool(body["data"]["children"]["nodes"])

    def figure(self, name: str) -> float:
        text = self.client.get(f"http://127.0.0.1:{self.settings.metrics_port}/metrics").text
        found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    def until(self, holds: Callable[[], bool], seconds: float = 60) -> None:
        ends = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < ends
            time.sleep(PAUSE)


@contextmanager
def paired(small_city: Database, folder: Path) -> Iterator[Pair]:
    assert small_city.server is not None
    settings = short(small_city.settings, data=folder / "first", pg_keep=True)
    with copied(small_city.server, settings) as primary:
        # Replication goes on; watching and restarting do not.
        standby = join_standby(primary, replace(settings, data=folder / "second", pg_keep=False))
        primary.leave()
        with psycopg.connect(primary.superuser(small_city.settings.database_name), autocommit=True) as connection:
            connection.execute(UNIT, (TOWNSHIP, TOWNSHIP))
        try:
            with ExitStack() as stack:
                yield Pair(database=small_city, primary=primary, standby=standby, folder=folder, stack=stack)
        finally:
            standby.leave()
            end(primary)


@pytest.fixture
def pair(small_city: Database, folder: Path) -> Iterator[Pair]:
    with paired(small_city, folder) as made:
        yield made


def end(server: EmbeddedServer) -> None:
    try:
        os.kill(postmaster(server), signal.SIGTERM)
    except (ProcessLookupError, FileNotFoundError):
        return


def test_callers_see_their_own_writes_and_nobody_is_answered_without_the_primary(pair: Pair) -> None:
    hub, other = (pair.hub(name, standby_lag_ms=600_000) for name in ("here", "there"))
    pair.on_standby("select pg_wal_replay_pause()")
    before = hub.figure('hub_reads_total{server="standby"}')
    place = hub.write("测己")
    assert hub.sees("测己")
    assert not hub.sees("测己", "CA@430621")
    assert hub.figure('hub_reads_total{server="standby"}') > before
    # Another node knows of the write by the header only.
    assert not other.sees("测己")
    assert other.sees("测己", headers={"Hub-Position": place})
    pair.on_standby("select pg_wal_replay_resume()")
    hub.until(lambda: hub.sees("测己", "CA@430621"))
    # The standby could go on disclosing; nobody could be told afterwards to whom.
    os.kill(postmaster(pair.primary), signal.SIGKILL)
    hub.until(lambda: refused(hub))
    assert all(refused(hub) for _ in range(5))


def refused(hub: Hub) -> bool:
    body = hub.send(FIND, "CA@430621", n="张1").json()
    if "errors" not in body:
        return False
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] in RETRY_CODES
    return True


def test_standby_that_is_old_or_promoted_or_dead_is_passed_over(pair: Pair) -> None:
    hub = pair.hub("hub", standby_lag_ms=300)
    pair.on_standby("select pg_wal_replay_pause()")
    hub.write("测旧")
    hub.until(lambda: hub.figure("hub_standby_usable") == 0)
    assert hub.sees("测旧", "CA@430621")
    pair.on_standby("select pg_wal_replay_resume()")
    hub.until(lambda: hub.figure("hub_standby_usable") == 1)
    # No longer a standby: what it says from now on is its own story.
    pair.standby.promote()
    hub.until(lambda: hub.figure("hub_standby_usable") == 0)
    hub.write("测亡")
    assert hub.sees("测亡", "CA@430621")
    pair.standby.leave()
    assert all(hub.sees("测亡", unit) for unit in (TOWNSHIP, "CA@430621") for _ in range(5))


def identity(person: str) -> Identity:
    name = Label(zh="教育局", en="education")
    unit = Unit(code="ED@430621", type="ED", level="county", division="430621000000", ranges=(), name=name)
    return Identity(person=person, unit=unit, roles=frozenset(), kind="human", expires_at=0, token_id="t")


def test_positions_are_shared_by_processes_and_only_rise(tmp_path: Path) -> None:
    here, there = Positions(tmp_path / "positions"), Positions(tmp_path / "positions")
    here.note(identity("a"), 2**40)
    here.note(identity("a"), 7)
    assert there.of(identity("a")) == 2**40
    assert there.of(identity("b")) == 0
    for each in (here, there):
        each.close()


@pytest.mark.parametrize(
    ("value", "place"),
    [(b"ff", 255), (b"", 0), (b"-1", 0), (b"zz", 0), (b"1" * 40, 0), ("\uff11".encode(), 0)],
)
def test_position_that_is_none_counts_as_none(value: bytes, place: int) -> None:
    assert stated([(b"hub-position", value)]) == place
