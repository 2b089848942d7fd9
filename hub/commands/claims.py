"""A claim about a value: which input of which row it means, what the text of it says, and who keeps the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from hub import errors
from hub.knowledge.offices import Offices
from hub.ledger.decision import Standing, is_traced
from hub.ledger.faults import fault
from hub.ledger.inputs import Input, by_name, inputs_of
from hub.ledger.values import Known, checked
from schema.classes import Level
from schema.entities import Entity, camel
from schema.meaning import Kind
from schema.registry import ENTITIES

_BY_TAG: Mapping[str, Entity] = {entity.about.id_tag: entity for entity in ENTITIES.values()}
_NAMED = ("input", "field")
_SAID = ("input", "claimedValue")
#: Types of which there are many in one place are found by the row that they supplied, else by who supervises them.
_SUPERVISORS = {"SC": "ED", "MI": "HE", "RS": "CA", "WI": "CA", "SW": "CA"}


def doubted(row: str, name: str) -> tuple[Entity, Input]:
    """The entity and input that are meant; a sealed value is as unknown as one that is not declared."""
    entity = _BY_TAG.get(row.partition("_")[0])
    if entity is None or not any(declared.level < Level.L5 for declared in entity.fields.values()):
        raise errors.RowUnknown()
    item = by_name(entity).get(name)
    if item is not None and item.field.level >= Level.L5:
        item = None
    shown = {camel(each.name) for each in entity.fields.values() if each.level < Level.L5}
    if item is None and name not in shown:
        raise errors.InputInvalid(count=1, listed=(fault(_NAMED, "UNKNOWN_INPUT"),))
    if item is None or item.once or not is_traced(entity):
        raise errors.ValueComputed(field=name)
    return entity, item


def item_of(entity: str, column: str) -> Input:
    """The same, as a claim on file names it."""
    return inputs_of(entity)[column]


def claimed(item: Input, text: str, known: Known) -> Any:
    """The value that a text says; raises InputInvalid."""
    try:
        value = _READ.get(item.field.kind, str)(text)
    except ValueError:
        raise errors.InputInvalid(count=1, listed=(fault(_SAID, "WRONG_KIND"),)) from None
    stored, wrong = checked(item, value, _SAID, known)
    if wrong is not None:
        raise errors.InputInvalid(count=1, listed=(wrong,))
    return stored


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


_READ: Mapping[Kind, Callable[[str], Any]] = {
    Kind.INT: int,
    Kind.BOOL: _flag,
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: datetime.fromisoformat,
    Kind.CODES: _lines,
    Kind.TEXTS: _lines,
    Kind.IDS: _lines,
}


def keeper(item: Input, standing: Standing, home: str, offices: Offices) -> str:
    """The unit that decides: who supplied the value if it keeps such values, else who keeps them there."""
    supplied, _ = standing.suppliers.get(item.column, (str(standing.row.get("source_unit")), ""))
    present = offices.present(supplied)
    if present is not None and present.partition("@")[0] in item.owners:
        return present
    for kind in item.owners:
        unit = offices.in_charge(kind, home) or offices.in_charge(_SUPERVISORS.get(kind, kind), home)
        if unit is not None:
            return unit
    raise errors.NoUnitInCharge(unit_type=item.owners[0])
