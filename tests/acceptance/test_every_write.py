"""Every unit tries every mutation on rows inside and outside its reach, over HTTP, and writes nothing by it.

Every value that is sent is one that no row may hold, so what is not refused ends with the faults of the values; the
decision before them is compared with the expected decisions, data read from the matrix (`policies/expected`), and with
plain facts of the made-up world. Afterwards the tables are what they were, and only the record of accesses has grown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.app import create_app
from hub.database import Database, Role
from hub.identity.trust import issuer_from
from hub.ledger.acts import Verb
from hub.ledger.inputs import Input, inputs_of
from hub.ledger.types import FIELDS, MutationField
from hub.policy import words
from hub.policy.expected import load_expected
from hub.policy.objects import registry_objects
from hub.query.planning import id_field
from schema.classes import Level
from schema.entities import Entity
from schema.meaning import Anchor, Kind
from schema.registry import ENTITIES, METADATA
from tests.conftest import MakeDatabase
from tests.reference import looks, worlds
from tests.reference.facts import Asker, Facts, Vector

Send = Callable[[str, "Who"], dict[str, Any]]

#: What no row may hold, as a literal of each kind; a flag has no such value.
UNFIT: Mapping[Kind, str] = {
    Kind.TEXT: '"\\u202e"', Kind.CODE: '"?"', Kind.CODES: '["?"]', Kind.TEXTS: '["\\u202e"]', Kind.INT: "2000000000",
    Kind.DATE: '"1800-01-01"', Kind.DATETIME: '"1800-01-01T00:00:00Z"', Kind.DIVISION: '"x"', Kind.UNIT: '"x"',
    Kind.ID: '"?"', Kind.IDS: '["?"]',
}  # fmt: skip
MOST_ROWS = 4
TOGETHER = 20
HOME = {"prefecture": "430600", "county": "430621", "township": "430621104", "village": "430621104201"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    unit: str
    level: str
    role: str = "officer"

    @property
    def subject(self) -> words.Subject:
        return words.Subject(unit_type=self.unit[:2], level=self.level)


def callers() -> Iterator[Who]:
    """One unit of each of the 27 types and 8 actors, where the made-up world has rows; some in other roles."""
    known = {code[:2]: code for code in reversed(worlds.UNITS) if "@430621" in code}
    for kind in words.UNIT_TYPES.values():
        level = kind.levels[-1] if not kind.member else "county"
        code = known.get(kind.code, f"{kind.code}@{HOME[level]}")
        yield Who(unit=code, level=worlds.level_of(code))
    yield Who(unit="CA@430600", level="prefecture")
    yield from (Who(unit="CA@430621", level="county", role=role) for role in ("service", "liaison", "audit_admin"))
    yield from (Who(unit=f"{kind}@430621", level="county", role="handling_officer") for kind in ("PS", "CT"))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    tables: dict[str, list[dict[str, Any]]]
    database: Database

    def rows(self, entity: Entity) -> Sequence[Mapping[str, Any]]:
        return self.tables[entity.table.name][:MOST_ROWS]

    def child_of(self, entity: Entity, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if entity.about.anchor is not Anchor.CHILD:
            return None
        name = row["id"] if entity.name == "Child" else row["child_id"]
        found = (c for c in self.tables["child"] if (c["county"], c["id"]) == (row["county"], name))
        return next(found, None)


def plain_world() -> worlds.World:
    """Without seals and conflicts of interest, which the expected decisions do not speak of."""
    world = worlds.make_world(22, 3)
    for row in world.tables["child"]:
        row["access_restriction"] = "none"
    for row in world.tables["protection_case"]:
        row["accused_persons"], row["sealed"] = None, False
    world.tables["user_account"].clear()
    return world


@pytest.fixture(scope="module")
def world(make_database: MakeDatabase, worker_id: str) -> World:
    database = make_database(f"every_write_{worker_id}")
    made = plain_world()
    known = {row["code"] for row in made.tables["organisation"]}
    example = made.tables["organisation"][0]
    made.tables["organisation"] += [
        example | {"code": who.unit, "unit_type": who.unit[:2], "level": who.level, "supervised_by": None,
                   "division": worlds.division_of(who.unit)}
        for who in {who.unit: who for who in callers()}.values() if who.unit not in known
    ]  # fmt: skip
    for row in made.tables["organisation"]:
        row["valid_to"] = row["successor_code"] = None
    with database.connect(Role.MIGRATOR) as connection:
        worlds.load_world(connection, made)
        connection.commit()
        tables = worlds.read_tables(connection)
    return World(tables=tables, database=database)


@pytest.fixture(scope="module")
def send(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Send]:
    settings = replace(
        world.database.settings, data=tmp_path_factory.mktemp("hub"), dev_issuer=True, daily=False,
        cost_per_s=10_000_000, planning_ms_per_s=10_000,
    )  # fmt: skip
    issuer = issuer_from(settings)
    with TestClient(create_app(settings, database=world.database)) as client:

        def sent(document: str, who: Who) -> dict[str, Any]:
            token = issuer.issue(who.unit, "p1", roles=[who.role], ttl=600)
            headers = {"Authorization": f"Bearer {token}"}
            body = {"query": document, "extensions": {"onDenied": "NULL"}}
            reply: dict[str, Any] = client.post("/graphql", json=body, headers=headers).json()
            return reply

        yield sent


@cache
def expected(subject: words.Subject, role: str) -> Mapping[tuple[str, str], tuple[Vector, ...]]:
    """By field group and action, the ways in which it is expected to be allowed without a number stated."""
    found: dict[tuple[str, str], set[Vector]] = {}
    for block in load_expected(registry_objects()):
        if block.concerns(subject, role):
            for (group, action, mode, scope, condition, purpose), _ in block.cells(role):
                if purpose == words.NONE:
                    named = None if condition == words.NONE else condition
                    found.setdefault((group, action), set()).add(Vector(mode, scope, named, purpose, ()))
    return {cell: tuple(vectors) for cell, vectors in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """What one caller is expected to be told."""

    who: Who
    facts: Facts

    def ways(self, entity: Entity, group: str, *actions: str) -> list[Vector]:
        cells = expected(self.who.subject, self.who.role)
        found = (vector for action in actions for vector in cells.get((group, action), ()))
        return [vector for vector in found if self.facts.applies(vector, entity)]

    def to_write(self, entity: Entity, item: Input, verb: Verb) -> list[Vector]:
        actions = ["create" if verb is Verb.CREATE else "update"]
        if verb is Verb.UPDATE and self.who.unit[:2] in item.owners:
            actions.append("verify")
        return [vector for vector in self.ways(entity, item.field.group, *actions) if vector.mode == "full"]

    def sees(self, entity: Entity, row: Mapping[str, Any], child: Mapping[str, Any] | None) -> bool:
        return any(
            vector.mode != "aggregate" and looks.shows(declared, vector.mode)
            and self.facts.holds(vector, entity, row, child)
            for declared in entity.fields.values()
            for vector in self.ways(entity, declared.group, "read")
        )  # fmt: skip

    def of_row(self, entity: Entity, item: Input, verb: Verb, row: Mapping[str, Any], world: World) -> str:
        """The code of the answer to a value that does not do, sent for a row."""
        ways = self.to_write(entity, item, verb)
        if not ways:
            return "WRITE_NOT_GRANTED"
        child = world.child_of(entity, row)
        reached = any(self.facts.holds(vector, entity, row, child) for vector in ways)
        if not reached:
            return "WRITE_NOT_GRANTED" if self.sees(entity, row, child) else "ROW_UNKNOWN"
        return "INPUT_INVALID"

    def of_new(self, entity: Entity, items: Sequence[Input]) -> str:
        keeps = any(self.who.unit[:2] in item.owners for item in inputs_of(entity.name).values())
        key = [v for v in self.ways(entity, id_field(entity).group, "create") if v.mode == "full"]
        may = keeps and key and all(self.to_write(entity, item, Verb.CREATE) for item in items)
        return "INPUT_INVALID" if may else "WRITE_NOT_GRANTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    text: str
    code: str
    unlinked: bool | None = None  # whether the child that is named is expected to be unknown


def sendable(field: MutationField, matrix: Matrix) -> list[Input]:
    """One input of each class, and only sealed ones that some right opens: the others are no inputs."""
    by_group: dict[tuple[str, bool], Input] = {}
    for item in inputs_of(field.entity.name).values():
        open_to = matrix.to_write(field.entity, item, field.verb)
        hidden = item.field.level >= Level.L5 and not open_to
        if item.field.kind in UNFIT and not item.once and item.target is None and not hidden:
            # What is refused whatever the row is tried once of each entity.
            key = (item.field.group, matrix.who.unit[:2] in item.owners) if open_to else ("", False)
            by_group.setdefault(key, item)
    return list(by_group.values())


def tries(matrix: Matrix, world: World) -> Iterator[Try]:
    for field in FIELDS.values():
        if all(f.level >= Level.L5 for f in field.entity.fields.values()):
            continue
        if field.verb is Verb.CREATE:
            yield from _creations(field, matrix, world)
        else:
            yield from _changes(field, matrix, world)


def _creations(field: MutationField, matrix: Matrix, world: World) -> Iterator[Try]:
    entity = field.entity
    for item in sendable(field, matrix)[:2]:
        link = inputs_of(entity.name).get("child_id")
        if link is None or not link.once:
            code = matrix.of_new(entity, [item])
            yield Try(
                text=f"{field.name}(input: {{{item.name}: {UNFIT[item.field.kind]}}}) {{ __typename }}", code=code
            )
            continue
        children = world.rows(ENTITIES["Child"])
        for child in children if matrix.of_new(entity, [item, link]) == "INPUT_INVALID" else children[:1]:
            code = matrix.of_new(entity, [item, link])
            given = f'{{childId: "{child["id"]}", {item.name}: {UNFIT[item.field.kind]}}}'
            unlinked = not matrix.sees(ENTITIES["Child"], child, child) if code == "INPUT_INVALID" else None
            yield Try(text=f"{field.name}(input: {given}) {{ __typename }}", code=code, unlinked=unlinked)


def _changes(field: MutationField, matrix: Matrix, world: World) -> Iterator[Try]:
    entity = field.entity
    rows = world.rows(entity)
    if field.verb is Verb.END:
        item = inputs_of(entity.name).get(entity.end[0])
        items = [] if item is None else [item]
    else:
        items = sendable(field, matrix)
    for item in items:
        # Without any right no row is looked at, so one is enough.
        for row in rows if matrix.to_write(entity, item, field.verb) else rows[:1]:
            told = "on: " if field.verb is Verb.END else f"input: {{{item.name}: "
            value = UNFIT[item.field.kind] + ("" if field.verb is Verb.END else "}")
            text = f'{field.name}(id: "{row["id"]}", version: {row["row_version"]}, {told}{value}) {{ __typename }}'
            yield Try(text=text, code=matrix.of_row(entity, item, field.verb, row, world))


def fingerprint(database: Database) -> dict[str, str]:
    """A digest of every table but the record of accesses."""
    with database.connect(Role.READER) as connection:
        tables = [*METADATA.tables, "change", "sent_key"]
        return {
            name: hashlib.sha256(
                json.dumps(connection.execute(f"SELECT t::text FROM {name} t ORDER BY 1".encode()).fetchall()).encode()
            ).hexdigest()
            for name in tables
        }


def recorded(database: Database) -> int:
    with database.connect(Role.READER) as connection:
        row = connection.execute("SELECT count(*) FROM access_record").fetchone()
    return int(row[0]) if row else 0


@pytest.mark.slow
@pytest.mark.parametrize("who", list(callers()), ids=lambda who: f"{who.unit} {who.role}")
def test_every_mutation_is_decided_as_expected_and_leaves_no_trace(send: Send, world: World, who: Who) -> None:
    asker = Asker(
        unit=who.unit, unit_type=who.unit[:2], level=who.level, ranges=worlds.ranges_of(who.unit), person="p1",
        roles=(who.role,), now=datetime.now(UTC),
    )  # fmt: skip
    matrix = Matrix(who=who, facts=Facts(world.tables, asker))
    listed = list(tries(matrix, world))
    before, records = fingerprint(world.database), recorded(world.database)
    for start in range(0, len(listed), TOGETHER):
        together = listed[start : start + TOGETHER]
        body = " ".join(f"m{i}: {each.text}" for i, each in enumerate(together))
        answer = send(f"mutation {{ {body} }}", who)
        assert "data" in answer, answer
        found = {error["path"][0]: error["extensions"] for error in answer["errors"]}
        for i, each in enumerate(together):
            assert answer["data"][f"m{i}"] is None, each.text
            assert found[f"m{i}"]["code"] == each.code, each.text
            if each.unlinked is not None:
                faults = {(item["path"][-1], item["code"]) for item in found[f"m{i}"]["faults"]}
                assert (("childId", "UNKNOWN_ROW") in faults) == each.unlinked, each.text
    assert fingerprint(world.database) == before
    assert recorded(world.database) == records + len(listed)
