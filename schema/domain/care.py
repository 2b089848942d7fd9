"""外出务工、监护、委托监护确认书、户口: who is away, who cares, and whether the child is registered."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped

from schema.classes import Label, Level
from schema.columns import Columns
from schema.entities import About, Base, ChildBound, Recorded
from schema.meaning import Anchor, Mask, many, one, refers

_d07 = Columns(data_class="D07", owner="TW")
_d08 = Columns(data_class="D08", owner="TW")
_d09 = Columns(data_class="D09", owner="hub")
_d10 = Columns(data_class="D10", owner="PS")


class MigrationSpell(ChildBound, Recorded, Base):
    """A parent's time away at work."""

    __tablename__ = "migration_spell"
    about = About(
        label=Label(zh="外出务工", en="Migration spell"),
        key_class="D07",
        anchor=Anchor.CHILD,
        id_tag="migration",
        single="migrationSpell",
        plural="migrationSpells",
        spans=(("out_since", "returned_on"),),
        end=("returned_on",),
        relations=(
            one("parent", "FamilyMember", "务工父母", "Parent away", on="parent_id"),
            refers("work_place", "AdminDivision", "务工地", "Place of work", on=("work_division", "code")),
        ),
    )

    parent_id: Mapped[str] = _d07.ref("family_member", "务工父母", "Parent away", null=False)
    out_since: Mapped[date] = _d07.day("外出时间", "Away since", null=False)
    expected_return: Mapped[date | None] = _d07.day("预计返回", "Expected return")
    returned_on: Mapped[date | None] = _d07.day("实际返回", "Returned on")
    work_division: Mapped[str | None] = _d07.division("务工地区划", "Division of work", facets="work_place")
    work_place_detail: Mapped[str | None] = _d07.text("务工单位及地址", "Employer and address", facets="work_place")
    industry: Mapped[str | None] = _d07.code("industry", "行业", "Industry", facets="work_place")
    contact_frequency: Mapped[str | None] = _d07.code(
        "contact_frequency", "联系频次", "Frequency of contact", source="未成年人保护法 第二十三条"
    )
    last_contact_on: Mapped[date | None] = _d07.day("最近联系日期", "Last contact on")
    return_intention: Mapped[str | None] = _d07.code(
        "return_intention", "返乡意愿", "Intention to return", facets="intention"
    )


class GuardianshipArrangement(ChildBound, Recorded, Base):
    """Who is guardian and who cares, from one day to another."""

    __tablename__ = "guardianship_arrangement"
    about = About(
        label=Label(zh="监护情况", en="Guardianship arrangement"),
        key_class="D08",
        anchor=Anchor.CHILD,
        id_tag="guardianship",
        single="guardianshipArrangement",
        plural="guardianshipArrangements",
        end=("valid_to", "ended_reason"),
        relations=(
            one("guardian", "FamilyMember", "监护人", "Guardian", on="guardian_id"),
            one("carer", "FamilyMember", "受委托人", "Carer", on="carer_id"),
            many("confirmations", "EntrustmentConfirmation", "委托确认书", "Confirmations", by="arrangement_id"),
        ),
    )

    type: Mapped[str] = _d08.code("guardianship_type", "监护类型", "Kind of guardianship", null=False, facets="carer")
    guardian_id: Mapped[str | None] = _d08.ref("family_member", "监护人", "Guardian", facets="carer")
    carer_id: Mapped[str | None] = _d08.ref("family_member", "受委托人", "Carer", facets="carer")
    #: the carer as written on the arrangement: schools and visitors need it without the household
    carer_name: Mapped[str | None] = _d08.text("受委托人姓名", "Carer's name", facets="carer", mask=Mask.NAME)
    carer_relation: Mapped[str | None] = _d08.code(
        "family_relation", "与儿童关系", "Carer's relation to the child", facets="carer", source="GB/T 4761"
    )
    carer_phone: Mapped[str | None] = _d08.text(
        "受委托人电话", "Carer's telephone", data_class="D05", owner="VC", facets="guardian", mask=Mask.PHONE
    )
    valid_from: Mapped[date] = _d08.day("开始日期", "From", null=False, facets="carer")
    valid_to: Mapped[date | None] = _d08.day("结束日期", "To", facets="carer")
    ended_reason: Mapped[str | None] = _d08.code("guardianship_end_reason", "终止原因", "Reason of the end")
    carer_check_result: Mapped[str | None] = _d08.code(
        "carer_check_result", "受委托人排除情形核查", "Check of grounds that exclude the carer", data_class="D09",
        owner="PS", facets="check", source="未成年人保护法 第二十二条",
    )  # fmt: skip
    carer_checked_on: Mapped[date | None] = _d08.day(
        "核查日期", "Checked on", data_class="D09", owner="PS", facets="check", process=True
    )
    supervision_status: Mapped[str | None] = _d08.code(
        "supervision_status", "跟踪督导状态", "Supervision", data_class="D09", owner="VC", facets="supervision"
    )


