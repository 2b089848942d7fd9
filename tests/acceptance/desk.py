"""Commands as a hub does them, each in a transaction that is undone at the last moment, when its traces were seen.

So every try meets the same world, whatever was tried before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import orjson
import psycopg

from hub import errors
from hub.audit.keeper import Keeper
from hub.audit.recorder import Group
from hub.database import Database, Role
from hub.derived.following import follow
from hub.identity.loading import load_directory
from hub.ledger.acts import Command
from hub.ledger.job import Job
from hub.ledger.ledger import Plainly, with_households
from hub.ledger.permission import Writer
from hub.ledger.storing import Undone
from hub.ledger.transaction import Transaction
from hub.ledger.values import Known
from hub.policy.compile import china_today, compile_grant
from hub.policy.grant import Grant
from hub.query.pipeline import Connection
from hub.query.pipeline import Row as Cells
from tests.acceptance.matrix import BOOK, Who
from tests.reference import looks
from tests.reference.fast import identity_of, purpose_of

CHANGES = "SELECT count(*) FROM change WHERE xid = pg_current_xact_id()"
RECORDS = "SELECT count(*) FROM access_record WHERE xmin = pg_current_xact_id()::xid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a command: a code, or what it was about to leave behind."""

    code: str = ""
    holds: bool = False  # the values, as they were sent
    changes: int = 0
    records: int = 0


class Unmoved(Keeper):
    """The keeper of a chain to which nothing is ever added."""

    def moved(self, group: Group) -> None:
        return


@dataclass(slots=True, kw_only=True)
class _Undoing:
    """The connection as a transaction uses it; what was about to be committed is looked at and undone."""

    connection: Connection
    job: Job
    left: list[Awaitable[list[Cells]]] = field(default_factory=list)

    def query(self, sql: str, parameters: Sequence[bytes | None]) -> asyncio.Future[list[Cells]]:
        if sql != "COMMIT":
            return self.connection.query(sql, parameters)
        written = self.job.written[0]
        row = f"SELECT row_to_json(t) FROM {written.entity.table.name} t WHERE id = $1"  # a name of our own tables
        self.left = [
            self.connection.query(row, (written.row.encode(),)),
            self.connection.query(CHANGES, ()),
            self.connection.query(RECORDS, ()),
        ]
        return self.connection.query("ROLLBACK", ())

    async def answer(self) -> Answer:
        ((row,),), ((changes,),), ((records,),) = [await left for left in self.left]
        found, act = orjson.loads(row or b"{}"), next(iter(self.job.command.acts), None)
        sent = {} if act is None else {name: value for name, value in act.values.items() if name in found}
        return Answer(
            holds=bool(found) and all(_same(found[name], value) for name, value in sent.items()),
            changes=int(changes or 0), records=int(records or 0),
        )  # fmt: skip


def _same(held: object, sent: object) -> bool:
    if isinstance(sent, datetime):
        return datetime.fromisoformat(str(held)) == sent
    return bool(held == looks.plain(sent))


@dataclass(slots=True, kw_only=True)
class Desk:
    """One connection in the writing role, on a loop of its own."""

    connection: Connection
    keeper: Keeper
    known: Known

    @classmethod
    async def open(cls, database: Database, folder: Path) -> Desk:
        conninfo = database.conninfo(Role.WRITER)
        async with await psycopg.AsyncConnection.connect(conninfo) as link:
            directory = await load_directory(link)
        keeper = Unmoved(conninfo, folder, "desk")
        await keeper.take_up()
        known = Known(today=china_today(), directory=directory)
        return cls(connection=await Connection.connect(conninfo), keeper=keeper, known=known)

    async def close(self) -> None:
        self.connection.close()
        await self.keeper.close()

    async def attempt(self, who: Who, command: Command) -> Answer:
        asker = who.asker
        writer = Writer(identity=identity_of(asker), purpose=purpose_of(asker), grant=grant_of(who))
        job = Job(
            command=with_households(command), writer=writer, account=Plainly(writer=writer, name="try"),
            now=datetime.now(UTC), fingerprint=b"", future=asyncio.get_running_loop().create_future(),
        )  # fmt: skip
        undoing = _Undoing(connection=self.connection, job=job)
        transaction = Transaction(query=undoing.query, keeper=self.keeper, known=self.known, jobs=[job], derive=follow)
        try:
            refusal = (await transaction.run()).get(0)
        except Undone as undone:
            refusal = undone.reason
        if refusal is None:
            return await undoing.answer()
        assert isinstance(refusal, errors.HubError) and not undoing.left, refusal
        return Answer(code=refusal.code)


@cache
def grant_of(who: Who) -> Grant:
    return compile_grant(BOOK, who.subject, who.asker.roles)
