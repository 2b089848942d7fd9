"""The units of the hub on a given day: in force, ended, or succeeded by another unit; and which days are worked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from hub.identity.divisions import Division, Divisions, in_force
from hub.identity.identity import Unit
from schema.calendar import WorkingCalendar, shipped_calendar
from schema.classes import Label

_LONGEST_CHAIN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit as its table has it."""

    code: str
    type: str
    level: str
    division: str
    name: Label
    valid_from: date | None
    valid_to: date | None  # the first day on which it is no more
    successor: str | None
    supervisor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No such unit, or not yet."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A unit that is no more, and for which no unit in force stands."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """A unit that is no more, and the unit in force that took over."""

    code: str
    unit: Unit


class Directory:
    """A snapshot of units and divisions; reloading makes a new one."""

    def __init__(
        self, units: Iterable[UnitRow], divisions: Divisions, working_days: WorkingCalendar | None = None
    ) -> None:
        self._rows: Mapping[str, UnitRow] = {row.code: row for row in units}
        self._divisions = divisions
        self.working_days = working_days or WorkingCalendar(shipped_calendar())
        self._units: dict[tuple[str, date], Unit] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def resolve(self, code: str, day: date) -> Unit | Succeeded | Ended | Unknown:
        """Who acts for this code on a day."""
        row = self._rows.get(code)
        if row is None or (row.valid_from is not None and day < row.valid_from):
            return Unknown(code=code)
        seen = {code}
        while not in_force(row.valid_from, row.valid_to, day):
            successor = self._rows.get(row.successor) if row.successor else None
            if successor is None or successor.code in seen or len(seen) > _LONGEST_CHAIN:
                return Ended(code=code)
            seen.add(successor.code)
            row = successor
        unit = self._unit(row, day)
        return unit if row.code == code else Succeeded(code=code, unit=unit)

    def row(self, code: str) -> UnitRow | None:
        """A unit as its table has it, in force or not."""
        return self._rows.get(code)

    def rows(self) -> Iterator[UnitRow]:
        """Every unit that ever was."""
        return iter(self._rows.values())

    def effective(self, division: str, day: date) -> str:
        """What a division is on a day: itself, or what succeeded it."""
        return self._divisions.effective(division, day)

    def has_division(self, code: str, day: date) -> bool:
        """Whether a division is in force on a day."""
        return self._divisions.has(code, day)

    def divisions_in(self, unit: Unit, day: date) -> Iterator[Division]:
        """The divisions of a unit's reach on a day, its own first among them."""
        return self._divisions.within(unit.ranges, day)

    def units_in(self, unit: Unit, day: date) -> Iterator[UnitRow]:
        """The units of a unit's reach on a day."""
        for row in self._rows.values():
            inside = any(low <= row.division < high for low, high in unit.ranges)
            if inside and in_force(row.valid_from, row.valid_to, day):
                yield row

    def in_force(self, day: date) -> Iterator[UnitRow]:
        """Every unit in force on a day."""
        return (row for row in self._rows.values() if in_force(row.valid_from, row.valid_to, day))

    def name(self, code: str) -> Label | None:
        """The label of a unit, in force or not."""
        row = self._rows.get(code)
        return row.name if row else None

    def _unit(self, row: UnitRow, day: date) -> Unit:
        known = self._units.get((row.code, day))
        if known is None:
            if len(self._units) > 100_000:
                self._units.clear()
            known = self._units[row.code, day] = Unit(
                code=row.code,
                type=row.type,
                level=row.level,
                division=self._divisions.effective(row.division, day),
                ranges=self._divisions.ranges(row.division, day),
                name=row.name,
            )
        return known
