"""Imports one uploaded roster in a process of its own, ``python -m hub.roster.worker TRAY``; tells by a file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import orjson

from hub import errors
from hub.database import Database
from hub.logs import configure
from hub.migration import require_current
from hub.observation import failed, observe
from hub.roster import mapping as mappings
from hub.roster.running import Task, run_task
from hub.roster.tray import FILE, REPORT, TASK, held, read_state, write_state
from hub.settings import load_settings


def main(tray: Path) -> int:
    """0 where the import came to an end, whatever it found; 1 where it failed, with the reason in the state."""
    settings = load_settings()
    configure(settings.log_level, settings.node)
    with held(tray):
        state = read_state(tray)
        try:
            with Database.open(settings) as database:
                require_current(database)
                summary = asyncio.run(run_task(settings, database, _task(tray, state), _Told(tray, state)))
        except errors.HubError as error:
            write_state(tray, {**state, "phase": "failed", "error": {"code": error.code, **error.extensions}})
            return 1
        except Exception as fault:
            event = failed(fault, errors.InternalError.code)
            observe(event)
            told = errors.InternalError(reference=event.reference)
            write_state(tray, {**state, "phase": "failed", "error": told.extensions})
            return 1
        write_state(tray, {**state, "phase": "done", "result": summary.as_json()})
    return 0


def _task(tray: Path, state: dict[str, Any]) -> Task:
    asked, owner = orjson.loads((tray / TASK).read_bytes()), state["owner"]
    (tray / REPORT).unlink(missing_ok=True)
    return Task(
        file=tray / FILE,
        report=tray / REPORT,
        unit=owner["unit"],
        person=owner["person"],
        roles=frozenset(owner["roles"]),
        token_id=owner["tokenId"],
        write=asked["write"],
        mapping=mappings.checked(asked["mapping"]) if asked["mapping"] else None,
    )


class _Told:
    """Keeps the state file at what was done."""

    def __init__(self, tray: Path, state: dict[str, Any]) -> None:
        self._tray, self._state = tray, state
        self(0, 0)

    def __call__(self, done: int, expected: int) -> None:
        self._state |= {"phase": "running", "done": done, "expected": expected}
        write_state(self._tray, self._state)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
