"""How a value looks in each mode, and how values compare, in plain Python: the reference for the database's own words.

Written from the meaning of the modes alone; shares nothing with the hub's treatment or its SQL.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from typing import Any

from schema.meaning import Field, Kind, Mask, Pseudo

#: Kinds whose values say no more than a choice among few.
CHOICES = (Kind.CODE, Kind.CODES, Kind.BOOL)


def shows(field: Field, mode: str) -> bool:
    """Whether the mode shows anything of the field, on any row."""
    if mode == "full":
        return True
    if mode == "masked":
        return field.mask is not None or field.kind in (*CHOICES, Kind.INT, Kind.ID, Kind.UNIT, Kind.DIVISION)
    if mode == "pseudo":
        return field.pseudo is not None or field.kind in CHOICES
    if mode == "flag":
        return field.kind in CHOICES
    return mode == "meta" and (field.process or field.name == "id")


def look(field: Field, value: Any, mode: str, salt: str) -> Any:
    """The value as the mode shows it, as JSON."""
    if value is None:
        return None
    if mode == "masked" and field.mask is not None:
        return masked(field.mask, value)
    if mode == "pseudo" and field.pseudo is not None:
        return pseudonym(field.pseudo, value, salt)
    return plain(value)


def plain(value: Any) -> Any:
    """A stored value as JSON: dates and moments as RFC 3339, moments in UTC without idle zeros."""
    if isinstance(value, datetime):
        text = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
        return f"{text}+00:00"
    return value.isoformat() if isinstance(value, date) else value


def masked(mask: Mask, value: str) -> str:
    if mask is Mask.NAME:
        return value[:1] + "*" * max(len(value) - 1, 1)
    if mask is Mask.ADDRESS:
        village = re.match(r".*?(村|社区|居委会)", value, re.DOTALL)
        return village[0] if village else "***"
    head, stars, tail = {
        Mask.ID_NUMBER: (6, "********", 4),
        Mask.PHONE: (3, "****", 4),
        Mask.CERTIFICATE: (6, "**********", 4),
    }[mask]
    if len(value) < head + tail + 3:
        return stars
    return value[:head] + stars + value[-tail:]


def pseudonym(pseudo: Pseudo, value: Any, salt: str) -> str:
    if pseudo is Pseudo.YEAR:
        return f"{value.year:04d}-01-01"
    if pseudo is Pseudo.COUNTY:
        return f"{value[:6]}000000"
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()[:32]


def compares(operator: str, value: Any, operand: Any) -> bool:
    """One comparison in two-valued logic: an unknown value matches nothing but `isNull: true`."""
    if operator == "isNull":
        return bool(operand) is (value is None)
    if value is None:
        return False
    if operator in ("in", "hasAny"):
        known = [item for item in operand if item is not None]
        return value in known if operator == "in" else any(item in known for item in value)
    if operator == "has":
        return operand in value
    if operator == "within":
        return str(value).startswith(_without_zero_levels(operand))
    if operator in ("eq", "ne"):
        return bool(value == operand) is (operator == "eq")
    return bool(
        {"lt": value < operand, "lte": value <= operand, "gt": value > operand, "gte": value >= operand}[operator]
    )


def _without_zero_levels(code: str) -> str:
    """A division code up to its last level that is not zero: province, prefecture, county, township, village."""
    for levels_end in (2, 4, 6, 9):
        if len(code) == 12 and set(code[levels_end:]) == {"0"}:
            return code[:levels_end]
    return code
