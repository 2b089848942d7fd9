"""Organisation."""

from __future__ import annotations

from migrations.words import boolean, code, create, day, integer, link, moment, text, texts

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "admin_division",
        code("code", 12, "区划代码 / Code [D38 L0 hub]", null=False),
        integer("level", "级别 / Level: 1 province … 5 village [D38 L0 hub]", null=False),
        code("parent_code", 12, "上级区划代码 / Parent [D38 L0 hub]"),
        text("name", "名称 / Name [D38 L0 hub]", null=False),
        text("name_en", "英文名称 / English name [D38 L0 hub]"),
        text("urban_rural_class", "城乡分类 / Urban or rural [D38 L0 hub]"),
        day("valid_from", "启用日期 / Valid from [D38 L0 hub]", null=False),
        day("valid_to", "停用日期 / Valid to [D38 L0 hub]"),
        code("successor_code", 12, "后继区划代码 / Successor [D38 L0 hub]"),
        key=("code",),
        indexes=(("parent_code",), ("successor_code",)),
    )
    create(
        "calendar_day",
        day("day", "日期 / Day [D38 L0 hub]", null=False),
        text("kind", "类别 / Kind [D38 L0 hub]", null=False),
        text("name", "节日 / Holiday [D38 L0 hub]"),
        text("source", "依据 / Source [D38 L0 hub]"),
        key=("day",),
    )
    create(
        "data_sharing_subscription",
        text("id", "数据共享订阅编号 / Data sharing subscription id [D41 L1 hub]", null=False),
        text("unit", "单位 / Unit [D41 L1 JC]", null=False),
        text("account", "服务账号 / Service account [D41 L1 JC]", null=False),
        text("query_hash", "查询摘要值 / Hash of the query [D41 L1 JC]", null=False),
        text("duty_code", "职责代码 / Duty [D41 L1 JC]", null=False),
        text("schedule", "计划 / Schedule [D41 L1 JC]"),
        text("last_cursor", "最近游标 / Last cursor [D41 L1 JC]"),
        moment("last_run_at", "最近运行 / Last run at [D41 L1 JC]"),
        day("valid_to", "停用日期 / To [D41 L1 JC]"),
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
        indexes=(("unit",),),
    )
    create(
        "duty",
        text("id", "职责编号 / Duty id [D38 L1 hub]", null=False),
        text("code", "职责代码 / Code [D38 L0 hub]", null=False),
        text("unit_type", "机构类型 / Unit type [D38 L0 hub]", null=False),
        text("title", "名称 / Title [D38 L0 hub]", null=False),
        text("title_en", "英文名称 / English title [D38 L0 hub]"),
        text("source_document", "依据文件 / Source document [D38 L0 hub]", null=False),
        text("article", "条款 / Article [D38 L0 hub]"),
        text("quote", "要旨 / Paraphrase of the clause [D38 L0 hub]"),
        texts("tasks", "对应任务 / Tasks [D38 L0 hub]"),
        day("valid_from", "生效日期 / Valid from [D38 L0 hub]", null=False),
        day("valid_to", "失效日期 / Valid to [D38 L0 hub]"),
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
        unique=(("code",),),
    )
    create(
        "membership",
        text("id", "联席会议成员编号 / Membership id [D38 L1 hub]", null=False),
        text("unit", "单位 / Unit [D38 L1 JC]", null=False),
        text("name", "姓名 / Name [D38 L1 JC]", null=False),
        text("post", "职务 / Post [D38 L1 JC]", null=False),
        day("valid_from", "任职日期 / From [D38 L1 JC]", null=False),
        day("valid_to", "卸任日期 / To [D38 L1 JC]"),
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
        indexes=(("unit",),),
    )
    create(
        "organisation",
        text("code", "机构代码 / Unit code [D38 L0 hub]", null=False),
        text("unit_type", "机构类型 / Unit type [D38 L0 hub]", null=False),
        text("level", "级别 / Level [D38 L0 hub]", null=False),
        code("division", 12, "所在区划 / Division [D38 L0 hub]", null=False),
        text("name", "名称 / Name [D38 L0 hub]", null=False),
        text("name_en", "英文名称 / English name [D38 L0 hub]"),
        text("uscc", "统一社会信用代码 / Unified social credit code [D38 L0 hub]"),
        boolean(
            "is_member_of_conference",
            "联席会议成员 / Member of the conference [D38 L0 hub]",
            null=False,
            default="false",
        ),
        text("supervised_by", "主管单位 / Supervised by [D38 L0 hub]"),
        text("duty_phone", "值班电话 / Duty telephone [D38 L0 hub]"),
        day("valid_from", "设立日期 / Valid from [D38 L0 hub]", null=False),
        day("valid_to", "撤销日期 / Valid to [D38 L0 hub]"),
        text("successor_code", "后继机构 / Successor [D38 L0 hub]"),
        key=("code",),
        indexes=(("division",), ("successor_code",), ("supervised_by",), ("unit_type", "division")),
    )
    create(
        "user_account",
        text("id", "用户账号编号 / User account id [D42 L4 hub]", null=False),
        text("person", "用户标识 / Person [D42 L4 hub]", null=False),
        text("unit", "单位 / Unit [D42 L4 hub]", null=False),
        text("name", "姓名 / Name [D42 L4 hub]", null=False),
        text("citizen_id_no", "公民身份号码 / Citizen identity number [D02 L4 hub]"),
        text("kind", "账号类别 / Kind [D42 L4 hub]", null=False, default="human"),
        texts("roles", "角色 / Roles [D42 L4 hub]", null=False),
        integer("clearance", "最高敏感级别 / Highest level of sensitivity [D42 L4 hub]", null=False, default="3"),
        code("division_scope", 12, "区划范围 / Division scope [D42 L4 hub]"),
        boolean("mfa", "多因素认证 / Multi-factor sign-in [D42 L4 hub]", null=False, default="false"),
        day("valid_from", "启用日期 / From [D42 L4 hub]", null=False),
        day("valid_to", "停用日期 / To [D42 L4 hub]"),
        text("source_unit", "提供单位 / Supplying unit [D42 L4 hub]", null=False),
        text("source_system", "来源系统 / Source system [D42 L4 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D42 L4 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D42 L4 hub]"),
        day("effective_from", "生效日期 / Effective from [D42 L4 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D42 L4 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D42 L4 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D42 L4 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D42 L4 hub]", null=False, default="1"),
        key=("id",),
        unique=(("person", "unit"),),
        indexes=(("citizen_id_no",), ("unit",)),
    )
    link("admin_division", ("parent_code",), "admin_division", ("code",))
    link("admin_division", ("successor_code",), "admin_division", ("code",))
    link("data_sharing_subscription", ("unit",), "organisation", ("code",))
    link("membership", ("unit",), "organisation", ("code",))
    link("organisation", ("division",), "admin_division", ("code",))
    link("organisation", ("successor_code",), "organisation", ("code",))
    link("organisation", ("supervised_by",), "organisation", ("code",))
    link("user_account", ("unit",), "organisation", ("code",))
