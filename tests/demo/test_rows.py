"""COPY text of rows: escaping, defaults, and the refusal of columns nobody declared."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from hub.demo.records import add_with_past
from hub.demo.rows import DELIMITER, NULL, Batch, Row, Shape, Sheet, UnknownColumn, sheet_of

TABLE = sa.Table(
    "thing",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date),
    sa.Column("kept", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("marks", sa.ARRAY(sa.Text)),
)
HISTORY = sa.Table(
    "thing_history",
    TABLE.metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date),
    sa.Column("kept", sa.Boolean, nullable=False),
    sa.Column("marks", sa.ARRAY(sa.Text)),
    sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
)


def lines(sheet: Sheet, row: Row) -> tuple[tuple[str, ...], str]:
    texts: defaultdict[Shape, list[str]] = defaultdict(list)
    sheet.write([row], texts)
    ((shape, (line,)),) = texts.items()
    return shape.columns, line


def test_values_become_copy_text() -> None:
    row: Row = {"id": "张\\三\n", "day": date(2026, 9, 1), "kept": True, "marks": ['a"b', "c\\d"]}
    columns, line = lines(sheet_of(TABLE), row)
    assert columns == ("id", "day", "kept", "marks")
    assert line.split(DELIMITER) == ["张\\\\三\\n", "2026-09-01", "t", '{"a\\\\"b","c\\\\\\\\d"}\n']


def test_missing_values_are_left_to_the_database() -> None:
    assert lines(sheet_of(TABLE), {"id": "a", "day": None}) == (("id", "day"), f"a{DELIMITER}{NULL}\n")


def test_history_takes_the_defaults_of_its_table() -> None:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    columns, line = lines(sheet_of(HISTORY), {"id": "a", "superseded_at": at})
    assert columns == ("id", "superseded_at", "kept")
    assert line == f"a{DELIMITER}2026-09-01T00:00:00+00:00{DELIMITER}false\n"


@pytest.mark.parametrize("row", [{"id": "a", "colour": "red"}, {"day": None}], ids=["undeclared", "missing"])
def test_a_row_that_does_not_fit_is_refused(row: Row) -> None:
    with pytest.raises(UnknownColumn):
        lines(sheet_of(TABLE), row)


def test_a_past_ends_where_the_next_state_begins() -> None:
    batch, start = Batch(), datetime(2026, 1, 1, tzinfo=UTC)
    first, second = start + timedelta(days=1), start + timedelta(days=2)
    row: Row = {"id": "a", "marks": "c", "recorded_at": start, "row_version": 1}
    add_with_past(batch, "thing", row, [(second, {"marks": "b"}), (first, {"marks": "a"}), (start, {"marks": "z"})])
    assert batch.tables == {
        "thing": [{"id": "a", "marks": "c", "recorded_at": second, "row_version": 3}],
        "thing_history": [
            {"id": "a", "marks": "b", "recorded_at": first, "row_version": 2, "superseded_at": second},
            {"id": "a", "marks": "a", "recorded_at": start, "row_version": 1, "superseded_at": first},
        ],
    }
