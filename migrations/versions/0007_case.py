"""Case."""

from __future__ import annotations

from migrations.words import boolean, create, day, integer, link, moment, text, texts

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "case_event",
        text("county", "县级区划 / County code [D22 L4 hub]", null=False),
        text("id", "案件事件编号 / Case event id [D22 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D22 L4 hub]", null=False),
        text("case_id", "案件 / Case [D22 L4 hub]", null=False),
        text("type", "事件类型 / Kind [D22 L4 TW,CA,PS]", null=False),
        moment("at", "时间 / At [D22 L4 TW,CA,PS]", null=False),
        text("by_unit", "单位 / By unit [D22 L4 TW,CA,PS]", null=False),
        text("by_person", "经办人 / By [D22 L4 TW,CA,PS]"),
        text("data_class", "数据类别 / Data class [D22 L4 TW,CA,PS]"),
        text("summary", "内容摘要 / Summary [D22 L4 PS,TW,CA]"),
        text("supersedes_id", "取代的事件 / Superseded event [D22 L4 TW,CA,PS]"),
        texts("must_know_units", "应知单位 / Units that must know [D22 L4 TW,CA,PS]"),
        text("source_unit", "提供单位 / Supplying unit [D22 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D22 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D22 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D22 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D22 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D22 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D22 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D22 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D22 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("by_unit",), ("county", "case_id", "at"), ("county", "child_id"), ("county", "supersedes_id")),
        history=(("county", "child_id"),),
    )
    create(
        "case_knowledge",
        text("county", "县级区划 / County code [D22 L4 hub]", null=False),
        text("id", "案件知悉编号 / Case knowledge id [D22 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D22 L4 hub]", null=False),
        text("case_id", "案件 / Case [D22 L4 hub]", null=False),
        text("event_id", "事件 / Event [D22 L4 TW,CA,PS]", null=False),
        text("unit", "单位 / Unit [D22 L4 TW,CA,PS]", null=False),
        moment("notified_at", "通知时间 / Notified at [D22 L4 hub]"),
        moment("opened_at", "打开时间 / Opened at [D22 L4 hub]"),
        moment("acknowledged_at", "确认时间 / Acknowledged at [D22 L4 hub]"),
        moment("acted_at", "行动时间 / Acted at [D22 L4 hub]"),
        moment("due_at", "确认期限 / To be acknowledged by [D22 L4 hub]"),
        moment("escalated_at", "升级时间 / Escalated at [D22 L4 hub]"),
        text("source_unit", "提供单位 / Supplying unit [D22 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D22 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D22 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D22 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D22 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D22 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D22 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D22 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D22 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "case_id"), ("county", "child_id"), ("county", "event_id"), ("unit", "acknowledged_at")),
    )
    create(
        "case_party",
        text("county", "县级区划 / County code [D22 L4 hub]", null=False),
        text("id", "案件参与单位编号 / Case party id [D22 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D22 L4 hub]", null=False),
        text("case_id", "案件 / Case [D22 L4 hub]", null=False),
        text("unit", "单位 / Unit [D22 L4 TW,CA,PS]", null=False),
        text("role", "角色 / Role [D22 L4 TW,CA,PS]", null=False),
        day("since", "参与日期 / Since [D22 L4 TW,CA,PS]", null=False),
        day("accepted_on", "接受日期 / Accepted on [D22 L4 TW,CA,PS]"),
        day("until", "退出日期 / Until [D22 L4 TW,CA,PS]"),
        text("source_unit", "提供单位 / Supplying unit [D22 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D22 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D22 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D22 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D22 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D22 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D22 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D22 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D22 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        unique=(("county", "case_id", "unit", "role", "since"),),
        indexes=(("county", "child_id"), ("unit", "until")),
        history=(("county", "child_id"),),
    )
    create(
        "protection_case",
        text("county", "县级区划 / County code [D22 L4 hub]", null=False),
        text("id", "案件编号 / Protection case id [D22 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D22 L4 hub]", null=False),
        text("case_no", "案件编号 / Case number [D22 L4 hub]", null=False),
        text("opened_from", "来源 / Opened from [D22 L4 TW,CA,PS]", null=False),
        day("opened_on", "立案日期 / Opened on [D22 L4 TW,CA,PS]", null=False),
        text("stage", "阶段 / Stage [D22 L4 TW,CA,PS]", null=False),
        text("lead_unit", "牵头单位 / Lead unit [D22 L4 TW,CA,PS]", null=False),
        text("risk_level", "风险等级 / Risk level [D27 L4 TW]"),
        texts("duties_served", "所履行职责 / Duties served [D22 L4 TW,CA,PS]"),
        boolean("sealed", "是否封存 / Sealed [D42 L4 TW,CA,PS]", null=False, default="false"),
        boolean("confidential", "秘密侦查 / Confidential investigation [D22 L4 TW,CA,PS]", null=False, default="false"),
        texts("accused_persons", "涉案平台用户 / Accounts of accused persons [D22 L4 TW,CA,PS]"),
        day("closed_on", "结案日期 / Closed on [D22 L4 TW,CA,PS]"),
        text("close_reason", "结案原因 / Reason of closing [D27 L4 TW]"),
        integer("reopen_count", "重启次数 / Times reopened [D22 L4 TW,CA,PS]", null=False, default="0"),
        text("source_unit", "提供单位 / Supplying unit [D22 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D22 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D22 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D22 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D22 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D22 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D22 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D22 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D22 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        unique=(("county", "case_no"),),
        indexes=(("accused_persons",), ("county", "child_id"), ("county", "stage"), ("lead_unit",)),
        history=(("county", "child_id"),),
    )
    link("case_event", ("county", "case_id"), "protection_case", ("county", "id"))
    link("case_event", ("county", "supersedes_id"), "case_event", ("county", "id"))
    link("case_knowledge", ("county", "case_id"), "protection_case", ("county", "id"))
    link("case_knowledge", ("county", "event_id"), "case_event", ("county", "id"))
    link("case_party", ("county", "case_id"), "protection_case", ("county", "id"))
    link("case_party", ("unit",), "organisation", ("code",))
    link("protection_case", ("lead_unit",), "organisation", ("code",))
