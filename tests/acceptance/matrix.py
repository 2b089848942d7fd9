"""Who tries to write, in which made-up world, and what the expected decisions (`policies/expected`) say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.database import Database, Role
from hub.ledger.acts import Command
from hub.ledger.inputs import Input, inputs_of
from hub.ledger.merging import Merge
from hub.policy import words
from hub.policy.book import load_policies
from hub.policy.compile import Policy
from hub.policy.expected import Block, load_expected
from hub.policy.objects import registry_objects
from schema.entities import Entity
from schema.meaning import Kind
from schema.registry import ENTITIES, METADATA
from tests.ledger.files import Office, made_world
from tests.reference import worlds
from tests.reference.facts import Asker, Facts, Row, Vector
from tests.reference.fitting import fitting
from tests.reference.writing import CHILD, Writing, new_row

BOOK = load_policies()
HOME = {"prefecture": "430600", "county": "430621", "township": "430621104", "village": "430621104201"}
COUNTY, VILLAGE, OPENER = "430621", "430621104201", "VC@430621104201"
FAMILY, LONG_AGO = ENTITIES["Family"], worlds.DAYS[0]
#: What stands in the open file whatever the kind of row.
GIVEN: Mapping[str, Any] = {
    "birth_date": date(2020, 3, 5), "since": LONG_AGO, "accepted_on": LONG_AGO, "valid_from": LONG_AGO,
    "case_no": "CASE-OPEN", "role": "lead", "poverty_registered": True,
}  # fmt: skip
LINKED = ("case_id", "family_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    unit: str
    level: str
    role: str = "officer"
    case_no: str | None = None

    @property
    def subject(self) -> words.Subject:
        return words.Subject(unit_type=self.unit[:2], level=self.level)

    @property
    def asker(self) -> Asker:
        return Asker(
            unit=self.unit, unit_type=self.unit[:2], level=self.level, ranges=worlds.ranges_of(self.unit), person="p1",
            roles=(self.role,), case_no=self.case_no, now=datetime.now(UTC),
        )  # fmt: skip

    def __str__(self) -> str:
        return " ".join(filter(None, (self.unit, self.role, self.case_no)))


def callers() -> Iterator[Who]:
    """One unit of each of the 27 types and 8 actors, where the made-up world has rows; some in other roles."""
    known = {code[:2]: code for code in reversed(worlds.UNITS) if f"@{COUNTY}" in code}
    for kind in words.UNIT_TYPES.values():
        level = kind.levels[-1] if not kind.member else "county"
        code = known.get(kind.code, f"{kind.code}@{HOME[level]}")
        yield Who(unit=code, level=worlds.level_of(code))
    yield Who(unit="CA@430600", level="prefecture")
    yield from (Who(unit="CA@430621", level="county", role=role) for role in ("service", "liaison", "audit_admin"))
    yield from (Who(unit=f"{kind}@430621", level="county", role="handling_officer") for kind in ("PS", "CT"))
    yield Who(unit="CT@430621", level="county", role="handling_officer", case_no="CASE-OPEN")


@cache
def expected(subject: words.Subject, role: str) -> Mapping[tuple[str, str], tuple[Vector, ...]]:
    """By field group and action, the ways in which it is expected to be allowed; what is not listed is not."""
    found: dict[tuple[str, str], set[Vector]] = {}
    for block in _blocks():
        if block.concerns(subject, role):
            for (group, action, mode, scope, condition, purpose), _ in block.cells(role):
                named = None if condition == words.NONE else condition
                found.setdefault((group, action), set()).add(Vector(mode, scope, named, purpose, ()))
    return {cell: tuple(vectors) for cell, vectors in found.items()}


@cache
def _blocks() -> tuple[Block, ...]:
    return load_expected(registry_objects())


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    database: Database
    tables: dict[str, list[Row]] = field(default_factory=dict)
    merged: list[tuple[Row, Row]] = field(default_factory=list)  # files that went on, and those that went into them

    def rows(self, entity: Entity) -> Sequence[Row]:
        return self.tables[entity.table.name]

    def writing(self, who: Who) -> Writing:
        cells = expected(who.subject, who.role)
        return Writing(facts=Facts(self.tables, who.asker), held=lambda group, action: cells.get((group, action), ()))

    def read(self) -> None:
        """The tables as they now stand."""
        with self.database.connect(Role.READER) as connection:
            self.tables.update({name: [*rows] for name, rows in worlds.read_tables(connection).items()})

    def merge(self, office: Office) -> None:
        """Two files of the county become one, by its civil affairs, so that there is something to split."""
        gone, kept = [row for row in self.rows(CHILD) if row["county"] == COUNTY][1:3]
        merge = Merge(survivor=kept["id"], survivor_version=None, merged=gone["id"], merged_version=None)
        (outcome,) = office.write("CA@430621", Command(acts=(), deed=merge))
        assert outcome.error is None, outcome.error
        self.read()
        self.merged.append((next(row for row in self.rows(CHILD) if row["id"] == kept["id"]), gone))


def open_world(database: Database, folder: Path) -> World:
    """Loads the made-up world of these proofs into a database of their own."""
    with database.connect(Role.MIGRATOR) as connection:
        worlds.load_world(connection, plain_world())
    world = World(database=database)
    world.read()
    world.merge(Office(database=database, policy=Policy(BOOK), folder=folder))
    return world


def plain_world() -> worlds.World:
    """Everybody is there, and a party of some case; no seals or conflicts, of which the expectation does not speak."""
    world = made_world(22, 4)
    for row in world.tables["child"]:
        row["lbc_since"] = None
    for row in world.tables["protection_case"]:
        row["sealed"] = False
    for table in ("child", "family_member"):
        for row in world.tables[table]:
            # A number of an old form agrees with any birth date.
            row["citizen_id_no"] = None if row["citizen_id_no"] is None else "4306"
    world.tables["user_account"].clear()
    _seat_everybody(world)
    _open_file(world)
    return world


def _seat_everybody(world: worlds.World) -> None:
    known = {row["code"] for row in world.tables["organisation"]}
    example = world.tables["organisation"][0]
    world.tables["organisation"] += [
        example | {"code": who.unit, "unit_type": who.unit[:2], "level": who.level, "supervised_by": None,
                   "division": worlds.division_of(who.unit)}
        for who in {who.unit: who for who in callers()}.values() if who.unit not in known
    ]  # fmt: skip
    for row in world.tables["organisation"]:
        row["valid_to"] = row["successor_code"] = None


def _open_file(world: worlds.World) -> None:
    """A child with a row of every kind, by each unit that keeps such rows: whoever may write at all can write here."""
    file: dict[str, dict[str, Any]] = {}
    for entity in sorted(ENTITIES.values(), key=lambda entity: METADATA.sorted_tables.index(entity.table)):
        for number, unit in enumerate(_keepers(entity)):
            row = _opened(entity, file, unit, number)
            file.setdefault(entity.name, row)
            world.tables[entity.table.name].insert(0, row)
    # Another child of the village has no household yet.
    alone = {"id": f"child_{COUNTY}_{799:026d}", "child_no": "ALONE", "family_id": None}
    world.tables["child"].append({**file["Child"], **alone})


def _keepers(entity: Entity) -> list[str]:
    """Who has such rows in the file: every unit a part in its case, else those who keep some of the values."""
    units = list(dict.fromkeys(who.unit for who in callers()))
    if entity.name == "CaseParty":
        return units
    if entity.name == "ProtectionCase":
        return [OPENER]
    owners = {owner for item in inputs_of(entity.name).values() for owner in item.owners}
    if entity.about.commanded:  # written by acts, which are tried elsewhere
        owners = {owner for field in entity.fields.values() for owner in field.owner}
    return [unit for unit in units if unit[:2] in owners][: 1 if entity in (CHILD, FAMILY) else None]


def _opened(entity: Entity, file: Mapping[str, Mapping[str, Any]], unit: str, number: int) -> dict[str, Any]:
    """A row with what it must have and no more, as the village supplied it."""
    row = new_row(entity, {}, COUNTY, OPENER)
    for column in entity.table.columns:
        if row[column.name] is None and (not column.nullable or column.name in LINKED):
            row[column.name] = _given(entity, column, file, unit)
    row |= {"id": f"{entity.about.id_tag}_{COUNTY + '_' if 'county' in row else ''}{700 + number:026d}"}
    row |= {"recorded_at": worlds.RECORDED[-1], "recorded_by": "p2"}
    row |= {name: value for name, value in GIVEN.items() if name in row}
    return row


def _given(entity: Entity, column: sa.Column[Any], file: Mapping[str, Mapping[str, Any]], unit: str) -> Any:
    declared = column.info["field"]
    if declared.kind is Kind.ID and column.info["references"]:
        table = str(column.info["references"]).partition(".")[0]
        return next(row["id"] for name, row in file.items() if ENTITIES[name].table.name == table)
    if declared.kind is Kind.UNIT:
        return unit
    item = Input(name=column.name, column=column.name, field=declared)
    return VILLAGE if declared.kind is Kind.DIVISION else fitting(entity, item, {}, COUNTY)
