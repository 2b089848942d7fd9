"""监护与户口: a household registration is made, an entrustment confirmed in writing, a child visited."""

from __future__ import annotations

from hub import errors
from hub.commands.course import Course, today_or
from hub.commands.words import Given, Kind, Outcome, State, Value
from schema.classes import Label

#: Who keeps the child's file.
KEEPERS = ("TW", "VC")


def register_hukou(state: State, given: Given) -> Outcome:
    """户口登记条例 第七条."""
    course, record = Course(state=state, given=given), state.target
    if record["status"] == "registered":
        raise errors.AlreadyDone(unit=record["police_station"] or given.unit.code)
    course.change(
        "HukouRecord", record["id"], status="registered", registered_on=today_or(given["registered_on"], given),
        registration_no=given["registration_no"], police_station=given.unit.code, unregistered_reason=None,
    )  # fmt: skip
    course.happened(
        "hukou_registered",
        "D10",
        row=record["id"],
        in_case=False,
        notice="guardianship",
        tells=state.around(given, *KEEPERS),
    )
    return course.settled(record["id"])


def sign_entrustment(state: State, given: Given) -> Outcome:
    """未成年人保护法 第二十二条、第二十三条: with the child heard, and school and village told in writing."""
    course, arrangement = Course(state=state, given=given), state.target
    if arrangement["valid_to"] is not None:
        raise errors.AlreadyDone(unit=given.unit.code)
    row = course.make(
        "EntrustmentConfirmation", arrangement_id=arrangement["id"],
        signed_on=today_or(given["signed_on"], given), signed_place=given["signed_place"], parties=given["parties"],
        witness_unit=given.unit.code, document=given["document"], document_hash=given["document_hash"],
        child_heard=given["child_heard"], child_heard_note=given["child_heard_note"],
        notified_village_on=given.today,
    )  # fmt: skip
    course.happened(
        "confirmation_signed", "D08", row=row, in_case=False, notice="guardianship",
        tells=tuple(unit for unit in (*state.schools, *state.around(given, *KEEPERS)) if unit != given.unit.code),
        units={"school": state.schools},
    )  # fmt: skip
    return course.settled(row)


def tell_school(state: State, given: Given) -> Outcome:
    course, confirmation = Course(state=state, given=given), state.target
    if confirmation["notified_school_on"] is not None:
        raise errors.AlreadyDone(unit=given.unit.code)
    course.change(
        "EntrustmentConfirmation", confirmation["id"], notified_school_on=today_or(given["notified_school_on"], given)
    )
    course.happened("school_told", "D08", row=confirmation["id"], in_case=False, silent=True)
    return course.settled(confirmation["id"])


KINDS: tuple[Kind, ...] = (
    Kind(
        name="registerHukou",
        label=Label(zh="登记户口", en="Register a household registration"),
        source="户口登记条例 第七条; 附(九)",
        needs=(("D10/status", "register"),),
        decide=register_hukou,
        answers="HukouRecord",
        target="HukouRecord",
        values=(Value(column="HukouRecord.registered_on"), Value(column="HukouRecord.registration_no", required=True)),
    ),
    Kind(
        name="signEntrustment",
        label=Label(zh="见证签订委托监护确认书", en="Witness the confirmation of an entrustment"),
        source="004; 未成年人保护法 第二十二条",
        needs=(("D08", "sign"),),
        decide=sign_entrustment,
        answers="EntrustmentConfirmation",
        target="GuardianshipArrangement",
        values=(
            Value(column="EntrustmentConfirmation.signed_on"),
            Value(column="EntrustmentConfirmation.signed_place", required=True),
            Value(column="EntrustmentConfirmation.parties", required=True),
            Value(column="EntrustmentConfirmation.child_heard", required=True),
            Value(column="EntrustmentConfirmation.child_heard_note"),
            Value(column="EntrustmentConfirmation.document"),
            Value(column="EntrustmentConfirmation.document_hash"),
        ),
    ),
    Kind(
        name="tellSchool",
        label=Label(zh="书面告知学校委托照护", en="Tell the school of the entrustment in writing"),
        source="未成年人保护法 第二十三条",
        needs=(("D08", "sign"),),
        decide=tell_school,
        answers="EntrustmentConfirmation",
        target="EntrustmentConfirmation",
        values=(Value(column="EntrustmentConfirmation.notified_school_on"),),
    ),
)
