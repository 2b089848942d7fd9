"""The root field `accessStatement`: who saw what of a child, for an auditor, or for the child at a desk.

The gate is the planner's own: whoever may read the access class (D42) of this child may have its statement.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from hub import errors
from hub.audit.search import Place, Question, Reader, Seen
from hub.query.context import Info, RequestContext
from hub.query.labels import Label, argument, label
from hub.query.scalars import DateTime

#: A field of the access class that every child has: who reads it is in reach of the child's access record.
CLASS, ACTION = "D42", "read"
WITNESS = "accessRestriction"
AUDITOR = "audit_admin"
MOST = 200
USUAL_PERIOD = timedelta(days=365)


@strawberry.type(description="名称及其代码 / A code with its label")
class Named:
    code: str
    label: Label


@strawberry.type(description="一次访问 / One access")
class Access:
    at: DateTime
    unit: Named
    person: str | None = strawberry.field(description="经办人；只对审计管理员显示 / The officer, for auditors only")
    kind: str
    duty: str | None
    case_no: str | None
    task_no: str | None
    application_no: str | None
    operation_name: str | None
    outcome: str = strawberry.field(description="answered refused failed")
    error: str | None
    policy_version: int
    rules: list[str]
    classes: list[Named]
    fields: list[Named]


@strawberry.type(description="访问记录，由新到旧 / Accesses, newest first")
class AccessStatement:
    entries: list[Access]
    end_cursor: str | None = strawberry.field(description="下一页自此之后 / Where the next page goes on")


async def access_statement(
    info: Info,
    child: strawberry.ID,
    since: Annotated[
        DateTime | None, argument("自此时起；缺省为一年前 / From this moment on; a year ago if left out")
    ] = strawberry.UNSET,
    until: Annotated[
        DateTime | None, argument("至此时止；缺省为现在 / Before this moment; now if left out")
    ] = strawberry.UNSET,
    outside: Annotated[list[str] | None, argument("不含这些单位 / Leaving out these units")] = strawberry.UNSET,
    first: Annotated[int, argument("至多几条 / At most this many")] = 50,
    after: Annotated[str | None, argument("从此游标之后 / After this cursor")] = strawberry.UNSET,
) -> AccessStatement | None:
    context = info.context
    if not 1 <= first <= MOST:
        raise errors.LimitPage(limit=MOST)
    if not await context.reaches("Child", WITNESS, child):
        context.withhold(str(info.path.key), CLASS, context.grant.refusal(CLASS, ACTION))
        return None
    question = Question(
        child=child,
        reader=Reader.AUDITOR if AUDITOR in context.identity.roles else Reader.SUBJECT,
        since=since or context.now - USUAL_PERIOD,
        until=until or context.now,
        outside=tuple(outside or ()),
        after=_opened(context, child, after) if after else None,
        first=first,
    )
    found = await context.statement(question)
    return AccessStatement(
        entries=[_access(entry) for entry in found.entries],
        end_cursor=_sealed(context, child, found.after) if found.after else None,
    )


def _access(seen: Seen) -> Access:
    return Access(
        at=DateTime(seen.place.at),
        unit=Named(code=seen.unit, label=label(seen.unit_label)),
        person=seen.person,
        kind=seen.kind,
        duty=seen.duty,
        case_no=seen.case_no,
        task_no=seen.task_no,
        application_no=seen.application_no,
        operation_name=seen.operation_name,
        outcome=seen.outcome,
        error=seen.error,
        policy_version=seen.policy_version,
        rules=list(seen.rules),
        classes=[Named(code=code, label=label(named)) for code, named in seen.classes],
        fields=[Named(code=code, label=label(named)) for code, named in seen.fields],
    )


def _bound_to(context: RequestContext, child: str) -> bytes:
    return f"accessStatement {context.identity.unit.code} {child}".encode()


def _sealed(context: RequestContext, child: str, place: Place) -> str:
    values: list[str | None] = [place.at.isoformat(), place.node, str(place.seq)]
    return context.cursors.seal(values, _bound_to(context, child))


def _opened(context: RequestContext, child: str, cursor: str) -> Place:
    at, node, seq = context.cursors.open(cursor, _bound_to(context, child), length=3)
    return Place(at=datetime.fromisoformat(str(at)), node=str(node), seq=int(str(seq)))


#: What a grant must hold for the field to be in its view.
NEEDS = {"accessStatement": (CLASS, ACTION)}
#: What the field costs.
PRICES = {"accessStatement": 2000}


@strawberry.type
class Questions:
    access_statement: AccessStatement | None = strawberry.field(
        resolver=access_statement,
        description="谁查看过该儿童的信息；限审计管理员，或持本人申请号 / Who saw what of a child",
    )
