"""年度任务、义务: what the year's plan asks of units, and what one unit owes another."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, Identified, Recorded
from schema.meaning import Anchor, lists, refers

_d41 = Columns(data_class="D41", owner=("JC", "CA"))
_hub = Columns(data_class="D41", owner="hub")


class AnnualPlan(Identified, Recorded, Base):
    """The tasks of a year in one division."""

    __tablename__ = "annual_plan"
    about = About(
        label=Label(zh="年度计划", en="Annual plan"),
        key_class="D41",
        anchor=Anchor.DIVISION,
        id_tag="annual",
        single="annualPlan",
        plural="annualPlans",
        unit_columns=("issuing_unit",),
        history=False,
        unique=(("division", "year"),),
        relations=(lists("tasks", "DutyTask", "任务", "Tasks", on=("id", "plan_id")),),
    )

    division: Mapped[str] = _d41.division("区划", "Division", null=False)
    year: Mapped[int] = _d41.number("年度", "Year", null=False)
    issuing_unit: Mapped[str] = _d41.unit("印发单位", "Issuing unit", null=False)
    title: Mapped[str] = _d41.text("名称", "Title", null=False)
    issued_on: Mapped[date | None] = _d41.day("印发日期", "Issued on", process=True)


class DutyTask(Identified, Recorded, Base):
    """A task of the plan for one unit, with its two checks."""

    __tablename__ = "duty_task"
    about = About(
        label=Label(zh="职责任务", en="Duty task"),
        key_class="D41",
        anchor=Anchor.UNIT,
        id_tag="task",
        single="dutyTask",
        plural="dutyTasks",
        natural_key="task_no",
        unit_columns=("unit",),
        history=False,
        indexes=(("unit", "status"),),
        unique=(("task_no",),),
        relations=(
            refers("plan", "AnnualPlan", "年度计划", "Plan", on=("plan_id", "id")),
            refers("organisation", "Organisation", "责任单位", "Unit", on=("unit", "code")),
        ),
    )

    plan_id: Mapped[str | None] = _d41.link("annual_plan.id", "年度计划", "Plan")
    task_no: Mapped[str] = _d41.text("任务编号", "Task number", null=False, process=True)
    task_code: Mapped[str] = _d41.code("task_code", "任务类别", "Task", null=False, process=True)
    unit: Mapped[str] = _d41.unit("责任单位", "Unit", null=False, process=True)
    title: Mapped[str] = _d41.text("内容", "Content", null=False)
    due: Mapped[date | None] = _d41.day("期限", "Due", process=True)
    status: Mapped[str] = _d41.code("task_status", "状态", "State", null=False, process=True)
    evidence: Mapped[str | None] = _d41.text("佐证", "Evidence")
    mid_year_check: Mapped[str | None] = _d41.code("check_result", "年中检查", "Mid-year check", process=True)
    year_end_check: Mapped[str | None] = _d41.code("check_result", "年底考核", "Year-end check", process=True)


class Obligation(Identified, Recorded, Base):
    """What one unit owes others: to supply, notify, acknowledge, act or report, by a deadline."""

    __tablename__ = "obligation"
    about = About(
        label=Label(zh="义务", en="Obligation"),
        key_class="D41",
        anchor=Anchor.UNIT,
        id_tag="obligation",
        single="obligation",
        plural="obligations",
        unit_columns=("from_unit", "to_unit", "sealed_unit"),
        history=False,
        indexes=(
            ("from_unit", "status"),
            ("to_unit", "status"),
            ("case_no",),
            ("child",),
            ("row_id",),
            ("matter",),
            ("status", "due_at"),
            ("status", "escalates_at"),
        ),
        unique=(("subject_key",),),
        relations=(
            refers("debtor", "Organisation", "义务单位", "Owing unit", on=("from_unit", "code")),
            refers("creditor", "Organisation", "对象单位", "Unit owed", on=("to_unit", "code")),
        ),
    )

    rule: Mapped[str] = _hub.text("义务规则", "Rule", null=False, process=True)
    occasion: Mapped[str] = _hub.text("产生情形", "Occasion of the rule", null=False, process=True)
    kind: Mapped[str] = _hub.code("obligation_kind", "类型", "Kind", null=False, process=True)
    from_unit: Mapped[str] = _hub.unit("义务单位", "Owing unit", null=False, process=True)
    to_unit: Mapped[str] = _hub.unit("对象单位", "Unit owed", null=False, process=True)
    to_party: Mapped[str | None] = _hub.text("对象", "Whom that unit stands for, such as all members", process=True)
    #: who made a report: it sees what it owes or is owed, and nobody is shown that it does
    sealed_unit: Mapped[str | None] = _hub.unit("不公开单位", "Unit that is not shown", structural=True)
    sealed_side: Mapped[str | None] = _hub.text("不公开方", "Which side it stands for", structural=True)
    data_class: Mapped[str | None] = _hub.code("data_class", "数据类别", "Data class", process=True)
    trigger: Mapped[str] = _hub.text("触发事项", "Trigger", null=False, process=True)
    place: Mapped[str | None] = _hub.division("区划", "Division", process=True)
    #: the number only, so that the row itself tells nothing of a child
    case_no: Mapped[str | None] = _hub.text("案件编号", "Case number", structural=True)
    child: Mapped[str | None] = _hub.text("儿童", "Child", structural=True)
    row_id: Mapped[str | None] = _hub.text("相关记录", "Row it is about", structural=True)
    matter: Mapped[str] = _hub.text("事项", "Matter that an act has to be about", null=False, structural=True)
    #: while it stands, or for good where it arises once, no second one is made
    subject_key: Mapped[str | None] = _hub.text("唯一标识", "What makes it one obligation", structural=True)
    period: Mapped[str | None] = _hub.text("期间", "Period", process=True)
    urgent: Mapped[bool] = _hub.flag("紧急", "Urgent", null=False, default="false", process=True)
    notice: Mapped[bool] = _hub.flag("需告知", "The owing unit is told", null=False, default="true", process=True)
    opened_at: Mapped[datetime] = _hub.moment("产生时间", "Opened at", null=False, process=True)
    deadline_rule: Mapped[str | None] = _hub.text("期限规则", "Deadline rule", process=True)
    clock: Mapped[str] = _hub.text("时限", "Clock, such as 10 W", null=False, process=True)
    pausable: Mapped[bool] = _hub.flag("可中止", "May be stopped", null=False, default="false", process=True)
    extendable: Mapped[bool] = _hub.flag("可延长", "May be extended", null=False, default="false", process=True)
    by_evidence: Mapped[bool] = _hub.flag(
        "可凭佐证履行", "May be met by evidence", null=False, default="false", process=True
    )
    item_due: Mapped[date | None] = _hub.day("事项自身期限", "Date the item names", structural=True)
    due_at: Mapped[datetime | None] = _hub.moment("期限", "Due at", process=True)
    due_guessed: Mapped[bool] = _hub.flag(
        "期限系推算", "Due date rests on holidays not announced yet", null=False, default="false", process=True
    )
    status: Mapped[str] = _hub.code("obligation_status", "状态", "State", null=False, process=True)
    pauses: Mapped[list[str] | None] = _hub.texts("中止时段", "Times that do not count", structural=True)
    paused_at: Mapped[datetime | None] = _hub.moment("中止时间", "Clock stopped at", process=True)
    extended_by: Mapped[int] = _hub.number("延长", "Extended by", null=False, default="0", process=True)
    extension_reason: Mapped[str | None] = _hub.text("延长理由", "Reason of the extension")
    evidence: Mapped[str | None] = _hub.text("佐证", "Evidence")
    evidence_row: Mapped[str | None] = _hub.text("佐证记录", "Row that is evidence", structural=True)
    fulfilled_at: Mapped[datetime | None] = _hub.moment("履行时间", "Fulfilled at", process=True)
    waived_reason: Mapped[str | None] = _hub.text("免除理由", "Reason of waiving")
    overdue_at: Mapped[datetime | None] = _hub.moment("逾期认定时间", "Found overdue at", process=True)
    escalates_at: Mapped[datetime | None] = _hub.moment("应升级时间", "To be escalated at", structural=True)
    escalated_at: Mapped[datetime | None] = _hub.moment("升级时间", "Escalated at", process=True)
    escalated_to: Mapped[str | None] = _hub.unit("升级至", "Escalated to", process=True)
    passed_on_from: Mapped[str | None] = _hub.unit("承接自", "Passed on from", process=True)
