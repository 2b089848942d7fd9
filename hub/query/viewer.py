"""Who I am and what I may read and do, as the grant has it."""

from __future__ import annotations

from typing import Annotated

import strawberry

from hub.policy import words
from hub.policy.grant import Right
from hub.query.context import Info, RequestContext
from hub.query.labels import (
    HeldDuty,
    Label,
    argument,
    check_action,
    entity_named,
    field_named,
    fields_by_class,
    held_duty,
    label,
    unique,
)
from hub.query.view import shows
from schema.classes import CLASSES, DataClass
from schema.entities import Entity, camel
from schema.meaning import Field

READS = ("list", "read")


@strawberry.type(description="单位 / A unit")
class ViewerUnit:
    code: str = strawberry.field(description="单位编码，如 ED@430621 / Unit code")
    name: Label
    type: str = strawberry.field(description="单位类型，如 ED / Type of unit")
    type_label: Label
    level: str = strawberry.field(description="层级 / Level")
    division: str = strawberry.field(description="12 位区划代码 / Division code")


@strawberry.type(description="一项权限 / One right")
class PermittedRight:
    action: str
    mode: str = strawberry.field(description="full masked pseudo flag meta aggregate")
    scope: str = strawberry.field(description="own sub case assigned any self")
    condition: str | None
    purpose: str = strawberry.field(description="须随请求写明的编号 / The number a request must carry, or none")
    duties: list[str]
    rules: list[str]


@strawberry.type(description="对一类数据的全部权限 / All rights on one class of data")
class Permission:
    class_: str = strawberry.field(name="class", description="数据类别，如 D01 / Data class")
    label: Label
    level: int
    owner: list[str]
    fields: list[str] = strawberry.field(description="可读取的字段 / Fields that may be read, as Entity.field")
    actions: list[str]
    modes: list[str]
    scopes: list[str]
    duties: list[str]
    rules: list[str]
    rights: list[PermittedRight]


def held_duties(info: Info) -> list[HeldDuty]:
    return [held_duty(duty) for duty in info.context.book.duties_of(info.context.identity.unit.type)]


def permissions(info: Info) -> list[Permission]:
    fields = fields_by_class(info.context)
    return [_permission(info.context, CLASSES[code], fields.get(code, [])) for code in info.context.grant.classes]


def can(
    info: Info,
    entity: Annotated[str, argument("类型，如 Child / Type, such as Child")],
    action: Annotated[str, argument("动作，如 read / Action, such as read")],
    field: Annotated[str | None, argument("字段；缺省为任一字段 / Field; any if left out")] = strawberry.UNSET,
) -> bool:
    asked = entity_named(info.context, entity)
    fields = [field_named(info.context, asked, field)] if field else list(asked.fields.values())
    check_action(action)
    return any(info.context.grant.rights_on(declared.group, action) for declared in fields)


@strawberry.type(description="请求者 / Who asks")
class Viewer:
    unit: ViewerUnit
    person: str
    kind: str = strawberry.field(description="human 或 service / human or service")
    roles: list[str]
    policy_version: int
    duties: list[HeldDuty] = strawberry.field(resolver=held_duties, description="本单位的职责 / The unit's duties")
    permissions: list[Permission] = strawberry.field(
        resolver=permissions, description="权限，按数据类别 / Rights, by class of data"
    )
    can: bool = strawberry.field(
        resolver=can, description="能否对某字段（缺省为任一字段）做某事 / Whether an action is open on a field, or any"
    )


def _permission(context: RequestContext, about: DataClass, fields: list[tuple[Entity, Field]]) -> Permission:
    held = context.grant.classes[about.code]
    pairs = [(action, right) for action, rights in held.items() for right in rights]
    rights = [right for _, right in pairs]
    return Permission(
        class_=about.code,
        label=label(about.label),
        level=int(about.level),
        owner=list(about.owner),
        fields=[
            f"{entity.name}.{camel(declared.name)}"
            for entity, declared in fields
            if any(shows(entity, declared, context.grant, action) for action in READS)
        ],
        actions=list(held),
        modes=unique(right.mode for right in rights),
        scopes=unique(right.reach.scope for right in rights),
        duties=unique(duty for right in rights for duty in right.duties),
        rules=unique(rule for right in rights for rule in right.rules),
        rights=[_permitted(action, right) for action, right in pairs],
    )


def _permitted(action: str, right: Right) -> PermittedRight:
    return PermittedRight(
        action=action,
        mode=right.mode,
        scope=right.reach.scope,
        condition=right.reach.condition,
        purpose=right.reach.purpose,
        duties=list(right.duties),
        rules=list(right.rules),
    )


def viewer(info: Info) -> Viewer:
    identity = info.context.identity
    unit = identity.unit
    return Viewer(
        unit=ViewerUnit(
            code=unit.code,
            name=label(unit.name),
            type=unit.type,
            type_label=label(words.UNIT_TYPES[unit.type].label),
            level=unit.level,
            division=unit.division,
        ),
        person=identity.person,
        kind=identity.kind,
        roles=sorted(identity.roles),
        policy_version=info.context.grant.version,
    )
