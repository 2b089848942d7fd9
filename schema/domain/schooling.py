"""学籍、出勤、辍学、劝返: where a child learns, and what is done when the child stays away."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, ChildBound, Recorded
from schema.meaning import Anchor, Mask, Pseudo, many, one, refers

_d11 = Columns(data_class="D11", owner="ED")
_d12 = Columns(data_class="D12", owner="SC")
_SCHOOL = refers("school", "Organisation", "学校", "School", on=("school_unit", "code"))


class Enrolment(ChildBound, Recorded, Base):
    """A child's place in one school, from one day to another."""

    __tablename__ = "enrolment"
    about = About(
        label=Label(zh="学籍", en="Enrolment"),
        key_class="D11",
        anchor=Anchor.CHILD,
        id_tag="enrolment",
        single="enrolment",
        plural="enrolments",
        unit_columns=("school_unit",),
        indexes=(("student_no",),),
        relations=(_SCHOOL,),
    )

    school_unit: Mapped[str] = _d11.unit("学校", "School", null=False, facets="school", references="organisation.code")
    status: Mapped[str] = _d11.code("enrolment_status", "学籍状态", "Status", null=False, facets="school")
    stage: Mapped[str] = _d11.code("school_stage", "学段", "Stage", null=False, facets="school")
    grade: Mapped[int | None] = _d11.number("年级", "Grade", owner=("ED", "SC"), facets="school")
    class_name: Mapped[str | None] = _d11.text("班级", "Class", owner="SC")
    student_no: Mapped[str | None] = _d11.text("学籍号", "Student number", mask=Mask.CERTIFICATE, pseudo=Pseudo.HASH)
    boarding: Mapped[bool | None] = _d11.flag("是否寄宿", "Boards at school", owner="SC", facets="school")
    dorm_manager: Mapped[str | None] = _d11.text("宿舍管理员", "Dormitory manager", owner="SC", mask=Mask.NAME)
    subsidy_types: Mapped[list[str] | None] = _d11.codes("education_subsidy", "教育资助", "Education subsidies")
    head_teacher: Mapped[str | None] = _d11.text("班主任", "Head teacher", owner="SC", mask=Mask.NAME)
    head_teacher_contact: Mapped[str | None] = _d11.text(
        "班主任联系方式", "Head teacher's telephone", data_class="D05", owner="SC", facets="teacher", mask=Mask.PHONE
    )
    valid_from: Mapped[date] = _d11.day("入学日期", "From", null=False)
    valid_to: Mapped[date | None] = _d11.day("离校日期", "To")


class Attendance(ChildBound, Recorded, Base):
    """How often a child was absent, as the school counts it each month."""

    __tablename__ = "attendance"
    about = About(
        label=Label(zh="出勤", en="Attendance"),
        key_class="D12",
        anchor=Anchor.CHILD,
        id_tag="attendance",
        single="attendance",
        plural="attendances",
        unit_columns=("school_unit",),
        relations=(_SCHOOL,),
    )

    school_unit: Mapped[str] = _d12.unit("学校", "School", null=False, references="organisation.code")
    as_of: Mapped[date] = _d12.day("统计日期", "Counted on", null=False)
    absence_days_30d: Mapped[int] = _d12.number("近30日缺勤天数", "Days absent of the last 30", null=False)
    absence_reason: Mapped[str | None] = _d12.code("absence_reason", "缺勤原因", "Reason of absence")


class DropoutCase(ChildBound, Recorded, Base):
    """A suspected or real dropout, followed until the child is back or the case is lawfully closed."""

    __tablename__ = "dropout_case"
    about = About(
        label=Label(zh="辍学", en="Dropout case"),
        key_class="D12",
        anchor=Anchor.CHILD,
        id_tag="dropout",
        single="dropoutCase",
        plural="dropoutCases",
        spans=(("detected_on", "returned_on"), ("detected_on", "written_report_on")),
        end=("returned_on",),
        unit_columns=("school_unit",),
        relations=(_SCHOOL, many("persuasions", "Persuasion", "劝返记录", "Persuasions", by="dropout_case_id")),
    )

    school_unit: Mapped[str] = _d12.unit("学校", "School", null=False, references="organisation.code")
    detected_on: Mapped[date] = _d12.day("发现日期", "Detected on", null=False, process=True)
    type: Mapped[str] = _d12.code("dropout_type", "辍学类型", "Kind", null=False)
    reason: Mapped[str | None] = _d12.code("dropout_reason", "辍学原因", "Reason")
    status: Mapped[str] = _d12.code("dropout_status", "状态", "State", null=False, facets="status", process=True)
    written_report_on: Mapped[date | None] = _d12.day("书面报告日期", "Reported in writing on", process=True)
    report_recipients: Mapped[list[str] | None] = _d12.texts(
        "书面报告接收单位", "Units the report went to", process=True
    )
    measure: Mapped[str | None] = _d12.code("dropout_measure", "依法措施", "Measure", owner=("ED", "TW"))
    returned_on: Mapped[date | None] = _d12.day(
        "复学日期", "Back at school on", owner=("ED", "TW"), facets="status", process=True
    )


class Persuasion(ChildBound, Recorded, Base):
    """One attempt to bring a child back to school."""

    __tablename__ = "persuasion"
    about = About(
        label=Label(zh="劝返记录", en="Persuasion"),
        key_class="D12",
        anchor=Anchor.CHILD,
        id_tag="persuasion",
        single="persuasion",
        plural="persuasions",
        unit_columns=("by_unit",),
        relations=(one("dropout_case", "DropoutCase", "辍学", "Dropout case", on="dropout_case_id"),),
    )

    dropout_case_id: Mapped[str] = _d12.link("dropout_case", "辍学", "Dropout case", null=False)
    persuaded_on: Mapped[date] = _d12.day("劝返日期", "On", null=False, process=True)
    by_unit: Mapped[str] = _d12.unit("劝返单位", "By unit", null=False)
    by_name: Mapped[str | None] = _d12.text("劝返人", "By", mask=Mask.NAME)
    result: Mapped[str] = _d12.code("persuasion_result", "劝返结果", "Result", null=False)
    note: Mapped[str | None] = _d12.text("说明", "Note")
