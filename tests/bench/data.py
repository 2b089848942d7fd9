"""A made-up region of any size, loaded by set-based SQL: every value is a function of the row's number."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import LiteralString, cast

import psycopg

from hub.embedded.server import Tell
from hub.migration import FOLDER

TEXT = Path(__file__).with_name("data.sql").read_text("utf-8")
COUNTIES = 9
VILLAGE = 185  # children of a village, about
#: Named in `data.sql`; the queries of the benchmark ask for these.
COUNTY = "430621"


def parts() -> dict[str, LiteralString]:
    """The steps of the load by name, in order."""
    named = re.split(r"^-- name: (\w+)\n", TEXT, flags=re.MULTILINE)[1:]
    return dict(zip(named[::2], cast("list[LiteralString]", named[1::2]), strict=True))


def edition() -> str:
    """Names what a load makes, tables included, so that a database of another edition is not taken for this one."""
    versions = sorted((FOLDER / "versions").glob("*.py"))
    return sha256(b"".join([TEXT.encode(), *(version.read_bytes() for version in versions)])).hexdigest()[:6]


def villages_for(children: int) -> int:
    """As many in each county; at least one."""
    return max(1, round(children / VILLAGE / COUNTIES)) * COUNTIES


def load(conninfo: str, children: int, tell: Tell) -> None:
    """Fills an empty, migrated database; connects as superuser, since foreign keys are not checked meanwhile."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        connection.execute("set work_mem = '256MB'")
        connection.execute("create temp table size (children int, villages int, counties int)")
        connection.execute("insert into size values (%s, %s, %s)", (children, villages_for(children), COUNTIES))
        for name, statements in parts().items():
            tell(f"{children:,} children: {name}")
            for statement in filter(str.strip, statements.split(";\n")):
                connection.execute(statement)
        tell(f"{children:,} children: vacuum")
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")
