"""The same anchor day gives the same bytes, another day other bytes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date

from hub.demo.city import city
from hub.demo.facts import ANCHOR, CITY
from hub.demo.rows import Shape, sheet_of
from schema.registry import METADATA


def digest(anchor: date) -> str:
    sheets = {table.name: sheet_of(table) for table in METADATA.sorted_tables}
    texts: defaultdict[Shape, list[str]] = defaultdict(list)
    for _, batch in city(anchor, CITY.scaled(500)):
        for name, rows in batch.tables.items():
            sheets[name].write(rows, texts)
    hashed = hashlib.sha256()
    for shape, lines in texts.items():
        hashed.update(f"{shape.table} {shape.columns}\n".encode())
        hashed.update("".join(lines).encode())
    return hashed.hexdigest()


def test_two_runs_give_the_same_rows() -> None:
    assert digest(ANCHOR) == digest(ANCHOR)


def test_another_anchor_day_gives_other_rows() -> None:
    assert digest(ANCHOR) != digest(date(2026, 10, 1))
