"""强制报告: a concern is reported, accepted or refused, answered by the police, and its result told."""

from __future__ import annotations

from typing import Any

from hub import errors
from hub.commands.course import Course
from hub.commands.words import Given, Kind, Outcome, State, Value
from schema.classes import Label

#: Who reports as what (未成年人保护法 第十一条; 反家庭暴力法 第十四条); a desk may take a citizen's report.
REPORTER = {
    "SC": "school", "MI": "medical", "VC": "village_committee", "SW": "social_work", "RS": "rescue", "WI": "welfare",
    "TW": "township",
}  # fmt: skip
#: Units that take part in every case from its first day: who lives closest, who leads, who keeps the child safe.
FIRST_PARTIES = (("TW", "co_lead"), ("CA", "co_lead"), ("VC", "participant"))


def _numbered(prefix: str, given: Given, row: str) -> str:
    """A number that tells the day, and nothing that can be counted."""
    return f"{prefix}{given.today:%Y%m%d}{row.rpartition('_')[2][-8:]}"


def report_concern(state: State, given: Given) -> Outcome:
    course = Course(state=state, given=given)
    place = _place(state, given)
    police = given.in_charge("PS", place)
    if police is None:
        raise errors.NoUnitInCharge(unit_type="PS")
    row = given.new_id("ConcernReport")
    own = given.unit.type not in ("PS", "CA") or given["reporter_class"] is None
    course.make(
        "ConcernReport",
        row,
        report_no=_numbered("BG", given, row), division=place,
        reporter_class=REPORTER.get(given.unit.type, "organisation") if own else given["reporter_class"],
        reporter_unit=given.unit.code, reporter_identity=given["reporter_identity"],
        situation_types=given["situation_types"], immediate_danger=bool(given["immediate_danger"]),
        unknown_child=given["unknown_child"], narrative=given["narrative"], attachments=given["attachments"],
        discovered_at=given["discovered_at"] or given.at, reported_at=given.at, received_at=given.at,
        status="received", receiving_unit=police,
    )  # fmt: skip
    course.happened(
        "report_received", "D22", row=row, urgent=bool(given["immediate_danger"]), in_case=False, notice="report",
        tells=(police,), units={"reporter": (given.unit.code,), "receiver": (police,)},
    )  # fmt: skip
    return course.settled(row)


def _place(state: State, given: Given) -> str:
    """Where it happened, else where the child lives, else where the reporter sits."""
    if given["division"]:
        return str(given["division"])
    return given.unit.division if state.child is None else str(state.child["residence_division"])


def accept_report(state: State, given: Given) -> Outcome:
    course, report = Course(state=state, given=given), state.target
    _still(state, "received")
    child = state.child
    if child is None:
        raise errors.ChildUnknown()
    row = report["id"]
    case = given.new_id("ProtectionCase")
    course.opened = case
    course.make(
        "ProtectionCase", case, child_id=child["id"], case_no=_numbered("AJ", given, case), opened_from="report",
        opened_on=given.today, stage="accepted", lead_unit=given.unit.code, risk_level=given["risk_level"],
    )  # fmt: skip
    course.change(
        "ConcernReport", row, status="accepted", accepted_at=given.at, handling_officer=given.person, case_id=case,
        child_id=child["id"],
    )  # fmt: skip
    course.join(given.unit.code, "lead", accepted=True)
    for unit_type, role in FIRST_PARTIES:
        unit = given.in_charge(unit_type, child["residence_division"])
        if unit is not None:
            course.join(unit, role)
    reporter = report["reporter_unit"]
    course.happened(
        "report_accepted", "D22", row=row, tells=_told(reporter, given), units=_reporter(reporter),
        urgent=report["immediate_danger"],
    )  # fmt: skip
    return course.settled(row)


def refuse_report(state: State, given: Given) -> Outcome:
    course, report = Course(state=state, given=given), state.target
    _still(state, "received")
    course.change(
        "ConcernReport", report["id"], status="rejected", false_or_duplicate=given["false_or_duplicate"],
        result=given["result"], result_notified_at=given.at,
    )  # fmt: skip
    reporter = report["reporter_unit"]
    course.happened(
        "report_refused", "D22", row=report["id"], summary=given["summary"], in_case=False, notice="report",
        tells=_told(reporter, given), units=_reporter(reporter),
    )  # fmt: skip
    return course.settled(report["id"])


def transfer_report(state: State, given: Given) -> Outcome:
    course, report = Course(state=state, given=given), state.target
    _still(state, "received")
    course.change("ConcernReport", report["id"], receiving_unit=given["receiving_unit"])
    course.happened(
        "report_transferred", "D22", row=report["id"], in_case=False, notice="report",
        tells=tuple({given["receiving_unit"], *_told(report["reporter_unit"], given)}),
        units={**_reporter(report["reporter_unit"]), "receiver": (given["receiving_unit"],)},
    )  # fmt: skip
    return course.settled(report["id"])


