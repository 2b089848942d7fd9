"""Conference."""

from __future__ import annotations

from migrations.words import code, create, day, integer, link, moment, text, texts

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "bulletin",
        text("id", "通报编号 / Bulletin id [D38 L1 hub]", null=False),
        code("division", 12, "区划 / Division [D38 L1 JC]", null=False),
        text("issuing_unit", "印发单位 / Issuing unit [D38 L1 JC]", null=False),
        text("kind", "类型 / Kind [D38 L1 JC]", null=False),
        text("period", "期间 / Period [D38 L1 JC]", null=False),
        text("title", "标题 / Title [D38 L1 JC]", null=False),
        text("content", "内容 / Content [D38 L1 JC]"),
        texts("audience", "发送单位 / Audience [D38 L1 JC]"),
        moment("issued_at", "印发时间 / Issued at [D38 L1 JC]"),
        text("source_unit", "提供单位 / Supplying unit [D38 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D38 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D38 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D38 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D38 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D38 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D38 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D38 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D38 L1 hub]", null=False, default="1"),
        key=("id",),
        indexes=(("division", "issued_at"),),
    )
    create(
        "bulletin_receipt",
        text("id", "通报签收编号 / Bulletin receipt id [D38 L1 hub]", null=False),
        text("bulletin_id", "通报 / Bulletin [D38 L1 JC]", null=False),
        text("unit", "单位 / Unit [D38 L1 JC]", null=False),
        moment("opened_at", "打开时间 / Opened at [D38 L1 hub]"),
        moment("acknowledged_at", "签收时间 / Acknowledged at [D38 L1 hub]"),
        text("source_unit", "提供单位 / Supplying unit [D38 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D38 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D38 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D38 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D38 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D38 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D38 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D38 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D38 L1 hub]", null=False, default="1"),
        key=("id",),
        unique=(("bulletin_id", "unit"),),
        indexes=(("unit", "acknowledged_at"),),
    )
    create(
        "decision",
        text("id", "议定事项编号 / Decision id [D38 L1 hub]", null=False),
        code("division", 12, "区划 / Division [D38 L1 JC]", null=False),
        text("meeting_id", "会议 / Meeting [D38 L1 JC]", null=False),
        text("text", "内容 / Text [D38 L1 JC]", null=False),
        text("owner_unit", "牵头单位 / Responsible unit [D38 L1 JC]", null=False),
        texts("co_units", "配合单位 / Cooperating units [D38 L1 JC]"),
        day("due", "期限 / Due [D38 L1 JC]"),
        text("status", "状态 / State [D38 L1 JC]", null=False),
        text("supervision_note", "督办情况 / Supervision [D38 L1 JC]"),
        text("source_unit", "提供单位 / Supplying unit [D38 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D38 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D38 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D38 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D38 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D38 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D38 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D38 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D38 L1 hub]", null=False, default="1"),
        key=("id",),
        indexes=(("meeting_id",), ("owner_unit", "status")),
    )
    create(
        "meeting",
        text("id", "会议编号 / Meeting id [D38 L1 hub]", null=False),
        code("division", 12, "区划 / Division [D38 L1 JC]", null=False),
        text("host_unit", "召集单位 / Convening unit [D38 L1 JC]", null=False),
        text("type", "会议类型 / Kind [D38 L1 JC]", null=False),
        text("title", "名称 / Title [D38 L1 JC]", null=False),
        day("held_on", "召开日期 / Held on [D38 L1 JC]"),
        text("chair", "主持人 / Chair [D38 L1 JC]"),
        text("agenda", "议程 / Agenda [D38 L1 JC]"),
        texts("attendees", "参会单位 / Attending units [D38 L1 JC]"),
        text("status", "状态 / State [D38 L1 JC]", null=False),
        text("source_unit", "提供单位 / Supplying unit [D38 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D38 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D38 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D38 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D38 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D38 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D38 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D38 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D38 L1 hub]", null=False, default="1"),
        key=("id",),
        indexes=(("division", "held_on"),),
    )
    create(
        "minute",
        text("id", "会议纪要编号 / Minute id [D38 L1 hub]", null=False),
        code("division", 12, "区划 / Division [D38 L1 JC]", null=False),
        text("meeting_id", "会议 / Meeting [D38 L1 JC]", null=False),
        integer("version", "版本 / Version [D38 L1 JC]", null=False),
        text("text", "正文 / Text [D38 L1 JC]", null=False),
        moment("issued_at", "印发时间 / Issued at [D38 L1 JC]"),
        texts("recipients", "发送单位 / Recipients [D38 L1 JC]"),
        text("source_unit", "提供单位 / Supplying unit [D38 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D38 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D38 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D38 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D38 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D38 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D38 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D38 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D38 L1 hub]", null=False, default="1"),
        key=("id",),
        unique=(("meeting_id", "version"),),
    )
    create(
        "minute_consent",
        text("id", "会签意见编号 / Consent to minutes id [D38 L1 hub]", null=False),
        text("minute_id", "会议纪要 / Minutes [D38 L1 JC]", null=False),
        text("unit", "单位 / Unit [D38 L1 JC]", null=False),
        text("consent", "是否同意 / Consent [D38 L1 JC]"),
        moment("decided_at", "会签时间 / Decided at [D38 L1 JC]"),
        text("opinion", "意见 / Opinion [D38 L1 JC]"),
        text("source_unit", "提供单位 / Supplying unit [D38 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D38 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D38 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D38 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D38 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D38 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D38 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D38 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D38 L1 hub]", null=False, default="1"),
        key=("id",),
        unique=(("minute_id", "unit"),),
        indexes=(("unit",),),
    )
    link("bulletin_receipt", ("bulletin_id",), "bulletin", ("id",))
    link("decision", ("meeting_id",), "meeting", ("id",))
    link("minute", ("meeting_id",), "meeting", ("id",))
    link("minute_consent", ("minute_id",), "minute", ("id",))
