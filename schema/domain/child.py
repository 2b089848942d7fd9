"""儿童: the child, one file each (一人一档)."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from schema.classes import Label, Level
from schema.columns import Columns
from schema.entities import About, Base, CountyKeyed, Recorded
from schema.meaning import Anchor, Field, Kind, Mask, Pseudo, Relation, many, one, refers

_d01 = Columns(data_class="D01", owner="TW")
_d04 = Columns(data_class="D04", owner="VC")
_d13 = Columns(data_class="D13", owner=("TW", "ED", "PS"))
_d42 = Columns(data_class="D42", owner=("CA", "PR"))


def age_on(birth_date: sa.ColumnElement[Any], day: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Completed years of age; null where the birth date is unknown."""
    return sa.cast(sa.extract("year", sa.func.age(day, birth_date)), sa.Integer)


def _mine(name: str, target: str, zh: str, en: str) -> Relation:
    return many(name, target, zh, en, by="child_id")


_FILE = (
    one("family", "Family", "家庭", "Family", on="family_id"),
    refers("residence", "AdminDivision", "居住地", "Residence", on=("residence_division", "code")),
    refers("hukou_place", "AdminDivision", "户籍地", "Place of household registration", on=("hukou_division", "code")),
    refers("responsible_person", "Worker", "责任人", "Responsible person", on=("responsible_person_id", "id")),
    _mine("migrations", "MigrationSpell", "外出务工", "Parents' migration"),
    _mine("guardianships", "GuardianshipArrangement", "监护情况", "Guardianship"),
    _mine("findings", "GuardianshipFinding", "监护风险", "Findings on guardianship"),
    _mine("entrustments", "EntrustmentConfirmation", "委托监护确认书", "Entrustment confirmations"),
    _mine("hukou", "HukouRecord", "户口登记", "Household registration"),
    _mine("enrolments", "Enrolment", "学籍", "Enrolments"),
    _mine("attendances", "Attendance", "出勤", "Attendance"),
    _mine("dropouts", "DropoutCase", "辍学", "Dropout cases"),
    _mine("health", "HealthSummary", "健康", "Health"),
    _mine("clinical_notes", "ClinicalNote", "临床健康", "Clinical notes"),
    _mine("injuries", "InjuryAssessment", "伤情鉴定", "Injury assessments"),
    _mine("screenings", "PsychScreening", "心理测评", "Psychological screenings"),
    _mine("disabilities", "Disability", "残疾", "Disabilities"),
)
_SUPPORT = (
    _mine("assistances", "Assistance", "社会救助", "Assistance"),
    _mine("applications", "AidApplication", "救助申请", "Applications"),
    _mine("employment_supports", "EmploymentSupport", "就业帮扶", "Employment support"),
    _mine("housing_supports", "HousingSupport", "住房保障", "Housing support"),
    _mine("legal_aids", "LegalAid", "法律援助", "Legal aid"),
    _mine("visits", "Visit", "走访", "Visits"),
    _mine("pairings", "Pairing", "结对", "Pairings"),
    _mine("services", "ServiceRecord", "服务", "Services"),
)
_PROTECTION = (
    _mine("reports", "ConcernReport", "强制报告", "Concern reports"),
    _mine("cases", "ProtectionCase", "案件", "Cases"),
    _mine("measures", "EmergencyMeasure", "应急处置", "Emergency measures"),
    _mine("assessments", "Assessment", "调查评估", "Assessments"),
    _mine("plan_items", "ServicePlanItem", "帮扶计划", "Service plan"),
    _mine("placements", "Placement", "安置", "Placements"),
    _mine("sanctions", "Sanction", "对监护人的惩戒", "Sanctions of guardians"),
    _mine("petitions", "Petition", "监护权诉讼", "Petitions"),
    _mine("prosecutions", "ProsecutionStage", "检察环节", "Prosecution"),
    _mine("juvenile_measures", "JuvenileMeasure", "涉罪未成年人措施", "Juvenile measures"),
    _mine("investigations", "InvestigationRecord", "侦查取证", "Investigations"),
    _mine("corrections", "CorrectionRequest", "校核", "Correction requests"),
    _mine("provenance", "ValueProvenance", "数据来源", "Provenance"),
)


