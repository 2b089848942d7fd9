"""Reads the purpose stated with a request, from its headers or its body; refuses one stated twice differently.

A purpose goes into the access record as it is, so its form is closed and it can hold no person's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hub import errors
from hub.identity.claims import ID_NUMBER
from hub.identity.identity import Purpose

DUTY = re.compile(r"[A-Za-z][A-Za-z0-9]{0,7}(?:-[A-Za-z0-9]{1,12}){0,3}")
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")

_HEADERS = {b"hub-duty": "duty", b"hub-case": "caseNo", b"hub-task": "taskNo", b"hub-application": "applicationNo"}
_NAMES = frozenset(_HEADERS.values())
NONE = Purpose()


def read_purpose(headers: Iterable[tuple[bytes, bytes]], stated: object = None) -> Purpose:
    """The purpose of a request from its raw headers and its body's `extensions.purpose`."""
    found: dict[str, str] = {}
    for name, value in headers:
        # Servers hand header names on in lower case; this reads any.
        part = _HEADERS.get(name) or _HEADERS.get(name.lower())
        if part is not None:
            _put(found, part, value.decode("latin-1"))
    if stated is not None:
        _read_stated(stated, found)
    if not found:
        return NONE
    return Purpose(
        duty=found.get("duty"),
        case_no=found.get("caseNo"),
        task_no=found.get("taskNo"),
        application_no=found.get("applicationNo"),
    )


def check_duty(purpose: Purpose, unit_type: str, owners: Mapping[str, str]) -> None:
    """Refuses a duty that the catalogue (duty → unit type) does not give to this type of unit."""
    if purpose.duty is not None and owners.get(purpose.duty) != unit_type:
        # The same words for an unknown duty and for another unit's.
        raise errors.PurposeInvalid(reason=f"duty {purpose.duty} ∉ {unit_type}")


def _read_stated(stated: object, found: dict[str, str]) -> None:
    if not isinstance(stated, dict) or not stated.keys() <= _NAMES:
        raise errors.PurposeInvalid(reason="extensions.purpose")
    for part, value in stated.items():
        if value is None:
            continue
        if not isinstance(value, str):
            raise errors.PurposeInvalid(reason=f"extensions.purpose.{part}")
        _put(found, part, value)


def _put(found: dict[str, str], part: str, value: str) -> None:
    form = DUTY if part == "duty" else NUMBER
    if not form.fullmatch(value) or ID_NUMBER.search(value) or PHONE.search(value):
        raise errors.PurposeInvalid(reason=part)
    if found.setdefault(part, value) != value:
        raise errors.PurposeInvalid(reason=f"{part} ≠ {part}")
