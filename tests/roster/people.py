"""Made-up children for rosters; numbers are valid in form and were never issued (see `hub/demo/id_numbers.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hub.demo.id_numbers import NEVER_ISSUED
from schema.validators import citizen_id_check

TODAY = date(2026, 6, 1)
_SURNAMES, _GIVEN = (
    "张李王刘陈杨黄周吴徐",
    ("子涵", "欣怡", "浩然", "梓萱", "宇轩", "思远", "雨桐", "俊杰", "一诺", "可馨"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    number: str
    name: str
    sex: str  # 男, 女
    birth: date
    father: str
    carer: str


def number_of(birth: date, sequence: int, county: str = "430626") -> str:
    first = f"{NEVER_ISSUED[county]}{birth:%Y%m%d}{sequence:03d}"
    return first + citizen_id_check(first)


def person(i: int) -> Person:
    birth = date(2012 + i % 8, 1 + i % 12, 1 + i % 28)
    surname = _SURNAMES[i % 10]
    return Person(
        number=number_of(birth, 100 + i % 800),
        name=surname + _GIVEN[i // 10 % 10],
        sex="男" if (100 + i % 800) % 2 else "女",
        birth=birth,
        father=f"{surname}建{'国军平'[i % 3]}",
        carer=f"{surname}秀{'英兰珍'[i % 3]}",
    )


def people(count: int) -> Iterator[Person]:
    return map(person, range(count))
