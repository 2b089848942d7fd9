"""The units of the city: 27 types at prefecture and county level, and the actors below and beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hub.demo.chance import Chance, chance
from hub.demo.facts import PREFECTURE, SEED
from hub.demo.places import County, Township
from schema.validators import credit_code_check

CITY_NAME = "岳阳市"
FOUNDED = date(1986, 1, 1)
REFORM = date(2018, 7, 5)  # state and local tax offices became one; other bureaus changed their names then

#: What stands after the division's name.
BUREAUS = {
    "CA": "民政局", "PS": "公安局", "ED": "教育局", "HE": "卫生健康局", "PR": "人民检察院", "CT": "人民法院",
    "JU": "司法局", "WF": "妇女联合会", "YL": "团委", "DF": "残疾人联合会", "TU": "总工会",
    "CG": "关心下一代工作委员会", "PL": "委政法委员会", "RW": "农村工作办公室", "CY": "网信办",
    "NP": "人大内务司法委员会", "DR": "发展和改革局", "FI": "财政局", "HR": "人力资源和社会保障局",
    "HO": "住房保障局", "AG": "农业农村局", "TX": "税务局", "CU": "文化广电和新闻出版局", "ST": "统计局",
    "LA": "政府法制办公室", "GO": "政府办公室", "JC": "农村留守儿童关爱保护联席会议办公室",
}  # fmt: skip
IN_THE_CITY = {"CT": "中级人民法院", "HE": "卫生健康委员会", "DR": "发展和改革委员会"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    code: str
    type: str
    level: str
    division: str  # 12 digits
    name: str
    kind: str = ""  # of a school: kindergarten, primary, junior, senior
    valid_from: date = FOUNDED
    valid_to: date | None = None
    successor: str | None = None
    is_member: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Every unit, and the ones that are looked up by what they do."""

    all: tuple[Unit, ...]
    schools: dict[tuple[str, str], tuple[Unit, ...]]  # by (township or county code, stage)

    def schools_for(self, township: Township, stage: str) -> tuple[Unit, ...]:
        return self.schools.get((township.code, stage)) or self.schools[township.code[:6], stage]


def build_units(counties: tuple[County, ...]) -> Units:
    luck = chance(SEED, "units")
    units = [*_city_units(), *(u for c in counties for u in _county_units(luck, c))]
    schools: dict[tuple[str, str], tuple[Unit, ...]] = {}
    for unit in units:
        if unit.type == "SC":
            key = unit.code.partition("@")[2].partition("-")[0], unit.kind
            schools[key] = (*schools.get(key, ()), unit)
    return Units(all=tuple(units), schools=schools)


def _bureaus(code: str, level: str, name: str, special: dict[str, str]) -> Iterator[Unit]:
    for unit_type, words in BUREAUS.items():
        yield Unit(
            code=f"{unit_type}@{code}",
            type=unit_type,
            level=level,
            division=code.ljust(12, "0"),
            name=name + special.get(unit_type, words),
            is_member=unit_type != "JC",
            valid_from=REFORM if unit_type == "TX" else FOUNDED,
        )


def _city_units() -> Iterator[Unit]:
    yield from _bureaus(PREFECTURE, "prefecture", CITY_NAME, IN_THE_CITY)
    yield from _former_tax_offices(PREFECTURE, "prefecture", CITY_NAME)
    for code, name in {
        "MI@430600-01": "市妇幼保健院",
        "RS@430600-01": "市救助管理站",
        "WI@430600-01": "市儿童福利院",
        "SW@430600-01": "市同行社会工作服务中心",
        "TE@430600-01": "洞庭社会发展评估中心",
    }.items():
        yield _actor(code, "prefecture", CITY_NAME.removesuffix("市") + name)
    yield Unit(
        code="SW@430600-02",
        type="SW",
        level="prefecture",
        division=PREFECTURE.ljust(12, "0"),
        name="岳阳市晨光社会工作服务中心",
        valid_from=date(2015, 3, 1),
        valid_to=date(2024, 12, 31),
    )


def _former_tax_offices(code: str, level: str, name: str) -> Iterator[Unit]:
    """Ended units whose tokens and records lead to the one office that succeeded both."""
    for serial, words in (("01", "国家税务局"), ("02", "地方税务局")):
        yield Unit(
            code=f"TX@{code}-{serial}",
            type="TX",
            level=level,
            division=code.ljust(12, "0"),
            name=name + words,
            valid_from=date(1994, 9, 1),
            valid_to=REFORM,
            successor=f"TX@{code}",
        )


def _county_units(luck: Chance, county: County) -> Iterator[Unit]:
    yield from _bureaus(county.code, "county", county.name, {})
    yield from _former_tax_offices(county.code, "county", county.name)
    for code, words in {
        f"MI@{county.code}-01": "人民医院",
        f"RS@{county.code}-01": "救助管理站",
        f"WI@{county.code}-01": "社会福利中心",
        f"SW@{county.code}-01": "启明社会工作服务中心",
    }.items():
        yield _actor(code, "county", county.name + words)
    for serial, words, kind in (("01", "第一中学", "senior"), ("02", "职业中专", "vocational")):
        yield _actor(f"SC@{county.code}-{serial}", "county", county.name + words, kind)
    for township in county.townships:
        yield from _township_units(luck, county, township)


def _township_units(luck: Chance, county: County, township: Township) -> Iterator[Unit]:
    whole = county.name + township.name
    office = "街道办事处" if township.name.endswith("街道") else "人民政府"
    yield _actor(township.unit, "township", whole.removesuffix("街道") + office)
    yield _actor(f"PS@{township.code}-01", "township", whole.removesuffix("街道") + "派出所")
    yield _actor(f"MI@{township.code}-01", "township", whole.removesuffix("街道") + "卫生院")
    schools = [("中心幼儿园", "kindergarten"), ("中心小学", "primary"), ("初级中学", "junior")]
    if luck.one_in(2):
        schools.append(("第二小学", "primary"))
    for serial, (words, kind) in enumerate(schools, 1):
        yield _actor(f"SC@{township.code}-{serial:02d}", "township", whole + words, kind)
    for village in township.villages:
        committee = "居民委员会" if village.name.endswith("社区") else "民委员会"
        yield _actor(village.unit, "village", whole + village.name + committee)


def _actor(code: str, level: str, name: str, kind: str = "") -> Unit:
    unit_type, _, place = code.partition("@")
    division = place.partition("-")[0].ljust(12, "0")
    return Unit(code=code, type=unit_type, level=level, division=division, name=name, kind=kind)


def credit_code(luck: Chance, kind: str) -> str:
    """A unified social credit code valid in form; its region 430699 was never issued (see id_numbers.py)."""
    body = f"{kind}430699{luck.below(10**9):09d}"
    return body + credit_code_check(body)


def supervisor_of(unit: Unit) -> str | None:
    """The unit that supervises another: schools by education, hospitals by health, most others by civil affairs."""
    place = PREFECTURE if unit.level == "prefecture" else unit.division[:6]
    over = {"SC": "ED", "MI": "HE", "VC": "CA", "RS": "CA", "WI": "CA", "SW": "CA"}
    if unit.type in over:
        return f"{over[unit.type]}@{place}"
    if unit.type == "PS" and unit.level == "township":
        return f"PS@{place}"
    if unit.type in BUREAUS and unit.level == "county":
        return f"{unit.type}@{PREFECTURE}"
    return None
