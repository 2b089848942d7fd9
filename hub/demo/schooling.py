"""Where children learn: enrolment, attendance, and the dropouts that were brought back."""

from __future__ import annotations

from datetime import date, timedelta

from hub.demo import names
from hub.demo.child import DAY, Life
from hub.demo.records import add_with_past, told_by
from hub.demo.rows import Row
from hub.demo.scene import Scene
from hub.demo.units import Unit

#: Youngest age of the first grade, and the number of grades.
GRADES = {"kindergarten": (3, 3), "primary": (6, 6), "junior": (12, 3), "senior": (15, 1)}
BOARDING = {"kindergarten": 0, "primary": 15, "junior": 60, "senior": 90}
FORMER = {"primary": "kindergarten", "junior": "primary"}


def add_schooling(scene: Scene, life: Life) -> None:
    """The enrolment in force, sometimes the one before it, absences, and a dropout where one was."""
    stage = life.planned.stage
    if stage == "none":
        return
    grade = grade_of(life)
    started = date(scene.anchor.year - grade, 9, 1) if stage != "senior" else scene.anchor
    luck = scene.luck
    schools = scene.shared.units.schools_for(scene.township, stage)
    school = schools[0] if life.planned.story else luck.pick(schools)
    life.school = school.code
    add_enrolment(scene, life, school, started)
    if stage in FORMER and grade == 1 and luck.one_in(2):
        _add_former(scene, life, FORMER[stage], started)
    if life.planned.dropout:
        _add_dropout(scene, life, school)
    elif stage in ("primary", "junior") and luck.random() < 0.06:
        _add_attendance(scene, life, school, days=1 + luck.below(6))


def grade_of(life: Life) -> int:
    first, grades = GRADES[life.planned.stage]
    return min(max(life.age - first + 1, 1), grades)


def add_enrolment(scene: Scene, life: Life, school: Unit, started: date) -> None:
    luck, stage = scene.luck, life.planned.stage
    at = luck.office_hour(max(min(started, scene.anchor - 3 * DAY), life.registered.date()))
    class_no = 1 + luck.below(3)
    teacher, phone = _teacher(scene, school, grade_of(life), class_no)
    boards = luck.below(100) < BOARDING[stage]
    scene.batch.add(
        "enrolment",
        {
            **told_by(school.code, at, duty="SC-1"),
            **life.key,
            "id": luck.row_id("enrolment", life.home.county, at),
            "school_unit": school.code,
            "status": "enrolled",
            "stage": school.kind,
            "grade": grade_of(life),
            "class_name": f"{class_no}班",
            "student_no": _student_no(scene, school, started),
            "boarding": boards,
            "dorm_manager": names.anybody(luck) if boards else None,
            "subsidy_types": _subsidies(life, boards),
            "head_teacher": teacher,
            "head_teacher_contact": phone,
            "valid_from": started,
        },
    )


def _teacher(scene: Scene, school: Unit, grade: int, class_no: int) -> tuple[str, str]:
    """The same head teacher for all of a class."""
    key = school.code, grade, class_no
    if key not in scene.shared.teachers:
        scene.shared.teachers[key] = names.anybody(scene.luck), names.phone(scene.luck)
    return scene.shared.teachers[key]


def _student_no(scene: Scene, school: Unit, started: date) -> str:
    return f"X{school.division[:6]}{started.year}{scene.shared.next_serial('student'):06d}"


def _subsidies(life: Life, boards: bool) -> list[str] | None:
    stage, poor = life.planned.stage, life.home.poor
    found = [
        subsidy
        for subsidy, holds in (
            ("two_exemptions", stage in ("primary", "junior")),
            ("boarding_allowance", boards and stage in ("primary", "junior")),
            ("preschool_aid", poor and stage == "kindergarten"),
            ("state_grant", poor and stage == "senior"),
        )
        if holds
    ]
    return found or None


