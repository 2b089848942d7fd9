"""安置: civil affairs place a child, the institution receives it, the place changes, the placement ends."""

from __future__ import annotations

from typing import Any

from hub import errors
from hub.commands.course import Course, today_or
from hub.commands.words import Given, Kind, Outcome, State, Value
from schema.classes import Label

#: Guardianship by the kind of place (未成年人保护法 第九十三条).
_GUARDIANSHIP = {
    "village": "temporary_village", "rescue_station": "temporary_rescue_station",
    "welfare_institution": "temporary_welfare_institution", "temporary_shelter": "temporary_civil_affairs",
}  # fmt: skip


def place_child(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    if any(_runs(row) for row in state.of("Placement")):
        raise errors.AlreadyDone(unit=course.case["lead_unit"])
    course.enter("emergency" if course.case["stage"] in ("accepted", "emergency") else "intervention")
    return course.settled(_placed(course, given, kind="placed"))


def _placed(course: Course, given: Given, *, kind: str) -> str:
    hidden = bool(given["location_hidden"])
    row = course.make(
        "Placement",
        place_type=given["place_type"], facility_id=given["facility_id"], facility_unit=given["facility_unit"],
        location_hidden=hidden, hidden_address=given["hidden_address"], valid_from=today_or(given["valid_from"], given),
        guardianship_kind=given["guardianship_kind"], legal_basis=given["legal_basis"], review_due=given["review_due"],
    )  # fmt: skip
    facility = given["facility_unit"]
    if facility:
        course.join(facility, "provider")
    guardianship = _GUARDIANSHIP.get(given["place_type"])
    if guardianship is not None:
        _arranged(course, guardianship, today_or(given["valid_from"], given))
    units = {"facility": (facility,)} if facility else {}
    course.happened(kind, "D31", row=row, due=given["review_due"], units=units)
    return row


def _arranged(course: Course, kind: str, day: Any) -> None:
    """One arrangement at a time: what ran until now ends as the new one begins."""
    for row in course.state.of("GuardianshipArrangement"):
        if row["valid_to"] is None and row["type"] != kind:
            course.change("GuardianshipArrangement", row["id"], valid_to=day, ended_reason="placed")
    if not any(row["valid_to"] is None and row["type"] == kind for row in course.state.of("GuardianshipArrangement")):
        course.make("GuardianshipArrangement", type=kind, valid_from=day)


def receive_child(state: State, given: Given) -> Outcome:
    course, placement = Course(state=state, given=given), state.target
    if placement["handover_signed_at"] is not None:
        raise errors.AlreadyDone(unit=given.unit.code)
    course.change(
        "Placement", placement["id"], handover_signed_at=given["handover_signed_at"] or given.at,
        received_by=given["received_by"], handover_by=given["handover_by"],
    )  # fmt: skip
    for party in state.parties:
        if party["unit"] == given.unit.code and party["accepted_on"] is None:
            course.change("CaseParty", party["id"], accepted_on=given.today)
    course.happened("received", "D31", row=placement["id"])
    course.happened("handed_over", "D31", row=placement["id"], in_case=False, silent=True)
    return course.settled(placement["id"])


def move_placement(state: State, given: Given) -> Outcome:
    course, placement = Course(state=state, given=given), state.target
    _refuse_ended(placement, given)
    course.change("Placement", placement["id"], valid_to=today_or(given["valid_from"], given))
    return course.settled(_placed(course, given, kind="placement_moved"))


def end_placement(state: State, given: Given) -> Outcome:
    course, placement = Course(state=state, given=given), state.target
    _refuse_ended(placement, given)
    day = today_or(given["valid_to"], given)
    course.change("Placement", placement["id"], valid_to=day)
    kind = _GUARDIANSHIP.get(placement["place_type"])
    for row in state.of("GuardianshipArrangement"):
        if row["valid_to"] is None and row["type"] == kind:
            course.change("GuardianshipArrangement", row["id"], valid_to=day, ended_reason="other")
    course.happened("placement_ended", "D31", row=placement["id"], summary=given["summary"])
    return course.settled(placement["id"])


def _runs(placement: Any) -> bool:
    return placement["valid_to"] is None


def _refuse_ended(placement: Any, given: Given) -> None:
    if not _runs(placement):
        raise errors.AlreadyDone(unit=given.unit.code)


_PLACE = (
    Value(column="Placement.place_type", required=True),
    Value(column="Placement.legal_basis", required=True),
    Value(column="Placement.guardianship_kind"),
    Value(column="Placement.facility_unit"),
    Value(column="Placement.facility_id"),
    Value(column="Placement.location_hidden"),
    Value(column="Placement.hidden_address"),
    Value(column="Placement.valid_from"),
    Value(column="Placement.review_due"),
)

KINDS: tuple[Kind, ...] = (
    Kind(
        name="placeChild",
        label=Label(zh="安置儿童（临时或长期监护）", en="Place a child under temporary or long-term guardianship"),
        source="未成年人保护法 第九十二条至第九十四条; T13",
        needs=(("D31", "place"),),
        decide=place_child,
        answers="Placement",
        target="ProtectionCase",
        reads=("Placement", "GuardianshipArrangement"),
        values=_PLACE,
    ),
    Kind(
        name="receiveChild",
        label=Label(zh="接收儿童，签字交接", en="Receive a child, with the handover signed"),
        source="附(十) 及时接收安置",
        needs=(("D31", "receive"),),
        decide=receive_child,
        answers="Placement",
        target="Placement",
        values=(
            Value(column="Placement.received_by", required=True),
            Value(column="Placement.handover_by"),
            Value(column="Placement.handover_signed_at"),
        ),
    ),
    Kind(
        name="movePlacement",
        label=Label(zh="变更安置", en="Move a child to another place"),
        source="未成年人保护法 第九十三条",
        needs=(("D31", "place"),),
        decide=move_placement,
        answers="Placement",
        target="Placement",
        reads=("GuardianshipArrangement",),
        values=_PLACE,
    ),
    Kind(
        name="endPlacement",
        label=Label(zh="结束安置", en="End a placement"),
        source="未成年人保护法 第九十三条",
        needs=(("D31", "place"),),
        decide=end_placement,
        answers="Placement",
        target="Placement",
        reads=("GuardianshipArrangement",),
        values=(Value(column="Placement.valid_to"), Value(column="CaseEvent.summary")),
    ),
)
