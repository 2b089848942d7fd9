"""What a unit asks about shared knowledge: its inbox in figures, a case's board, who is involved, and the rates.

All of it is made from what the planner answers the caller, or from counts and names that hold nothing of a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import strawberry

from hub import errors
from hub.knowledge import rate
from hub.knowledge.board import UnitKnows, board
from hub.knowledge.clock import CHINA
from hub.knowledge.involved import ROLES, Involved, involved, takes_part
from hub.knowledge.rate import Counted
from hub.query.context import Info, RequestContext
from hub.query.labels import Label, argument, label
from hub.query.scalars import Date, DateTime
from schema.divisions import range_of

PAGE, MOST_PAGES = 500, 20
USUAL_PERIOD = timedelta(days=90)

#: Rows of a case or child, asked a page at a time: the connection, what is asked of it, and of which rows.
_OF_CASE = "{case: {id: {eq: $id}}}"
_EVENTS = ("caseEvents", "id at byUnit", _OF_CASE)
_PARTIES = ("caseParties", "unit role until", _OF_CASE)
_KNOWN = (
    "caseKnowledges",
    "unit notifiedAt openedAt acknowledgedAt actedAt dueAt escalatedAt event { id }",
    _OF_CASE,
)
_OF_CHILD = (
    "caseParties",
    "unit role since until organisation { name nameEn dutyPhone } case { closedOn withheld }",
    "{child: {id: {eq: $id}}}",
)
_CASE = "case(id: $id) { stage leadUnit withheld }"
_WAITING = "unit: {eq: $unit}, acknowledgedAt: {isNull: true}, declinedAt: {isNull: true}"
_INBOX = f"""query ($unit: String!, $now: DateTime!, $tomorrow: DateTime!) {{
  waiting: notices(filter: {{{_WAITING}}}) {{ count {{ value }} }}
  unopened: notices(filter: {{unit: {{eq: $unit}}, openedAt: {{isNull: true}}}}) {{ count {{ value }} }}
  toHandle: notices(filter: {{{_WAITING}, addressed: {{eq: true}}}}) {{ count {{ value }} }}
  dueToday: notices(filter: {{{_WAITING}, dueAt: {{gte: $now, lt: $tomorrow}}}}) {{ count {{ value }} }}
  late: notices(filter: {{{_WAITING}, dueAt: {{lt: $now}}}}) {{ count {{ value }} }}
  owed: obligations(filter: {{fromUnit: {{eq: $unit}}, status: {{in: ["open", "paused", "overdue", "escalated"]}}}})
    {{ count {{ value }} }}
  owedLate: obligations(filter: {{fromUnit: {{eq: $unit}}, status: {{in: ["overdue", "escalated"]}}}})
    {{ count {{ value }} }}
  oldest: notices(first: 1, filter: {{{_WAITING}}}, orderBy: [{{field: AT}}]) {{ nodes {{ at }} }}
}}"""


@strawberry.type(description="收件箱概况；通知本身见 notices / The inbox in figures; the notices are in `notices`")
class Inbox:
    waiting: int = strawberry.field(description="尚未签收 / Not acknowledged yet")
    unopened: int = strawberry.field(description="尚未打开 / Not opened yet")
    to_handle: int = strawberry.field(description="尚未签收且由本单位办理 / Of those, for this unit to handle")
    due_today: int = strawberry.field(description="今日到期 / Due before midnight in China")
    late: int = strawberry.field(description="逾期未签收 / Whose term is over")
    oldest: DateTime | None = strawberry.field(description="最早一条未签收通知的时间 / Of the oldest that waits")
    owed: int = strawberry.field(description="本单位未履行的义务 / Obligations of the unit that stand")
    owed_late: int = strawberry.field(description="其中逾期的 / Of those, overdue")


@strawberry.type(description="已知悉到第几步；0 为尚无 / The number of the last step; 0 for none")
class BoardVersion:
    told: int
    opened: int
    acknowledged: int
    acted: int


@strawberry.type(description="一个单位在情况共知板上的一行 / One unit on the board")
class BoardLine:
    unit: str | None = strawberry.field(description="单位；为保护儿童而不显示时为空 / Null where it must not be named")
    roles: list[str] = strawberry.field(description="案件角色，代码表 party_role / Roles in the case")
    takes_part: bool = strawberry.field(description="现在是否参与 / Whether it takes part now")
    state: str = strawberry.field(description="escalated late waiting acknowledged acted")
    version: BoardVersion
    to_acknowledge: int = strawberry.field(description="应确认的步骤数 / Steps it was to acknowledge")
    in_time: int = strawberry.field(description="按期确认 / Acknowledged in time")
    late: int = strawberry.field(description="逾期未确认 / Overdue, not acknowledged")
    escalated: int = strawberry.field(description="逾期后已升级 / Overdue and told to the unit above")
    waiting_since: DateTime | None = strawberry.field(description="自何时起未确认 / Since when it has not acknowledged")


@strawberry.type(description="案件的情况共知板 / How far each unit knows a case")
class CaseBoard:
    stage: str | None
    lead_unit: str | None
    version: int = strawberry.field(description="案件已到第几步 / The number of the last step")
    rate: float | None = strawberry.field(
        description="按期确认 ÷ 应确认；0 至 1 / Acknowledged in time ÷ to acknowledge"
    )
    lines: list[BoardLine]


@strawberry.type(description="参与单位，不含任何内容 / A unit that is involved; nothing of what it holds")
class InvolvedUnit:
    unit: str
    name: Label
    role: str = strawberry.field(description="village township police civil_affairs school paired aid case")
    role_label: Label
    phone: str | None = strawberry.field(description="值班电话 / Telephone on duty")
    since: Date | None


@strawberry.type(description="应知与已知、应尽与已尽 / What was to be known and is, what was owed and was given")
class KnowledgeCount:
    told: int = strawberry.field(description="收到的通知 / Notices")
    must_know: int = strawberry.field(description="应确认且已到期或已确认 / To be acknowledged, and due or done")
    in_time: int
    late: int = strawberry.field(description="逾期才确认 / Acknowledged late")
    missed: int = strawberry.field(description="逾期仍未确认 / Still not acknowledged")
    declined: int
    rate: float | None = strawberry.field(description="情况共知率，0 至 1 / Acknowledged in time ÷ to be known")
    owed: int = strawberry.field(description="到期或已履行的义务 / Obligations due or met")
    given_in_time: int
    given_late: int
    overdue: int
    waived: int
    refused: int = strawberry.field(description="拒绝共享次数 / Shares refused")
    supply_rate: float | None = strawberry.field(description="义务按期履行率，0 至 1 / Given in time ÷ owed")


@strawberry.type(description="一个单位的情况共知 / One unit's shared knowledge")
class UnitKnowledge:
    unit: str
    count: KnowledgeCount


@strawberry.type(description="一段时间内的情况共知率 / Rates of shared knowledge over a period")
class SharedKnowledge:
    since: DateTime
    until: DateTime
    total: KnowledgeCount
    units: list[UnitKnowledge] = strawberry.field(description="由低到高 / Lowest rate first")


async def inbox(info: Info) -> Inbox | None:
    context = info.context
    if not context.grant.rights_on("D41/notice", "list"):
        context.withhold(str(info.path.key), "D41", context.grant.refusal("D41/notice", "list"))
        return None
    midnight = datetime.combine(_today(context) + timedelta(days=1), datetime.min.time(), CHINA)
    given = {"unit": context.identity.unit.code, "now": context.now.isoformat(), "tomorrow": midnight.isoformat()}
    found = await context.ask(_INBOX, given)
    counts = {key: ((found[key] or {}).get("count") or {}).get("value", 0) for key in found if key != "oldest"}
    oldest = next((row["at"] for row in (found["oldest"] or {}).get("nodes") or ()), None)
    return Inbox(
        waiting=counts["waiting"], unopened=counts["unopened"], to_handle=counts["toHandle"],
        due_today=counts["dueToday"], late=counts["late"], owed=counts["owed"], owed_late=counts["owedLate"],
        oldest=DateTime(datetime.fromisoformat(oldest)) if oldest else None,
    )  # fmt: skip


async def case_board(info: Info, case: Annotated[strawberry.ID, argument("案件 / The case")]) -> CaseBoard | None:
    """A case out of reach answers as one that is not there."""
    context = info.context
    found, (events, parties, known) = await _asked(context, case, (_EVENTS, _PARTIES, _KNOWN), beside=_CASE)
    stands = found["case"]
    if stands is None or "stage" in (stands["withheld"] or ()):
        return None
    lines = board(parties, events, known, context.now)
    due = sum(line.to_acknowledge for line in lines)
    return CaseBoard(
        stage=stands["stage"], lead_unit=stands["leadUnit"], version=len(events),
        lines=[_line(line) for line in lines],
        rate=round(sum(line.in_time for line in lines) / due, 4) if due else None,
    )  # fmt: skip


Rows = list[dict[str, Any]]


async def _asked(
    context: RequestContext, row: str, connections: Sequence[tuple[str, str, str]], *, beside: str = ""
) -> tuple[dict[str, Any], list[Rows]]:
    """Every such row that the caller may list: the first page of each in one question, then page after page."""
    roots = " ".join(f"page{place}: {_page(*asked)}" for place, asked in enumerate(connections))
    found = await context.ask(f"query ($id: ID!, $after: String) {{ {beside} {roots} }}", {"id": row, "after": None})
    rows = []
    for place, asked in enumerate(connections):
        page = found[f"page{place}"] or {}
        rows.append([*(page.get("nodes") or ()), *await _further(context, row, asked, page)])
    return found, rows


async def _further(context: RequestContext, row: str, asked: tuple[str, str, str], page: dict[str, Any]) -> Rows:
    rows: Rows = []
    for _ in range(MOST_PAGES):
        info = page.get("pageInfo") or {}
        if not info.get("hasNextPage"):
            return rows
        given = {"id": row, "after": info["endCursor"]}
        page = (await context.ask(f"query ($id: ID!, $after: String) {{ page: {_page(*asked)} }}", given))["page"]
        rows += page["nodes"] or ()
    raise errors.LimitPage(limit=PAGE * MOST_PAGES)


def _page(plural: str, shown: str, filtered: str) -> str:
    return (
        f"{plural}(first: {PAGE}, after: $after, filter: {filtered})"
        f" {{ nodes {{ {shown} }} pageInfo {{ hasNextPage endCursor }} }}"
    )


def _line(line: UnitKnows) -> BoardLine:
    reached = line.reached
    return BoardLine(
        unit=line.unit, roles=list(line.roles), takes_part=line.takes_part, state=line.state,
        version=BoardVersion(
            told=reached.told, opened=reached.opened, acknowledged=reached.acknowledged, acted=reached.acted
        ),
        to_acknowledge=line.to_acknowledge, in_time=line.in_time, late=line.late, escalated=line.escalated,
        waiting_since=DateTime(line.waiting_since) if line.waiting_since else None,
    )  # fmt: skip


async def who_is_involved(
    info: Info, child: Annotated[strawberry.ID, argument("儿童 / The child")]
) -> list[InvolvedUnit] | None:
    """Whoever may read the child's own file may know who has a part in its life, and call them."""
    context = info.context
    if not await context.reaches("Child", "rowVersion", child):
        return None
    today = _today(context)
    found = await involved(child, today, context.identity.unit.code, context.query)
    if context.grant.rights_on("D22/header", "list"):
        _, (parties,) = await _asked(context, child, (_OF_CHILD,))
        found += takes_part(parties, today)
    return [_involved(each) for each in dict.fromkeys(found)]


