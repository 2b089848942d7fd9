"""Obligations as rows of their table, and what is told of them to those who follow changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from hub.derived.keeping import HUB
from hub.knowledge.owing import Owed, Rules
from hub.ledger.ids import new_id
from hub.policy.rules import Occasion
from schema.registry import ENTITIES

OBLIGATION = ENTITIES["Obligation"]
_OWN = tuple(field.name for field in fields(Owed))
_LISTS = ("pauses",)
_MOMENTS = ("opened_at", "due_at", "escalates_at", "paused_at", "fulfilled_at")


def id_for(_: Occasion) -> str:
    return new_id(OBLIGATION, None)


def owed_from(row: dict[str, Any]) -> Owed:
    """An obligation from its row as JSON has it."""
    values = {name: row[name] for name in _OWN}
    for name in _MOMENTS:
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["item_due"] = date.fromisoformat(row["item_due"]) if row["item_due"] else None
    return Owed(**{**values, "pauses": tuple(row["pauses"] or ())})


def row_of(owed: Owed, rules: Rules, now: datetime) -> dict[str, Any]:
    """A new row."""
    obligation, occasion = rules.of_occasion[owed.occasion]
    return {
        **changing(owed, now), "kind": obligation.kind.lower(), "trigger": obligation.trigger.zh,
        "data_class": obligation.classes[0] if obligation.classes else None, "deadline_rule": obligation.clock.text.zh,
        "notice": occasion.notice, "place": _place(owed), "source_unit": HUB, "verified_status": "verified",
        "effective_from": owed.opened_at.date().isoformat(), "row_version": 1,
    }  # fmt: skip


def changing(owed: Owed, now: datetime) -> dict[str, Any]:
    """The values of a row that the hub keeps, and who recorded them when."""
    values = {name: _plain(getattr(owed, name)) for name in _OWN}
    return {**values, "pauses": list(owed.pauses) or None, "recorded_at": now.isoformat(), "recorded_by": HUB}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _place(owed: Owed) -> str:
    """The county or city of who is shown to owe it: the village of a child is nobody's to see here."""
    return owed.from_unit.partition("@")[2][:6].ljust(12, "0")


def change_row(row: str, version: int, now: datetime, units: Iterable[str | None], *, by: str = HUB) -> dict[str, Any]:
    """What followers are told; an obligation is keyed by no county and tells of no child."""
    return {
        "county": None, "entity": OBLIGATION.name, "row_id": row, "row_version": version, "child_id": None,
        "kind": "created" if version == 1 else "updated", "unit": by, "at": now.isoformat(),
        "classes": [OBLIGATION.about.key_class], "case_id": None, "units": sorted({unit for unit in units if unit}),
    }  # fmt: skip
