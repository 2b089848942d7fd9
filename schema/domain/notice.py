"""通知: what tells a unit; content is never in it, but is read where it stands, as the unit may see it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, CountyKeyed, Recorded
from schema.meaning import Anchor, one, refers

#: Of the class of what units owe, which those who supervise see: nothing but kinds, times and states.
_notice = Columns(data_class="D41", owner="hub", facets="notice")


class Notice(CountyKeyed, Recorded, Base):
    """That a unit was told of something, and what it made of it."""

    __tablename__ = "notice"
    about = About(
        label=Label(zh="通知", en="Notice"),
        key_class="D41",
        key_facets="notice",
        anchor=Anchor.CHILD,
        id_tag="notice",
        single="notice",
        plural="notices",
        commanded=True,
        unit_columns=("unit",),
        history=False,
        indexes=(
            ("unit", "acknowledged_at", "at"),
            ("county", "case_id", "unit"),
            ("acknowledged_at", "escalated_at", "due_at"),
        ),
        relations=(
            one("child", "Child", "儿童", "Child", on="child_id"),
            one("case", "ProtectionCase", "案件", "Case", on="case_id"),
            one("event", "CaseEvent", "事件", "Event", on="event_id"),
            one("report", "ConcernReport", "强制报告", "Report", on="report_id"),
            refers("obligation", "Obligation", "义务", "Obligation", on=("obligation_id", "id")),
            refers("receiver", "Organisation", "收到通知的单位", "Unit told", on=("unit", "code")),
            refers("sender", "Organisation", "通知单位", "Unit that tells", on=("by_unit", "code")),
            refers("late", "Organisation", "逾期单位", "Unit that is late", on=("about_unit", "code")),
        ),
    )

    child_id: Mapped[str | None] = _notice.link("child", "儿童", "Child")
    case_id: Mapped[str | None] = _notice.link("protection_case", "案件", "Case")
    event_id: Mapped[str | None] = _notice.link("case_event", "事件", "Event")
    report_id: Mapped[str | None] = _notice.link("concern_report", "强制报告", "Report")
    obligation_id: Mapped[str | None] = _notice.text("义务编号", "Obligation", process=True)
    division: Mapped[str] = _notice.division("单位所在区划", "Division of the unit", null=False)
    unit: Mapped[str] = _notice.unit("收到通知的单位", "Unit told", null=False, process=True)
    by_unit: Mapped[str] = _notice.unit("通知单位", "Unit that tells", null=False, process=True)
    about_unit: Mapped[str | None] = _notice.unit("逾期单位", "Unit that is late", process=True)
    kind: Mapped[str] = _notice.code("notice_kind", "类型", "Kind", null=False, process=True)
    event_type: Mapped[str] = _notice.text("事项", "What happened", null=False, process=True)
    addressed: Mapped[bool] = _notice.flag(
        "是否由本单位办理", "Whether it is this unit's to handle", null=False, default="false", process=True
    )
    at: Mapped[datetime] = _notice.moment("通知时间", "Told at", null=False, process=True)
    due_at: Mapped[datetime | None] = _notice.moment("确认期限", "To be acknowledged by", process=True)
    opened_at: Mapped[datetime | None] = _notice.moment("打开时间", "Opened at", process=True)
    acknowledged_at: Mapped[datetime | None] = _notice.moment("确认时间", "Acknowledged at", process=True)
    acknowledged_by: Mapped[str | None] = _notice.text("确认人", "Acknowledged by", structural=True)
    declined_at: Mapped[datetime | None] = _notice.moment("退回时间", "Declined at", process=True)
    decline_reason: Mapped[str | None] = _notice.text("退回理由", "Why declined", process=True)
    escalated_at: Mapped[datetime | None] = _notice.moment("升级时间", "Escalated at", process=True)
