"""Checks of identity numbers, credit codes, division codes and unit codes; a fault never quotes the value."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from enum import StrEnum

from schema.classes import Label
from schema.codes import CODE_LISTS
from schema.divisions import level_of

#: First two digits of GB/T 2260, and 83 of the residence permits of Taiwan residents.
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID_FORM = re.compile(r"[0-9]{17}[0-9X]")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: without I O S V Z
_CREDIT_REGISTRARS = "123456789ANY"
_EARLIEST_BIRTH = date(1900, 1, 1)


class Fault(StrEnum):
    """What is wrong with a value."""

    LENGTH = "length"
    CHARACTERS = "characters"
    REGION = "region"
    BIRTH_DATE = "birth_date"
    SEQUENCE = "sequence"
    CHECK_CHARACTER = "check_character"
    OTHER_BIRTH_DATE = "other_birth_date"
    OTHER_SEX = "other_sex"
    REGISTRAR = "registrar"
    GAP = "gap"
    UNIT_TYPE = "unit_type"


FAULT_LABELS: dict[Fault, Label] = {
    Fault.LENGTH: Label(zh="长度不符", en="wrong length"),
    Fault.CHARACTERS: Label(zh="含有不允许的字符", en="characters that are not allowed"),
    Fault.REGION: Label(zh="地区代码不存在", en="unknown region"),
    Fault.BIRTH_DATE: Label(zh="出生日期不成立", en="impossible date of birth"),
    Fault.SEQUENCE: Label(zh="顺序码不成立", en="impossible sequence number"),
    Fault.CHECK_CHARACTER: Label(zh="校验码不符", en="check character does not match"),
    Fault.OTHER_BIRTH_DATE: Label(zh="与登记的出生日期不一致", en="differs from the registered date of birth"),
    Fault.OTHER_SEX: Label(zh="与登记的性别不一致", en="differs from the registered sex"),
    Fault.REGISTRAR: Label(zh="登记管理部门代码不存在", en="unknown registrar"),
    Fault.GAP: Label(zh="下级有码而上级为零", en="a lower level is given below a level that is zero"),
    Fault.UNIT_TYPE: Label(zh="机构类型不存在", en="unknown unit type"),
}


def citizen_id_faults(number: str, *, today: date, regions: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Faults of a citizen identity number (GB 11643-1999).

    `regions` are six-digit codes that exist or once did; without them only the province is checked, since a
    number keeps the code of a region that has been dissolved.
    """
    if len(number) != 18:
        return (Fault.LENGTH,)
    if not _ID_FORM.fullmatch(number):
        return (Fault.CHARACTERS,)
    known = number[:2] in PROVINCES if regions is None else number[:6] in regions
    born = birth_date_in(number)
    checks = {
        Fault.REGION: known,
        Fault.BIRTH_DATE: born is not None and _EARLIEST_BIRTH <= born <= today,
        Fault.SEQUENCE: number[14:17] != "000",
        Fault.CHECK_CHARACTER: number[17] == citizen_id_check(number[:17]),
    }
    return tuple(fault for fault, holds in checks.items() if not holds)


def citizen_id_conflicts(number: str, *, birth_date: date | None, sex: str | None) -> tuple[Fault, ...]:
    """Where a well-formed number disagrees with the registered date of birth and sex (GB/T 2261.1).

    A number of another form, as old files have them, says nothing of either.
    """
    if not _ID_FORM.fullmatch(number):
        return ()
    faults = []
    if birth_date is not None and birth_date_in(number) != birth_date:
        faults.append(Fault.OTHER_BIRTH_DATE)
    if sex in ("1", "2") and sex_in(number) != sex:
        faults.append(Fault.OTHER_SEX)
    return tuple(faults)


def citizen_id_check(first_17: str) -> str:
    """The check character by ISO 7064 MOD 11-2."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def birth_date_in(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_in(number: str) -> str:
    """1 male, 2 female (GB/T 2261.1): the last digit of the sequence is odd or even."""
    return "1" if int(number[16]) % 2 else "2"


def credit_code_faults(code: str) -> tuple[Fault, ...]:
    """Faults of a unified social credit code (GB 32100-2015)."""
    if len(code) != 18:
        return (Fault.LENGTH,)
    if not re.fullmatch(f"[{_CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{_CREDIT_ALPHABET}]{{10}}", code):
        return (Fault.CHARACTERS,)
    checks = {
        Fault.REGISTRAR: code[0] in _CREDIT_REGISTRARS,
        Fault.CHECK_CHARACTER: code[17] == credit_code_check(code[:17]),
    }
    return tuple(fault for fault, holds in checks.items() if not holds)


def credit_code_check(first_17: str) -> str:
    """The check character by MOD 31; the weights are the powers of 3."""
    total = sum(_CREDIT_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(first_17))
    return _CREDIT_ALPHABET[-total % 31]


def division_code_faults(code: str) -> tuple[Fault, ...]:
    """Faults in the form of a 12-digit division code; whether it exists, only the division table knows."""
    if len(code) != 12:
        return (Fault.LENGTH,)
    if not re.fullmatch(r"[0-9]{12}", code):
        return (Fault.CHARACTERS,)
    parts = (code[2:4], code[4:6], code[6:9], code[9:12])[: max(level_of(code) - 1, 0)]
    checks = {Fault.REGION: code[:2] in PROVINCES, Fault.GAP: all(part.strip("0") for part in parts)}
    return tuple(fault for fault, holds in checks.items() if not holds)


def unit_code_faults(code: str) -> tuple[Fault, ...]:
    """Faults in the form of a unit code such as `ED@430621` or `SC@430621104-01`."""
    form = re.fullmatch(r"([A-Z]{2})@([0-9]{6}|[0-9]{9}|[0-9]{12})(-[0-9]{2,4})?", code)
    if form is None:
        return (Fault.CHARACTERS,)
    unit_type = () if form[1] in CODE_LISTS["unit_type"].codes else (Fault.UNIT_TYPE,)
    return (*unit_type, *division_code_faults(form[2].ljust(12, "0")))
