"""What the city stores of its children is what the hub computes from their facts, today and in the past."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from psycopg import sql

from hub.demo.facts import ANCHOR
from hub.demo.places import COUNTIES
from hub.derived import keeping, statement
from tests.demo.conftest import Connection


@pytest.mark.parametrize("county", COUNTIES)
def test_stored_values_follow_from_the_facts(city: Connection, county: str) -> None:
    """Status, entry, completeness and findings of every child; the plan that dealt them knows nothing of the rules."""
    assert city.execute(keeping.stale_statement(), statement.parameters(county, ANCHOR)).fetchall() == []


PAST = sql.SQL(
    "select count(*), count(*) filter (where c.lbc_status <> t.lbc_status or c.lbc_since is distinct from t.lbc_since)"
    " from standing t join child_at c on (c.county, c.id) = (t.county, t.child_id)"
)


@pytest.mark.parametrize("day", [ANCHOR - timedelta(days=n) for n in (1, 90, 400, 1000, 2000)], ids=str)
def test_register_of_a_past_day_follows_from_what_was_recorded_then(city: Connection, day: date) -> None:
    children, wrong = 0, 0
    for county in COUNTIES:
        values = statement.parameters(county, day, at=statement.end_of(day))
        row = city.execute(statement.computing(past=True) + PAST, values).fetchone() or (0, 0)
        children, wrong = children + row[0], wrong + row[1]
    assert children > 100
    assert wrong == 0


def test_nobody_is_on_file_without_a_guardian(city: Connection) -> None:
    """R010: the list behind the number that has to reach nought; what was once on it is on file as cleared."""
    query = "select kind, cleared_on is null, count(*) from guardianship_finding group by kind, cleared_on is null"
    counted = {(kind, is_open): count for kind, is_open, count in city.execute(query)}
    assert ("no_guardian", True) not in counted
    assert counted["no_guardian", False] > 100
