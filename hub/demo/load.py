"""Loads the demo city, or children for measuring speed, into a migrated database: all of it or nothing.

Rows are copied in one transaction; indexes and foreign keys are put aside and restored in the same transaction, so
that PostgreSQL builds and checks each of them once over all rows. A city that is there already is left alone.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import psycopg
from psycopg import sql

from hub.demo.bench import BLOCK, MOST_COPIES, bench, multiply
from hub.demo.checks import Check, check_city, require
from hub.demo.city import city
from hub.demo.facts import ANCHOR, CITY, Totals
from hub.demo.records import SOURCE
from hub.demo.rows import DELIMITER, NULL, Batch, Texts, sheet_of
from schema.registry import METADATA

Connection = psycopg.Connection[tuple[Any, ...]]
#: Rows gathered before they are sent.
LOAD = 20_000
#: Told what is being loaded and how many rows are in so far.
Progress = Callable[[str, int], None]
Batches = Iterable[tuple[str, Batch]]


class NotEmpty(Exception):
    """The database holds children that are not those of this demo; `reset` would delete them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    rows: int  # 0 where the city was there already
    seconds: float
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """What to load, and how to see that it arrived."""

    batches: Callable[[], Batches]
    check: Callable[[Connection], list[Check]] = lambda connection: []
    copies: int = 1


def silent(label: str, rows: int) -> None:
    """For callers that show nothing."""


def load_city(
    conninfo: str,
    *,
    today: date = ANCHOR,
    totals: Totals = CITY,
    reset: bool = False,
    progress: Progress = silent,
) -> Loaded:
    """Loads the city as of `today`, as the owner of the tables; raises NotEmpty over other people's children.

    What was loaded is counted before it is kept; raises CityWrong where it does not add up.
    """
    check = partial(check_city, totals=totals, anchor=today)
    return load(conninfo, Cargo(batches=lambda: city(today, totals), check=check), reset=reset, progress=progress)


def load_bench(conninfo: str, *, children: int, reset: bool = False, progress: Progress = silent) -> Loaded:
    """Loads that many children (rounded up to a multiple of some thirty), with the tables that the benchmark reads."""
    copies = -(-children // max(BLOCK, children // MOST_COPIES))
    cargo = Cargo(batches=lambda: bench(-(-children // copies)), copies=copies)
    return load(conninfo, cargo, reset=reset, progress=progress)


def load(conninfo: str, cargo: Cargo, *, reset: bool = False, progress: Progress = silent) -> Loaded:
    """Loads a cargo in one transaction, unless the demo city is there already."""
    started = time.monotonic()
    with psycopg.connect(conninfo) as connection:
        # Two processes that start on an empty database together: the second waits here and finds the city.
        connection.execute("lock table child in access exclusive mode")
        if not reset and _is_loaded(connection):
            return Loaded(rows=0, seconds=time.monotonic() - started)
        # Also where nothing is to be cleared: rows copied into a table emptied in the same transaction come frozen.
        _clear(connection)
        with _without_indexes(connection):
            rows = _copy(connection, cargo.batches(), progress)
            rows += sum(multiply(connection, number) for number in range(1, cargo.copies))
        progress("核对 / checking", rows)
        checks = cargo.check(connection)
        require(checks)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return Loaded(rows=rows, seconds=time.monotonic() - started, checks=tuple(checks))


def _is_loaded(connection: Connection) -> bool:
    """Whether this very city is there; the year's plan is the last thing of it, and only a whole city has one."""
    if connection.execute("select 1 from annual_plan where source_system = %s limit 1", [SOURCE]).fetchone():
        return True
    if connection.execute("select 1 from child limit 1").fetchone():
        raise NotEmpty
    return False


def _clear(connection: Connection) -> None:
    names = sql.SQL(", ").join(sql.Identifier(table.name) for table in METADATA.sorted_tables)
    connection.execute(sql.SQL("truncate {}").format(names))


def _copy(connection: Connection, batches: Batches, progress: Progress) -> int:
    """Makes rows in this thread while another sends the ones before; at most two loads of text are in memory."""
    sheets = {table.name: sheet_of(table) for table in METADATA.sorted_tables}
    total, waiting, sending = 0, 0, None
    texts: Texts = defaultdict(list)
    with ThreadPoolExecutor(max_workers=1) as sender:
        for label, batch in batches:
            for name, rows in batch.tables.items():
                sheets[name].write(rows, texts)
            total, waiting = total + len(batch), waiting + len(batch)
            if waiting > LOAD:
                if sending:
                    sending.result()
                sending, texts, waiting = sender.submit(_send, connection, texts), defaultdict(list), 0
            progress(label, total)
        if sending:
            sending.result()
        _send(connection, texts)
    return total


def _send(connection: Connection, texts: Texts) -> None:
    for shape, lines in texts.items():
        statement = sql.SQL("copy {} ({}) from stdin (freeze, delimiter {}, null {})").format(
            sql.Identifier(shape.table),
            sql.SQL(", ").join(map(sql.Identifier, shape.columns)),
            sql.Literal(DELIMITER),
            sql.Literal(NULL),
        )
        with connection.cursor().copy(statement) as copy:
            copy.write("".join(lines))


#: What is put aside while rows are copied, with the statement that drops it and the one that restores it.
ASIDE = """
select 'alter table ' || conrelid::regclass || ' drop constraint ' || quote_ident(conname),
       'alter table ' || conrelid::regclass || ' add constraint ' || quote_ident(conname) || ' '
       || pg_get_constraintdef(oid)
from pg_constraint
where contype = 'f' and connamespace = current_schema()::regnamespace and conrelid::regclass::text = any(%(tables)s)
union all
select 'drop index ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
from pg_index i
where i.indrelid::regclass::text = any(%(tables)s)
  and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype <> 'f')
"""


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Foreign keys and indexes are made anew over all rows at the end: faster, and each key is checked once."""
    tables = [table.name for table in METADATA.sorted_tables]
    aside = connection.execute(ASIDE, {"tables": tables}).fetchall()
    connection.execute("set local maintenance_work_mem = '128MB'")
    for drop, _ in aside:
        connection.execute(drop)
    yield
    for _, restore in aside:
        connection.execute(restore)
