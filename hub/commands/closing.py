"""跟踪与结案: a case is followed up, visited, joined, left, closed when all who must know do, and reopened."""

from __future__ import annotations

from hub import errors
from hub.commands.course import Course, today_or
from hub.commands.words import Given, Kind, Outcome, State, Value
from schema.classes import Label


def follow_up(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    course.enter("follow_up", lead=next(iter(state.parties_of("TW")), None))
    course.happened("stage_changed", "D22", row=course.case["id"])
    return course.settled(course.case["id"])


def visit_in_case(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    case = course.case
    row = course.make(
        "Visit", type=given["type"], done_on=today_or(given["done_on"], given), by_unit=given.unit.code,
        met_whom=given["met_whom"], problems=given["problems"], note=given["note"], next_due=given["next_due"],
    )  # fmt: skip
    course.happened("visited", "D32", row=row, due=given["next_due"])
    return course.settled(case["id"])


def invite_unit(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    unit = given["unit"]
    if not course.join(unit, given["role"]):
        raise errors.AlreadyDone(unit=given.unit.code)
    course.happened("party_joined", "D22", row=course.case["id"], tells=(unit,), units={"addressee": (unit,)})
    return course.settled(course.case["id"])


def leave_case(state: State, given: Given) -> Outcome:
    """A lead, or a unit that the first day brought in, cannot leave: the duty in the case is its own."""
    course = Course(state=state, given=given)
    mine = [
        p for p in state.parties if p["unit"] == given.unit.code and p["role"] in ("invited", "provider", "participant")
    ]
    if not mine or given.unit.type in ("TW", "CA", "VC", "PS"):
        raise errors.CannotLeave()
    for party in mine:
        course.change("CaseParty", party["id"], until=given.today)
    course.happened("party_left", "D22", row=course.case["id"], summary=given["summary"])
    return course.settled(course.case["id"])


def close_case(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    case = course.case
    if case["lead_unit"] != given.unit.code:
        raise errors.NotLead(unit=case["lead_unit"])
    _refuse_open(state)
    if state.waiting:
        # The unit in whose place the child is hidden is counted, and not named.
        hidden = {row["facility_unit"] for row in state.of("Placement") if row["location_hidden"]}
        named = [unit for unit in state.waiting if unit not in hidden]
        raise errors.KnowledgeMissing(count=len(state.waiting), units=", ".join(named))
    course.enter("closed")
    course.change("ProtectionCase", case["id"], closed_on=given.today, close_reason=given["close_reason"])
    course.happened("closed", "D22", row=case["id"])
    return course.settled(case["id"])


def _refuse_open(state: State) -> None:
    """Nothing that keeps a child safe may be cut off by closing."""
    pending = (
        ("安置", "a placement", any(row["valid_to"] is None for row in state.of("Placement"))),
        ("应急措施", "an emergency measure", any(row["ended_at"] is None for row in state.of("EmergencyMeasure"))),
        ("未完成的评估", "an assessment", any(row["completed_on"] is None for row in state.of("Assessment"))),
        (
            "未裁判的申请",
            "a petition",
            any(row["status"] not in ("ruled", "withdrawn") for row in state.of("Petition")),
        ),
    )
    for what_zh, what, stands in pending:
        if stands:
            raise errors.MatterOpen(what=what, what_zh=what_zh)


def reopen_case(state: State, given: Given) -> Outcome:
    course, case = Course(state=state, given=given), state.target
    if case["closed_on"] is None:
        raise errors.AlreadyDone(unit=case["lead_unit"])
    course.change(
        "ProtectionCase", case["id"], stage="follow_up", closed_on=None, close_reason=None,
        reopen_count=case["reopen_count"] + 1,
    )  # fmt: skip
    course.happened("reopened", "D22", row=case["id"], summary=given["summary"])
    return course.settled(case["id"])


_REASON = Value(column="CaseEvent.summary", required=True, label=Label(zh="理由", en="Reason"))

KINDS: tuple[Kind, ...] = (
    Kind(
        name="startFollowUp",
        label=Label(zh="转入跟踪回访", en="Go on to follow-up"),
        source="T14",
        needs=(("D27", "assess"),),
        decide=follow_up,
        answers="ProtectionCase",
        target="ProtectionCase",
    ),
    Kind(
        name="visitInCase",
        label=Label(zh="案件回访", en="Visit the child within a case"),
        source="反家庭暴力法 第十七条; T14",
        needs=(("D22/header", "visit"),),
        decide=visit_in_case,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(
            Value(column="Visit.type", required=True),
            Value(column="Visit.done_on"),
            Value(column="Visit.met_whom"),
            Value(column="Visit.problems"),
            Value(column="Visit.note"),
            Value(column="Visit.next_due"),
        ),
    ),
    Kind(
        name="inviteUnit",
        label=Label(zh="邀请单位参与案件", en="Bring a unit into a case"),
        source="T14 会同; 附一",
        needs=(("D22/header", "assign"),),
        decide=invite_unit,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(Value(column="CaseParty.unit", required=True), Value(column="CaseParty.role", required=True)),
    ),
    Kind(
        name="leaveCase",
        label=Label(zh="退出案件，写明理由", en="Leave a case, with the reason"),
        source="附一",
        needs=(("D22/header", "reply"),),
        decide=leave_case,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(_REASON,),
    ),
    Kind(
        name="closeCase",
        label=Label(zh="结案", en="Close a case"),
        source="T14; 000 情况共知",
        needs=(("D22/header", "close"),),
        decide=close_case,
        answers="ProtectionCase",
        target="ProtectionCase",
        reads=("Placement", "EmergencyMeasure", "Assessment", "Petition", "CaseKnowledge"),
        values=(Value(column="ProtectionCase.close_reason", required=True),),
    ),
    Kind(
        name="reopenCase",
        label=Label(zh="重启案件", en="Reopen a case"),
        source="T14",
        needs=(("D22/header", "close"),),
        decide=reopen_case,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(_REASON,),
    ),
)
