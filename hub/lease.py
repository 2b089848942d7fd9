"""Leases between nodes: one at a time does a piece of work, and one that stops without a word is followed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from hub.tables import LEASE

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
_DIALECT: sa.Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]


async def take(connection: Connection, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
    """Whether the work is now this owner's: it was free, or the owner's already."""
    wanted = insert(LEASE).values(name=name, owner=owner, expires_at=until)
    free = sa.or_(LEASE.c.expires_at <= now, LEASE.c.owner == owner)
    changed = {"owner": wanted.excluded.owner, "expires_at": wanted.excluded.expires_at}
    taken = wanted.on_conflict_do_update(index_elements=[LEASE.c.name], set_=changed, where=free)
    compiled = taken.returning(LEASE.c.name).compile(dialect=_DIALECT)
    return await (await connection.execute(str(compiled).encode(), compiled.params)).fetchone() is not None
