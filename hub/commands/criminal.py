"""刑事与封存: a criminal case, a juvenile's measure, who is accused, a case sealed or marked as confidential."""

from __future__ import annotations

from hub import errors
from hub.commands.course import Course, today_or
from hub.commands.words import Given, Kind, Outcome, State, Value
from schema.classes import Label


def file_criminal_case(state: State, given: Given) -> Outcome:
    """That a case is filed every party knows; what is investigated stands under seal."""
    course, report = Course(state=state, given=given), state.target
    course.enter("judicial" if course.case["stage"] == "judicial" else "intervention")
    course.make(
        "InvestigationRecord", kind="filing", by_unit=given.unit.code, filed_on=today_or(given["filed_on"], given),
        suspect_id=given["suspect_id"], content=given["content"],
    )  # fmt: skip
    reporter = report["reporter_unit"]
    course.happened("case_filed", "D22", row=report["id"], units={"reporter": (reporter,)} if reporter else {})
    return course.settled(report["id"])


def record_juvenile_measure(state: State, given: Given) -> Outcome:
    """Nobody is told: records of a minor who offended are sealed (预防未成年人犯罪法 第五十九条)."""
    course = Course(state=state, given=given)
    case = course.case
    begins = today_or(given["valid_from"], given)
    course.make(
        "JuvenileMeasure", kind=given["kind"], by_unit=given.unit.code, valid_from=begins, valid_to=given["valid_to"],
        content=given["content"], sealed_on=given["sealed_on"],
    )  # fmt: skip
    return course.settled(case["id"])


def name_accused(state: State, given: Given) -> Outcome:
    """From now on these persons read nothing of the child, whatever their unit may; a unit of theirs takes no part."""
    course = Course(state=state, given=given)
    case = course.case
    if given.person in given["accounts"]:
        raise errors.ActError()
    named = tuple(dict.fromkeys([*(case["accused_persons"] or ()), *given["accounts"]]))
    if given["no_longer"]:
        named = tuple(each for each in named if each not in given["no_longer"])
    course.change("ProtectionCase", case["id"], accused_persons=list(named) or None)
    for party in state.parties:
        if party["unit"] == given["unit"]:
            _exclude(course, party["id"], given)
    return course.settled(case["id"])


def _exclude(course: Course, party: str, given: Given) -> None:
    """Who leads now, in whatever role it joined, cannot be left out: another unit leads first."""
    if given["unit"] in (course.case["lead_unit"], given.unit.code):
        raise errors.NotForYou(unit=given["unit"])
    course.change("CaseParty", party, until=given.today)


def seal_case(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    case = state.case or course.case
    if case["sealed"]:
        raise errors.AlreadyDone(unit=case["lead_unit"])
    course.change("ProtectionCase", case["id"], sealed=True)
    course.happened("case_sealed", "D22", row=case["id"], summary=given["summary"])
    return course.settled(case["id"])


def unseal_case(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    case = state.case or course.case
    if not case["sealed"]:
        raise errors.AlreadyDone(unit=case["lead_unit"])
    course.change("ProtectionCase", case["id"], sealed=False)
    course.happened("case_unsealed", "D22", row=case["id"], summary=given["summary"])
    return course.settled(case["id"])


def mark_investigation(state: State, given: Given) -> Outcome:
    """Nobody is told, nor of those who then ask about the child."""
    course = Course(state=state, given=given)
    case = course.case
    if case["confidential"] == given["confidential"]:
        raise errors.AlreadyDone(unit=given.unit.code)
    course.change("ProtectionCase", case["id"], confidential=given["confidential"])
    return course.settled(case["id"])


_REASON = Value(column="CaseEvent.summary", required=True, label=Label(zh="依据和理由", en="Ground and reason"))

KINDS: tuple[Kind, ...] = (
    Kind(
        name="fileCriminalCase",
        label=Label(zh="刑事立案", en="File a criminal case"),
        source="附(九) 立案侦查; T15",
        needs=(("D25", "file"),),
        decide=file_criminal_case,
        answers="ConcernReport",
        target="ConcernReport",
        values=(
            Value(column="InvestigationRecord.filed_on"),
            Value(column="InvestigationRecord.suspect_id"),
            Value(column="InvestigationRecord.content", required=True),
        ),
    ),
    Kind(
        name="recordJuvenileMeasure",
        label=Label(zh="记录对涉罪未成年人的措施", en="Write down a measure for a minor who offended"),
        source="附(五) 教育、感化、挽救; 预防未成年人犯罪法 第五十九条",
        needs=(("D30", "record"),),
        decide=record_juvenile_measure,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(
            Value(column="JuvenileMeasure.kind", required=True),
            Value(column="JuvenileMeasure.valid_from"),
            Value(column="JuvenileMeasure.valid_to"),
            Value(column="JuvenileMeasure.content"),
            Value(column="JuvenileMeasure.sealed_on"),
        ),
    ),
    Kind(
        name="nameAccused",
        label=Label(zh="写明涉案的平台用户，其人、其单位回避", en="Name who is accused: they are kept out"),
        source="附(九); 未成年人保护法 第一百零三条",
        needs=(("D22/header", "seal"),),
        decide=name_accused,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(
            Value(column="ProtectionCase.accused_persons", required=True, alias="accounts"),
            Value(
                column="ProtectionCase.accused_persons",
                alias="no_longer",
                label=Label(zh="不再涉案的平台用户", en="Accounts no longer accused"),
            ),
            Value(column="CaseParty.unit", label=Label(zh="应回避的参与单位", en="Party to be kept out")),
        ),
    ),
    Kind(
        name="sealCase",
        label=Label(zh="封存案件", en="Seal a case"),
        source="预防未成年人犯罪法 第五十九条",
        needs=(("D22/header", "seal"),),
        decide=seal_case,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(_REASON,),
    ),
    Kind(
        name="unsealCase",
        label=Label(zh="解除案件封存", en="Lift the seal of a case"),
        source="预防未成年人犯罪法 第五十九条",
        needs=(("D22/header", "seal"),),
        decide=unseal_case,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(_REASON,),
    ),
    Kind(
        name="markInvestigation",
        label=Label(zh="标记秘密侦查，或取消标记", en="Mark an investigation as confidential, or no longer"),
        source="附(九) 侦查; 个人信息保护法 第三十五条",
        needs=(("D22/header", "seal"),),
        decide=mark_investigation,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(Value(column="ProtectionCase.confidential", required=True),),
    ),
)
