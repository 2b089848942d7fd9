"""Notice."""

from __future__ import annotations

from migrations.words import boolean, code, create, day, integer, link, moment, text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "notice",
        text("county", "县级区划 / County code [D41 L1 hub]", null=False),
        text("id", "通知编号 / Notice id [D41 L1 hub]", null=False),
        text("child_id", "儿童 / Child [D41 L1 hub]"),
        text("case_id", "案件 / Case [D41 L1 hub]"),
        text("event_id", "事件 / Event [D41 L1 hub]"),
        text("report_id", "强制报告 / Report [D41 L1 hub]"),
        text("obligation_id", "义务编号 / Obligation [D41 L1 hub]"),
        code("division", 12, "单位所在区划 / Division of the unit [D41 L1 hub]", null=False),
        text("unit", "收到通知的单位 / Unit told [D41 L1 hub]", null=False),
        text("by_unit", "通知单位 / Unit that tells [D41 L1 hub]", null=False),
        text("about_unit", "逾期单位 / Unit that is late [D41 L1 hub]"),
        text("kind", "类型 / Kind [D41 L1 hub]", null=False),
        text("event_type", "事项 / What happened [D41 L1 hub]", null=False),
        boolean(
            "addressed",
            "是否由本单位办理 / Whether it is this unit's to handle [D41 L1 hub]",
            null=False,
            default="false",
        ),
        moment("at", "通知时间 / Told at [D41 L1 hub]", null=False),
        moment("due_at", "确认期限 / To be acknowledged by [D41 L1 hub]"),
        moment("opened_at", "打开时间 / Opened at [D41 L1 hub]"),
        moment("acknowledged_at", "确认时间 / Acknowledged at [D41 L1 hub]"),
        text("acknowledged_by", "确认人 / Acknowledged by [D41 L1 hub]"),
        moment("declined_at", "退回时间 / Declined at [D41 L1 hub]"),
        text("decline_reason", "退回理由 / Why declined [D41 L1 hub]"),
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
        key=("county", "id"),
        indexes=(
            ("acknowledged_at", "escalated_at", "due_at"),
            ("county", "case_id", "unit"),
            ("county", "child_id"),
            ("county", "event_id"),
            ("county", "report_id"),
            ("unit", "acknowledged_at", "at"),
        ),
    )
    link("notice", ("county", "case_id"), "protection_case", ("county", "id"))
    link("notice", ("county", "child_id"), "child", ("county", "id"))
    link("notice", ("county", "event_id"), "case_event", ("county", "id"))
    link("notice", ("county", "report_id"), "concern_report", ("county", "id"))
