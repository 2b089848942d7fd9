"""Citizen identity numbers that are valid in form and belong to nobody.

A real number begins with the code of the county that issued it (GB 11643, GB/T 2260). Prefecture 4306 has never
had a county-level code from 430690 to 430699, so no number that begins with one of these was ever issued. The
rest follows the standard: birth date, a sequence number that is odd for men, and the check character.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from operator import mul

#: For each county of the city the code that its made-up numbers begin with; people from elsewhere have 430699.
NEVER_ISSUED = {
    "430602": "430690",
    "430603": "430691",
    "430611": "430692",
    "430621": "430693",
    "430623": "430694",
    "430624": "430695",
    "430626": "430696",
    "430681": "430697",
    "430682": "430698",
}
ELSEWHERE = "430699"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
MOST_PER_DAY = 499  # sequence numbers of one sex


class OutOfNumbers(Exception):
    """More people of one sex were made up for one day and county than the standard has sequence numbers."""


class IdNumbers:
    """Hands out numbers, each once."""

    def __init__(self) -> None:
        self._issued: dict[tuple[str, str], int] = defaultdict(int)

    def issue(self, county: str, birth: date, sex: str) -> str:
        head = f"{NEVER_ISSUED.get(county, ELSEWHERE)}{birth.year}{birth.month:02d}{birth.day:02d}"
        serial = self._issued[head, sex]
        if serial >= MOST_PER_DAY:
            raise OutOfNumbers(head)
        self._issued[head, sex] = serial + 1
        body = f"{head}{serial * 2 + (1 if sex == '1' else 2):03d}"
        return body + _CHECKS[sum(map(mul, _WEIGHTS, map(int, body))) % 11]
