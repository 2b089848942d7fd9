"""The divisions of the city: nine real counties, below them made-up townships and villages with codes of their kind.

Township codes: 001-099 streets, 100-199 towns, 200-399 townships; village codes: 001 and up residents'
committees, 200 and up villagers' committees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hub.demo.chance import Chance, chance
from hub.demo.facts import PREFECTURE, SEED, apportion
from hub.demo.names import place_names, village_names
from schema.divisions import shipped_divisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    code: str  # 12 digits
    name: str  # of the committee, without the township's
    urban_class: str

    @property
    def unit(self) -> str:
        return f"VC@{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Township:
    code: str  # 9 digits
    name: str
    villages: tuple[Village, ...]

    @property
    def division(self) -> str:
        return f"{self.code}000"

    @property
    def unit(self) -> str:
        return f"TW@{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    code: str  # 6 digits
    name: str
    weight: int  # share of the city's children, in arbitrary units
    townships: tuple[Township, ...]

    @property
    def division(self) -> str:
        return f"{self.code}000000"

    def unit(self, unit_type: str) -> str:
        return f"{unit_type}@{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recoded:
    """A township that was raised to a town: its former code, with the village codes below it."""

    former: Township
    successor: Township
    since: date


#: County code: (townships, weight of its children), both made up.
COUNTIES = {
    "430602": (10, 45),
    "430603": (7, 30),
    "430611": (7, 40),
    "430621": (14, 140),
    "430623": (14, 150),
    "430624": (14, 150),
    "430626": (18, 240),
    "430681": (14, 130),
    "430682": (12, 75),
}
DISTRICTS = frozenset({"430602", "430603", "430611"})
STORY_TOWNSHIP = "430621104"
STORY_VILLAGE = "430621104201"
RECODED_TOWNSHIP = "430681107"
FORMER_CODE = "430681210"
RECODED_ON = date(2024, 7, 1)


def build_counties() -> tuple[County, ...]:
    """Every county with its townships and villages; the same each time."""
    luck, shipped = chance(SEED, "places"), shipped_divisions(PREFECTURE)
    names = iter(place_names(luck, sum(count for count, _ in COUNTIES.values())))
    return tuple(
        County(
            code=code,
            name=shipped[f"{code}000000"].name,
            weight=weight,
            townships=tuple(_township(luck, code + suffix, next(names)) for suffix in _suffixes(code, count)),
        )
        for code, (count, weight) in COUNTIES.items()
    )


def _suffixes(county: str, count: int) -> Iterator[str]:
    streets, towns, townships = apportion(count, (3, 5, 2) if county in DISTRICTS else (0, 7, 3))
    yield from (f"{1 + i:03d}" for i in range(streets))
    yield from (f"{100 + i}" for i in range(towns))
    yield from (f"{200 + i}" for i in range(townships))


def _township(luck: Chance, code: str, name: str) -> Township:
    kind = "街道" if code[6] == "0" else "镇" if code[6] == "1" else "乡"
    names = village_names(luck, 6 + luck.below(5))
    residents = 4 if kind == "街道" else 1
    villages = [
        Village(code=f"{code}{1 + i:03d}", name=f"{n}社区", urban_class="111" if kind == "街道" else "121")
        for i, n in enumerate(names[:residents])
    ] + [Village(code=f"{code}{200 + i}", name=f"{n}村", urban_class="220") for i, n in enumerate(names[residents:])]
    return Township(code=code, name=f"{name}{kind}", villages=tuple(villages))


def recoded(counties: tuple[County, ...]) -> Recoded:
    """The one township with a former code: its villages had other codes too, in the same order."""
    successor = next(t for c in counties for t in c.townships if t.code == RECODED_TOWNSHIP)
    former = Township(
        code=FORMER_CODE,
        name=successor.name.removesuffix("镇") + "乡",
        villages=tuple(
            Village(code=FORMER_CODE + v.code[9:], name=v.name, urban_class=v.urban_class) for v in successor.villages
        ),
    )
    return Recoded(former=former, successor=successor, since=RECODED_ON)
