"""Citizen identity numbers as spreadsheets hold them; one that was rounded is told as damaged, never completed."""

from __future__ import annotations

import re
from datetime import date

from hub.roster.faults import Unfit
from hub.roster.text import compact
from schema.classes import Label
from schema.validators import FAULT_LABELS, citizen_id_faults

#: Beyond this, a spreadsheet's numbers no longer tell neighbours apart.
EXACT = 10**15
_POWER = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")
_ROUNDED = re.compile(r"[0-9]{15}000")
_OLD = re.compile(r"[0-9]{15}")


def citizen_id_of(value: object, *, today: date, typed: bool) -> str:
    """A number that holds; `typed` is false where the file does not say whether a cell was text, as in CSV."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unfit("ID_NUMBER")
    if not isinstance(value, str):
        raise Unfit("DAMAGED_NUMBER" if value >= EXACT else "ID_NUMBER")
    number = re.sub(r"[-_.]", "", compact(value).upper()) if not _POWER.fullmatch(compact(value)) else ""
    if not number:
        raise Unfit("DAMAGED_NUMBER")
    if _OLD.fullmatch(number):
        raise Unfit("ID_NUMBER", Label(zh="是 15 位旧号码，请换填 18 位号码", en="is an old number of 15 digits"))
    faults = citizen_id_faults(number, today=today)
    if _ROUNDED.fullmatch(number) and (faults or not typed):
        raise Unfit("DAMAGED_NUMBER")
    if faults:
        labels = [FAULT_LABELS[fault] for fault in faults]
        detail = Label(zh="、".join(label.zh for label in labels), en=", ".join(label.en for label in labels))
        raise Unfit("ID_NUMBER", detail)
    return number


def digits_of(value: object) -> str:
    """A number that is a name, such as a telephone's or a pupil's, from a cell that may hold it as a quantity."""
    if isinstance(value, bool):
        raise Unfit("CHARACTERS")
    if isinstance(value, int | float):
        if value >= EXACT:
            raise Unfit("DAMAGED_NUMBER")
        return str(int(value)) if value == int(value) else str(value)
    text = compact(str(value))
    if _POWER.fullmatch(text):
        raise Unfit("DAMAGED_NUMBER")
    return text.removesuffix(".0") if re.fullmatch(r"[0-9]+\.0", text) else text
