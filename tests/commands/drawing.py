"""Draws acts: one of the catalogue, by a unit that may hold it, on a row there is, with values that pass the checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from hub.commands.catalogue import COMMANDS
from hub.commands.words import Kind, Value
from hub.interface import DEEDS
from hub.ledger.permission import Holder
from hub.policy.compile import Policy
from hub.policy.grant import Subject
from schema.codes import CODE_LISTS
from schema.meaning import Kind as FieldKind
from tests.commands.invariants import SEALED_WORDS
from tests.commands.memory import CHILD, DIRECTORY, VILLAGE, Row
from tests.knowledge.world import BOOK

POLICY = Policy(BOOK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An act as it is tried."""

    kind: Kind
    unit: str
    row: str | None
    values: Mapping[str, Any]  # as the decision has them

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        return f"{self.unit} {self.kind.name} {self.row} {dict(self.values)}"


@cache
def holders(name: str) -> tuple[str, ...]:
    """Units of which an officer may hold what the act needs."""
    found = []
    for row in DIRECTORY.rows():
        grant = POLICY.grant(Subject(unit_type=row.type, level=row.level), {"officer", "handling_officer"})
        if DEEDS[name].is_open(Holder(grant=grant)):
            found.append(row.code)
    return tuple(found)


@st.composite
def acts(draw: st.DrawFn, tables: Mapping[str, list[Row]], today: date, at: datetime) -> Drawn:
    """Of those that have a row to be about."""
    open_to = [k for k in COMMANDS.values() if holders(k.name) and (k.target is None or tables[k.target])]
    kind = draw(st.sampled_from(open_to))
    row = None if kind.target is None else draw(st.sampled_from([r["id"] for r in tables[kind.target][-4:]]))
    unit = draw(st.sampled_from(_likely(kind, row, tables)))
    values = {value.name: draw(_value(value, tables, today, at)) for value in kind.values}
    given = {name: value for name, value in values.items() if value is not None}
    return Drawn(kind=kind, unit=unit, row=row, values=given)


def _likely(kind: Kind, row: str | None, tables: Mapping[str, list[Row]]) -> list[str]:
    """Who holds the act, and of them those with a part in a case where some have one."""
    units = list(holders(kind.name))
    parties = {party["unit"] for party in tables["CaseParty"]}
    leads = {case["lead_unit"] for case in tables["ProtectionCase"]}
    inside = [unit for unit in units if unit in parties]
    return [*inside, *(unit for unit in inside if unit in leads)] or units


def _value(value: Value, tables: Mapping[str, list[Row]], today: date, at: datetime) -> st.SearchStrategy[Any]:
    wanted = _wanted(value, tables, today, at)
    return wanted if value.required else st.one_of(st.none(), wanted)


def _wanted(value: Value, tables: Mapping[str, list[Row]], today: date, at: datetime) -> st.SearchStrategy[Any]:
    declared, name = value.item.field, value.name
    if name == "child":
        return st.just(CHILD)
    if name in ("reporter_identity", "hidden_address", "handover_by", "received_by"):
        return st.sampled_from(SEALED_WORDS)
    if value.item.target is not None:
        rows = [row["id"] for row in tables[value.item.target.name]]
        return st.sampled_from(rows) if rows else st.none()
    units = tuple(row.code for row in DIRECTORY.rows())
    if name == "units":
        return st.lists(st.sampled_from(units), min_size=1, max_size=3)
    plain: Mapping[FieldKind, st.SearchStrategy[Any]] = {
        FieldKind.TEXT: st.just("说明"), FieldKind.INT: st.integers(0, 100), FieldKind.BOOL: st.booleans(),
        FieldKind.DATE: st.integers(-40, 40).map(lambda days: today + timedelta(days=days)),
        FieldKind.DATETIME: st.integers(-40, 0).map(lambda hours: at + timedelta(hours=hours)),
        FieldKind.TEXTS: st.just(["甲", "乙"]), FieldKind.IDS: st.just([]), FieldKind.DIVISION: st.just(VILLAGE),
        FieldKind.UNIT: st.sampled_from(units),
    }  # fmt: skip
    if declared.kind in (FieldKind.CODE, FieldKind.CODES):
        code = st.sampled_from(tuple(CODE_LISTS[declared.codes or ""].codes))
        return code if declared.kind is FieldKind.CODE else st.lists(code, min_size=1, max_size=2, unique=True)
    return plain[declared.kind]
