"""校核的答复与撤回: the keeper of a value refuses a doubt with the reason, or who doubted it takes it back."""

from __future__ import annotations

from hub import errors
from hub.commands.course import Course
from hub.commands.words import Given, Kind, Outcome, State, Value
from schema.classes import Label

STANDING = ("requested", "disputed")


def refuse_correction(state: State, given: Given) -> Outcome:
    course, claim = Course(state=state, given=given), state.target
    if claim["owner_unit"] != given.unit.code:
        raise errors.NotForYou(unit=claim["owner_unit"])
    return _settled(course, "refused", decision_reason=given["decision_reason"], tells=claim["requester_unit"])


def withdraw_correction(state: State, given: Given) -> Outcome:
    course, claim = Course(state=state, given=given), state.target
    if claim["requester_unit"] != given.unit.code:
        raise errors.NotForYou(unit=claim["requester_unit"])
    return _settled(course, "withdrawn", decision_reason=given["decision_reason"], tells=claim["owner_unit"])


def _settled(course: Course, status: str, *, decision_reason: str, tells: str) -> Outcome:
    claim = course.state.target
    if claim["status"] not in STANDING:
        raise errors.AlreadyDone(unit=claim["owner_unit"])
    course.change(
        "CorrectionRequest", claim["id"], status=status, decided_at=course.given.at, decision_reason=decision_reason
    )
    # What was taken back need not be answered any more.
    course.happened(
        "correction_decided", "D41", row=claim["id"], in_case=False, notice="correction", tells=(tells,),
        units={"requester": (claim["requester_unit"],), "owner": (claim["owner_unit"],)},
    )  # fmt: skip
    return course.settled(claim["id"])


_REASON = Value(column="CorrectionRequest.decision_reason", required=True)

KINDS: tuple[Kind, ...] = (
    Kind(
        name="refuseCorrection",
        label=Label(zh="不予更正，写明核实情况", en="Refuse a correction, with what was found"),
        source="政务数据共享条例（国务院令第809号）第二十六条",
        needs=(("D41", "answer"),),
        decide=refuse_correction,
        answers="CorrectionRequest",
        target="CorrectionRequest",
        values=(_REASON,),
    ),
    Kind(
        name="withdrawCorrection",
        label=Label(zh="撤回校核申请", en="Take a doubt back"),
        source="政务数据共享条例（国务院令第809号）第二十六条",
        needs=(("D41", "correct"),),
        decide=withdraw_correction,
        answers="CorrectionRequest",
        target="CorrectionRequest",
        values=(_REASON,),
    ),
)
