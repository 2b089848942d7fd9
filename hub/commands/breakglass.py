"""应急查阅: whoever has to know at once reads up to level 4 for three hours, is known to have, and is reviewed."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub import errors
from hub.commands.course import Course
from hub.commands.words import Given, Kind, Outcome, Row, State, Value
from schema.classes import Label

#: How long a lease lasts; there is no longer one.
LASTS = timedelta(hours=3)
#: Who keeps the child's file, and is told at once.
KEEPERS = ("TW", "CA", "PS")
MOST_TEXT = 2000


def break_glass(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    running = next((row for row in state.of("BreakGlass") if _runs(row, given)), None)
    if running is not None:
        raise errors.LeaseRunning(until=running["lease_until"])
    case = _named_case(state, given)
    row = course.make(
        "BreakGlass", case_id=case, kind="emergency", unit=given.unit.code, person=given.person,
        ground=given["ground"], reason=given["reason"], lease_from=given.at, lease_until=given.at + LASTS,
    )  # fmt: skip
    leads = tuple(each["lead_unit"] for each in state.of("ProtectionCase") if each["closed_on"] is None)
    tells = (*state.around(given, *KEEPERS), *(unit for unit in leads if unit != given.unit.code))
    course.happened(
        "lease_taken", "D42", row=row, in_case=False, notice="lease", urgent=True, tells=tuple(dict.fromkeys(tells))
    )
    return course.settled(row)


def _runs(row: Row, given: Given) -> bool:
    mine = (row["kind"], row["unit"], row["person"]) == ("emergency", given.unit.code, given.person)
    return mine and datetime.fromisoformat(row["lease_until"]) > given.at


def _named_case(state: State, given: Given) -> str | None:
    """The case that the number names, if it is one of this child; a number of any other is as unknown as none."""
    number = given["case_no"]
    if number is None:
        return None
    found = next((row["id"] for row in state.of("ProtectionCase") if row["case_no"] == number), None)
    if found is None:
        raise errors.RowUnknown()
    return str(found)


def review_lease(state: State, given: Given) -> Outcome:
    course, lease = Course(state=state, given=given), state.target
    if lease["unit"] == given.unit.code or lease["person"] == given.person:
        raise errors.OwnReview()
    if lease["reviewed_at"] is not None:
        raise errors.AlreadyDone(unit=given.unit.code)
    if given["review_result"] == "unjustified" and not given["review_note"]:
        raise errors.ReasonNeeded(most=MOST_TEXT)
    course.change(
        "BreakGlass", lease["id"], reviewer=given.person, reviewed_at=given.at, review_result=given["review_result"],
        review_note=given["review_note"],
    )  # fmt: skip
    course.happened("lease_reviewed", "D42", row=lease["id"], in_case=False, notice="lease", tells=(lease["unit"],))
    return course.settled(lease["id"])


KINDS: tuple[Kind, ...] = (
    Kind(
        name="breakGlass",
        label=Label(zh="应急查阅：三小时内查看至四级信息", en="Read in an emergency: up to level 4, for three hours"),
        source="T13 第一时间; 个人信息保护法 第十三条第四项",
        needs=(("D01", "break_glass"),),
        decide=break_glass,
        answers="BreakGlass",
        target="Child",
        reads=("BreakGlass", "ProtectionCase"),
        values=(
            Value(column="BreakGlass.ground", required=True),
            Value(column="BreakGlass.reason", required=True),
            Value(column="ProtectionCase.case_no", label=Label(zh="所涉案件编号", en="Number of the case, if any")),
        ),
    ),
    Kind(
        name="reviewBreakGlass",
        label=Label(zh="复核应急查阅", en="Review an emergency reading"),
        source="T13; 未成年人网络保护条例 第三十六条",
        needs=(("D42/lease", "review"),),
        decide=review_lease,
        answers="BreakGlass",
        target="BreakGlass",
        values=(Value(column="BreakGlass.review_result", required=True), Value(column="BreakGlass.review_note")),
    ),
)
