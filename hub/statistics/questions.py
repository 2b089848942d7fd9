"""The root field `childStatistics`: counts for those who hold the right to totals, and no other way to rows."""

from __future__ import annotations

from datetime import date, timedelta, timezone
from typing import Annotated

import strawberry

from hub.query.context import Info, RequestContext
from hub.query.labels import Label, argument, label
from hub.query.scalars import Date
from hub.statistics import children
from hub.statistics.children import Dimension

#: Rules speak of days in China, whatever clock the server keeps.
CHINA = timezone(timedelta(hours=8))
CLASS, ACTION = "D39", "aggregate"

_DESCRIPTIONS = {
    Dimension.DIVISION: "下一级区划 / Divisions directly below",
    Dimension.SEX: "性别 / Sex",
    Dimension.AGE_BAND: "年龄段 / Age band",
    Dimension.STAGE: "学段 / Stage of schooling",
    Dimension.GUARDIANSHIP_TYPE: "监护类型 / Kind of guardianship",
    Dimension.LBC_STATUS: "留守状态 / Left-behind status",
}
StatDimension = strawberry.enum(Dimension, name="StatDimension", description="统计维度 / What children are counted by")


@strawberry.type(description="一个单元格 / One cell")
class StatRow:
    keys: list[str] = strawberry.field(description="各维度的代码，* 为合计，- 为未登记 / Codes; * is all of it")
    labels: list[Label]
    count: int | None = strawberry.field(description="人数；为保护个人而不显示时为空 / Null where it is held back")
    suppressed: bool


@strawberry.type(description="儿童数，小单元及可由其推出的单元不显示 / Numbers of children, small cells held back")
class ChildStatistics:
    division: str
    as_of: Date
    k: int = strawberry.field(description="小于此数不显示 / Counts below this are held back")
    rows: list[StatRow]
    totals: list[StatRow]


def _row(row: children.Row) -> StatRow:
    labels = [label(named) for named in row.labels]
    return StatRow(keys=list(row.keys), labels=labels, count=row.count, suppressed=row.suppressed)


def _today(context: RequestContext) -> date:
    return context.now.astimezone(CHINA).date()


async def child_statistics(
    info: Info,
    group_by: Annotated[list[Dimension], argument("按哪一或两项 / By which one or two")],
    division: Annotated[
        str | None, argument("本级或下级区划；缺省为本级 / Own division or one below")
    ] = strawberry.UNSET,
) -> ChildStatistics | None:
    context = info.context
    if not context.grant.may(CLASS, ACTION):
        context.withhold(str(info.path.key), CLASS, context.grant.refusal(CLASS, ACTION))
        return None
    unit = context.identity.unit
    asked = children.Asked(
        top=unit.division,
        ranges=unit.ranges,
        division=division or unit.division,
        dimensions=tuple(group_by),
        k=context.small_cell,
        today=_today(context),
    )
    found = await children.child_statistics(asked, context.query)
    return ChildStatistics(
        division=found.division,
        as_of=Date(found.as_of),
        k=found.k,
        rows=[_row(row) for row in found.rows],
        totals=[_row(row) for row in found.totals],
    )


#: What a grant must hold for the field to be in its view.
NEEDS = {"childStatistics": (CLASS, ACTION)}
#: What the field costs: it counts every child of a division.
PRICES = {"childStatistics": 20_000}


@strawberry.type
class Questions:
    child_statistics: ChildStatistics | None = strawberry.field(
        resolver=child_statistics,
        description="儿童数，限本单位辖区；下级区划只能按区划分组 / Numbers of children in the unit's own division",
    )
