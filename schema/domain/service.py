"""走访、结对、服务: who visits a child, who is paired with the child, what service was given."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, ChildBound, Recorded
from schema.meaning import Anchor, Mask, one, refers

_d28 = Columns(data_class="D28", owner=("TW", "SW", "WF", "YL", "CG"))
_d32 = Columns(data_class="D32", owner=("VC", "TW", "SW", "WF"))
_d33 = Columns(data_class="D33", owner=("WF", "YL", "CG", "TU"))


class Visit(ChildBound, Recorded, Base):
    """A visit to a child's home, planned or done."""

    __tablename__ = "visit"
    about = About(
        label=Label(zh="走访", en="Visit"),
        key_class="D32",
        anchor=Anchor.CHILD,
        id_tag="visit",
        single="visit",
        plural="visits",
        unit_columns=("by_unit",),
        indexes=(("by_unit", "done_on"),),
        relations=(refers("worker", "Worker", "走访人", "Visitor", on=("worker_id", "id")),),
    )

    type: Mapped[str] = _d32.code("visit_type", "走访类型", "Kind", null=False)
    planned_on: Mapped[date | None] = _d32.day("计划日期", "Planned on", process=True)
    done_on: Mapped[date | None] = _d32.day("走访日期", "Done on", process=True)
    by_unit: Mapped[str] = _d32.unit("走访单位", "By unit", null=False, process=True)
    worker_id: Mapped[str | None] = _d32.link("worker.id", "走访人", "Visitor")
    met_whom: Mapped[str | None] = _d32.text("见到何人", "Whom the visitor met")
    guardianship_ok: Mapped[bool | None] = _d32.flag("监护正常", "Guardianship is well")
    living_ok: Mapped[bool | None] = _d32.flag("生活正常", "Living is well")
    study_ok: Mapped[bool | None] = _d32.flag("学习正常", "Study is well")
    emotion_ok: Mapped[bool | None] = _d32.flag("情感正常", "Feelings are well")
    safety_ok: Mapped[bool | None] = _d32.flag("安全正常", "Safety is well")
    problems: Mapped[list[str] | None] = _d32.codes("visit_problem", "发现问题", "Problems found")
    note: Mapped[str | None] = _d32.text("走访记录", "Note")
    next_due: Mapped[date | None] = _d32.day("下次走访期限", "Next due", process=True)


class Pairing(ChildBound, Recorded, Base):
    """A volunteer of a unit paired with a child; while it lasts the unit is assigned to the child."""

    __tablename__ = "pairing"
    about = About(
        label=Label(zh="结对", en="Pairing"),
        key_class="D33",
        anchor=Anchor.CHILD,
        id_tag="pairing",
        single="pairing",
        plural="pairings",
        unit_columns=("unit",),
        indexes=(("unit", "valid_to"),),
        relations=(
            refers("volunteer", "Worker", "志愿者", "Volunteer", on=("volunteer_id", "id")),
            refers("organisation", "Organisation", "结对单位", "Unit", on=("unit", "code")),
        ),
    )

    unit: Mapped[str] = _d33.unit("结对单位", "Unit", null=False, references="organisation.code")
    volunteer_id: Mapped[str] = _d33.ref("worker.id", "志愿者", "Volunteer", null=False)
    task_no: Mapped[str | None] = _d33.text("任务编号", "Task number", process=True)
    status: Mapped[str] = _d33.code("pairing_status", "状态", "State", null=False, process=True)
    valid_from: Mapped[date] = _d33.day("开始日期", "From", null=False, process=True)
    valid_to: Mapped[date | None] = _d33.day("结束日期", "To", process=True)
    consent_of_guardian: Mapped[bool | None] = _d33.flag("监护人同意", "Guardian consents")
    vetting_result: Mapped[str | None] = _d33.code(
        "vetting_result", "违法犯罪记录查询结果", "Record check", source="未成年人保护法 第六十二条、第九十八条"
    )
    vetted_on: Mapped[date | None] = _d33.day("查询日期", "Checked on", process=True)


class ServiceRecord(ChildBound, Recorded, Base):
    """A service given to a child."""

    __tablename__ = "service_record"
    about = About(
        label=Label(zh="服务记录", en="Service record"),
        key_class="D28",
        anchor=Anchor.CHILD,
        id_tag="service",
        single="serviceRecord",
        plural="serviceRecords",
        unit_columns=("by_unit",),
        indexes=(("by_unit", "served_on"),),
        relations=(
            one("plan_item", "ServicePlanItem", "计划事项", "Plan item", on="plan_item_id"),
            refers("facility", "Facility", "场所", "Facility", on=("facility_id", "id")),
        ),
    )

    plan_item_id: Mapped[str | None] = _d28.link("service_plan_item", "计划事项", "Plan item")
    kind: Mapped[str] = _d28.code("service_kind", "服务种类", "Kind", null=False)
    by_unit: Mapped[str] = _d28.unit("服务单位", "By unit", null=False, process=True)
    by_name: Mapped[str | None] = _d28.text("服务人", "By", mask=Mask.NAME)
    served_on: Mapped[date] = _d28.day("服务日期", "Served on", null=False, process=True)
    facility_id: Mapped[str | None] = _d28.ref("facility.id", "场所", "Facility")
    minutes: Mapped[int | None] = _d28.number("时长(分钟)", "Duration in minutes")
    outcome: Mapped[str | None] = _d28.text("效果", "Outcome")
