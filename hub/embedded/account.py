"""The OS user a database server runs as: PostgreSQL refuses root, so root steps down to another account."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hub.errors import StorageError

#: Programs get nothing of the caller's environment: PG* variables and foreign libraries would change what they do.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where programs of the server run; ``uid`` None means as the caller, no switch."""

    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path, mode: int) -> None:
        """Give a path to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run to the end and capture what it prints; a program this account cannot execute raises PermissionError."""
        return subprocess.run(  # noqa: S603  (arguments are ours, no shell)
            [str(word) for word in command],
            env=ENVIRONMENT,
            cwd="/",
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

    def spawn(self, command: Sequence[str | Path], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start in a session of its own, so that an interrupt at the terminal does not reach it."""
        return subprocess.Popen(  # noqa: S603  (arguments are ours, no shell)
            [str(word) for word in command],
            env=ENVIRONMENT,
            cwd="/",
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def reaches(self, folder: Path) -> bool:
        """Whether the account can enter the folder; asked of the system, which knows ACLs and mounts."""
        return self.uid is None or self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0


def server_account(name: str) -> Account:
    """The caller's own account, or for root the named one; without a name ``postgres``, else ``nobody``."""
    if os.geteuid() != 0:
        return Account()
    for candidate in (name,) if name else ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(candidate)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    raise StorageError(
        reason=f"PostgreSQL does not run as root, and there is no OS user {name or 'postgres or nobody'}"
    )
