"""The 42 data classes, the unit of policy, and the six levels of sensitivity; imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """Sensitivity of a value: 0 public … 5 sealed (see ``schema/classes.py``)."""

    L0 = 0
    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4
    L5 = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataClass:
    code: str
    name: str
    label: Label
    level: Level
    owner: tuple[str, ...]  # the unit type(s) that own the class; others ask for a correction


def _class(code: str, name: str, level: Level, zh: str, owner: str) -> DataClass:
    label = Label(zh=zh, en=name.replace("_", " ").capitalize())
    return DataClass(code=code, name=name, label=label, level=level, owner=tuple(owner.split(",")))


CLASSES: dict[str, DataClass] = {
    data_class.code: data_class
    for data_class in (
        _class("D01", "identity", Level.L3, "身份信息", "TW"),
        _class("D02", "id_number", Level.L4, "公民身份号码", "PS"),
        _class("D03", "photo", Level.L4, "照片", "SC,TW"),
        _class("D04", "place", Level.L3, "居住地", "VC"),
        _class("D05", "contact", Level.L3, "联系方式", "VC"),
        _class("D06", "family", Level.L3, "家庭", "TW"),
        _class("D07", "migration", Level.L3, "外出务工", "TW"),
        _class("D08", "guardianship", Level.L3, "监护", "TW"),
        _class("D09", "guardianship_risk", Level.L4, "监护风险", "TW"),
        _class("D10", "hukou", Level.L3, "户口登记", "PS"),
        _class("D11", "schooling", Level.L3, "就学", "ED"),
        _class("D12", "dropout", Level.L3, "辍学", "SC"),
        _class("D13", "psych_behaviour", Level.L4, "心理行为", "TW"),
        _class("D14", "health_basic", Level.L4, "基本健康", "HE"),
        _class("D15", "health_clinical", Level.L4, "临床健康", "HE"),
        _class("D16", "disability", Level.L4, "残疾", "DF"),
        _class("D17", "assistance", Level.L3, "社会救助", "CA"),
        _class("D18", "economic", Level.L3, "经济状况", "TW"),
        _class("D19", "housing", Level.L3, "住房", "HO"),
        _class("D20", "employment", Level.L3, "就业", "HR"),
        _class("D21", "legal_aid", Level.L4, "法律援助", "JU"),
        _class("D22", "report_content", Level.L4, "报告内容", "PS"),
        _class("D23", "reporter_identity", Level.L5, "报告人身份", "PS"),
        _class("D24", "emergency", Level.L4, "应急处置", "PS"),
        _class("D25", "investigation", Level.L5, "侦查取证", "PS"),
        _class("D26", "parent_sanction", Level.L4, "对监护人的惩戒", "PS"),
        _class("D27", "assessment", Level.L4, "调查评估", "TW"),
        _class("D28", "service_plan", Level.L3, "帮扶计划与服务", "TW"),
        _class("D29", "judicial", Level.L4, "司法", "CT"),
        _class("D30", "juvenile_offence", Level.L5, "涉罪未成年人", "PR"),
        _class("D31", "placement", Level.L4, "安置", "CA"),
        _class("D32", "visit", Level.L3, "走访", "VC"),
        _class("D33", "pairing", Level.L3, "结对", "WF"),
        _class("D34", "facility", Level.L1, "场所设施", "CA"),
        _class("D35", "workforce", Level.L1, "工作队伍", "TW"),
        _class("D36", "funding", Level.L1, "资金", "FI"),
        _class("D37", "inspection", Level.L1, "督查考核", "PL"),
        _class("D38", "conference", Level.L1, "联席会议", "JC"),
        _class("D39", "statistics", Level.L1, "统计", "ST"),
        _class("D40", "opinion", Level.L2, "舆情", "CY"),
        _class("D41", "duty_task", Level.L1, "职责任务", "JC"),
        _class("D42", "access_log", Level.L4, "访问记录", "hub"),
    )
}
