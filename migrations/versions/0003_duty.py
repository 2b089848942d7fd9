"""Duty."""

from __future__ import annotations

from migrations.words import code, create, day, integer, link, moment, text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "annual_plan",
        text("id", "年度计划编号 / Annual plan id [D41 L1 hub]", null=False),
        code("division", 12, "区划 / Division [D41 L1 JC,CA]", null=False),
        integer("year", "年度 / Year [D41 L1 JC,CA]", null=False),
        text("issuing_unit", "印发单位 / Issuing unit [D41 L1 JC,CA]", null=False),
        text("title", "名称 / Title [D41 L1 JC,CA]", null=False),
        day("issued_on", "印发日期 / Issued on [D41 L1 JC,CA]"),
        text("source_unit", "提供单位 / Supplying unit [D41 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D41 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D41 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D41 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D41 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D41 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D41 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D41 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D41 L1 hub]", null=False, default="1"),
        key=("id",),
        unique=(("division", "year"),),
    )
    create(
        "duty_task",
        text("id", "职责任务编号 / Duty task id [D41 L1 hub]", null=False),
        text("plan_id", "年度计划 / Plan [D41 L1 JC,CA]"),
        text("task_no", "任务编号 / Task number [D41 L1 JC,CA]", null=False),
        text("task_code", "任务类别 / Task [D41 L1 JC,CA]", null=False),
        text("unit", "责任单位 / Unit [D41 L1 JC,CA]", null=False),
        text("title", "内容 / Content [D41 L1 JC,CA]", null=False),
        day("due", "期限 / Due [D41 L1 JC,CA]"),
        text("status", "状态 / State [D41 L1 JC,CA]", null=False),
        text("evidence", "佐证 / Evidence [D41 L1 JC,CA]"),
        text("mid_year_check", "年中检查 / Mid-year check [D41 L1 JC,CA]"),
        text("year_end_check", "年底考核 / Year-end check [D41 L1 JC,CA]"),
        text("source_unit", "提供单位 / Supplying unit [D41 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D41 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D41 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D41 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D41 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D41 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D41 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D41 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D41 L1 hub]", null=False, default="1"),
        key=("id",),
        unique=(("task_no",),),
        indexes=(("plan_id",), ("unit", "status")),
    )
    create(
        "obligation",
        text("id", "义务编号 / Obligation id [D41 L1 hub]", null=False),
        text("rule", "义务规则 / Rule [D41 L1 hub]", null=False),
        text("kind", "类型 / Kind [D41 L1 hub]", null=False),
        text("from_unit", "义务单位 / Owing unit [D41 L1 hub]", null=False),
        text("to_unit", "对象单位 / Unit owed [D41 L1 hub]", null=False),
        text("data_class", "数据类别 / Data class [D41 L1 hub]"),
        text("trigger", "触发事项 / Trigger [D41 L1 hub]", null=False),
        text("case_no", "案件编号 / Case number [D41 L1 hub]"),
        moment("opened_at", "产生时间 / Opened at [D41 L1 hub]", null=False),
        text("deadline_rule", "期限规则 / Deadline rule [D41 L1 hub]"),
        moment("due_at", "期限 / Due at [D41 L1 hub]"),
        text("status", "状态 / State [D41 L1 hub]", null=False),
        text("evidence", "佐证 / Evidence [D41 L1 hub]"),
        moment("fulfilled_at", "履行时间 / Fulfilled at [D41 L1 hub]"),
        moment("escalated_at", "升级时间 / Escalated at [D41 L1 hub]"),
        text("source_unit", "提供单位 / Supplying unit [D41 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D41 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D41 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D41 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D41 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D41 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D41 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D41 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D41 L1 hub]", null=False, default="1"),
        key=("id",),
        indexes=(("case_no",), ("from_unit", "status"), ("to_unit", "status")),
    )
    link("duty_task", ("plan_id",), "annual_plan", ("id",))
