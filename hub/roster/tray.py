"""Uploaded rosters on their way: a private folder each, with the file, its state, and the report; gone after a while.

An import runs in a process of its own, so that neither a hostile file nor a large one slows the answers of the hub. Its
state is a file that any process of the node reads; the lock beside it is held for as long as the import lives.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from hub import errors
from hub.settings import ROOT, Settings

FILE, STATE, REPORT, LOCK, TASK = "roster", "state.json", "report.xlsx", "lock", "task.json"
_ID = re.compile(r"[A-Za-z0-9_-]{24}")
#: Imports that run at a time in one process of the hub, and uploads that one unit may have in its trays.
AT_ONCE, MOST_EACH = 1, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose an upload is; nobody else learns that it exists."""

    unit: str
    person: str
    roles: tuple[str, ...]
    token_id: str


class Trays:
    """All uploads of a node."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data / "imports"
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def receive(self, owner: Owner, chunks: AsyncIterator[bytes]) -> str:
        """Takes a file in, never more than the limit of it; the id of its tray. Raises BodyTooLarge."""
        self._clear_expired()
        if sum(1 for state in self._states() if state["owner"]["unit"] == owner.unit) >= MOST_EACH:
            raise errors.RosterTraysFull(limit=MOST_EACH)
        tray = self._folder / secrets.token_urlsafe(18)
        tray.mkdir(mode=0o700, parents=True)
        try:
            await _taken(tray / FILE, chunks, self._settings.import_max_bytes)
        except BaseException:
            shutil.rmtree(tray, ignore_errors=True)
            raise
        now = time.time()
        expires = now + 3600 * self._settings.import_keep_h
        whose = {"unit": owner.unit, "person": owner.person, "roles": owner.roles, "tokenId": owner.token_id}
        write_state(tray, {"owner": whose, "phase": "received", "receivedAt": now, "expiresAt": expires})
        return tray.name

    def start(self, name: str, owner: Owner, *, write: bool, mapping: Mapping[str, str] | None) -> None:
        """Runs it, or runs it again: with another mapping, to write, or after an interruption."""
        tray = self._tray(name, owner)
        if name in self._running or is_held(tray):
            raise errors.RosterBusy()
        (tray / TASK).write_bytes(orjson.dumps({"write": write, "mapping": mapping}))
        write_state(tray, {**read_state(tray), "phase": "waiting", "result": None, "error": None})
        task = self._running[name] = asyncio.create_task(self._run(tray))
        task.add_done_callback(lambda _: self._running.pop(name, None))

    def state(self, name: str, owner: Owner) -> dict[str, Any]:
        """What is told of it; an import that died is interrupted, and may be started again."""
        tray = self._tray(name, owner)
        state = read_state(tray)
        if state["phase"] in ("running", "waiting") and name not in self._running and not is_held(tray):
            state["phase"] = "interrupted"
        state["report"] = (tray / REPORT).is_file()
        return {"id": name, **{key: value for key, value in state.items() if key != "owner"}}

    def report(self, name: str, owner: Owner) -> Path:
        path = self._tray(name, owner) / REPORT
        if not path.is_file():
            raise errors.NotFound()
        return path

    def remove(self, name: str, owner: Owner) -> None:
        """Ends it; rows that were written stay written."""
        tray = self._tray(name, owner)
        if name in self._running:
            self._running[name].cancel()
        elif is_held(tray):
            raise errors.RosterBusy()
        shutil.rmtree(tray, ignore_errors=True)

    async def settled(self) -> None:
        """Waits until nothing runs."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def close(self) -> None:
        """Ends what runs; what was begun is interrupted, and may be started again."""
        for task in list(self._running.values()):
            task.cancel()
        await self.settled()

    def _tray(self, name: str, owner: Owner) -> Path:
        """Another's tray, an expired one and none at all are answered alike."""
        tray = self._folder / name
        if not _ID.fullmatch(name) or not (tray / STATE).is_file():
            raise errors.NotFound()
        state = read_state(tray)
        whose = state["owner"]
        if (whose["unit"], whose["person"]) != (owner.unit, owner.person) or state["expiresAt"] <= time.time():
            raise errors.NotFound()
        return tray

    def _states(self) -> Iterator[dict[str, Any]]:
        for tray in self._folder.glob("*/" + STATE):
            with contextlib.suppress(OSError, orjson.JSONDecodeError):
                yield {**read_state(tray.parent), "tray": tray.parent}

    def _clear_expired(self) -> None:
        for state in self._states():
            if state["expiresAt"] <= time.time() and not is_held(state["tray"]):
                shutil.rmtree(state["tray"], ignore_errors=True)

    async def _run(self, tray: Path) -> None:
        async with self._turn:
            command = (sys.executable, "-m", "hub.roster.worker", str(tray))
            environ = self._settings.as_environ()
            null = asyncio.subprocess.DEVNULL
            worker = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environ, stdin=null, stdout=null)
            try:
                await worker.wait()
            except asyncio.CancelledError:
                worker.terminate()
                await worker.wait()
                raise


async def _taken(path: Path, chunks: AsyncIterator[bytes], limit: int) -> None:
    size = 0
    with open(path, "xb", opener=_private) as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise errors.BodyTooLarge(limit=limit)
            file.write(chunk)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def read_state(tray: Path) -> dict[str, Any]:
    state: dict[str, Any] = orjson.loads((tray / STATE).read_bytes())
    return state


def write_state(tray: Path, state: Mapping[str, Any]) -> None:
    """Replaces it whole, so that a reader never meets half of it."""
    draft = tray / f"{STATE}.part"
    with open(draft, "wb", opener=_private) as file:
        file.write(orjson.dumps(state))
    os.replace(draft, tray / STATE)


@contextlib.contextmanager
def held(tray: Path) -> Iterator[None]:
    """Held by the process that imports; free again when it ends, however it ends. Raises RosterBusy."""
    with (tray / LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise errors.RosterBusy() from error
        yield


def is_held(tray: Path) -> bool:
    try:
        with held(tray):
            return False
    except errors.RosterBusy:
        return True
