"""Reads the directory from its reference tables; one small snapshot, taken anew when asked."""

from __future__ import annotations

from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from hub import errors
from hub.identity.directory import Directory, UnitRow
from hub.identity.divisions import Division, Divisions
from schema.calendar import DayRow, WorkingCalendar, shipped_calendar
from schema.classes import Label
from schema.registry import ENTITIES

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_unit, _division = ENTITIES["Organisation"].table.c, ENTITIES["AdminDivision"].table.c
_day = ENTITIES["CalendarDay"].table.c


def _text(query: sa.Select[Any]) -> bytes:
    return str(query.compile(dialect=postgresql.dialect())).encode()  # type: ignore[no-untyped-call]


_UNITS = _text(
    sa.select(
        _unit.code, _unit.unit_type, _unit.level, _unit.division, _unit.name, _unit.name_en,
        _unit.valid_from, _unit.valid_to, _unit.successor_code, _unit.supervised_by,
    )
)  # fmt: skip
_DIVISIONS = _text(
    sa.select(
        _division.code, _division.parent_code, _division.name,
        _division.valid_from, _division.valid_to, _division.successor_code,
    )
)  # fmt: skip

_DAYS = _text(sa.select(_day.day, _day.kind, _day.name, _day.source))


async def load_directory(connection: Connection) -> Directory:
    """Units, divisions and working days as they stand; raises ExecuteError where they cannot be read."""
    try:
        units = await (await connection.execute(_UNITS)).fetchall()
        divisions = await (await connection.execute(_DIVISIONS)).fetchall()
        days = await (await connection.execute(_DAYS)).fetchall()
    except psycopg.Error as error:
        raise errors.ExecuteError() from error
    return Directory(
        (_unit_row(*row) for row in units), Divisions(_division_row(*row) for row in divisions), _calendar(days)
    )


def _calendar(rows: list[tuple[Any, ...]]) -> WorkingCalendar:
    """The arrangements that were loaded, over those that come with the project."""
    loaded = (DayRow(day=day, kind=kind, name=name, source=source) for day, kind, name, source in rows)
    return WorkingCalendar([*shipped_calendar(), *loaded])


class Directories:
    """The directory in force; whoever holds a former one goes on with it."""

    def __init__(self, current: Directory) -> None:
        self._current = current

    def __call__(self) -> Directory:
        return self._current

    async def refresh(self, connection: Connection) -> None:
        self._current = await load_directory(connection)


def _unit_row(*row: Any) -> UnitRow:
    code, unit_type, level, division, name, name_en, valid_from, valid_to, successor, supervisor = row
    return UnitRow(
        code=code,
        type=unit_type,
        level=level,
        division=division,
        name=Label(zh=name, en=name_en or code),
        valid_from=valid_from,
        valid_to=valid_to,
        successor=successor,
        supervisor=supervisor,
    )


def _division_row(*row: Any) -> Division:
    code, parent, name, valid_from, valid_to, successor = row
    return Division(code=code, parent=parent, name=name, valid_from=valid_from, valid_to=valid_to, successor=successor)
