"""The county of the sequences in a database, and the hub's own writer over it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from hub import errors
from hub.commands.act import CaseAct
from hub.database import Database, Role
from hub.identity.directory import Directory
from hub.identity.loading import load_directory
from hub.knowledge.following import following
from hub.ledger.acts import Command
from hub.ledger.ledger import Ledger, Parts
from schema.registry import ENTITIES
from tests.commands.drawing import POLICY, Drawn
from tests.commands.memory import COUNTY, DIRECTORY, Memory, Row
from tests.knowledge.world import BOOK
from tests.ledger.writers import writer_of
from tests.reference import worlds
from tests.stories.world import DIVISIONS, completed


@dataclass(slots=True)
class Stored:
    """Rows in a database, written by nobody but the hub's ledger."""

    database: Database
    folder: Path
    runner: asyncio.Runner
    connection: psycopg.Connection[Any]
    ledger: Ledger | None = None
    directory: Directory | None = None

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text("stored")

    def load(self) -> None:
        """As before any act."""
        with self.connection.transaction():
            worlds.load_world(self.connection, _world())
            self.connection.execute("truncate change, sent_key")

    def act(self, drawn: Drawn) -> str | None:
        """The code of the refusal; nothing where it was done."""
        values = {
            value.item.name: drawn.values[value.name] for value in drawn.kind.values if value.name in drawn.values
        }
        deed = CaseAct(kind=drawn.kind, row=drawn.row, version=None, values=values)
        error = self.runner.run(self._write(drawn.unit, Command(acts=(), deed=deed)))
        return None if error is None else error.code

    async def _write(self, unit: str, command: Command) -> errors.HubError | None:
        if self.ledger is None or self.directory is None:
            async with await psycopg.AsyncConnection.connect(self.database.conninfo(Role.READER)) as connection:
                directory = self.directory = await load_directory(connection)
            parts = Parts(
                conninfo=self.database.conninfo(Role.WRITER), folder=self.folder, node="sequences", secret=b"s" * 32,
                directory=lambda: directory, derive=following(lambda: directory, lambda: BOOK),
            )  # fmt: skip
            self.ledger = Ledger(parts)
        writer = writer_of(POLICY, self.directory, unit, role="handling_officer" if unit[:2] == "PS" else "officer")
        (outcome,) = await self.ledger.write(writer, [command])
        return outcome.error

    def tables(self) -> dict[str, list[Row]]:
        """Every row of the registry, as JSON."""
        found = {}
        for name, entity in ENTITIES.items():
            text = sql.SQL("select row_to_json(t) from {} t").format(sql.Identifier(entity.table.name))
            found[name] = [row for (row,) in self.connection.execute(text)]
        self.connection.commit()
        return found

    def changes(self) -> dict[tuple[str, str], int]:
        """By row, the last version that is told to those who follow."""
        text = "select entity, row_id, max(row_version) from change group by 1, 2"
        found = {(entity, row): version for entity, row, version in self.connection.execute(text)}
        self.connection.commit()
        return found

    def close(self) -> None:
        if self.ledger is not None:
            self.runner.run(self.ledger.close())


def _world() -> worlds.World:
    made = worlds.World()

    def add(entity: str, **values: Any) -> None:
        made.tables[ENTITIES[entity].table.name].append(completed(entity, values))

    for code, level, parent in DIVISIONS:
        add("AdminDivision", code=code, level=level, parent_code=parent, name=f"区{code}")
    for row in DIRECTORY.rows():
        add("Organisation", code=row.code, unit_type=row.type, level=row.level, division=row.division, name=row.code,
            supervised_by=row.supervisor, is_member_of_conference=False)  # fmt: skip
    add("Family", id=f"family_{COUNTY}_{1:026d}", household_no="H-1")
    for name, rows in Memory().tables.items():
        for each in rows:
            add(name, **{column: value for column, value in each.items() if value is not None})
    return made
