"""Care."""

from __future__ import annotations

from migrations.words import boolean, code, create, day, integer, link, moment, text, texts

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "entrustment_confirmation",
        text("county", "县级区划 / County code [D08 L3 hub]", null=False),
        text("id", "委托监护确认书编号 / Entrustment confirmation id [D08 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D08 L3 hub]", null=False),
        text("arrangement_id", "监护情况 / Arrangement [D08 L3 TW]", null=False),
        day("signed_on", "签订日期 / Signed on [D08 L3 VC]"),
        text("signed_place", "签订地点 / Signed at [D08 L3 VC]"),
        texts("parties", "签订各方 / Parties [D08 L3 VC]"),
        text("witness_unit", "见证村(居)委会 / Witnessing committee [D08 L3 VC]"),
        text("document", "扫描件 / Scanned document (file id) [D08 L4 VC]"),
        text("document_hash", "扫描件摘要值 / Hash of the document [D08 L4 VC]"),
        day("notified_school_on", "书面告知学校日期 / School told in writing on [D08 L3 VC,SC]"),
        day("notified_village_on", "书面告知村居日期 / Village told in writing on [D08 L3 VC]"),
        boolean("child_heard", "听取儿童意见 / Child was heard [D08 L3 VC]"),
        text("child_heard_note", "儿童意见 / What the child said [D08 L3 VC]"),
        text("source_unit", "提供单位 / Supplying unit [D08 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D08 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D08 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D08 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D08 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D08 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D08 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D08 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D08 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "arrangement_id"), ("county", "child_id")),
        history=(("county", "child_id"),),
    )
    create(
        "guardianship_arrangement",
        text("county", "县级区划 / County code [D08 L3 hub]", null=False),
        text("id", "监护情况编号 / Guardianship arrangement id [D08 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D08 L3 hub]", null=False),
        text("type", "监护类型 / Kind of guardianship [D08 L3 TW]", null=False),
        text("guardian_id", "监护人 / Guardian [D08 L3 TW]"),
        text("carer_id", "受委托人 / Carer [D08 L3 TW]"),
        text("carer_name", "受委托人姓名 / Carer's name [D08 L3 TW]"),
        text("carer_relation", "与儿童关系 / Carer's relation to the child [D08 L3 TW]"),
        text("carer_phone", "受委托人电话 / Carer's telephone [D05 L3 VC]"),
        day("valid_from", "开始日期 / From [D08 L3 TW]", null=False),
        day("valid_to", "结束日期 / To [D08 L3 TW]"),
        text("ended_reason", "终止原因 / Reason of the end [D08 L3 TW]"),
        text("carer_check_result", "受委托人排除情形核查 / Check of grounds that exclude the carer [D09 L4 PS]"),
        day("carer_checked_on", "核查日期 / Checked on [D09 L4 PS]"),
        text("supervision_status", "跟踪督导状态 / Supervision [D09 L4 VC]"),
        text("source_unit", "提供单位 / Supplying unit [D08 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D08 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D08 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D08 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D08 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D08 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D08 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D08 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D08 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "carer_id"), ("county", "child_id"), ("county", "guardian_id")),
        history=(("county", "child_id"),),
    )
    create(
        "guardianship_finding",
        text("county", "县级区划 / County code [D09 L4 hub]", null=False),
        text("id", "监护风险编号 / Guardianship finding id [D09 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D09 L4 hub]", null=False),
        text("kind", "情形 / Kind [D09 L4 hub]", null=False),
        day("since", "起始日期 / Since [D09 L4 hub]", null=False),
        day("found_on", "发现日期 / Found on [D09 L4 hub]", null=False),
        day("cleared_on", "消除日期 / Cleared on [D09 L4 hub]"),
        text("source_unit", "提供单位 / Supplying unit [D09 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D09 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D09 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D09 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D09 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D09 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D09 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D09 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D09 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "child_id"), ("county", "kind", "cleared_on")),
        history=(("county", "child_id"),),
    )
    create(
        "hukou_record",
        text("county", "县级区划 / County code [D10 L3 hub]", null=False),
        text("id", "户口登记编号 / Household registration id [D10 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D10 L3 hub]", null=False),
        text("status", "户口登记状态 / Registration [D10 L3 PS]", null=False),
        text("unregistered_reason", "未登记原因 / Why not registered [D10 L3 PS]"),
        day("application_on", "申请日期 / Applied on [D10 L3 PS]"),
        day("registered_on", "登记日期 / Registered on [D10 L3 PS]"),
        text("police_station", "派出所 / Police station [D10 L3 PS]"),
        text("registration_no", "户口登记号 / Registration number [D10 L3 PS]"),
        text("source_unit", "提供单位 / Supplying unit [D10 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D10 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D10 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D10 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D10 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D10 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D10 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D10 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D10 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "child_id"), ("county", "status"), ("police_station",)),
        history=(("county", "child_id"),),
    )
    create(
        "migration_spell",
        text("county", "县级区划 / County code [D07 L3 hub]", null=False),
        text("id", "外出务工编号 / Migration spell id [D07 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D07 L3 hub]", null=False),
        text("parent_id", "务工父母 / Parent away [D07 L3 TW]", null=False),
        day("out_since", "外出时间 / Away since [D07 L3 TW]", null=False),
        day("expected_return", "预计返回 / Expected return [D07 L3 TW]"),
        day("returned_on", "实际返回 / Returned on [D07 L3 TW]"),
        code("work_division", 12, "务工地区划 / Division of work [D07 L3 TW]"),
        text("work_place_detail", "务工单位及地址 / Employer and address [D07 L3 TW]"),
        text("industry", "行业 / Industry [D07 L3 TW]"),
        text("contact_frequency", "联系频次 / Frequency of contact [D07 L3 TW]"),
        day("last_contact_on", "最近联系日期 / Last contact on [D07 L3 TW]"),
        text("return_intention", "返乡意愿 / Intention to return [D07 L3 TW]"),
        text("source_unit", "提供单位 / Supplying unit [D07 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D07 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D07 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D07 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D07 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D07 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D07 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D07 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D07 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "child_id"), ("county", "parent_id")),
        history=(("county", "child_id"),),
    )
    link("entrustment_confirmation", ("county", "arrangement_id"), "guardianship_arrangement", ("county", "id"))
    link("entrustment_confirmation", ("county", "child_id"), "child", ("county", "id"))
    link("guardianship_arrangement", ("county", "carer_id"), "family_member", ("county", "id"))
    link("guardianship_arrangement", ("county", "child_id"), "child", ("county", "id"))
    link("guardianship_arrangement", ("county", "guardian_id"), "family_member", ("county", "id"))
    link("guardianship_finding", ("county", "child_id"), "child", ("county", "id"))
    link("hukou_record", ("county", "child_id"), "child", ("county", "id"))
    link("hukou_record", ("police_station",), "organisation", ("code",))
    link("migration_spell", ("county", "child_id"), "child", ("county", "id"))
    link("migration_spell", ("county", "parent_id"), "family_member", ("county", "id"))
