"""共享申请、校核、拒绝、应急查阅、样本、来源、留存: asking for data, correcting it, and what became of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from schema.classes import Label, Level
from schema.columns import Columns
from schema.entities import About, Base, ChildBound, Identified, Recorded
from schema.meaning import Anchor, refers

_d41 = Columns(data_class="D41", owner="hub")
_d42 = Columns(data_class="D42", owner="hub")
#: What is claimed and by what evidence: of the value's own sensitivity, for the two units alone.
_claim = Columns(data_class="D41", owner="hub", level=Level.L4, facets="claim")
_lease = Columns(data_class="D42", owner="hub", facets="lease")


class ShareRequest(Identified, Recorded, Base):
    """A unit's application for a class that it does not hold."""

    __tablename__ = "share_request"
    about = About(
        label=Label(zh="共享申请", en="Share request"),
        key_class="D41",
        anchor=Anchor.UNIT,
        id_tag="share",
        single="shareRequest",
        plural="shareRequests",
        commanded=True,
        unit_columns=("requester_unit", "owner_unit"),
        history=False,
        indexes=(("requester_unit",), ("owner_unit", "status")),
    )

    requester_unit: Mapped[str] = _d41.unit("申请单位", "Requesting unit", null=False, process=True)
    owner_unit: Mapped[str] = _d41.unit("数源单位", "Owning unit", null=False, process=True)
    data_class: Mapped[str] = _d41.code("data_class", "数据类别", "Data class", null=False, process=True)
    parts: Mapped[list[str] | None] = _d41.texts("申请部分，如 D11/school", "Parts, such as D11/school", process=True)
    scope: Mapped[str] = _d41.code("share_scope", "范围", "Scope", null=False, process=True)
    duty_code: Mapped[str] = _d41.text("职责代码", "Duty", null=False, process=True)
    purpose: Mapped[str] = _d41.text("用途", "Purpose", null=False)
    period_from: Mapped[date] = _d41.day("使用期起", "Period from", null=False, process=True)
    period_to: Mapped[date] = _d41.day("使用期止", "Period to", null=False, process=True)
    status: Mapped[str] = _d41.code("request_status", "状态", "State", null=False, process=True)
    decision_reason: Mapped[str | None] = _d41.text("答复理由", "Reason of the decision")
    requested_at: Mapped[datetime] = _d41.moment("申请时间", "Requested at", null=False, process=True)
    due_at: Mapped[datetime | None] = _d41.moment("答复期限", "Answer due at", process=True)
    decided_at: Mapped[datetime | None] = _d41.moment("答复时间", "Decided at", process=True)
    granted_mode: Mapped[str | None] = _d41.code("share_mode", "同意的方式", "Mode agreed to", process=True)
    granted_scope: Mapped[str | None] = _d41.code("share_scope", "同意的范围", "Scope agreed to", process=True)
    granted_parts: Mapped[list[str] | None] = _d41.texts("同意的部分", "Parts agreed to", process=True)
    granted_from: Mapped[date | None] = _d41.day("共享起", "Shared from", process=True)
    granted_to: Mapped[date | None] = _d41.day("共享止", "Shared to", process=True)
    #: divisions of the owner, beyond which nothing is opened: low <= code < high
    reach_low: Mapped[str | None] = _d41.text("数源单位区划起", "Owner's divisions from", structural=True)
    reach_high: Mapped[str | None] = _d41.text("数源单位区划止", "Owner's divisions to", structural=True)
    withdrawn_at: Mapped[datetime | None] = _d41.moment("撤回时间", "Withdrawn at", process=True)
    withdrawn_by: Mapped[str | None] = _d41.unit("撤回单位", "Withdrawn by", process=True)
    withdrawal_reason: Mapped[str | None] = _d41.text("撤回理由", "Reason of the withdrawal")


