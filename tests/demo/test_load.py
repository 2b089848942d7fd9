"""Loading is all or nothing, once, and never over other people's children."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.database import Database, Role
from hub.demo import load
from hub.demo.bench import bench
from hub.demo.checks import Check, CityWrong
from hub.demo.city import city
from hub.demo.facts import ANCHOR, CITY
from hub.demo.rows import Batch

TINY = CITY.scaled(60)


def count(database: Database, table: str) -> int:
    with database.connect(Role.READER) as connection:
        row = connection.execute(f"select count(*) from {table}".encode()).fetchone()
    return int(row[0]) if row else 0


def definitions(database: Database) -> set[tuple[str, ...]]:
    with database.connect(Role.READER) as connection:
        indexes = connection.execute("select indexdef from pg_indexes where schemaname = 'public'").fetchall()
        keys = connection.execute(
            "select conname, pg_get_constraintdef(oid), convalidated::text from pg_constraint where contype = 'f'"
        ).fetchall()
    return {*indexes, *keys}


def test_loading_again_changes_nothing(fresh_database: Database) -> None:
    conninfo, before = fresh_database.conninfo(Role.MIGRATOR), definitions(fresh_database)
    told: list[str] = []
    first = load.load_city(conninfo, totals=TINY, progress=lambda label, rows: told.append(label))
    assert definitions(fresh_database) == before
    assert first.rows > 10_000
    assert "核对 / checking" in told
    assert load.load_city(conninfo, totals=TINY).rows == 0
    assert count(fresh_database, "child") == TINY.children


def test_strangers_are_not_overwritten_unless_told_to(fresh_database: Database) -> None:
    conninfo = fresh_database.conninfo(Role.MIGRATOR)
    load.load_city(conninfo, totals=TINY)
    with fresh_database.connect(Role.WRITER) as connection:
        connection.execute("update annual_plan set source_system = 'other'")
    with pytest.raises(load.NotEmpty):
        load.load_city(conninfo, totals=TINY)
    assert load.load_city(conninfo, totals=TINY, reset=True).rows > 0


def test_nothing_is_kept_of_a_city_that_does_not_add_up(fresh_database: Database) -> None:
    cargo = load.Cargo(
        batches=lambda: city(ANCHOR, TINY), check=lambda connection: [Check(label="x", published=1, found=2)]
    )
    with pytest.raises(CityWrong):
        load.load(fresh_database.conninfo(Role.MIGRATOR), cargo)
    assert count(fresh_database, "organisation") == 0


def test_a_fault_midway_leaves_the_database_empty(fresh_database: Database) -> None:
    def broken() -> Iterator[tuple[str, Batch]]:
        yield from city(ANCHOR, TINY)
        raise RuntimeError("power cut")

    before = definitions(fresh_database)
    with pytest.raises(RuntimeError, match="power cut"):
        load.load(fresh_database.conninfo(Role.MIGRATOR), load.Cargo(batches=broken))
    assert (count(fresh_database, "child"), definitions(fresh_database)) == (0, before)


def test_copies_keep_every_link(fresh_database: Database) -> None:
    cargo = load.Cargo(batches=lambda: bench(200), copies=3)
    load.load(fresh_database.conninfo(Role.MIGRATOR), cargo)
    with fresh_database.connect(Role.READER) as connection:
        rows = connection.execute(
            "select count(distinct c.id), count(distinct m.id) from child c join family_member m"
            " on (m.county, m.child_id) = (c.county, c.id)"
        ).fetchone()
    assert rows == (600, 600)


@pytest.mark.slow
def test_the_whole_city_has_the_published_totals(fresh_database: Database) -> None:
    loaded = load.load_city(fresh_database.conninfo(Role.MIGRATOR))
    assert {check.label: check.found for check in loaded.checks[:5]} == {
        "农村留守儿童": 33_309,
        "困境儿童": 4_920,
        "儿童合计": 38_229,
        "曾无人监护": 4_020,
        "　其中已落实监护": 4_020,
    }
    assert loaded.rows > 500_000