class GuardianshipFinding(ChildBound, Recorded, Base):
    """What is wrong with a child's guardianship by the facts on file; the hub finds it and clears it."""

    __tablename__ = "guardianship_finding"
    about = About(
        label=Label(zh="监护风险", en="Guardianship finding"),
        key_class="D09",
        anchor=Anchor.CHILD,
        id_tag="finding",
        single="guardianshipFinding",
        plural="guardianshipFindings",
        indexes=(("county", "kind", "cleared_on"),),
    )

    kind: Mapped[str] = _d09.code(
        "guardianship_finding", "情形", "Kind", null=False, source="未成年人保护法 第二十一条至第二十三条"
    )
    since: Mapped[date] = _d09.day("起始日期", "Since", null=False)
    found_on: Mapped[date] = _d09.day("发现日期", "Found on", null=False)
    cleared_on: Mapped[date | None] = _d09.day("消除日期", "Cleared on")


class EntrustmentConfirmation(ChildBound, Recorded, Base):
    """The signed confirmation that a parent entrusts care, witnessed by the village."""

    __tablename__ = "entrustment_confirmation"
    about = About(
        label=Label(zh="委托监护确认书", en="Entrustment confirmation"),
        key_class="D08",
        anchor=Anchor.CHILD,
        id_tag="entrustment",
        single="entrustmentConfirmation",
        plural="entrustmentConfirmations",
        relations=(one("arrangement", "GuardianshipArrangement", "监护情况", "Arrangement", on="arrangement_id"),),
    )

    arrangement_id: Mapped[str] = _d08.link("guardianship_arrangement", "监护情况", "Arrangement", null=False)
    signed_on: Mapped[date | None] = _d08.day("签订日期", "Signed on", owner="VC")
    signed_place: Mapped[str | None] = _d08.text("签订地点", "Signed at", owner="VC")
    parties: Mapped[list[str] | None] = _d08.texts("签订各方", "Parties", owner="VC")
    witness_unit: Mapped[str | None] = _d08.unit("见证村(居)委会", "Witnessing committee", owner="VC")
    document: Mapped[str | None] = _d08.text(
        "扫描件", "Scanned document (file id)", owner="VC", level=Level.L4, facets="document",
        filterable=False, orderable=False,
    )  # fmt: skip
    document_hash: Mapped[str | None] = _d08.text(
        "扫描件摘要值", "Hash of the document", owner="VC", level=Level.L4, facets="document",
        filterable=False, orderable=False,
    )  # fmt: skip
    notified_school_on: Mapped[date | None] = _d08.day(
        "书面告知学校日期", "School told in writing on", owner=("VC", "SC"), source="未成年人保护法 第二十三条"
    )
    notified_village_on: Mapped[date | None] = _d08.day(
        "书面告知村居日期", "Village told in writing on", owner="VC", source="未成年人保护法 第二十三条"
    )
    child_heard: Mapped[bool | None] = _d08.flag(
        "听取儿童意见", "Child was heard", owner="VC", source="未成年人保护法 第二十二条"
    )
    child_heard_note: Mapped[str | None] = _d08.text("儿童意见", "What the child said", owner="VC")


class HukouRecord(ChildBound, Recorded, Base):
    """Household registration, or why there is none."""

    __tablename__ = "hukou_record"
    about = About(
        label=Label(zh="户口登记", en="Household registration"),
        key_class="D10",
        anchor=Anchor.CHILD,
        id_tag="hukou",
        single="hukouRecord",
        plural="hukouRecords",
        spans=(("application_on", "registered_on"),),
        unit_columns=("police_station",),
        indexes=(("police_station",), ("county", "status")),
        relations=(refers("station", "Organisation", "派出所", "Police station", on=("police_station", "code")),),
    )

    status: Mapped[str] = _d10.code("hukou_status", "户口登记状态", "Registration", null=False, facets="status")
    unregistered_reason: Mapped[str | None] = _d10.code("unregistered_reason", "未登记原因", "Why not registered")
    application_on: Mapped[date | None] = _d10.day("申请日期", "Applied on", process=True)
    registered_on: Mapped[date | None] = _d10.day(
        "登记日期", "Registered on", process=True, source="户口登记条例 第七条"
    )
    police_station: Mapped[str | None] = _d10.unit("派出所", "Police station", references="organisation.code")
    registration_no: Mapped[str | None] = _d10.text("户口登记号", "Registration number", mask=Mask.CERTIFICATE)
