"""What is hidden in a table of counts cannot be had from what is shown: checked by counting every table that fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.disclosure import TOTAL, Cell, Table, bounds, is_small, needed_room, protect, protect_line
from tests.generated import examples

K = 3

small_tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 5), min_size=width, max_size=width), min_size=1, max_size=3)
)
tables = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.integers(0, 7), st.integers(0, 90)), min_size=width, max_size=width),
        min_size=1,
        max_size=6,
    )
)


def as_published(counts: Sequence[Sequence[int]], k: int) -> Table:
    """As a table is made: its totals first, as two lines, then its cells."""
    bare = Table(counts=tuple(map(tuple, counts)))
    small = is_small(bare.value((TOTAL, TOTAL)), k)
    rows = [bare.value((row, TOTAL)) for row in range(bare.height)]
    columns = [bare.value((TOTAL, column)) for column in range(bare.width)]
    hidden: set[Cell] = {(row, TOTAL) for row in protect_line(rows, k, hidden_total=small)}
    hidden |= {(TOTAL, column) for column in protect_line(columns, k, hidden_total=small)}
    return protect(counts, k, frozenset(hidden | ({(TOTAL, TOTAL)} if small else set())))


def fitting(table: Table, most: int) -> Iterator[Table]:
    """Every table of counts up to `most` that agrees with all that is shown."""
    cells = list(table.inner())
    ways = [range(most + 1) if cell in table.hidden else (table.value(cell),) for cell in cells]
    shown = [total for total in table.totals() if total not in table.hidden]
    for values in product(*ways):
        counts = tuple(values[row * table.width : (row + 1) * table.width] for row in range(table.height))
        other = Table(counts=counts)
        if all(other.value(total) == table.value(total) for total in shown):
            yield other


@examples(60)
@given(counts=small_tables)
def test_bounds_are_those_of_every_fitting_table(counts: list[list[int]]) -> None:
    table = as_published(counts, K)
    if len(table.hidden & set(table.inner())) > 5 or (TOTAL, TOTAL) in table.hidden:
        return
    most = table.value((TOTAL, TOTAL))
    if (most + 1) ** len(table.hidden & set(table.inner())) > 60_000:
        return
    found = list(fitting(table, most))
    for cell in table.hidden:
        values = {other.value(cell) for other in found}
        assert bounds(table, cell) == (min(values), max(values)), cell


@examples(300)
@given(counts=tables, k=st.sampled_from([3, 5, 10]))
def test_no_small_cell_follows_from_what_is_shown(counts: list[list[int]], k: int) -> None:
    table = as_published(counts, k)
    for cell in [*table.inner(), *table.totals()]:
        if is_small(table.value(cell), k):
            assert cell in table.hidden
    for cell in table.hidden:
        low, high = bounds(table, cell)
        assert low <= table.value(cell) <= high
        assert high - low >= needed_room(table, cell, k), (cell, low, high)


@given(counts=tables, k=st.sampled_from([3, 5, 10]))
def test_tables_without_small_cells_are_shown_whole(counts: list[list[int]], k: int) -> None:
    grown = [[count and count + k for count in row] for row in counts]
    assert as_published(grown, k).hidden == frozenset()


@given(counts=st.lists(st.integers(0, 40), min_size=1, max_size=8), k=st.sampled_from([3, 5]))
def test_hidden_cells_of_a_line_are_several_and_sum_to_k(counts: list[int], k: int) -> None:
    hidden = protect_line(counts, k, hidden_total=is_small(sum(counts), k))
    small = {place for place, count in enumerate(counts) if is_small(count, k)}
    assert small <= hidden
    if hidden and not is_small(sum(counts), k):
        assert len(hidden) >= 2
        assert sum(counts[place] for place in hidden) >= k


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        pytest.param(
            [[40, 2], [30, 25]], {(0, 0), (0, 1), (1, 0), (1, 1)}, id="a small cell takes a rectangle with it"
        ),
        pytest.param([[40, 9], [30, 25]], set(), id="no small cell, nothing hidden"),
        pytest.param([[3, 0], [0, 50]], {(0, 0), (0, TOTAL), (TOTAL, 0)}, id="a small cell alone in its lines"),
    ],
)
def test_companions_of_small_cells(counts: list[list[int]], hidden: set[Cell]) -> None:
    found = as_published(counts, 5)
    assert hidden <= found.hidden
    if not hidden:
        assert not found.hidden


def test_total_hidden_above_is_not_the_sum_of_its_parts() -> None:
    """A part's total that is hidden in the table above must not be the sum of what the part's own table shows."""
    assert protect_line([10, 20, 30], 5, hidden_total=True)
