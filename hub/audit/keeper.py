"""One node's chain in the hands of a writer that records in transactions of its own: seal, commit, then move the head.

Nothing else seals for this node, so the order of commits is the order of the chain.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import psycopg

from hub import errors
from hub.audit.anchor import Anchor
from hub.audit.chain import EMPTY, Head
from hub.audit.node import Node
from hub.audit.record import AccessEntry
from hub.audit.recorder import Group, grouped, sealable, taken_up
from hub.observation import observe, unavailable

_SHAPES_KNOWN = 8192


class Keeper:
    """Holds a node. `seal` makes the rows of one transaction, `moved` is told that it is durable."""

    def __init__(self, conninfo: str, folder: Path, name: str, *, sync_interval: float = 1) -> None:
        self._conninfo, self._folder, self._name = conninfo, folder, name
        self._sync_interval = sync_interval
        self._node: Node | None = None
        self._head = EMPTY
        self._shapes: set[bytes] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._syncing: asyncio.Future[None] | None = None

    @property
    def head(self) -> Head:
        return self._head

    async def take_up(self) -> None:
        """Finds the head in the database, whatever became of the last transaction; raises RecordError."""
        held = None if self._node is None or self._node.is_retired else (self._node, self._head)
        try:
            async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                self._node, self._head = await taken_up(connection, self._folder, self._name, held)
        except (psycopg.Error, OSError) as error:
            raise errors.RecordError() from error
        self._shapes.clear()

    def seal(self, entries: Sequence[AccessEntry]) -> Group:
        """The rows of these accesses behind the head; the head stays until they are durable."""
        if self._node is None:
            raise errors.RecordError()
        return grouped([sealable(entry) for entry in entries], self._node, self._head, self._shapes)

    def moved(self, group: Group) -> None:
        """The group is committed. An anchor that cannot be written is found again from the database."""
        self._head = group.head
        if len(self._shapes) > _SHAPES_KNOWN:
            self._shapes.clear()
        self._shapes |= group.new_shapes
        if self._node is None:
            return
        try:
            self._node.anchor.write(group.head)
        except OSError as error:
            observe(unavailable("anchor", error, errors.RecordError.code))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._sync_interval, self._sync)

    def _sync(self) -> None:
        self._timer = None
        if self._node is not None:
            self._syncing = asyncio.get_running_loop().run_in_executor(None, _sync, self._node.anchor)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._syncing is not None:
            await self._syncing
        if self._node is not None:
            self._node.close()
            self._node = None


def _sync(anchor: Anchor) -> None:
    try:
        anchor.sync()
    except OSError as error:
        observe(unavailable("anchor", error, errors.RecordError.code))
