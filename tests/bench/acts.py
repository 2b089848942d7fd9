"""Acts in cases with all that they bring about, against the bound of the same rows inserted by plain SQL.

A measure recorded by the police: its row, the step in the time line, eight units on the board and as many notices, the
case at its next version, what is owed by it, the change rows of all of these, and the access record. The bound sends as
many rows of the same tables, made beforehand, prepared and in one burst, one act to a commit; it judges nothing.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg

from hub.audit.keeper import Keeper
from hub.audit.line import INSERT
from hub.commands.act import CaseAct
from hub.commands.catalogue import COMMANDS
from hub.database import Database, Role
from hub.embedded.server import Tell
from hub.identity.directory import Directory
from hub.identity.identity import Identity, Purpose, Unit
from hub.identity.loading import load_directory
from hub.knowledge.following import following
from hub.ledger import statements
from hub.ledger.acts import Command
from hub.ledger.ids import new_id
from hub.ledger.ledger import Ledger, Parts, Plainly
from hub.ledger.permission import Writer
from hub.migration import upgrade
from hub.policy.book import load_policies
from hub.policy.compile import Policy, china_today
from hub.policy.grant import Subject
from hub.query.pipeline import Connection
from schema.registry import ENTITIES
from tests.bench import place
from tests.bench.load import Outcome, percentile
from tests.query.small_city import child_id, fill

COUNTY, STATION = "430621", "PS@430621104-01"
CASES, CHILDREN = 400, 8
#: Who has to know of each act.
PARTIES = (
    "TW@430621104", "VC@430621104201", "CA@430621", "ED@430621", "HE@430621", "PR@430621", "JU@430621", "WF@430621",
)  # fmt: skip
TITLES = {"acts": "**acts**: judged, told, owed, sealed", "bound": "bound: plain inserts, one act to a commit"}
UNITS = [(f"{kind}@430621", "county", "430621000000") for kind in ("PS", "HE", "PR", "JU", "WF", "JC")] + [
    (STATION, "township", "430621104000"),
    ("TW@430621104", "township", "430621104000"),
]
_KEPT = "recorded_at, recorded_by, source_unit, effective_from, verified_status, row_version"
_KEEPS = "now(), 'bench', 'hub', current_date, 'verified', 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A station with its cases."""

    database: Database
    directory: Directory
    writer: Writer
    cases: Sequence[str]


def run(
    folder: Path, shared_buffers_mb: int, *, at_once: int, seconds: float, rounds: int, tell: Tell
) -> dict[str, list[Outcome]]:
    """Rounds of each contestant in turn, on a database of their own."""
    home = folder / "acts"
    shutil.rmtree(home, ignore_errors=True)
    with Database.open(place.settings_for(home, shared_buffers_mb), tell=tell) as database:
        upgrade(database)
        fill(database)
        tell(f"opening {CASES} cases")
        cases = _open_cases(database)
        return asyncio.run(_measured(database, cases, at_once, seconds, rounds))


def _open_cases(database: Database) -> list[str]:
    cases = [new_id(ENTITIES["ProtectionCase"], COUNTY) for _ in range(CASES)]
    with database.connect(Role.MIGRATOR) as connection:
        for code, level, division in UNITS:
            connection.execute(
                "INSERT INTO organisation (code, unit_type, level, division, name, valid_from)"
                " VALUES (%s, %s, %s, %s, %s, '2016-09-01') ON CONFLICT DO NOTHING",
                (code, code[:2], level, division, code),
            )
        for number, case in enumerate(cases):
            child = child_id(1 + number % CHILDREN)
            connection.execute(
                f"INSERT INTO protection_case (county, id, child_id, case_no, opened_from, opened_on, stage, lead_unit,"
                f" reopen_count, {_KEPT}) VALUES (%s, %s, %s, %s, 'report', current_date, 'accepted', %s, 0, {_KEEPS})",
                (COUNTY, case, child, f"BENCH-{number}", STATION),
            )
            for unit in (STATION, *PARTIES):
                connection.execute(
                    f"INSERT INTO case_party (county, id, child_id, case_id, unit, role, since, accepted_on, {_KEPT})"
                    f" VALUES (%s, %s, %s, %s, %s, %s, current_date, current_date, {_KEEPS})",
                    (COUNTY, new_id(ENTITIES["CaseParty"], COUNTY), child, case, unit,
                     "lead" if unit == STATION else "participant"),
                )  # fmt: skip
        connection.commit()
    return cases


async def _measured(
    database: Database, cases: Sequence[str], at_once: int, seconds: float, rounds: int
) -> dict[str, list[Outcome]]:
    scene = await _scene(database, cases)
    book = load_policies()
    parts = Parts(
        conninfo=database.conninfo(Role.WRITER), folder=database.settings.data / "audit", node="bench",
        directory=lambda: scene.directory, secret=b"bench" * 8, lanes=database.settings.write_pool,
        derive=following(lambda: scene.directory, lambda: book),
    )  # fmt: skip
    ledger = Ledger(parts)
    await _act(ledger, scene, cases[0])
    plain = await _Plain.open(scene, await _rows_of_one(database), lanes=parts.lanes)
    turn = itertools.cycle(cases)
    turns: dict[str, tuple[Callable[[], Awaitable[None]], int]] = {
        "acts": (lambda: _act(ledger, scene, next(turn)), at_once),
        "bound": (plain.write, parts.lanes),
    }
    found: dict[str, list[Outcome]] = {name: [] for name in turns}
    try:
        for _ in range(rounds + 1):  # the first warms up
            for name, (once, many) in turns.items():
                found[name].append(await _timed(once, many, seconds))
    finally:
        await ledger.close()
        await plain.close()
    return {name: outcomes[1:] for name, outcomes in found.items()}


