"""Visits written through the ledger, against the bound of the same three rows inserted by plain SQL.

Each visit is a row of its own, a change row and an access record. The bound sends them prepared and in one burst, one
visit to a transaction and then as many as a lane of the ledger takes together; it judges nothing and seals nothing.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import orjson
import psycopg

from hub.audit.keeper import Keeper
from hub.audit.line import INSERT
from hub.database import Database, Role
from hub.identity.directory import Directory
from hub.identity.identity import Identity, Purpose, Unit
from hub.identity.loading import load_directory
from hub.ledger import statements
from hub.ledger.acts import Act, Command, Source, Verb
from hub.ledger.ids import county_in, new_id
from hub.ledger.lane import MOST_TOGETHER
from hub.ledger.ledger import Ledger, Parts, Plainly
from hub.ledger.permission import Writer
from hub.policy.book import load_policies
from hub.policy.compile import Policy, china_today
from hub.policy.grant import Subject
from hub.query.pipeline import Connection
from schema.registry import ENTITIES
from tests.bench.load import Outcome, percentile

SYSTEM = "benchmark"
VISIT = ENTITIES["Visit"]
TITLES = {
    "ledger": "**the ledger**: judged, sealed, grouped",
    "single": "bound: plain inserts, one visit to a commit",
    "grouped": f"bound: plain inserts, {MOST_TOGETHER} visits to a commit",
}
#: What a contestant does once: the number of visits that it has then written.
Turn = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A township with its children, and who writes for it."""

    database: Database
    directory: Directory
    writer: Writer
    children: Sequence[str]


def measure(database: Database, *, writers: int, seconds: float, rounds: int) -> dict[str, list[Outcome]]:
    """Rounds of each contestant in turn; what they wrote is taken out again, but for the access records."""
    try:
        return asyncio.run(_measured(database, writers, seconds, rounds))
    finally:
        with database.connect(Role.MIGRATOR) as connection:
            connection.execute("DELETE FROM change WHERE row_id IN (SELECT id FROM visit WHERE source_system = %s)",
                               [SYSTEM])  # fmt: skip
            connection.execute("DELETE FROM visit WHERE source_system = %s", [SYSTEM])


async def _measured(database: Database, writers: int, seconds: float, rounds: int) -> dict[str, list[Outcome]]:
    scene = await _scene(database)
    parts = Parts(
        conninfo=database.conninfo(Role.WRITER), folder=database.settings.data / "audit", node="bench",
        directory=lambda: scene.directory, secret=b"bench" * 8, lanes=database.settings.write_pool,
    )  # fmt: skip
    ledger, plain = Ledger(parts), await _Plain.open(scene, lanes=parts.lanes)
    turns: dict[str, tuple[Turn, int]] = {
        "ledger": (partial(_by_ledger, ledger, scene), writers),
        "single": (partial(plain.write, 1), parts.lanes),
        "grouped": (partial(plain.write, MOST_TOGETHER), parts.lanes),
    }
    found: dict[str, list[Outcome]] = {name: [] for name in turns}
    try:
        for _ in range(rounds + 1):  # the first warms up
            for name, (turn, at_once) in turns.items():
                found[name].append(await _timed(turn, at_once, seconds))
    finally:
        await ledger.close()
        await plain.close()
    return {name: outcomes[1:] for name, outcomes in found.items()}


async def _timed(turn: Turn, at_once: int, seconds: float) -> Outcome:
    """So many at once, each beginning again when it is done."""
    latencies: list[float] = []
    began, processor = time.perf_counter(), time.process_time()

    async def again() -> int:
        written = 0
        while time.perf_counter() - began < seconds:
            started = time.perf_counter()
            written += await turn()
            latencies.append(1000 * (time.perf_counter() - started))
        return written

    written = sum(await asyncio.gather(*(again() for _ in range(at_once))))
    latencies.sort()
    return Outcome(
        answers=written, seconds=time.perf_counter() - began, p50_ms=percentile(latencies, 0.5),
        p99_ms=percentile(latencies, 0.99), load_cpu_seconds=time.process_time() - processor,
    )  # fmt: skip


