"""The closed vocabularies of the policies; a rule that uses any other word is refused when it is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from schema.classes import Label

NONE = "none"  # the purpose of a right that asks for none; in Casbin also "no condition", "no exception"
ANY = "*"  # only in deny lines
EVERYONE = "any"  # what every subject is linked to
SEPARATOR = "+"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitType:
    """A kind of unit, and the levels at which the sources give it duties."""

    code: str
    label: Label
    levels: tuple[str, ...]
    member: bool  # of the joint conference


def _labels(*rows: tuple[str, str, str]) -> dict[str, Label]:
    return {word: Label(zh=zh, en=en) for word, zh, en in rows}


LEVELS = _labels(
    ("national", "国家级", "national"),
    ("province", "省级", "province"),
    ("prefecture", "市级", "prefecture"),
    ("county", "县级", "county"),
    ("township", "乡级", "township"),
    ("village", "村级", "village"),
)


def _members(*rows: tuple[str, str, str]) -> dict[str, UnitType]:
    """Police have stations in townships; every other member sits at the city and its counties."""
    levels = ("prefecture", "county")
    return {
        code: UnitType(
            code=code,
            label=Label(zh=zh, en=en),
            levels=(*levels, "township") if code == "PS" else levels,
            member=True,
        )
        for code, zh, en in rows
    }


def _actors(*rows: tuple[str, str, str, str]) -> dict[str, UnitType]:
    return {
        code: UnitType(code=code, label=Label(zh=zh, en=en), levels=tuple(levels.split()), member=False)
        for code, zh, en, levels in rows
    }


UNIT_TYPES: dict[str, UnitType] = {
    **_members(
        ("CA", "民政部门", "Civil affairs"),
        ("PS", "公安机关", "Public security"),
        ("ED", "教育部门", "Education"),
        ("HE", "卫生健康部门", "Health"),
        ("PR", "检察院", "Procuratorate"),
        ("CT", "法院", "Court"),
        ("JU", "司法行政部门", "Justice"),
        ("WF", "妇联", "Women's federation"),
        ("YL", "团委", "Youth league"),
        ("DF", "残联", "Disabled persons' federation"),
        ("TU", "总工会", "Trade unions"),
        ("CG", "关工委", "Committee for the next generation"),
        ("PL", "政法委（综治办）", "Political and legal committee"),
        ("RW", "农办", "Rural work office"),
        ("CY", "网信办", "Cyberspace office"),
        ("NP", "人大内司委", "People's congress committee"),
        ("DR", "发改委", "Development and reform"),
        ("FI", "财政部门", "Finance"),
        ("HR", "人社部门", "Human resources"),
        ("HO", "房管部门", "Housing"),
        ("AG", "农业部门", "Agriculture"),
        ("TX", "税务部门", "Taxation"),
        ("CU", "文广新部门", "Culture"),
        ("ST", "统计部门", "Statistics"),
        ("LA", "法制办", "Legislative affairs office"),
        ("GO", "政府办公室", "Government office"),
        ("JC", "联席会议办公室", "Joint conference office"),
    ),
    **_actors(
        ("TW", "乡镇人民政府（街道办事处）", "Township or street office", "township"),
        ("VC", "村（居）民委员会", "Village or residents' committee", "village"),
        ("SC", "学校、幼儿园", "School or kindergarten", "prefecture county township village"),
        ("MI", "医疗机构", "Medical institution", "prefecture county township village"),
        ("RS", "救助管理机构", "Rescue station", "prefecture county"),
        ("WI", "福利机构", "Welfare institution", "prefecture county township"),
        ("SW", "社会工作服务机构", "Social work agency", "prefecture county township"),
        ("TE", "第三方评估机构", "Third-party evaluator", "prefecture county"),
    ),
}

#: Strongest first. A right in mode aggregate never shows a row.
MODES = _labels(
    ("full", "全部内容", "in full"),
    ("masked", "脱敏", "masked"),
    ("pseudo", "去标识化", "pseudonymised"),
    ("flag", "仅是否与类别", "flags and codes only"),
    ("meta", "仅过程时间与状态", "times and states of the process only"),
    ("aggregate", "仅汇总数", "as totals only"),
)
STRENGTH = {mode: place for place, mode in enumerate(MODES)}

SCOPES = _labels(
    ("own", "本单位辖区或本单位的对象", "of the unit's own division"),
    ("sub", "本级及所辖各级", "of the unit's division and those below it"),
    ("case", "本单位参与的未结案件", "of open cases the unit takes part in"),
    ("assigned", "分派给本单位的对象", "assigned to the unit"),
    ("self", "到窗口申请查询本人档案的儿童", "of the child who applies at the desk"),
    ("any", "不限区划", "whatever the division"),
)

#: What must hold of the child, or of the row itself, beside the scope.
CONDITIONS = _labels(
    ("pupil", "本校学生", "pupils of the school"),
    ("pupil_or_school_age", "在校学生和适龄未入学儿童", "pupils, and children of school age who are not"),
    ("age_0_6", "0—6岁儿童", "children of six years and under"),
    ("disabled", "残疾儿童", "disabled children"),
    ("poverty_household", "建档立卡家庭", "households on the poverty register"),
    ("placed", "安置在本机构的儿童", "children placed with the unit"),
    ("applicant", "向本单位提出申请的家庭", "applicants to the unit"),
    ("sample", "本次评估抽样", "the sample drawn for the evaluation"),
    ("unregistered", "未登记户口的儿童", "children without household registration"),
    ("emergency", "应急处置期间", "while an emergency measure is open"),
    ("left_behind", "在册留守儿童", "children on the left-behind register"),
    ("own_report", "本单位的报告", "reports the unit made"),
    ("own_sector", "本系统所属单位的报告", "reports of units the unit supervises"),
    ("handling_officer", "承办人本人", "of which the person is the handling officer"),
    ("accepted", "本单位已受理", "that the unit has accepted"),
    ("docket", "本院已立案", "on the court's docket"),
    ("own_case", "本单位参与的案件，含已结案", "of cases the unit takes part in, closed ones too"),
    ("own_unit", "本单位的记录", "that concern the unit itself"),
    ("invited", "受邀参加", "to which the unit is invited"),
    ("unlocked", "双人解封期间", "while two persons hold it unlocked"),
    ("lease", "紧急授权期间", "while an emergency lease is in force"),
)

#: Of a condition that no rule may name: what another unit has agreed to share.
_AGREED = Label(zh="数源单位同意共享、在期限内", en="that the owner has agreed to share, within its period")


def condition_label(condition: str) -> Label:
    """A condition in words."""
    return CONDITIONS.get(condition, _AGREED)


#: Where a right does not hold although its scope reaches the row.
UNLESS = _labels(
    ("sealed", "档案已封存", "the file is sealed"),
    ("conflict_of_interest", "查询人是该儿童的家庭成员", "the person asking is of the child's household"),
    ("location_hidden", "安置地点保密", "the place of care is hidden"),
)

PURPOSES = _labels(
    (NONE, "无需编号", "no number"),
    ("case", "案件编号", "the case number"),
    ("task", "任务编号", "the task number"),
    ("application", "申请编号", "the application number"),
)

ROLES = _labels(
    ("officer", "经办人", "officer"),
    ("liaison", "联络员", "liaison"),
    ("convener", "召集人", "convener"),
    ("handling_officer", "承办人", "handling officer"),
    ("service", "系统对接账号", "service account"),
    ("policy_admin", "安全管理员", "policy administrator"),
    ("audit_admin", "审计管理员", "audit administrator"),
    ("system_admin", "系统管理员", "system administrator"),
)
ADMINISTRATORS = frozenset({"policy_admin", "audit_admin", "system_admin"})
#: A handling officer is an officer who also holds the case.
IMPLIED_ROLES = {"handling_officer": ("officer",)}

EFFECTS = ("allow", "deny")

#: Actions that disclose values; the only ones a service account takes over from its unit's officers.
READS = ("list", "read", "aggregate")
#: Actions by which many rows leave at once; never on sealed data.
BULK = frozenset({"list", "aggregate", "export", "subscribe", "pull"})

ACTIONS = _labels(
    ("list", "列表查询", "list"),
    ("read", "查看", "read"),
    ("aggregate", "汇总", "aggregate"),
    ("export", "导出", "export"),
    ("subscribe", "订阅", "subscribe"),
    ("pull", "拉取", "pull"),
    ("sample_read", "抽样查看", "read a sample"),
    ("create", "登记", "create"),
    ("update", "更新", "update"),
    ("correct", "申请校核", "ask for a correction"),
    ("apply", "申请共享", "apply for a share"),
    ("answer", "答复申请", "answer an application"),
    ("decide", "决定", "decide"),
    ("submit", "报送", "submit"),
    ("validate", "审核", "validate"),
    ("return", "退回", "return"),
    ("merge", "合并", "merge"),
    ("move", "迁移", "move"),
    ("reconcile", "比对核实", "reconcile"),
    ("verify", "核验", "verify"),
    ("register", "登记户口", "register"),
    ("register_dropout", "登记辍学", "register a dropout"),
    ("dissuade", "劝阻劝返", "dissuade"),
    ("report", "报告", "report"),
    ("accept", "受理", "accept"),
    ("dispatch", "出警", "dispatch"),
    ("dispose", "处置", "dispose"),
    ("escort", "护送", "escort"),
    ("request_assist", "请求协助", "request assistance"),
    ("assist", "协助", "assist"),
    ("file", "立案", "file"),
    ("seal", "封存", "seal"),
    ("sanction", "惩戒", "sanction"),
    ("reward", "奖励", "reward"),
    ("notify", "通报", "notify"),
    ("ack", "签收", "acknowledge"),
    ("reply", "回复", "reply"),
    ("delegate", "委托他人", "delegate"),
    ("assess", "评估", "assess"),
    ("contribute", "配合评估", "contribute"),
    ("plan", "制定计划", "plan"),
    ("serve", "服务", "serve"),
    ("treat", "救治", "treat"),
    ("refer", "转介", "refer"),
    ("place", "安置", "place"),
    ("receive", "接收", "receive"),
    ("care", "照料", "care"),
    ("support", "支持起诉", "support a suit"),
    ("petition", "申请", "petition"),
    ("decide_stage", "决定诉讼阶段", "decide the stage"),
    ("rule", "裁判", "rule"),
    ("appoint", "指定监护人", "appoint a guardian"),
    ("revoke", "撤销监护人资格", "revoke guardianship"),
    ("restore", "恢复监护人资格", "restore guardianship"),
    ("issue_order", "签发保护令", "issue an order"),
    ("issue", "提出检察建议", "issue a suggestion"),
    ("track", "跟踪回复", "track replies"),
    ("pair", "结对", "pair"),
    ("visit", "走访", "visit"),
    ("sign", "指导签订确认书", "sign a confirmation"),
    ("aid", "帮扶", "aid"),
    ("match", "匹配", "match"),
    ("locate_parent", "查找父母", "locate a parent"),
    ("record", "记录", "record"),
    ("assign", "分派", "assign"),
    ("close", "办结", "close"),
    ("contract", "购买服务", "contract"),
    ("evaluate", "评价", "evaluate"),
    ("allocate", "拨付", "allocate"),
    ("confirm", "确认", "confirm"),
    ("import", "导入", "import"),
    ("alert", "预警", "alert"),
    ("respond", "回应", "respond"),
    ("opinion", "提出意见", "give an opinion"),
    ("review", "审查", "review"),
    ("supervise", "督促", "supervise"),
    ("inspect", "检查", "inspect"),
    ("score", "考核评分", "score"),
    ("order_rectification", "责令整改", "order rectification"),
    ("bulletin", "发布通报", "publish a bulletin"),
    ("publish", "推广经验", "publish"),
    ("call", "召集会议", "call a meeting"),
    ("minute", "形成纪要", "write minutes"),
    ("propose", "提出策略变更", "propose a policy"),
    ("approve_policy", "批准策略", "approve a policy"),
    ("audit", "审计", "audit"),
    ("run", "运行维护", "run the system"),
    ("fulfil", "履行义务", "fulfil an obligation"),
    ("pause", "中止计时", "stop a clock"),
    ("extend", "延长期限", "extend a term"),
    ("waive", "免除义务", "waive an obligation"),
    ("break_glass", "申请紧急授权", "break glass"),
    ("unlock", "双人解封", "unlock"),
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Subject:
    """A type of unit at a level; what Casbin knows of who asks."""

    unit_type: str
    level: str

    @property
    def name(self) -> str:
        return f"{self.unit_type}/{self.level}"


SUBJECTS: tuple[Subject, ...] = tuple(Subject(unit_type=code, level=level) for code in UNIT_TYPES for level in LEVELS)
