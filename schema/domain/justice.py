"""惩戒、诉讼、检察、涉罪未成年人、侦查: what police, procuratorate and court decide."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from schema.classes import Label, Level
from schema.columns import Columns
from schema.entities import About, Base, CaseBound, Recorded
from schema.meaning import Anchor, one, refers

_d25 = Columns(data_class="D25", owner="PS")
_d26 = Columns(data_class="D26", owner="PS")
_d29 = Columns(data_class="D29", owner="CT")
_d30 = Columns(data_class="D30", owner="PR")


class InvestigationRecord(CaseBound, Recorded, Base):
    """A record of investigation or evidence; sealed."""

    __tablename__ = "investigation_record"
    about = About(
        label=Label(zh="侦查取证", en="Investigation record"),
        key_class="D25",
        anchor=Anchor.CHILD,
        id_tag="investigation",
        single="investigationRecord",
        plural="investigationRecords",
        unit_columns=("by_unit",),
        case_column="case_id",
        relations=(one("suspect", "FamilyMember", "涉案家庭成员", "Suspect of the family", on="suspect_id"),),
    )

    kind: Mapped[str] = _d25.code("investigation_kind", "侦查类别", "Kind", null=False)
    by_unit: Mapped[str] = _d25.unit("办案单位", "By unit", null=False)
    filed_on: Mapped[date | None] = _d25.day("立案日期", "Filed on")
    suspect_id: Mapped[str | None] = _d25.ref("family_member", "涉案家庭成员", "Suspect of the family")
    content: Mapped[str | None] = _d25.text("内容", "Content")
    evidence: Mapped[list[str] | None] = _d25.texts("证据", "Evidence (file ids)")
    dna_status: Mapped[str | None] = _d25.code("dna_status", "DNA比对状态", "State of the DNA comparison")


class Sanction(CaseBound, Recorded, Base):
    """An admonition, order or penalty for a parent or carer."""

    __tablename__ = "sanction"
    about = About(
        label=Label(zh="对监护人的惩戒", en="Sanction"),
        key_class="D26",
        key_facets="outcome",
        anchor=Anchor.CHILD,
        id_tag="sanction",
        single="sanction",
        plural="sanctions",
        commanded=True,
        unit_columns=("by_unit",),
        case_column="case_id",
        relations=(one("subject", "FamilyMember", "被惩戒人", "Subject", on="subject_id"),),
    )

    kind: Mapped[str] = _d26.code("sanction_kind", "惩戒方式", "Kind", null=False, facets="outcome")
    subject_id: Mapped[str | None] = _d26.ref("family_member", "被惩戒人", "Subject")
    by_unit: Mapped[str] = _d26.unit("决定单位", "By unit", null=False, facets="outcome")
    decided_on: Mapped[date] = _d26.day("决定日期", "Decided on", null=False, facets="outcome", process=True)
    document_no: Mapped[str | None] = _d26.text("文书号", "Document number")
    facts: Mapped[str | None] = _d26.text("事实", "Facts")
    reaction: Mapped[str | None] = _d26.code("sanction_reaction", "改正情况", "What followed", facets="outcome")


class Petition(CaseBound, Recorded, Base):
    """A petition on guardianship or protection, and the court's ruling."""

    __tablename__ = "petition"
    about = About(
        label=Label(zh="监护权诉讼", en="Petition"),
        key_class="D29",
        key_facets="status",
        anchor=Anchor.CHILD,
        id_tag="petition",
        single="petition",
        plural="petitions",
        commanded=True,
        spans=(("filed_on", "effective_on"), ("effective_on", "expires_on")),
        unit_columns=("court_unit", "applicant_unit"),
        case_column="case_id",
        indexes=(("court_unit",), ("applicant_unit",)),
        relations=(refers("court", "Organisation", "受理法院", "Court", on=("court_unit", "code")),),
    )

    type: Mapped[str] = _d29.code("petition_type", "诉讼类型", "Kind", null=False, facets="status")
    applicant_unit: Mapped[str | None] = _d29.unit(
        "申请单位", "Applying unit", owner=("CA", "PR", "CT"), facets="status"
    )
    applicant_kind: Mapped[str] = _d29.code(
        "applicant_kind", "申请人类别", "Kind of applicant", null=False, facets="status", source="民法典 第三十六条"
    )
    filed_on: Mapped[date] = _d29.day("申请日期", "Filed on", null=False, facets="status", process=True)
    court_unit: Mapped[str] = _d29.unit(
        "受理法院", "Court", null=False, facets="status", process=True, references="organisation.code"
    )
    docket_no: Mapped[str | None] = _d29.text("案号", "Docket number", facets="status", process=True)
    accepted_at: Mapped[datetime | None] = _d29.moment("受理时间", "Accepted at", facets="status", process=True)
    status: Mapped[str] = _d29.code("petition_status", "状态", "State", null=False, facets="status", process=True)
    ruling: Mapped[str | None] = _d29.code("ruling", "裁判结果", "Ruling", facets="status")
    ruled_at: Mapped[datetime | None] = _d29.moment("裁判时间", "Ruled at", facets="status", process=True)
    effective_on: Mapped[date | None] = _d29.day("生效日期", "Effective on", facets="status", process=True)
    expires_on: Mapped[date | None] = _d29.day("届满日期", "Expires on", facets="status", process=True)
    document: Mapped[str | None] = _d29.text("裁判文书", "Document (file id)", level=Level.L5, facets="document")


