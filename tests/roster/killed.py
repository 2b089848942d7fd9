"""Imports a roster in a process that kills itself while a chunk is under way: ``python -m tests.roster.killed …``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hub.database import Database
from hub.ledger.acts import Command, Outcome
from hub.roster.importing import Importer
from hub.settings import Settings
from tests.roster.world import world_of

CHUNK = 4


def main(data: Path, name: str, folder: Path, roster: Path, calls: int, turns: int) -> None:
    """Dies in the call of that number, so many turns of the loop after its commands were handed over."""
    settings = Settings(data=data, node="test", database_name=name, pg_durable=False, pg_shared_buffers_mb=64)
    world = world_of(Database.open(settings), folder)
    world.run(roster, alter=lambda importer: _dying(importer, calls, turns))


def _dying(importer: Importer, calls: int, turns: int) -> Importer:
    made = 0

    async def write(commands: Sequence[Command]) -> Sequence[Outcome]:
        nonlocal made
        made += 1
        if importer.write is None:
            raise TypeError
        under_way = asyncio.ensure_future(importer.write(commands))
        if made == calls:
            for _ in range(turns):
                await asyncio.sleep(0)
            os.kill(os.getpid(), signal.SIGKILL)
        return await under_way

    return replace(importer, write=write, chunk=CHUNK)


if __name__ == "__main__":
    data, name, folder, roster, calls, turns = sys.argv[1:]
    main(Path(data), name, Path(folder), Path(roster), int(calls), int(turns))
