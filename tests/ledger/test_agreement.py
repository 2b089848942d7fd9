"""Random writes by random units over made-up worlds are decided as a slow reference decides that asks Casbin.

The reference knows rules, raw rows and owners; it shares neither the compiled grant nor the SQL of scopes.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hub import errors
from hub.database import Role
from hub.identity.loading import load_directory
from hub.ledger.acts import Act, Command, Verb
from hub.ledger.inputs import Input, inputs_of
from hub.ledger.ledger import Ledger, Parts
from hub.ledger.permission import Writer
from hub.policy.book import load_policies
from hub.policy.compile import compile_grant
from hub.policy.grant import Grant, Subject
from schema.entities import Entity
from schema.meaning import Kind, Mask
from schema.registry import ENTITIES
from tests.conftest import MakeDatabase
from tests.generated import examples
from tests.reference import worlds, writing
from tests.reference.facts import Asker, Facts
from tests.reference.fast import identity_of, purpose_of
from tests.reference.fitting import fitting
from tests.reference.judge import Judge
from tests.reference.writing import Writing, key_group

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

    def load(self, world: worlds.World) -> None:
        with self.connection.transaction():
            worlds.load_world(self.connection, world)

    def write(self, unit: str, act: Act) -> str:
        """The code of the answer; nothing where it was written."""
        asker = asker_of(unit)
        writer = Writer(identity=identity_of(asker), purpose=purpose_of(asker), grant=grant_of(unit))
        error = self.runner.run(self._write(writer, Command(acts=(act,))))
        return "" if error is None else error.code

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


def reference_of(unit: str, tables: Mapping[str, list[dict[str, Any]]]) -> Writing:
    return Writing(facts=Facts(tables, asker_of(unit)), held=judge_of(unit).held)


@cache
def allowed(unit: str, group: str, action: str) -> bool:
    """Whether the unit may do so to some row; only for choosing what is tried, the reference decides by itself."""
    return any(right.mode == "full" for right in grant_of(unit).rights_on(group, action))


@cache
def kept_by(unit: str) -> list[tuple[Entity, Input]]:
    """What a unit may change."""
    pairs = ((entity, item) for entity in WRITTEN for item in changeable(entity))
    return [(entity, item) for entity, item in pairs if allowed(unit, item.field.group, "update")]


@cache
def made_by(unit: str) -> list[Entity]:
    """What a unit may make."""
    return [
        entity for entity in WRITTEN
        if all(allowed(unit, i.field.group, "create") for i in inputs_of(entity.name).values() if i.required)
        and allowed(unit, key_group(entity), "create")
    ]  # fmt: skip


def changeable(entity: Entity) -> list[Input]:
    return [item for item in inputs_of(entity.name).values() if not item.once and item.target is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chooser:
    """Chooses what a unit tries, mostly of what it has some right to, so that more than refusals comes of it."""

    chance: random.Random
    tables: Mapping[str, list[dict[str, Any]]]
    unit: str

    def change(self) -> tuple[Entity, Input, dict[str, Any]]:
        able = [(entity, item) for entity, item in kept_by(self.unit) if self.tables[entity.table.name]]
        if able and self.chance.random() < 0.85:
            entity, item = self.chance.choice(able)
        else:
            entity = self.chance.choice([entity for entity in WRITTEN if self.tables[entity.table.name]])
            item = self.chance.choice(changeable(entity))
        rows = self.tables[entity.table.name]
        reference = reference_of(self.unit, self.tables)
        ways = reference.to_write(entity, item, Verb.UPDATE)
        near = [row for row in rows if reference.holds(entity, row, ways)]
        return entity, item, self.chance.choice(near if near and self.chance.random() < 0.6 else rows)

    def creation(self) -> tuple[Entity, dict[str, Any]]:
        """A new row: what it must say, links that mostly lead somewhere, and mostly what the unit may say besides."""
        able = made_by(self.unit)
        entity = self.chance.choice(able if able and self.chance.random() < 0.85 else WRITTEN)
        child = self._child()
        values = self._links(entity, child)
        # An identity number says the birth date and sex, so it comes after them.
        for item in sorted(inputs_of(entity.name).values(), key=lambda item: item.field.mask is Mask.ID_NUMBER):
            may = allowed(self.unit, item.field.group, "create") or self.chance.random() < 0.02
            if item.target is None and (item.required or (may and self.chance.random() < 0.3)):
                values[item.column] = fitting(entity, item, values, child["county"])
        # A row that has to name its unit is mostly the caller's own.
        units = [item.column for item in inputs_of(entity.name).values() if item.field.kind is Kind.UNIT]
        return entity, {n: v for n, v in values.items() if n not in units or self.chance.random() < 0.3}

    def _child(self) -> dict[str, Any]:
        """Mostly one who lives where the unit is."""
        children, ranges = self.tables["child"], worlds.ranges_of(self.unit)
        near = [c for c in children if any(low <= c["residence_division"] < high for low, high in ranges)]
        return self.chance.choice(near if near and self.chance.random() < 0.7 else children)

    def _links(self, entity: Entity, child: dict[str, Any]) -> dict[str, Any]:
        """To rows of one child; now and then to another's, or to none that is there."""
        found: dict[str, Any] = {}
        for item in inputs_of(entity.name).values():
            if item.target is None or not (item.required or self.chance.random() < 0.4):
                continue
            rows = self.tables[item.target.table.name]
            near = [row for row in rows if _is_of(row, child)]
            missing = f"{item.target.about.id_tag}_{child['county']}_none"
            rows = near if near and self.chance.random() < 0.9 else rows
            found[item.column] = self.chance.choice(rows)["id"] if rows else missing
        return found


