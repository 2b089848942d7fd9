"""Counts of children by one or two dimensions, inside the caller's own division, with small cells hidden.

The questions form a closed cube, so that no two answers differ by one child: no filters, at most two dimensions, and
below a prefecture only the parts of a division. What is hidden in the table of a division stays hidden in the tables
of its parts, for whoever asks: the tables are walked from the prefecture down.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from hub import errors
from hub.query.binding import encode
from hub.statistics.disclosure import TOTAL, Cell, Table, is_small, protect, protect_line
from schema.classes import Label
from schema.codes import CODE_LISTS
from schema.divisions import level_of, range_of
from schema.domain.child import age_on
from schema.registry import ENTITIES

Query = Callable[[str, Sequence[bytes | None]], Awaitable[list[tuple[bytes | None, ...]]]]
Counts = Mapping[tuple[str, ...], int]

MOST_DIMENSIONS = 2
ALL = "*"
UNKNOWN = "-"
_SIZES = (0, 2, 4, 6, 9, 12)
_PREFECTURE = 2
_DIALECT: sa.Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_AGE_BANDS = ((0, 2), (3, 5), (6, 11), (12, 13), (14, 15), (16, 17))


class Dimension(StrEnum):
    """What children may be counted by."""

    DIVISION = "DIVISION"
    SEX = "SEX"
    AGE_BAND = "AGE_BAND"
    STAGE = "STAGE"
    GUARDIANSHIP_TYPE = "GUARDIANSHIP_TYPE"
    LBC_STATUS = "LBC_STATUS"


_CODE_LISTS = {
    Dimension.SEX: "sex",
    Dimension.STAGE: "school_stage",
    Dimension.GUARDIANSHIP_TYPE: "guardianship_type",
    Dimension.LBC_STATUS: "lbc_status",
}
#: Dimensions that are of a period of the child's: entity and column.
_PERIODS = {
    Dimension.STAGE: ("Enrolment", "stage"),
    Dimension.GUARDIANSHIP_TYPE: ("GuardianshipArrangement", "type"),
}
_TOTAL_LABEL = Label(zh="合计", en="Total")
_UNKNOWN_LABEL = Label(zh="未登记", en="Not recorded")
_ELSEWHERE_LABEL = Label(zh="本级其他", en="Elsewhere in it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cell: a key per dimension, `*` for all of it; no count where it is held back."""

    keys: tuple[str, ...]
    labels: tuple[Label, ...]
    count: int | None

    @property
    def suppressed(self) -> bool:
        return self.count is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    division: str
    k: int
    as_of: date
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question, once it is known to be one of the cube's."""

    top: str  # the caller's own division
    ranges: tuple[tuple[str, str], ...]
    division: str
    dimensions: tuple[Dimension, ...]
    k: int
    today: date

    @property
    def other(self) -> Dimension | None:
        """The dimension beside the division, if any."""
        return next((one for one in self.dimensions if one is not Dimension.DIVISION), None)


def read_question(asked: Asked) -> Asked:
    """Refuses what the cube does not hold; raises PlanError."""
    dimensions = asked.dimensions
    if not 1 <= len(dimensions) <= MOST_DIMENSIONS or len(set(dimensions)) < len(dimensions):
        raise errors.PlanError(reason=f"groupBy: 1–{MOST_DIMENSIONS}")
    code = asked.division
    known = len(code) == 12 and code.isascii() and code.isdigit()
    if not known or not any(low <= code < high for low, high in asked.ranges):
        raise errors.PlanError(reason="division")
    if Dimension.DIVISION not in dimensions and (code != asked.top or (len(dimensions) > 1 and code != root_of(code))):
        # A part counted by anything else, taken from the whole counted alike, would leave what is hidden.
        raise errors.PlanError(reason="groupBy: DIVISION")
    return asked


def root_of(division: str) -> str:
    """Where every walk begins: the prefecture, so that bureaus of all levels hold the same cells back."""
    return division if level_of(division) <= _PREFECTURE else division[: _SIZES[_PREFECTURE]].ljust(12, "0")


async def child_statistics(asked: Asked, query: Query) -> Statistics:
    """The answer to one question of the cube."""
    read_question(asked)
    if Dimension.DIVISION not in asked.dimensions and len(asked.dimensions) > 1:
        known = {dimension: _codes(dimension) for dimension in asked.dimensions}
        counts = await _counted(asked, asked.division, known, query)
        axes = tuple(known.values())
        return _answer(asked, _Walk(k=asked.k).step(axes, counts), axes)
    table, axes = await _descended(asked, query)
    return _answer(asked, table, axes) if Dimension.DIVISION in asked.dimensions else _line(asked, table, axes[1])


Axis = Mapping[str, Label]


