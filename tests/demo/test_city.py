"""What holds in the loaded city, whatever its size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from psycopg import sql

from hub.demo import story
from hub.demo.chance import moment
from hub.demo.facts import ANCHOR, PREFECTURE
from hub.demo.id_numbers import ELSEWHERE, NEVER_ISSUED
from hub.demo.load import Loaded
from hub.demo.places import FORMER_CODE, RECODED_ON, RECODED_TOWNSHIP, STORY_VILLAGE
from hub.identity.directory import Directory, Ended, Succeeded, UnitRow
from hub.identity.divisions import Division, Divisions
from hub.identity.identity import Unit
from hub.policy.words import UNIT_TYPES
from schema.classes import Label
from schema.codes import CODE_LISTS
from schema.divisions import shipped_divisions
from schema.entities import Entity
from schema.meaning import Field, Kind
from schema.registry import ENTITIES
from schema.validators import citizen_id_conflicts, citizen_id_faults
from tests.demo.conftest import Connection

HISTORIES = [entity for entity in ENTITIES.values() if entity.history is not None]
WITHOUT_ID = {"AdminDivision", "Organisation", "CalendarDay"}


def number(city: Connection, query: str) -> int:
    row = city.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def test_every_total_and_share_is_as_published(loaded: Loaded) -> None:
    assert [check for check in loaded.checks if not check.holds] == []
    assert len(loaded.checks) == 26


def test_left_behind_children_stay_under_sixteen_for_a_year(city: Connection) -> None:
    oldest = city.execute("select min(birth_date) from child where lbc_status = 'active'").fetchone()
    assert oldest is not None
    assert oldest[0] > date(ANCHOR.year - 15, ANCHOR.month, ANCHOR.day)


def test_a_child_has_one_current_arrangement(city: Connection) -> None:
    query = (
        "select count(*) from child c where (select count(*) from guardianship_arrangement g"
        " where (g.county, g.child_id) = (c.county, c.id) and g.valid_to is null) <> 1"
    )
    assert number(city, query) == 0


def test_guardianship_has_no_gap(city: Connection) -> None:
    query = (
        "select count(*) from (select valid_from, lag(valid_to) over w as before from guardianship_arrangement"
        " window w as (partition by county, child_id order by valid_from, valid_to nulls last)) as t"
        " where before is not null and before <> valid_from"
    )
    assert number(city, query) == 0


@pytest.mark.parametrize("entity", HISTORIES, ids=lambda entity: entity.name)
def test_history_leads_to_the_present(city: Connection, entity: Entity) -> None:
    """Each state begins when the one before it ended, and versions count up by one."""
    table, history = entity.table.name, f"{entity.table.name}_history"
    key = ", ".join(c.name for c in entity.table.primary_key)
    query = (
        f"select count(*) from (select row_version, recorded_at, superseded_at, lead(recorded_at) over w as following,"
        f" lead(row_version) over w as next_version, row_number() over w as place from ("
        f"select {key}, row_version, recorded_at, superseded_at from {history} union all "
        f"select {key}, row_version, recorded_at, null from {table}) as states"
        f" window w as (partition by {key} order by row_version)) as t"
        " where row_version <> place or superseded_at <= recorded_at or superseded_at is distinct from following"
    )
    assert number(city, query) == 0


def columns_of(*kinds: Kind) -> Iterator[tuple[str, str, Field]]:
    for entity in ENTITIES.values():
        for c in entity.table.columns:
            field: Field = c.info["field"]
            if field.kind in kinds:
                yield entity.table.name, c.name, field
                if entity.history is not None:
                    yield f"{entity.table.name}_history", c.name, field


def values(city: Connection, table: str, column: str, *, many: bool) -> set[str]:
    shape = "select distinct unnest({}) from {}" if many else "select distinct {} from {}"
    query = sql.SQL(shape).format(sql.Identifier(column), sql.Identifier(table))
    return {row[0] for row in city.execute(query) if row[0] is not None}


def test_every_code_is_in_its_list(city: Connection) -> None:
    strangers = {
        (table, column, stranger)
        for table, column, field in columns_of(Kind.CODE, Kind.CODES)
        for stranger in values(city, table, column, many=field.kind is Kind.CODES)
        - CODE_LISTS[field.codes or ""].codes.keys()
    }
    assert strangers == set()


def test_every_unit_is_in_the_directory(city: Connection) -> None:
    known = values(city, "organisation", "code", many=False)
    strangers = {
        (table, column, stranger)
        for table, column, _ in columns_of(Kind.UNIT)
        for stranger in values(city, table, column, many=False) - known
    }
    assert strangers == set()


def test_every_division_is_in_the_table(city: Connection) -> None:
    known = values(city, "admin_division", "code", many=False)
    strangers = {
        (table, column, stranger)
        for table, column, _ in columns_of(Kind.DIVISION)
        for stranger in values(city, table, column, many=False) - known
    }
    assert strangers == set()


def test_every_id_has_the_form_of_its_entity(city: Connection) -> None:
    for entity in ENTITIES.values():
        if entity.name in WITHOUT_ID:
            continue
        county = "[0-9]{6}_" if "county" in entity.table.c else ""
        form = re.compile(f"{entity.about.id_tag}_{county}[0-7][0-9A-HJKMNP-TV-Z]{{25}}")
        ids = values(city, entity.table.name, "id", many=False)
        assert {i for i in ids if not form.fullmatch(i)} == set(), entity.name


def test_rows_of_a_county_lie_in_it(city: Connection) -> None:
    assert number(city, "select count(*) from child where left(residence_division, 6) <> county") == 0
    assert number(city, "select count(*) from child where split_part(id, '_', 2) <> county") == 0


def test_nothing_was_recorded_after_the_anchor_day(city: Connection) -> None:
    latest = moment(ANCHOR, 23)
    late = {
        entity.name
        for entity in ENTITIES.values()
        if "recorded_at" in entity.table.c
        and city.execute(sa_max(entity)).fetchone() != (None,)
        and city.execute(sa_max(entity)).fetchone() > (latest,)  # type: ignore[operator]
    }
    assert late == set()


def sa_max(entity: Entity) -> sql.Composed:
    return sql.SQL("select max(recorded_at) from {}").format(sql.Identifier(entity.table.name))


def test_identity_numbers_are_valid_and_nobody_s(city: Connection) -> None:
    rows = city.execute(
        "select citizen_id_no, birth_date, sex from child where citizen_id_no is not null union all"
        " select citizen_id_no, birth_date, sex from family_member where citizen_id_no is not null"
    ).fetchall()
    made_up = {*NEVER_ISSUED.values(), ELSEWHERE}
    issued = {code[:6] for code in shipped_divisions(PREFECTURE)}
    assert made_up & issued == set()
    for value, birth, sex in rows:
        assert value[:6] in made_up
        assert citizen_id_faults(value, today=ANCHOR) == ()
        assert citizen_id_conflicts(value, birth_date=birth, sex=sex) == ()


def test_a_number_is_given_to_one_person(city: Connection) -> None:
    query = (
        "select count(*) from (select citizen_id_no from child union all select citizen_id_no from family_member"
        " where relation <> '01') as t where citizen_id_no is not null group by citizen_id_no having count(*) > 1"
    )
    assert city.execute(query).fetchall() == []


def test_some_names_are_rare_and_one_is_long(city: Connection) -> None:
    names = values(city, "child", "name", many=False) | values(city, "family_member", "name", many=False)
    assert any(ord(character) > 0xFFFF for name in names for character in name)
    assert number(city, "select count(*) from child where citizen_id_no is null") == 0


def directory(city: Connection) -> Directory:
    units = city.execute(
        "select code, unit_type, level, division, name, valid_from, valid_to, successor_code from organisation"
    )
    divisions = city.execute("select code, parent_code, name, valid_from, valid_to, successor_code from admin_division")
    return Directory(
        (
            UnitRow(
                code=code, type=kind, level=level, division=division, name=Label(zh=name, en=name),
                valid_from=since, valid_to=until, successor=successor,
            )
            for code, kind, level, division, name, since, until, successor in units
        ),
        Divisions(
            Division(code=code, parent=parent, name=name, valid_from=since, valid_to=until, successor=successor)
            for code, parent, name, since, until, successor in divisions
        ),
    )  # fmt: skip


def test_every_unit_type_acts_at_every_level_the_duties_name(city: Connection) -> None:
    acting = {(kind, level) for kind, level in city.execute("select unit_type, level from organisation")}
    members = {(t.code, level) for t in UNIT_TYPES.values() if t.member for level in ("prefecture", "county")}
    assert members <= acting
    assert {code for code, _ in acting} == set(UNIT_TYPES)


def test_units_resolve_end_and_succeed(city: Connection) -> None:
    units, day = directory(city), ANCHOR
    assert isinstance(units.resolve("ED@430621", day), Unit)
    merged = units.resolve("TX@430621-01", day)
    assert isinstance(merged, Succeeded)
    assert merged.unit.code == "TX@430621"
    assert isinstance(units.resolve("SW@430600-02", day), Ended)
    recoded = units.resolve(f"TW@{RECODED_TOWNSHIP}", day)
    assert isinstance(recoded, Unit)
    assert {low[:9] for low, _ in recoded.ranges} == {RECODED_TOWNSHIP, FORMER_CODE}


def test_children_of_the_recoded_township_had_its_former_code(city: Connection) -> None:
    query = "select count(*) from child_history where residence_division like %s and superseded_at::date <= %s"
    row = city.execute(query, [f"{FORMER_CODE}%", RECODED_ON]).fetchone()
    assert row is not None
    assert row[0] > 0
    assert number(city, f"select count(*) from child where residence_division like '{FORMER_CODE}%'") == 0


def test_the_story_runs_through_many_units(city: Connection) -> None:
    case = city.execute(
        "select stage, closed_on, accused_persons from protection_case where id = %s and case_no = %s",
        [story.CASE_ID, story.CASE_NO],
    ).fetchone()
    assert case == ("judicial", None, [story.UNCLE])
    parties = {row[0] for row in city.execute("select unit from case_party where case_id = %s", [story.CASE_ID])}
    assert parties >= {
        story.STATION, story.TOWNSHIP, story.CIVIL, story.SCHOOL, story.VILLAGE, story.COURT, story.PROCURATORATE,
        story.HOSPITAL, story.RESCUE, story.WOMEN, story.SOCIAL, story.JUSTICE, story.EDUCATION, story.POLICE,
    }  # fmt: skip
    hidden = city.execute("select location_hidden from placement where case_id = %s", [story.CASE_ID]).fetchall()
    assert hidden == [(True,)]


def test_the_story_s_ids_are_fixed(city: Connection) -> None:
    found = city.execute("select child_no, residence_division from child where id = %s", [story.CHILD_ID]).fetchone()
    assert found == (story.CHILD_NO, STORY_VILLAGE)


def test_every_table_of_the_registry_has_rows(city: Connection) -> None:
    empty = {
        entity.name
        for entity in ENTITIES.values()
        if not city.execute(sa.text(f"select 1 from {entity.table.name} limit 1").text.encode()).fetchone()
    }
    assert empty == set()


def test_every_step_is_told_to_all_who_take_part(city: Connection) -> None:
    """As the acts tell it: who must know stands on the board, and nobody is told of its own act."""
    wrong = """
        select e.id from case_event e where e.must_know_units is null or e.by_unit = any (e.must_know_units)
            or (select array_agg(k.unit order by k.unit) from case_knowledge k where k.event_id = e.id)
                is distinct from (select array_agg(u order by u) from unnest(e.must_know_units) u)"""
    assert city.execute(wrong).fetchall() == []


def test_no_case_was_closed_before_all_who_were_told_knew(city: Connection) -> None:
    found = """
        select c.case_no from protection_case c join case_event e on e.case_id = c.id and e.type <> 'closed'
        join case_knowledge k on k.event_id = e.id
        where c.closed_on is not null and k.acknowledged_at is null"""
    assert city.execute(found).fetchall() == []
    settled = """select count(*) from protection_case where 'T07' = any (duties_served) and closed_on is not null"""
    assert city.execute(settled).fetchone() != (0,)
