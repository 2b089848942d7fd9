"""A city of one county, two townships and a few made-up children, and callers of several units."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from hub.database import Database, Role
from schema.registry import METADATA

COUNTY = "430621"
STARTED = date(2016, 9, 1)
DIVISIONS = [
    ("430600000000", 2, None, "岳阳市"),
    ("430621000000", 3, "430600000000", "岳阳县"),
    ("430621104000", 4, "430621000000", "甲镇"),
    ("430621105000", 4, "430621000000", "乙镇"),
    ("430621104201", 5, "430621104000", "甲一村"),
    ("430621105201", 5, "430621105000", "乙一村"),
]
UNITS = [
    ("ED@430621", "county", "430621000000"),
    ("CA@430621", "county", "430621000000"),
    ("ST@430621", "county", "430621000000"),
    ("ST@430600", "prefecture", "430600000000"),
    ("CT@430621", "county", "430621000000"),
    ("VC@430621104201", "village", "430621104201"),
    ("SC@430621104-01", "township", "430621104000"),
]


def child_id(number: int) -> str:
    return f"child_{COUNTY}_{number:026d}"


def children() -> Iterator[dict[str, Any]]:
    """Twenty in the first village, three in the second; of the three one is a boy."""
    for number in range(23):
        first = number < 20
        yield {
            "county": COUNTY,
            "id": child_id(number),
            "child_no": f"4306211{number:09d}",
            "name": f"张{number}",
            "sex": "1" if (number % 2 == 0 and first) or number == 20 else "2",
            "birth_date": date(2012 + number % 8, 3, 1),
            "citizen_id_no": f"4306212015010{number:04d}0",
            "residence_division": "430621104201" if first else "430621105201",
            "residence_address": "甲一村 3 组",
            "lbc_status": "active",
            "source_unit": "ED@430621",
            "recorded_at": datetime(2026, 1, 1, tzinfo=UTC),
            "recorded_by": "test",
        }


def enrolments() -> Iterator[dict[str, Any]]:
    for number in range(10):
        yield {
            "county": COUNTY,
            "id": f"enrolment_{COUNTY}_{number:026d}",
            "child_id": child_id(number),
            "school_unit": "SC@430621104-01",
            "status": "enrolled",
            "stage": "primary",
            "grade": 3,
            "valid_from": STARTED,
            "source_unit": "SC@430621104-01",
            "recorded_at": datetime(2026, 1, 1, tzinfo=UTC),
            "recorded_by": "test",
        }


def fill(database: Database) -> None:
    """Writes the city; for a database of the tests' own."""
    divisions = [
        {"code": code, "level": level, "parent_code": parent, "name": name, "valid_from": STARTED}
        for code, level, parent, name in DIVISIONS
    ]
    units = [
        {
            "code": code,
            "unit_type": code[:2],
            "level": level,
            "division": division,
            "name": code,
            "valid_from": STARTED,
        }
        for code, level, division in UNITS
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "admin_division": divisions,
        "organisation": units,
        "child": list(children()),
        "enrolment": list(enrolments()),
    }
    with database.engine(Role.MIGRATOR).begin() as connection:
        for table in METADATA.sorted_tables:
            if table.name in rows:
                connection.execute(table.insert(), rows[table.name])
