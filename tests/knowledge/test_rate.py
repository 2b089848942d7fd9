"""Whose shared knowledge a unit may see, by its rights; and that counts add up."""

from __future__ import annotations

import pytest

from hub.identity.identity import Unit
from hub.knowledge.rate import Counted, Reach, reach_of, together, within
from hub.policy.book import load_policies
from hub.policy.compile import Policy
from hub.policy.words import Subject
from schema.classes import Label

POLICY = Policy(load_policies())
RANGES = (("430621000000", "430622000000"),)


def reach(kind: str, level: str = "county") -> Reach | None:
    unit = Unit(
        code=f"{kind}@430621", type=kind, level=level, division=RANGES[0][0], ranges=RANGES, name=Label(zh="", en="")
    )  # fmt: skip
    grant = POLICY.grant(Subject(unit_type=kind, level=level), {"officer"})
    return reach_of(grant.rights_on("D41/notice", "list"), unit)


@pytest.mark.parametrize(
    ("kind", "ranges"), [("JC", None), ("GO", None), ("PL", RANGES), ("CA", ()), ("ED", ()), ("HE", ()), ("TX", ())]
)
def test_oversight_sees_its_division_and_everybody_else_itself(
    kind: str, ranges: tuple[tuple[str, str], ...] | None
) -> None:
    found = reach(kind)
    assert found is not None and found.ranges == ranges


@pytest.mark.parametrize(
    ("part", "left"),
    [
        (("430621104000", "430621105000"), (("430621104000", "430621105000"),)),
        (("430600000000", "430700000000"), RANGES),
        (("430622000000", "430623000000"), ()),
    ],
)
def test_a_part_is_never_more_than_the_reach(part: tuple[str, str], left: tuple[tuple[str, str], ...]) -> None:
    assert within(Reach(unit="CA@430621", ranges=RANGES), part).ranges == left
    assert within(Reach(unit="JC@430600", ranges=None), part).ranges == (part,)
    assert within(Reach(unit="ED@430621", ranges=()), part).ranges == ()


def test_rates_are_of_what_was_to_be_known() -> None:
    one, other = Counted(told=5, must_know=4, in_time=3, owed=2, given_in_time=2), Counted(must_know=4, in_time=1)
    both = together([one, other])
    assert (both.rate, both.supply_rate, both.told) == (0.5, 1.0, 5)
    assert Counted().rate is Counted().supply_rate is None
