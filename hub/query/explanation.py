"""Why the caller may, or may not: rights with their sentences, or what is missing, who has it and what to do next."""

from __future__ import annotations

from typing import Annotated

import strawberry

from hub.policy import explain
from hub.query.context import Info
from hub.query.labels import HeldDuty, Label, argument, check_action, entity_named, field_named, held_duty, label


@strawberry.type(description="依据：规则、职责与条款 / The ground of a right: rule, duty and clause")
class Ground:
    entry: str
    rule: Label
    source: str
    duty: str
    duty_says: Label
    clause: str
    conflicts: list[str] = strawberry.field(description="尚待明确的冲突 / Conflicts of the sources it touches")


@strawberry.type(description="一项权限的说明 / One right, explained")
class ExplainedRight:
    mode: str
    sentence: Label
    reach: Label
    purpose: Label | None
    unless: list[Label]
    grounds: list[Ground]


@strawberry.type(description="为什么能，或不能 / Why you may, or may not")
class Explanation:
    entity: str
    field: str
    action: str
    class_: str = strawberry.field(name="class")
    label: Label
    level: int
    allowed: bool
    mode: str | None = strawberry.field(description="最强的方式 / The strongest mode")
    rights: list[ExplainedRight]
    code: str | None = strawberry.field(description="不能时的原因代码 / Why not, as a code")
    next_step: Label | None
    nearest: Ground | None = strawberry.field(description="拒绝的规则，或最接近的规则 / The denying or nearest rule")
    missing_duty: HeldDuty | None
    holders: list[Label] = strawberry.field(description="持有该权限的单位类型 / Types of units that hold it")
    reached: bool | None = strawberry.field(
        description="给出编号时：该行是否在你的范围内 / With an id: whether it is in reach"
    )


async def explanation(
    info: Info,
    entity: Annotated[str, argument("类型，如 Child / Type, such as Child")],
    field: Annotated[str, argument("字段，如 citizenIdNo / Field, such as citizenIdNo")],
    action: Annotated[str, argument("动作，如 read list update / Action")] = "read",
    id: Annotated[strawberry.ID | None, argument("某一行的编号 / Id of one row")] = strawberry.UNSET,
) -> Explanation:
    context = info.context
    owner = entity_named(context, entity)
    declared = field_named(context, owner, field)
    check_action(action)
    found = explain.explain(context.book, context.grant, declared.group, action)
    reached = await context.reaches(entity, field, id) if id else None
    # A right that does not reach the row: the refusal says by how much it falls short.
    refusal = context.grant.refusal(declared.group, action) if found.granted and reached is False else found.refusal
    return Explanation(
        entity=entity,
        field=field,
        action=action,
        class_=found.about.code,
        label=label(declared.label),
        level=int(declared.level),
        allowed=found.granted,
        mode=found.allowed[0].right.mode if found.allowed else None,
        rights=[_explained_right(allowed) for allowed in found.allowed],
        code=refusal.code if refusal else None,
        next_step=label(refusal.next_step) if refusal else None,
        nearest=_ground(found.nearest) if found.nearest else None,
        missing_duty=held_duty(found.missing) if found.missing else None,
        holders=[label(holder) for holder in found.holders],
        reached=reached,
    )


def _explained_right(allowed: explain.Allowed) -> ExplainedRight:
    return ExplainedRight(
        mode=allowed.right.mode,
        sentence=label(allowed.sentence),
        reach=label(allowed.reach),
        purpose=label(allowed.purpose) if allowed.purpose else None,
        unless=[label(name) for name in allowed.unless],
        grounds=[_ground(ground) for ground in allowed.grounds],
    )


def _ground(ground: explain.Ground) -> Ground:
    return Ground(
        entry=ground.entry,
        rule=label(ground.rule),
        source=ground.source,
        duty=ground.duty,
        duty_says=label(ground.duty_says),
        clause=ground.clause,
        conflicts=list(ground.conflicts),
    )
