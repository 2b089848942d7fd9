"""GraphQL types that answers about the hub share: texts in both languages, duties; and names read from arguments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import strawberry

from hub import errors
from hub.policy import words
from hub.policy.rules import Duty
from hub.query.context import RequestContext
from hub.query.view import hidden_from
from schema import classes
from schema.entities import Entity, camel
from schema.meaning import Field


@strawberry.type(description="中英文名称 / A text in both languages")
class Label:
    zh: str
    en: str


def label(given: classes.Label) -> Label:
    return Label(zh=given.zh, en=given.en)


@strawberry.type(description="一项职责及其出处 / A duty and the sentence it rests on")
class HeldDuty:
    code: str
    sentence: Label = strawberry.field(description="职责内容（转述） / What it says, in our words")
    clause: str = strawberry.field(description="文件与条款 / Document and clause")


def argument(description: str) -> Any:
    """The description of an argument, in the place where Strawberry looks for it."""
    return strawberry.argument(description=description)


def held_duty(duty: Duty) -> HeldDuty:
    return HeldDuty(code=duty.code, sentence=label(duty.says), clause=f"{duty.source} {duty.clause}".strip())


def unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def fields_by_class(context: RequestContext) -> dict[str, list[tuple[Entity, Field]]]:
    """Every declared field under its class, sealed ones included."""
    found: dict[str, list[tuple[Entity, Field]]] = {}
    for entity in context.entities.values():
        for declared in entity.fields.values():
            found.setdefault(declared.data_class, []).append((entity, declared))
    return found


def entity_named(context: RequestContext, name: str) -> Entity:
    """An entity by its GraphQL name; a sealed one that the caller does not hold is as unknown as any other name."""
    found = context.entities.get(name)
    hidden = hidden_from(context.entities, context.grant)
    if found is None or all((name, declared) in hidden for declared in found.fields):
        raise errors.PlanError(reason="entity")
    return found


def field_named(context: RequestContext, entity: Entity, name: str) -> Field:
    found = next((declared for declared in entity.fields.values() if camel(declared.name) == name), None)
    if found is None or (entity.name, found.name) in hidden_from(context.entities, context.grant):
        raise errors.PlanError(reason="field")
    return found


def check_action(action: str) -> None:
    if action not in words.ACTIONS:
        raise errors.PlanError(reason="action")
