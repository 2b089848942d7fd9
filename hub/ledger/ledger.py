"""The ledger as other code writes to it: commands in, outcomes out, one by one or many at a time.

    ledger = Ledger(parts)
    outcomes = await ledger.write(writer, [Command(acts=(Act(verb=Verb.CREATE, entity=CHILD, values={…}),))])

Every command is checked as a mutation is: action, row and class; all faults at once. A command is done whole or not at
all, and what is refused of one is no other's affair: `outcomes` come in the order of the commands, each with the rows
it wrote or with its error. Many commands share few transactions, and all that one call writes in one transaction is
one access record. To link rows of one command, give them their ids beforehand (`ids.new_id(entity, county)`).
A command with a `key` may be sent again after a failure: what was written is not written twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import orjson

from hub.audit.keeper import Keeper
from hub.audit.record import AccessEntry, shape_of
from hub.identity.directory import Directory
from hub.ledger import decision
from hub.ledger.acts import Act, Command, Outcome, Verb, Written
from hub.ledger.ids import new_id
from hub.ledger.inputs import adopted_by, subject
from hub.ledger.job import Account, Job, Query
from hub.ledger.lane import Lane
from hub.ledger.permission import Writer
from hub.ledger.rows import county_for
from hub.ledger.transaction import Derive
from hub.ledger.values import Known
from hub.policy.compile import china_today

#: Commands of one call that wait at a time; the rest of the call is taken in turn.
MOST_AT_ONCE = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a ledger is made of."""

    conninfo: str = field(repr=False)  # of the writing role
    folder: Path  # of the nodes' chains
    node: str
    directory: Callable[[], Directory] = field(repr=False)
    secret: bytes = field(repr=False)  # keys the digests by which a repetition is known
    lanes: int = 2
    timeout: float = 10
    derive: Derive | None = None


class Ledger:
    """One per process, on the loop that uses it. Connections open with the first write."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lanes = [
            Lane(
                parts.conninfo, Keeper(parts.conninfo, parts.folder, parts.node), self._known,
                derive=parts.derive, timeout=parts.timeout,
            )
            for _ in range(parts.lanes)
        ]  # fmt: skip

    async def write(
        self, writer: Writer, commands: Sequence[Command], *, name: str = "write", account: Account | None = None
    ) -> list[Outcome]:
        """Outcomes in the order of the commands; `name` stands in the access record."""
        own = account or Plainly(writer=writer, name=name)
        outcomes: list[Outcome] = []
        for start in range(0, len(commands), MOST_AT_ONCE):
            # One moment for all: what they ask of the database then differs in the rows alone.
            now = datetime.now(UTC)
            jobs = [self._job(writer, command, own, now) for command in commands[start : start + MOST_AT_ONCE]]
            for job in jobs:
                self._lane(job).put(job)
            outcomes += await asyncio.gather(*(job.future for job in jobs))
        return outcomes

    async def close(self) -> None:
        await asyncio.gather(*(lane.close() for lane in self._lanes))

    def _known(self) -> Known:
        return Known(today=china_today(), directory=self._parts.directory())

    def _job(self, writer: Writer, command: Command, account: Account, now: datetime) -> Job:
        return Job(
            command=with_households(command),
            writer=writer,
            account=account,
            now=now,
            fingerprint=self._fingerprint(command) if command.key is not None else b"",
            future=asyncio.get_running_loop().create_future(),
        )

    def _lane(self, job: Job) -> Lane:
        """By the child, or the row: what touches the same rows goes the same way."""
        if job.command.deed is not None:
            routed = str(job.command.deed.rows[0])
        else:
            first = job.command.acts[0]
            routed = str(first.values.get("child_id") or first.row or id(job))
        return self._lanes[crc32(routed.encode("utf-8", "replace")) % len(self._lanes)]

    def _fingerprint(self, command: Command) -> bytes:
        """What was asked, in a form that tells nothing of it."""
        asked = [
            [act.verb, act.entity.name, act.row, act.version, {k: decision.plain(v) for k, v in act.values.items()}]
            for act in command.acts
        ]
        if command.deed is not None:
            asked.append([command.deed.name, *command.deed.asked()])
        text = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS, default=str)
        return hmac.digest(self._parts.secret, text, hashlib.sha256)


def with_households(command: Command) -> Command:
    """A household is made for a child, and the child is put into it; both or neither."""
    acts: list[Act] = []
    for act in command.acts:
        column = adopted_by(act.entity)
        child = act.values.get("child_id")
        if act.verb is not Verb.CREATE or column is None or not isinstance(child, str):
            acts.append(act)
            continue
        county = county_for(act.entity, {"child_id": child})
        row = act.row or new_id(act.entity, county)
        made = Act(verb=act.verb, entity=act.entity, values=act.values, row=row)
        link = Act(verb=Verb.UPDATE, entity=subject(), values={column: row}, row=child, fill=True)
        acts += [made, link]
    return replace(command, acts=tuple(acts))


@dataclass(slots=True, kw_only=True)
class Plainly:
    """The account of a call that reads nothing back."""

    writer: Writer
    name: str
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def read(self, written: Sequence[Written], query: Query) -> None:
        return

    def entry(self, written: Sequence[Written], rules: Iterable[str]) -> AccessEntry:
        """What was written, by entity; no field was disclosed."""
        roots: dict[str, list[str]] = {}
        for each in written:
            roots.setdefault(f"{each.verb}{each.entity.name}", []).append(each.row)
        now = datetime.now(UTC)
        return AccessEntry(
            at=now,
            identity=self.writer.identity,
            purpose=self.writer.purpose,
            shape=shape_of(document=self.name, fields=(), rules=rules, policy_version=self.writer.grant.version),
            outcome="answered",
            operation_name=self.name,
            roots=[(root, orjson.dumps(rows)) for root, rows in roots.items()],
            children=[orjson.dumps(sorted({each.child for each in written if each.child}))],
            rows=len(written),
            micros=int((now - self.started).total_seconds() * 1_000_000),
        )
