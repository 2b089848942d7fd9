"""One cell under one header → the value of that field, or what is wrong with it; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hub.roster import dates, text, words
from hub.roster.faults import Unfit
from hub.roster.id_numbers import citizen_id_of, digits_of
from hub.roster.places import Places
from hub.roster.workbook import Value
from schema.meaning import Field, Kind, Mask

ID_STANDARD = "GB 11643-1999"
LONGEST = 2000
LENGTHS = {Mask.NAME: 64, Mask.ADDRESS: 200, Mask.CERTIFICATE: 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What reading a cell leans on."""

    today: date
    places: Places = field(default_factory=Places)
    date1904: bool = False
    typed: bool = True  # whether the file tells text from numbers
    unread: frozenset[str] = frozenset()  # fields that are of no use to the importing unit: their cells are not judged


def value_of(cell: Value, declared: Field, context: Context) -> Any:
    """The value to be stored, None where the cell says that there is none; raises Unfit."""
    if cell is None or (isinstance(cell, str) and not text.tidied(cell)):
        return None
    if declared.source == ID_STANDARD:
        said = text.compact(cell) if isinstance(cell, str) else ""
        return None if said and text.is_nothing(said) else citizen_id_of(cell, today=context.today, typed=context.typed)
    return _READERS[declared.kind](cell, declared, context)


def _written(cell: Value) -> str:
    """A cell as text; a day in a column of text is one that the program made of a fraction or a number of a house."""
    if isinstance(cell, datetime | date):
        return cell.strftime("%Y-%m-%d")
    return text.tidied(cell) if isinstance(cell, str) else digits_of(cell)


def _text(cell: Value, declared: Field, _: Context) -> str | None:
    said = _written(cell)
    if text.is_nothing(said):
        return None
    if declared.mask is Mask.NAME:
        return text.name_of(said)
    if declared.mask is Mask.PHONE:
        return text.phone_of(digits_of(cell))
    if declared.mask is Mask.CERTIFICATE:
        said = digits_of(cell).upper()
    if len(said) > LENGTHS.get(declared.mask, LONGEST) if declared.mask else len(said) > LONGEST:
        raise Unfit("TOO_LONG")
    return text.checked(said)


def _texts(cell: Value, _: Field, __: Context) -> list[str] | None:
    said = _written(cell)
    if text.is_nothing(said):
        return None
    return [text.name_of(part) for part in words.APART.split(said) if part]


def _number(cell: Value, _: Field, __: Context) -> int | None:
    if isinstance(cell, bool) or isinstance(cell, date):
        raise Unfit("WHOLE_NUMBER")
    if isinstance(cell, int | float):
        if cell != int(cell):
            raise Unfit("WHOLE_NUMBER")
        return int(cell)
    said = text.compact(str(cell))
    if text.is_nothing(said):
        return None
    said = said.rstrip("人个口名")
    if not said.isascii() or not said.isdigit() or len(said) > 6:
        raise Unfit("WHOLE_NUMBER")
    return int(said)


def _truth(cell: Value, _: Field, __: Context) -> bool:
    return cell if isinstance(cell, bool) else words.truth_of(_written(cell))


def _day(cell: Value, _: Field, context: Context) -> date | None:
    if isinstance(cell, str) and text.is_nothing(text.compact(cell)):
        return None
    return dates.day_of(cell, date1904=context.date1904)


def _code(cell: Value, declared: Field, _: Context) -> str | None:
    said = _written(cell)
    try:
        return words.code_of(declared.codes or "", said)
    except Unfit:
        if text.is_nothing(said):
            return None
        raise


def _codes(cell: Value, declared: Field, _: Context) -> list[str] | None:
    said = _written(cell)
    return None if text.is_nothing(said) else words.codes_of(declared.codes or "", said)


def _division(cell: Value, _: Field, context: Context) -> str | None:
    said = _written(cell)
    return None if text.is_nothing(said) else context.places.division(said)


def _unit(cell: Value, _: Field, context: Context) -> str | None:
    said = _written(cell)
    return None if text.is_nothing(said) else context.places.unit(said)


_READERS: Mapping[Kind, Callable[[Value, Field, Context], Any]] = {
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.INT: _number,
    Kind.BOOL: _truth,
    Kind.DATE: _day,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.DIVISION: _division,
    Kind.UNIT: _unit,
}
