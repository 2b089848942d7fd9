"""Random writes by random units over made-up worlds are decided as a slow reference decides that asks Casbin.

The reference knows rules, raw rows and owners; it shares neither the compiled grant nor the SQL of scopes.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from hub import errors
from hub.database import Role
from hub.identity.loading import load_directory
from hub.ledger.acts import Act, Command, Verb
from hub.ledger.decision import is_traced
from hub.ledger.inputs import Input, inputs_of
from hub.ledger.ledger import Ledger, Parts
from hub.ledger.permission import Writer
from hub.policy.book import load_policies
from hub.policy.compile import compile_grant
from hub.policy.grant import Grant, Subject
from schema.entities import Entity
from schema.meaning import Anchor
from schema.registry import ENTITIES
from tests.conftest import MakeDatabase
from tests.reference import looks, worlds
from tests.reference.facts import Asker, Facts, Vector
from tests.reference.fast import identity_of, purpose_of
from tests.reference.judge import Judge

BOOK = load_policies()
WRITTEN = [entity for entity in ENTITIES.values() if any(not item.once for item in inputs_of(entity.name).values())]
ENTRIES = [entry for rule in BOOK.rules.values() for entry in rule.entries]
SEQUENCE = 10
#: Those who keep the ledger come more often.
WRITERS = (*worlds.UNITS, *(2 * ("TW@430621104", "VC@430621104201", "SC@430621104-01", "PS@430621104-01")))


@dataclass(slots=True)
class Place:
    """A database, and the ledger that writes to it on a loop of its own."""

    connection: psycopg.Connection[Any]
    conninfo: str = field(repr=False)
    folder: Path
    runner: asyncio.Runner
    ledger: Ledger | None = None

    def write(self, writer: Writer, command: Command) -> errors.HubError | None:
        return self.runner.run(self._write(writer, command))

    async def _write(self, writer: Writer, command: Command) -> errors.HubError | None:
        if self.ledger is None:
            async with await psycopg.AsyncConnection.connect(self.conninfo) as connection:
                directory = await load_directory(connection)
            self.ledger = Ledger(
                Parts(conninfo=self.conninfo, folder=self.folder, node="t", directory=lambda: directory, secret=b"s")
            )
        (outcome,) = await self.ledger.write(writer, [command])
        return outcome.error


@pytest.fixture(scope="module")
def place(make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    database = make_database(f"agreement_of_writes_{worker_id}")
    with database.connect(Role.MIGRATOR) as connection, asyncio.Runner() as runner:
        made = Place(connection, database.conninfo(Role.WRITER), tmp_path_factory.mktemp("chains"), runner)
        yield made
        if made.ledger is not None:
            runner.run(made.ledger.close())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The slow decision about one value of one row."""

    tables: Mapping[str, list[dict[str, Any]]]
    judge: Judge
    asker: Asker

    def decide(self, entity: Entity, item: Input, row: dict[str, Any], value: Any) -> set[str]:
        """The answers that are right: a code, or nothing where it is written; values may be unfit besides."""
        facts = Facts(self.tables, self.asker)
        ways = self.ways(facts, entity, item)
        if not ways:
            return {"WRITE_NOT_GRANTED"}
        child = self._child_of(entity, row)
        if not any(facts.holds(way, entity, row, child) for way in ways):
            return {"WRITE_NOT_GRANTED" if self._sees(facts, entity, row, child) else "ROW_UNKNOWN"}
        if _json(row[item.column]) == _json(value):
            return {"", "INPUT_INVALID"}
        if self._is_foreign(entity, item, row):
            return {"VALUE_OWNED", "INPUT_INVALID"}
        return {self._afterwards(entity, item, row, value, ways), "INPUT_INVALID"}

    def _afterwards(self, entity: Entity, item: Input, row: dict[str, Any], value: Any, ways: list[Vector]) -> str:
        changed = row | {item.column: value}
        rows = [changed if other is row else other for other in self.tables[entity.table.name]]
        after = replace(self, tables={**self.tables, entity.table.name: rows})
        child = after._child_of(entity, changed)
        holds = any(Facts(after.tables, self.asker).holds(way, entity, changed, child) for way in ways)
        return "" if holds else "OUT_OF_REACH"

    def ways(self, facts: Facts, entity: Entity, item: Input) -> list[Vector]:
        actions = ("update", "verify") if self.asker.unit_type in item.owners else ("update",)
        return [
            way for action in actions for way in self.judge.held(item.field.group, action)
            if way.mode == "full" and self.asker.states(way.purpose) and facts.applies(way, entity)
        ]  # fmt: skip

    def _sees(self, facts: Facts, entity: Entity, row: dict[str, Any], child: dict[str, Any] | None) -> bool:
        return any(
            way.mode != "aggregate" and looks.shows(declared, way.mode) and self.asker.states(way.purpose)
            and facts.applies(way, entity) and facts.holds(way, entity, row, child)
            for declared in entity.fields.values() for way in self.judge.held(declared.group, "read")
        )  # fmt: skip

    def _child_of(self, entity: Entity, row: dict[str, Any]) -> dict[str, Any] | None:
        if entity.about.anchor is not Anchor.CHILD:
            return None
        name = row["id"] if entity.name == "Child" else row["child_id"]
        found = (c for c in self.tables["child"] if (c["county"], c["id"]) == (row["county"], name))
        return next(found, None)

    def _is_foreign(self, entity: Entity, item: Input, row: dict[str, Any]) -> bool:
        if self.asker.unit_type in item.owners or row[item.column] is None:
            return False
        if not is_traced(entity):
            return True
        source = next(
            (
                s for s in self.tables["value_provenance"]
                if (s["entity"], s["row_id"], s["field_name"]) == (entity.name, row["id"], item.column)
                and s["county"] == row["county"]
            ),
            row,
        )  # fmt: skip
        return bool(source["source_unit"] != self.asker.unit or source["verified_status"] == "verified")