def _involved(each: Involved) -> InvolvedUnit:
    return InvolvedUnit(
        unit=each.unit, name=label(each.name), role=each.role, role_label=label(ROLES[each.role]), phone=each.phone,
        since=Date(each.since) if each.since else None,
    )  # fmt: skip


async def shared_knowledge(
    info: Info,
    division: Annotated[
        str | None, argument("区划；缺省为可见的全部 / Division; all within reach if left out")
    ] = strawberry.UNSET,
    since: Annotated[
        DateTime | None, argument("自此时起；缺省为九十天前 / From this moment on; 90 days ago if left out")
    ] = strawberry.UNSET,
    until: Annotated[
        DateTime | None, argument("至此时止；缺省为现在 / Before this moment; now if left out")
    ] = strawberry.UNSET,
) -> SharedKnowledge | None:
    context = info.context
    reach = rate.reach_of(context.grant.rights_on("D41/notice", "list"), context.identity.unit)
    if reach is None:
        context.withhold(str(info.path.key), "D41", context.grant.refusal("D41/notice", "list"))
        return None
    begin, end = since or context.now - USUAL_PERIOD, until or context.now
    if division:
        reach = rate.within(reach, range_of(division))
    found = await rate.counted(reach, begin, end, context.now, context.query)
    units = sorted(found.items(), key=lambda each: (2.0 if each[1].rate is None else each[1].rate, each[0]))
    return SharedKnowledge(
        since=DateTime(begin), until=DateTime(end), total=_count(rate.together(found.values())),
        units=[UnitKnowledge(unit=unit, count=_count(counts)) for unit, counts in units],
    )  # fmt: skip


