"""What can be wrong with a value that is sent, in both languages; the value itself is never repeated."""

from __future__ import annotations

from hub.ledger.acts import Fault
from schema.classes import Label
from schema.validators import FAULT_LABELS
from schema.validators import Fault as FormFault


def _labels(*rows: tuple[str, str, str]) -> dict[str, Label]:
    return {code: Label(zh=zh, en=en) for code, zh, en in rows}


LABELS = _labels(
    ("UNKNOWN_INPUT", "没有这一项", "there is no such input"),
    ("REQUIRED", "必填", "must be given"),
    ("NOT_EMPTY", "不能清空", "cannot be cleared"),
    ("NOT_CHANGEABLE", "登记时确定，不能更改", "is given when the record is made and cannot be changed"),
    ("WRONG_KIND", "值的类型不对", "is a value of another kind"),
    ("UNKNOWN_CODE", "不在代码表内", "is not in the code list"),
    ("REPEATED", "有重复项", "names something twice"),
    ("BLANK", "不能是空白", "is blank"),
    ("TOO_LONG", "超过允许的长度", "is longer than allowed"),
    ("TOO_MANY", "项数过多", "has more items than allowed"),
    ("CHARACTERS", "含有不允许的字符", "holds characters that are not allowed"),
    ("OUT_OF_RANGE", "超出合理范围", "lies outside the range that makes sense"),
    ("ID_NUMBER", "公民身份号码不成立", "is not a citizen identity number that holds"),
    ("CREDIT_CODE", "统一社会信用代码不成立", "is not a unified social credit code that holds"),
    ("ID_CONFLICT", "与登记的出生日期或性别不一致", "differs from the registered date of birth or sex"),
    ("DIVISION", "区划代码不存在或当日无效", "is no division in force on that day"),
    ("OTHER_COUNTY", "属于另一个县", "belongs to another county"),
    ("UNIT", "单位不存在或当日无效", "is no unit in force on that day"),
    ("UNKNOWN_ROW", "没有这条记录，或不在本单位范围内", "there is no such record, or it is out of your reach"),
    ("ORDER", "先后颠倒", "comes before the day it has to follow"),
    ("FUTURE", "晚于今天", "lies after today"),
    ("ENDED", "已经结束", "has ended already"),
    ("TAKEN", "已被另一条记录使用", "is used by another record"),
    ("LINKED", "已有所属", "belongs to another already"),
)


def fault(path: tuple[str, ...], code: str, detail: Label | None = None) -> Fault:
    """One fault; `detail` says more, such as which check of a number failed."""
    label = LABELS[code]
    if detail is not None:
        label = Label(zh=f"{label.zh}：{detail.zh}", en=f"{label.en}: {detail.en}")
    return Fault(path=path, code=code, label=label)


def detailed(found: tuple[FormFault, ...]) -> Label:
    return Label(
        zh="、".join(FAULT_LABELS[item].zh for item in found), en=", ".join(FAULT_LABELS[item].en for item in found)
    )
