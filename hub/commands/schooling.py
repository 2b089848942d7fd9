"""控辍保学: a dropout is registered, persuaded, reported in writing, and back at school."""

from __future__ import annotations

from typing import Any

from hub import errors
from hub.commands.course import Course, today_or
from hub.commands.words import Given, Kind, Outcome, State, Value
from schema.classes import Label

#: Who follows a child's schooling where it lives.
FOLLOWERS = ("ED", "TW", "VC")

_DONE = ("returned", "closed_moved", "closed_died", "closed_over_age")


def register_dropout(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    if any(row["status"] not in _DONE for row in state.of("DropoutCase")):
        raise errors.AlreadyDone(unit=given.unit.code)
    school = given.unit.code if given.unit.type == "SC" else given["school_unit"] or next(iter(state.schools), None)
    if school is None:
        raise errors.NoUnitInCharge(unit_type="SC")
    suspected = given["type"] == "suspected"
    row = course.make(
        "DropoutCase", school_unit=school, detected_on=today_or(given["detected_on"], given), type=given["type"],
        reason=given["reason"], status="suspected" if suspected else "confirmed",
    )  # fmt: skip
    course.happened(
        "dropout_suspected" if suspected else "dropout_registered", "D12", row=row, in_case=False, notice="schooling",
        tells=state.around(given, *FOLLOWERS), units={"school": (school,)},
    )  # fmt: skip
    return course.settled(row)


def persuade(state: State, given: Given) -> Outcome:
    course, dropout = _open(state, given)
    row = course.make(
        "Persuasion", dropout_case_id=dropout["id"], persuaded_on=today_or(given["persuaded_on"], given),
        by_unit=given.unit.code, by_name=given["by_name"], result=given["result"], note=given["note"],
    )  # fmt: skip
    course.change("DropoutCase", dropout["id"], status="persuading")
    failed = given["result"] in ("refused", "not_found")
    course.happened(
        "persuasion_failed" if failed else "persuaded", "D12", row=dropout["id"], in_case=False, silent=True,
        units={"school": (dropout["school_unit"],)},
    )  # fmt: skip
    return course.settled(row)


def report_dropout(state: State, given: Given) -> Outcome:
    """001 四(一)3: to the county's education bureau and to the township, in writing."""
    course, dropout = _open(state, given)
    if dropout["written_report_on"] is not None:
        raise errors.AlreadyDone(unit=dropout["school_unit"])
    told = state.around(given, "ED", "TW")
    course.change(
        "DropoutCase", dropout["id"], written_report_on=given.today, report_recipients=list(told), status="persuading"
    )
    course.happened(
        "dropout_reported", "D12", row=dropout["id"], in_case=False, notice="schooling", tells=told,
        units={"school": (dropout["school_unit"],), "addressee": told},
    )  # fmt: skip
    return course.settled(dropout["id"])


def flag_dropout(state: State, given: Given) -> Outcome:
    """Township and village are told of it by the bureau, which need not name them: where the child lives says who."""
    course, dropout = _open(state, given)
    told = state.around(given, "TW", "VC")
    course.happened(
        "dropout_flagged", "D12", row=dropout["id"], in_case=False, notice="schooling", tells=told,
        units={"school": (dropout["school_unit"],), "addressee": told},
    )  # fmt: skip
    return course.settled(dropout["id"])


def return_to_school(state: State, given: Given) -> Outcome:
    course, dropout = _open(state, given)
    course.change(
        "DropoutCase", dropout["id"], status="returned", returned_on=today_or(given["returned_on"], given),
        measure=given["measure"],
    )  # fmt: skip
    course.happened(
        "returned_to_school", "D12", row=dropout["id"], in_case=False, notice="schooling",
        tells=state.around(given, *FOLLOWERS), units={"school": (dropout["school_unit"],)},
    )  # fmt: skip
    return course.settled(dropout["id"])


def _open(state: State, given: Given) -> tuple[Course, dict[str, Any]]:
    if state.target["status"] in _DONE:
        raise errors.AlreadyDone(unit=state.target["school_unit"])
    return Course(state=state, given=given), dict(state.target)


KINDS: tuple[Kind, ...] = (
    Kind(
        name="registerDropout",
        label=Label(zh="登记疑似辍学或辍学", en="Register a suspected or real dropout"),
        source="T03; 教育部控辍保学台账",
        needs=(("D12", "register_dropout"),),
        decide=register_dropout,
        answers="DropoutCase",
        target="Child",
        reads=("DropoutCase",),
        values=(
            Value(column="DropoutCase.type", required=True),
            Value(column="DropoutCase.reason"),
            Value(column="DropoutCase.detected_on"),
            Value(column="DropoutCase.school_unit"),
        ),
    ),
    Kind(
        name="persuadeReturn",
        label=Label(zh="记录一次劝返", en="Record an attempt to bring a child back"),
        source="T03 劝返复学",
        needs=(("D12", "dissuade"),),
        decide=persuade,
        answers="Persuasion",
        target="DropoutCase",
        values=(
            Value(column="Persuasion.result", required=True),
            Value(column="Persuasion.persuaded_on"),
            Value(column="Persuasion.by_name"),
            Value(column="Persuasion.note"),
        ),
    ),
    Kind(
        name="reportDropout",
        label=Label(zh="劝返无效，书面报告教育局和乡镇", en="Report a dropout in writing to education and township"),
        source="001 四(一)3",
        needs=(("D12", "report"),),
        decide=report_dropout,
        answers="DropoutCase",
        target="DropoutCase",
    ),
    Kind(
        name="flagDropout",
        label=Label(zh="将疑似辍学告知乡镇和村居", en="Tell township and village of a suspected dropout"),
        source="T03; 001 四(一)3",
        needs=(("D12", "notify"),),
        decide=flag_dropout,
        answers="DropoutCase",
        target="DropoutCase",
    ),
    Kind(
        name="returnToSchool",
        label=Label(zh="复学销号", en="Record that a child is back at school"),
        source="T03; 义务教育法 第五十八条",
        needs=(("D12", "update"),),
        decide=return_to_school,
        answers="DropoutCase",
        target="DropoutCase",
        values=(Value(column="DropoutCase.returned_on"), Value(column="DropoutCase.measure")),
    ),
)
