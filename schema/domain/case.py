"""案件、参与单位、事件、知悉: a protection case and who takes part, what happened and who knows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, CaseBound, ChildBound, Recorded
from schema.meaning import Anchor, Relation, many, one, refers

#: Who takes part, what kind of step was taken when and by whom: known to every unit with a duty in the case.
_header = Columns(data_class="D22", owner=("TW", "CA", "PS"), facets="header")
_d27 = Columns(data_class="D27", owner="TW")
_d22 = Columns(data_class="D22", owner="PS")


def _of_case(name: str, target: str, zh: str, en: str) -> Relation:
    return many(name, target, zh, en, by="case_id")


class ProtectionCase(ChildBound, Recorded, Base):
    """A case about one child, from report to closing."""

    __tablename__ = "protection_case"
    about = About(
        label=Label(zh="案件", en="Protection case"),
        key_class="D22",
        key_facets="header",
        anchor=Anchor.CHILD,
        id_tag="case",
        single="case",
        plural="cases",
        commanded=True,
        natural_key="case_no",
        unit_columns=("lead_unit",),
        case_column="id",
        indexes=(("lead_unit",), ("county", "stage"), ("accused_persons",)),
        unique=(("county", "case_no"),),
        relations=(
            refers("lead", "Organisation", "牵头单位", "Lead unit", on=("lead_unit", "code")),
            _of_case("parties", "CaseParty", "参与单位", "Parties"),
            many("events", "CaseEvent", "事件", "Events", by="case_id", order=("-at", "id")),
            _of_case("knowledge", "CaseKnowledge", "知悉", "Knowledge"),
            _of_case("reports", "ConcernReport", "强制报告", "Reports"),
            _of_case("measures", "EmergencyMeasure", "应急处置", "Emergency measures"),
            _of_case("assessments", "Assessment", "调查评估", "Assessments"),
            _of_case("plan_items", "ServicePlanItem", "帮扶计划", "Service plan"),
            _of_case("placements", "Placement", "安置", "Placements"),
            _of_case("sanctions", "Sanction", "惩戒", "Sanctions"),
            _of_case("petitions", "Petition", "诉讼", "Petitions"),
            _of_case("prosecutions", "ProsecutionStage", "检察环节", "Prosecution"),
            _of_case("juvenile_measures", "JuvenileMeasure", "涉罪未成年人措施", "Juvenile measures"),
            _of_case("investigations", "InvestigationRecord", "侦查取证", "Investigations"),
            _of_case("legal_aids", "LegalAid", "法律援助", "Legal aid"),
            _of_case("clinical_notes", "ClinicalNote", "临床健康", "Clinical notes"),
            _of_case("injuries", "InjuryAssessment", "伤情鉴定", "Injury assessments"),
        ),
    )

    case_no: Mapped[str] = _header.text("案件编号", "Case number", owner="hub", null=False, process=True)
    opened_from: Mapped[str] = _header.code("case_origin", "来源", "Opened from", null=False, process=True)
    opened_on: Mapped[date] = _header.day("立案日期", "Opened on", null=False, process=True)
    stage: Mapped[str] = _header.code("case_stage", "阶段", "Stage", null=False, process=True)
    lead_unit: Mapped[str] = _header.unit(
        "牵头单位", "Lead unit", null=False, process=True, references="organisation.code"
    )
    risk_level: Mapped[str | None] = _d27.code("risk_level", "风险等级", "Risk level", facets="summary")
    duties_served: Mapped[list[str] | None] = _header.texts("所履行职责", "Duties served")
    sealed: Mapped[bool] = _header.flag(
        "是否封存", "Sealed", data_class="D42", null=False, default="false", filterable=False, orderable=False
    )
    #: an investigation that nobody is to learn of: who asks about the child is then not told
    confidential: Mapped[bool] = _header.flag(
        "秘密侦查", "Confidential investigation", null=False, default="false", structural=True
    )
    #: hub accounts of persons accused in the case; they may not read it
    accused_persons: Mapped[list[str] | None] = _header.texts(
        "涉案平台用户", "Accounts of accused persons", structural=True
    )
    closed_on: Mapped[date | None] = _header.day("结案日期", "Closed on", process=True)
    close_reason: Mapped[str | None] = _d27.code("case_close_reason", "结案原因", "Reason of closing", facets="summary")
    reopen_count: Mapped[int] = _header.number("重启次数", "Times reopened", null=False, default="0", process=True)


class CaseParty(CaseBound, Recorded, Base):
    """A unit's part in a case, from acceptance to leaving."""

    __tablename__ = "case_party"
    about = About(
        label=Label(zh="案件参与单位", en="Case party"),
        key_class="D22",
        key_facets="header",
        anchor=Anchor.CHILD,
        id_tag="party",
        single="caseParty",
        plural="caseParties",
        commanded=True,
        unit_columns=("unit",),
        case_column="case_id",
        indexes=(("unit", "until"),),
        unique=(("county", "case_id", "unit", "role", "since"),),
        relations=(refers("organisation", "Organisation", "单位", "Unit", on=("unit", "code")),),
    )

    unit: Mapped[str] = _header.unit("单位", "Unit", null=False, process=True, references="organisation.code")
    role: Mapped[str] = _header.code("party_role", "角色", "Role", null=False, process=True)
    since: Mapped[date] = _header.day("参与日期", "Since", null=False, process=True)
    accepted_on: Mapped[date | None] = _header.day("接受日期", "Accepted on", process=True)
    until: Mapped[date | None] = _header.day("退出日期", "Until", process=True)


