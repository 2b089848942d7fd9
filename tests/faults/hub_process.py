"""`hub serve` as a process of its own, with all that it prints."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo

from hub.database import Database, Role
from hub.identity.issuer import Issuer
from hub.identity.trust import issuer_from
from hub.settings import ROOT, Settings

START_SECONDS = 300


@dataclass(slots=True, kw_only=True)
class HubProcess:
    """A hub that serves; its lines on standard error and on standard output are kept as they come."""

    process: subprocess.Popen[str]
    port: int
    issuer: Issuer
    lines: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def environment(database: Database, folder: Path, **more: str) -> dict[str, str]:
    """Settings of a hub in another process, over a database of this one."""

    def url(role: Role) -> str:
        return make_conninfo(database.conninfo(role), options="")

    urls = {
        "HUB_DATABASE_URL": url(Role.MIGRATOR),
        "HUB_DATABASE_READ_URL": url(Role.READER),
        "HUB_DATABASE_WRITE_URL": url(Role.WRITER),
    }
    return {"HUB_DATA": str(folder), "HUB_NODE": "test", "HUB_DEV_ISSUER": "on", "HUB_DAILY": "off", **urls, **more}


@contextmanager
def served_apart(settings: Mapping[str, str]) -> Iterator[HubProcess]:
    """A hub that serves with these settings until left, by an interrupt."""
    inherited = dict(os.environ)  # noqa: TID251  (without the hub's own settings, which conftest.py took out)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.serve"],
        cwd=ROOT,
        env={**inherited, **settings, "HUB_PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    issuer = issuer_from(Settings(data=Path(settings["HUB_DATA"]), dev_issuer=True))
    hub = HubProcess(process=process, port=port, issuer=issuer)
    serving = threading.Event()
    readers = [
        threading.Thread(target=_read, args=(process.stderr, hub.lines, serving)),
        threading.Thread(target=_read, args=(process.stdout, hub.output, threading.Event())),
    ]
    for reader in readers:
        reader.start()
    try:
        if not serving.wait(START_SECONDS) or process.poll() is not None:
            raise RuntimeError("".join(hub.lines))
        yield hub
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        for reader in readers:
            reader.join()


def _read(stream: IO[str] | None, lines: list[str], serving: threading.Event) -> None:
    if stream is not None:
        with stream:
            for line in stream:
                lines.append(line)
                if '"event":"Serving"' in line:
                    serving.set()
    serving.set()