class ProsecutionStage(CaseBound, Recorded, Base):
    """Where the prosecution of an offence against a child stands."""

    __tablename__ = "prosecution_stage"
    about = About(
        label=Label(zh="检察环节", en="Prosecution stage"),
        key_class="D29",
        key_facets="status",
        anchor=Anchor.CHILD,
        id_tag="prosecution",
        single="prosecutionStage",
        plural="prosecutionStages",
        commanded=True,
        unit_columns=("by_unit", "court_unit"),
        case_column="case_id",
        indexes=(("court_unit",),),
    )

    by_unit: Mapped[str] = _d29.unit("检察机关", "Procuratorate", null=False, owner="PR", facets="status")
    stage: Mapped[str] = _d29.code(
        "prosecution_stage", "阶段", "Stage", null=False, owner="PR", facets="status", process=True
    )
    entered_on: Mapped[date] = _d29.day("进入日期", "Entered on", null=False, owner="PR", facets="status", process=True)
    court_unit: Mapped[str | None] = _d29.unit("审理法院", "Court", owner="PR", facets="status", process=True)
    outcome: Mapped[str | None] = _d29.code("criminal_outcome", "裁判结果", "Outcome", facets="status")
    suggestion: Mapped[str | None] = _d29.text("检察建议", "Suggestion of the procuratorate", owner="PR")
    reply_due: Mapped[date | None] = _d29.day(
        "书面回复期限", "Reply due", owner="PR", facets="status", process=True, source="未成年人保护法 第一百一十四条"
    )
    document: Mapped[str | None] = _d29.text(
        "法律文书", "Document (file id)", owner="PR", level=Level.L5, facets="document"
    )


class JuvenileMeasure(CaseBound, Recorded, Base):
    """A measure for a minor who offended; sealed by law."""

    __tablename__ = "juvenile_measure"
    about = About(
        label=Label(zh="涉罪未成年人措施", en="Juvenile measure"),
        key_class="D30",
        anchor=Anchor.CHILD,
        id_tag="juvenile",
        single="juvenileMeasure",
        plural="juvenileMeasures",
        unit_columns=("by_unit",),
        case_column="case_id",
    )

    kind: Mapped[str] = _d30.code(
        "juvenile_measure", "措施", "Measure", null=False, source="预防未成年人犯罪法 第五十九条"
    )
    by_unit: Mapped[str] = _d30.unit("决定单位", "By unit", null=False)
    valid_from: Mapped[date] = _d30.day("开始日期", "From", null=False)
    valid_to: Mapped[date | None] = _d30.day("结束日期", "To")
    content: Mapped[str | None] = _d30.text("内容", "Content")
    sealed_on: Mapped[date | None] = _d30.day("封存日期", "Sealed on")
