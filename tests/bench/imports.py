"""How fast a large roster is imported, and in how much memory: by the command itself, on a database of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from hub.database import Database, Role
from hub.embedded.server import Tell
from hub.migration import upgrade
from hub.settings import Settings
from tests.bench import place
from tests.ledger.writers import TOWNSHIP
from tests.query.small_city import fill
from tests.roster.large import large
from tests.roster.world import UNITS

_HUB = "from hub.cli import main; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of one process; `rss` is the most memory it held, its reader and the server apart."""

    title: str
    rows: int
    seconds: float
    cpu: float
    rss: float  # MB


def run(folder: Path, rows: int, shared_buffers_mb: int, tell: Tell) -> str:
    """The figures as Markdown."""
    home = folder / "import"
    shutil.rmtree(home, ignore_errors=True)
    settings = place.settings_for(home, shared_buffers_mb)
    with Database.open(settings, tell=tell) as database:
        _prepare(database)
        tell(f"making a roster of {rows:,} rows")
        roster = large(home / "roster.xlsx", rows, "甲一村")
        steps = {
            "read, nothing matched": [sys.executable, "-m", "hub.roster.reader", str(roster)],
            "dry run": _command(roster),
            "import": _command(roster, "--write"),
            "second import, all unchanged": _command(roster, "--write"),
        }
        found = []
        for title, command in steps.items():
            tell(f"importing: {title}")
            found.append(_measured(title, rows, command, settings))
    return _rendered(found)


def _prepare(database: Database) -> None:
    upgrade(database)
    fill(database)
    with database.connect(Role.MIGRATOR) as connection:
        connection.execute("truncate child, family cascade")
        for code, level, division in UNITS:
            connection.execute(
                "INSERT INTO organisation (code, unit_type, level, division, name, valid_from)"
                " VALUES (%s, %s, %s, %s, %s, '2016-09-01')",
                (code, code[:2], level, division, code),
            )


def _command(roster: Path, *more: str) -> list[str]:
    return [sys.executable, "-c", _HUB, "import", str(roster), "--as", TOWNSHIP, *more]


def _measured(title: str, rows: int, command: list[str], settings: Settings) -> Measured:
    started = time.perf_counter()
    process = subprocess.Popen(command, env=settings.as_environ(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        raise RuntimeError(f"{title} ended with {process.returncode}")
    cpu = used.ru_utime + used.ru_stime
    return Measured(title=title, rows=rows, seconds=seconds, cpu=cpu, rss=used.ru_maxrss / 1024)


def _rendered(found: list[Measured]) -> str:
    lines = [
        f"| roster of {found[0].rows:,} rows | rows/s | seconds | CPU of the process, s | peak memory, MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in found:
        figures = (one.rows / one.seconds, one.seconds, one.cpu, one.rss)
        lines.append(" | ".join((f"| {one.title}", *(f"{figure:,.0f}" for figure in figures))) + " |")
    return "\n".join(lines) + "\n"
