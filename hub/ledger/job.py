"""One command on its way through a transaction: what it needs, what was found, what it writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from hub.audit.record import AccessEntry
from hub.ledger.acts import Act, Command, Outcome, Verb, Written
from hub.ledger.permission import Permission, Writer
from hub.query.pipeline import Row as Cells

#: A prepared query inside the transaction: SQL with $1 …, values in text form.
Query: TypeAlias = Callable[[str, Sequence[bytes | None]], Awaitable[list[Cells]]]


class Account(Protocol):
    """Reads what is answered with a write, and says what is put on record of it; one per request."""

    async def read(self, written: Sequence[Written], query: Query) -> None:
        """Inside the transaction, after the rows are written; what it raises undoes them."""

    def entry(self, written: Sequence[Written], rules: Iterable[str]) -> AccessEntry:
        """The access record of everything the request wrote in one transaction."""


@dataclass(slots=True, kw_only=True)
class RowWrite:
    """One row about to be written: its statement's values, and what must hold of it afterwards."""

    act: Act
    permission: Permission
    row: str
    county: str | None
    child: str | None
    version: int  # that the row will have
    changes: dict[str, Any]  # of inputs, by column
    stored: dict[str, Any]  # all columns that the statement sets, provenance included
    source_unit: str
    by: str = ""  # the unit that writes; of rows that a deed wrote, the deed itself says what happened
    standing: dict[str, Any] = field(default_factory=dict)  # the row before
    at: datetime | None = None  # of a change

    @property
    def is_new(self) -> bool:
        return self.act.verb is Verb.CREATE

    @property
    def sent(self) -> dict[str, Any]:
        """What its statement takes."""
        if self.is_new:
            return self.stored
        return {**self.stored, "@row": self.row, "@version": self.version - 1, "@now": self.at}


@dataclass(slots=True, kw_only=True)
class Job:
    """A command with who sent it and who waits."""

    command: Command
    writer: Writer
    account: Account
    now: datetime
    fingerprint: bytes
    future: asyncio.Future[Outcome]
    writes: list[RowWrite] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)
    changes: list[dict[str, Any]] = field(default_factory=list)  # change rows of a deed
    touched: list[RowWrite] = field(default_factory=list)  # rows a deed wrote, for what the hub computes
    occurrences: list[Any] = field(default_factory=list)  # what a deed made happen
    repeated: bool = False
    at: datetime | None = None  # when it was written, where it is repeated

    def reset(self) -> None:
        """As if nothing had been tried."""
        self.writes, self.written, self.rules, self.repeated = [], [], set(), False
        self.changes, self.touched, self.occurrences = [], [], []

    def touches(self) -> set[str]:
        """What no other command of the same transaction may touch: rows, and the caller's key."""
        rows = {act.row for act in self.command.acts if act.row is not None}
        links = {str(value) for act in self.command.acts for name, value in act.values.items() if name in ("child_id",)}
        key = {f"key {self.writer.identity.unit.code} {self.command.key}"} if self.command.key else set()
        return rows | links | key | set(self.command.deed.rows if self.command.deed is not None else ())

    @property
    def made(self) -> set[str]:
        """Rows that earlier acts of the command made."""
        return {write.row for write in self.writes if write.is_new}