def dispatch_police(state: State, given: Given) -> Outcome:
    course, report = Course(state=state, given=given), state.target
    _still(state, "received", "accepted")
    course.change("ConcernReport", report["id"], status="dispatched", dispatch_at=given.at)
    in_case = state.case is not None
    tells = () if in_case else _told(report["reporter_unit"], given)
    course.happened(
        "dispatched", "D24", row=report["id"], in_case=in_case, tells=tells, notice="event" if in_case else "report"
    )
    return course.settled(report["id"])


def tell_result(state: State, given: Given) -> Outcome:
    """未成年人保护法 第十一条: who reported is told what came of it, in a suitable way."""
    course, report = Course(state=state, given=given), state.target
    _still(state, "accepted", "dispatched", "disposed")
    told = _told(report["reporter_unit"], given)
    course.change(
        "ConcernReport", report["id"], status="disposed", result=given["result"], result_notified_at=given.at,
        result_notified_units=list(told),
    )  # fmt: skip
    course.happened(
        "result_told", "D24", row=report["id"], summary=given["summary"], in_case=state.case is not None, tells=told,
        units=_reporter(report["reporter_unit"]),
    )  # fmt: skip
    return course.settled(report["id"])


def _still(state: State, *expected: str) -> None:
    if state.target["status"] not in expected:
        raise errors.AlreadyDone(unit=state.target["receiving_unit"])


def _told(reporter: str | None, given: Given) -> tuple[str, ...]:
    return (reporter,) if reporter and reporter != given.unit.code else ()


def _reporter(reporter: str | None) -> dict[str, Any]:
    return {"reporter": (reporter,)} if reporter else {}


_SUMMARY = Value(column="CaseEvent.summary")

KINDS: tuple[Kind, ...] = (
    Kind(
        name="reportConcern",
        label=Label(zh="强制报告：发现侵害或危险，立即报告公安机关", en="Report a concern to the police at once"),
        source="未成年人保护法 第十一条; T12",
        needs=(("D22", "create"),),
        decide=report_concern,
        answers="ConcernReport",
        values=(
            Value(column="ConcernReport.child_id", alias="child"),
            Value(column="ConcernReport.unknown_child"),
            Value(column="ConcernReport.situation_types", required=True),
            Value(column="ConcernReport.immediate_danger"),
            Value(column="ConcernReport.narrative"),
            Value(column="ConcernReport.attachments"),
            Value(column="ConcernReport.discovered_at"),
            Value(column="ConcernReport.division"),
            Value(column="ConcernReport.reporter_class"),
            Value(column="ConcernReport.reporter_identity"),
        ),
    ),
    Kind(
        name="acceptReport",
        label=Label(zh="受理报告并立案", en="Accept a report and open a case"),
        source="T13; 公安机关接报案与立案工作规定",
        needs=(("D22", "accept"),),
        decide=accept_report,
        answers="ConcernReport",
        target="ConcernReport",
        values=(
            Value(column="ConcernReport.child_id", alias="child"),
            Value(column="ProtectionCase.risk_level"),
        ),
    ),
    Kind(
        name="refuseReport",
        label=Label(zh="不予受理，写明理由", en="Refuse a report, with the reason"),
        source="T13",
        needs=(("D22", "accept"),),
        decide=refuse_report,
        answers="ConcernReport",
        target="ConcernReport",
        values=(
            Value(column="CaseEvent.summary", required=True, alias="summary", label=Label(zh="理由", en="Reason")),
            Value(column="ConcernReport.false_or_duplicate"),
            Value(column="ConcernReport.result"),
        ),
    ),
    Kind(
        name="transferReport",
        label=Label(zh="移送其他公安机关", en="Transfer a report to the police in charge"),
        source="强制报告意见 第八条",
        needs=(("D22", "accept"),),
        decide=transfer_report,
        answers="ConcernReport",
        target="ConcernReport",
        values=(Value(column="ConcernReport.receiving_unit", required=True),),
    ),
    Kind(
        name="dispatchPolice",
        label=Label(zh="出警", en="Dispatch officers"),
        source="附(九); T13",
        needs=(("D22", "dispatch"),),
        decide=dispatch_police,
        answers="ConcernReport",
        target="ConcernReport",
    ),
    Kind(
        name="tellResult",
        label=Label(zh="告知报告单位处理结果", en="Tell the reporting unit the result"),
        source="未成年人保护法 第十一条",
        needs=(("D22", "notify"),),
        decide=tell_result,
        answers="ConcernReport",
        target="ConcernReport",
        values=(Value(column="ConcernReport.result", required=True), _SUMMARY),
    ),
)
