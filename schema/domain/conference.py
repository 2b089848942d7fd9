"""联席会议: meetings, minutes by consent, decisions, bulletins with receipts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, Identified, Recorded
from schema.meaning import Anchor, lists, refers

_d38 = Columns(data_class="D38", owner="JC")


class Meeting(Identified, Recorded, Base):
    """A meeting of the joint conference at one level."""

    __tablename__ = "meeting"
    about = About(
        label=Label(zh="会议", en="Meeting"),
        key_class="D38",
        anchor=Anchor.DIVISION,
        id_tag="meeting",
        single="meeting",
        plural="meetings",
        unit_columns=("host_unit",),
        history=False,
        indexes=(("division", "held_on"),),
        relations=(
            lists("minutes", "Minute", "会议纪要", "Minutes", on=("id", "meeting_id")),
            lists("decisions", "Decision", "议定事项", "Decisions", on=("id", "meeting_id")),
        ),
    )

    division: Mapped[str] = _d38.division("区划", "Division", null=False)
    host_unit: Mapped[str] = _d38.unit("召集单位", "Convening unit", null=False)
    type: Mapped[str] = _d38.code("meeting_type", "会议类型", "Kind", null=False)
    title: Mapped[str] = _d38.text("名称", "Title", null=False)
    held_on: Mapped[date | None] = _d38.day("召开日期", "Held on", process=True)
    chair: Mapped[str | None] = _d38.text("主持人", "Chair")
    agenda: Mapped[str | None] = _d38.text("议程", "Agenda")
    attendees: Mapped[list[str] | None] = _d38.texts("参会单位", "Attending units")
    status: Mapped[str] = _d38.code("meeting_status", "状态", "State", null=False, process=True)


class Minute(Identified, Recorded, Base):
    """A version of a meeting's minutes; issued when the attending units consent."""

    __tablename__ = "minute"
    about = About(
        label=Label(zh="会议纪要", en="Minute"),
        key_class="D38",
        anchor=Anchor.DIVISION,
        id_tag="minute",
        single="minute",
        plural="minutes",
        history=False,
        unique=(("meeting_id", "version"),),
        relations=(
            refers("meeting", "Meeting", "会议", "Meeting", on=("meeting_id", "id")),
            lists("consents", "MinuteConsent", "会签意见", "Consents", on=("id", "minute_id")),
        ),
    )

    division: Mapped[str] = _d38.division("区划", "Division", null=False)
    meeting_id: Mapped[str] = _d38.link("meeting.id", "会议", "Meeting", null=False)
    version: Mapped[int] = _d38.number("版本", "Version", null=False)
    text: Mapped[str] = _d38.text("正文", "Text", null=False, filterable=False, orderable=False)
    issued_at: Mapped[datetime | None] = _d38.moment("印发时间", "Issued at", process=True)
    recipients: Mapped[list[str] | None] = _d38.texts("发送单位", "Recipients")


class MinuteConsent(Identified, Recorded, Base):
    """A unit's opinion on the minutes."""

    __tablename__ = "minute_consent"
    about = About(
        label=Label(zh="会签意见", en="Consent to minutes"),
        key_class="D38",
        anchor=Anchor.UNIT,
        id_tag="consent",
        single="minuteConsent",
        plural="minuteConsents",
        unit_columns=("unit",),
        history=False,
        indexes=(("unit",),),
        unique=(("minute_id", "unit"),),
        relations=(refers("minute", "Minute", "会议纪要", "Minutes", on=("minute_id", "id")),),
    )

    minute_id: Mapped[str] = _d38.link("minute.id", "会议纪要", "Minutes", null=False)
    unit: Mapped[str] = _d38.unit("单位", "Unit", null=False)
    consent: Mapped[str | None] = _d38.code("consent", "是否同意", "Consent", process=True)
    decided_at: Mapped[datetime | None] = _d38.moment("会签时间", "Decided at", process=True)
    opinion: Mapped[str | None] = _d38.text("意见", "Opinion")


