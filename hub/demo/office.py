"""A unit's desk: adds rows that belong to no child, with the provenance of who wrote them and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hub.demo.chance import Chance, moment
from hub.demo.facts import CITY, PREFECTURE
from hub.demo.places import County
from hub.demo.records import told_by
from hub.demo.rows import Batch
from hub.demo.units import BUREAUS, CITY_NAME

#: Types that sit in the conference; its office is not a member of its own.
MEMBERS = tuple(unit_type for unit_type in BUREAUS if unit_type != "JC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A level at which the conference meets: the city or one county."""

    code: str
    name: str

    @property
    def division(self) -> str:
        return self.code.ljust(12, "0")

    def unit(self, unit_type: str) -> str:
        return f"{unit_type}@{self.code}"

    @property
    def members(self) -> tuple[str, ...]:
        return tuple(self.unit(unit_type) for unit_type in MEMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the rows of one place go."""

    place: Place
    batch: Batch
    luck: Chance
    anchor: date

    def add(self, table: str, tag: str, by: str, at: datetime, /, **values: object) -> str:
        identifier = self.luck.plain_id(tag, at)
        self.batch.add(table, {**told_by(by, at), "id": identifier, **values})
        return identifier

    @property
    def office(self) -> str:
        return self.place.unit("JC")

    def months_before(self, months: int, day: int = 15) -> date:
        number = self.anchor.year * 12 + self.anchor.month - 1 - months
        return date(number // 12, number % 12 + 1, day)

    def past(self, months: int, day: int = 15, hour: int = 9) -> datetime:
        return moment(self.months_before(months, day), hour)


def places_of(counties: Sequence[County]) -> tuple[Place, ...]:
    city = Place(code=PREFECTURE, name=CITY_NAME)
    return (city, *(Place(code=county.code, name=county.name) for county in counties))


#: Indicators of the yearly bulletin, as published.
PUBLISHED: Mapping[str, int] = {
    "lbc_total": CITY.left_behind,
    "children_in_difficulty_total": CITY.in_difficulty,
    "unguarded_found": CITY.once_unguarded,
    "unguarded_arranged": CITY.once_unguarded,
    "dropouts_found": CITY.dropouts,
    "dropouts_returned": CITY.dropouts,
    "unregistered_found": CITY.once_unregistered,
    "hukou_registered": CITY.once_unregistered,
    "rights_cases": CITY.rights_cases,
    "parents_educated": CITY.parents_criticised,
    "homes_total": CITY.homes,
    "neglect_casualties": 0,
}
