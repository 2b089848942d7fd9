"""共享申请: a unit applies for a class it does not hold; its owner agrees, refuses in writing, or takes it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hub import errors
from hub.commands.course import Course
from hub.commands.words import Given, Kind, Outcome, Row, State, Value
from hub.policy.openings import is_shareable, offered
from hub.sharing.openings import CHANNEL
from schema.classes import CLASSES, Label, Level
from schema.divisions import range_of

#: A share lasts a year at most; who still needs it applies again.
MOST_DAYS = 366
#: Types without divisions of their own: what is "theirs" is named child by child.
WITHOUT_DIVISIONS = frozenset({"SC", "MI", "RS", "WI", "SW", "TE"})
#: The office of the conference, which keeps the register of refusals.
OFFICE = "JC"


def request_share(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    names = _names(given["data_class"], given["parts"])
    _refuse_unshareable(names, given)
    begins, ends = given["period_from"] or given.today, given["period_to"]
    _check_period(begins, ends, given.today)
    owner = given["owner_unit"] or _owner(given)
    if owner == given.unit.code:
        raise errors.ValueYours()
    if given["scope"] == "own" and given.unit.type in WITHOUT_DIVISIONS:
        raise errors.ShareScope()
    held = {duty for rights in given.grant.cells.values() for right in rights for duty in right.duties}
    if given["duty_code"] not in held:
        raise errors.ShareTerm(what="dutyCode", most=MOST_DAYS)
    row = course.make(
        "ShareRequest", requester_unit=given.unit.code, owner_unit=owner, data_class=given["data_class"],
        parts=given["parts"], scope=given["scope"], duty_code=given["duty_code"], purpose=given["purpose"],
        period_from=begins, period_to=ends, status="requested", requested_at=given.at,
    )  # fmt: skip
    unconditional = CLASSES[given["data_class"]].level <= Level.L1
    _told(course, "open_share_requested" if unconditional else "share_requested", row, (given.unit.code, owner))
    return course.settled(row)


def _names(data_class: str, parts: list[str] | None) -> tuple[str, ...]:
    return tuple(parts or (data_class,))


def _refuse_unshareable(names: tuple[str, ...], given: Given) -> None:
    """The same for all that is sealed, whether or not there is any."""
    for name in names:
        if name.partition("/")[0] != given["data_class"] or not is_shareable(name):
            raise errors.ShareNever(name=name)
        denied = given.grant.refusals.denied(name, "read")
        if denied is not None:
            raise errors.ShareDenied(rule=denied)


def _check_period(begins: date, ends: date, today: date) -> None:
    if not today <= ends or not begins <= ends <= begins + timedelta(days=MOST_DAYS):
        raise errors.ShareTerm(what="periodTo", most=MOST_DAYS)


def _owner(given: Given) -> str:
    """The unit in charge, where the applicant sits, of the type that keeps the class."""
    types = CLASSES[given["data_class"]].owner
    found = next((unit for each in types if (unit := given.in_charge(each, given.unit.division))), None)
    if found is None:
        raise errors.NoUnitInCharge(unit_type=types[0])
    return found


def grant_share(state: State, given: Given) -> Outcome:
    """In whole or in part: never more than was applied for, nor than the owner itself holds."""
    course, request = Course(state=state, given=given), state.target
    _refuse_unless_asked(request, given)
    names = _within_request(given["granted_parts"], _names(request["data_class"], request["parts"]))
    mode = given["granted_mode"] or "full"
    for name in names:
        if not offered(given.grant, name, mode):
            raise errors.ShareNotHeld(name=name)
    begins = max(date.fromisoformat(request["period_from"]), given.today)
    asked_until = date.fromisoformat(request["period_to"])
    ends = given["granted_to"] or asked_until
    if not begins <= ends <= asked_until:
        raise errors.ShareTerm(what="grantedTo", most=MOST_DAYS)
    low, high = range_of(given.unit.division)
    course.change(
        "ShareRequest", request["id"], status="agreed", decided_at=given.at, decision_reason=given["decision_reason"],
        granted_mode=mode, granted_scope=request["scope"], granted_parts=list(names), granted_from=begins,
        granted_to=ends, reach_low=low, reach_high=high,
    )  # fmt: skip
    limited = names != _names(request["data_class"], request["parts"]) or mode != "full" or ends < asked_until
    between = (request["requester_unit"], request["owner_unit"])
    if limited:
        _register(course, given, limited=True)
    _told(course, "share_decided", request["id"], between)
    # The hub opens it as it is agreed to: nothing is left to be supplied.
    _told(course, "shared", request["id"], between, silent=True)
    return _signalled(course, request["id"])


def _within_request(parts: list[str] | None, asked: tuple[str, ...]) -> tuple[str, ...]:
    if parts is None:
        return asked
    for part in parts:
        if not is_shareable(part) or (part not in asked and part.partition("/")[0] not in asked):
            raise errors.ShareTerm(what="grantedParts", most=MOST_DAYS)
    return tuple(parts)


def refuse_share(state: State, given: Given) -> Outcome:
    course, request = Course(state=state, given=given), state.target
    _refuse_unless_asked(request, given)
    course.change(
        "ShareRequest", request["id"], status="refused", decided_at=given.at, decision_reason=given["decision_reason"]
    )
    _register(course, given, limited=False)
    between = (request["requester_unit"], request["owner_unit"])
    _told(course, "share_refused", request["id"], between)
    _told(course, "refusal_recorded", request["id"], between, silent=True)
    return course.settled(request["id"])


def _register(course: Course, given: Given, *, limited: bool) -> None:
    """In the register of refusals, which the conference's office sees; and the office is told."""
    row = course.state.target
    reason = given["decision_reason"]
    if not reason:
        raise errors.ReasonNeeded(most=2000)
    course.make(
        "RefusalRecord", share_request_id=row["id"], refusing_unit=given.unit.code,
        requester_unit=row["requester_unit"], data_class=row["data_class"], legal_ground=reason, refused_at=given.at,
        limited=limited,
    )  # fmt: skip
    office = given.in_charge(OFFICE, given.unit.division)
    if office is not None:
        course.happened("refusal_registered", "D41", row=row["id"], in_case=False, notice="share", tells=(office,))


