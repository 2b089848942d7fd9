"""The words that obligations hang on: what happens in cases and in the ledger, and dates of the calendar."""

from __future__ import annotations

from collections.abc import Mapping

from hub.policy import words
from schema.classes import Label


def _labels(*rows: tuple[str, str, str]) -> dict[str, Label]:
    return {word: Label(zh=zh, en=en) for word, zh, en in rows}


#: Dates of the calendar, in China; the period is named by what has ended, or has begun.
CALENDAR: Mapping[str, Label] = _labels(
    ("month_begun", "月初", "a month begins"),
    ("quarter_ended", "季度结束", "a quarter has ended"),
    ("year_ended", "年度结束", "a year has ended"),
    ("year_begun", "年初", "a year begins"),
    ("june_begun", "六月", "June begins"),
    ("november_begun", "十一月", "November begins"),
    ("december_begun", "十二月", "December begins"),
)

#: What happens; a kind of case event is such a word, where there is one.
HAPPENINGS: Mapping[str, Label] = _labels(
    ("concern_found", "发现侵害或危险", "a concern is found"),
    ("report_received", "接到报告", "a report is received"),
    ("report_accepted", "受理报告", "a report is accepted"),
    ("report_refused", "不予受理", "a report is not accepted"),
    ("case_filed", "立案", "a case is filed"),
    ("prosecution_referred", "移送审查起诉", "a case goes to prosecution"),
    ("dispatched", "出警", "police are dispatched"),
    ("measure_taken", "采取应急措施", "an emergency measure is taken"),
    ("placement_needed", "需要安置", "a placement is needed"),
    ("assistance_requested", "请求协助", "assistance is requested"),
    ("parents_to_be_told", "需告知父母", "the parents have to be told"),
    ("parents_told", "已告知父母", "the parents have been told"),
    ("parent_located", "找到父母", "a parent is located"),
    ("escorted", "护送", "the child is escorted"),
    ("handed_over", "交接", "the child is handed over"),
    ("notified", "通报", "a unit is notified"),
    ("result_told", "告知结果", "the result is told"),
    ("assessment_started", "启动评估", "an assessment starts"),
    ("part_contributed", "提交评估意见", "a part is contributed"),
    ("plan_made", "制定计划", "a plan is made"),
    ("service_ordered", "派单服务", "a service is ordered"),
    ("service_done", "服务完成", "a service is done"),
    ("service_not_done", "服务未完成", "a service is not done"),
    ("warning_issued", "出具告诫书", "a written warning is issued"),
    ("warning_copied", "送达告诫书副本", "a copy of the warning is delivered"),
    ("visited", "走访", "a visit is made"),
    ("basics_supplied", "更新基本信息", "the basics are supplied"),
    ("protection_order_applied", "申请保护令", "a protection order is applied for"),
    ("protection_order_decided", "保护令裁定", "a protection order is decided on"),
    ("suggestion_issued", "发出建议", "a suggestion is issued"),
    ("suggestion_replied", "书面答复建议", "a suggestion is replied to"),
    ("dropout_suspected", "疑似辍学", "a dropout is suspected"),
    ("dropout_flagged", "通报辍学标识", "a dropout is flagged"),
    ("persuasion_failed", "劝返无效", "a persuasion fails"),
    ("dropout_reported", "书面报告辍学", "a dropout is reported in writing"),
    ("confirmation_signed", "签订委托监护确认书", "entrusted care is confirmed"),
    ("school_told", "书面告知学校", "the school is told in writing"),
    ("flag_changed", "残疾、疾病、救助变化", "a flag changes"),
    ("flags_supplied", "提供标识", "flags are supplied"),
    ("round_opened", "比对轮次开始", "a round of reconciliation opens"),
    ("round_supplied", "提供比对数据", "a round is supplied"),
    ("information_updated", "信息更新通报", "information is updated"),
    ("bulletin_issued", "印发通报", "a bulletin is issued"),
    ("bulletin_acknowledged", "签收通报", "a bulletin is acknowledged"),
    ("meeting_held", "召开会议", "a meeting is held"),
    ("minutes_issued", "印发纪要", "minutes are issued"),
    ("decision_made", "议定事项", "a decision is made"),
    ("progress_reported", "报告进展", "progress is reported"),
    ("quarterly_report_submitted", "报送季度报告", "a quarterly report is submitted"),
    ("annual_report_submitted", "报送年度报告", "an annual report is submitted"),
    ("year_reported", "报送年度工作情况", "the year's work is reported"),
    ("tasks_issued", "下达年度任务", "the year's tasks are issued"),
    ("check_evidence_given", "提交检查材料", "evidence for a check is given"),
    ("inspected", "督查", "a unit is inspected"),
    ("finding_made", "发现问题", "a finding is made"),
    ("rectified", "整改完成", "a finding is rectified"),
    ("major_matter_arisen", "发生重大事项", "a major matter arises"),
    ("major_matter_reported", "报告重大事项", "a major matter is reported"),
    ("collected_again", "重复采集", "a shared value is collected again"),
    ("share_requested", "申请有条件共享", "a conditional share is requested"),
    ("open_share_requested", "申请无条件共享", "an unconditional share is requested"),
    ("share_decided", "同意共享", "a share is agreed to"),
    ("share_refused", "拒绝共享", "a share is refused"),
    ("shared", "实现共享", "the data is shared"),
    ("refusal_recorded", "登记拒绝理由", "the reason of a refusal is recorded"),
    ("correction_requested", "提出校核", "a correction is requested"),
    ("correction_decided", "校核答复", "a correction is decided"),
    ("lease_taken", "应急查阅", "an emergency reading begins"),
    ("lease_reviewed", "复核应急查阅", "an emergency reading is reviewed"),
    ("inquiries_met", "多部门查询同一儿童", "several departments ask about one child"),
    ("inquiries_reviewed", "核查多部门查询", "such inquiries are looked into"),
    ("compliance_audited", "完成合规审计", "compliance is audited"),
    ("evaluation_engaged", "委托评估", "an evaluation is engaged"),
    ("evaluation_reported", "提交评估报告", "an evaluation is reported"),
)

#: Units by what they are in an occurrence.
PARTS = ("reporter", "facility", "provider", "requester", "owner", "court", "school", "addressee")
#: Who owes or is owed beside types of units and parts: who acts, the unit above, and words of the sources.
PARTIES = ("acting", "superior", "parents", "government", "hub", "all")
#: What an obligation is about; `unit`: the debtor itself, for a period of the calendar.
PERS = ("case", "child", "row", "unit")
#: Whose act meets it: the debtor's own, the creditor's, anybody's; or the debtor has that part in the act.
WHOSE = ("debtor", "creditor", "anyone", *PARTS)


def is_party(word: str) -> bool:
    """A type of unit, perhaps at a level (`PL/prefecture`), a part, or another party."""
    kind, _, level = word.partition("/")
    if level:
        return kind in words.UNIT_TYPES and level in words.UNIT_TYPES[kind].levels
    return word in words.UNIT_TYPES or word in PARTS or word in PARTIES