class RefusalRecord(Identified, Recorded, Base):
    """That a share was refused, on what ground."""

    __tablename__ = "refusal_record"
    about = About(
        label=Label(zh="拒绝共享记录", en="Refusal record"),
        key_class="D41",
        anchor=Anchor.UNIT,
        id_tag="refusal",
        single="refusalRecord",
        plural="refusalRecords",
        commanded=True,
        unit_columns=("refusing_unit", "requester_unit"),
        history=False,
        relations=(refers("request", "ShareRequest", "共享申请", "Share request", on=("share_request_id", "id")),),
    )

    share_request_id: Mapped[str | None] = _d41.link("share_request.id", "共享申请", "Share request")
    refusing_unit: Mapped[str] = _d41.unit("拒绝单位", "Refusing unit", null=False, process=True)
    requester_unit: Mapped[str] = _d41.unit("申请单位", "Requesting unit", null=False, process=True)
    data_class: Mapped[str] = _d41.code("data_class", "数据类别", "Data class", null=False, process=True)
    limited: Mapped[bool] = _d41.flag("部分同意", "Agreed to in part", null=False, default="false", process=True)
    legal_ground: Mapped[str] = _d41.text("依据和理由", "Ground and reason", null=False)
    refused_at: Mapped[datetime] = _d41.moment("拒绝时间", "Refused at", null=False, process=True)


class CorrectionRequest(ChildBound, Recorded, Base):
    """校核: another unit's doubt about a value; what it claims is shown to the two units alone."""

    __tablename__ = "correction_request"
    about = About(
        label=Label(zh="校核申请", en="Correction request"),
        key_class="D41",
        anchor=Anchor.CHILD,
        id_tag="correction",
        single="correctionRequest",
        plural="correctionRequests",
        commanded=True,
        unit_columns=("requester_unit", "owner_unit"),
        indexes=(("owner_unit", "status"), ("requester_unit",), ("county", "row_id")),
    )

    requester_unit: Mapped[str] = _d41.unit("申请单位", "Requesting unit", null=False, process=True)
    owner_unit: Mapped[str] = _d41.unit("数源单位", "Owning unit", null=False, process=True)
    entity: Mapped[str] = _d41.text("数据项所属实体", "Entity", null=False, process=True)
    row_id: Mapped[str] = _d41.text("记录编号", "Row", null=False, structural=True)
    field_name: Mapped[str] = _d41.text("数据项", "Field", null=False, process=True)
    data_class: Mapped[str] = _d41.code("data_class", "数据类别", "Data class", null=False, process=True)
    base_version: Mapped[int | None] = _d41.number("所依据的行版本", "Row version it was read at", process=True)
    claimed_value: Mapped[str | None] = _claim.text("主张值", "Claimed value", filterable=False, orderable=False)
    evidence: Mapped[str | None] = _claim.text("佐证", "Evidence", filterable=False, orderable=False)
    status: Mapped[str] = _d41.code("correction_status", "状态", "State", null=False, process=True)
    requested_at: Mapped[datetime] = _d41.moment("申请时间", "Requested at", null=False, process=True)
    due_at: Mapped[datetime | None] = _d41.moment("答复期限", "Answer due at", process=True)
    decided_at: Mapped[datetime | None] = _d41.moment("答复时间", "Decided at", process=True)
    decision_reason: Mapped[str | None] = _d41.text("答复理由", "Reason of the decision")


