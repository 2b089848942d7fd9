"""A roster into a ledger: what it makes, what it changes, what it leaves alone, and what it never tells."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from hub import errors
from hub.database import Role
from hub.roster.importing import Result
from hub.roster.permits import Use
from hub.settings import ROOT
from tests.conftest import MakeDatabase
from tests.query.small_city import COUNTY, child_id, fill
from tests.roster import books
from tests.roster.people import number_of, people, person
from tests.roster.world import UNITS, Run, World, small_chunks, world_of

SCHOOL = "SC@430621104-01"


@pytest.fixture(scope="module")
def made(make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    database = make_database(f"roster_{worker_id}")
    fill(database)
    made = world_of(database, tmp_path_factory.mktemp("audit"))
    for code, level, division in UNITS:
        made.execute(
            "INSERT INTO organisation (code, unit_type, level, division, name, valid_from)"
            " VALUES (%s, %s, %s, %s, %s, '2016-09-01')",
            code, code[:2], level, division, code,
        )  # fmt: skip
    return world_of(database, made.folder)


@pytest.fixture
def world(made: World) -> Iterator[World]:
    made.clear()
    yield made


def results(run: Run) -> dict[Result, int]:
    return {result: count for result, count in run.summary.results.items() if count}


def faults(run: Run) -> list[list[str]]:
    return [[fault.code for fault in row.entry.faults] for row in run.rows]


def csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_roster_makes_children_with_the_people_around_them(world: World, tmp_path: Path) -> None:
    run = world.run(books.two_storeyed(tmp_path / "roster.xlsx"))
    assert (results(run), faults(run)) == ({Result.NEW: 3}, [[], [], []])
    assert world.rows("select name, citizen_id_no, residence_division from child order by birth_date") == [
        (p.name, p.number, "430621104000") for p in people(3)
    ]
    assert world.rows("select count(*) from family_member m join child c on c.family_id = m.family_id") == [(6,)]
    assert world.rows("select distinct type, carer_relation, carer_name is not null from guardianship_arrangement") == [
        ("entrusted_relative", "62", True)
    ]


def test_every_row_written_is_on_record(world: World, tmp_path: Path) -> None:
    world.run(books.plain(tmp_path / "roster.xlsx"))
    with world.database.connect(Role.READER) as connection:
        found = connection.execute("select count(*) from access_record where operation_name = 'roster import'")
        assert found.fetchone() != (0,)
    assert world.rows("select count(*) from change where kind = 'created' and entity = 'Child'") == [(3,)]


def test_dry_run_writes_nothing(world: World, tmp_path: Path) -> None:
    run = world.run(books.titled(tmp_path / "roster.xlsx"), write=False)
    assert results(run) == {Result.NEW: 3}
    assert world.rows("select count(*) from child") == [(0,)]


def test_second_import_changes_nothing(world: World, tmp_path: Path) -> None:
    path = books.two_storeyed(tmp_path / "roster.xlsx")
    world.run(path)
    before = world.rows("select count(*) from change")
    again = world.run(path)
    assert (results(again), faults(again)) == ({Result.UNCHANGED: 3}, [[], [], []])
    assert world.rows("select count(*) from change") == before


def test_children_without_numbers_are_found_again(world: World, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "姓名,性别,出生日期", "张三,男,2015-03-01", "李四,女,2014-05-06")
    assert results(world.run(path)) == {Result.NEW: 2}
    assert results(world.run(path)) == {Result.UNCHANGED: 2}


def test_parents_away_are_kept_with_their_spell(world: World, tmp_path: Path) -> None:
    head = "姓名,性别,出生日期,父亲姓名,务工地点,外出时间,联系频次"
    first = csv(tmp_path / "a.csv", head, "张三,男,2015-03-01,张建国,广东东莞,2019-03-01,每月")
    second = csv(tmp_path / "b.csv", head, "张三,男,2015-03-01,张建国,浙江宁波,2019-03-01,每周")
    spells = "select out_since, work_place_detail, contact_frequency from migration_spell"
    world.run(first)
    assert world.rows(spells) == [(date(2019, 3, 1), "广东东莞", "monthly")]
    assert results(world.run(second)) == {Result.CHANGED: 1}
    assert world.rows(spells) == [(date(2019, 3, 1), "浙江宁波", "weekly")]


def test_another_carer_ends_the_former_care_only_with_its_day(world: World, tmp_path: Path) -> None:
    head = "姓名,性别,出生日期,父亲姓名,受委托人姓名,与儿童关系,委托开始时间"
    first = csv(tmp_path / "a.csv", head, "张三,男,2015-03-01,张建国,李秀英,奶奶,2020-01-01")
    no_day = csv(tmp_path / "b.csv", head, "张三,男,2015-03-01,张建国,王大明,舅舅,")
    with_day = csv(tmp_path / "c.csv", head, "张三,男,2015-03-01,张建国,王大明,舅舅,2024-09-01")
    cares = "select carer_name, valid_from, valid_to, ended_reason from guardianship_arrangement order by valid_from"
    world.run(first)
    assert faults(world.run(no_day)) == [["OTHER_CARER"]]
    assert world.rows(cares) == [("李秀英", date(2020, 1, 1), None, None)]
    assert faults(world.run(with_day)) == [[]]
    assert world.rows(cares) == [
        ("李秀英", date(2020, 1, 1), date(2024, 9, 1), "carer_changed"),
        ("王大明", date(2024, 9, 1), None, None),
    ]


def test_empty_cells_clear_nothing(world: World, tmp_path: Path) -> None:
    head = "姓名,性别,出生日期,民族,留守类型"
    world.run(csv(tmp_path / "a.csv", head, "张三,男,2015-03-01,土家族,父母双方外出"))
    run = world.run(csv(tmp_path / "b.csv", head, "张三,男,2015-03-01,,"))
    assert results(run) == {Result.UNCHANGED: 1}
    assert world.rows("select ethnicity, lbc_reason from child") == [("15", "both_away")]


def _verified_by_police(world: World) -> None:
    world.execute("update child set source_unit = 'PS@430621', verified_status = 'verified'")


def test_value_of_another_unit_is_told_and_not_overwritten(world: World, tmp_path: Path) -> None:
    head = "姓名,性别,出生日期,民族,父亲姓名"
    world.run(csv(tmp_path / "a.csv", head, "张三,男,2015-03-01,汉族,张建国"))
    _verified_by_police(world)
    run = world.run(csv(tmp_path / "b.csv", head, "张三,女,2015-03-01,汉族,张建国"))
    assert (results(run), faults(run)) == ({Result.UNCHANGED: 1}, [["OTHERS_VALUE"]])
    assert world.rows("select sex from child") == [("1",)]


def test_doubtful_rows_wait_for_a_person_and_the_report_carries_the_decision(world: World, tmp_path: Path) -> None:
    head = "姓名,性别,出生日期,监护人姓名,与儿童关系"
    world.run(csv(tmp_path / "a.csv", head, "张三,男,2015-03-01,李秀英,奶奶", "王五,男,2016-03-01,赵秀英,奶奶"))
    other = csv(
        tmp_path / "b.csv",
        head,
        "张三,男,2015-03-01,赵大妈,外婆",
        "王五,男,2016-03-01,孙大妈,外婆",
        "刘六,男,2014-01-01,吴秀英,奶奶",
    )
    report = tmp_path / "report.xlsx"
    run = world.run(other, report=report)
    assert results(run) == {Result.DOUBTFUL: 2, Result.NEW: 1}
    assert world.rows("select count(*) from child") == [(3,)]
    book = load_workbook(report)
    sheet = book[book.sheetnames[0]]
    (number,) = world.rows("select child_no from child where name = '张三'")[0]
    assert number in str(sheet["C2"].value)
    sheet["D2"], sheet["D3"] = number, "新建"
    book.save(report)
    again = world.run(report)
    assert (results(again), faults(again)) == ({Result.CHANGED: 1, Result.NEW: 1}, [["OTHER_CARER"], []])
    assert world.rows("select count(*) from child where name = '王五'") == [(2,)]
    assert world.rows("select count(*) from child where name = '张三'") == [(1,)]


def test_corrected_report_imports_what_was_faulty(world: World, tmp_path: Path) -> None:
    report = tmp_path / "report.xlsx"
    run = world.run(books.rounded(tmp_path / "roster.xlsx"), report=report)
    assert results(run) == {Result.NEW: 1, Result.FAULTY: 2}
    book = load_workbook(report)
    sheet = book[book.sheetnames[0]]
    column = next(cell.column for cell in sheet[1] if cell.value == "身份证号")
    marked = [sheet.cell(line, column) for line in (2, 3)]
    assert [cell.fill.start_color.rgb for cell in marked] == ["FFFFC7CE"] * 2
    assert all("末几位已丢失" in cell.comment.text and cell.number_format == "@" for cell in marked if cell.comment)
    for cell, p in zip(marked, [person(1), person(2)], strict=True):
        cell.value = p.number
    book.save(report)
    assert results(world.run(report)) == {Result.NEW: 2}
    assert world.rows("select count(distinct citizen_id_no) from child") == [(3,)]


def test_report_makes_no_formula_of_what_looks_like_one(world: World, tmp_path: Path) -> None:
    report = tmp_path / "report.xlsx"
    world.run(csv(tmp_path / "a.csv", "姓名,性别,出生日期,备注", '张三,男,x,"=HYPERLINK(""http://x"")"'), report=report)
    cells = [cell for row in load_workbook(report).worksheets[0].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)


def _told(run: Run) -> Any:
    return [(row.result, [f.code for f in row.entry.faults], [k.child_no for k in row.candidates]) for row in run.rows]


def test_child_beyond_the_reach_is_as_if_it_were_nowhere(world: World, tmp_path: Path) -> None:
    """A township that holds a number must not learn that the child is on file elsewhere: every answer is the same."""
    path = books.plain(tmp_path / "roster.xlsx")
    alone = world.run(path, write=False)
    assert results(world.run(path, "TW@430621105")) == {Result.NEW: 3}
    with_twins = world.run(path, write=False)
    assert _told(with_twins) == _told(alone)
    assert results(world.run(path)) == {Result.NEW: 3}
    assert world.rows("select count(*), count(distinct citizen_id_no) from child") == [(6, 3)]
    assert results(world.run(path)) == {Result.UNCHANGED: 3}


def _pupils(world: World) -> None:
    """Two children of the school, as its education bureau enrolled them."""
    for number, name in enumerate(("张三", "李四")):
        world.execute(
            "insert into child (county, id, child_no, name, sex, birth_date, citizen_id_no, residence_division,"
            " source_unit, recorded_at, recorded_by)"
            " values (%s, %s, %s, %s, '1', '2015-03-01', %s, '430621104201', 'TW@430621104', now(), 't')",
            COUNTY, child_id(number), f"F{number}", name, person(number).number,
        )  # fmt: skip
        world.execute(
            "insert into enrolment (county, id, child_id, school_unit, status, stage, grade, valid_from, source_unit,"
            " recorded_at, recorded_by)"
            " values (%s, %s, %s, %s, 'enrolled', 'primary', 3, '2021-09-01', %s, now(), 't')",
            COUNTY, f"enrolment_{COUNTY}_{number:026d}", child_id(number), SCHOOL, SCHOOL,
        )  # fmt: skip


def test_school_keeps_classes_of_its_pupils_and_opens_no_files(world: World, tmp_path: Path) -> None:
    _pupils(world)
    path = csv(
        tmp_path / "a.csv",
        "学生姓名,出生日期,身份证号,班级,是否寄宿",
        f"张三,2015-03-01,{number_of(date(2015, 3, 1), 107)},三（1）班,是",
        "李四,2015-03-01,,三（2）班,否",
        "王五,2015-03-01,,三（2）班,否",
    )
    run = world.run(path, SCHOOL)
    assert (results(run), faults(run)) == ({Result.CHANGED: 2, Result.FAULTY: 1}, [[], [], ["NOT_FOUND"]])
    assert world.rows("select class_name, boarding from enrolment order by class_name") == [
        ("三（1）班", True),
        ("三（2）班", False),
    ]
    assert results(world.run(path, SCHOOL)) == {Result.UNCHANGED: 2, Result.FAULTY: 1}


def test_columns_are_told_once_with_what_becomes_of_them(world: World, tmp_path: Path) -> None:
    path = csv(
        tmp_path / "a.csv",
        "姓名,性别,出生日期,身份证号,就读学校,父亲姓名,务工地点,家长意见",
        "张三,男,2015-03-01,,某校,张建国,东莞,好",
    )
    run = world.run(path, write=False)
    assert {column.header: use for _, column, use in run.summary.columns()} == {
        "姓名": Use.WRITTEN,
        "性别": Use.WRITTEN,
        "出生日期": Use.WRITTEN,
        "身份证号": Use.WHEN_NEW,
        "就读学校": Use.REFUSED,
        "父亲姓名": Use.WRITTEN,
        "务工地点": Use.WHEN_STANDING,
        "家长意见": Use.UNKNOWN,
    }
    assert faults(run) == [[]]


def test_unit_that_keeps_nothing_is_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(errors.RosterNotYours):
        world.run(books.plain(tmp_path / "roster.xlsx"), "ST@430621")


POLICE = "PS@430621"


def test_police_station_registers_whom_it_finds_unregistered_and_tells_what_is_others(
    world: World, tmp_path: Path
) -> None:
    """It reads the children without registration; whoever has one is to it as if on no file."""
    number = number_of(date(2015, 3, 1), 107)
    head = "姓名,性别,出生日期,身份证号,居住地址,父亲姓名,务工地点,外出时间,监护人姓名,与儿童关系"
    away = "某组 3 号,张建国,东莞,2019-03-01,李秀英,奶奶"
    world.run(csv(tmp_path / "a.csv", head, f"张三,男,2015-03-01,{number},{away}", f"李四,女,2014-05-06,,{away}"))
    world.execute(
        "insert into hukou_record (county, id, child_id, status, unregistered_reason, source_unit, recorded_at,"
        " recorded_by) select county, 'hukou_' || county || '_1', id, 'unregistered', 'no_birth_certificate', %s,"
        " now(), 't' from child where name = '张三'",
        POLICE,
    )
    others = (
        "select name, residence_address, residence_division, source_unit from child order by 1",
        "select relation, name from family_member order by 1, 2",
        "select type, carer_name from guardianship_arrangement order by 1, 2",
        "select name, citizen_id_no, former_names, ethnicity from child where name = '李四'",
    )
    before = [world.rows(query) for query in others]
    path = csv(
        tmp_path / "b.csv",
        "户号,姓名,曾用名,性别,民族,出生日期,公民身份号码,现住址,与户主关系,户口登记状态,登记日期,监护人姓名",
        f"0012,张三,张小三,男,土家族,2015-03-01,{number},别处 9 号,孙子,已登记,2015-04-02,李秀英",
        "0013,李四,李小四,女,土家族,2014-05-06,,别处 9 号,孙女,已登记,2015-04-02,李秀英",
    )
    run = world.run(path, POLICE)
    assert (results(run), faults(run)) == ({Result.CHANGED: 1, Result.FAULTY: 1}, [[], ["NOT_FOUND"]])
    assert world.rows("select citizen_id_no, former_names, ethnicity from child where name = '张三'") == [
        (number, ["张小三"], "15")
    ]
    assert world.rows("select status, registered_on, registration_no, source_unit from hukou_record") == [
        ("registered", date(2015, 4, 2), "0012", POLICE)
    ]
    assert [world.rows(query) for query in others] == before


CONTENT = """
select c.name, c.citizen_id_no, c.birth_date, c.residence_division, m.name, m.relation, g.type, g.carer_name
from child c left join family_member m on m.family_id = c.family_id
left join guardianship_arrangement g on g.child_id = c.id
order by 1, 2, 5, 6, 7, 8
"""


@pytest.mark.slow
@pytest.mark.parametrize(("calls", "turns"), [(3, 200)])
def test_killed_import_goes_on_to_the_same_end(world: World, tmp_path: Path, calls: int, turns: int) -> None:
    rows = [[p.name, p.sex, f"{p.birth:%Y-%m-%d}", p.number, p.carer, "奶奶"] for p in people(14)]
    path = books.as_csv(tmp_path / "roster.csv", "utf-8", rows)
    settings = world.database.settings
    command = [sys.executable, "-m", "tests.roster.killed", settings.data, settings.database_name, world.folder, path]
    done = subprocess.run([*map(str, command), str(calls), str(turns)], cwd=ROOT, capture_output=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert world.rows("select count(*) from child c where c.family_id is null") == [(0,)]
    world.run(path)
    interrupted = world.rows(CONTENT)
    world.clear()
    world.run(path, alter=small_chunks(5))
    assert interrupted == world.rows(CONTENT)
    assert len(interrupted) == 14
