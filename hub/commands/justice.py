"""监护干预与司法: parents are sanctioned, guardianship goes to court, offences are prosecuted, suggestions answered."""

from __future__ import annotations

from hub import errors
from hub.commands.course import Course
from hub.commands.words import Given, Kind, Outcome, State, Value
from hub.knowledge.clock import months_after
from schema.classes import Label

#: A suggestion is answered in writing within a month (未成年人保护法 第一百一十四条).
REPLY_MONTHS = 1
#: Petitions by which a guardian comes or goes when they are granted.
_CHANGES_GUARDIAN = frozenset({"revoke", "appoint"})
APPLICANT = {
    "CA": "civil_affairs", "PR": "procuratorate", "PS": "police", "WF": "womens_federation",
    "DF": "disabled_federation", "VC": "committee", "SC": "school", "MI": "medical",
}  # fmt: skip


def sanction_guardian(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    course.enter("judicial" if course.case["stage"] == "judicial" else "intervention")
    row = course.make(
        "Sanction", kind=given["kind"], subject_id=given["subject"], by_unit=given.unit.code,
        decided_on=given["decided_on"] or given.today, document_no=given["document_no"], facts=given["facts"],
    )  # fmt: skip
    course.happened("sanctioned", "D26", row=row)
    if given["kind"] == "warning_letter":
        course.happened("warning_issued", "D26", row=row, in_case=False, silent=True)
    return course.settled(row)


def file_petition(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    course.enter("judicial")
    court = given["court_unit"]
    if court is None:
        court = next(iter(state.around(given, "CT")), None)
        if court is None:
            raise errors.NoUnitInCharge(unit_type="CT")
    row = course.make(
        "Petition", type=given["type"], applicant_unit=given.unit.code,
        applicant_kind=APPLICANT.get(given.unit.type, "protection_organisation"), filed_on=given.today,
        court_unit=court, status="filed",
    )  # fmt: skip
    course.join(court, "court")
    urgent = bool(given["urgent"])
    if given["type"] == "protection_order":
        course.happened(
            "protection_order_applied", "D29", row=row, urgent=urgent, in_case=False, silent=True,
            units={"court": (court,)},
        )  # fmt: skip
    course.happened("petition_filed", "D29", row=row, urgent=urgent, tells=(court,), units={"court": (court,)})
    return course.settled(row)


def accept_petition(state: State, given: Given) -> Outcome:
    course, petition = Course(state=state, given=given), state.target
    if petition["status"] != "filed":
        raise errors.AlreadyDone(unit=petition["court_unit"])
    course.change("Petition", petition["id"], status="accepted", docket_no=given["docket_no"], accepted_at=given.at)
    _accept_part(course)
    course.happened("petition_accepted", "D29", row=petition["id"])
    return course.settled(petition["id"])


def rule_petition(state: State, given: Given) -> Outcome:
    course, petition = Course(state=state, given=given), state.target
    if petition["status"] not in ("accepted", "hearing"):
        raise errors.AlreadyDone(unit=petition["court_unit"])
    effective = given["effective_on"] or given.today
    course.change(
        "Petition", petition["id"], status="ruled", ruling=given["ruling"], ruled_at=given.at, effective_on=effective,
        expires_on=given["expires_on"],
    )  # fmt: skip
    granted = given["ruling"] in ("granted", "partly_granted")
    if granted and petition["type"] in _CHANGES_GUARDIAN and given["guardian_id"]:
        for row in state.of("GuardianshipArrangement"):
            if row["valid_to"] is None:
                course.change("GuardianshipArrangement", row["id"], valid_to=effective, ended_reason="court_order")
        course.make(
            "GuardianshipArrangement", type="court_appointed", guardian_id=given["guardian_id"], valid_from=effective
        )
    kind = "protection_order_decided" if petition["type"] == "protection_order" else "ruled"
    course.happened(kind, "D29", row=petition["id"])
    if course.case["stage"] == "judicial" and not _pending(state, petition["id"]):
        course.enter("follow_up", lead=next(iter(state.parties_of("TW")), None))
    return course.settled(petition["id"])


def _pending(state: State, but: str) -> bool:
    return any(
        row["status"] != "ruled" and row["status"] != "withdrawn" for row in state.of("Petition") if row["id"] != but
    )


def record_prosecution(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    course.enter("judicial")
    court = given["court_unit"]
    row = course.make(
        "ProsecutionStage", by_unit=given.unit.code, stage=given["stage"], entered_on=given.today, court_unit=court
    )
    if court:
        course.join(court, "court")
    _accept_part(course)
    if given["stage"] == "prosecution_review":
        course.happened("prosecution_referred", "D29", row=row, in_case=False, silent=True)
    course.happened("prosecuted" if given["stage"] == "prosecuted" else "prosecution_stage", "D29", row=row)
    return course.settled(row)


def record_judgment(state: State, given: Given) -> Outcome:
    course, stage = Course(state=state, given=given), state.target
    course.change("ProsecutionStage", stage["id"], outcome=given["outcome"])
    course.happened("judged", "D29", row=stage["id"])
    return course.settled(stage["id"])


def issue_suggestion(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    addressee, due = given["addressee"], months_after(given.today, REPLY_MONTHS)
    row = course.make(
        "ProsecutionStage", by_unit=given.unit.code, stage="suggestion_issued", entered_on=given.today,
        suggestion=given["suggestion"], reply_due=due,
    )  # fmt: skip
    course.join(addressee, "invited")
    course.happened("suggestion_issued", "D29", row=row, due=due, tells=(addressee,), units={"addressee": (addressee,)})
    return course.settled(row)


def reply_suggestion(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    case = course.case
    course.happened("suggestion_replied", "D29", row=given["suggestion"] or case["id"], summary=given["summary"])
    return course.settled(case["id"])


def _accept_part(course: Course) -> None:
    """Who acts takes part."""
    for party in course.state.parties:
        if party["unit"] == course.given.unit.code and party["accepted_on"] is None:
            course.change("CaseParty", party["id"], accepted_on=course.given.today)


KINDS: tuple[Kind, ...] = (
    Kind(
        name="sanctionGuardian",
        label=Label(zh="对监护人批评教育、训诫、告诫、处罚", en="Sanction a parent or carer"),
        source="T15; 反家庭暴力法 第十六条; 家庭教育促进法 第四十九条",
        needs=(("D26", "sanction"),),
        decide=sanction_guardian,
        answers="Sanction",
        target="ProtectionCase",
        values=(
            Value(column="Sanction.kind", required=True),
            Value(column="Sanction.subject_id", alias="subject"),
            Value(column="Sanction.decided_on"),
            Value(column="Sanction.document_no"),
            Value(column="Sanction.facts"),
        ),
    ),
    Kind(
        name="filePetition",
        label=Label(
            zh="向法院申请（撤销、指定、恢复监护，人身安全保护令）",
            en="Petition the court on guardianship or protection",
        ),
        source="民法典 第三十六条至第三十八条; 反家庭暴力法 第二十三条; T15",
        needs=(("D29", "petition"),),
        decide=file_petition,
        answers="Petition",
        target="ProtectionCase",
        values=(
            Value(column="Petition.type", required=True),
            Value(column="Petition.court_unit"),
            Value(column="ConcernReport.immediate_danger", alias="urgent", label=Label(zh="情况紧急", en="Urgent")),
        ),
    ),
    Kind(
        name="acceptPetition",
        label=Label(zh="法院受理", en="Accept a petition"),
        source="附(六)",
        needs=(("D29/status", "accept"),),
        decide=accept_petition,
        answers="Petition",
        target="Petition",
        values=(Value(column="Petition.docket_no", required=True),),
    ),
    Kind(
        name="rulePetition",
        label=Label(zh="法院裁判", en="Rule on a petition"),
        source="附(六) 指定监护人; 未成年人保护法 第一百零八条",
        needs=(("D29/status", "rule"),),
        decide=rule_petition,
        answers="Petition",
        target="Petition",
        reads=("GuardianshipArrangement", "Petition"),
        values=(
            Value(column="Petition.ruling", required=True),
            Value(column="Petition.effective_on"),
            Value(column="Petition.expires_on"),
            Value(
                column="GuardianshipArrangement.guardian_id", label=Label(zh="指定的监护人", en="Guardian appointed")
            ),
        ),
    ),
    Kind(
        name="recordProsecution",
        label=Label(zh="检察环节：审查逮捕、起诉等", en="Record a stage of the prosecution"),
        source="附(五)",
        needs=(("D29", "decide_stage"),),
        decide=record_prosecution,
        answers="ProsecutionStage",
        target="ProtectionCase",
        values=(Value(column="ProsecutionStage.stage", required=True), Value(column="ProsecutionStage.court_unit")),
    ),
    Kind(
        name="recordJudgment",
        label=Label(zh="记录刑事裁判结果", en="Record the outcome of a criminal trial"),
        source="附(六) 严厉惩处",
        needs=(("D29/status", "record"),),
        decide=record_judgment,
        answers="ProsecutionStage",
        target="ProsecutionStage",
        values=(Value(column="ProsecutionStage.outcome", required=True),),
    ),
    Kind(
        name="issueSuggestion",
        label=Label(zh="发出检察建议", en="Issue a suggestion of the procuratorate"),
        source="未成年人保护法 第一百一十四条",
        needs=(("D41", "issue"),),
        decide=issue_suggestion,
        answers="ProsecutionStage",
        target="ProtectionCase",
        values=(
            Value(column="ProsecutionStage.suggestion", required=True),
            Value(
                column="CaseParty.unit", alias="addressee", required=True, label=Label(zh="被建议单位", en="Addressee")
            ),
        ),
    ),
    Kind(
        name="replySuggestion",
        label=Label(zh="书面回复检察建议", en="Answer a suggestion in writing"),
        source="未成年人保护法 第一百一十四条",
        needs=(("D22/header", "reply"),),
        decide=reply_suggestion,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(
            Value(
                column="Notice.event_type", alias="suggestion", label=Label(zh="建议编号", en="Id of the suggestion")
            ),
            Value(column="CaseEvent.summary", required=True),
        ),
    ),
)
