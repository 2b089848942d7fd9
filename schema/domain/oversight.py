"""追责、奖励、舆情、资金、督查、指标: what is checked, paid, praised and counted; no child's data."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, Identified, Recorded
from schema.meaning import Anchor, refers

_d36 = Columns(data_class="D36", owner="FI")
_d37 = Columns(data_class="D37", owner=("PL", "CA"))
_d39 = Columns(data_class="D39", owner="hub")
_d40 = Columns(data_class="D40", owner="CY")


class Inspection(Identified, Recorded, Base):
    """An inspection of a unit, its findings and their rectification."""

    __tablename__ = "inspection"
    about = About(
        label=Label(zh="督查", en="Inspection"),
        key_class="D37",
        anchor=Anchor.DIVISION,
        id_tag="inspection",
        single="inspection",
        plural="inspections",
        spans=(("inspected_on", "rectified_on"),),
        unit_columns=("inspected_unit", "by_unit"),
        history=False,
        indexes=(("division",), ("inspected_unit",)),
        relations=(refers("inspected", "Organisation", "被查单位", "Inspected unit", on=("inspected_unit", "code")),),
    )

    division: Mapped[str] = _d37.division("区划", "Division", null=False)
    by_unit: Mapped[str] = _d37.unit("督查单位", "Inspecting unit", null=False)
    inspected_unit: Mapped[str] = _d37.unit("被查单位", "Inspected unit", null=False)
    kind: Mapped[str] = _d37.code("inspection_kind", "类型", "Kind", null=False)
    inspected_on: Mapped[date] = _d37.day("督查日期", "On", null=False, process=True)
    score: Mapped[int | None] = _d37.number("得分", "Score")
    findings: Mapped[str | None] = _d37.text("发现问题", "Findings")
    rectify_by: Mapped[date | None] = _d37.day("整改期限", "Rectify by", process=True)
    rectified_on: Mapped[date | None] = _d37.day("整改完成日期", "Rectified on", process=True)


class Accountability(Identified, Recorded, Base):
    """That a unit failed a duty, and what was decided."""

    __tablename__ = "accountability"
    about = About(
        label=Label(zh="责任追究", en="Accountability"),
        key_class="D37",
        anchor=Anchor.DIVISION,
        id_tag="accountability",
        single="accountability",
        plural="accountabilities",
        unit_columns=("unit", "by_unit"),
        history=False,
        indexes=(("division",), ("unit",)),
        relations=(refers("organisation", "Organisation", "被追责单位", "Unit", on=("unit", "code")),),
    )

    division: Mapped[str] = _d37.division("区划", "Division", null=False)
    unit: Mapped[str] = _d37.unit("被追责单位", "Unit", null=False)
    by_unit: Mapped[str] = _d37.unit("决定单位", "Deciding unit", null=False)
    fact: Mapped[str] = _d37.text("事实", "Fact", null=False)
    decision: Mapped[str] = _d37.code("accountability_decision", "处理决定", "Decision", null=False)
    decided_on: Mapped[date] = _d37.day("决定日期", "Decided on", null=False, process=True)


class RewardRecord(Identified, Recorded, Base):
    """A reward for a report or for good work; who reported stays sealed."""

    __tablename__ = "reward_record"
    about = About(
        label=Label(zh="奖励记录", en="Reward record"),
        key_class="D37",
        anchor=Anchor.DIVISION,
        id_tag="reward",
        single="rewardRecord",
        plural="rewardRecords",
        unit_columns=("unit",),
        history=False,
        indexes=(("division",),),
    )

    division: Mapped[str] = _d37.division("区划", "Division", null=False)
    unit: Mapped[str] = _d37.unit("奖励单位", "Rewarding unit", null=False, owner=("PS", "CA"))
    kind: Mapped[str] = _d37.code("reward_kind", "奖励类型", "Kind", null=False, owner=("PS", "CA"))
    recipient: Mapped[str | None] = _d37.text("受奖励人", "Recipient", data_class="D23", owner="PS")
    amount_band: Mapped[str | None] = _d37.code("amount_band", "金额档次", "Band of amount", owner=("PS", "CA"))
    decided_on: Mapped[date] = _d37.day("决定日期", "Decided on", null=False, process=True)


class OpinionEvent(Identified, Recorded, Base):
    """A public-opinion event about children in a division; it names no child."""

    __tablename__ = "opinion_event"
    about = About(
        label=Label(zh="舆情事件", en="Opinion event"),
        key_class="D40",
        anchor=Anchor.DIVISION,
        id_tag="opinion",
        single="opinionEvent",
        plural="opinionEvents",
        unit_columns=("by_unit",),
        history=False,
        indexes=(("division",),),
    )

    division: Mapped[str] = _d40.division("区划", "Division", null=False)
    by_unit: Mapped[str] = _d40.unit("监测单位", "Monitoring unit", null=False)
    found_at: Mapped[datetime] = _d40.moment("发现时间", "Found at", null=False, process=True)
    heat: Mapped[str] = _d40.code("opinion_heat", "热度", "Heat", null=False)
    summary: Mapped[str] = _d40.text("摘要", "Summary", null=False)
    status: Mapped[str] = _d40.code("opinion_status", "状态", "State", null=False, process=True)
    response: Mapped[str | None] = _d40.text("回应情况", "Response")


class FundAllocation(Identified, Recorded, Base):
    """Money given to a unit for a purpose."""

    __tablename__ = "fund_allocation"
    about = About(
        label=Label(zh="资金安排", en="Fund allocation"),
        key_class="D36",
        anchor=Anchor.DIVISION,
        id_tag="fund",
        single="fundAllocation",
        plural="fundAllocations",
        unit_columns=("to_unit",),
        history=False,
        indexes=(("division",), ("to_unit",)),
        relations=(refers("receiver", "Organisation", "使用单位", "Receiving unit", on=("to_unit", "code")),),
    )

    division: Mapped[str] = _d36.division("区划", "Division", null=False)
    to_unit: Mapped[str] = _d36.unit("使用单位", "Receiving unit", null=False)
    year: Mapped[int] = _d36.number("年度", "Year", null=False)
    purpose: Mapped[str] = _d36.code("fund_purpose", "用途", "Purpose", null=False)
    source: Mapped[str] = _d36.code("funding_source", "资金来源", "Source", null=False)
    amount_yuan: Mapped[int] = _d36.number("金额(元)", "Amount in yuan", null=False)
    spent_yuan: Mapped[int | None] = _d36.number("已支出(元)", "Spent in yuan")
    allocated_on: Mapped[date | None] = _d36.day("下达日期", "Allocated on", process=True)


class IndicatorSnapshot(Identified, Recorded, Base):
    """One indicator of one division at one time, frozen."""

    __tablename__ = "indicator_snapshot"
    about = About(
        label=Label(zh="指标快照", en="Indicator snapshot"),
        key_class="D39",
        anchor=Anchor.DIVISION,
        id_tag="indicator",
        single="indicatorSnapshot",
        plural="indicatorSnapshots",
        history=False,
        unique=(("division", "indicator", "as_of"),),
        relations=(refers("bulletin", "Bulletin", "通报", "Bulletin", on=("bulletin_id", "id")),),
    )

    division: Mapped[str] = _d39.division("区划", "Division", null=False)
    bulletin_id: Mapped[str | None] = _d39.link("bulletin.id", "通报", "Bulletin")
    indicator: Mapped[str] = _d39.text("指标代码", "Indicator", null=False)
    as_of: Mapped[datetime] = _d39.moment("统计时点", "As of", null=False)
    value: Mapped[int | None] = _d39.number("数值", "Value; null when suppressed")
    suppressed: Mapped[bool] = _d39.flag("已抑制", "Suppressed", null=False, default="false")
    released: Mapped[bool] = _d39.flag("已公开", "Released to the public", null=False, default="false")
