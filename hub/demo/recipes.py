"""五类应急处置情形 as stories: the recipes A to E of the national guidance on left-behind children, from report on."""

from __future__ import annotations

from typing import Any

from hub.demo.script import InDays, Known, Part, Step, Story, acknowledged, step
from schema.classes import Label

_SOURCE = "国发〔2016〕13号 四(三)"


def reported(by: str, situation: str, narrative: str, *, danger: bool = False, unknown: str = "") -> tuple[Step, ...]:
    """A concern is reported, accepted by the officer who handles it, and answered.

    Who has no file of the child before it describes the child (`unknown`); the police then find out who it is.
    """
    named: dict[str, Any] = {"unknownChild": unknown, "division": Known("division")} if unknown else {}
    named |= {} if unknown else {"child": Known("child")}
    found: dict[str, Any] = {"child": Known("child")} if unknown else {}
    return (
        step(by, "reportConcern", "发现情况，立即报告公安机关", "A concern is found and reported to the police at once",
             makes="report", situationTypes=[situation], immediateDanger=danger, narrative=narrative,
             reporterIdentity="报告人某某", **named),
        step("station", "acceptReport", "派出所受理报告并立案，乡镇、民政、村居同时知悉",
             "The station accepts and opens a case; township, civil affairs and village know at once", "report",
             as_role="handling_officer", makes="report", riskLevel="2", **found),
        step("station", "dispatchPolice", "民警出警", "Officers are dispatched", "report"),
    )  # fmt: skip


def measured(measure: str, zh: str, en: str, **more: Any) -> Step:
    return step("station", "recordMeasure", zh, en, "case", makes="measure", measure=measure, **more)


def notified(zh: str, en: str, *parts: str) -> Step:
    return step("station", "notifyUnits", zh, en, "case", units=[Part(part) for part in parts], summary=zh)


def told(result: str) -> Step:
    return step("station", "tellResult", "向报告单位告知处理结果", "The reporting unit is told the result", "report",
                result=result)  # fmt: skip


_ENDED = step("station", "endMeasure", "应急处置结束", "The emergency is over", "measure")

LIVING_ALONE = Story(
    name="living_alone",
    label=Label(zh="情形一：单独居住生活，责令父母返回或确定受委托监护人", en="A: a child living alone"),
    source=_SOURCE,
    knows=("arrangement",),
    steps=(
        *reported("village", "living_alone", "儿童独自居住，父母均在外地，照料人已离开。"),
        measured("order_return_or_carer", "责令父母立即返回或确定受委托监护人",
                 "The parents are ordered to return or to name a carer", contactsTried=2, contactLog="已电话告知父母"),
        step("station", "sanctionGuardian", "对父母予以训诫", "The parents are admonished", "case", kind="admonition",
             facts="外出务工，未委托他人照护"),
        step("station", "fulfilObligation", "留存告知父母的记录", "That the parents were told is put on file",
             rule="O09",
             evidence="通话记录2次，书面责令1份"),
        notified("向乡镇通报处置情况", "The township is told of the handling", "township"),
        step("village", "signEntrustment", "村委会见证签订委托监护确认书",
             "An entrustment is confirmed before the village",
             "arrangement", signedPlace="村委会", parties=["父亲", "受委托人"], childHeard=True),
        step("village", "visitInCase", "村委会回访：已有人照料", "The village visits: the child is cared for", "case",
             type="village", metWhom="受委托人"),
        _ENDED,
        told("guardian_admonished"),
    ),
)  # fmt: skip

INCAPABLE = Story(
    name="incapable",
    label=Label(zh="情形二：监护人丧失监护能力，联系父母返回或委托其他亲属", en="B: the guardian can no longer care"),
    source=_SOURCE,
    knows=("division",),
    steps=(
        *reported("hospital", "guardian_incapable", "照料人突发重病住院，家中无人接替。",
                  unknown="约十岁，男，随祖母就诊"),
        measured("contact_relatives", "联系父母返回或委托其他亲属监护照料",
                 "Parents or other relatives are called upon",
                 contactsTried=1),
        step("station", "requestAssistance", "请人社局协助查找父亲务工单位",
             "Labour is asked to find where the father works", "case", unit=Part("labour"),
             summary="请协助查找父亲用工单位"),
        step("station", "fulfilObligation", "留存告知父母的记录", "That the parents were told is put on file",
             rule="O09",
             evidence="通话记录1次"),
        notified("向乡镇通报：祖母暂为照料", "The township is told: the grandmother cares for now", "township"),
        _ENDED,
    ),
)  # fmt: skip

UNREACHED = Story(
    name="unreached",
    label=Label(zh="情形三：联系不上监护人，就近护送临时监护照料", en="C: no guardian can be reached"),
    source=_SOURCE,
    knows=("division",),
    steps=(
        *reported("social", "abandoned_or_uncared", "家中无成年人，生活无着，多次联系不上父母。",
                  unknown="约十岁，男，独自在家"),
        measured("escort_to_care", "联系不上监护人，护送至福利机构",
                 "Nobody is reached; the child is escorted to a home",
                 contactsTried=4, contactLog="四次致电父母均未接通", escortFrom="家中",
                 escortToKind="welfare_institution", escortToUnit=Part("home")),
        step("civil", "placeChild", "民政部门临时监护，安置于福利院", "Civil affairs place the child in a welfare home",
             "case", makes="placement", placeType="welfare_institution", facilityUnit=Part("home"), legalBasis="92_2",
             guardianshipKind="temporary", reviewDue=InDays(180)),
        step("home", "receiveChild", "福利院接收，签字交接", "The home receives the child and signs", "placement",
             receivedBy="值班人员"),
        step("station", "handOverChild", "护送到达，移交儿童", "The escort ends with the handover", "measure"),
        notified("向乡镇、民政通报处置情况", "Township and civil affairs are told", "township", "civil"),
        step("township", "openAssessment", "乡镇启动调查评估", "The township opens an assessment", "case",
             makes="assessment"),
    ),
)  # fmt: skip

