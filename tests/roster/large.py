"""Large rosters for measuring: names as various as a county's, one household each, dates over fifteen years."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

from tests.roster.people import number_of

HEAD = (
    "姓名", "性别", "出生日期", "身份证号", "所在村", "父亲姓名", "父亲联系电话", "父亲外出务工地点", "父亲外出时间",
    "监护人姓名", "与儿童关系",
)  # fmt: skip
_SURNAMES = "张李王刘陈杨黄周吴徐孙马朱胡林郭何高罗郑"
_SIGNS = [chr(0x4E00 + i * 37 % 20_000) for i in range(600)]


def large(path: Path, rows: int, village: str) -> Path:
    """That many children, no two of one number."""
    luck = random.Random(rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append(HEAD)

    def name(surname: str) -> str:
        return surname + luck.choice(_SIGNS) + luck.choice(_SIGNS)

    for i in range(rows):
        birth = date(2011, 1, 1) + timedelta(days=i % 5400)
        number, surname = number_of(birth, 100 + i // 5400), luck.choice(_SURNAMES)
        sex = "男" if int(number[16]) % 2 else "女"
        row = (name(surname), sex, birth, number, village, name(surname), f"138{i:08}", "广东东莞", "2019-03-01")
        sheet.append((*row, name("李"), "奶奶"))
    book.save(path)
    return path
