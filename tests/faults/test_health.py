"""Readiness, figures and stage times: what they tell, to whom, and that they name nobody."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from httpx2 import Client, Response
from psycopg.conninfo import make_conninfo

from hub.cli.status import show_status
from hub.database import Database, Role
from hub.errors import all_errors
from hub.query.stages import STAGES
from hub.settings import Secret, Settings
from tests.clients.hub_server import Served, serving
from tests.faults.asking import PAUSE, QUESTION
from tests.faults.conftest import short, through
from tests.faults.hub_process import environment
from tests.faults.proxy import Proxy


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def settings(small_city: Database, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return short(small_city.settings, data=tmp_path_factory.mktemp("health"), metrics_port=free_port())


@pytest.fixture(scope="module")
def served(settings: Settings, small_city: Database) -> Iterator[Served]:
    with serving(settings, small_city) as hub:
        yield hub


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    with Client(base_url=served.url, timeout=30) as opened:
        yield opened


def bearer(served: Served, role: str = "officer", unit: str = "ED@430621") -> dict[str, str]:
    return {"Authorization": f"Bearer {served.token(unit, role)}"}


def test_figures_tell_stages_and_outcomes_and_name_nobody(served: Served, settings: Settings, client: Client) -> None:
    client.post("/graphql", json={"query": QUESTION}, headers=bearer(served))
    client.post("/graphql", json={"query": "{ nonsense }"}, headers=bearer(served))
    client.post("/graphql", json={"query": QUESTION}, headers={"Authorization": "Bearer nobody"})
    text = Client().get(f"http://127.0.0.1:{settings.metrics_port}/metrics").text
    values = dict(re.findall(r"^(hub_[^ ]+) ([0-9.e+-]+)$", text, re.MULTILINE))
    assert float(values['hub_requests_total{code="ANSWERED"}']) >= 1
    assert float(values['hub_requests_total{code="DOCUMENT_INVALID"}']) >= 1
    assert float(values['hub_requests_total{code="TOKEN_INVALID"}']) >= 1
    for stage in STAGES:
        assert float(values[f'hub_stage_seconds_count{{stage="{stage}"}}']) >= 1
        assert (
            values[f'hub_stage_seconds_bucket{{le="+Inf",stage="{stage}"}}']
            == values[f'hub_stage_seconds_count{{stage="{stage}"}}']
        )
    assert values["hub_record_ready"] == "1.0" and float(values["hub_plans"]) >= 1
    labels = dict(re.findall(r'(\w+)="([^"]*)"', " ".join(values)))
    assert labels.keys() <= {"stage", "code", "pool", "le"}
    assert {code for code in re.findall(r'code="(\w+)"', text)} <= {error.code for error in all_errors()} | {"ANSWERED"}
    assert not re.search(r"430621|张|zhang", text)


def test_figures_are_not_at_the_public_door(client: Client, served: Served) -> None:
    assert client.get("/metrics", headers=bearer(served, "system_admin")).status_code == 404


def test_stage_times_are_for_administrators(client: Client, served: Served) -> None:
    body = {"query": "{ viewer { kind } }"}
    assert "server-timing" not in client.post("/graphql", json=body, headers=bearer(served)).headers
    administrator = bearer(served, "system_admin", "CA@430621")
    shown = client.post("/graphql", json=body, headers=administrator).headers["server-timing"]
    assert [part.split(";")[0] for part in shown.split(", ")] == list(STAGES)
    assert all(re.fullmatch(r"\w+;dur=\d+\.\d{3}", part) for part in shown.split(", "))


def test_ready_where_all_is_well(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (200, "ready\n")
    assert client.get("/healthz").text == "ok\n"


def test_not_ready_where_the_clocks_differ(small_city: Database, tmp_path: Path) -> None:
    # A function of that name, found first by this session, stands in for a database whose clock is wrong.
    with closing(small_city.connect(Role.MIGRATOR)) as connection:
        connection.execute("create schema ahead")
        connection.execute("grant usage on schema ahead to public")
        connection.execute(
            "create function ahead.clock_timestamp() returns timestamptz language sql stable"
            " as $$ select pg_catalog.clock_timestamp() + interval '1 hour' $$"
        )
        connection.commit()
        settings = through(small_city, tmp_path)
        assert settings.database_read_url is not None
        url = make_conninfo(settings.database_read_url.reveal(), options="-c search_path=ahead,public,pg_catalog")
        settings = replace(settings, database_read_url=Secret(url))
        with Database.open(settings) as wrong, serving(settings, wrong) as hub, Client(base_url=hub.url) as client:
            response = client.get("/readyz")
        connection.execute("drop schema ahead cascade")
        connection.commit()
    assert response.status_code == 503
    assert response.json()["errors"][0]["extensions"]["code"] == "CLOCK_SKEWED"


def test_not_ready_where_the_database_is_away(small_city: Database, proxy: Proxy, folder: Path) -> None:
    settings = through(small_city, folder, host="127.0.0.1", port=proxy.port)
    with Database.open(settings) as database, serving(settings, database) as hub, Client(base_url=hub.url) as client:
        assert client.get("/readyz").status_code == 200
        proxy.refuse()
        assert until(client, 503).json()["errors"][0]["extensions"]["retryable"] is True
        assert client.get("/healthz").status_code == 200
        proxy.mend()
        until(client, 200)


def until(client: Client, status: int, seconds: float = 60) -> Response:
    ends = time.monotonic() + seconds
    while (response := client.get("/readyz")).status_code != status:
        assert time.monotonic() < ends
        time.sleep(PAUSE)
    return response


def test_status_tells_what_stands_where(
    small_city: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(small_city, tmp_path).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(typer.Exit) as done:
        show_status()
    shown = capsys.readouterr().out
    assert done.value.exit_code == 0
    assert all(word in shown for word in ("数据库", "迁移", "策略", "连接", "磁盘", "备份", "时钟"))
    assert "✗" not in shown
