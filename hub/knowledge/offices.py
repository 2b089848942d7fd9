"""Which units an occurrence concerns: who acts, who has a part in it, who is in charge where the child lives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from hub.identity.directory import Directory, Succeeded, UnitRow
from hub.identity.divisions import in_force
from hub.identity.identity import Unit
from hub.knowledge.occurrence import Occurrence
from hub.policy import words
from hub.policy.occasions import PARTS

#: Digits of a division that say the level of the unit in charge, nearest first.
_NEAREST = (12, 9, 6, 4, 2)
_DIGITS = {"village": 12, "township": 9, "county": 6, "prefecture": 4, "province": 2}
#: Types of which there are many in one place: who of them is meant, only the occurrence itself can say.
_MANY = frozenset({"SC", "MI", "RS", "WI", "SW", "TE"})
#: Who acts for a party that is no type of unit.
_STANDS_FOR = {"government": "GO", "all": "JC", "hub": "JC"}
#: The office of the conference.
OFFICE = "JC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A unit that owes or is owed, and whom it stands for if not itself."""

    unit: str
    stands_for: str | None = None


class Offices:
    """The units in force on a day, by what they are in charge of."""

    def __init__(self, directory: Directory, day: date) -> None:
        self._directory, self._day = directory, day
        self._at: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._by_type: dict[str, list[UnitRow]] = defaultdict(list)
        self._levels: dict[str, str] = {}
        self._before: dict[str, list[str]] = defaultdict(list)
        for row in sorted(directory.rows(), key=lambda row: row.code):
            if in_force(row.valid_from, row.valid_to, day):
                self._at[row.type, directory.effective(row.division, day)].append(row.code)
                self._by_type[row.type].append(row)
                self._levels[row.code] = row.level
            elif isinstance(found := directory.resolve(row.code, day), Succeeded):
                self._before[found.unit.code].append(row.code)

    def type_of(self, code: str) -> str | None:
        row = self._directory.row(code)
        return row.type if row else None

    def place_of(self, code: str) -> str | None:
        """The division of a unit, by its present code."""
        row = self._directory.row(code)
        return self._directory.effective(row.division, self._day) if row else None

    def in_charge(self, kind: str, division: str, level: str | None = None) -> str | None:
        """The unit of a type nearest above a place, or at a level; None where many are, or none is."""
        if kind in _MANY or not division:
            return None
        for digits in (_DIGITS[level],) if level else _NEAREST:
            found = self._at.get((kind, division[:digits].ljust(12, "0")), ())
            fit = (code for code in found if level is None or self._levels[code] == level)
            if unit := next(fit, None):
                return unit
        return None

    def below(self, kind: str, level: str, division: str) -> tuple[str, ...]:
        """The units of a type and level within a place; everywhere where none is named."""
        start = division.rstrip("0") if division else ""
        return tuple(row.code for row in self._by_type[kind] if row.level == level and row.division.startswith(start))

    def members(self, division: str) -> tuple[str, ...]:
        """The members of the conference of a place: of its county, else of its city."""
        office = self.in_charge(OFFICE, division)
        place = self.place_of(office) if office else None
        found = (self._at.get((kind, place or ""), []) for kind, known in words.UNIT_TYPES.items() if known.member)
        return tuple(code for codes in found for code in codes if code != office)

    def stands_for(self, code: str) -> frozenset[str]:
        """A unit and those whose successor it is: its act is theirs."""
        return frozenset({code, *self._before.get(code, ())})

    def superior(self, code: str) -> str | None:
        """The unit above: the one that supervises it, else that of its type at the next level, else the government."""
        row = self._directory.row(code)
        if row is None:
            return None
        above = self.present(row.supervisor) if row.supervisor else None
        if above is not None and above != code:
            return above
        digits = _DIGITS.get(row.level, 12)
        higher = (level for level, count in _DIGITS.items() if count < digits)
        found = (self.in_charge(row.type, row.division, level) for level in higher)
        up = next((unit for unit in found if unit not in (None, code)), None)
        return up or next((u for u in (self.in_charge("GO", row.division),) if u != code), None)

    def present(self, code: str) -> str | None:
        """Who acts for a unit now: itself, its successor, else the unit above; None where nobody does."""
        found = self._directory.resolve(code, self._day)
        if isinstance(found, Unit):
            return found.code
        if isinstance(found, Succeeded):
            return found.unit.code
        row = self._directory.row(code)
        if row is None:
            return None
        above = row.supervisor
        if above and above != code and isinstance(self._directory.resolve(above, self._day), Unit):
            return above
        return next((unit for kind in (row.type, "GO", OFFICE) if (unit := self.in_charge(kind, row.division))), None)


