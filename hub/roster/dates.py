"""Days in the notations that rosters use → dates. What is not certain is refused, never completed."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from hub.roster.faults import Unfit
from hub.roster.text import compact

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
#: Day 0 of both systems. The one of 1900 counts a 29 February 1900 that never was, so it is right from March on.
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_FIRST_SERIAL, _LAST_SERIAL = 61, 109_574

_FULL = re.compile(
    r"(?P<y>[0-9]{4})(?:[-./、,]|年)(?P<m>[0-9]{1,2})(?:[-./、,]|月)(?P<d>[0-9]{1,2})(?:日|号)?(?:T?[0-9:.]+)?"
)
_DIGITS = re.compile(r"(?P<y>(?:19|20|21)[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")
_MONTH = re.compile(r"[0-9]{4}(?:[-./、]|年)[0-9]{1,2}月?|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])|[0-9]{4}年?")
_CHINESE = re.compile(
    r"(?P<y>[〇零○一二三四五六七八九]{4})年(?P<m>[一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十廿]{1,3})[日号]?"
)
_SHORT = re.compile(r"[0-9]{1,2}[-./][0-9]{1,2}[-./](?:[0-9]{2}|[0-9]{4})")
_SIGNS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}


def day_of(value: object, *, date1904: bool = False) -> date:
    """Raises Unfit: DATE, DATE_PRECISION where the day is missing, DATE_AMBIGUOUS for 03/04/15, OUT_OF_RANGE."""
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    elif isinstance(value, bool):
        raise Unfit("DATE")
    elif isinstance(value, int | float):
        found = _of_number(value, date1904=date1904)
    elif isinstance(value, str):
        found = _of_text(value, date1904=date1904)
    else:
        raise Unfit("DATE")
    if not EARLIEST <= found < LATEST:
        raise Unfit("OUT_OF_RANGE")
    return found


def _of_number(value: float, *, date1904: bool) -> date:
    """A number in a column of dates: `20150301`, a year and month such as 2019.3, or the program's count of days."""
    if value == int(value) and _DIGITS.fullmatch(str(int(value))):
        return _made(_DIGITS, str(int(value)))
    if 1900 <= value < 2101:
        raise Unfit("DATE_PRECISION")
    if not _FIRST_SERIAL <= value <= _LAST_SERIAL:
        raise Unfit("DATE")
    return (_EPOCH_1904 if date1904 else _EPOCH_1900) + timedelta(days=int(value))


def _of_text(text: str, *, date1904: bool) -> date:
    plain = compact(text)
    for form in (_FULL, _DIGITS):
        if form.fullmatch(plain):
            return _made(form, plain)
    if found := _CHINESE.fullmatch(plain):
        year = int("".join(str(_SIGNS[sign]) for sign in found["y"]))
        return _day(year, _counted(found["m"]), _counted(found["d"]))
    if _MONTH.fullmatch(plain):
        raise Unfit("DATE_PRECISION")
    if _SHORT.fullmatch(plain):
        raise Unfit("DATE_AMBIGUOUS")
    if re.fullmatch(r"[1-9][0-9]{4}(?:\.0+)?", plain):
        return _of_number(float(plain), date1904=date1904)
    raise Unfit("DATE")


def _made(form: re.Pattern[str], text: str) -> date:
    found = form.fullmatch(text)
    if found is None:
        raise Unfit("DATE")
    return _day(int(found["y"]), int(found["m"]), int(found["d"]))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unfit("DATE") from None


def _counted(text: str) -> int:
    """十二 → 12, 廿三 → 23."""
    text = text.replace("廿", "二十")
    if "十" not in text:
        return _SIGNS[text] if len(text) == 1 else 0
    tens, _, ones = text.partition("十")
    return (_SIGNS[tens] if tens else 1) * 10 + (_SIGNS[ones] if ones else 0)
