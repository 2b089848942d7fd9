"""The verdict over a day: flat is flat, and each thing that grows is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.soak.day import SLICES, Slice, verdict


def day(change: Callable[[int, Slice], None] = lambda _, __: None) -> list[Slice]:
    seen = []
    for number in range(SLICES):
        one = Slice(times=[0.01] * 200, memory=100_000_000, descriptors=40)
        change(number, one)
        seen.append(one)
    return seen


def memory(number: int, one: Slice) -> None:
    one.memory += number * 2_000_000


def warming(number: int, one: Slice) -> None:
    one.memory -= max(0, 8 - number) * 10_000_000


def descriptors(number: int, one: Slice) -> None:
    one.descriptors += number


def slower(number: int, one: Slice) -> None:
    one.times = [0.01 * (1 + number / 5)] * 200


def failing(number: int, one: Slice) -> None:
    one.failed = number == 3


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda _, __: None, []),
        (warming, []),
        (memory, ["memory grows"]),
        (descriptors, ["descriptors grow"]),
        (slower, ["the 99th percentile rises"]),
        (failing, ["1 requests failed"]),
    ],
)
def test_verdict(change: Callable[[int, Slice], None], found: list[str]) -> None:
    assert verdict(day(change)) == found
