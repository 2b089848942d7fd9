"""Family."""

from __future__ import annotations

from migrations.words import boolean, create, day, integer, link, moment, text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "family",
        text("county", "县级区划 / County code [D06 L3 hub]", null=False),
        text("id", "家庭编号 / Family id [D06 L3 hub]", null=False),
        text("household_no", "户编号 / Household number [D06 L3 TW]"),
        integer("household_size", "家庭人口 / Household size [D06 L3 TW]"),
        integer("minors_count", "未成年人数 / Number of minors [D06 L3 TW]"),
        text("main_income_source", "家庭主要经济来源 / Main source of income [D18 L3 TW]"),
        text("income_band", "收入档次 / Income band [D18 L3 TW]"),
        boolean("poverty_registered", "建档立卡 / Registered as poor [D18 L3 RW]", null=False, default="false"),
        day("poverty_since", "建档立卡时间 / Registered as poor since [D18 L3 RW]"),
        text("source_unit", "提供单位 / Supplying unit [D06 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D06 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D06 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D06 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D06 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D06 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D06 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D06 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D06 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        unique=(("county", "household_no"),),
        history=(),
    )
    create(
        "family_member",
        text("county", "县级区划 / County code [D06 L3 hub]", null=False),
        text("id", "家庭成员编号 / Family member id [D06 L3 hub]", null=False),
        text("family_id", "家庭 / Family [D06 L3 TW]", null=False),
        text("child_id", "登记儿童 / Registered child [D06 L3 TW]"),
        text("name", "姓名 / Name [D06 L3 TW]", null=False),
        text("relation", "与儿童关系 / Relation [D06 L3 TW]", null=False),
        text("sex", "性别 / Sex [D06 L3 TW]"),
        day("birth_date", "出生日期 / Date of birth [D06 L3 TW]"),
        boolean("in_household", "是否同户 / In the household [D06 L3 TW]", null=False, default="true"),
        text("citizen_id_no", "公民身份号码 / Citizen identity number [D02 L4 PS]"),
        text("phone", "联系电话 / Telephone [D05 L3 VC]"),
        text("marital_status", "婚姻状况 / Marital status [D06 L3 PS,CA]"),
        text("alive_status", "存亡状况 / Alive or dead [D06 L3 PS,CA]"),
        text("guardianship_capacity", "监护能力 / Capacity to be guardian [D09 L4 TW]"),
        text("incapacity_cause", "丧失监护能力原因 / Cause of incapacity [D09 L4 TW]"),
        text("custody_status", "羁押服刑状况 / Detention or imprisonment [D26 L5 PS,JU]"),
        text("source_unit", "提供单位 / Supplying unit [D06 L3 hub]", null=False),
        text("source_system", "来源系统 / Source system [D06 L3 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D06 L3 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D06 L3 hub]"),
        day("effective_from", "生效日期 / Effective from [D06 L3 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D06 L3 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D06 L3 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D06 L3 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D06 L3 hub]", null=False, default="1"),
        key=("county", "id"),
        indexes=(("citizen_id_no",), ("county", "child_id"), ("county", "family_id")),
        history=(("county", "child_id"),),
    )
    link("family_member", ("county", "child_id"), "child", ("county", "id"))
    link("family_member", ("county", "family_id"), "family", ("county", "id"))
