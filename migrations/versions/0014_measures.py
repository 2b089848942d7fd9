"""Measures."""

from __future__ import annotations

from migrations.words import boolean, create, day, integer, link, moment, text, texts

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "assessment",
        text("county", "县级区划 / County code [D27 L4 hub]", null=False),
        text("id", "调查评估编号 / Assessment id [D27 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D27 L4 hub]", null=False),
        text("case_id", "案件 / Case [D27 L4 hub]", null=False),
        text("lead_unit", "评估牵头单位 / Lead unit [D27 L4 TW]", null=False),
        day("started_on", "开始日期 / Started on [D27 L4 TW]", null=False),
        day("completed_on", "完成日期 / Completed on [D27 L4 TW]"),
        texts("contributors", "参与单位 / Contributing units [D27 L4 TW]"),
        text("risk_level", "风险等级 / Risk level [D27 L4 TW]"),
        text("conclusion", "评估结论 / Conclusion [D27 L4 TW]"),
        integer("safety_score", "安全得分 / Safety score [D27 L4 PS]"),
        text("safety_note", "安全情况 / Safety [D27 L4 PS]"),
        integer("guardianship_score", "监护得分 / Guardianship score [D27 L4 TW]"),
        text("guardianship_note", "监护情况 / Guardianship [D27 L4 TW]"),
        integer("mind_body_score", "身心得分 / Mind and body score [D27 L4 HE]"),
        text("mind_body_note", "身心健康 / Mind and body [D27 L4 HE]"),
        integer("schooling_score", "就学得分 / Schooling score [D27 L4 ED]"),
        text("schooling_note", "就学情况 / Schooling [D27 L4 ED]"),
        text("source_unit", "提供单位 / Supplying unit [D27 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D27 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D27 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D27 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D27 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D27 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D27 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D27 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D27 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "case_id"), ("county", "child_id")),
        history=(("county", "child_id"),),
    )
    create(
        "emergency_measure",
        text("county", "县级区划 / County code [D24 L4 hub]", null=False),
        text("id", "应急处置编号 / Emergency measure id [D24 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D24 L4 hub]", null=False),
        text("case_id", "案件 / Case [D24 L4 hub]", null=False),
        text("measure", "处置措施 / Measure [D24 L4 PS]", null=False),
        text("by_unit", "处置单位 / By unit [D24 L4 PS]", null=False),
        text("officer", "处置民警 / Officer [D24 L4 PS]"),
        moment("started_at", "开始时间 / Started at [D24 L4 PS]", null=False),
        moment("ended_at", "结束时间 / Ended at [D24 L4 PS]"),
        integer("contacts_tried", "联系监护人次数 / Attempts to reach the guardian [D24 L4 PS]"),
        text("contact_log", "联系经过 / Log of the attempts [D24 L4 PS]"),
        text("escort_from", "护送起点 / Escorted from [D24 L4 PS]"),
        text("escort_to_kind", "护送去向 / Escorted to a kind of place [D24 L4 PS]"),
        text("escort_to_unit", "护送至单位 / Escorted to [D31 L5 PS]"),
        moment("handed_over_at", "移交时间 / Handed over at [D24 L4 PS]"),
        text("source_unit", "提供单位 / Supplying unit [D24 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D24 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D24 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D24 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D24 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D24 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D24 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D24 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D24 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("by_unit",), ("county", "case_id"), ("county", "child_id"), ("county", "ended_at")),
        history=(("county", "child_id"),),
    )
    create(
        "placement",
        text("county", "县级区划 / County code [D31 L4 hub]", null=False),
        text("id", "安置编号 / Placement id [D31 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D31 L4 hub]", null=False),
        text("case_id", "案件 / Case [D31 L4 hub]", null=False),
        text("place_type", "安置方式 / Kind of place [D31 L4 CA,RS,WI]", null=False),
        text("facility_id", "场所 / Facility [D31 L5 CA,RS,WI]"),
        text("facility_unit", "安置机构 / Receiving unit [D31 L5 CA,RS,WI]"),
        boolean("location_hidden", "地点保密 / Location is hidden [D31 L4 CA,RS,WI]", null=False, default="false"),
        text("hidden_address", "保密地点 / Hidden address [D31 L5 CA,RS,WI]"),
        day("valid_from", "开始日期 / From [D31 L4 CA,RS,WI]", null=False),
        day("valid_to", "结束日期 / To [D31 L4 CA,RS,WI]"),
        text("handover_by", "移交人 / Handed over by [D31 L5 CA,RS,WI]"),
        text("received_by", "接收人 / Received by [D31 L5 CA,RS,WI]"),
        moment("handover_signed_at", "交接签字时间 / Handover signed at [D31 L4 CA,RS,WI]"),
        text("guardianship_kind", "监护性质 / Temporary or long-term [D31 L4 CA,RS,WI]"),
        text("legal_basis", "安置依据 / Legal ground [D31 L4 CA,RS,WI]"),
        day("review_due", "复核期限 / Review due [D31 L4 CA,RS,WI]"),
        text("source_unit", "提供单位 / Supplying unit [D31 L5 hub]", null=False),
        text("source_system", "来源系统 / Source system [D31 L5 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D31 L5 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D31 L5 hub]"),
        day("effective_from", "生效日期 / Effective from [D31 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D31 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D31 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D31 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D31 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "case_id"), ("county", "child_id"), ("facility_id",), ("facility_unit", "valid_to")),
        history=(("county", "child_id"),),
    )
    create(
        "service_plan_item",
        text("county", "县级区划 / County code [D28 L3 hub]", null=False),
        text("id", "帮扶计划事项编号 / Service plan item id [D28 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D28 L3 hub]", null=False),
        text("case_id", "案件 / Case [D28 L3 hub]", null=False),
        text("type", "服务类型 / Kind [D28 L3 TW]", null=False),
        text("provider_unit", "承办单位 / Provider [D28 L3 TW]", null=False),
        text("task_no", "任务编号 / Task number [D28 L3 TW]"),
        day("due", "完成期限 / Due [D28 L3 TW]"),
        text("status", "状态 / State [D28 L3 TW]", null=False),
        text("goal", "目标 / Goal [D28 L3 TW]"),
        text("outcome", "结果 / Outcome [D28 L3 TW]"),
        text("not_done_reason", "未完成原因 / Why not done [D28 L3 TW]"),
        text("source_unit", "提供单位 / Supplying unit [D28 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D28 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D28 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D28 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D28 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D28 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D28 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D28 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D28 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "case_id"), ("county", "child_id"), ("provider_unit", "status")),
        history=(("county", "child_id"),),
    )
    link("assessment", ("county", "case_id"), "protection_case", ("county", "id"))
    link("assessment", ("county", "child_id"), "child", ("county", "id"))
    link("emergency_measure", ("county", "case_id"), "protection_case", ("county", "id"))
    link("emergency_measure", ("county", "child_id"), "child", ("county", "id"))
    link("placement", ("county", "case_id"), "protection_case", ("county", "id"))
    link("placement", ("county", "child_id"), "child", ("county", "id"))
    link("placement", ("facility_id",), "facility", ("id",))
    link("placement", ("facility_unit",), "organisation", ("code",))
    link("service_plan_item", ("county", "case_id"), "protection_case", ("county", "id"))
    link("service_plan_item", ("county", "child_id"), "child", ("county", "id"))
    link("service_plan_item", ("provider_unit",), "organisation", ("code",))