def withdraw_share(state: State, given: Given) -> Outcome:
    """By the applicant at any time, by the owner once it has agreed; what was open is closed at once."""
    course, request = Course(state=state, given=given), state.target
    mine = given.unit.code == request["requester_unit"]
    if not mine and given.unit.code != request["owner_unit"]:
        raise errors.NotForYou(unit=request["owner_unit"])
    if request["status"] != "agreed" and not (mine and request["status"] == "requested"):
        raise errors.AlreadyDone(unit=request["owner_unit"])
    course.change(
        "ShareRequest", request["id"], status="withdrawn", withdrawn_at=given.at, withdrawn_by=given.unit.code,
        withdrawal_reason=given["withdrawal_reason"],
    )  # fmt: skip
    other = request["owner_unit"] if mine else request["requester_unit"]
    course.happened(
        "share_withdrawn", "D41", row=request["id"], in_case=False, notice="share", tells=(other,),
        units={"requester": (request["requester_unit"],), "owner": (request["owner_unit"],)},
    )  # fmt: skip
    return _signalled(course, request["id"])


def _signalled(course: Course, row: str) -> Outcome:
    return replace(course.settled(row), signal=CHANNEL)


def _refuse_unless_asked(request: Row, given: Given) -> None:
    """Only its owner decides, and once."""
    if request["owner_unit"] != given.unit.code:
        raise errors.NotForYou(unit=request["owner_unit"])
    if request["status"] != "requested":
        raise errors.AlreadyDone(unit=request["owner_unit"])


def _told(course: Course, kind: str, row: str, between: tuple[str, str], *, silent: bool = False) -> None:
    requester, owner = between
    other = owner if course.given.unit.code == requester else requester
    course.happened(
        kind, "D41", row=row, in_case=False, notice="share", silent=silent, tells=(other,),
        units={"requester": (requester,), "owner": (owner,)},
    )  # fmt: skip


_REASON = Value(column="ShareRequest.decision_reason", required=True)

KINDS: tuple[Kind, ...] = (
    Kind(
        name="requestShare",
        label=Label(zh="申请数据共享", en="Apply for a share of data"),
        source="政务数据共享条例（国务院令第809号）",
        needs=(("D41", "apply"),),
        decide=request_share,
        answers="ShareRequest",
        values=(
            Value(column="ShareRequest.data_class", required=True),
            Value(column="ShareRequest.parts"),
            Value(column="ShareRequest.scope", required=True),
            Value(column="ShareRequest.duty_code", required=True),
            Value(column="ShareRequest.purpose", required=True),
            Value(column="ShareRequest.period_from"),
            Value(column="ShareRequest.period_to", required=True),
            Value(column="ShareRequest.owner_unit"),
        ),
    ),
    Kind(
        name="grantShare",
        label=Label(zh="同意共享，全部或部分", en="Agree to share, in whole or in part"),
        source="政务数据共享条例（国务院令第809号）",
        needs=(("D41", "answer"),),
        decide=grant_share,
        answers="ShareRequest",
        target="ShareRequest",
        values=(
            Value(column="ShareRequest.granted_parts"),
            Value(column="ShareRequest.granted_mode"),
            Value(column="ShareRequest.granted_to"),
            Value(column="ShareRequest.decision_reason"),
        ),
    ),
    Kind(
        name="refuseShare",
        label=Label(zh="不予共享，写明依据和理由", en="Refuse to share, in writing"),
        source="政务数据共享条例（国务院令第809号）",
        needs=(("D41", "answer"),),
        decide=refuse_share,
        answers="ShareRequest",
        target="ShareRequest",
        values=(_REASON,),
    ),
    Kind(
        name="withdrawShare",
        label=Label(zh="撤回申请或收回共享", en="Withdraw an application, or a share"),
        source="政务数据共享条例（国务院令第809号）第二十五条",
        needs=(("D41", "apply"),),
        decide=withdraw_share,
        answers="ShareRequest",
        target="ShareRequest",
        values=(Value(column="ShareRequest.withdrawal_reason", required=True),),
    ),
)