def _add_former(scene: Scene, life: Life, stage: str, ended: date) -> None:
    """The school before this one, graduated from."""
    luck = scene.luck
    if life.registered.date() >= ended:
        return
    school = luck.pick(scene.shared.units.schools_for(scene.township, stage))
    left = luck.office_hour(ended - 60 * DAY)
    row: Row = {
        **told_by(school.code, life.registered, duty="SC-1"),
        **life.key,
        "id": luck.row_id("enrolment", life.home.county, life.registered),
        "school_unit": school.code,
        "status": "graduated",
        "stage": stage,
        "grade": GRADES[stage][1],
        "valid_from": ended.replace(year=ended.year - GRADES[stage][1]),
        "valid_to": left.date(),
    }
    if left > life.registered:
        before = {"status": "enrolled", "valid_to": None}
        add_with_past(scene.batch, "enrolment", row, [(left, before)])


def _add_attendance(scene: Scene, life: Life, school: Unit, *, days: int, reason: str | None = None) -> None:
    luck = scene.luck
    as_of = scene.anchor - (40 + luck.below(60)) * DAY
    at = luck.office_hour(as_of)
    scene.batch.add(
        "attendance",
        {
            **told_by(school.code, at, duty="SC-1"),
            **life.key,
            "id": luck.row_id("attendance", life.home.county, at),
            "school_unit": school.code,
            "as_of": as_of,
            "absence_days_30d": days,
            "absence_reason": reason or luck.pick(("illness", "illness", "leave", "unknown")),
        },
    )


def _add_dropout(scene: Scene, life: Life, school: Unit) -> None:
    """Detected, persuaded in vain, reported in writing, persuaded with the township, back at school."""
    luck = scene.luck
    first, last = max(life.registered.date() + 5 * DAY, scene.anchor - 500 * DAY), scene.anchor - 120 * DAY
    detected = luck.between(first, last) if first < last else scene.anchor - 15 * DAY
    end = scene.anchor - 2 * DAY
    reported, returned = min(detected + 9 * DAY, end), min(detected + (12 + luck.below(40)) * DAY, end)
    at = luck.office_hour(detected)
    dropout = luck.row_id("dropout", life.home.county, at)
    row: Row = {
        **told_by(school.code, at, duty="SC-1"),
        **life.key,
        "id": dropout,
        "school_unit": school.code,
        "detected_on": detected,
        "type": luck.pick(("suspected", "dropout")),
        "reason": luck.pick(("aversion", "aversion", "work", "distance", "poverty")),
        "status": "returned",
        "written_report_on": reported,
        "report_recipients": [f"ED@{life.home.county}", scene.township.unit],
        "measure": luck.pick(("criticism", "ordered_to_enrol")),
        "returned_on": returned,
    }
    open_state = {"status": "persuading", "returned_on": None, "measure": None}
    found = {**open_state, "status": "suspected", "written_report_on": None, "report_recipients": None}
    changes = [(luck.office_hour(reported), found), (luck.office_hour(returned) + timedelta(hours=9), open_state)]
    add_with_past(scene.batch, "dropout_case", row, changes)
    for day, unit, result in (
        (detected + 2 * DAY, school.code, "refused"),
        (min(detected + 6 * DAY, end), school.code, luck.pick(("not_found", "promised"))),
        (returned, scene.township.unit, "returned"),
    ):
        _add_persuasion(scene, life, dropout, (day, unit, result))
    _add_attendance(scene, life, school, days=10 + luck.below(12), reason="truancy")


def _add_persuasion(scene: Scene, life: Life, dropout: str, attempt: tuple[date, str, str]) -> None:
    day, unit, result = attempt
    at = scene.luck.office_hour(day)
    scene.batch.add(
        "persuasion",
        {
            **told_by(unit, at),
            **life.key,
            "id": scene.luck.row_id("persuasion", life.home.county, at),
            "dropout_case_id": dropout,
            "persuaded_on": day,
            "by_unit": unit,
            "by_name": names.anybody(scene.luck),
            "result": result,
            "note": "上门与照料人、学生面谈" if result != "not_found" else "家中无人",
        },
    )