async def _timed(turn: Callable[[], Awaitable[None]], at_once: int, seconds: float) -> Outcome:
    latencies: list[float] = []
    began, processor = time.perf_counter(), time.process_time()

    async def again() -> None:
        while time.perf_counter() - began < seconds:
            started = time.perf_counter()
            await turn()
            latencies.append(1000 * (time.perf_counter() - started))

    await asyncio.gather(*(again() for _ in range(at_once)))
    latencies.sort()
    return Outcome(
        answers=len(latencies), seconds=time.perf_counter() - began, p50_ms=percentile(latencies, 0.5),
        p99_ms=percentile(latencies, 0.99), load_cpu_seconds=time.process_time() - processor,
    )  # fmt: skip


async def _scene(database: Database, cases: Sequence[str]) -> Scene:
    async with await psycopg.AsyncConnection.connect(database.conninfo(Role.READER)) as connection:
        directory = await load_directory(connection)
    unit = directory.resolve(STATION, china_today())
    if not isinstance(unit, Unit):
        raise LookupError(STATION)
    identity = Identity(
        person=f"officer:{STATION}", unit=unit, roles=frozenset({"officer"}), kind="human", expires_at=2**40,
        token_id="b",
    )  # fmt: skip
    grant = Policy(load_policies()).grant(Subject(unit_type=unit.type, level=unit.level), {"officer"})
    writer = Writer(identity=identity, purpose=Purpose(), grant=grant)
    return Scene(database=database, directory=directory, writer=writer, cases=cases)


async def _act(ledger: Ledger, scene: Scene, case: str) -> None:
    kind = COMMANDS["recordMeasure"]
    deed = CaseAct(kind=kind, row=case, version=None, values={"measure": "contact_relatives"})
    command = Command(acts=(), deed=deed, answers=ENTITIES[kind.answers])
    (outcome,) = await ledger.write(scene.writer, [command], name=kind.name)
    if outcome.error is not None:
        raise outcome.error


async def _rows_of_one(database: Database) -> dict[str, list[dict[str, Any]]]:
    """The rows that one act has written, by table."""
    tables = ("emergency_measure", "case_event", "case_knowledge", "notice", "obligation", "change")
    found = {}
    async with await psycopg.AsyncConnection.connect(database.conninfo(Role.MIGRATOR)) as connection:
        for table in tables:
            rows = await (await connection.execute(f"SELECT row_to_json(t)::text FROM {table} t")).fetchall()
            found[table] = [orjson.loads(row[0]) for row in rows]
    return found


@dataclass(slots=True, kw_only=True)
class _Plain:
    """The same rows under new ids, as fast as they can be sent."""

    scene: Scene
    rows: dict[str, list[dict[str, Any]]]
    idle: asyncio.Queue[tuple[Connection, Keeper]]

    @classmethod
    async def open(cls, scene: Scene, rows: dict[str, list[dict[str, Any]]], *, lanes: int) -> _Plain:
        conninfo = scene.database.conninfo(Role.WRITER)
        idle: asyncio.Queue[tuple[Connection, Keeper]] = asyncio.Queue()
        for _ in range(lanes):
            keeper = Keeper(conninfo, scene.database.settings.data / "audit", "bound")
            await keeper.take_up()
            idle.put_nowait((await Connection.connect(conninfo), keeper))
        return cls(scene=scene, rows=rows, idle=idle)

    async def write(self) -> None:
        connection, keeper = await self.idle.get()
        case = random.choice(self.scene.cases)
        event = new_id(ENTITIES["CaseEvent"], COUNTY)
        sent = [connection.query("BEGIN", ())]
        for name in ("EmergencyMeasure", "CaseEvent", "CaseKnowledge", "Notice", "Obligation"):
            rows = self.rows[ENTITIES[name].table.name]
            made = [row | {"id": new_id(ENTITIES[name], COUNTY)} for row in rows]
            for row in made:
                row.update({key: case for key in ("case_id",) if key in row})
                row.update({key: event for key in ("event_id",) if key in row})
                row.update({"id": event} if name == "CaseEvent" else {})
                row.update({"subject_key": row["id"]} if name == "Obligation" else {})
            if made:
                text = statements.inserted(name, tuple(sorted(made[0]))).text
                sent.append(connection.query(text, (orjson.dumps(made),)))
        sent.append(connection.query(_TOUCH, (COUNTY.encode(), case.encode(), datetime.now(UTC).isoformat().encode())))
        sent.append(connection.query(statements.change_rows().text, (orjson.dumps(self.rows["change"]),)))
        group = keeper.seal([Plainly(writer=self.scene.writer, name="act").entry((), ())])
        sent.append(connection.query(INSERT, (group.records, group.shapes)))
        sent.append(connection.query("COMMIT", ()))
        await asyncio.gather(*sent)
        keeper.moved(group)
        self.idle.put_nowait((connection, keeper))

    async def close(self) -> None:
        while not self.idle.empty():
            connection, keeper = self.idle.get_nowait()
            connection.close()
            with suppress(OSError):
                await keeper.close()


_TOUCH = (
    "UPDATE protection_case SET row_version = row_version + 1, recorded_at = $3::timestamptz"
    " WHERE county = $1 AND id = $2"
)
