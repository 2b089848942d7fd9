"""Made-up files of several children with rows in every table, a ledger over them, and what the tables hold."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from hub.database import Database, Role
from hub.derived.following import follow
from hub.identity.directory import Directory
from hub.identity.loading import load_directory
from hub.ledger.acts import Command, Outcome
from hub.ledger.kin import file_of
from hub.ledger.ledger import Ledger, Parts
from hub.policy.compile import Policy
from schema.registry import METADATA
from tests.ledger.writers import writer_of
from tests.reference import worlds

Rows = dict[tuple[str, str], dict[str, Any]]
#: What changes with every version, and what the hub itself computes.
PASSING = frozenset(
    {"row_version", "recorded_at", "recorded_by", "lbc_status", "lbc_reason", "lbc_since", "lbc_until",
     "lbc_end_reason", "file_completeness"}
)  # fmt: skip
FILE_TABLES = frozenset(each.name for each in file_of())


def made_world(seed: int, size: int = 2) -> worlds.World:
    """A world of the reference whose ids have the form of the hub's, and whose rows hold only codes that are codes."""
    world = worlds.make_world(seed, size)
    for rows in world.tables.values():
        for row in rows:
            for name, value in row.items():
                if isinstance(value, str) and name not in ("county", "name") and value.count("_") == 2:
                    tag, county, number = value.split("_")
                    if len(county) == 6 and county.isdigit() and number.isdigit():
                        row[name] = f"{tag}_{county}_{int(number):026d}"
            if "access_restriction" in row:
                row["access_restriction"] = "none"
            if "accused_persons" in row:
                row["accused_persons"] = None
    _kept_together(world)
    return world


def _kept_together(world: worlds.World) -> None:
    """Rows of a child link to rows of the same child and to people of its household, as the ledger sees to."""
    known: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    family_of = {(row["county"], row["id"]): row["family_id"] for row in world.tables["child"]}
    for table in (table for table in METADATA.sorted_tables if not table.name.endswith("_history")):
        linked = [c for c in table.columns if str(c.info.get("references", "")) in FILE_TABLES and c.name != "child_id"]
        kept = []
        for row in world.tables[table.name]:
            loose = [c for c in linked if row[c.name] is not None and not _fits(row, c, known, family_of)]
            for column in loose:
                row[column.name] = None
            if all(column.nullable for column in loose):
                kept.append(row)
        world.tables[table.name] = kept
        if table.name in FILE_TABLES:
            known[table.name] = {(row["county"], row["id"]): row for row in kept}


def _fits(row: dict[str, Any], column: Any, known: dict[str, Any], family_of: dict[Any, Any]) -> bool:
    target = str(column.info["references"])
    if target in ("child", "family"):
        return True
    found = known.get(target, {}).get((row["county"], row[column.name]))
    if found is None or row.get("child_id") is None:
        return False
    if target == "family_member":
        return bool(found["family_id"] == family_of[row["county"], row["child_id"]])
    return bool(found["child_id"] == row["child_id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Units that write over one database, through the ledger of a hub."""

    database: Database
    policy: Policy
    folder: Path

    def write(self, unit: str, *commands: Command, role: str = "officer") -> Sequence[Outcome]:
        return asyncio.run(self._write(unit, role, commands))

    async def _write(self, unit: str, role: str, commands: Sequence[Command]) -> Sequence[Outcome]:
        directory = await self.directory()
        parts = Parts(
            conninfo=self.database.conninfo(Role.WRITER), folder=self.folder, node="test",
            directory=lambda: directory, secret=b"k" * 32, derive=follow,
        )  # fmt: skip
        ledger = Ledger(parts)
        try:
            return await ledger.write(writer_of(self.policy, directory, unit, role=role), commands)
        finally:
            await ledger.close()

    async def directory(self) -> Directory:
        async with await psycopg.AsyncConnection.connect(self.database.conninfo(Role.READER)) as connection:
            return await load_directory(connection)

    def load(self, world: worlds.World) -> None:
        with self.database.connect(Role.MIGRATOR) as connection:
            connection.execute("truncate redirect, child_merge")
            worlds.load_world(connection, world)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.database.connect(Role.READER) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def held(self) -> dict[str, Rows]:
        """Every present row about a child, by table and key, without what changes with each version."""
        found: dict[str, Rows] = {}
        with self.database.connect(Role.READER) as connection:
            cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
            for each in file_of():
                if each.name == "guardianship_finding":
                    continue
                query = sql.SQL("select * from {}").format(each.table)
                found[each.name] = {
                    (row["county"], row["id"]): {name: value for name, value in row.items() if name not in PASSING}
                    for row in cursor.execute(query)
                }
        return found

    def former(self) -> int:
        return sum(
            self.rows(f"select count(*) from {name}")[0][0]  # names of our own tables
            for name in METADATA.tables
            if name.endswith("_history")
        )
