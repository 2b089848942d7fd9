"""The scalars Date and DateTime, RFC 3339 in both directions; what is not one is refused without repeating it."""

from __future__ import annotations

import datetime as dt
from typing import NewType

from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

Date = NewType("Date", dt.date)
DateTime = NewType("DateTime", dt.datetime)


def read_date(value: object) -> dt.date:
    try:
        if isinstance(value, str) and len(value) == 10:
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise GraphQLError("Date is written like 2026-11-21")


def read_datetime(value: object) -> dt.datetime:
    """A point in time; one without an offset is refused, for it would mean a different hour elsewhere."""
    try:
        read = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
        if read and read.tzinfo:
            return read.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise GraphQLError("DateTime is written like 2026-11-21T08:00:00+08:00")


def write_text(value: object) -> str:
    """PostgreSQL has already written most values as text."""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


DATE = ScalarDefinition(
    name="Date",
    description="日期，如 2026-11-21 / A calendar date, as in RFC 3339",
    specified_by_url=None,
    serialize=write_text,
    parse_value=read_date,
    parse_literal=None,
    origin=Date,
)

DATETIME = ScalarDefinition(
    name="DateTime",
    description="时刻，含时区，如 2026-11-21T08:00:00+08:00 / A point in time with its offset, as in RFC 3339",
    specified_by_url=None,
    serialize=write_text,
    parse_value=read_datetime,
    parse_literal=None,
    origin=DateTime,
)
