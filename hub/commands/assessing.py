"""调查评估与帮扶: an assessment is opened, each unit gives its part, it is concluded, services are planned and done."""

from __future__ import annotations

from hub import errors
from hub.commands.course import Course
from hub.commands.words import Given, Kind, Outcome, State, Value
from schema.classes import Label

#: The parts of an assessment: by whom each is kept.
_PARTS = {
    "PS": ("safety_score", "safety_note"),
    "HE": ("mind_body_score", "mind_body_note"),
    "MI": ("mind_body_score", "mind_body_note"),
    "ED": ("schooling_score", "schooling_note"),
}


def open_assessment(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    if any(row["completed_on"] is None for row in state.of("Assessment")):
        raise errors.AlreadyDone(unit=course.case["lead_unit"])
    lead = next(iter(state.parties_of("TW")), given.unit.code)
    course.enter("assessment", lead=lead)
    row = course.make("Assessment", lead_unit=lead, started_on=given.today, contributors=[given.unit.code])
    course.happened("assessment_started", "D27", row=row)
    return course.settled(row)


def contribute_part(state: State, given: Given) -> Outcome:
    course, assessment = Course(state=state, given=given), state.target
    if assessment["completed_on"] is not None:
        raise errors.AlreadyDone(unit=assessment["lead_unit"])
    score, note = _PARTS.get(given.unit.type, ("guardianship_score", "guardianship_note"))
    contributors = sorted({*(assessment["contributors"] or ()), given.unit.code})
    course.change(
        "Assessment", assessment["id"], **{score: given["score"], note: given["note"]}, contributors=contributors
    )
    for party in state.parties:
        if party["unit"] == given.unit.code and party["accepted_on"] is None:
            course.change("CaseParty", party["id"], accepted_on=given.today)
    course.happened("part_contributed", "D27", row=assessment["id"])
    return course.settled(assessment["id"])


def conclude_assessment(state: State, given: Given) -> Outcome:
    course, assessment = Course(state=state, given=given), state.target
    if assessment["completed_on"] is not None:
        raise errors.AlreadyDone(unit=assessment["lead_unit"])
    course.enter("plan")
    course.change(
        "Assessment", assessment["id"], completed_on=given.today, risk_level=given["risk_level"],
        conclusion=given["conclusion"],
    )  # fmt: skip
    course.change("ProtectionCase", course.case["id"], risk_level=given["risk_level"])
    course.happened("assessment_done", "D27", row=assessment["id"])
    return course.settled(assessment["id"])


def plan_service(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    course.enter("intervention")
    provider = given["provider_unit"]
    row = course.make(
        "ServicePlanItem", type=given["type"], provider_unit=provider, due=given["due"], goal=given["goal"],
        task_no=given["task_no"], status="ordered",
    )  # fmt: skip
    course.join(provider, "provider")
    course.happened("plan_made", "D28", row=row, due=given["due"], tells=(provider,), units={"provider": (provider,)})
    course.happened(
        "service_ordered", "D28", row=row, due=given["due"], in_case=False, silent=True, units={"provider": (provider,)}
    )
    return course.settled(row)


def record_service(state: State, given: Given) -> Outcome:
    """Done, or not done and why."""
    course, item = Course(state=state, given=given), state.target
    if item["status"] in ("done", "not_done", "cancelled"):
        raise errors.AlreadyDone(unit=item["provider_unit"])
    done = given["not_done_reason"] is None
    course.change(
        "ServicePlanItem", item["id"], status="done" if done else "not_done", outcome=given["outcome"],
        not_done_reason=given["not_done_reason"],
    )  # fmt: skip
    course.happened(
        "service_done" if done else "service_not_done", "D28", row=item["id"],
        units={"provider": (item["provider_unit"],)},
    )  # fmt: skip
    return course.settled(item["id"])


KINDS: tuple[Kind, ...] = (
    Kind(
        name="openAssessment",
        label=Label(zh="启动调查评估", en="Open an assessment"),
        source="国发〔2016〕13号 四(四); T14",
        needs=(("D27", "assess"),),
        decide=open_assessment,
        answers="Assessment",
        target="ProtectionCase",
        reads=("Assessment",),
    ),
    *(
        Kind(
            name=name,
            label=label,
            source="T14 配合",
            needs=((group, action),),
            decide=contribute_part,
            answers="Assessment",
            target="Assessment",
            values=(
                Value(column=f"Assessment.{part}_score", alias="score", label=Label(zh="得分", en="Score")),
                Value(column=f"Assessment.{part}_note", alias="note", required=True),
            ),
        )
        for name, part, group, action, label in (
            ("assessSafety", "safety", "D27/safety", "contribute",
             Label(zh="提交安全处境部分", en="Give the part on safety")),
            ("assessMindBody", "mind_body", "D27/mind_body", "contribute",
             Label(zh="提交身心健康部分", en="Give the part on mind and body")),
            ("assessSchooling", "schooling", "D27/schooling", "contribute",
             Label(zh="提交就学部分", en="Give the part on schooling")),
            ("assessGuardianship", "guardianship", "D27", "assess",
             Label(zh="提交监护情况部分", en="Give the part on guardianship")),
        )
    ),
    Kind(
        name="concludeAssessment",
        label=Label(zh="完成评估，确定风险等级", en="Conclude an assessment with its level of risk"),
        source="T14",
        needs=(("D27", "assess"),),
        decide=conclude_assessment,
        answers="Assessment",
        target="Assessment",
        values=(
            Value(column="Assessment.risk_level", required=True),
            Value(column="Assessment.conclusion", required=True),
        ),
    ),
    Kind(
        name="planService",
        label=Label(zh="制定帮扶计划，派单给承办单位", en="Plan a service and order it from a provider"),
        source="T14 监护指导、医疗救治、心理疏导、行为矫治、法律服务、法律援助",
        needs=(("D28", "plan"),),
        decide=plan_service,
        answers="ServicePlanItem",
        target="ProtectionCase",
        values=(
            Value(column="ServicePlanItem.type", required=True),
            Value(column="ServicePlanItem.provider_unit", required=True),
            Value(column="ServicePlanItem.due", required=True),
            Value(column="ServicePlanItem.goal"),
            Value(column="ServicePlanItem.task_no"),
        ),
    ),
    Kind(
        name="recordService",
        label=Label(zh="记录服务完成，或未完成及原因", en="Record a service done, or not done and why"),
        source="T14; T18",
        needs=(("D28", "serve"),),
        decide=record_service,
        answers="ServicePlanItem",
        target="ServicePlanItem",
        values=(
            Value(column="ServicePlanItem.outcome"),
            Value(column="ServicePlanItem.not_done_reason"),
        ),
    ),
)  # fmt: skip
