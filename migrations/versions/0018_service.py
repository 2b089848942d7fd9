"""Service."""

from __future__ import annotations

from migrations.words import boolean, create, day, integer, link, moment, text, texts

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "pairing",
        text("county", "县级区划 / County code [D33 L3 hub]", null=False),
        text("id", "结对编号 / Pairing id [D33 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D33 L3 hub]", null=False),
        text("unit", "结对单位 / Unit [D33 L3 WF,YL,CG,TU]", null=False),
        text("volunteer_id", "志愿者 / Volunteer [D33 L3 WF,YL,CG,TU]", null=False),
        text("task_no", "任务编号 / Task number [D33 L3 WF,YL,CG,TU]"),
        text("status", "状态 / State [D33 L3 WF,YL,CG,TU]", null=False),
        day("valid_from", "开始日期 / From [D33 L3 WF,YL,CG,TU]", null=False),
        day("valid_to", "结束日期 / To [D33 L3 WF,YL,CG,TU]"),
        boolean("consent_of_guardian", "监护人同意 / Guardian consents [D33 L3 WF,YL,CG,TU]"),
        text("vetting_result", "违法犯罪记录查询结果 / Record check [D33 L3 WF,YL,CG,TU]"),
        day("vetted_on", "查询日期 / Checked on [D33 L3 WF,YL,CG,TU]"),
        text("source_unit", "提供单位 / Supplying unit [D33 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D33 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D33 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D33 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D33 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D33 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D33 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D33 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D33 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "child_id"), ("unit", "valid_to"), ("volunteer_id",)),
        history=(("county", "child_id"),),
    )
    create(
        "service_record",
        text("county", "县级区划 / County code [D28 L3 hub]", null=False),
        text("id", "服务记录编号 / Service record id [D28 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D28 L3 hub]", null=False),
        text("plan_item_id", "计划事项 / Plan item [D28 L3 TW,SW,WF,YL,CG]"),
        text("kind", "服务种类 / Kind [D28 L3 TW,SW,WF,YL,CG]", null=False),
        text("by_unit", "服务单位 / By unit [D28 L3 TW,SW,WF,YL,CG]", null=False),
        text("by_name", "服务人 / By [D28 L3 TW,SW,WF,YL,CG]"),
        day("served_on", "服务日期 / Served on [D28 L3 TW,SW,WF,YL,CG]", null=False),
        text("facility_id", "场所 / Facility [D28 L3 TW,SW,WF,YL,CG]"),
        integer("minutes", "时长(分钟) / Duration in minutes [D28 L3 TW,SW,WF,YL,CG]"),
        text("outcome", "效果 / Outcome [D28 L3 TW,SW,WF,YL,CG]"),
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
        indexes=(("by_unit", "served_on"), ("county", "child_id"), ("county", "plan_item_id"), ("facility_id",)),
        history=(("county", "child_id"),),
    )
    create(
        "visit",
        text("county", "县级区划 / County code [D32 L3 hub]", null=False),
        text("id", "走访编号 / Visit id [D32 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D32 L3 hub]", null=False),
        text("type", "走访类型 / Kind [D32 L3 VC,TW,SW,WF]", null=False),
        day("planned_on", "计划日期 / Planned on [D32 L3 VC,TW,SW,WF]"),
        day("done_on", "走访日期 / Done on [D32 L3 VC,TW,SW,WF]"),
        text("by_unit", "走访单位 / By unit [D32 L3 VC,TW,SW,WF]", null=False),
        text("worker_id", "走访人 / Visitor [D32 L3 VC,TW,SW,WF]"),
        text("met_whom", "见到何人 / Whom the visitor met [D32 L3 VC,TW,SW,WF]"),
        boolean("guardianship_ok", "监护正常 / Guardianship is well [D32 L3 VC,TW,SW,WF]"),
        boolean("living_ok", "生活正常 / Living is well [D32 L3 VC,TW,SW,WF]"),
        boolean("study_ok", "学习正常 / Study is well [D32 L3 VC,TW,SW,WF]"),
        boolean("emotion_ok", "情感正常 / Feelings are well [D32 L3 VC,TW,SW,WF]"),
        boolean("safety_ok", "安全正常 / Safety is well [D32 L3 VC,TW,SW,WF]"),
        texts("problems", "发现问题 / Problems found [D32 L3 VC,TW,SW,WF]"),
        text("note", "走访记录 / Note [D32 L3 VC,TW,SW,WF]"),
        day("next_due", "下次走访期限 / Next due [D32 L3 VC,TW,SW,WF]"),
        text("source_unit", "提供单位 / Supplying unit [D32 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D32 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D32 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D32 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D32 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D32 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D32 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D32 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D32 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("by_unit", "done_on"), ("county", "child_id"), ("worker_id",)),
        history=(("county", "child_id"),),
    )
    link("pairing", ("county", "child_id"), "child", ("county", "id"))
    link("pairing", ("unit",), "organisation", ("code",))
    link("pairing", ("volunteer_id",), "worker", ("id",))
    link("service_record", ("county", "child_id"), "child", ("county", "id"))
    link("service_record", ("county", "plan_item_id"), "service_plan_item", ("county", "id"))
    link("service_record", ("facility_id",), "facility", ("id",))
    link("visit", ("county", "child_id"), "child", ("county", "id"))
    link("visit", ("worker_id",), "worker", ("id",))
