"""社会救助、申请、就业、住房、法律援助: what a family is given, and what it has applied for."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, ChildBound, Recorded
from schema.meaning import Anchor, one, refers

_d17 = Columns(data_class="D17", owner="CA")
_d19 = Columns(data_class="D19", owner="HO")
_d20 = Columns(data_class="D20", owner="HR")
_d21 = Columns(data_class="D21", owner="JU")


class Assistance(ChildBound, Recorded, Base):
    """One kind of social assistance, from decision to end."""

    __tablename__ = "assistance"
    about = About(
        label=Label(zh="社会救助", en="Assistance"),
        key_class="D17",
        key_facets="type",
        anchor=Anchor.CHILD,
        id_tag="assistance",
        single="assistance",
        plural="assistances",
        spans=(("applied_on", "valid_from"),),
    )

    type: Mapped[str] = _d17.code("assistance_type", "救助类型", "Kind", null=False, facets="type")
    applied_on: Mapped[date | None] = _d17.day("申请日期", "Applied on", process=True)
    decision: Mapped[str | None] = _d17.code("assistance_decision", "审批结果", "Decision", process=True)
    valid_from: Mapped[date | None] = _d17.day("开始日期", "From")
    valid_to: Mapped[date | None] = _d17.day("结束日期", "To")
    amount_band: Mapped[str | None] = _d17.code("amount_band", "金额档次", "Band of amount")
    rejected_reason: Mapped[str | None] = _d17.text("不予批准原因", "Reason of rejection")


class AidApplication(ChildBound, Recorded, Base):
    """An application that a unit is working on; while it is open the unit may read what it needs to decide."""

    __tablename__ = "aid_application"
    about = About(
        label=Label(zh="救助申请", en="Aid application"),
        key_class="D17",
        key_facets="type",
        anchor=Anchor.CHILD,
        id_tag="application",
        single="aidApplication",
        plural="aidApplications",
        natural_key="application_no",
        unit_columns=("unit",),
        indexes=(("unit", "status"),),
        unique=(("county", "application_no"),),
    )

    application_no: Mapped[str] = _d17.text("申请编号", "Application number", null=False, facets="type")
    unit: Mapped[str] = _d17.unit(
        "受理单位", "Deciding unit", null=False, facets="type", references="organisation.code"
    )
    kind: Mapped[str] = _d17.code("application_kind", "申请类别", "Kind", null=False, facets="type")
    applicant_id: Mapped[str | None] = _d17.link("family_member", "申请人", "Applicant")
    status: Mapped[str] = _d17.code("application_status", "状态", "State", null=False, facets="type", process=True)
    applied_on: Mapped[date] = _d17.day("申请日期", "Applied on", null=False, facets="type", process=True)
    decided_on: Mapped[date | None] = _d17.day("办结日期", "Decided on", facets="type", process=True)


class EmploymentSupport(ChildBound, Recorded, Base):
    """Work or training offered to a parent."""

    __tablename__ = "employment_support"
    about = About(
        label=Label(zh="就业帮扶", en="Employment support"),
        key_class="D20",
        anchor=Anchor.CHILD,
        id_tag="employment",
        single="employmentSupport",
        plural="employmentSupports",
        unit_columns=("unit",),
        indexes=(("unit",),),
        relations=(
            one("parent", "FamilyMember", "父母", "Parent", on="parent_id"),
            one("application", "AidApplication", "申请", "Application", on="application_id"),
        ),
    )

    parent_id: Mapped[str | None] = _d20.ref("family_member", "父母", "Parent")
    application_id: Mapped[str | None] = _d20.link("aid_application", "申请", "Application")
    unit: Mapped[str] = _d20.unit("帮扶单位", "Supporting unit", null=False, owner=("HR", "AG", "TU"))
    kind: Mapped[str] = _d20.code("employment_support_kind", "帮扶类别", "Kind", null=False, owner=("HR", "AG", "TU"))
    status: Mapped[str] = _d20.code("support_status", "状态", "State", null=False, process=True)
    employment_status: Mapped[str | None] = _d20.code("employment_status", "就业状态", "Employment")
    trade: Mapped[str | None] = _d20.code("industry", "意向行业", "Trade sought")
    result: Mapped[str | None] = _d20.text("帮扶结果", "Result")


class HousingSupport(ChildBound, Recorded, Base):
    """Housing condition and what the housing unit decided."""

    __tablename__ = "housing_support"
    about = About(
        label=Label(zh="住房保障", en="Housing support"),
        key_class="D19",
        anchor=Anchor.CHILD,
        id_tag="housing",
        single="housingSupport",
        plural="housingSupports",
        unit_columns=("unit",),
        indexes=(("unit",),),
        relations=(one("application", "AidApplication", "申请", "Application", on="application_id"),),
    )

    application_id: Mapped[str | None] = _d19.link("aid_application", "申请", "Application")
    unit: Mapped[str | None] = _d19.unit("受理单位", "Deciding unit")
    housing_band: Mapped[str | None] = _d19.code("housing_band", "住房困难档次", "Band of housing need", facets="band")
    kind: Mapped[str | None] = _d19.code("housing_support_kind", "保障方式", "Kind")
    status: Mapped[str | None] = _d19.code("support_status", "状态", "State", process=True)
    decided_on: Mapped[date | None] = _d19.day("审批日期", "Decided on", process=True)


class LegalAid(ChildBound, Recorded, Base):
    """Legal aid asked for, or referred by another unit."""

    __tablename__ = "legal_aid"
    about = About(
        label=Label(zh="法律援助", en="Legal aid"),
        key_class="D21",
        anchor=Anchor.CHILD,
        id_tag="aid",
        single="legalAid",
        plural="legalAids",
        spans=(("accepted_on", "closed_on"),),
        unit_columns=("unit",),
        case_column="case_id",
        indexes=(("unit", "status"),),
        relations=(
            one("case", "ProtectionCase", "案件", "Case", on="case_id"),
            one("application", "AidApplication", "申请", "Application", on="application_id"),
            refers("organisation", "Organisation", "援助机构", "Legal aid unit", on=("unit", "code")),
        ),
    )

    case_id: Mapped[str | None] = _d21.link("protection_case", "案件", "Case")
    application_id: Mapped[str | None] = _d21.link("aid_application", "申请", "Application")
    unit: Mapped[str] = _d21.unit("援助机构", "Legal aid unit", null=False, references="organisation.code")
    matter: Mapped[str] = _d21.code("legal_matter", "援助事项", "Matter", null=False)
    referred_by: Mapped[str | None] = _d21.unit("转介单位", "Referred by")
    priority: Mapped[bool] = _d21.flag("优先受理", "Priority", null=False, default="false")
    status: Mapped[str] = _d21.code("support_status", "状态", "State", null=False, process=True)
    accepted_on: Mapped[date | None] = _d21.day("受理日期", "Accepted on", process=True)
    lawyer: Mapped[str | None] = _d21.text("承办律师", "Lawyer")
    closed_on: Mapped[date | None] = _d21.day("结案日期", "Closed on", process=True)
    outcome: Mapped[str | None] = _d21.text("办理结果", "Outcome")