@dataclass(slots=True, kw_only=True)
class _Walk:
    """What is hidden of the division whose parts come next, as the table above shows it."""

    k: int
    hidden_total: bool = False
    hidden_columns: frozenset[str] | None = None  # keys of the other dimension; None at the top
    tables: list[Table] = field(default_factory=list)

    def step(self, axes: tuple[Axis, ...], counts: Counts) -> Table:
        """The table of one division, protected with what the table above has settled."""
        rows = list(axes[0])
        columns = list(axes[1]) if len(axes) > 1 else [ALL]
        cells = [[counts.get((row, column) if len(axes) > 1 else (row,), 0) for column in columns] for row in rows]
        bare = Table(counts=tuple(map(tuple, cells)))
        hidden_total = self.hidden_total or is_small(bare.value((TOTAL, TOTAL)), self.k)
        hidden = self._lines(bare, columns, hidden_total)
        if len(axes) == 1:
            # One dimension: each cell is its row's total.
            inner = frozenset((row, 0) for row, column in hidden if column == TOTAL and row != TOTAL)
            return Table(counts=bare.counts, hidden=hidden | inner)
        return protect(cells, self.k, hidden)

    def _lines(self, bare: Table, columns: Sequence[str], hidden_total: bool) -> frozenset[Cell]:
        row_totals = [bare.value((row, TOTAL)) for row in range(bare.height)]
        column_totals = [bare.value((TOTAL, column)) for column in range(bare.width)]
        hidden: set[Cell] = {(row, TOTAL) for row in protect_line(row_totals, self.k, hidden_total=hidden_total)}
        if columns == [ALL]:
            hidden |= {(TOTAL, 0)} if hidden_total else set()
        elif self.hidden_columns is None:
            places = protect_line(column_totals, self.k, hidden_total=hidden_total)
            hidden |= {(TOTAL, place) for place in places}
        else:
            hidden |= {(TOTAL, place) for place, key in enumerate(columns) if key in self.hidden_columns}
        return frozenset(hidden | ({(TOTAL, TOTAL)} if hidden_total else set()))

    def down(self, table: Table, axes: tuple[Axis, ...], part: str) -> None:
        """Goes on to one part: what is hidden of its row is hidden of its totals."""
        row = list(axes[0]).index(part)
        self.hidden_total = (row, TOTAL) in table.hidden
        if len(axes) > 1:
            self.hidden_columns = frozenset(key for column, key in enumerate(axes[1]) if (row, column) in table.hidden)


async def _descended(asked: Asked, query: Query) -> tuple[Table, tuple[Axis, ...]]:
    """The table of the division asked for, after those of the divisions from the prefecture down to it."""
    walk = _Walk(k=asked.k)
    others = {asked.other: _codes(asked.other)} if asked.other else {}
    for step in _way(root_of(asked.division), asked.division):
        known = {Dimension.DIVISION: await _parts(step, query), **others}
        axes = tuple(known.values())
        counts = await _counted(asked, step, known, query)
        table = walk.step(axes, counts)
        if step != asked.division:
            if _next(step, asked.division) not in axes[0]:
                raise errors.PlanError(reason="division")
            walk.down(table, axes, _next(step, asked.division))
    return table, axes


def _way(top: str, division: str) -> list[str]:
    levels = range(level_of(top), level_of(division))
    return [top, *(division[: _SIZES[level + 1]].ljust(12, "0") for level in levels)]


def _next(step: str, division: str) -> str:
    return division[: _SIZES[level_of(step) + 1]].ljust(12, "0")


def _codes(dimension: Dimension) -> Axis:
    if dimension is Dimension.AGE_BAND:
        bands = {f"{low}-{high}": Label(zh=f"{low}至{high}岁", en=f"{low} to {high} years") for low, high in _AGE_BANDS}
        return {**bands, "18+": Label(zh="18岁及以上", en="18 years and over"), UNKNOWN: _UNKNOWN_LABEL}
    return {**CODE_LISTS[_CODE_LISTS[dimension]].codes, UNKNOWN: _UNKNOWN_LABEL}


async def _parts(division: str, query: Query) -> Axis:
    """The divisions directly below one, and the division itself for whatever is recorded at no part of it."""
    rows = await _fetched(_parts_statement(), {"parent": division}, query)
    named = {_text(code): Label(zh=_text(name), en=_text(name_en) or _text(code)) for code, name, name_en in rows}
    return {**named, UNKNOWN: _ELSEWHERE_LABEL}


