"""Health."""

from __future__ import annotations

from migrations.words import boolean, create, day, integer, link, moment, text, texts

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "clinical_note",
        text("county", "县级区划 / County code [D15 L4 hub]", null=False),
        text("id", "临床健康记录编号 / Clinical note id [D15 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D15 L4 hub]", null=False),
        text("case_id", "案件 / Case [D15 L4 HE]"),
        text("treating_unit", "接诊机构 / Treating institution [D15 L4 HE,MI]"),
        day("noted_on", "记录日期 / Noted on [D15 L4 HE]", null=False),
        boolean("has_serious_illness", "是否重病 / Serious illness [D15 L4 HE]"),
        text("medical_cost_band", "医疗费用档次 / Band of medical cost [D15 L4 HE]"),
        text("diagnosis", "诊断 / Diagnosis [D15 L4 HE]"),
        text("diagnosis_code", "诊断编码 / Diagnosis code [D15 L4 HE]"),
        text("care_needs", "照护须知 / What carers must know [D15 L4 HE]"),
        text("medication", "用药 / Medication [D15 L4 HE]"),
        text("source_unit", "提供单位 / Supplying unit [D15 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D15 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D15 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D15 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D15 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D15 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D15 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D15 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D15 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "case_id"), ("county", "child_id"), ("treating_unit",)),
        history=(("county", "child_id"),),
    )
    create(
        "disability",
        text("county", "县级区划 / County code [D16 L4 hub]", null=False),
        text("id", "残疾编号 / Disability id [D16 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D16 L4 hub]", null=False),
        text("certificate_no", "残疾证号 / Certificate number [D16 L4 DF]"),
        text("category", "残疾类别 / Category [D16 L4 DF]", null=False),
        text("grade", "残疾等级 / Grade [D16 L4 DF]"),
        day("certified_on", "评定日期 / Certified on [D16 L4 DF]"),
        day("valid_to", "有效期至 / Valid to [D16 L4 DF]"),
        text("rehab_plan", "康复计划 / Rehabilitation plan [D16 L4 DF]"),
        text("rehab_status", "康复状态 / Rehabilitation [D16 L4 DF]"),
        text("device", "辅助器具 / Assistive device [D16 L4 DF]"),
        text("source_unit", "提供单位 / Supplying unit [D16 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D16 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D16 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D16 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D16 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D16 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D16 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D16 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D16 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("certificate_no",), ("county", "child_id")),
        history=(("county", "child_id"),),
    )
    create(
        "health_summary",
        text("county", "县级区划 / County code [D14 L4 hub]", null=False),
        text("id", "健康概况编号 / Health summary id [D14 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D14 L4 hub]", null=False),
        day("checkup_on", "体检日期 / Check-up on [D14 L4 HE]", null=False),
        integer("height_cm", "身高(厘米) / Height in cm [D14 L4 HE]"),
        integer("weight_hg", "体重(百克) / Weight in units of 100 g [D14 L4 HE]"),
        text("nutrition_status", "营养状况 / Nutrition [D14 L4 HE]"),
        boolean("immunisation_complete", "预防接种齐全 / Immunisation complete [D14 L4 HE]"),
        texts("missing_vaccines", "缺种疫苗 / Missing vaccines [D14 L4 HE]"),
        text("health_status", "健康状况 / State of health [D14 L4 HE,TW]"),
        text("source_unit", "提供单位 / Supplying unit [D14 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D14 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D14 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D14 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D14 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D14 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D14 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D14 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D14 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "child_id"),),
        history=(("county", "child_id"),),
    )
    create(
        "injury_assessment",
        text("county", "县级区划 / County code [D15 L4 hub]", null=False),
        text("id", "伤情鉴定编号 / Injury assessment id [D15 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D15 L4 hub]", null=False),
        text("case_id", "案件 / Case [D15 L4 HE]"),
        day("examined_on", "检查日期 / Examined on [D15 L4 HE]"),
        text("injuries", "伤情 / Injuries [D15 L4 HE]"),
        text("injury_grade", "损伤程度 / Grade of injury [D15 L4 HE]"),
        text("conclusion", "鉴定意见 / Forensic conclusion [D25 L5 HE,PS]"),
        text("document", "鉴定书 / Forensic document (file id) [D25 L5 HE,PS]"),
        text("source_unit", "提供单位 / Supplying unit [D15 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D15 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D15 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D15 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D15 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D15 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D15 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D15 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D15 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "case_id"), ("county", "child_id")),
        history=(("county", "child_id"),),
    )
    create(
        "psych_screening",
        text("county", "县级区划 / County code [D13 L4 hub]", null=False),
        text("id", "心理测评编号 / Psychological screening id [D13 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D13 L4 hub]", null=False),
        day("screened_on", "测评日期 / Screened on [D13 L4 SC,HE,WF]", null=False),
        text("by_unit", "测评单位 / By unit [D13 L4 SC,HE,WF]", null=False),
        text("result", "心理测评结果 / Result [D13 L4 SC,HE,WF]"),
        text("counselling_status", "心理疏导状态 / Counselling [D13 L4 SC,HE,WF]"),
        text("note", "说明 / Note [D13 L4 SC,HE,WF]"),
        text("source_unit", "提供单位 / Supplying unit [D13 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D13 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D13 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D13 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D13 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D13 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D13 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D13 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D13 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("by_unit",), ("county", "child_id")),
        history=(("county", "child_id"),),
    )
    link("clinical_note", ("county", "case_id"), "protection_case", ("county", "id"))
    link("clinical_note", ("county", "child_id"), "child", ("county", "id"))
    link("disability", ("county", "child_id"), "child", ("county", "id"))
    link("health_summary", ("county", "child_id"), "child", ("county", "id"))
    link("injury_assessment", ("county", "case_id"), "protection_case", ("county", "id"))
    link("injury_assessment", ("county", "child_id"), "child", ("county", "id"))
    link("psych_screening", ("county", "child_id"), "child", ("county", "id"))
