"""Child."""

from __future__ import annotations

from migrations.words import boolean, code, create, day, integer, link, moment, text, texts

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "child",
        text("county", "县级区划 / County code [D01 L3 hub]", null=False),
        text("id", "儿童编号 / Child id [D01 L3 hub]", null=False),
        text("child_no", "一人一档编号 / File number [D01 L3 TW]", null=False),
        text("family_id", "家庭 / Family [D06 L3 TW]"),
        text("name", "姓名 / Name [D01 L3 TW]", null=False),
        texts("former_names", "曾用名 / Former names [D01 L3 PS]"),
        text("citizen_id_no", "公民身份号码 / Citizen identity number [D02 L4 PS]"),
        text(
            "citizen_id_status",
            "身份号码核验状态 / Check of the identity number [D10 L3 PS]",
            null=False,
            default="none",
        ),
        text("sex", "性别 / Sex [D01 L3 PS]", null=False),
        day("birth_date", "出生日期 / Date of birth [D01 L3 PS]", null=False),
        text("ethnicity", "民族 / Ethnic group [D01 L3 PS]"),
        text("photo", "照片 / Photograph (file id) [D03 L4 SC,TW]"),
        code("residence_division", 12, "居住地区划 / Division of residence [D04 L3 VC]", null=False),
        text("residence_address", "居住详细地址 / Residential address [D04 L4 VC]"),
        code("hukou_division", 12, "户籍地区划 / Division of household registration [D04 L3 PS]"),
        text("child_phone", "儿童联系电话 / Child's telephone [D05 L3 VC]"),
        text("lbc_status", "留守状态 / Left-behind status [D01 L3 hub]", null=False, default="candidate"),
        text("lbc_reason", "留守类型 / Kind of being left behind [D01 L3 TW]"),
        day("lbc_since", "留守开始日期 / Left behind since [D01 L3 TW]"),
        day("lbc_until", "留守结束日期 / Left behind until [D01 L3 TW]"),
        text("lbc_end_reason", "退出原因 / Reason of leaving the register [D01 L3 TW]"),
        boolean("difficulty_flag", "困境儿童标识 / Child in difficulty [D17 L3 CA]", null=False, default="false"),
        text("difficulty_category", "困境类别 / Category of difficulty [D17 L3 CA]"),
        texts("priority_flags", "重点核查标识 / Priority flags [D13 L4 TW,ED,PS]"),
        boolean(
            "virtual_special_school",
            "虚拟专门学校 / Virtual special school [D13 L4 ED,PS]",
            null=False,
            default="false",
        ),
        day(
            "virtual_special_school_since", "列入虚拟专门学校日期 / In the virtual special school since [D13 L4 ED,PS]"
        ),
        text(
            "virtual_special_school_reason",
            "列入虚拟专门学校原因 / Reason for the virtual special school [D13 L5 ED,PS]",
        ),
        text("responsible_person_id", "责任人 / Responsible person [D35 L1 VC]"),
        integer("file_completeness", "档案完整度 / Completeness of the file, percent [D41 L3 hub]"),
        text("access_restriction", "访问限制 / Access restriction [D42 L4 CA,PR]", null=False, default="none"),
        text("access_restriction_reason", "访问限制原因 / Reason of the restriction [D42 L4 CA,PR]"),
        text("source_unit", "提供单位 / Supplying unit [D01 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D01 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D01 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D01 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D01 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D01 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D01 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D01 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D01 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        unique=(("county", "child_no"),),
        indexes=(
            ("child_no",),
            ("citizen_id_no",),
            ("county", "family_id"),
            ("hukou_division",),
            ("residence_division", "id"),
            ("responsible_person_id",),
        ),
        history=(),
    )
    link("child", ("responsible_person_id",), "worker", ("id",))
