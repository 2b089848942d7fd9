"""Values that do: of every kind one that the ledger takes, whatever the row it is sent for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from hub.demo.id_numbers import IdNumbers
from hub.ledger.inputs import Input
from schema.codes import CODE_LISTS
from schema.entities import Entity
from schema.meaning import Kind, Mask
from schema.validators import credit_code_check
from tests.reference import looks, worlds

#: Before everything that made-up worlds hold, and after it: no span is reversed by either.
LONG_AGO = (date(1950, 1, 1), date(1950, 1, 2))
FAR_AHEAD = (date(2190, 1, 1), date(2190, 1, 2))
ONCE = (date(2015, 5, 4), date(2015, 5, 5))
_SERIAL = count(1)
_NUMBERS = IdNumbers()


def fitting(entity: Entity, item: Input, row: Mapping[str, Any], county: str) -> Any:
    """A value that does and is not the one that stands in the row; None where there is none."""
    held = looks.plain(row.get(item.column))
    return next((value for value in _values(entity, item, row, county) if looks.plain(value) != held), None)


def _values(entity: Entity, item: Input, row: Mapping[str, Any], county: str) -> tuple[Any, ...]:
    declared = item.field
    if declared.kind in (Kind.DATE, Kind.DATETIME):
        return _moments(entity, item, row)
    if declared.mask is Mask.ID_NUMBER:
        born, sex = row.get("birth_date") or ONCE[0], row.get("sex")
        return (_NUMBERS.issue(county, born, "1" if sex == "1" else "2"),)
    if declared.kind is Kind.TEXT:
        return _texts(item)
    if declared.kind in (Kind.CODE, Kind.CODES):
        codes = tuple(CODE_LISTS[declared.codes or ""].codes)[:2]
        return codes if declared.kind is Kind.CODE else tuple([code] for code in codes)
    found: dict[Kind, tuple[Any, ...]] = {
        Kind.INT: (next(_SERIAL), next(_SERIAL)), Kind.BOOL: (True, False), Kind.TEXTS: (["甲"], ["乙"]),
        Kind.IDS: (["row_1"], ["row_2"]),
        Kind.ID: ("row_1", "row_2"), Kind.UNIT: ("CA@430621", "TW@430621104"),
        Kind.DIVISION: tuple(worlds.VILLAGES[county]),
    }  # fmt: skip
    return found[declared.kind]


def _moments(entity: Entity, item: Input, row: Mapping[str, Any]) -> tuple[Any, ...]:
    first = {before for before, _ in entity.spans}
    second = {after: before for before, after in entity.spans}
    if item.column in first and item.column in second:
        return (row.get(second[item.column]),)
    days = FAR_AHEAD if item.column in second else LONG_AGO if item.column in first else ONCE
    if item.field.kind is Kind.DATE:
        return days
    return tuple(datetime(day.year, day.month, day.day, 8, tzinfo=UTC) for day in days)


def _texts(item: Input) -> tuple[str, ...]:
    if item.field.mask is Mask.PHONE:
        return ("13900000000", "13900000001")
    if item.field.source == "GB 32100-2015":
        body = f"11430621M{next(_SERIAL):08d}"
        return (body + credit_code_check(body),)
    return (f"甲{next(_SERIAL)}",)
