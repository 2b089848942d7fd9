"""A small ledger to import rosters into, as one unit or another; also for a process of its own that is killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from hub.audit.recorder import Recorder
from hub.database import Database, Role
from hub.derived.following import follow
from hub.identity.directory import Directory
from hub.identity.loading import load_directory
from hub.interface import interface
from hub.ledger.ledger import Ledger
from hub.ledger.ledger import Parts as LedgerParts
from hub.policy.book import load_policies
from hub.policy.compile import Policy
from hub.query.operation import Documents
from hub.query.planner import Names
from hub.query.readers import Readers
from hub.roster.importing import Importer, Judged
from hub.roster.office import Office, Parts, office_of
from hub.roster.report import Report
from hub.roster.roster import read_roster
from hub.roster.summary import Summary
from schema.registry import ENTITIES
from tests.ledger.writers import TOWNSHIP, writer_of

UNITS = [
    (TOWNSHIP, "township", "430621104000"),
    ("TW@430621105", "township", "430621105000"),
    ("PS@430621", "county", "430621000000"),
]
Alter = Callable[[Importer], Importer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    rows: list[Judged]
    summary: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    database: Database
    directory: Directory
    policy: Policy
    folder: Path

    def run(
        self,
        path: Path,
        unit: str = TOWNSHIP,
        *,
        write: bool = True,
        report: Path | None = None,
        alter: Alter | None = None,
    ) -> Run:
        async def within() -> Run:
            async with self.office(unit, write=write) as office:
                importer = alter(office.importer) if alter else office.importer
                with (
                    read_roster(path, office.context) as roster,
                    Report(roster.seen.headers, office.place_names) as made,
                ):
                    summary = Summary(seen=roster.seen, permits=office.permits, written=write)
                    rows: list[Judged] = []
                    async for chunk in importer.run(roster):
                        rows += chunk
                        summary.add(chunk)
                        made.add(chunk)
                    if report is not None:
                        made.save(report, summary)
                    return Run(rows=rows, summary=summary)

        return asyncio.run(within())

    @asynccontextmanager
    async def office(self, unit: str, *, write: bool) -> AsyncIterator[Office]:
        caller = writer_of(self.policy, self.directory, unit)
        async with AsyncExitStack() as stack:
            yield office_of(await self._parts(stack), caller.identity, caller.purpose, write=write)

    async def _parts(self, stack: AsyncExitStack) -> Parts:
        reader, writer = self.database.conninfo(Role.READER), self.database.conninfo(Role.WRITER)
        readers = Readers(reader, size=2)
        stack.callback(readers.close)
        recorder = Recorder(writer, self.folder, node_name="test")
        await recorder.open()
        stack.push_async_callback(recorder.close)
        ledger = Ledger(
            LedgerParts(
                conninfo=writer,
                folder=self.folder,
                node="test",
                directory=lambda: self.directory,
                secret=b"k" * 32,
                derive=follow,
            )
        )
        stack.push_async_callback(ledger.close)
        return Parts(
            names=Names.of(ENTITIES),
            documents=Documents(interface()),
            query=readers.query,
            secret=b"s" * 32,
            recorder=recorder,
            ledger=ledger,
            directory=lambda: self.directory,
            policy=lambda: self.policy,
        )

    def rows(self, sql: str, *values: object) -> list[Any]:
        with self.database.connect(Role.READER) as connection:
            return connection.execute(sql.encode(), values).fetchall()

    def execute(self, sql: str, *values: object) -> None:
        with self.database.connect(Role.MIGRATOR) as connection:
            connection.execute(sql.encode(), values)

    def clear(self) -> None:
        """No child, and nothing that belongs to one."""
        self.execute("truncate child, family, change cascade")


def world_of(database: Database, folder: Path) -> World:
    return World(
        database=database,
        directory=asyncio.run(_directory(database)),
        policy=Policy(load_policies()),
        folder=folder,
    )


async def _directory(database: Database) -> Directory:
    async with await psycopg.AsyncConnection.connect(database.conninfo(Role.READER)) as connection:
        return await load_directory(connection)


def small_chunks(size: int) -> Alter:
    return lambda importer: replace(importer, chunk=size)
