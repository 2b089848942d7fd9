"""Chance that repeats: a random stream per purpose, and ids that the stream fixes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

Item = TypeVar("Item")

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [a + b for a in CROCKFORD for b in CROCKFORD]
_TRIPLES = [a + b for a in CROCKFORD for b in _PAIRS]
CHINA = timedelta(hours=8)


class Chance(random.Random):
    """A random stream with the draws that a city needs."""

    def pick(self, items: Sequence[Item]) -> Item:
        return items[int(self.random() * len(items))]

    def below(self, bound: int) -> int:
        return int(self.random() * bound)

    def one_in(self, n: int) -> bool:
        return self.random() * n < 1

    def between(self, first: date, last: date) -> date:
        """A day from `first` to `last`, both included; `first` when the span is empty."""
        return first + timedelta(days=self.below(max((last - first).days, 0) + 1))

    def office_hour(self, day: date) -> datetime:
        """A second within office hours of `day` in China, as UTC."""
        return datetime.combine(day, time(8, 30), UTC) - CHINA + timedelta(seconds=self.below(8 * 3600))

    def ulid(self, at: datetime) -> str:
        """26 characters: milliseconds of `at`, then 80 random bits, as a ULID is made."""
        t, r, three = int(at.timestamp() * 1000), self.getrandbits(80), _TRIPLES
        return (
            f"{_PAIRS[t >> 40]}{_PAIRS[t >> 30 & 1023]}{three[t >> 15 & 32767]}{three[t & 32767]}"
            f"{three[r >> 65]}{three[r >> 50 & 32767]}{three[r >> 35 & 32767]}{three[r >> 20 & 32767]}"
            f"{_PAIRS[r >> 10 & 1023]}{_PAIRS[r & 1023]}"
        )

    def row_id(self, tag: str, county: str, at: datetime) -> str:
        return f"{tag}_{county}_{self.ulid(at)}"

    def plain_id(self, tag: str, at: datetime) -> str:
        """An id of a row that belongs to no child."""
        return f"{tag}_{self.ulid(at)}"


def chance(*purpose: object) -> Chance:
    """The stream named by its purpose: adding a stream does not disturb the others."""
    return Chance("/".join(map(str, purpose)))


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A wall-clock time in China as UTC."""
    return datetime.combine(day, time(hour, minute), UTC) - CHINA
