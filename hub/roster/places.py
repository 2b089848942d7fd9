"""Names of villages and units as rosters write them → codes, among those within the importing unit's reach."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.identity.directory import UnitRow
from hub.identity.divisions import Division
from hub.roster.faults import Unfit
from hub.roster.text import compact

_ENDINGS = re.compile(r"(村民委员会|居民委员会|村委会|居委会|社区居委会|行政村|村|社区|居)$")
_GROUP = re.compile(r"[0-9一二三四五六七八九十]+[组队号].*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    divisions: Mapping[str, frozenset[str]] = field(default_factory=dict)  # name, as compared → codes
    codes: frozenset[str] = frozenset()
    units: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unit_codes: frozenset[str] = frozenset()

    def division(self, said: str) -> str:
        """The one division of that name or code; raises Unfit."""
        plain = compact(said)
        if plain.isascii() and plain.isdigit():
            code = plain.ljust(12, "0")
            if code not in self.codes:
                raise Unfit("DIVISION")
            return code
        found = next((codes for form in _forms(plain) if (codes := self.divisions.get(form))), frozenset())
        if len(found) != 1:
            raise Unfit("DIVISION_AMBIGUOUS" if found else "DIVISION")
        return next(iter(found))

    def unit(self, said: str) -> str:
        plain = compact(said)
        if plain.upper() in self.unit_codes:
            return plain.upper()
        found = self.units.get(plain, frozenset())
        if len(found) != 1:
            raise Unfit("UNIT")
        return next(iter(found))


def _forms(name: str) -> Iterable[str]:
    """甲镇甲一村3组 is looked up as written, without its group, and without its ending."""
    short = _GROUP.sub("", name)
    yield from dict.fromkeys((name, short, _ENDINGS.sub("", short)))


def places_of(divisions: Iterable[Division], units: Iterable[UnitRow]) -> Places:
    """Villages go by their name, with and without its ending, and with the names of those above before it."""
    known = {row.code: row for row in divisions}
    names: dict[str, set[str]] = defaultdict(set)
    for row in known.values():
        own, above = compact(row.name), known.get(row.parent or "")
        whole = (own, *((compact(above.name) + own,) if above else ()))
        for form in {*whole, *(_ENDINGS.sub("", name) for name in whole)} - {""}:
            names[form].add(row.code)
    unit_names: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        unit_names[compact(unit.name.zh)].add(unit.code)
    return Places(
        divisions={name: frozenset(codes) for name, codes in names.items()},
        codes=frozenset(known),
        units={name: frozenset(codes) for name, codes in unit_names.items()},
        unit_codes=frozenset(code for codes in unit_names.values() for code in codes),
    )