class Child(CountyKeyed, Recorded, Base):
    """A child of the register: left-behind (留守儿童), in difficulty (困境儿童), or both."""

    __tablename__ = "child"
    about = About(
        label=Label(zh="儿童", en="Child"),
        key_class="D01",
        anchor=Anchor.CHILD,
        id_tag="child",
        single="child",
        plural="children",
        natural_key="child_no",
        default_order="residence_division",
        division_column="residence_division",
        numbered_by="residence_division",
        spans=(("birth_date", "lbc_since"), ("lbc_since", "lbc_until")),
        end=("lbc_until", "lbc_end_reason"),
        key_facets="brief",
        indexes=(("residence_division", "id"), ("child_no",), ("citizen_id_no",), ("hukou_division",)),
        unique=(("county", "child_no"),),
        relations=(*_FILE, *_SUPPORT, *_PROTECTION),
        computed=(
            Field(
                name="age",
                label=Label(zh="年龄", en="Age in completed years"),
                data_class="D01",
                level=Level.L3,
                owner=("hub",),
                kind=Kind.INT,
                facets=frozenset({"brief"}),
                computed=lambda t: age_on(t.c.birth_date, sa.bindparam("@today", type_=sa.Date, required=False)),
            ),
        ),
    )

    child_no: Mapped[str] = _d01.text("一人一档编号", "File number", null=False, facets="brief", pseudo=Pseudo.HASH)
    family_id: Mapped[str | None] = _d01.link("family", "家庭", "Family", data_class="D06")
    name: Mapped[str] = _d01.text("姓名", "Name", null=False, facets="brief", mask=Mask.NAME)
    former_names: Mapped[list[str] | None] = _d01.texts("曾用名", "Former names", owner="PS")
    citizen_id_no: Mapped[str | None] = _d01.text(
        "公民身份号码", "Citizen identity number", data_class="D02", owner="PS", mask=Mask.ID_NUMBER,
        source="GB 11643-1999",
    )  # fmt: skip
    citizen_id_status: Mapped[str] = _d01.code(
        "citizen_id_status", "身份号码核验状态", "Check of the identity number", data_class="D10", owner="PS",
        facets="status", null=False, default="none",
    )  # fmt: skip
    sex: Mapped[str] = _d01.code("sex", "性别", "Sex", owner="PS", null=False, facets="brief", source="GB/T 2261.1")
    birth_date: Mapped[date] = _d01.day("出生日期", "Date of birth", owner="PS", null=False, pseudo=Pseudo.YEAR)
    ethnicity: Mapped[str | None] = _d01.code("ethnicity", "民族", "Ethnic group", owner="PS", source="GB/T 3304")
    photo: Mapped[str | None] = _d01.text(
        "照片", "Photograph (file id)", data_class="D03", owner=("SC", "TW"), filterable=False, orderable=False
    )
    residence_division: Mapped[str] = _d04.division("居住地区划", "Division of residence", null=False, facets="village")
    residence_address: Mapped[str | None] = _d04.text(
        "居住详细地址", "Residential address", level=Level.L4, facets="house", mask=Mask.ADDRESS
    )
    hukou_division: Mapped[str | None] = _d04.division(
        "户籍地区划", "Division of household registration", owner="PS", facets="village"
    )
    child_phone: Mapped[str | None] = _d04.text(
        "儿童联系电话", "Child's telephone", data_class="D05", facets="child", mask=Mask.PHONE
    )
    lbc_status: Mapped[str] = _d01.code(
        "lbc_status", "留守状态", "Left-behind status", owner="hub", null=False, default="candidate"
    )
    lbc_reason: Mapped[str | None] = _d01.code("lbc_reason", "留守类型", "Kind of being left behind")
    lbc_since: Mapped[date | None] = _d01.day("留守开始日期", "Left behind since")
    #: the township's word; the hub alone says that a child reached sixteen, and fills in what is blank
    lbc_until: Mapped[date | None] = _d01.day("留守结束日期", "Left behind until")
    lbc_end_reason: Mapped[str | None] = _d01.code("lbc_end_reason", "退出原因", "Reason of leaving the register")
    difficulty_flag: Mapped[bool] = _d01.flag(
        "困境儿童标识", "Child in difficulty", data_class="D17", owner="CA", facets="type", null=False, default="false"
    )
    difficulty_category: Mapped[str | None] = _d01.code(
        "difficulty_category", "困境类别", "Category of difficulty", data_class="D17", owner="CA", facets="type"
    )
    priority_flags: Mapped[list[str] | None] = _d13.codes(
        "priority_flag", "重点核查标识", "Priority flags", facets="tag"
    )
    virtual_special_school: Mapped[bool] = _d13.flag(
        "虚拟专门学校", "Virtual special school", owner=("ED", "PS"), null=False, default="false",
        filterable=False, orderable=False,
    )  # fmt: skip
    virtual_special_school_since: Mapped[date | None] = _d13.day(
        "列入虚拟专门学校日期",
        "In the virtual special school since",
        owner=("ED", "PS"),
        filterable=False,
        orderable=False,
    )
    virtual_special_school_reason: Mapped[str | None] = _d13.text(
        "列入虚拟专门学校原因",
        "Reason for the virtual special school",
        owner=("ED", "PS"),
        level=Level.L5,
        facets="special_school",
    )
    responsible_person_id: Mapped[str | None] = _d01.link(
        "worker.id", "责任人", "Responsible person", data_class="D35", owner="VC"
    )
    file_completeness: Mapped[int | None] = _d01.number(
        "档案完整度", "Completeness of the file, percent", data_class="D41", owner="hub", level=Level.L3, facets="file"
    )
    access_restriction: Mapped[str] = _d42.code(
        "access_restriction", "访问限制", "Access restriction", null=False, default="none",
        filterable=False, orderable=False,
    )  # fmt: skip
    access_restriction_reason: Mapped[str | None] = _d42.text(
        "访问限制原因", "Reason of the restriction", filterable=False, orderable=False
    )
