"""Small made-up worlds: two counties, a few children, and a handful of rows in every table, unknown values included.

A world is made from a seed and a size, so that a failing one can be made again. Values come from small pools: rows
tie, filters hit, periods begin and end on the very day of the question.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from schema.codes import CODE_LISTS
from schema.entities import Entity
from schema.meaning import Field, Kind
from schema.registry import ENTITIES, METADATA

NOW = datetime(2026, 11, 21, 2, 0, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
COUNTIES = ("430621", "430623")
DIVISIONS = (
    ("430600000000", 2, None),
    ("430621000000", 3, "430600000000"),
    ("430621104000", 4, "430621000000"),
    ("430621104201", 5, "430621104000"),
    ("430621104202", 5, "430621104000"),
    ("430621105000", 4, "430621000000"),
    ("430621105201", 5, "430621105000"),
    ("430623000000", 3, "430600000000"),
    ("430623104000", 4, "430623000000"),
    ("430623104201", 5, "430623104000"),
)
VILLAGES = {county: [c for c, level, _ in DIVISIONS if level == 5 and c.startswith(county)] for county in COUNTIES}
UNITS = (
    "CA@430600", "CA@430621", "CA@430623", "ED@430621", "PS@430621104-01", "CT@430621", "WF@430621", "PR@430621",
    "TW@430621104", "TW@430623104", "VC@430621104201", "SC@430621104-01", "HE@430621", "WI@430621-01", "SW@430621-01",
)  # fmt: skip
LEVELS = {6: "county", 9: "township", 12: "village"}
PERSONS = ("p1", "p2", "p3")
IDENTITY_NUMBERS = ("43062120150101123X", "430621198502034512", "430623199001017788", "4306", "")
TEXTS = (
    "甲", "乙二", "", " ", 'a"b\\c', "line\nline\ttab", "😀", "𠮷野", "x" * 40, "'; --", "岳阳县甲镇乙村3组",
    "城东社区2栋", "13812345678", "NULL", "{}", "\u0001", "%_",
)  # fmt: skip
DAYS = (*(TODAY + timedelta(days=d) for d in (-400, -30, -1, 0, 1, 30)), date(2016, 2, 29))
MOMENTS = (
    *(NOW + timedelta(seconds=s) for s in (-90000, -3600, -1, 0, 1, 3600, 90000)),
    datetime(2026, 11, 20, 1, 2, 3, 500000, tzinfo=UTC),
    datetime(2026, 11, 20, 1, 2, 3, 123456, tzinfo=UTC),
)
BIRTHS = (
    date(2026, 1, 5), date(2020, 11, 21), date(2020, 11, 22), date(2019, 11, 21), date(2019, 11, 22),
    date(2010, 11, 21), date(2010, 11, 22), date(2016, 2, 29), date(2015, 6, 1), date(2015, 6, 1),
)  # fmt: skip
RECORDED = tuple(NOW - timedelta(days=d) for d in (300, 200, 100))
#: Codes on which scopes and conditions turn; other code lists give their first few.
TELLING = {
    "lbc_status": ("active", "candidate"),
    "hukou_status": ("registered", "unregistered", "pending"),
    "plan_item_status": ("planned", "in_progress", "done", "cancelled"),
    "application_status": ("applied", "granted", "closed"),
    "access_restriction": ("none", "none", "none", "sealed"),
    "party_role": ("lead", "participant", "invited"),
    "lease_kind": ("emergency", "unlock"),
}

Row = dict[str, Any]
#: How many rows a table gets, as a multiple of the size; unlisted tables get about one per size.
MANY = {
    "child": 4,
    "family": 3,
    "family_member": 3,
    "protection_case": 2,
    "case_party": 4,
    "concern_report": 2,
    "correction_request": 3,
}


def codes_of(name: str) -> tuple[str, ...]:
    return TELLING.get(name) or tuple(CODE_LISTS[name].codes)[:3]


def ranges_of(unit: str) -> tuple[tuple[str, str], ...]:
    """The division of a unit as a range of 12-digit codes."""
    division = unit.partition("@")[2].partition("-")[0].removesuffix("00")
    upper = f"{int(division) + 1:0{len(division)}d}"
    return ((division.ljust(12, "0"), upper.ljust(12, "0")),)


def level_of(unit: str) -> str:
    digits = unit.partition("@")[2].partition("-")[0]
    return "prefecture" if digits.endswith("00") and len(digits) == 6 else LEVELS[len(digits)]


def division_of(unit: str) -> str:
    return unit.partition("@")[2].partition("-")[0].ljust(12, "0")


@dataclass(slots=True)
class World:
    """Rows by table, history twins included."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in METADATA.tables})


