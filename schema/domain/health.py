"""健康、临床、伤情、心理测评、残疾: what health and disability units know of a child."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, ChildBound, Recorded
from schema.meaning import Anchor, Mask, one

_d13 = Columns(data_class="D13", owner=("SC", "HE", "WF"))
_d14 = Columns(data_class="D14", owner="HE")
_d15 = Columns(data_class="D15", owner="HE")
_d16 = Columns(data_class="D16", owner="DF")
_d25 = Columns(data_class="D25", owner=("HE", "PS"))


class HealthSummary(ChildBound, Recorded, Base):
    """A check-up: growth, nutrition, immunisation."""

    __tablename__ = "health_summary"
    about = About(
        label=Label(zh="健康概况", en="Health summary"),
        key_class="D14",
        anchor=Anchor.CHILD,
        id_tag="health",
        single="healthSummary",
        plural="healthSummaries",
    )

    checkup_on: Mapped[date] = _d14.day("体检日期", "Check-up on", null=False)
    height_cm: Mapped[int | None] = _d14.number("身高(厘米)", "Height in cm")
    weight_hg: Mapped[int | None] = _d14.number("体重(百克)", "Weight in units of 100 g")
    nutrition_status: Mapped[str | None] = _d14.code("nutrition_status", "营养状况", "Nutrition", facets="status")
    immunisation_complete: Mapped[bool | None] = _d14.flag("预防接种齐全", "Immunisation complete", facets="status")
    missing_vaccines: Mapped[list[str] | None] = _d14.codes("vaccine", "缺种疫苗", "Missing vaccines")
    health_status: Mapped[str | None] = _d14.code(
        "health_status", "健康状况", "State of health", owner=("HE", "TW"), source="GB/T 2261.3"
    )


class ClinicalNote(ChildBound, Recorded, Base):
    """An illness or a treatment."""

    __tablename__ = "clinical_note"
    about = About(
        label=Label(zh="临床健康记录", en="Clinical note"),
        key_class="D15",
        anchor=Anchor.CHILD,
        id_tag="clinical",
        single="clinicalNote",
        plural="clinicalNotes",
        unit_columns=("treating_unit",),
        case_column="case_id",
        indexes=(("treating_unit",),),
        relations=(one("case", "ProtectionCase", "案件", "Case", on="case_id"),),
    )

    case_id: Mapped[str | None] = _d15.link("protection_case", "案件", "Case")
    treating_unit: Mapped[str | None] = _d15.unit("接诊机构", "Treating institution", owner=("HE", "MI"))
    noted_on: Mapped[date] = _d15.day("记录日期", "Noted on", null=False, process=True)
    has_serious_illness: Mapped[bool | None] = _d15.flag("是否重病", "Serious illness", facets="illness")
    medical_cost_band: Mapped[str | None] = _d15.code(
        "medical_cost_band", "医疗费用档次", "Band of medical cost", facets="illness"
    )
    diagnosis: Mapped[str | None] = _d15.text("诊断", "Diagnosis")
    diagnosis_code: Mapped[str | None] = _d15.text("诊断编码", "Diagnosis code", source="ICD-10")
    care_needs: Mapped[str | None] = _d15.text("照护须知", "What carers must know", facets="essentials")
    medication: Mapped[str | None] = _d15.text("用药", "Medication", facets="essentials")


class InjuryAssessment(ChildBound, Recorded, Base):
    """What injuries a child has, and what forensic examination concludes."""

    __tablename__ = "injury_assessment"
    about = About(
        label=Label(zh="伤情鉴定", en="Injury assessment"),
        key_class="D15",
        key_facets="injury",
        anchor=Anchor.CHILD,
        id_tag="injury",
        single="injuryAssessment",
        plural="injuryAssessments",
        case_column="case_id",
        relations=(one("case", "ProtectionCase", "案件", "Case", on="case_id"),),
    )

    case_id: Mapped[str | None] = _d15.link("protection_case", "案件", "Case")
    examined_on: Mapped[date | None] = _d15.day("检查日期", "Examined on", facets="injury", process=True)
    injuries: Mapped[str | None] = _d15.text("伤情", "Injuries", facets="injury")
    injury_grade: Mapped[str | None] = _d15.code("injury_grade", "损伤程度", "Grade of injury", facets="injury")
    conclusion: Mapped[str | None] = _d25.text("鉴定意见", "Forensic conclusion", facets="injury")
    document: Mapped[str | None] = _d25.text("鉴定书", "Forensic document (file id)", facets="injury")


class PsychScreening(ChildBound, Recorded, Base):
    """A psychological screening and the counselling that follows."""

    __tablename__ = "psych_screening"
    about = About(
        label=Label(zh="心理测评", en="Psychological screening"),
        key_class="D13",
        key_facets="screening",
        anchor=Anchor.CHILD,
        id_tag="screening",
        single="psychScreening",
        plural="psychScreenings",
        unit_columns=("by_unit",),
        indexes=(("by_unit",),),
    )

    screened_on: Mapped[date] = _d13.day("测评日期", "Screened on", null=False, facets="screening", process=True)
    by_unit: Mapped[str] = _d13.unit("测评单位", "By unit", null=False, facets="screening")
    result: Mapped[str | None] = _d13.code("mental_health_screen", "心理测评结果", "Result", facets="screening")
    counselling_status: Mapped[str | None] = _d13.code(
        "counselling_status", "心理疏导状态", "Counselling", facets="screening"
    )
    note: Mapped[str | None] = _d13.text("说明", "Note")


class Disability(ChildBound, Recorded, Base):
    """A certified disability and its rehabilitation."""

    __tablename__ = "disability"
    about = About(
        label=Label(zh="残疾", en="Disability"),
        key_class="D16",
        anchor=Anchor.CHILD,
        id_tag="disability",
        single="disability",
        plural="disabilities",
        indexes=(("certificate_no",),),
    )

    certificate_no: Mapped[str | None] = _d16.text("残疾证号", "Certificate number", mask=Mask.CERTIFICATE)
    category: Mapped[str] = _d16.code(
        "disability_category", "残疾类别", "Category", null=False, facets="category", source="GB/T 2261.3"
    )
    grade: Mapped[str | None] = _d16.code("disability_grade", "残疾等级", "Grade")
    certified_on: Mapped[date | None] = _d16.day("评定日期", "Certified on")
    valid_to: Mapped[date | None] = _d16.day("有效期至", "Valid to")
    rehab_plan: Mapped[str | None] = _d16.text("康复计划", "Rehabilitation plan")
    rehab_status: Mapped[str | None] = _d16.code("rehab_status", "康复状态", "Rehabilitation")
    device: Mapped[str | None] = _d16.code("assistive_device", "辅助器具", "Assistive device")