MISSING = Story(
    name="missing",
    label=Label(zh="情形四：失踪，快速查找", en="D: a child is missing"),
    source=_SOURCE,
    steps=(
        *reported("village", "missing", "儿童未按时返家，联系不上。", danger=True),
        measured("missing_search", "启动失踪快速查找", "A fast search begins"),
        step("station", "inviteUnit", "请学校参与查找", "The school is brought in", "case", unit=Part("school"),
             role="participant"),
        step("station", "endMeasure", "儿童已找回", "The child is found", "measure"),
        notified("向乡镇通报：儿童已安全返家", "The township is told: safe at home", "township"),
        told("missing_found"),
        step("township", "startFollowUp", "转入跟踪回访", "Follow-up begins", "case"),
        step("school", "leaveCase", "查找结束，学校退出案件", "The search is over; the school leaves the case", "case",
             summary="查找任务已完成"),
    ),
)  # fmt: skip

VIOLENCE = Story(
    name="violence",
    label=Label(zh="情形五：遭受家庭暴力，制止、庇护、评估、帮扶、人身安全保护令", en="E: violence at home"),
    source=_SOURCE,
    steps=(
        *reported("school", "suspected_domestic_violence", "班主任晨检发现儿童手臂、后背有新旧不一的淤青。",
                  danger=True),
        measured("stop_violence_shelter", "制止家暴，护送至庇护场所（地点保密）",
                 "Violence is stopped; the child is escorted to a place that stays hidden", contactsTried=2,
                 escortFrom="学校", escortToKind="temporary_shelter", escortToUnit=Part("shelter")),
        step("station", "requestAssistance", "请医院协助验伤", "The hospital is asked to examine", "case",
             unit=Part("hospital"), summary="请协助检查伤情"),
        step("hospital", "answerAssistance", "医院完成检查", "The hospital has examined", "case", summary="检查已完成"),
        step("civil", "placeChild", "民政部门紧急安置，地点保密", "Civil affairs place the child; the place is hidden",
             "case", makes="placement", placeType="temporary_shelter", facilityUnit=Part("shelter"),
             locationHidden=True,
             hiddenAddress="庇护点七号", legalBasis="92_6", guardianshipKind="temporary", reviewDue=InDays(180)),
        step("shelter", "receiveChild", "庇护场所接收，签字交接", "The shelter receives the child and signs",
             "placement",
             receivedBy="值班人员"),
        step("station", "handOverChild", "护送到达，移交儿童", "The escort ends with the handover", "measure"),
        notified("向乡镇、民政通报处置情况", "Township and civil affairs are told", "township", "civil"),
        step("township", "openAssessment", "乡镇牵头启动调查评估", "The township leads an assessment", "case",
             makes="assessment"),
        step("station", "assessSafety", "派出所提交安全处境部分", "The station gives its part: safety", "assessment",
             score=25, note="存在再次伤害风险"),
        step("hospital", "assessMindBody", "医院提交身心健康部分", "The hospital gives its part: mind and body",
             "assessment", score=45, note="创伤后情绪反应"),
        step("civil", "assessGuardianship", "民政提交监护情况部分", "Civil affairs give their part: guardianship",
             "assessment", score=20, note="照料人施暴，父亲失联"),
        step("township", "concludeAssessment", "完成评估，风险一级", "The assessment is concluded: highest risk",
             "assessment", riskLevel="1", conclusion="原照料人不适宜继续照料"),
        step("township", "planService", "制定帮扶计划，心理疏导派单给社工",
             "Counselling is ordered from social workers",
             "case", makes="plan", type="counselling", providerUnit=Part("social"), due=InDays(60), goal="情绪稳定"),
        step("station", "sanctionGuardian", "对施暴人出具告诫书", "A written warning is issued", "case",
             kind="warning_letter", documentNo="告诫第7号", facts="多次责打儿童"),
        notified("告诫书副本送村委会", "The village gets a copy of the warning", "village"),
        step("social", "recordService", "社工完成心理疏导", "The counselling is done", "plan", outcome="完成五次疏导"),
        step("civil", "filePetition", "民政申请人身安全保护令（紧急）",
             "Civil affairs petition for a protection order, urgent",
             "case", makes="petition", type="protection_order", urgent=True),
        step("court", "acceptPetition", "法院受理", "The court accepts", "petition", docketNo="（2026）民保令7号"),
        step("court", "rulePetition", "法院裁定准许，转入跟踪回访", "The court grants it; follow-up begins", "petition",
             ruling="granted", expiresOn=InDays(180)),
        step("village", "visitInCase", "告诫后村委会查访", "The village visits after the warning", "case",
             type="village",
             nextDue=InDays(30)),
        step("civil", "endPlacement", "结束安置，由母亲接回", "The placement ends; the mother takes the child home",
             "placement"),
        step("station", "endMeasure", "应急处置结束", "The emergency is over", "measure"),
        told("guardian_admonished"),
        acknowledged("school", "village", "station", "township", "civil", "hospital", "shelter", "social", "court"),
        step("township", "closeCase", "应知单位均已知悉，结案", "All who must know do; the case is closed", "case",
             closeReason="safe_at_home"),
    ),
)  # fmt: skip

RECIPES = (LIVING_ALONE, INCAPABLE, UNREACHED, MISSING, VIOLENCE)