class Decision(Identified, Recorded, Base):
    """What a meeting decided, who does it, by when."""

    __tablename__ = "decision"
    about = About(
        label=Label(zh="议定事项", en="Decision"),
        key_class="D38",
        anchor=Anchor.DIVISION,
        id_tag="decision",
        single="decision",
        plural="decisions",
        unit_columns=("owner_unit",),
        history=False,
        indexes=(("owner_unit", "status"),),
        relations=(refers("meeting", "Meeting", "会议", "Meeting", on=("meeting_id", "id")),),
    )

    division: Mapped[str] = _d38.division("区划", "Division", null=False)
    meeting_id: Mapped[str] = _d38.link("meeting.id", "会议", "Meeting", null=False)
    text: Mapped[str] = _d38.text("内容", "Text", null=False)
    owner_unit: Mapped[str] = _d38.unit("牵头单位", "Responsible unit", null=False)
    co_units: Mapped[list[str] | None] = _d38.texts("配合单位", "Cooperating units")
    due: Mapped[date | None] = _d38.day("期限", "Due", process=True)
    status: Mapped[str] = _d38.code("task_status", "状态", "State", null=False, process=True)
    supervision_note: Mapped[str | None] = _d38.text("督办情况", "Supervision")


class Bulletin(Identified, Recorded, Base):
    """A bulletin to units, frozen when issued."""

    __tablename__ = "bulletin"
    about = About(
        label=Label(zh="通报", en="Bulletin"),
        key_class="D38",
        anchor=Anchor.DIVISION,
        id_tag="bulletin",
        single="bulletin",
        plural="bulletins",
        unit_columns=("issuing_unit",),
        history=False,
        indexes=(("division", "issued_at"),),
        relations=(
            lists("receipts", "BulletinReceipt", "签收", "Receipts", on=("id", "bulletin_id")),
            lists("indicators", "IndicatorSnapshot", "指标", "Indicators", on=("id", "bulletin_id")),
        ),
    )

    division: Mapped[str] = _d38.division("区划", "Division", null=False)
    issuing_unit: Mapped[str] = _d38.unit("印发单位", "Issuing unit", null=False)
    kind: Mapped[str] = _d38.code("bulletin_kind", "类型", "Kind", null=False)
    period: Mapped[str] = _d38.text("期间", "Period", null=False)
    title: Mapped[str] = _d38.text("标题", "Title", null=False)
    content: Mapped[str | None] = _d38.text("内容", "Content", filterable=False, orderable=False)
    audience: Mapped[list[str] | None] = _d38.texts("发送单位", "Audience")
    issued_at: Mapped[datetime | None] = _d38.moment("印发时间", "Issued at", process=True)


class BulletinReceipt(Identified, Recorded, Base):
    """That a unit has opened and acknowledged a bulletin."""

    __tablename__ = "bulletin_receipt"
    about = About(
        label=Label(zh="通报签收", en="Bulletin receipt"),
        key_class="D38",
        anchor=Anchor.UNIT,
        id_tag="receipt",
        single="bulletinReceipt",
        plural="bulletinReceipts",
        unit_columns=("unit",),
        history=False,
        indexes=(("unit", "acknowledged_at"),),
        unique=(("bulletin_id", "unit"),),
        relations=(refers("bulletin", "Bulletin", "通报", "Bulletin", on=("bulletin_id", "id")),),
    )

    bulletin_id: Mapped[str] = _d38.link("bulletin.id", "通报", "Bulletin", null=False)
    unit: Mapped[str] = _d38.unit("单位", "Unit", null=False)
    opened_at: Mapped[datetime | None] = _d38.moment("打开时间", "Opened at", owner="hub", process=True)
    acknowledged_at: Mapped[datetime | None] = _d38.moment("签收时间", "Acknowledged at", owner="hub", process=True)
