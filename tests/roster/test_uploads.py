"""Rosters over HTTP: tried first, written when told to, shown to the one who sent them and to nobody else."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from openpyxl import load_workbook
from starlette.testclient import TestClient

from hub.app import Hub, create_app
from hub.identity.trust import issuer_from
from hub.roster.tray import FILE, read_state, write_state
from tests.conftest import MakeDatabase
from tests.ledger.writers import TOWNSHIP
from tests.query.small_city import fill
from tests.roster import books
from tests.roster.world import UNITS, World, world_of

BINARY = {"Content-Type": "application/octet-stream"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    client: TestClient
    hub: Hub
    world: World
    token: Callable[[str, str], str]

    def send(self, method: str, path: str, unit: str = TOWNSHIP, person: str = "zhang.san", **given: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.token(unit, person)}"} | given.pop("headers", {})
        answer: Response = self.client.request(method, path, headers=headers, **given)
        return answer

    def upload(self, content: bytes, query: str = "") -> str:
        answer = self.send("POST", f"/imports{query}", content=content, headers=BINARY)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def settle(self) -> None:
        assert self.client.portal is not None
        self.client.portal.call(self.hub._open_trays().settled)

    def state(self, name: str) -> dict[str, Any]:
        state: dict[str, Any] = self.send("GET", f"/imports/{name}").json()
        return state


@pytest.fixture(scope="module")
def service(make_database: MakeDatabase, worker_id: str) -> Iterator[Service]:
    database = make_database(f"uploads_{worker_id}")
    fill(database)
    settings = replace(database.settings, dev_issuer=True, import_max_bytes=100_000, daily=False)
    world = world_of(database, settings.data / "audit")
    for code, level, division in UNITS:
        world.execute(
            "INSERT INTO organisation (code, unit_type, level, division, name, valid_from)"
            " VALUES (%s, %s, %s, %s, %s, '2016-09-01')",
            code, code[:2], level, division, code,
        )  # fmt: skip
    world.clear()
    issuer = issuer_from(settings)
    hub = create_app(settings, database=database)
    with TestClient(hub) as client:
        token = lambda unit, person: issuer.issue(unit, person, roles=["officer"], ttl=600)  # noqa: E731
        yield Service(client=client, hub=hub, world=world, token=token)


@pytest.mark.slow
def test_roster_is_tried_then_written_then_unchanged(service: Service, tmp_path: Path) -> None:
    name = service.upload(books.rounded(tmp_path / "roster.xlsx").read_bytes())
    service.settle()
    tried = service.state(name)
    assert (tried["phase"], tried["result"]["written"], tried["result"]["results"]["new"]) == ("done", False, 1)
    assert service.world.rows("select count(*) from child") == [(0,)]
    report = service.send("GET", f"/imports/{name}/report")
    assert load_workbook(io.BytesIO(report.content)).sheetnames == ["Sheet", "共知说明"]
    assert service.send("POST", f"/imports/{name}", json={"write": True}).status_code == 202
    service.settle()
    assert service.state(name)["result"]["results"] == {
        "new": 1, "changed": 0, "unchanged": 0, "doubtful": 0, "faulty": 2, "skipped": 0,
    }  # fmt: skip
    assert service.world.rows("select count(*) from child") == [(1,)]
    assert service.send("DELETE", f"/imports/{name}").status_code == 204
    assert service.send("GET", f"/imports/{name}").status_code == 404


def test_upload_is_its_senders_alone(service: Service) -> None:
    name = service.upload("姓名,性别\n张三,男\n".encode())
    others = [("TW@430621105", "li.si"), ("CA@430621", "wang.wu"), (TOWNSHIP, "li.si")]
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", ""), ("GET", "/report")):
        answers = {service.send(method, f"/imports/{name}{path}", *who).content for who in others}
        answers.add(service.send(method, f"/imports/{'x' * 24}{path}").content)
        assert len(answers) == 1 and b"NOT_FOUND" in answers.pop()
    service.send("DELETE", f"/imports/{name}")


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 415, "ROSTER_MEDIA_TYPE"),
        ({"content": b"x", "headers": BINARY | {"Content-Encoding": "gzip"}}, 415, "ROSTER_MEDIA_TYPE"),
        ({"content": b"x" * 100_001, "headers": BINARY}, 413, "LIMIT_BODY"),
        ({"content": iter([b"x" * 60_000] * 2), "headers": BINARY}, 413, "LIMIT_BODY"),
        ({"content": b"x", "headers": BINARY, "params": {"write": "yes"}}, 422, "REQUEST_MALFORMED"),
    ],
    ids=["a form", "compressed", "too large", "too large without saying so", "unclear"],
)
def test_what_is_no_roster_is_refused(service: Service, given: dict[str, Any], status: int, code: str) -> None:
    answer = service.send("POST", "/imports", **given)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)
    # Other tests may upload rosters into the folder meanwhile; none of them begins like this.
    assert [
        path for path in (service.world.database.settings.data / "imports").glob("*/" + FILE) if _is_ours(path)
    ] == []


def _is_ours(path: Path) -> bool:
    try:
        return path.read_bytes()[:1] == b"x"
    except FileNotFoundError:
        return False


def test_stranger_is_refused_before_the_body(service: Service) -> None:
    assert service.client.post("/imports", content=b"x", headers=BINARY).status_code == 401


@pytest.mark.slow
def test_failed_or_interrupted_import_is_told_and_may_go_on(service: Service) -> None:
    name = service.upload(b"%PDF-1.7 nothing")
    service.settle()
    failed = service.state(name)
    assert (failed["phase"], failed["error"]["code"]) == ("failed", "ROSTER_UNREADABLE")
    tray = service.world.database.settings.data / "imports" / name
    books.plain(tray / FILE)
    write_state(tray, {**read_state(tray), "phase": "running", "result": None})
    assert service.state(name)["phase"] == "interrupted"
    service.send("POST", f"/imports/{name}", json={"mapping": {"监护人姓名": "carer.name"}})
    service.settle()
    state = service.state(name)
    assert (state["phase"], {c["header"]: c["field"] for c in state["result"]["columns"]}["监护人姓名"]) == (
        "done", "carer.name",
    )  # fmt: skip
    write_state(tray, {**read_state(tray), "expiresAt": 0})
    assert service.send("GET", f"/imports/{name}").status_code == 404
    service.send("DELETE", f"/imports/{service.upload(b'x')}")
    assert not tray.exists()