class BreakGlass(ChildBound, Recorded, Base):
    """A lease: emergency reading (应急查阅), or the two-person unlocking of a sealed record."""

    __tablename__ = "break_glass"
    about = About(
        label=Label(zh="应急查阅", en="Break-glass lease"),
        key_class="D42",
        key_facets="lease",
        anchor=Anchor.CHILD,
        id_tag="lease",
        single="breakGlass",
        plural="breakGlasses",
        commanded=True,
        unit_columns=("unit",),
        case_column="case_id",
        indexes=(("unit", "person", "lease_until"),),
    )

    case_id: Mapped[str | None] = _lease.link("protection_case", "案件", "Case")
    kind: Mapped[str] = _lease.code("lease_kind", "类型", "Kind", null=False, process=True)
    unit: Mapped[str] = _lease.unit("单位", "Unit", null=False)
    person: Mapped[str] = _lease.text("用户", "Person", null=False)
    ground: Mapped[str] = _lease.code("lease_ground", "事由", "Ground", null=False, process=True)
    reason: Mapped[str] = _lease.text("理由", "Reason", null=False)
    lease_from: Mapped[datetime] = _lease.moment("开始时间", "From", null=False, process=True)
    lease_until: Mapped[datetime] = _lease.moment("结束时间", "Until", null=False, process=True)
    second_person: Mapped[str | None] = _lease.text("第二人", "Second person")
    confirmed_at: Mapped[datetime | None] = _lease.moment("第二人确认时间", "Confirmed at", process=True)
    reviewer: Mapped[str | None] = _lease.text("复核人", "Reviewer")
    reviewed_at: Mapped[datetime | None] = _lease.moment("复核时间", "Reviewed at", process=True)
    review_note: Mapped[str | None] = _lease.text("复核意见", "Words of the review")
    review_result: Mapped[str | None] = _lease.code("lease_review", "复核结果", "Result of the review", process=True)


class EvaluationSample(ChildBound, Recorded, Base):
    """That the hub drew this child for a third party's evaluation, for a time."""

    __tablename__ = "evaluation_sample"
    about = About(
        label=Label(zh="评估样本", en="Evaluation sample"),
        key_class="D41",
        anchor=Anchor.CHILD,
        id_tag="sample",
        single="evaluationSample",
        plural="evaluationSamples",
        unit_columns=("unit",),
        indexes=(("unit", "until"),),
    )

    unit: Mapped[str] = _d41.unit("评估机构", "Evaluating unit", null=False, process=True)
    task_no: Mapped[str] = _d41.text("任务编号", "Task number", null=False, process=True)
    drawn_on: Mapped[date] = _d41.day("抽取日期", "Drawn on", null=False, process=True)
    until: Mapped[date] = _d41.day("截止日期", "Until", null=False, process=True)


class ValueProvenance(ChildBound, Recorded, Base):
    """Where one value came from, when another unit than the row's supplied it; it holds no value.

    Not in the class of the value: that a record has a source tells that there is a record.
    """

    __tablename__ = "value_provenance"
    about = About(
        label=Label(zh="数据来源", en="Value provenance"),
        key_class="D42",
        anchor=Anchor.CHILD,
        id_tag="provenance",
        single="valueProvenance",
        plural="valueProvenances",
        unit_columns=("source_unit",),
        history=False,
        unique=(("county", "entity", "row_id", "field_name"),),
    )

    entity: Mapped[str] = _d42.text("实体", "Entity", null=False)
    row_id: Mapped[str] = _d42.text("记录编号", "Row", null=False, structural=True)
    field_name: Mapped[str] = _d42.text("数据项", "Field", null=False)
    data_class: Mapped[str] = _d42.code("data_class", "数据类别", "Data class", null=False)


class RetentionEvent(Identified, Recorded, Base):
    """That a record was archived, erased or kept longer, under which rule."""

    __tablename__ = "retention_event"
    about = About(
        label=Label(zh="留存处置", en="Retention event"),
        key_class="D42",
        anchor=Anchor.DIVISION,
        id_tag="retention",
        single="retentionEvent",
        plural="retentionEvents",
        history=False,
        indexes=(("division",),),
    )

    division: Mapped[str] = _d42.division("区划", "Division", null=False)
    entity: Mapped[str] = _d42.text("实体", "Entity", null=False)
    row_id: Mapped[str | None] = _d42.text("记录编号", "Row", structural=True)
    action: Mapped[str] = _d42.code("retention_action", "处置方式", "Action", null=False)
    rule: Mapped[str] = _d42.text("依据", "Rule", null=False)
    row_count: Mapped[int] = _d42.number("记录数", "Number of rows", null=False)
    done_at: Mapped[datetime] = _d42.moment("处置时间", "Done at", null=False, process=True)
