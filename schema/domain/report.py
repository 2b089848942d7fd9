"""强制报告: a report that a child may be in danger, and what the police did with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped

from schema.classes import Label
from schema.columns import Columns
from schema.entities import About, Base, CountyKeyed, Recorded
from schema.meaning import Anchor, Mask, one, refers

_d22 = Columns(data_class="D22", owner="PS")
_d23 = Columns(data_class="D23", owner="PS")
_d24 = Columns(data_class="D24", owner="PS")


class ConcernReport(CountyKeyed, Recorded, Base):
    """A report of harm or risk; the child may still be unknown. Who reported is sealed."""

    __tablename__ = "concern_report"
    about = About(
        label=Label(zh="强制报告", en="Concern report"),
        key_class="D22",
        anchor=Anchor.CHILD,
        id_tag="report",
        single="concernReport",
        plural="concernReports",
        commanded=True,
        natural_key="report_no",
        unit_columns=("reporter_unit", "receiving_unit"),
        case_column="case_id",
        source_class="D23",
        indexes=(("division",), ("reporter_unit",), ("receiving_unit", "status")),
        unique=(("county", "report_no"),),
        relations=(
            one("child", "Child", "儿童", "Child", on="child_id"),
            one("case", "ProtectionCase", "案件", "Case", on="case_id"),
            refers("receiver", "Organisation", "受理单位", "Receiving unit", on=("receiving_unit", "code")),
        ),
    )

    child_id: Mapped[str | None] = _d22.link("child", "儿童", "Child")
    case_id: Mapped[str | None] = _d22.link("protection_case", "案件", "Case")
    report_no: Mapped[str] = _d22.text("报告编号", "Report number", owner="hub", null=False, process=True)
    division: Mapped[str] = _d22.division("发生地区划", "Division", owner="hub", null=False)
    reporter_class: Mapped[str] = _d22.code("reporter_class", "报告主体类别", "Kind of reporter", null=False)
    reporter_unit: Mapped[str | None] = _d23.unit("报告单位", "Reporting unit")
    reporter_identity: Mapped[str | None] = _d23.text("报告人", "Reporter", source="反家庭暴力法 第十四条")
    situation_types: Mapped[list[str]] = _d22.codes(
        "report_situation", "情形", "Situations", null=False, facets="essentials"
    )
    immediate_danger: Mapped[bool] = _d22.flag(
        "是否面临紧迫危险", "In immediate danger", null=False, default="false", facets="essentials"
    )
    unknown_child: Mapped[str | None] = _d22.text(
        "不明身份儿童描述", "Description of an unknown child", facets="content"
    )
    narrative: Mapped[str | None] = _d22.text("经过", "Narrative", facets="content", filterable=False, orderable=False)
    attachments: Mapped[list[str] | None] = _d22.texts(
        "附件", "Attachments (file ids)", facets="content", filterable=False, orderable=False
    )
    discovered_at: Mapped[datetime | None] = _d22.moment("发现时间", "Discovered at", process=True)
    reported_at: Mapped[datetime] = _d22.moment("报告时间", "Reported at", null=False, process=True)
    received_at: Mapped[datetime | None] = _d22.moment("接报时间", "Received at", process=True)
    accepted_at: Mapped[datetime | None] = _d22.moment("受理时间", "Accepted at", process=True)
    status: Mapped[str] = _d22.code("report_status", "状态", "State", null=False, process=True)
    receiving_unit: Mapped[str] = _d22.unit(
        "受理单位", "Receiving unit", null=False, process=True, references="organisation.code"
    )
    handling_officer: Mapped[str | None] = _d22.text("承办民警", "Handling officer", mask=Mask.NAME)
    false_or_duplicate: Mapped[str | None] = _d22.code("report_validity", "误报或重复", "False or duplicate")
    dispatch_at: Mapped[datetime | None] = _d24.moment("出警时间", "Dispatched at", process=True)
    first_measure_at: Mapped[datetime | None] = _d24.moment("首次处置时间", "First measure at", process=True)
    result: Mapped[str | None] = _d24.code("report_result", "处理结果", "Result")
    result_notified_units: Mapped[list[str] | None] = _d24.texts("已告知单位", "Units told of the result")
    result_notified_at: Mapped[datetime | None] = _d24.moment("告知时间", "Result told at", process=True)