async def _scene(database: Database) -> Scene:
    conninfo = database.conninfo(Role.READER)
    async with await psycopg.AsyncConnection.connect(conninfo) as connection:
        directory = await load_directory(connection)
        query = "SELECT code FROM organisation WHERE unit_type = 'TW' ORDER BY code LIMIT 1"
        ((code,),) = await (await connection.execute(query)).fetchall()
        unit = directory.resolve(code, china_today())
        if not isinstance(unit, Unit):
            raise LookupError(code)
        ((low, high),) = unit.ranges
        query = "SELECT id FROM child WHERE residence_division >= %s AND residence_division < %s LIMIT 2000"
        rows = await (await connection.execute(query, (low, high))).fetchall()
    identity = Identity(
        person=f"officer:{code}", unit=unit, roles=frozenset({"officer"}), kind="human", expires_at=2**40, token_id="b"
    )
    grant = Policy(load_policies()).grant(Subject(unit_type=unit.type, level=unit.level), {"officer"})
    writer = Writer(identity=identity, purpose=Purpose(), grant=grant)
    return Scene(database=database, directory=directory, writer=writer, children=[row[0] for row in rows])


async def _by_ledger(ledger: Ledger, scene: Scene) -> int:
    values = {"child_id": random.choice(scene.children), "type": "village", "done_on": date(2026, 11, 2)}
    act = Act(verb=Verb.CREATE, entity=VISIT, values=values)
    (outcome,) = await ledger.write(scene.writer, [Command(acts=(act,), source=Source(system=SYSTEM))], name="visit")
    if outcome.error is not None:
        raise outcome.error
    return 1


@dataclass(slots=True, kw_only=True)
class _Plain:
    """The same inserts, as fast as they can be sent."""

    scene: Scene
    idle: asyncio.Queue[tuple[Connection, Keeper]]

    @classmethod
    async def open(cls, scene: Scene, *, lanes: int) -> _Plain:
        conninfo = scene.database.conninfo(Role.WRITER)
        idle: asyncio.Queue[tuple[Connection, Keeper]] = asyncio.Queue()
        for _ in range(lanes):
            keeper = Keeper(conninfo, scene.database.settings.data / "audit", "bound")
            await keeper.take_up()
            idle.put_nowait((await Connection.connect(conninfo), keeper))
        return cls(scene=scene, idle=idle)

    async def write(self, together: int) -> int:
        connection, keeper = await self.idle.get()
        rows = [self._row() for _ in range(together)]
        names = tuple(sorted(rows[0]))
        insert = statements.inserted(VISIT.name, names)
        changes = [self._change(row) for row in rows]
        account = Plainly(writer=self.scene.writer, name="visit")
        group = keeper.seal([account.entry((), ()) for _ in rows])
        sent = [connection.query("BEGIN", ())]
        for row in rows:
            sent.append(connection.query(insert.text, (orjson.dumps([row]),)))
        sent.append(connection.query(statements.change_rows().text, (orjson.dumps(changes),)))
        sent.append(connection.query(INSERT, (group.records, group.shapes)))
        sent.append(connection.query("COMMIT", ()))
        await asyncio.gather(*sent)
        keeper.moved(group)
        self.idle.put_nowait((connection, keeper))
        return together

    def _row(self) -> dict[str, Any]:
        child, unit = random.choice(self.scene.children), self.scene.writer.identity.unit.code
        county = county_in(child)
        return {
            "county": county, "id": new_id(VISIT, county), "child_id": child, "type": "village",
            "done_on": date(2026, 11, 2), "by_unit": unit, "source_unit": unit, "source_system": SYSTEM,
            "supplier_duty": "TW-1", "effective_from": date(2026, 11, 2), "recorded_at": datetime.now(UTC),
            "recorded_by": "bench", "verified_status": "unverified",
        }  # fmt: skip

    def _change(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            "county": row["county"], "entity": VISIT.name, "row_id": row["id"], "row_version": 1,
            "child_id": row["child_id"], "kind": "created", "unit": row["by_unit"],
            "at": row["recorded_at"].isoformat(), "classes": ["D32"],
        }  # fmt: skip

    async def close(self) -> None:
        while not self.idle.empty():
            connection, keeper = self.idle.get_nowait()
            connection.close()
            with suppress(OSError):
                await keeper.close()
