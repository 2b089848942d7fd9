"""Place."""

from __future__ import annotations

from migrations.words import boolean, code, create, day, integer, link, moment, text, texts

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create(
        "facility",
        text("id", "场所设施编号 / Facility id [D34 L1 hub]", null=False),
        text("type", "类型 / Kind [D34 L1 CA,ED,WF,YL,DF,DR]", null=False),
        text("name", "名称 / Name [D34 L1 CA,ED,WF,YL,DF,DR]", null=False),
        text("code_uscc", "统一社会信用代码 / Unified social credit code [D34 L1 CA,ED,WF,YL,DF,DR]"),
        text("unit", "运营单位 / Operating unit [D34 L1 CA,ED,WF,YL,DF,DR]"),
        code("division", 12, "所在区划 / Division [D34 L1 CA,ED,WF,YL,DF,DR]", null=False),
        text("address", "地址 / Address [D34 L0 CA,ED,WF,YL,DF,DR]"),
        text("status", "状态 / State [D34 L1 CA,ED,WF,YL,DF,DR]", null=False, default="operating"),
        integer("capacity", "容量 / Capacity [D34 L1 CA,ED,WF,YL,DF,DR]"),
        integer("in_use", "在用数 / In use [D34 L1 CA,ED,WF,YL,DF,DR]"),
        texts("equipment", "设备 / Equipment [D34 L1 CA,ED,WF,YL,DF,DR]"),
        day("built_on", "建成日期 / Built on [D34 L1 CA,ED,WF,YL,DF,DR]"),
        text("funding", "资金来源 / Funding [D34 L1 CA,ED,WF,YL,DF,DR]"),
        text("open_hours", "开放时间 / Open hours [D34 L1 CA,ED,WF,YL,DF,DR]"),
        boolean("duty_24h", "二十四小时值班 / Staffed day and night [D34 L1 CA,ED,WF,YL,DF,DR]"),
        text("source_unit", "提供单位 / Supplying unit [D34 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D34 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D34 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D34 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D34 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D34 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D34 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D34 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D34 L1 hub]", null=False, default="1"),
        key=("id",),
        indexes=(("division",), ("unit",)),
        history=(),
    )
    create(
        "worker",
        text("id", "工作人员编号 / Worker id [D35 L1 hub]", null=False),
        text("name", "姓名 / Name [D35 L1 TW,VC]", null=False),
        text("person", "平台用户 / Account of the hub [D35 L1 TW,VC]"),
        text("post", "岗位 / Post [D35 L1 TW,VC]", null=False),
        text("unit", "所属单位 / Unit [D35 L1 TW,VC]", null=False),
        code("division", 12, "服务区划 / Division [D35 L1 TW,VC]", null=False),
        day("appointed_on", "任职日期 / Appointed on [D35 L1 TW,VC]"),
        day("left_on", "离任日期 / Left on [D35 L1 TW,VC]"),
        integer("training_hours", "培训学时 / Hours of training [D35 L1 TW,VC]"),
        text("contact", "联系方式 / Telephone [D35 L1 TW,VC]"),
        text("source_unit", "提供单位 / Supplying unit [D35 L1 hub]", null=False),
        text("source_system", "来源系统 / Source system [D35 L1 hub]"),
        text("source_record_id", "来源记录号 / Source record id [D35 L1 hub]"),
        text("supplier_duty", "提供所依职责 / Duty under which it was supplied [D35 L1 hub]"),
        day("effective_from", "生效日期 / Effective from [D35 L1 hub]"),
        moment("recorded_at", "记录时间 / Recorded at [D35 L1 hub]", null=False),
        text("recorded_by", "记录人 / Recorded by [D35 L1 hub]", null=False),
        text("verified_status", "核实状态 / Verification [D35 L1 hub]", null=False, default="unverified"),
        integer("row_version", "行版本 / Row version [D35 L1 hub]", null=False, default="1"),
        key=("id",),
        indexes=(("division",), ("unit",)),
        history=(),
    )
    link("facility", ("division",), "admin_division", ("code",))
    link("facility", ("unit",), "organisation", ("code",))
    link("worker", ("division",), "admin_division", ("code",))
    link("worker", ("unit",), "organisation", ("code",))
