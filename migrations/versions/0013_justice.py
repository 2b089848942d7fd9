"""Justice."""

from __future__ import annotations

from migrations.words import create, day, integer, link, moment, text, texts

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "investigation_record",
        text("county", "县级区划 / County code [D25 L5 hub]", null=False),
        text("id", "侦查取证编号 / Investigation record id [D25 L5 hub]", null=False),
        text("child_id", "儿童 / Child [D25 L5 hub]", null=False),
        text("case_id", "案件 / Case [D25 L5 hub]", null=False),
        text("kind", "侦查类别 / Kind [D25 L5 PS]", null=False),
        text("by_unit", "办案单位 / By unit [D25 L5 PS]", null=False),
        day("filed_on", "立案日期 / Filed on [D25 L5 PS]"),
        text("suspect_id", "涉案家庭成员 / Suspect of the family [D25 L5 PS]"),
        text("content", "内容 / Content [D25 L5 PS]"),
        texts("evidence", "证据 / Evidence (file ids) [D25 L5 PS]"),
        text("dna_status", "DNA比对状态 / State of the DNA comparison [D25 L5 PS]"),
        text("source_unit", "提供单位 / Supplying unit [D25 L5 hub]", null=False),
        text("source_system", "来源系统 / Source system [D25 L5 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D25 L5 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D25 L5 hub]"),
        day("effective_from", "生效日期 / Effective from [D25 L5 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D25 L5 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D25 L5 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D25 L5 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D25 L5 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "case_id"), ("county", "child_id"), ("county", "suspect_id")),
        history=(("county", "child_id"),),
    )
    create(
        "juvenile_measure",
        text("county", "县级区划 / County code [D30 L5 hub]", null=False),
        text("id", "涉罪未成年人措施编号 / Juvenile measure id [D30 L5 hub]", null=False),
        text("child_id", "儿童 / Child [D30 L5 hub]", null=False),
        text("case_id", "案件 / Case [D30 L5 hub]", null=False),
        text("kind", "措施 / Measure [D30 L5 PR]", null=False),
        text("by_unit", "决定单位 / By unit [D30 L5 PR]", null=False),
        day("valid_from", "开始日期 / From [D30 L5 PR]", null=False),
        day("valid_to", "结束日期 / To [D30 L5 PR]"),
        text("content", "内容 / Content [D30 L5 PR]"),
        day("sealed_on", "封存日期 / Sealed on [D30 L5 PR]"),
        text("source_unit", "提供单位 / Supplying unit [D30 L5 hub]", null=False),
        text("source_system", "来源系统 / Source system [D30 L5 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D30 L5 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D30 L5 hub]"),
        day("effective_from", "生效日期 / Effective from [D30 L5 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D30 L5 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D30 L5 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D30 L5 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D30 L5 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "case_id"), ("county", "child_id")),
        history=(("county", "child_id"),),
    )
    create(
        "petition",
        text("county", "县级区划 / County code [D29 L4 hub]", null=False),
        text("id", "监护权诉讼编号 / Petition id [D29 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D29 L4 hub]", null=False),
        text("case_id", "案件 / Case [D29 L4 hub]", null=False),
        text("type", "诉讼类型 / Kind [D29 L4 CT]", null=False),
        text("applicant_unit", "申请单位 / Applying unit [D29 L4 CA,PR,CT]"),
        text("applicant_kind", "申请人类别 / Kind of applicant [D29 L4 CT]", null=False),
        day("filed_on", "申请日期 / Filed on [D29 L4 CT]", null=False),
        text("court_unit", "受理法院 / Court [D29 L4 CT]", null=False),
        text("docket_no", "案号 / Docket number [D29 L4 CT]"),
        moment("accepted_at", "受理时间 / Accepted at [D29 L4 CT]"),
        text("status", "状态 / State [D29 L4 CT]", null=False),
        text("ruling", "裁判结果 / Ruling [D29 L4 CT]"),
        moment("ruled_at", "裁判时间 / Ruled at [D29 L4 CT]"),
        day("effective_on", "生效日期 / Effective on [D29 L4 CT]"),
        day("expires_on", "届满日期 / Expires on [D29 L4 CT]"),
        text("document", "裁判文书 / Document (file id) [D29 L5 CT]"),
        text("source_unit", "提供单位 / Supplying unit [D29 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D29 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D29 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D29 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D29 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D29 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D29 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D29 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D29 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("applicant_unit",), ("county", "case_id"), ("county", "child_id"), ("court_unit",)),
        history=(("county", "child_id"),),
    )
    create(
        "prosecution_stage",
        text("county", "县级区划 / County code [D29 L4 hub]", null=False),
        text("id", "检察环节编号 / Prosecution stage id [D29 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D29 L4 hub]", null=False),
        text("case_id", "案件 / Case [D29 L4 hub]", null=False),
        text("by_unit", "检察机关 / Procuratorate [D29 L4 PR]", null=False),
        text("stage", "阶段 / Stage [D29 L4 PR]", null=False),
        day("entered_on", "进入日期 / Entered on [D29 L4 PR]", null=False),
        text("court_unit", "审理法院 / Court [D29 L4 PR]"),
        text("outcome", "裁判结果 / Outcome [D29 L4 CT]"),
        text("suggestion", "检察建议 / Suggestion of the procuratorate [D29 L4 PR]"),
        day("reply_due", "书面回复期限 / Reply due [D29 L4 PR]"),
        text("document", "法律文书 / Document (file id) [D29 L5 PR]"),
        text("source_unit", "提供单位 / Supplying unit [D29 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D29 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D29 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D29 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D29 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D29 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D29 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D29 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D29 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "case_id"), ("county", "child_id"), ("court_unit",)),
        history=(("county", "child_id"),),
    )
    create(
        "sanction",
        text("county", "县级区划 / County code [D26 L4 hub]", null=False),
        text("id", "对监护人的惩戒编号 / Sanction id [D26 L4 hub]", null=False),
        text("child_id", "儿童 / Child [D26 L4 hub]", null=False),
        text("case_id", "案件 / Case [D26 L4 hub]", null=False),
        text("kind", "惩戒方式 / Kind [D26 L4 PS]", null=False),
        text("subject_id", "被惩戒人 / Subject [D26 L4 PS]"),
        text("by_unit", "决定单位 / By unit [D26 L4 PS]", null=False),
        day("decided_on", "决定日期 / Decided on [D26 L4 PS]", null=False),
        text("document_no", "文书号 / Document number [D26 L4 PS]"),
        text("facts", "事实 / Facts [D26 L4 PS]"),
        text("reaction", "改正情况 / What followed [D26 L4 PS]"),
        text("source_unit", "提供单位 / Supplying unit [D26 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D26 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D26 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D26 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D26 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D26 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D26 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D26 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D26 L4 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("county", "case_id"), ("county", "child_id"), ("county", "subject_id")),
        history=(("county", "child_id"),),
    )
    link("investigation_record", ("county", "case_id"), "protection_case", ("county", "id"))
    link("investigation_record", ("county", "child_id"), "child", ("county", "id"))
    link("investigation_record", ("county", "suspect_id"), "family_member", ("county", "id"))
    link("juvenile_measure", ("county", "case_id"), "protection_case", ("county", "id"))
    link("juvenile_measure", ("county", "child_id"), "child", ("county", "id"))
    link("petition", ("county", "case_id"), "protection_case", ("county", "id"))
    link("petition", ("county", "child_id"), "child", ("county", "id"))
    link("petition", ("court_unit",), "organisation", ("code",))
    link("prosecution_stage", ("county", "case_id"), "protection_case", ("county", "id"))
    link("prosecution_stage", ("county", "child_id"), "child", ("county", "id"))
    link("sanction", ("county", "case_id"), "protection_case", ("county", "id"))
    link("sanction", ("county", "child_id"), "child", ("county", "id"))
    link("sanction", ("county", "subject_id"), "family_member", ("county", "id"))
