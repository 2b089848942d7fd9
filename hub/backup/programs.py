"""Runs pg_dump and pg_restore of a version that fits the server, and tells how far they are."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hub.database import Database, Role
from hub.embedded.account import ENVIRONMENT, Account
from hub.embedded.binaries import find_program
from hub.errors import BackupFailed

_TABLE = re.compile(r"(?:dumping contents of|processing data for) table \"(?:[^\"]*\.)?([^\".]+)\"")

Seen = Callable[[str], None]


def program(database: Database, name: str, server: int) -> Path:
    """pg_dump or pg_restore, at least as new as the server."""
    if database.server is not None:
        return database.server.binaries / name
    return find_program(name, named=database.settings.pg_bin, account=Account(), oldest=server)


def run(database: Database, command: Sequence[str | Path], seen: Seen) -> None:
    """Run as the role that owns the tables; raises BackupFailed with what the program said last."""
    words = {name: str(value) for name, value in conninfo_to_dict(database.conninfo(Role.MIGRATOR)).items()}
    password = words.pop("password", "")
    with subprocess.Popen(  # noqa: S603  (arguments are ours, no shell)
        [*map(str, command), "--verbose", "--no-password", "--dbname", make_conninfo("", **words)],
        env={**ENVIRONMENT, "PGPASSWORD": password},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as running:
        last = ""
        for line in running.stderr or ():
            table = _TABLE.search(line)
            if table:
                seen(table[1])
            elif "error:" in line:
                # Only the program's own words: what follows may quote a row.
                last = line.partition("error:")[2].partition("DETAIL")[0].strip()
    if running.returncode != 0:
        raise BackupFailed(reason=last.partition("\n")[0] or f"exit code {running.returncode}")
