"""应急处置、调查评估、帮扶计划、安置: what is done for a child within a case."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from schema.classes import Label, Level
from schema.columns import Columns
from schema.entities import About, Base, CaseBound, Recorded
from schema.meaning import Anchor, Mask, refers

_d24 = Columns(data_class="D24", owner="PS")
_d27 = Columns(data_class="D27", owner="TW")
_d28 = Columns(data_class="D28", owner="TW")
_d31 = Columns(data_class="D31", owner=("CA", "RS", "WI"))
_location = Columns(data_class="D31", owner=("CA", "RS", "WI"), level=Level.L5, facets="location")


class EmergencyMeasure(CaseBound, Recorded, Base):
    """An emergency measure of the police; open until `ended_at`."""

    __tablename__ = "emergency_measure"
    about = About(
        label=Label(zh="应急处置", en="Emergency measure"),
        key_class="D24",
        anchor=Anchor.CHILD,
        id_tag="measure",
        single="emergencyMeasure",
        plural="emergencyMeasures",
        commanded=True,
        spans=(("started_at", "ended_at"),),
        unit_columns=("by_unit",),
        case_column="case_id",
        indexes=(("county", "ended_at"), ("by_unit",)),
    )

    measure: Mapped[str] = _d24.code("emergency_measure", "处置措施", "Measure", null=False)
    by_unit: Mapped[str] = _d24.unit("处置单位", "By unit", null=False)
    officer: Mapped[str | None] = _d24.text("处置民警", "Officer", mask=Mask.NAME)
    started_at: Mapped[datetime] = _d24.moment("开始时间", "Started at", null=False, process=True)
    ended_at: Mapped[datetime | None] = _d24.moment("结束时间", "Ended at", process=True)
    contacts_tried: Mapped[int | None] = _d24.number("联系监护人次数", "Attempts to reach the guardian")
    contact_log: Mapped[str | None] = _d24.text("联系经过", "Log of the attempts")
    escort_from: Mapped[str | None] = _d24.text("护送起点", "Escorted from")
    escort_to_kind: Mapped[str | None] = _d24.code("place_type", "护送去向", "Escorted to a kind of place")
    escort_to_unit: Mapped[str | None] = _location.unit("护送至单位", "Escorted to", owner="PS")
    handed_over_at: Mapped[datetime | None] = _d24.moment("移交时间", "Handed over at", process=True)


class Assessment(CaseBound, Recorded, Base):
    """An assessment of safety, guardianship, mind and body, schooling; each part by the unit that knows it."""

    __tablename__ = "assessment"
    about = About(
        label=Label(zh="调查评估", en="Assessment"),
        key_class="D27",
        key_facets="summary",
        anchor=Anchor.CHILD,
        id_tag="assessment",
        single="assessment",
        plural="assessments",
        commanded=True,
        spans=(("started_on", "completed_on"),),
        unit_columns=("lead_unit",),
        case_column="case_id",
    )

    lead_unit: Mapped[str] = _d27.unit("评估牵头单位", "Lead unit", null=False, facets="summary", process=True)
    started_on: Mapped[date] = _d27.day("开始日期", "Started on", null=False, facets="summary", process=True)
    completed_on: Mapped[date | None] = _d27.day("完成日期", "Completed on", facets="summary", process=True)
    contributors: Mapped[list[str] | None] = _d27.texts(
        "参与单位", "Contributing units", facets="summary", process=True
    )
    risk_level: Mapped[str | None] = _d27.code("risk_level", "风险等级", "Risk level", facets="summary")
    conclusion: Mapped[str | None] = _d27.text("评估结论", "Conclusion", facets="summary")
    safety_score: Mapped[int | None] = _d27.number("安全得分", "Safety score", owner="PS", facets="safety")
    safety_note: Mapped[str | None] = _d27.text("安全情况", "Safety", owner="PS", facets="safety")
    guardianship_score: Mapped[int | None] = _d27.number("监护得分", "Guardianship score")
    guardianship_note: Mapped[str | None] = _d27.text("监护情况", "Guardianship")
    mind_body_score: Mapped[int | None] = _d27.number("身心得分", "Mind and body score", owner="HE", facets="mind_body")
    mind_body_note: Mapped[str | None] = _d27.text("身心健康", "Mind and body", owner="HE", facets="mind_body")
    schooling_score: Mapped[int | None] = _d27.number("就学得分", "Schooling score", owner="ED", facets="schooling")
    schooling_note: Mapped[str | None] = _d27.text("就学情况", "Schooling", owner="ED", facets="schooling")


class ServicePlanItem(CaseBound, Recorded, Base):
    """One thing that a provider has undertaken to do for a child."""

    __tablename__ = "service_plan_item"
    about = About(
        label=Label(zh="帮扶计划事项", en="Service plan item"),
        key_class="D28",
        anchor=Anchor.CHILD,
        id_tag="plan",
        single="servicePlanItem",
        plural="servicePlanItems",
        commanded=True,
        unit_columns=("provider_unit",),
        case_column="case_id",
        indexes=(("provider_unit", "status"),),
        relations=(refers("provider", "Organisation", "承办单位", "Provider", on=("provider_unit", "code")),),
    )

    type: Mapped[str] = _d28.code("service_type", "服务类型", "Kind", null=False)
    provider_unit: Mapped[str] = _d28.unit(
        "承办单位", "Provider", null=False, process=True, references="organisation.code"
    )
    task_no: Mapped[str | None] = _d28.text("任务编号", "Task number", process=True)
    due: Mapped[date | None] = _d28.day("完成期限", "Due", process=True)
    status: Mapped[str] = _d28.code("plan_item_status", "状态", "State", null=False, process=True)
    goal: Mapped[str | None] = _d28.text("目标", "Goal")
    outcome: Mapped[str | None] = _d28.text("结果", "Outcome")
    not_done_reason: Mapped[str | None] = _d28.text("未完成原因", "Why not done")


class Placement(CaseBound, Recorded, Base):
    """Where a child lives under temporary or long-term guardianship; a shelter's place may be hidden."""

    __tablename__ = "placement"
    about = About(
        label=Label(zh="安置", en="Placement"),
        key_class="D31",
        anchor=Anchor.CHILD,
        id_tag="placement",
        single="placement",
        plural="placements",
        commanded=True,
        unit_columns=("facility_unit",),
        case_column="case_id",
        source_facets="location",
        source_level=Level.L5,
        indexes=(("facility_unit", "valid_to"),),
        relations=(refers("facility", "Facility", "场所", "Facility", on=("facility_id", "id")),),
    )

    place_type: Mapped[str] = _d31.code("place_type", "安置方式", "Kind of place", null=False)
    facility_id: Mapped[str | None] = _location.ref("facility.id", "场所", "Facility")
    facility_unit: Mapped[str | None] = _location.unit("安置机构", "Receiving unit", references="organisation.code")
    location_hidden: Mapped[bool] = _d31.flag("地点保密", "Location is hidden", null=False, default="false")
    hidden_address: Mapped[str | None] = _location.text("保密地点", "Hidden address")
    valid_from: Mapped[date] = _d31.day("开始日期", "From", null=False, process=True)
    valid_to: Mapped[date | None] = _d31.day("结束日期", "To", process=True)
    handover_by: Mapped[str | None] = _location.text("移交人", "Handed over by", mask=Mask.NAME)
    received_by: Mapped[str | None] = _location.text("接收人", "Received by", mask=Mask.NAME)
    handover_signed_at: Mapped[datetime | None] = _d31.moment("交接签字时间", "Handover signed at", process=True)
    guardianship_kind: Mapped[str | None] = _d31.code(
        "state_guardianship", "监护性质", "Temporary or long-term", source="未成年人保护法 第九十二条、第九十四条"
    )
    legal_basis: Mapped[str | None] = _d31.code(
        "placement_ground", "安置依据", "Legal ground", source="未成年人保护法 第九十二条、第九十四条"
    )
    review_due: Mapped[date | None] = _d31.day("复核期限", "Review due", process=True)
