"""Values planted in every part of a request, and in what the database says, are in no output of hub or database."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from urllib.parse import quote

import psycopg
import pytest
from httpx2 import Client
from psycopg import sql

from hub.database import Database, Role
from hub.embedded.server import EmbeddedServer
from tests.conftest import MakeDatabase
from tests.faults.hub_process import HubProcess, environment, served_apart
from tests.query.small_city import fill

pytestmark = pytest.mark.slow

CANARY, SPOKEN = "zq7canary", "哨兵张小明"
FORGED = f'{CANARY}\n{{"event":"Forged"}}\r\x1b[2J\u2028{SPOKEN}'
FORMS = {
    CANARY,
    SPOKEN,
    quote(SPOKEN),
    json.dumps(SPOKEN).strip('"'),
    SPOKEN.encode().hex(),
    CANARY.encode().hex(),
    base64.b64encode(SPOKEN.encode()).decode().rstrip("="),
    "\x1b",
    '"event":"Forged"',
}
EVENTS = {"Serving", "Failed", "Unavailable", "Recovered", "Said", "Unanchored"}
DOCUMENTS = [
    "{ children(filter: {name: {eq: %s}}, first: 1) { nodes { name } } }",
    "{ children(filter: {citizenIdNo: {eq: %s}}, first: 1) { nodes { name } } }",
    "{ children(first: 1, after: %s) { nodes { name } } }",
    "{ child(id: %s) { name } }",
    "{ node(id: %s) { id } }",
    "{ children(first: %s) { nodes { name } } }",
    "{ children(filter: {sex: {eq: %s}}) { nodes { name } } }",
    "{ children(filter: {birthDate: {eq: %s}}) { nodes { name } } }",
    "{ children(nonsense: %s) { nodes { name } } }",
    "{ viewer { unit } } # %s",
    "{ %s",
]


@pytest.fixture(scope="module")
def city(make_database: MakeDatabase, worker_id: str) -> Database:
    database = make_database(f"canaries_{worker_id}")
    fill(database)
    return database


@pytest.fixture(scope="module")
def hub(city: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    settings = environment(city, tmp_path_factory.mktemp("canaries"), HUB_LOG_LEVEL="debug")
    with served_apart(settings | {"HUB_STATEMENT_TIMEOUT_MS": "2000"}) as served:
        yield served


@pytest.fixture
def client(hub: HubProcess) -> Iterator[Client]:
    with Client(base_url=hub.url, timeout=30) as opened:
        yield opened


def told(hub: HubProcess, server: EmbeddedServer) -> str:
    return "".join(hub.lines) + "".join(hub.output) + server.log.read_text("utf-8", "replace")


def assert_untold(hub: HubProcess, server: EmbeddedServer) -> None:
    text = told(hub, server)
    assert [form for form in FORMS if form in text] == []
    assert {json.loads(line)["event"] for line in hub.lines} <= EVENTS


def bearer(hub: HubProcess, person: str = CANARY) -> dict[str, str]:
    return {"Authorization": f"Bearer {hub.issuer.issue('ED@430621', person, roles=['officer'], ttl=600)}"}


def test_nothing_planted_is_told(hub: HubProcess, client: Client, server: EmbeddedServer, city: Database) -> None:
    """One hub for all of it, as each start of one is dear; what was told where is seen in the failure."""
    for plant in (literals_and_names, variables_and_extensions, headers_paths_and_bodies):
        plant(hub, client)
        assert_untold(hub, server)
    what_the_database_says(hub, client, city)
    assert_untold(hub, server)
    (fault,) = (event for line in hub.lines if (event := json.loads(line))["event"] == "Failed")
    assert fault["error"] == ["SQLSTATE 42703"]


def literals_and_names(hub: HubProcess, client: Client) -> None:
    for document, value in product(DOCUMENTS, (CANARY, SPOKEN, FORGED)):
        for query in (document % json.dumps(value), f"query {CANARY} {{ {CANARY}: __typename {CANARY} }}"):
            client.post("/graphql", json={"query": query, "operationName": value}, headers=bearer(hub))


def variables_and_extensions(hub: HubProcess, client: Client) -> None:
    queries = [
        "query ($v: String!) { children(filter: {name: {eq: $v}}, first: 1) { nodes { name } } }",
        "query ($v: Int!) { children(first: $v) { nodes { name } } }",
        "query ($v: ID!) { child(id: $v) { name } }",
    ]
    extensions = [{}, {"onDenied": CANARY}, {"purpose": {"case": FORGED}}, {"purpose": SPOKEN}]
    for query in queries:
        for extension in extensions:
            for value in (CANARY, SPOKEN, FORGED, {SPOKEN: [CANARY]}):
                body = {"query": query, "variables": {"v": value, CANARY: value}, "extensions": extension}
                client.post("/graphql", json=body, headers=bearer(hub))


def headers_paths_and_bodies(hub: HubProcess, client: Client) -> None:
    body = {"query": "{ viewer { kind } }"}
    for name in ("Hub-Duty", "Hub-Case", "Hub-Task", "Hub-Application", "Accept", "Origin", "Cookie", "User-Agent",
                 "X-Forwarded-For", "Content-Type", "Content-Encoding"):  # fmt: skip
        client.post("/graphql", json=body, headers=bearer(hub) | {name: CANARY})
    for token in (CANARY, f"{CANARY}.{CANARY}.{CANARY}", bearer(hub)["Authorization"] + CANARY):
        client.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}"})
    for path in (f"/{CANARY}", f"/graphql/{quote(SPOKEN)}", f"/graphql?query={CANARY}", f"/graphiql/{CANARY}"):
        client.get(path)
        client.request(CANARY.upper(), path)
    for content in (
        CANARY,
        f'["{CANARY}"]',
        f'{{"query": "{CANARY}',
        f'{{"query": 1, "{CANARY}": 2}}',
        b"\xff zq7canary",
    ):
        client.post("/graphql", content=content, headers=bearer(hub) | {"Content-Type": "application/json"})
    for raw in (f"{CANARY}\r\n\r\n", f"GET /{CANARY} HTTP/9.9\r\n\r\n", f"POST /graphql HTTP/1.1\r\n{CANARY}\r\n\r\n",
                f"POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n"):  # fmt: skip
        with socket.create_connection(("127.0.0.1", hub.port)) as connection:
            connection.sendall(raw.encode())
            connection.recv(4096)


def what_the_database_says(hub: HubProcess, client: Client, city: Database) -> None:
    literal = f'{{ children(filter: {{name: {{eq: "{CANARY}"}}}}, first: 2) {{ nodes {{ name }} }} }}'
    seen = []

    def ask() -> None:
        response = client.post("/graphql", json={"query": literal}, headers=bearer(hub))
        assert [form for form in FORMS if form in response.text] == []
        errors = response.json().get("errors", [])
        seen.append(errors[0]["extensions"]["code"] if errors else None)

    ask()
    with closing(city.connect(Role.MIGRATOR)) as connection:
        with connection.transaction(force_rollback=True):
            connection.execute("lock table child in access exclusive mode")
            ask()
        connection.execute("alter table child rename column name to former")
        connection.commit()
        ask()
        connection.execute("alter table child rename column former to name")
        # What comes next in the chain is there already: the refusal of the duplicate quotes its key.
        connection.execute(
            "create function refuse() returns trigger language plpgsql as"
            f" $$ begin raise unique_violation using message = '{CANARY}', detail = 'Key (name)=({SPOKEN})'; end $$"
        )
        connection.execute(
            "create trigger refuse before insert on access_record for each row execute function refuse()"
        )
        connection.commit()
        ask()
        connection.execute("drop trigger refuse on access_record")
        connection.commit()
    assert seen == [None, "TIMEOUT", "INTERNAL", "CANNOT_RECORD"]


def test_refusals_of_the_embedded_server_are_not_in_its_log(server: EmbeddedServer, city: Database) -> None:
    with closing(city.connect(Role.WRITER)) as connection:
        for statement, value in (
            ("select %s::int", CANARY),
            ("select %s::date", SPOKEN),
            ("select 1/0 --" + CANARY, None),
        ):
            with pytest.raises(psycopg.DataError):
                connection.execute(sql.SQL(statement), [value] if value else None)
            connection.rollback()
    text = server.log.read_text("utf-8", "replace")
    assert [form for form in FORMS if form in text] == []
