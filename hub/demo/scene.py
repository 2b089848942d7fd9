"""The township whose rows are being made: its stream of chance, its batch, and what the whole city shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from hub.demo.chance import Chance
from hub.demo.id_numbers import IdNumbers
from hub.demo.places import County, Recoded, Township
from hub.demo.rows import Batch
from hub.demo.units import Units


@dataclass(slots=True, kw_only=True)
class Staff:
    """Ids of workers and facilities, by where they serve."""

    directors: dict[str, str] = field(default_factory=dict)  # by village code
    supervisors: dict[str, str] = field(default_factory=dict)  # by township code
    volunteers: dict[str, list[str]] = field(default_factory=dict)  # by unit
    homes: dict[str, list[str]] = field(default_factory=dict)  # by township code
    shelters: dict[str, str] = field(default_factory=dict)  # facility by operating unit


@dataclass(slots=True, kw_only=True)
class Shared:
    """What every township's scene is given."""

    anchor: date
    numbers: IdNumbers
    units: Units
    staff: Staff
    recoded: Recoded
    serials: dict[str, int] = field(default_factory=dict)
    teachers: dict[tuple[str, int, int], tuple[str, str]] = field(default_factory=dict)

    def next_serial(self, key: str) -> int:
        self.serials[key] = serial = self.serials.get(key, 0) + 1
        return serial


@dataclass(slots=True, kw_only=True)
class Scene:
    """One township at work; its batch holds the rows until they are handed on."""

    shared: Shared
    luck: Chance
    county: County
    township: Township
    batch: Batch = field(default_factory=Batch)

    @property
    def anchor(self) -> date:
        return self.shared.anchor

    @property
    def police_station(self) -> str:
        return f"PS@{self.township.code}-01"
