"""The shares that stand, by the unit that they open data to; read from their table, anew on every decision.

A node that has not read them for a while opens nothing by them. What it still remembers is checked again in SQL, so
that a share that was withdrawn opens nothing from that moment on.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, LiteralString

import psycopg

from hub import errors
from hub.derived.statement import today
from hub.identity.directory import Directory
from hub.identity.identity import Unit
from hub.observation import observe, unavailable
from hub.policy.openings import Opening
from hub.policy.words import Subject

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

#: Told within the transaction of every decision; what is told is only that there was one.
CHANNEL: LiteralString = "hub_shares"
#: How often they are read anew in any case, and for how long a reading is trusted.
INTERVAL, TRUSTED = 30.0, 120.0
#: How long one reading may take.
SECONDS = 10.0
_STANDING: LiteralString = (
    "SELECT id, requester_unit, owner_unit, data_class, granted_parts, granted_mode, granted_scope, duty_code,"
    " granted_from, granted_to FROM share_request"
    " WHERE status = 'agreed' AND granted_to >= %(day)s AND granted_mode IS NOT NULL AND granted_scope IS NOT NULL"
    " ORDER BY id"
)


class Openings:
    """What is shared with each unit, as last read."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._by_unit: Mapping[str, tuple[Opening, ...]] = {}
        self._read_at = clock() - 2 * TRUSTED

    def __call__(self, unit: str) -> tuple[Opening, ...]:
        """Of one unit; nothing once the last reading is too old to be trusted."""
        if self._clock() - self._read_at > TRUSTED:
            return ()
        return self._by_unit.get(unit, ())

    async def refresh(self, connection: Connection, directory: Directory, day: date) -> None:
        begun = self._clock()
        rows = await (await connection.execute(_STANDING, {"day": day})).fetchall()
        self._by_unit = by_unit(rows, directory, day)
        self._read_at = begun


def by_unit(rows: Iterable[tuple[Any, ...]], directory: Directory, day: date) -> dict[str, tuple[Opening, ...]]:
    """Shares of units in force, by the unit that they open data to; of an owner that is no more none stands."""
    found: dict[str, list[Opening]] = defaultdict(list)
    for share, unit, owner, data_class, parts, mode, scope, duty, begins, ends in rows:
        keeps = directory.resolve(owner, day)
        if not isinstance(keeps, Unit):
            continue
        found[unit].append(
            Opening(
                share=share, unit=unit, owner=Subject(unit_type=keeps.type, level=keeps.level),
                objects=tuple(parts or (data_class,)), mode=mode, scope=scope, duty=duty, valid_from=begins,
                valid_to=ends,
            )
        )  # fmt: skip
    return {unit: tuple(shares) for unit, shares in found.items()}


async def keep_openings(openings: Openings, conninfo: str, directories: Callable[[], Directory]) -> None:
    """Never returns: reads them now, whenever a decision is told, and from time to time."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
                await connection.execute(b"LISTEN " + CHANNEL.encode())
                await _followed(openings, connection, directories)
        except (psycopg.Error, OSError, TimeoutError, errors.HubError) as error:
            observe(unavailable("shares", error))
        await asyncio.sleep(1.0)


async def _followed(openings: Openings, connection: Connection, directories: Callable[[], Directory]) -> None:
    while True:
        async with asyncio.timeout(SECONDS):
            await openings.refresh(connection, directories(), today())
        async for _ in connection.notifies(timeout=INTERVAL, stop_after=1):
            pass