async def _counted(asked: Asked, division: str, axes: Mapping[Dimension, Axis], query: Query) -> Counts:
    """Counts by key; what has no key on its axis is counted as not recorded."""
    low, high = range_of(division)
    values: dict[str, object] = {"today": asked.today, "low": low, "high": high}
    statement = _counting(tuple(axes), level_of(division))
    found: dict[tuple[str, ...], int] = {}
    for *cells, count in await _fetched(statement, values, query):
        read = tuple(_known(_text(cell), axis) for cell, axis in zip(cells, axes.values(), strict=True))
        found[read] = found.get(read, 0) + int(count or b"0")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    """A statement with the names of its parameters in order, and the values of those that never change."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, object]


def _compiled(select: sa.Select[Any]) -> _Compiled:
    compiled = select.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return _Compiled(sql=str(compiled), names=tuple(compiled.positiontup or ()), constants=compiled.params)


@cache
def _parts_statement() -> _Compiled:
    table = ENTITIES["AdminDivision"].table.c
    select = sa.select(table.code, table.name, table.name_en).where(table.parent_code == sa.bindparam("parent"))
    return _compiled(select.order_by(table.code))


@cache
def _counting(dimensions: tuple[Dimension, ...], level: int) -> _Compiled:
    """The count by these dimensions below a division of this level."""
    child = ENTITIES["Child"].table
    latest = {dimension: _latest(*_PERIODS[dimension]) for dimension in dimensions if dimension in _PERIODS}
    keys = [
        (latest[dimension].c.key if dimension in latest else _key(dimension, child, level)).label(f"k{place}")
        for place, dimension in enumerate(dimensions)
    ]
    source: sa.FromClause = child
    for rows in latest.values():
        same = sa.and_(rows.c.county == child.c.county, rows.c.child_id == child.c.id)
        source = source.outerjoin(rows, same)
    column = child.c.residence_division
    where = (column >= sa.bindparam("low"), column < sa.bindparam("high"))
    inner = sa.select(*keys).select_from(source).where(*where).subquery("q")
    return _compiled(sa.select(*inner.c, sa.func.count()).group_by(*inner.c))


def _known(key: str, axis: Axis) -> str:
    return key if key in axis else UNKNOWN


def _key(dimension: Dimension, child: sa.Table, level: int) -> sa.ColumnElement[Any]:
    if dimension is Dimension.DIVISION:
        size = _SIZES[min(level + 1, 5)]
        return sa.func.rpad(sa.func.substr(child.c.residence_division, 1, size), 12, "0")
    if dimension is Dimension.AGE_BAND:
        age = age_on(child.c.birth_date, sa.bindparam("today", type_=sa.Date))
        bands = [(age.between(low, high), f"{low}-{high}") for low, high in _AGE_BANDS]
        return sa.case(*bands, (age >= _AGE_BANDS[-1][1] + 1, "18+"), else_=UNKNOWN)
    column: sa.ColumnElement[Any] = child.c.sex if dimension is Dimension.SEX else child.c.lbc_status
    return column


def _latest(entity: str, column: str) -> sa.Subquery:
    """Per child, the value of the row that holds today; of several, the latest."""
    table = ENTITIES[entity].table
    today = sa.bindparam("today", type_=sa.Date)
    pair = (table.c.county, table.c.child_id)
    return (
        sa.select(*pair, table.c[column].label("key"))
        .distinct(*pair)
        .where(table.c.valid_from <= today, sa.or_(table.c.valid_to.is_(None), table.c.valid_to > today))
        .order_by(*pair, table.c.valid_from.desc(), table.c.id)
        .subquery()
    )


async def _fetched(statement: _Compiled, values: Mapping[str, object], query: Query) -> list[tuple[bytes | None, ...]]:
    bound = {**statement.constants, **values}
    return await query(statement.sql, [encode(bound[name]) for name in statement.names])


def _text(cell: bytes | None) -> str:
    return cell.decode() if cell is not None else ""


def _line(asked: Asked, table: Table, axis: Axis) -> Statistics:
    """The totals of the other dimension alone."""
    shown = [(place, key) for place, key in enumerate(axis) if key != UNKNOWN or table.value((TOTAL, place))]

    def row(cell: Cell, key: str, named: Label) -> Row:
        return Row(keys=(key,), labels=(named,), count=None if cell in table.hidden else table.value(cell))

    return Statistics(
        division=asked.division,
        k=asked.k,
        as_of=asked.today,
        rows=tuple(row((TOTAL, place), key, axis[key]) for place, key in shown),
        totals=(row((TOTAL, TOTAL), ALL, _TOTAL_LABEL),),
    )


def _answer(asked: Asked, table: Table, axes: tuple[Axis, ...]) -> Statistics:
    """The table as rows, in the order of the dimensions asked for; a code that nobody has is left out."""
    swapped = len(axes) > 1 and asked.dimensions[1] is Dimension.DIVISION
    named = [{**axis, ALL: _TOTAL_LABEL} for axis in axes]

    def row(cell: Cell, keys: tuple[str, ...]) -> Row:
        labels = tuple(axis[key] for axis, key in zip(named, keys, strict=True))
        count = None if cell in table.hidden else table.value(cell)
        return (
            Row(keys=keys[::-1], labels=labels[::-1], count=count)
            if swapped
            else Row(keys=keys, labels=labels, count=count)
        )

    first = [(place, key) for place, key in enumerate(axes[0]) if key != UNKNOWN or table.value((place, TOTAL))]
    if len(axes) == 1:
        inner = [row((place, TOTAL), (key,)) for place, key in first]
        totals = [row((TOTAL, TOTAL), (ALL,))]
    else:
        second = [(place, key) for place, key in enumerate(axes[1]) if table.value((TOTAL, place))]
        inner = [row((r, c), (key, other)) for r, key in first for c, other in second]
        totals = [row((r, TOTAL), (key, ALL)) for r, key in first]
        totals += [row((TOTAL, c), (ALL, other)) for c, other in second]
        totals.append(row((TOTAL, TOTAL), (ALL, ALL)))
    return Statistics(division=asked.division, k=asked.k, as_of=asked.today, rows=tuple(inner), totals=tuple(totals))
