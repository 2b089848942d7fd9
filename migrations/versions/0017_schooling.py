"""Schooling."""

from __future__ import annotations

from migrations.words import boolean, create, day, integer, link, moment, text, texts

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "attendance",
        text("county", "县级区划 / County code [D12 L3 hub]", null=False),
        text("id", "出勤编号 / Attendance id [D12 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D12 L3 hub]", null=False),
        text("school_unit", "学校 / School [D12 L3 SC]", null=False),
        day("as_of", "统计日期 / Counted on [D12 L3 SC]", null=False),
        integer("absence_days_30d", "近30日缺勤天数 / Days absent of the last 30 [D12 L3 SC]", null=False),
        text("absence_reason", "缺勤原因 / Reason of absence [D12 L3 SC]"),
        text("source_unit", "提供单位 / Supplying unit [D12 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D12 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D12 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D12 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D12 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D12 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D12 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D12 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D12 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "child_id"), ("school_unit",)),
        history=(("county", "child_id"),),
    )
    create(
        "dropout_case",
        text("county", "县级区划 / County code [D12 L3 hub]", null=False),
        text("id", "辍学编号 / Dropout case id [D12 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D12 L3 hub]", null=False),
        text("school_unit", "学校 / School [D12 L3 SC]", null=False),
        day("detected_on", "发现日期 / Detected on [D12 L3 SC]", null=False),
        text("type", "辍学类型 / Kind [D12 L3 SC]", null=False),
        text("reason", "辍学原因 / Reason [D12 L3 SC]"),
        text("status", "状态 / State [D12 L3 SC]", null=False),
        day("written_report_on", "书面报告日期 / Reported in writing on [D12 L3 SC]"),
        texts("report_recipients", "书面报告接收单位 / Units the report went to [D12 L3 SC]"),
        text("measure", "依法措施 / Measure [D12 L3 ED,TW]"),
        day("returned_on", "复学日期 / Back at school on [D12 L3 ED,TW]"),
        text("source_unit", "提供单位 / Supplying unit [D12 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D12 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D12 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D12 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D12 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D12 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D12 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D12 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D12 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "child_id"), ("school_unit",)),
        history=(("county", "child_id"),),
    )
    create(
        "enrolment",
        text("county", "县级区划 / County code [D11 L3 hub]", null=False),
        text("id", "学籍编号 / Enrolment id [D11 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D11 L3 hub]", null=False),
        text("school_unit", "学校 / School [D11 L3 ED]", null=False),
        text("status", "学籍状态 / Status [D11 L3 ED]", null=False),
        text("stage", "学段 / Stage [D11 L3 ED]", null=False),
        integer("grade", "年级 / Grade [D11 L3 ED,SC]"),
        text("class_name", "班级 / Class [D11 L3 SC]"),
        text("student_no", "学籍号 / Student number [D11 L3 ED]"),
        boolean("boarding", "是否寄宿 / Boards at school [D11 L3 SC]"),
        text("dorm_manager", "宿舍管理员 / Dormitory manager [D11 L3 SC]"),
        texts("subsidy_types", "教育资助 / Education subsidies [D11 L3 ED]"),
        text("head_teacher", "班主任 / Head teacher [D11 L3 SC]"),
        text("head_teacher_contact", "班主任联系方式 / Head teacher's telephone [D05 L3 SC]"),
        day("valid_from", "入学日期 / From [D11 L3 ED]", null=False),
        day("valid_to", "离校日期 / To [D11 L3 ED]"),
        text("source_unit", "提供单位 / Supplying unit [D11 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D11 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D11 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D11 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D11 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D11 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D11 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D11 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D11 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "child_id"), ("school_unit",), ("student_no",)),
        history=(("county", "child_id"),),
    )
    create(
        "persuasion",
        text("county", "县级区划 / County code [D12 L3 hub]", null=False),
        text("id", "劝返记录编号 / Persuasion id [D12 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D12 L3 hub]", null=False),
        text("dropout_case_id", "辍学 / Dropout case [D12 L3 SC]", null=False),
        day("persuaded_on", "劝返日期 / On [D12 L3 SC]", null=False),
        text("by_unit", "劝返单位 / By unit [D12 L3 SC]", null=False),
        text("by_name", "劝返人 / By [D12 L3 SC]"),
        text("result", "劝返结果 / Result [D12 L3 SC]", null=False),
        text("note", "说明 / Note [D12 L3 SC]"),
        text("source_unit", "提供单位 / Supplying unit [D12 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D12 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D12 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D12 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D12 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D12 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D12 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D12 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D12 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "child_id"), ("county", "dropout_case_id")),
        history=(("county", "child_id"),),
    )
    link("attendance", ("county", "child_id"), "child", ("county", "id"))
    link("attendance", ("school_unit",), "organisation", ("code",))
    link("dropout_case", ("county", "child_id"), "child", ("county", "id"))
    link("dropout_case", ("school_unit",), "organisation", ("code",))
    link("enrolment", ("county", "child_id"), "child", ("county", "id"))
    link("enrolment", ("school_unit",), "organisation", ("code",))
    link("persuasion", ("county", "child_id"), "child", ("county", "id"))
    link("persuasion", ("county", "dropout_case_id"), "dropout_case", ("county", "id"))
