"""From commit to the event at a subscriber: inboxes followed at two processes of the hub, by ever more subscribers.

Each event is a step of a case that eight units are told of, written by the ledger's own statements: a notice and a
change row each. The subscribers are a process of their own; the writer notes when it sent COMMIT, they when an event
was there. ``python -m tests.bench.live`` is the subscribers: it reads one job a line and answers each with one line.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from hub.database import Database, Role
from hub.embedded.server import Tell
from hub.identity.trust import issuer_from
from hub.ledger import statements
from hub.ledger.ids import new_id
from hub.ledger.rows import concerns
from schema.registry import ENTITIES
from tests.bench import contestants, machine
from tests.bench.contestants import Contestant
from tests.bench.load import percentile

#: Subscribers, and whether each event is for all of them instead of for eight units.
LOADS: Sequence[tuple[int, bool]] = ((1, False), (100, False), (1000, False), (1000, True))
PROCESSES, TOLD, EVENTS_A_SECOND = 2, 8, 20.0
#: Seconds between two events that all are told of, and before a subscriber's silence is a failure.
APART, PATIENCE = 3.0, 60.0
SYSTEM, NOTICE = "benchmark", ENTITIES["Notice"]
QUERY = "subscription { inbox { cursor kind notice { id kind eventType byUnit at dueAt acknowledgedAt } } }"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribers:
    """Who is to connect, and where."""

    ports: Sequence[int]
    tokens: Sequence[str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How long events took, in milliseconds."""

    subscribers: int
    to_all: bool
    events: int
    told: int
    p50_ms: float
    p99_ms: float
    hub_cpu_ms: float  # of the hub's processes, for each event at a subscriber


@dataclass(slots=True, kw_only=True)
class Following:
    """The subscribers' process."""

    process: subprocess.Popen[str]

    def ask(self, order: Mapping[str, Any]) -> Any:
        if self.process.stdin is None or self.process.stdout is None:
            raise OSError("the subscribers have no pipes")
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def following(subscribers: Subscribers) -> Iterator[Following]:
    """Subscribers that have all begun, for the time of the block."""
    with contestants.process([sys.executable, "-m", "tests.bench.live"], stdin=subprocess.PIPE) as started:
        found = Following(process=started)
        found.ask(asdict(subscribers))
        yield found
        if started.stdin:
            started.stdin.close()


def measure(
    database: Database, tell: Tell, *, seconds: float, loads: Sequence[tuple[int, bool]] = LOADS
) -> list[Reached]:
    """Each load in turn; what was written is taken out again."""
    with ExitStack() as stack:
        hubs = [stack.enter_context(contestants.serving("hub", database)) for _ in range(PROCESSES)]
        writing = _Writing.open(database)
        stack.callback(writing.close)
        return [_measured(writing, hubs, load, seconds, tell) for load in loads]


