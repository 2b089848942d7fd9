"""The joint conference at work: meetings, minutes, consents, decisions, bulletins, receipts, frozen indicators."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.demo import names
from hub.demo.facts import PREFECTURE
from hub.demo.office import PUBLISHED, Desk

#: Text of a decision, the unit type in charge, the types that cooperate, months until due.
DECISIONS = (
    ("对摸排数据开展民政、教育、公安三方比对，逐人核实", "CA", ("ED", "PS"), 2),
    ("全面落实控辍保学书面报告制度", "ED", ("CA", "PS"), 3),
    ("对无人监护儿童逐一落实受委托监护人并签订确认书", "CA", ("PS", "WF"), 4),
    ("每村至少配备一名儿童主任并完成年度培训", "CA", ("FI", "HR"), 6),
)


def hold_conference(desk: Desk) -> None:
    """The year of one place's conference; the city publishes the totals."""
    _meeting(desk, "plenary", 9, "全体会议")
    _meeting(desk, "liaison", 5, "联络员会议")
    _meeting(desk, "liaison", 1, "联络员会议")
    _planned(desk)
    for months, kind, words in (
        (8, "annual", "年度通报"),
        (4, "progress", "季度进展通报"),
        (1, "progress", "季度进展通报"),
    ):
        _bulletin(desk, kind, months, words)


def _meeting(desk: Desk, kind: str, months: int, words: str) -> None:
    held, place = desk.past(months), desk.place
    title = f"{place.name}农村留守儿童关爱保护联席会议{words}"
    meeting = desk.add(
        "meeting", "meeting", desk.office, held - timedelta(days=9), division=place.division, host_unit=desk.office,
        type=kind, title=title, held_on=held.date(), chair=names.anybody(desk.luck),
        agenda="一、通报进展；二、研究问题；三、部署下阶段工作", attendees=list(place.members), status="held",
    )  # fmt: skip
    issued = held + timedelta(days=8)
    minute = desk.add(
        "minute", "minute", desk.office, held + timedelta(days=1), division=place.division, meeting_id=meeting,
        version=1,
        text=f"{title}纪要：会议听取了进展情况，明确了议定事项和责任单位。", issued_at=issued,
        recipients=list(place.members),
    )  # fmt: skip
    for unit in place.members:
        _consent(desk, minute, unit, held)
    for text, owner, cooperating, due in DECISIONS[: 4 if kind == "plenary" else 1]:
        over = due < months
        desk.add(
            "decision", "decision", desk.office, issued, division=place.division, meeting_id=meeting, text=text,
            owner_unit=place.unit(owner), co_units=[place.unit(c) for c in cooperating],
            due=desk.months_before(months - due), status="done" if over else "in_progress",
            supervision_note="已按期完成" if over else "按进度推进",
        )  # fmt: skip


def _consent(desk: Desk, minute: str, unit: str, held: datetime) -> None:
    remark = desk.luck.one_in(15)
    decided = held + timedelta(days=2 + desk.luck.below(5), hours=desk.luck.below(6))
    desk.add(
        "minute_consent", "consent", unit, decided, minute_id=minute, unit=unit,
        consent="agreed_with_remarks" if remark else "agreed", decided_at=decided,
        opinion="建议进一步明确经费渠道" if remark else None,
    )  # fmt: skip


def _planned(desk: Desk) -> None:
    desk.add(
        "meeting", "meeting", desk.office, desk.past(0, 1), division=desk.place.division, host_unit=desk.office,
        type="plenary", title=f"{desk.place.name}农村留守儿童关爱保护联席会议全体会议（筹备）",
        held_on=desk.months_before(-3), agenda="年度检查安排", attendees=list(desk.place.members), status="planned",
    )  # fmt: skip


def _bulletin(desk: Desk, kind: str, months: int, words: str) -> None:
    issued, place = desk.past(months, 10), desk.place
    bulletin = desk.add(
        "bulletin", "bulletin", desk.office, issued, division=place.division, issuing_unit=desk.office, kind=kind,
        period=f"{issued.year}年" if kind == "annual" else f"{issued.year}年第{(issued.month + 2) // 3}季度",
        title=f"{place.name}农村留守儿童关爱保护工作{words}", content="各项指标见附表；请各成员单位签收。",
        audience=list(place.members), issued_at=issued,
    )  # fmt: skip
    for unit in place.members:
        opened = issued + timedelta(hours=2 + desk.luck.below(70))
        late = desk.luck.one_in(10 if months > 1 else 3)
        desk.add(
            "bulletin_receipt", "receipt", unit, issued, bulletin_id=bulletin, unit=unit, opened_at=opened,
            acknowledged_at=None if late else opened + timedelta(minutes=20),
        )  # fmt: skip
    if kind == "annual" and place.code == PREFECTURE:
        for indicator, value in PUBLISHED.items():
            desk.add(
                "indicator_snapshot", "indicator", desk.office, issued, division=place.division, bulletin_id=bulletin,
                indicator=indicator, as_of=issued, value=value, released=True,
            )  # fmt: skip
