"""One value sent for one input → the value as it is stored, or what is wrong with it; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hub.identity.directory import Directory
from hub.identity.identity import Unit
from hub.ledger.acts import Fault
from hub.ledger.faults import detailed, fault
from hub.ledger.inputs import Input
from schema.classes import Label
from schema.codes import CODE_LISTS
from schema.meaning import Kind, Mask, Pseudo
from schema.validators import (
    citizen_id_faults,
    credit_code_faults,
    division_code_faults,
    unit_code_faults,
)

#: Characters a text may hold at most, by how it is masked; other texts are accounts of what happened.
LENGTHS: Mapping[Mask | None, int] = {
    Mask.NAME: 64,
    Mask.PHONE: 32,
    Mask.ADDRESS: 200,
    Mask.CERTIFICATE: 64,
    Mask.ID_NUMBER: 18,
    None: 2000,
}
MOST_ITEMS, LONGEST_ITEM = 100, 200
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
_LEAST, _MOST = -1_000_000, 1_000_000_000
#: Marks that turn the direction of what follows: a name could be made to look like another.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")
_ACCOUNT = frozenset("\n\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What checks may lean on: the day, and the divisions and units of that day."""

    today: date
    directory: Directory


class Unfit(Exception):
    """The value does not do; carries the code of the fault and what more there is to say."""

    def __init__(self, code: str, detail: Label | None = None) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def checked(item: Input, value: Any, path: tuple[str, ...], known: Known) -> tuple[Any, Fault | None]:
    """The value to be stored, and the fault if there is one."""
    if value is None:
        return None, None
    try:
        return _CHECKS[item.field.kind](item, value, known), None
    except Unfit as unfit:
        return None, fault(path, unfit.code, unfit.detail)


def _text(item: Input, value: Any, known: Known) -> str:
    text = _clean(value, LENGTHS[item.field.mask], with_lines=item.field.mask is None)
    check = _STANDARDS.get(item.field.source)
    if check is not None:
        text = text.upper()
        check(text, known)
    elif item.field.mask is Mask.PHONE and not set(text) <= set("0123456789+-() ;,/转"):
        raise Unfit("CHARACTERS")
    return text


def _clean(value: Any, most: int, *, with_lines: bool) -> str:
    if not isinstance(value, str):
        raise Unfit("WRONG_KIND")
    if len(value) > most:
        raise Unfit("TOO_LONG")
    # Whatever is unfit is not printable; hardly any text holds a sign that is not.
    if not value.isprintable() and any(_is_unfit(sign, with_lines=with_lines) for sign in value):
        raise Unfit("CHARACTERS")
    text = value.strip()
    if not text:
        raise Unfit("BLANK")
    return text


def _is_unfit(sign: str, *, with_lines: bool) -> bool:
    """NUL and other control characters, halves of surrogate pairs, marks that turn the direction of writing."""
    if with_lines and sign in _ACCOUNT:
        return False
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in _TURNING


def _citizen_id(text: str, known: Known) -> None:
    if found := citizen_id_faults(text, today=known.today):
        raise Unfit("ID_NUMBER", detailed(found))


def _credit_code(text: str, _: Known) -> None:
    if found := credit_code_faults(text):
        raise Unfit("CREDIT_CODE", detailed(found))


#: By the standard that a column cites.
_STANDARDS: Mapping[str, Callable[[str, Known], None]] = {
    "GB 11643-1999": _citizen_id,
    "GB 32100-2015": _credit_code,
}


def _number(_: Input, value: Any, __: Known) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unfit("WRONG_KIND")
    if not _LEAST <= value <= _MOST:
        raise Unfit("OUT_OF_RANGE")
    return value


def _flag(_: Input, value: Any, __: Known) -> bool:
    if not isinstance(value, bool):
        raise Unfit("WRONG_KIND")
    return value


def _day(item: Input, value: Any, known: Known) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Unfit("WRONG_KIND")
    if not EARLIEST <= value < LATEST:
        raise Unfit("OUT_OF_RANGE")
    if item.field.pseudo is Pseudo.YEAR and value > known.today:
        raise Unfit("FUTURE")
    return value


def _moment(_: Input, value: Any, __: Known) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Unfit("WRONG_KIND")
    if not EARLIEST <= value.astimezone(UTC).date() < LATEST - timedelta(days=1):
        raise Unfit("OUT_OF_RANGE")
    return value.astimezone(UTC)


def _code(item: Input, value: Any, _: Known) -> str:
    if not isinstance(value, str):
        raise Unfit("WRONG_KIND")
    if value not in CODE_LISTS[item.field.codes or ""].codes:
        raise Unfit("UNKNOWN_CODE")
    return value


def _items(value: Any) -> Iterator[Any]:
    if not isinstance(value, list | tuple):
        raise Unfit("WRONG_KIND")
    if len(value) > MOST_ITEMS:
        raise Unfit("TOO_MANY")
    if len({str(item) for item in value}) < len(value):
        raise Unfit("REPEATED")
    return iter(value)


def _codes(item: Input, value: Any, known: Known) -> list[str]:
    return [_code(item, each, known) for each in _items(value)]


def _texts(_: Input, value: Any, __: Known) -> list[str]:
    return [_clean(each, LONGEST_ITEM, with_lines=False) for each in _items(value)]


def _row(_: Input, value: Any, __: Known) -> str:
    """Whether there is such a row, only the database knows."""
    text = _clean(value, LONGEST_ITEM, with_lines=False)
    if not text.isascii() or not text.replace("_", "").replace("-", "").isalnum():
        raise Unfit("UNKNOWN_ROW")
    return text


def _rows(item: Input, value: Any, known: Known) -> list[str]:
    return [_row(item, each, known) for each in _items(value)]


def _division(item: Input, value: Any, known: Known) -> str:
    text = _clean(value, LONGEST_ITEM, with_lines=False)
    if division_code_faults(text) or not known.directory.has_division(text, known.today):
        raise Unfit("DIVISION")
    return text


def _unit(_: Input, value: Any, known: Known) -> str:
    text = _clean(value, LONGEST_ITEM, with_lines=False)
    if unit_code_faults(text) or not isinstance(known.directory.resolve(text, known.today), Unit):
        raise Unfit("UNIT")
    return text


_CHECKS: Mapping[Kind, Callable[[Input, Any, Known], Any]] = {
    Kind.ID: _row,
    Kind.IDS: _rows,
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.INT: _number,
    Kind.BOOL: _flag,
    Kind.DATE: _day,
    Kind.DATETIME: _moment,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.DIVISION: _division,
    Kind.UNIT: _unit,
}