def _count(counts: Counted) -> KnowledgeCount:
    values = {name: getattr(counts, name) for name in rate.NAMES}
    return KnowledgeCount(**values, rate=counts.rate, supply_rate=counts.supply_rate)


def _today(context: RequestContext) -> date:
    return context.now.astimezone(CHINA).date()


#: What a grant must hold for a field to be in its view.
NEEDS = {
    "inbox": ("D41", "list"), "caseBoard": ("D22", "read"), "whoIsInvolved": ("D01", "read"),
    "sharedKnowledge": ("D41", "list"),
}  # fmt: skip
#: What a field costs: the questions it asks, or the counting over a period.
PRICES = {"inbox": 2500, "caseBoard": 5000, "whoIsInvolved": 2500, "sharedKnowledge": 20_000}


@strawberry.type
class Questions:
    inbox: Inbox | None = strawberry.field(
        resolver=inbox, description="本单位收件箱与义务的概况 / The unit's inbox and obligations in figures"
    )
    case_board: CaseBoard | None = strawberry.field(
        resolver=case_board, description="情况共知板：各单位知悉到哪一步 / How far each unit knows a case"
    )
    who_is_involved: list[InvolvedUnit] | None = strawberry.field(
        resolver=who_is_involved, description="哪些单位与该儿童有关，如何联系 / Who has a part in a child's life"
    )
    shared_knowledge: SharedKnowledge | None = strawberry.field(
        resolver=shared_knowledge, description="情况共知率与义务履行率 / Rates of shared knowledge"
    )