def _measured(
    writing: _Writing, hubs: Sequence[Contestant], load: tuple[int, bool], seconds: float, tell: Tell
) -> Reached:
    count, to_all = load
    tell(f"{count} subscribers, {'all' if to_all else TOLD} told of each event")
    units = writing.units[:count]
    tokens = writing.tokens(count)
    with following(Subscribers(ports=[hub.port for hub in hubs], tokens=tokens)) as subscribers:
        sharing = [sum(number % len(units) == place for number in range(count)) for place in range(len(units))]
        writing.step(units[:TOLD])  # warms up
        subscribers.ask({"await": sum(sharing[: len(units[:TOLD])])})
        before = sum(machine.processor_seconds(hub.pid) for hub in hubs)
        committed, expected = writing.run(units, sharing, seconds, to_all=to_all)
        heard: dict[str, list[float]] = subscribers.ask({"await": expected})
        spent = sum(machine.processor_seconds(hub.pid) for hub in hubs) - before
    taken = sorted(1000 * (at - committed[row]) for row, times in heard.items() for at in times)
    return Reached(
        subscribers=count, to_all=to_all, events=len(set(committed.values())), told=len(taken),
        p50_ms=percentile(taken, 0.5), p99_ms=percentile(taken, 0.99), hub_cpu_ms=1000 * spent / max(len(taken), 1),
    )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Writing:
    """Writes steps as the ledger does: notices, change rows, and the word to followers, in one transaction."""

    database: Database
    connection: psycopg.Connection[Any]
    units: Sequence[str]
    case: tuple[str, str, str]  # county, child, case

    @classmethod
    def open(cls, database: Database) -> _Writing:
        connection = psycopg.connect(database.conninfo(Role.WRITER), autocommit=True)
        query = "SELECT code FROM organisation WHERE unit_type IN ('VC', 'SC', 'TW') ORDER BY md5(code)"
        units = [code for (code,) in connection.execute(query).fetchall()]
        case = connection.execute("SELECT county, child_id, id FROM protection_case ORDER BY id LIMIT 1").fetchone()
        if case is None:
            raise LookupError("the benchmark's database has no case")
        return cls(database=database, connection=connection, units=units, case=case)

    def tokens(self, count: int) -> list[str]:
        issuer = issuer_from(self.database.settings)
        named = [(self.units[number % len(self.units)], f"follower.{number}") for number in range(count)]
        return [issuer.issue(unit, person, roles=["officer"], ttl=contestants.TOKEN_LIFETIME) for unit, person in named]

    def run(
        self, units: Sequence[str], sharing: Sequence[int], seconds: float, *, to_all: bool
    ) -> tuple[dict[str, float], int]:
        """When each notice was committed, and how many events that makes at subscribers."""
        luck, committed, expected = random.Random(1), dict[str, float](), 0
        apart = APART if to_all else 1 / EVENTS_A_SECOND
        due = time.time()
        for _ in range(max(1, round(seconds / apart))):
            places = range(len(units)) if to_all else luck.sample(range(len(units)), min(TOLD, len(units)))
            time.sleep(max(0.0, due - time.time()))
            committed |= self.step([units[place] for place in places])
            expected += sum(sharing[place] for place in places)
            due += apart
        return committed, expected

    def step(self, units: Sequence[str]) -> dict[str, float]:
        """One step that these units are told of; when it was committed, by its notices."""
        rows = [self._notice(unit) for unit in units]
        changes = [self._change(row) for row in rows]
        raw = psycopg.RawCursor(self.connection)
        self.connection.execute("BEGIN")
        text = statements.inserted(NOTICE.name, tuple(sorted(rows[0]))).text
        raw.execute(text.encode(), [orjson.dumps(rows).decode()])
        raw.execute(statements.change_rows().text.encode(), [orjson.dumps(changes).decode()])
        sent = time.time()
        self.connection.execute("COMMIT")
        return dict.fromkeys((row["id"] for row in rows), sent)

    def _notice(self, unit: str) -> dict[str, Any]:
        county, child, case = self.case
        now = datetime.now(UTC).isoformat()
        return {
            "county": county, "id": new_id(NOTICE, county), "child_id": child, "case_id": case, "unit": unit,
            "division": unit.partition("@")[2].partition("-")[0].ljust(12, "0"), "by_unit": self.units[0],
            "kind": "case_event", "event_type": "measure_taken", "at": now, "source_unit": self.units[0],
            "source_system": SYSTEM, "supplier_duty": "TW-1", "effective_from": now[:10], "recorded_at": now,
            "recorded_by": "bench", "verified_status": "unverified",
        }  # fmt: skip

    def _change(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "county": row["county"], "entity": NOTICE.name, "row_id": row["id"], "row_version": 1,
            "child_id": row["child_id"], "kind": "created", "unit": row["by_unit"], "at": row["at"],
            "classes": [NOTICE.about.key_class], **concerns(NOTICE, row),
        }  # fmt: skip

    def close(self) -> None:
        self.connection.close()
        with self.database.connect(Role.MIGRATOR) as connection:
            chosen = "SELECT id FROM notice WHERE source_system = %s"
            connection.execute(f"DELETE FROM change WHERE row_id IN ({chosen})", [SYSTEM])
            connection.execute("DELETE FROM notice WHERE source_system = %s", [SYSTEM])


@dataclass(slots=True)
class _Heard:
    """When each notice was heard of, and how many there were."""

    times: dict[str, list[float]] = field(default_factory=dict)
    count: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = sys.maxsize

    def hear(self, message: str | bytes) -> None:
        at = time.time()
        row = orjson.loads(message)["payload"]["data"]["inbox"]["notice"]["id"]
        self.times.setdefault(row, []).append(at)
        self.count += 1
        if self.count >= self.wanted:
            self.enough.set()

    async def gather(self, wanted: int) -> dict[str, list[float]]:
        """What was heard once so much was; then it is forgotten."""
        self.wanted = wanted
        if self.count < wanted:
            async with asyncio.timeout(PATIENCE):
                await self.enough.wait()
        found = self.times
        self.times, self.count, self.wanted = {}, 0, sys.maxsize
        self.enough.clear()
        return found


async def _subscribed(port: int, token: str) -> ClientConnection:
    address = f"ws://127.0.0.1:{port}/graphql"
    link = await connect(
        address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None, compression=None, ping_interval=None
    )
    await link.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
    await link.recv()
    await link.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": QUERY}}))
    await link.recv()  # that it has started
    return link


async def _listen(link: ClientConnection, heard: _Heard) -> None:
    async for message in link:
        heard.hear(message)


async def follow(subscribers: Subscribers) -> None:
    """Connects all, then answers orders until there are none."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    heard, gate = _Heard(), asyncio.Semaphore(20)

    async def begun(number: int, token: str) -> ClientConnection:
        async with gate:
            return await _subscribed(subscribers.ports[number % len(subscribers.ports)], token)

    links = await asyncio.gather(*(begun(number, token) for number, token in enumerate(subscribers.tokens)))
    tasks = [asyncio.create_task(_listen(link, heard)) for link in links]
    print("{}", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await heard.gather(json.loads(line)["await"])), flush=True)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(follow(Subscribers(**json.loads(sys.stdin.readline()))))
