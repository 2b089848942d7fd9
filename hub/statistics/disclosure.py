"""Which cells of a table of counts stay back, so that none of them follows from the others; pure, and exact.

A count of 1 to k-1 is small. Small cells are hidden, and with them as many more as it takes until the totals that are
shown leave every small one at least k values to be. What the totals leave open is not estimated but computed: the
cells and totals are a circulation in a network, so the least and the greatest value of a cell are maximum flows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

#: A cell by row and column. Row -1 holds the totals of the columns, column -1 those of the rows.
Cell = tuple[int, int]
TOTAL = -1
Node = tuple[str, int]
Path = list[tuple[Node, Node]]
UNBOUNDED = 1 << 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Counts with their totals; `hidden` are the cells and totals that are not shown."""

    counts: tuple[tuple[int, ...], ...]
    hidden: frozenset[Cell] = frozenset()

    @property
    def height(self) -> int:
        return len(self.counts)

    @property
    def width(self) -> int:
        return len(self.counts[0]) if self.counts else 0

    def value(self, cell: Cell) -> int:
        row, column = cell
        if row == TOTAL:
            return sum(counts[column] for counts in self.counts) if column != TOTAL else sum(map(sum, self.counts))
        return sum(self.counts[row]) if column == TOTAL else self.counts[row][column]

    def inner(self) -> Iterator[Cell]:
        return ((row, column) for row in range(self.height) for column in range(self.width))

    def totals(self) -> Iterator[Cell]:
        yield from ((row, TOTAL) for row in range(self.height))
        yield from ((TOTAL, column) for column in range(self.width))
        yield (TOTAL, TOTAL)


def is_small(count: int, k: int) -> bool:
    return 0 < count < k


class _Network:
    """The table as a circulation: grand total → rows → columns → grand total. What is shown cannot change."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.hidden: set[Cell] = set()
        #: node → node → how much a path of changes may still raise or lower what flows there
        self._room: dict[Node, dict[Node, int]] = {}
        for cell in sorted(table.hidden):
            self.hide(cell)

    def hide(self, cell: Cell) -> None:
        tail, head = _arc(cell)
        self.hidden.add(cell)
        self._room.setdefault(tail, {})[head] = UNBOUNDED
        self._room.setdefault(head, {})[tail] = self.table.value(cell)

    def _block(self, cell: Cell) -> None:
        """Keeps the cell's own arc out of the paths that would change it."""
        tail, head = _arc(cell)
        self._room[tail][head] = self._room[head][tail] = 0

    def sides(self, cell: Cell, enough: int, *, hiding: bool = False) -> tuple[int, int]:
        """How far the cell's value could be lower and how far higher, up to `enough` together, for all that is shown.

        With `hiding`, cells are hidden until that is reached, as long as any that helps is left.
        """
        tail, head = _arc(cell)
        self._block(cell)
        lower = self._flow(tail, head, min(self.table.value(cell), enough), hiding=False)
        higher = self._flow(head, tail, enough - lower, hiding=hiding)
        if hiding and lower + higher < enough:
            lower = self._flow(tail, head, min(self.table.value(cell), enough - higher), hiding=True)
        self.hide(cell)
        return lower, higher

    def _flow(self, source: Node, sink: Node, enough: int, *, hiding: bool) -> int:
        """The greatest flow, up to `enough`; leaves the network as it was, but for what it has hidden."""
        found, paths = 0, []
        while found < enough:
            path = self._path(source, sink, hiding=hiding)
            if path is None:
                break
            step = min(enough - found, *(self._room[a][b] for a, b in path))
            self._push(path, step)
            paths.append((path, step))
            found += step
        for path, step in paths:
            self._push(path, -step)
        return found

    def _push(self, path: Path, step: int) -> None:
        for a, b in path:
            self._room[a][b] -= step
            self._room[b][a] += step

    def _path(self, source: Node, sink: Node, *, hiding: bool) -> Path | None:
        """A path of changes that hides as little as possible; where nothing may be hidden, one that hides nothing."""
        cost, came = {source: 0}, {source: source}
        waiting = [(0, source)]
        while waiting:
            so_far, node = heappop(waiting)
            if node == sink:
                return self._taken(came, source, sink)
            if so_far > cost[node]:
                continue
            for other, price in self._ways(node, hiding):
                if so_far + price < cost.get(other, UNBOUNDED):
                    cost[other], came[other] = so_far + price, node
                    heappush(waiting, (so_far + price, other))
        return None

    def _taken(self, came: dict[Node, Node], source: Node, sink: Node) -> Path:
        path: Path = []
        while sink != source:
            path.append((came[sink], sink))
            sink = came[sink]
        for a, b in path:
            if b not in self._room.get(a, {}):
                self.hide(_cell(a, b))
        return path

    def _ways(self, node: Node, hiding: bool) -> Iterator[tuple[Node, int]]:
        known = self._room.get(node, {})
        yield from ((other, 0) for other, free in known.items() if free > 0)
        if hiding and node[0] == "row":
            for column in range(self.table.width):
                if ("column", column) not in known:
                    yield ("column", column), self._price((node[1], column))
        elif hiding and node[0] == "column":
            for row in range(self.table.height):
                # A cell that is empty cannot become less.
                if ("row", row) not in known and self.table.counts[row][node[1]] > 0:
                    yield ("row", row), self._price((row, node[1]))

    def _price(self, cell: Cell) -> int:
        """What readers lose; to hide an empty cell costs a little too, or all zeros would go first."""
        return self.table.value(cell) + 1