@dataclass(slots=True)
class _Maker:
    chance: random.Random
    size: int
    world: World = field(default_factory=World)

    def make(self) -> World:
        self._directory()
        for table in METADATA.sorted_tables:
            entity = next((e for e in ENTITIES.values() if e.table is table), None)
            if entity is None or table.name in ("admin_division", "organisation"):
                continue
            for number in range(self._how_many(table.name)):
                row = self._row(entity, number)
                if row is not None:
                    self.world.tables[table.name].append(row)
                    self._past(entity, row)
        return self.world

    def _how_many(self, table: str) -> int:
        most = MANY.get(table, 1) * self.size
        return most if table in MANY else self.chance.randint(0, most + 1)

    def _directory(self) -> None:
        for code, level, parent in DIVISIONS:
            row: Row = {"code": code, "level": level, "parent_code": parent, "name": f"区{code}", "valid_from": DAYS[0]}
            self.world.tables["admin_division"].append(self._complete(ENTITIES["AdminDivision"], row))
        for code in UNITS:
            row = {
                "code": code, "unit_type": code[:2], "level": level_of(code), "division": division_of(code),
                "name": f"单位{code}", "valid_from": DAYS[0], "is_member_of_conference": True,
                "supervised_by": "ED@430621" if code[:2] == "SC" else None,
            }  # fmt: skip
            self.world.tables["organisation"].append(self._complete(ENTITIES["Organisation"], row))

    def _complete(self, entity: Entity, row: Row) -> Row:
        return {c.name: row.get(c.name, None if c.nullable else 0) for c in entity.table.columns}

    def _row(self, entity: Entity, number: int) -> Row | None:
        """A row whose links lead to rows that are there; None where a link that must be given leads nowhere."""
        county = self.chance.choice(COUNTIES)
        row: Row = {}
        for column in entity.table.columns:
            row[column.name] = self._value(entity, column, county, number)
        self._in_step(entity, row)
        missing = [c.name for c in entity.table.columns if row[c.name] is None and not c.nullable]
        unique = [(*names,) for names in entity.about.unique]
        twice = any(
            all(other[name] == row[name] and row[name] is not None for name in names)
            for names in unique
            for other in self.world.tables[entity.table.name]
        )
        return None if missing or twice else row

    def _in_step(self, entity: Entity, row: Row) -> None:
        """A row of a case is about the child of that case."""
        if "case_id" in row and row["case_id"] is not None:
            cases = self.world.tables["protection_case"]
            case = next(c for c in cases if (c["county"], c["id"]) == (row["county"], row["case_id"]))
            if row.get("child_id") is not None or not entity.table.c.child_id.nullable:
                row["child_id"] = case["child_id"]
        if entity.name == "CorrectionRequest":
            self._doubts(row)
        if entity.name == "Child":
            row["residence_division"] = self.chance.choice(VILLAGES[row["county"]])

    def _doubts(self, row: Row) -> None:
        """Mostly a value that there is, of the child itself or of a row of its file."""
        name = self.chance.choice(("child", "child", "enrolment", "disability"))
        rows = [r for r in self.world.tables[name] if r["county"] == row["county"]]
        if rows:
            row["row_id"] = self.chance.choice(rows)["id"]
            columns = [c for c in METADATA.tables[name].columns if not c.info["field"].structural]
            row["field_name"] = self.chance.choice(columns).name

    def _value(self, entity: Entity, column: sa.Column[Any], county: str, number: int) -> Any:
        name, chance = column.name, self.chance
        if name == "county":
            return county
        if name == "id":
            within = f"{county}_" if entity.child_bound else ""
            return f"{entity.about.id_tag}_{within}{number}"
        if name in ("recorded_at", "row_version"):
            return RECORDED[-1] if name == "recorded_at" else len(RECORDED)
        if name == "day":
            return TODAY + timedelta(days=number)
        if name == entity.about.natural_key or name in ("household_no", "code"):
            return f"{entity.about.id_tag.upper()}-{number}"
        if column.info.get("references"):
            return self._link(column, county)
        if column.nullable and chance.random() < 0.25:
            return None
        return value_of(column.info["field"], name, chance)

    def _link(self, column: sa.Column[Any], county: str) -> Any:
        table, _, key = str(column.info["references"]).partition(".")
        rows = [row for row in self.world.tables[table] if key or row["county"] == county]
        if not rows or (column.nullable and self.chance.random() < 0.2):
            return None
        return self.chance.choice(rows)[key or "id"]

    def _past(self, entity: Entity, row: Row) -> None:
        """Former states of a row, each superseded when the next was recorded; sometimes the row itself is gone."""
        if entity.history is None or self.chance.random() < 0.6:
            return
        keep = {"county", "id", "child_id", "case_id", "family_id", "event_id", entity.about.natural_key, "recorded_at"}
        keep |= {name for names in entity.about.unique for name in names}
        for version in range(1, len(RECORDED)):
            former = dict(row) | {"row_version": version, "recorded_at": RECORDED[version - 1]}
            for column in entity.table.columns:
                if column.name not in keep and not column.info.get("references") and self.chance.random() < 0.4:
                    former[column.name] = self._value(entity, column, row.get("county", ""), 0)
            if any(former[c.name] is None and not c.nullable for c in entity.table.columns):
                continue
            former |= {"row_version": version, "superseded_at": RECORDED[version]}
            self.world.tables[entity.history.name].append(former)