def _json(value: Any) -> Any:
    return looks.plain(value)


def asker_of(unit: str) -> Asker:
    return Asker(
        unit=unit, unit_type=unit[:2], level=worlds.level_of(unit), ranges=worlds.ranges_of(unit), now=datetime.now(UTC)
    )


@cache
def judge_of(unit: str) -> Judge:
    """Casbin remembers its answers, which no row changes."""
    return Judge(ENTRIES, BOOK.duties.values(), asker_of(unit))


@cache
def grant_of(unit: str) -> Grant:
    asker = asker_of(unit)
    return compile_grant(BOOK, Subject(unit_type=asker.unit_type, level=asker.level), asker.roles)


@cache
def kept_by(unit: str) -> list[tuple[Entity, Input]]:
    """What a unit has some right to write."""
    reference = Reference(tables={}, judge=judge_of(unit), asker=asker_of(unit))
    facts = Facts({}, reference.asker)
    pairs = ((entity, item) for entity in WRITTEN for item in inputs_of(entity.name).values())
    return [(e, i) for e, i in pairs if not i.once and i.target is None and reference.ways(facts, e, i)]


def chosen(
    chance: random.Random, tables: Mapping[str, list[dict[str, Any]]], unit: str
) -> tuple[Entity, dict[str, Any], Input]:
    """Mostly what the unit may write of some row, so that more than refusals comes of it."""
    able = [(entity, item) for entity, item in kept_by(unit) if tables[entity.table.name]]
    if able and chance.random() < 0.85:
        entity, item = chance.choice(able)
    else:
        entity = chance.choice([entity for entity in WRITTEN if tables[entity.table.name]])
        item = chance.choice([i for i in inputs_of(entity.name).values() if not i.once and i.target is None])
    return entity, chance.choice(tables[entity.table.name]), item


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_writes_are_decided_as_the_reference_decides(place: Place, seed: int) -> None:
    chance = random.Random(seed)
    with place.connection.transaction():
        worlds.load_world(place.connection, worlds.make_world(seed, 2))
    for _ in range(SEQUENCE):
        tables = worlds.read_tables(place.connection)
        asker = asker_of(chance.choice(WRITERS))
        entity, row, item = chosen(chance, tables, asker.unit)
        value = worlds.value_of(item.field, item.column, chance)
        writer = Writer(identity=identity_of(asker), purpose=purpose_of(asker), grant=grant_of(asker.unit))
        values = {item.column: value}
        act = Act(verb=Verb.UPDATE, entity=entity, values=values, row=row["id"], version=row["row_version"])
        reference = Reference(tables=tables, judge=judge_of(asker.unit), asker=asker)
        error = place.write(writer, Command(acts=(act,)))
        answer = "" if error is None else error.code
        event(answer or "written")
        assert answer in reference.decide(entity, item, row, value), (asker.unit, entity.name, item.column, answer)
