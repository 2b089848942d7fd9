"""The catalogue of duties, the year's tasks, and what is checked, paid and praised."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hub.demo import names
from hub.demo.chance import moment
from hub.demo.facts import PREFECTURE, apportion
from hub.demo.office import Desk
from hub.demo.records import person_of, told_by
from hub.policy.book import PolicyBook
from hub.policy.rules import Duty

CATALOGUED = moment(date(2021, 1, 4))
FUNDS_YUAN = 4_500_000  # the city's special fund, as published


def add_catalogue(desk: Desk, book: PolicyBook) -> None:
    """The duties as the policies declare them; a duty of many types of unit is listed under the first."""
    for duty in book.duties.values():
        desk.batch.add(
            "duty",
            {
                **told_by(f"JC@{PREFECTURE}", CATALOGUED), "id": desk.luck.plain_id("duty", CATALOGUED),
                "code": duty.code,
                "unit_type": _first_type(duty), "title": duty.does.zh, "title_en": duty.does.en,
                "source_document": duty.source, "article": duty.clause, "quote": duty.says.zh,
                "tasks": list(duty.tasks) or None, "valid_from": duty.valid_from or date(2016, 9, 1),
                "valid_to": duty.valid_to,
            },
        )  # fmt: skip


def _first_type(duty: Duty) -> str:
    """A duty of all units is kept by the conference's office."""
    return duty.units[0] if len(duty.units) < 10 else "JC"


def assign_year(desk: Desk, book: PolicyBook) -> None:
    """The year's plan with a task for every leading unit, checked at mid-year."""
    issued, civil, year = moment(date(desk.anchor.year, 1, 20)), desk.place.unit("CA"), desk.anchor.year
    plan = desk.add(
        "annual_plan", "annual", civil, issued, division=desk.place.division, year=year, issuing_unit=civil,
        title=f"{desk.place.name}{year}年农村留守儿童关爱保护工作任务分解", issued_on=issued.date(),
    )  # fmt: skip
    for task in book.tasks.values():
        for lead in task.lead:
            unit, passed = desk.place.unit(lead), desk.luck.below(8) > 0
            desk.add(
                "duty_task", "task", civil, issued, plan_id=plan,
                task_no=f"ND{desk.place.code}-{year}-{task.code}-{lead}", task_code=task.code, unit=unit,
                title=task.subject.zh, due=date(year, 12, 10), status="in_progress" if passed else "assigned",
                evidence="年中自查报告" if passed else None, mid_year_check="passed" if passed else "partly",
            )  # fmt: skip


def oversee(desk: Desk) -> None:
    """Inspections of November, accountability, rewards, opinion events; the fund, at the city."""
    luck, division, political = desk.luck, desk.place.division, desk.place.unit("PL")
    inspected = desk.past(10, 12)
    for unit_type, kind in (("CA", "november"), ("ED", "dropout"), ("PS", "hukou")):
        desk.add(
            "inspection", "inspection", political, inspected, division=division, by_unit=political,
            inspected_unit=desk.place.unit(unit_type), kind=kind, inspected_on=inspected.date(),
            score=78 + luck.below(22),
            findings="个别台账更新不及时", rectify_by=inspected.date() + timedelta(days=30),
            rectified_on=inspected.date() + timedelta(days=22),
        )  # fmt: skip
    at = desk.past(7, 20)
    police = desk.place.unit("PS")
    desk.add(
        "reward_record", "reward", police, at, division=division, unit=police, kind="reporting",
        recipient=names.anybody(luck), amount_band="lump_sum", decided_on=at.date(),
    )  # fmt: skip
    desk.add(
        "retention_event", "retention", desk.office, at, division=division, entity="Visit", action="archived",
        rule="档案保管期限表", row_count=100 + luck.below(900), done_at=at,
    )  # fmt: skip
    if luck.one_in(3):
        desk.add(
            "accountability", "accountability", political, at, division=division, unit=desk.place.unit("HE"),
            by_unit=political, fact="所属机构未及时履行强制报告义务", decision="interview", decided_on=at.date(),
        )  # fmt: skip
        cyber = desk.place.unit("CY")
        desk.add(
            "opinion_event", "opinion", cyber, at, division=division, by_unit=cyber, found_at=at, heat="low",
            summary="有网帖反映某乡镇儿童之家开放不足", status="responded", response="已核实并公布开放时间",
        )  # fmt: skip


def allocate(desks: list[Desk]) -> None:
    """The city's special fund, shared among the counties to the last yuan."""
    desks = desks[1:]
    for desk, thousands in zip(
        desks, apportion(FUNDS_YUAN // 1000, [len(d.place.name) + 3 for d in desks]), strict=True
    ):
        at = desk.past(6, 8)
        desk.add(
            "fund_allocation", "fund", f"FI@{PREFECTURE}", at, division=desk.place.division,
            to_unit=desk.place.unit("CA"),
            year=desk.anchor.year, purpose=desk.luck.pick(("facility", "service", "workforce")), source="prefecture",
            amount_yuan=thousands * 1000, spent_yuan=thousands * desk.luck.below(800), allocated_on=at.date(),
        )  # fmt: skip


def _granted(desk: Desk, day: date) -> dict[str, Any]:
    """What was agreed to: what the owner holds in its own county, for a year."""
    low = f"{desk.place.code[:6]}000000"
    return {
        "granted_mode": "full", "granted_scope": "own", "granted_from": day, "granted_to": day + timedelta(days=365),
        "reach_low": low, "reach_high": f"{int(low[:6]) + 1}000000",
    }  # fmt: skip


def exchange(desk: Desk) -> None:
    """Applications for data, one refused with its ground; the standing queries of two systems."""
    luck, asked = desk.luck, desk.past(2, 6)
    for requester, owner, data_class, duty, refused in (
        ("HE", "ED", "D11", "HE-3", False),
        ("ST", "CA", "D08", "ST-1", True),
    ):
        by, to = desk.place.unit(requester), desk.place.unit(owner)
        decided = asked + timedelta(days=5)
        request = desk.add(
            "share_request", "share", by, asked, requester_unit=by, owner_unit=to, data_class=data_class,
            duty_code=duty, scope="own", purpose="履行职责需要核对", period_from=asked.date(),
            period_to=asked.date() + timedelta(days=365), status="refused" if refused else "agreed",
            requested_at=asked, due_at=asked + timedelta(days=14), decided_at=decided,
            decision_reason="可由汇总数据满足" if refused else "同意共享",
            **({} if refused else _granted(desk, asked.date())),
        )  # fmt: skip
        if refused:
            desk.add(
                "refusal_record", "refusal", to, decided, share_request_id=request, refusing_unit=to, requester_unit=by,
                data_class=data_class, legal_ground="统计职责以汇总数据满足，逐人数据无职责依据", refused_at=decided,
            )  # fmt: skip
    for unit_type, duty in (("ED", "ED-1"), ("PS", "PS-4")):
        unit = desk.place.unit(unit_type)
        desk.add(
            "data_sharing_subscription", "subscription", unit, asked, unit=unit, account=person_of(unit, "service"),
            query_hash=f"{luck.getrandbits(256):064x}", duty_code=duty, schedule="每日 02:00",
            last_run_at=desk.past(0, 1, 2),
        )  # fmt: skip