class CaseEvent(CaseBound, Recorded, Base):
    """Something that happened in a case; `data_class` says which class its content belongs to."""

    __tablename__ = "case_event"
    about = About(
        label=Label(zh="案件事件", en="Case event"),
        key_class="D22",
        key_facets="header",
        anchor=Anchor.CHILD,
        id_tag="event",
        single="caseEvent",
        plural="caseEvents",
        commanded=True,
        unit_columns=("by_unit",),
        case_column="case_id",
        indexes=(("county", "case_id", "at"), ("by_unit",)),
        relations=(
            one("supersedes", "CaseEvent", "取代的事件", "Superseded event", on="supersedes_id"),
            many("knowledge", "CaseKnowledge", "知悉", "Knowledge", by="event_id"),
        ),
    )

    type: Mapped[str] = _header.code("case_event_type", "事件类型", "Kind", null=False, process=True)
    at: Mapped[datetime] = _header.moment("时间", "At", null=False, process=True)
    by_unit: Mapped[str] = _header.unit("单位", "By unit", null=False, process=True)
    by_person: Mapped[str | None] = _header.text("经办人", "By", structural=True)
    data_class: Mapped[str | None] = _header.code("data_class", "数据类别", "Data class", process=True)
    summary: Mapped[str | None] = _d22.text(
        "内容摘要", "Summary", owner=("PS", "TW", "CA"), facets="content", filterable=False, orderable=False
    )
    supersedes_id: Mapped[str | None] = _header.link("case_event", "取代的事件", "Superseded event")
    must_know_units: Mapped[list[str] | None] = _header.texts("应知单位", "Units that must know", process=True)


class CaseKnowledge(CaseBound, Recorded, Base):
    """That a unit was told of an event, opened it, acknowledged it, acted on it."""

    __tablename__ = "case_knowledge"
    about = About(
        label=Label(zh="案件知悉", en="Case knowledge"),
        key_class="D22",
        key_facets="header",
        anchor=Anchor.CHILD,
        id_tag="knowledge",
        single="caseKnowledge",
        plural="caseKnowledges",
        commanded=True,
        unit_columns=("unit",),
        case_column="case_id",
        history=False,
        indexes=(("unit", "acknowledged_at"),),
        relations=(one("event", "CaseEvent", "事件", "Event", on="event_id"),),
    )

    event_id: Mapped[str] = _header.link("case_event", "事件", "Event", null=False)
    unit: Mapped[str] = _header.unit("单位", "Unit", null=False, process=True)
    notified_at: Mapped[datetime | None] = _header.moment("通知时间", "Notified at", owner="hub", process=True)
    opened_at: Mapped[datetime | None] = _header.moment("打开时间", "Opened at", owner="hub", process=True)
    acknowledged_at: Mapped[datetime | None] = _header.moment("确认时间", "Acknowledged at", owner="hub", process=True)
    acted_at: Mapped[datetime | None] = _header.moment("行动时间", "Acted at", owner="hub", process=True)
    due_at: Mapped[datetime | None] = _header.moment("确认期限", "To be acknowledged by", owner="hub", process=True)
    escalated_at: Mapped[datetime | None] = _header.moment("升级时间", "Escalated at", owner="hub", process=True)
