"""The root fields of the acts: one mutation per act of a duty, its input built from the declared columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation

from hub.commands.act import CaseAct
from hub.commands.catalogue import COMMANDS
from hub.commands.words import Kind, Value
from hub.ledger.deed import Deed
from hub.ledger.deed_field import UNFIT, DeedField, DeedFields, Parameter
from hub.query.shapes import optional
from hub.query.types import ANNOTATIONS, describe
from schema.entities import Entity
from schema.registry import ENTITIES

_ID = StrawberryAnnotation(strawberry.ID)


def _target_name(entity: Entity) -> str:
    """What the act is about, as its ids begin: `case`, `report`, `placement`."""
    return entity.about.id_tag


def _arguments(kind: Kind) -> Iterator[Parameter]:
    if kind.target is None:
        return
    entity = ENTITIES[kind.target]
    yield _target_name(entity), _ID, f"{entity.about.label.zh}编号 / Id of the {entity.about.label.en.lower()}"
    yield "version", optional(int), "读到的行版本 / Row version that was read"


def _member(value: Value) -> Parameter:
    needed = "（必填） / required: " if value.required else ""
    return value.item.name, ANNOTATIONS[value.item.field.kind], needed + describe(value.item.field)


def _field(kind: Kind) -> DeedField:
    def deed(given: Mapping[str, Any]) -> Deed:
        row = None if kind.target is None else given[_target_name(ENTITIES[kind.target])]
        values = given.get("input") or {}
        return CaseAct(
            kind=kind, row=row, version=given.get("version"), values=dict(values), unfit=given.get(UNFIT) or {}
        )

    return DeedField(
        name=kind.name,
        label=kind.label,
        entity=ENTITIES[kind.answers],
        about=kind.about,
        needs=kind.needs,
        arguments=tuple(_arguments(kind)),
        deed=deed,
        members=tuple(_member(value) for value in kind.values),
        writes=tuple(value.column for value in kind.values),
    )


COMMAND_FIELDS: DeedFields = {kind.name: _field(kind) for kind in COMMANDS.values()}
