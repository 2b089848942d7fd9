"""What the demo city must add up to: published totals, national shares, the anchor day; how shares become counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

#: The day on which the city is as described. Ages, stages and shares are counted on it. Nobody in the
#: register of left-behind children turns 16 within the year that follows, so the demo keeps its totals that long.
ANCHOR = date(2026, 9, 1)
SEED = 4306
PREFECTURE = "430600"


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts of one city; the defaults are those a prefecture published for its special campaign."""

    left_behind: int = 33_309  # 农村留守儿童
    in_difficulty: int = 4_920  # 困境儿童, a second population: nobody is counted in both
    once_unguarded: int = 4_020  # 无人监护, every one arranged
    dropouts: int = 57  # 失学辍学, every one returned
    once_unregistered: int = 1_458  # 无户籍, every one registered
    rights_cases: int = 26  # 权益保障事件
    parents_criticised: int = 283  # 批评教育的父母
    homes: int = 212  # 农村留守儿童之家

    @property
    def children(self) -> int:
        return self.left_behind + self.in_difficulty

    def scaled(self, children: int) -> Totals:
        """The same proportions for another number of children: for tests, and for measuring speed."""
        factor = children / self.children
        left_behind = round(self.left_behind * factor)
        return replace(
            self,
            left_behind=left_behind,
            in_difficulty=children - left_behind,
            once_unguarded=round(self.once_unguarded * factor),
            dropouts=round(self.dropouts * factor),
            once_unregistered=round(self.once_unregistered * factor),
            rights_cases=round(self.rights_cases * factor),
            parents_criticised=round(self.parents_criticised * factor),
        )


CITY = Totals()

#: Shares among left-behind children, in tenths of a percent (ministry of civil affairs, August 2018).
BOYS = 545
AGES: Mapping[int, int] = {
    0: 12, 1: 22, 2: 32, 3: 44, 4: 51, 5: 56,  # together 21.7 %
    6: 76, 7: 82, 8: 86, 9: 88, 10: 88, 11: 87, 12: 85, 13: 82,  # together 67.4 %
    14: 109,  # 14 to 16: 10.9 %; nobody is 15 on the anchor day, see ANCHOR
}  # fmt: skip
AGE_BANDS: Mapping[str, tuple[int, int]] = {"0-5": (0, 5), "6-13": (6, 13), "14-16": (14, 15)}
STAGES: Mapping[str, int] = {"none": 71, "kindergarten": 184, "primary": 519, "junior": 195, "senior": 31}
GRANDPARENT_CARE = 960
DISABLED = 5
ILL = 1


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Splits `total` by `weights` into whole numbers that add up to it (largest remainder)."""
    whole = sum(weights)
    counts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(counts)]:
        counts[i] += 1
    return counts


def per_mille(total: int, share: int) -> int:
    """`share` tenths of a percent of `total`, rounded half up."""
    return (total * share + 500) // 1000