@lru_cache(maxsize=8)
def offices_of(directory: Directory, day: date) -> Offices:
    """Made once for each snapshot of the directory and day."""
    return Offices(directory, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """Names the units of parties; `parts_of` are the units taking part in each case, by its id."""

    offices: Offices
    parts_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def debtors(
        self, words_: Iterable[str], occurrence: Occurrence, levels: tuple[str, ...], types: frozenset[str] | None
    ) -> list[Party]:
        """Who owes; of a date of the calendar each unit of its levels."""
        found: list[Party] = []
        for word in words_:
            if levels:
                found += self._everywhere(word, levels)
            elif word == "all":
                units = occurrence.units.get("addressee") or self.offices.members(occurrence.division)
                found += (Party(unit=unit) for unit in units)
            else:
                found += self._of(word, occurrence, occurrence.division)
        return [
            party for party in dict.fromkeys(found)
            if types is None or party.stands_for is not None or self.offices.type_of(party.unit) in types
        ]  # fmt: skip

    def creditors(self, words_: Iterable[str], occurrence: Occurrence, debtor: str) -> list[Party]:
        """Whom a debtor owes: nobody owes itself where it owes another too."""
        place = occurrence.division or self.offices.place_of(debtor) or ""
        found: list[Party] = []
        for word in words_:
            if word == "superior":
                above = self.offices.superior(debtor)
                found += [Party(unit=above)] if above else []
            else:
                found += self._of(word, occurrence, place)
        unique = list({party.unit: party for party in found}.values())
        return [party for party in unique if party.unit != debtor] or unique

    def _everywhere(self, word: str, levels: tuple[str, ...]) -> Iterator[Party]:
        members = [kind for kind, known in words.UNIT_TYPES.items() if known.member and kind != OFFICE]
        kinds = members if word == "all" else [_STANDS_FOR.get(word, word)]
        for kind in kinds:
            for level in levels:
                yield from (Party(unit=code) for code in self.offices.below(kind, level, ""))

    def _of(self, word: str, occurrence: Occurrence, place: str) -> list[Party]:
        if word == "acting":
            return [Party(unit=occurrence.by)] if self.offices.type_of(occurrence.by) else []
        if word in PARTS:
            return [Party(unit=unit) for unit in occurrence.units.get(word, ())]
        if word == "parents":
            village = self.offices.in_charge("VC", place) or self.offices.in_charge("TW", place)
            return [Party(unit=village, stands_for=word)] if village else []
        if word in _STANDS_FOR:
            unit = self.offices.in_charge(_STANDS_FOR[word], place)
            return [Party(unit=unit, stands_for=word)] if unit else []
        kind, _, level = word.partition("/")
        return self._of_type(kind, level or None, occurrence, place)

    def _of_type(self, kind: str, level: str | None, occurrence: Occurrence, place: str) -> list[Party]:
        """Who acts, has a part, or takes part in the case, if of the type; else who is in charge at the place."""
        if level is not None:
            above = self.offices.in_charge(kind, place, level)
            below = (above,) if above else self.offices.below(kind, level, place)
            return [Party(unit=unit) for unit in below]
        named = (occurrence.by, *(unit for units in occurrence.units.values() for unit in units))
        parties = self.parts_of.get(occurrence.case or "", ())
        nearest = self.offices.in_charge(kind, place)
        for unit in (*named, *parties, *((nearest,) if nearest else ())):
            if self.offices.type_of(unit) == kind:
                return [Party(unit=self.offices.present(unit) or unit)]
        return []
