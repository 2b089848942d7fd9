"""Children in any number for measuring speed: the same rules, only the tables that the benchmark reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from hub.demo.care import add_guardianship
from hub.demo.casework import CaseFile
from hub.demo.chance import CROCKFORD
from hub.demo.child import Life, add_child, begin_life
from hub.demo.city import lay_ground, people
from hub.demo.facts import ANCHOR, CITY
from hub.demo.household import add_family, found_home
from hub.demo.plan import PlannedHousehold, plan_city
from hub.demo.rows import Batch
from hub.demo.scene import Scene
from hub.demo.schooling import add_schooling
from schema.registry import METADATA

#: Children that are made up one by one; more are made of these in the database.
BLOCK = 50_000
CASE_FOR_ONE_IN = 25
MOST_COPIES = 30  # fewer than the characters of a ULID's alphabet

TABLES = (
    "family", "child", "family_member", "guardianship_arrangement", "entrustment_confirmation", "enrolment",
    "attendance", "dropout_case", "persuasion", "protection_case", "case_party", "case_event",
)  # fmt: skip
#: Rows that belong to no child and are shared by all copies.
SHARED_LINKS = frozenset({"responsible_person_id", "source_record_id"})
NUMBERS = frozenset({"child_no", "household_no", "case_no", "student_no"})


def bench(children: int) -> Iterator[tuple[str, Batch]]:
    """Batches of `children` children in the city's places; totals are in proportion, not exact."""
    ground = lay_ground(ANCHOR, CITY.homes)
    for batch in ground.batches:
        yield "区划、机构、人员、场所", batch
    plan = plan_city(ground.counties, CITY.scaled(children), ANCHOR, "bench")
    yield from people(plan, ground.shared(), _write, "bench")


def multiply(connection: psycopg.Connection[tuple[Any, ...]], number: int) -> int:
    """Adds every child once more under other ids, in the same village; the copy's number makes the ids differ."""
    rotated = CROCKFORD[number:] + CROCKFORD[:number]
    names = [*TABLES, *(f"{name}_history" for name in TABLES)]
    return sum(_multiply(connection, METADATA.tables[name], number, rotated) for name in names)


def _multiply(connection: psycopg.Connection[tuple[Any, ...]], table: sa.Table, number: int, rotated: str) -> int:
    """The last but one character of an id is moved on by `number` places: one to one, so links still meet."""
    statement = sql.SQL("insert into {table} ({columns}) select {values} from {table} where {original}").format(
        table=sql.Identifier(table.name),
        columns=sql.SQL(", ").join(sql.Identifier(c.name) for c in table.columns),
        values=sql.SQL(", ").join(_value(c.name, number, rotated) for c in table.columns),
        original=sql.SQL("source_record_id is null"),
    )
    return connection.execute(statement).rowcount


def _value(name: str, number: int, rotated: str) -> sql.Composable:
    column = sql.Identifier(name)
    if name == "source_record_id":
        return sql.Literal(f"copy {number}")
    if name in NUMBERS:
        return sql.SQL("{} || {}").format(column, sql.Literal(f"-{number}"))
    if name == "id" or (name.endswith("_id") and name not in SHARED_LINKS):
        return sql.SQL(
            "overlay({0} placing translate(substr({0}, length({0}) - 1, 1), {1}, {2}) from length({0}) - 1 for 1)"
        ).format(column, sql.Literal(CROCKFORD), sql.Literal(rotated))
    return column


def _write(scene: Scene, households: Sequence[PlannedHousehold]) -> Batch:
    for planned in households:
        home = found_home(scene, planned)
        add_family(scene, home)
        for child in planned.children:
            child.story = False
            life = begin_life(scene, child, home)
            add_child(scene, life)
            add_guardianship(scene, life)
            add_schooling(scene, life)
            if scene.luck.one_in(CASE_FOR_ONE_IN):
                _case(scene, life)
    return scene.batch


def _case(scene: Scene, life: Life) -> None:
    """A case with two parties and five events, open in four of five."""
    station, township, civil = scene.police_station, scene.township.unit, f"CA@{life.home.county}"
    case = CaseFile(scene=scene, life=life, now=life.registered + timedelta(days=1), origin="report", lead=township)
    case.risk = scene.luck.pick(("1", "2", "3"))
    for unit, role in ((station, "participant"), (township, "lead"), (civil, "co_lead")):
        case.join(unit, role)
    for kind, unit, data_class in (
        ("report_received", station, "D22"), ("report_accepted", station, "D22"), ("measure_taken", station, "D24"),
        ("assessment_started", township, "D27"), ("assessment_done", township, "D27"),
    ):  # fmt: skip
        case.event(kind, unit, data_class, "经过摘要")
        case.later(days=2)
    case.reach("closed" if scene.luck.one_in(5) else "plan")
    case.finish("safe_at_home" if case.stage == "closed" else None)