def _arc(cell: Cell) -> tuple[Node, Node]:
    row, column = cell
    if row != TOTAL:
        return (("total", 0), ("row", row)) if column == TOTAL else (("row", row), ("column", column))
    return (("all", 0), ("total", 0)) if column == TOTAL else (("column", column), ("all", 0))


def _cell(a: Node, b: Node) -> Cell:
    """The inner cell between a row and a column."""
    return (a[1], b[1]) if a[0] == "row" else (b[1], a[1])


def bounds(table: Table, cell: Cell) -> tuple[int, int]:
    """The least and the greatest value of a cell that agree with everything shown; both exact."""
    value = table.value(cell)
    if cell not in table.hidden:
        return value, value
    network = _Network(table)
    lower, _ = network.sides(cell, value)
    _, higher = network.sides(cell, UNBOUNDED)
    return value - lower, value + higher


def needed_room(table: Table, cell: Cell, k: int) -> int:
    """A small count keeps k values beside its own; a total hidden for its sake must not follow; others may."""
    if is_small(table.value(cell), k):
        return k
    return int(TOTAL in cell)


def protect(counts: Sequence[Sequence[int]], k: int, hidden_totals: frozenset[Cell] = frozenset()) -> Table:
    """The table with what must be hidden. Totals are as they are shown elsewhere: none is hidden here or revealed."""
    kept = tuple(tuple(row) for row in counts)
    bare = Table(counts=kept)
    small = frozenset(cell for cell in bare.inner() if is_small(bare.value(cell), k))
    network = _Network(Table(counts=kept, hidden=small | hidden_totals))
    for cell in sorted(small | hidden_totals):
        needed = needed_room(bare, cell, k)
        if sum(network.sides(cell, needed, hiding=True)) < needed:
            network.hidden |= set(bare.inner())
    return Table(counts=kept, hidden=frozenset(network.hidden))


def protect_line(counts: Sequence[int], k: int, *, hidden_total: bool = False) -> frozenset[int]:
    """The places to hide in one row of counts with its total: the small ones, and others until they sum to k."""
    hidden = {place for place, count in enumerate(counts) if is_small(count, k)}
    rest = sorted((count, place) for place, count in enumerate(counts) if count >= k)
    if hidden_total and not hidden and rest:
        hidden.add(rest.pop(0)[1])
    while hidden and rest and (len(hidden) < 2 or sum(counts[place] for place in hidden) < k):
        hidden.add(rest.pop(0)[1])
    return frozenset(hidden)
