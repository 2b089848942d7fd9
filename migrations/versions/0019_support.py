"""Support."""

from __future__ import annotations

from migrations.words import boolean, create, day, integer, link, moment, text

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "aid_application",
        text("county", "县级区划 / County code [D17 L3 hub]", null=False),
        text("id", "救助申请编号 / Aid application id [D17 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D17 L3 hub]", null=False),
        text("application_no", "申请编号 / Application number [D17 L3 CA]", null=False),
        text("unit", "受理单位 / Deciding unit [D17 L3 CA]", null=False),
        text("kind", "申请类别 / Kind [D17 L3 CA]", null=False),
        text("applicant_id", "申请人 / Applicant [D17 L3 CA]"),
        text("status", "状态 / State [D17 L3 CA]", null=False),
        day("applied_on", "申请日期 / Applied on [D17 L3 CA]", null=False),
        day("decided_on", "办结日期 / Decided on [D17 L3 CA]"),
        text("source_unit", "提供单位 / Supplying unit [D17 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D17 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D17 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D17 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D17 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D17 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D17 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D17 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D17 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        unique=(("county", "application_no"),),
        indexes=(("county", "applicant_id"), ("county", "child_id"), ("unit", "status")),
        history=(("county", "child_id"),),
    )
    create(
        "assistance",
        text("county", "县级区划 / County code [D17 L3 hub]", null=False),
        text("id", "社会救助编号 / Assistance id [D17 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D17 L3 hub]", null=False),
        text("type", "救助类型 / Kind [D17 L3 CA]", null=False),
        day("applied_on", "申请日期 / Applied on [D17 L3 CA]"),
        text("decision", "审批结果 / Decision [D17 L3 CA]"),
        day("valid_from", "开始日期 / From [D17 L3 CA]"),
        day("valid_to", "结束日期 / To [D17 L3 CA]"),
        text("amount_band", "金额档次 / Band of amount [D17 L3 CA]"),
        text("rejected_reason", "不予批准原因 / Reason of rejection [D17 L3 CA]"),
        text("source_unit", "提供单位 / Supplying unit [D17 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D17 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D17 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D17 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D17 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D17 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D17 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D17 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D17 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "child_id"),),
        history=(("county", "child_id"),),
    )
    create(
        "employment_support",
        text("county", "县级区划 / County code [D20 L3 hub]", null=False),
        text("id", "就业帮扶编号 / Employment support id [D20 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D20 L3 hub]", null=False),
        text("parent_id", "父母 / Parent [D20 L3 HR]"),
        text("application_id", "申请 / Application [D20 L3 HR]"),
        text("unit", "帮扶单位 / Supporting unit [D20 L3 HR,AG,TU]", null=False),
        text("kind", "帮扶类别 / Kind [D20 L3 HR,AG,TU]", null=False),
        text("status", "状态 / State [D20 L3 HR]", null=False),
        text("employment_status", "就业状态 / Employment [D20 L3 HR]"),
        text("trade", "意向行业 / Trade sought [D20 L3 HR]"),
        text("result", "帮扶结果 / Result [D20 L3 HR]"),
        text("source_unit", "提供单位 / Supplying unit [D20 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D20 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D20 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D20 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D20 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D20 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D20 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D20 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D20 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "application_id"), ("county", "child_id"), ("county", "parent_id"), ("unit",)),
        history=(("county", "child_id"),),
    )
    create(
        "housing_support",
        text("county", "县级区划 / County code [D19 L3 hub]", null=False),
        text("id", "住房保障编号 / Housing support id [D19 L3 hub]", null=False),
        text("child_id", "儿童 / Child [D19 L3 hub]", null=False),
        text("application_id", "申请 / Application [D19 L3 HO]"),
        text("unit", "受理单位 / Deciding unit [D19 L3 HO]"),
        text("housing_band", "住房困难档次 / Band of housing need [D19 L3 HO]"),
        text("kind", "保障方式 / Kind [D19 L3 HO]"),
        text("status", "状态 / State [D19 L3 HO]"),
        day("decided_on", "审批日期 / Decided on [D19 L3 HO]"),
        text("source_unit", "提供单位 / Supplying unit [D19 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D19 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D19 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D19 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D19 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D19 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D19 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D19 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D19 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "application_id"), ("county", "child_id"), ("unit",)),
        history=(("county", "child_id"),),
    )
    create(
        "legal_aid",
        text("county", "县级区划 / County code [D21 L4 hub]", null=False),
        text("id", "法律援助编号 / Legal aid id [D21 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D21 L4 hub]", null=False),
        text("case_id", "案件 / Case [D21 L4 JU]"),
        text("application_id", "申请 / Application [D21 L4 JU]"),
        text("unit", "援助机构 / Legal aid unit [D21 L4 JU]", null=False),
        text("matter", "援助事项 / Matter [D21 L4 JU]", null=False),
        text("referred_by", "转介单位 / Referred by [D21 L4 JU]"),
        boolean("priority", "优先受理 / Priority [D21 L4 JU]", null=False, default="false"),
        text("status", "状态 / State [D21 L4 JU]", null=False),
        day("accepted_on", "受理日期 / Accepted on [D21 L4 JU]"),
        text("lawyer", "承办律师 / Lawyer [D21 L4 JU]"),
        day("closed_on", "结案日期 / Closed on [D21 L4 JU]"),
        text("outcome", "办理结果 / Outcome [D21 L4 JU]"),
        text("source_unit", "提供单位 / Supplying unit [D21 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D21 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D21 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D21 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D21 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D21 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D21 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D21 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D21 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "application_id"), ("county", "case_id"), ("county", "child_id"), ("unit", "status")),
        history=(("county", "child_id"),),
    )
    link("aid_application", ("county", "applicant_id"), "family_member", ("county", "id"))
    link("aid_application", ("county", "child_id"), "child", ("county", "id"))
    link("aid_application", ("unit",), "organisation", ("code",))
    link("assistance", ("county", "child_id"), "child", ("county", "id"))
    link("employment_support", ("county", "application_id"), "aid_application", ("county", "id"))
    link("employment_support", ("county", "child_id"), "child", ("county", "id"))
    link("employment_support", ("county", "parent_id"), "family_member", ("county", "id"))
    link("housing_support", ("county", "application_id"), "aid_application", ("county", "id"))
    link("housing_support", ("county", "child_id"), "child", ("county", "id"))
    link("legal_aid", ("county", "application_id"), "aid_application", ("county", "id"))
    link("legal_aid", ("county", "case_id"), "protection_case", ("county", "id"))
    link("legal_aid", ("county", "child_id"), "child", ("county", "id"))
    link("legal_aid", ("unit",), "organisation", ("code",))