POOLS: Mapping[Kind, tuple[Any, ...]] = {
    Kind.ID: ("row_1", "row_2"),
    Kind.TEXT: TEXTS,
    Kind.INT: (-1, 0, 1, 2, 60, 2147483647),
    Kind.BOOL: (True, False),
    Kind.DATE: DAYS,
    Kind.DATETIME: MOMENTS,
    Kind.TEXTS: (["甲"], ["甲", "乙二"], [], ['a"b\\c', "", "NULL"]),
    Kind.IDS: (["row_1"], []),
    Kind.DIVISION: tuple(code for code, _, _ in DIVISIONS),
    Kind.UNIT: UNITS,
}


def value_of(declared: Field, name: str, chance: random.Random) -> Any:
    """A value that a column may hold."""
    if name in ("person", "handling_officer", "second_person"):
        return chance.choice(PERSONS)
    if name == "accused_persons":
        return chance.choice((None, ["p1"], ["p2", "p3"], []))
    if name == "citizen_id_no":
        return chance.choice(IDENTITY_NUMBERS)
    if name == "birth_date":
        return chance.choice(BIRTHS)
    if declared.kind in (Kind.CODE, Kind.CODES):
        codes = codes_of(declared.codes or "")
        return (
            chance.choice(codes) if declared.kind is Kind.CODE else chance.sample(codes, chance.randint(0, len(codes)))
        )
    return chance.choice(POOLS[declared.kind])


def make_world(seed: int, size: int) -> World:
    return _Maker(random.Random(seed), size).make()


def load_world(connection: psycopg.Connection[Any], world: World, before: World | None = None) -> None:
    """Replaces what the database holds by this world, in one go."""
    with connection.pipeline(), connection.cursor() as cursor:
        for table in reversed(METADATA.sorted_tables):
            if before is None or before.tables[table.name]:
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
        for table in METADATA.sorted_tables:
            if world.tables[table.name]:
                rows = json.dumps(world.tables[table.name], default=lambda value: value.isoformat())
                cursor.execute(INSERTION.format(sql.Identifier(table.name), sql.Identifier(table.name)), [rows])


INSERTION = sql.SQL("INSERT INTO {} SELECT * FROM json_populate_recordset(null::{}, %s)")


def read_tables(
    connection: psycopg.Connection[Any], names: Iterable[str] = tuple(METADATA.tables)
) -> dict[str, list[Row]]:
    """Every row of these tables, as it stands."""
    tables: dict[str, list[Row]] = {}
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        for name in names:
            tables[name] = cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall()
    connection.commit()
    return tables
