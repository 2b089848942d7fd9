"""Report."""

from __future__ import annotations

from migrations.words import boolean, code, create, day, integer, link, moment, text, texts

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "concern_report",
        text("county", "县级区划 / County code [D22 L4 hub]", null=False),
        text("id", "强制报告编号 / Concern report id [D22 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D22 L4 PS]"),
        text("case_id", "案件 / Case [D22 L4 PS]"),
        text("report_no", "报告编号 / Report number [D22 L4 hub]", null=False),
        code("division", 12, "发生地区划 / Division [D22 L4 hub]", null=False),
        text("reporter_class", "报告主体类别 / Kind of reporter [D22 L4 PS]", null=False),
        text("reporter_unit", "报告单位 / Reporting unit [D23 L5 PS]"),
        text("reporter_identity", "报告人 / Reporter [D23 L5 PS]"),
        texts("situation_types", "情形 / Situations [D22 L4 PS]", null=False),
        boolean("immediate_danger", "是否面临紧迫危险 / In immediate danger [D22 L4 PS]", null=False, default="false"),
        text("unknown_child", "不明身份儿童描述 / Description of an unknown child [D22 L4 PS]"),
        text("narrative", "经过 / Narrative [D22 L4 PS]"),
        texts("attachments", "附件 / Attachments (file ids) [D22 L4 PS]"),
        moment("discovered_at", "发现时间 / Discovered at [D22 L4 PS]"),
        moment("reported_at", "报告时间 / Reported at [D22 L4 PS]", null=False),
        moment("received_at", "接报时间 / Received at [D22 L4 PS]"),
        moment("accepted_at", "受理时间 / Accepted at [D22 L4 PS]"),
        text("status", "状态 / State [D22 L4 PS]", null=False),
        text("receiving_unit", "受理单位 / Receiving unit [D22 L4 PS]", null=False),
        text("handling_officer", "承办民警 / Handling officer [D22 L4 PS]"),
        text("false_or_duplicate", "误报或重复 / False or duplicate [D22 L4 PS]"),
        moment("dispatch_at", "出警时间 / Dispatched at [D24 L4 PS]"),
        moment("first_measure_at", "首次处置时间 / First measure at [D24 L4 PS]"),
        text("result", "处理结果 / Result [D24 L4 PS]"),
        texts("result_notified_units", "已告知单位 / Units told of the result [D24 L4 PS]"),
        moment("result_notified_at", "告知时间 / Result told at [D24 L4 PS]"),
        text("source_unit", "提供单位 / Supplying unit [D23 L5 hub]", null=False),
        text("source_system", "来源系统 / Source system [D23 L5 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D23 L5 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D23 L5 hub]"),
        day("effective_from", "生效日期 / Effective from [D22 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D22 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D22 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D22 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D22 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        unique=(("county", "report_no"),),
        indexes=(
            ("county", "case_id"),
            ("county", "child_id"),
            ("division",),
            ("receiving_unit", "status"),
            ("reporter_unit",),
        ),
        history=(("county", "child_id"),),
    )
    link("concern_report", ("county", "case_id"), "protection_case", ("county", "id"))
    link("concern_report", ("county", "child_id"), "child", ("county", "id"))
    link("concern_report", ("receiving_unit",), "organisation", ("code",))
