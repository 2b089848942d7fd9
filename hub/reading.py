"""Where reads go: few connections for the quick, others for the heavy, and a standby before both where there is one."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hub.query.readers import Readers
from hub.query.seen import Positions
from hub.query.standby import Query, Routed, Seen, SeenAtStandby, Standby
from hub.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The ways of reading, and what keeps a caller's reads behind the caller's writes."""

    light: Query
    heavy: Query
    seen: Seen
    standby: Standby | None = None


def quick(settings: Settings) -> int:
    """Milliseconds after which a statement is none of the quick ones."""
    return min(settings.light_timeout_ms, settings.statement_timeout_ms)


def open_readers(
    conninfo: str, size: int, timeout_ms: int, stack: contextlib.AsyncExitStack, *, read_only: bool = False
) -> Readers:
    """Reading connections that give a statement up after a while, closed with the stack."""
    options = str(conninfo_to_dict(conninfo).get("options") or "")
    options += f" -c statement_timeout={timeout_ms}" + (" -c default_transaction_read_only=on" if read_only else "")
    conninfo = make_conninfo(conninfo, options=options.strip())
    readers = Readers(conninfo, size=size, patience=timeout_ms / 1000 + 1)
    stack.callback(readers.close)
    return readers


async def spread_reads(
    settings: Settings, conninfo: str | None, primary: tuple[Readers, Readers], stack: contextlib.AsyncExitStack
) -> Spread:
    """Before the primary's quick and heavy connections those of the standby, whose place is watched."""
    light, heavy = primary
    if conninfo is None:
        return Spread(light=light.query, heavy=heavy.query, seen=Seen())
    light_there = open_readers(conninfo, settings.read_pool, quick(settings), stack)
    heavy_there = open_readers(conninfo, settings.heavy_pool, settings.statement_timeout_ms, stack)
    standby = Standby(readers=light_there, primary=light, most_lag=settings.standby_lag_ms / 1000)
    watching = asyncio.create_task(standby.watch())
    stack.push_async_callback(_ended, watching)
    positions = Positions(settings.data / "positions")
    stack.callback(positions.close)
    return Spread(
        light=Routed(standby=standby, readers=light_there, primary=light.query).query,
        heavy=Routed(standby=standby, readers=heavy_there, primary=heavy.query).query,
        seen=SeenAtStandby(positions, standby),
        standby=standby,
    )


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