def _is_of(row: Mapping[str, Any], child: Mapping[str, Any]) -> bool:
    """Whether a row is the child's, or anybody's."""
    if "county" not in row or row is child:
        return True
    if row.get("child_id") is not None:
        return bool((row["county"], row["child_id"]) == (child["county"], child["id"]))
    return bool((row["county"], row.get("family_id", row["id"])) == (child["county"], child["family_id"]))


@pytest.mark.slow
@examples(10)
@given(seed=st.integers(0, 10_000))
def test_changes_are_decided_as_the_reference_decides(place: Place, seed: int) -> None:
    """Of one value each; where the reference lets it pass, the value itself may still not do."""
    chance = random.Random(seed)
    place.load(worlds.make_world(seed, 2))
    for _ in range(SEQUENCE):
        unit, tables = chance.choice(WRITERS), worlds.read_tables(place.connection)
        entity, item, row = Chooser(chance=chance, tables=tables, unit=unit).change()
        values = {item.column: worlds.value_of(item.field, item.column, chance)}
        act = Act(verb=Verb.UPDATE, entity=entity, values=values, row=row["id"], version=row["row_version"])
        answer = place.write(unit, act)
        event(answer or "written")
        right = reference_of(unit, tables).change(entity, Verb.UPDATE, row, values)
        unfit = right in (writing.WRITTEN, writing.OWNED, writing.OUT) and answer == writing.UNFIT
        assert unfit or answer == right, (unit, entity.name, item.column, answer, right)


@pytest.mark.slow
@examples(10)
@given(seed=st.integers(0, 10_000))
def test_new_rows_are_decided_as_the_reference_decides(place: Place, seed: int) -> None:
    """Of values that do, so that the answer has to be the reference's own."""
    chance = random.Random(seed)
    place.load(worlds.make_world(seed, 2))
    for _ in range(SEQUENCE):
        unit, tables = chance.choice(WRITERS), worlds.read_tables(place.connection)
        entity, values = Chooser(chance=chance, tables=tables, unit=unit).creation()
        answer = place.write(unit, Act(verb=Verb.CREATE, entity=entity, values=values))
        event(f"{answer or 'written'}")
        right = reference_of(unit, tables).creation(entity, values)
        assert answer == right, (unit, entity.name, values, answer, right)
