"""The bound: the very statements that the hub sends, run by pgbench, prepared, with nothing around them."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hub.database import Database, Role
from hub.identity.identity import Identity, Purpose, Unit
from hub.identity.loading import load_directory
from hub.keyfile import read_key
from hub.policy.book import load_policies
from hub.policy.compile import Policy, china_today
from hub.policy.grant import Subject
from hub.query import planner
from hub.query.answer import Answerer, Request
from hub.query.graphql import build_schema, core_of
from hub.query.operation import Documents
from hub.query.pipeline import Row
from hub.query.readers import Readers
from hub.statistics import children
from schema.registry import ENTITIES
from tests.bench import place, queries
from tests.bench.load import Outcome, percentile

#: A text value cannot vary within a script of pgbench; each script is planned a few times by each connection.
MOST_SCRIPTS = 8
#: Seconds at the start that do not count: PostgreSQL plans a statement five times before it keeps a plan.
WARMING = 1
_PARAMETER = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SQL as the hub sent it, with its values."""

    sql: str
    values: tuple[str | None, ...]


#: What one question makes the hub send.
Script = tuple[Statement, ...]


@dataclass(slots=True)
class _Recording:
    """Asks the database, and keeps what it was asked."""

    readers: Readers
    kept: list[Statement] = field(default_factory=list)

    async def query(self, sql: str, values: Sequence[bytes | None]) -> list[Row]:
        self.kept.append(Statement(sql=sql, values=tuple(None if v is None else v.decode() for v in values)))
        return await self.readers.query(sql, values)


def capture(database: Database, asked: Sequence[tuple[queries.Query, queries.Variables]]) -> list[Script]:
    """The statements with which the hub answers the benchmark's caller."""
    return asyncio.run(_capture(database, asked))


async def _capture(database: Database, asked: Sequence[tuple[queries.Query, queries.Variables]]) -> list[Script]:
    policy = Policy(load_policies())
    documents, readers = Documents(core_of(build_schema(ENTITIES))), Readers(database.conninfo(Role.READER))
    secret = read_key(database.settings.secrets / "query.key")
    scripts = []
    for question, variables in asked:
        recording, now = _Recording(readers), datetime.now(UTC)
        identity = await _identity(database, question.unit)
        unit = identity.unit
        if question.name == "Q5":
            await children.child_statistics(_counted(database, unit, now), recording.query)
        else:
            answerer = Answerer(names=planner.Names.of(ENTITIES), query=recording.query, secret=secret)
            operation = documents.operation(question.document, None, variables)
            grant = policy.grant(Subject(unit_type=unit.type, level=unit.level), identity.roles)
            prepared = answerer.prepare(operation, grant, identity, Purpose())
            request = Request(identity=identity, purpose=Purpose(), variables=operation.variables, now=now)
            await answerer.run(prepared, request)
        scripts.append(tuple(recording.kept))
    readers.close()
    return scripts


def _counted(database: Database, unit: Unit, now: datetime) -> children.Asked:
    return children.Asked(
        top=unit.division,
        ranges=unit.ranges,
        division=unit.division,
        dimensions=(children.Dimension.DIVISION,),
        k=database.settings.small_cell,
        today=now.date(),
    )


async def _identity(database: Database, code: str) -> Identity:
    async with await psycopg.AsyncConnection.connect(database.conninfo(Role.READER)) as connection:
        unit = (await load_directory(connection)).resolve(code, china_today())
    if not isinstance(unit, Unit):
        raise LookupError(code)
    person = queries.person_of(code)
    return Identity(person=person, unit=unit, roles=queries.ROLES, kind="human", expires_at=2**40, token_id="bench")


def pgbench_beside(database: Database) -> Path | None:
    """The program that came with the running server, or else the system's."""
    try:
        beside = Path(f"/proc/{place.postmaster(database)}/exe").resolve(strict=True).with_name("pgbench")
        if beside.is_file():
            return beside
    except OSError:
        pass
    found = shutil.which("pgbench")
    return Path(found) if found else None


def run(program: Path, database: Database, scripts: Sequence[Script], *, connections: int, seconds: float) -> Outcome:
    """Runs the scripts at random over the server's socket."""
    words: dict[str, Any] = dict(conninfo_to_dict(database.conninfo(Role.READER)))
    password = str(words.pop("password"))
    with tempfile.TemporaryDirectory() as folder:
        files, defined = _written(Path(folder), scripts)
        done = subprocess.run(
            [
                program, "--no-vacuum", "--protocol=prepared", f"--client={connections}", "--jobs=1",
                f"--time={WARMING + max(1, round(seconds))}", "--log", f"--log-prefix={folder}/log",
                *files, *defined, make_conninfo(**words),
            ],
            env={"PGPASSWORD": password}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return _outcome(Path(folder))


def _written(folder: Path, scripts: Sequence[Script]) -> tuple[list[str], list[str]]:
    """A file per script; the values of its statements become variables of pgbench, which are sent as parameters."""
    files, defined = [], []
    for number, script in enumerate(scripts):
        text = ""
        for place_of, statement in enumerate(script):
            # pgbench knows no null, so that is written out.
            names = {
                str(i): "NULL" if value is None else f":v{number}_{place_of}_{i}"
                for i, value in enumerate(statement.values, start=1)
            }
            # The pieces between are: text, number of a parameter, text, …
            pieces = enumerate(_PARAMETER.split(statement.sql))
            text += "".join(names[piece] if at % 2 else piece for at, piece in pieces) + ";\n"
            values = enumerate(statement.values, start=1)
            defined += [f"--define=v{number}_{place_of}_{i}={value}" for i, value in values if value is not None]
        path = folder / f"{number}.sql"
        path.write_text(text, "utf-8")
        files.append(f"--file={path}")
    return files, defined


def _outcome(folder: Path) -> Outcome:
    """From the log of transactions: client, number, microseconds, script, end in seconds and microseconds."""
    rows = [line.split() for log in folder.glob("log.*") for line in log.read_text("ascii").splitlines()]
    ended = sorted((int(row[4]) + int(row[5]) / 1e6, int(row[2]) / 1000) for row in rows)
    if not ended:
        raise RuntimeError("pgbench ended no transaction")
    counted = [row for row in ended if row[0] >= ended[0][0] + WARMING] or ended
    latencies = sorted(latency for _, latency in counted)
    return Outcome(
        answers=len(counted),
        seconds=max(counted[-1][0] - counted[0][0], latencies[-1] / 1000),
        p50_ms=percentile(latencies, 0.5),
        p99_ms=percentile(latencies, 0.99),
        load_cpu_seconds=0.0,
    )
