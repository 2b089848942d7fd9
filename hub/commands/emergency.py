"""应急处置: measures by the five recipes, escort and handover, help asked of other units and given."""

from __future__ import annotations

from hub import errors
from hub.commands.course import Course
from hub.commands.words import Given, Kind, Outcome, State, Value
from schema.classes import Label

#: Recipes of 国发〔2016〕13号: what else a measure makes units owe.
PARENTS_TOLD = frozenset({"order_return_or_carer", "contact_relatives"})
NEEDS_PLACE = frozenset({"escort_to_care", "stop_violence_shelter"})


def record_measure(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    course.enter("emergency")
    measure = given["measure"]
    row = course.make(
        "EmergencyMeasure",
        measure=measure, by_unit=given.unit.code, officer=given["officer"], started_at=given["started_at"] or given.at,
        contacts_tried=given["contacts_tried"], contact_log=given["contact_log"], escort_from=given["escort_from"],
        escort_to_kind=given["escort_to_kind"], escort_to_unit=given["escort_to_unit"],
    )  # fmt: skip
    for report in state.of("ConcernReport"):
        if report["first_measure_at"] is None:
            course.change("ConcernReport", report["id"], first_measure_at=given.at)
    violence = measure == "stop_violence_shelter"
    course.happened("measure_taken", "D24", row=row, urgent=violence)
    if measure in PARENTS_TOLD:
        course.happened("parents_to_be_told", "D24", row=row, in_case=False, silent=True)
    if measure in NEEDS_PLACE:
        course.happened("placement_needed", "D24", row=row, urgent=violence, in_case=False, silent=True)
    if given["escort_to_unit"]:
        # Who receives the child is a party; where the place is hidden, the rows say it to nobody else.
        course.join(given["escort_to_unit"], "provider")
        facility = {"facility": (given["escort_to_unit"],)}
        course.happened("escorted", "D24", row=row, in_case=False, silent=True, units=facility)
    return course.settled(row)


def end_measure(state: State, given: Given) -> Outcome:
    course, measure = Course(state=state, given=given), state.target
    if measure["ended_at"] is not None:
        raise errors.AlreadyDone(unit=measure["by_unit"])
    course.change("EmergencyMeasure", measure["id"], ended_at=given["ended_at"] or given.at)
    course.happened("measure_ended", "D24", row=measure["id"])
    return course.settled(measure["id"])


def hand_over(state: State, given: Given) -> Outcome:
    course, measure = Course(state=state, given=given), state.target
    if measure["handed_over_at"] is not None:
        raise errors.AlreadyDone(unit=measure["by_unit"])
    course.change("EmergencyMeasure", measure["id"], handed_over_at=given["handed_over_at"] or given.at)
    course.happened("handed_over", "D24", row=measure["id"])
    return course.settled(measure["id"])


def notify_units(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    case = course.case
    units = tuple(given["units"] or ())
    course.happened(
        "notified", "D24", row=case["id"], summary=given["summary"], tells=units, units={"addressee": units}
    )
    return course.settled(case["id"])


def request_assistance(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    case, unit = course.case, given["unit"]
    course.join(unit, "invited")
    course.happened(
        "assistance_requested", "D24", row=case["id"], summary=given["summary"], units={"addressee": (unit,)},
        tells=(unit,),
    )  # fmt: skip
    return course.settled(case["id"])


def answer_assistance(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    case = course.case
    mine = [party for party in state.parties if party["unit"] == given.unit.code]
    for party in mine:
        if party["accepted_on"] is None:
            course.change("CaseParty", party["id"], accepted_on=given.today)
    course.happened("assistance_given", "D24", row=case["id"], summary=given["summary"])
    return course.settled(case["id"])


_SUMMARY = Value(column="CaseEvent.summary")

KINDS: tuple[Kind, ...] = (
    Kind(
        name="recordMeasure",
        label=Label(zh="记录应急处置措施（五类情形）", en="Record an emergency measure, by one of the five recipes"),
        source="国发〔2016〕13号 四(三); T13",
        needs=(("D24", "dispose"),),
        decide=record_measure,
        answers="EmergencyMeasure",
        target="ProtectionCase",
        reads=("ConcernReport",),
        values=(
            Value(column="EmergencyMeasure.measure", required=True),
            Value(column="EmergencyMeasure.started_at"),
            Value(column="EmergencyMeasure.officer"),
            Value(column="EmergencyMeasure.contacts_tried"),
            Value(column="EmergencyMeasure.contact_log"),
            Value(column="EmergencyMeasure.escort_from"),
            Value(column="EmergencyMeasure.escort_to_kind"),
            Value(column="EmergencyMeasure.escort_to_unit"),
        ),
    ),
    Kind(
        name="endMeasure",
        label=Label(zh="应急措施结束", en="End an emergency measure"),
        source="T13",
        needs=(("D24", "dispose"),),
        decide=end_measure,
        answers="EmergencyMeasure",
        target="EmergencyMeasure",
        values=(Value(column="EmergencyMeasure.ended_at"),),
    ),
    Kind(
        name="handOverChild",
        label=Label(zh="护送到达，移交儿童", en="Hand an escorted child over"),
        source="附(九) 带离护送; 附(十)",
        needs=(("D24", "escort"),),
        decide=hand_over,
        answers="EmergencyMeasure",
        target="EmergencyMeasure",
        values=(Value(column="EmergencyMeasure.handed_over_at"),),
    ),
    Kind(
        name="notifyUnits",
        label=Label(zh="通报处置情况", en="Tell other units of the handling"),
        source="T13 通报所在乡镇; 附(九)",
        needs=(("D24", "notify"),),
        decide=notify_units,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(
            Value(column="CaseEvent.must_know_units", alias="units", label=Label(zh="通报单位", en="Units told")),
            _SUMMARY,
        ),
    ),
    Kind(
        name="requestAssistance",
        label=Label(zh="请求其他单位协助", en="Ask another unit for help"),
        source="T13 协助公安机关; 附(九)",
        needs=(("D22", "request_assist"),),
        decide=request_assistance,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(Value(column="CaseParty.unit", required=True), _SUMMARY),
    ),
    Kind(
        name="answerAssistance",
        label=Label(zh="答复协助请求", en="Answer a request for help"),
        source="T13 协助公安机关",
        needs=(("D22/header", "assist"),),
        decide=answer_assistance,
        answers="ProtectionCase",
        target="ProtectionCase",
        values=(_SUMMARY,),
    ),
)
