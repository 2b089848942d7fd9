"""A group of commands in one transaction: judged, written, judged again as they now stand, put on record, committed.

The group is optimistic: whatever goes wrong once something is written undoes all of it, and its parts are then tried
by themselves. So no savepoint is paid for, and what one command does wrong is no other's fault. All rows of one shape
are judged by one statement, written by one, and judged again by one, however many commands they belong to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from hub import errors
from hub.audit.keeper import Keeper
from hub.audit.line import INSERT
from hub.audit.record import AccessEntry
from hub.ledger import decision, statements, storing, together
from hub.ledger.acts import Verb, Written
from hub.ledger.asking import asking
from hub.ledger.deed import Done, Scene
from hub.ledger.inputs import subject
from hub.ledger.job import Account, Job, Query, RowWrite
from hub.ledger.judging import Judge, moment_of
from hub.ledger.rows import change_of, supplied, unsupplied
from hub.ledger.storing import Undone
from hub.ledger.together import Together
from hub.ledger.values import Known
from hub.query.binding import encode
from hub.query.pipeline import Violated

#: Values the hub computes from others: given the rows just written, writes what follows from them with the same query
#: and says which rows that changed. Runs before the rows are judged anew. What deeds made happen comes last.
Derive = Callable[[Sequence[RowWrite], Query, datetime, Sequence[Any]], Awaitable[Sequence[dict[str, Any]]]]


@dataclass(slots=True, kw_only=True)
class Transaction:
    """One attempt; `run` ends with everything committed or nothing."""

    query: Query
    keeper: Keeper
    known: Known
    jobs: list[Job]
    derive: Derive | None = None
    refused: dict[int, Exception] = field(default_factory=dict)  # by the job's place
    followed: list[dict[str, Any]] = field(default_factory=list)  # change rows of what the hub computed
    judges: dict[int, Judge] = field(default_factory=dict)  # by their job

    async def run(self) -> dict[int, Exception]:
        """Refusals by the place of their job; raises Undone where something already written had to be undone."""
        at_once = Together(query=self.query)
        self.judges = {id(job): Judge.of(job, at_once, self.known) for job in self.jobs}
        try:
            keyed = (self._repeated(place, job) for place, job in enumerate(self.jobs) if job.command.key is not None)
            await together.settled(self.query("BEGIN", ()), *keyed)
            for turn in range(max(len(job.command.acts) for job in self.jobs)):
                await self._turn(turn)
            for job in self._going():
                await self._deed(job)
            await self._derived()
            await self._settle()
            if self._going():
                await self._conclude()
            else:
                await self.query("ROLLBACK", ())
        except BaseException:
            await _rolled_back(self.query)
            raise
        return self.refused

    def _going(self) -> list[Job]:
        return [job for place, job in enumerate(self.jobs) if place not in self.refused]

    async def _repeated(self, place: int, job: Job) -> None:
        """Whether the caller sent this key before: then what was written then is what is answered now."""
        command, identity = job.command, job.writer.identity
        sql = statements.sent_before()
        values = {"@unit": encode(identity.unit.code), "@person": encode(identity.person), "key": encode(command.key)}
        rows = await self.query(sql.text, sql.bound(values))
        if not rows:
            return
        ids, versions, fingerprint, at = rows[0]
        if fingerprint != job.fingerprint.hex().encode():
            self.refused[place] = errors.KeyReused()
            return
        job.repeated, job.at = True, moment_of(at)
        acts = zip(orjson.loads(ids or b"[]"), orjson.loads(versions or b"[]"), command.acts, strict=False)
        job.written = [
            Written(entity=act.entity, row=row, version=version, child=None, verb=act.verb, changed=False)
            for row, version, act in acts
        ]
        if command.deed is not None:
            found = zip(orjson.loads(ids or b"[]"), orjson.loads(versions or b"[]"), strict=True)
            entity = command.answers or subject()
            job.written = [
                Written(
                    entity=entity, row=row, version=version, child=row if entity is subject() else None,
                    verb=Verb.UPDATE, changed=False,
                )
                for row, version in found
            ]  # fmt: skip

    async def _turn(self, turn: int) -> None:
        """The act of this turn of every command."""
        acting = [
            (place, job) for place, job in enumerate(self.jobs)
            if place not in self.refused and len(job.command.acts) > turn and not job.repeated
        ]  # fmt: skip
        judged = await asyncio.gather(*(self._judged(job, turn) for _, job in acting), return_exceptions=True)
        writes: list[RowWrite] = []
        for (place, job), found in zip(acting, judged, strict=True):
            if isinstance(found, errors.HubError) and not isinstance(found, errors.ExecuteError | errors.InternalError):
                if turn:
                    raise Undone(found)
                self.refused[place] = found
            elif isinstance(found, BaseException):
                raise Undone(found) if isinstance(found, Exception) else found
            elif found is not None:
                job.writes.append(found)
                writes.append(found)
        await storing.number(writes, self.query)
        await storing.store(writes, self.query)

    async def _judged(self, job: Job, turn: int) -> RowWrite | None:
        act = job.command.acts[turn]
        write = await self.judges[id(job)].judge(act)
        job.rules |= write.permission.rules if write is not None else frozenset()
        if write is None:
            row = str(act.row)
            job.written.append(Written(entity=act.entity, row=row, version=act.version or 0, child=None, verb=act.verb,
                                       changed=False))  # fmt: skip
        else:
            job.written.append(Written(entity=act.entity, row=write.row, version=write.version, child=write.child,
                                       verb=act.verb))  # fmt: skip
        return write

    async def _deed(self, job: Job) -> None:
        """What is done to a whole file; whatever it refuses undoes what it did."""
        if job.command.deed is None or job.repeated:
            return
        judge = self.judges[id(job)]
        scene = Scene(job=job, judge=judge, ask=asking(self.query), done=Done())
        try:
            await job.command.deed.do(scene)
        except Violated as violated:
            raise Undone(storing.taken(violated)) from violated
        except errors.HubError as error:
            raise Undone(error) from error
        done = scene.done
        job.written, job.changes, job.touched, job.rules = done.written, done.changes, done.touched, done.rules
        job.occurrences = done.occurrences

    async def _derived(self) -> None:
        writes = [write for job in self._going() for write in (*job.writes, *job.touched)]
        happened = [each for job in self._going() for each in job.occurrences]
        if self.derive is not None and (writes or happened):
            now = max(job.now for job in self._going())
            self.followed = list(await self.derive(writes, self.query, now, happened))

    async def _settle(self) -> None:
        """Every row, as it now stands, is in its writer's reach; and what the caller asked to see of it is read."""
        jobs = self._going()
        await self._in_reach([(job, write) for job in jobs for write in job.writes])
        accounts: dict[int, tuple[Account, list[Written]]] = {}
        for job in jobs:
            accounts.setdefault(id(job.account), (job.account, []))[1].extend(job.written)
        await together.settled(*(self._read(*each) for each in accounts.values()))

    async def _in_reach(self, writes: Sequence[tuple[Job, RowWrite]]) -> None:
        found = await together.settled(*(self.judges[id(job)].holding(write) for job, write in writes))
        for (job, write), cells in zip(writes, found, strict=True):
            needs = write.permission.needs
            held = [False] * len(needs) if cells is None else [cell == b"t" for cell in cells]
            if cells is None or not all(held):
                lacking = [need for need, is_held in zip(needs, held, strict=True) if not is_held]
                refused = decision.refusals(job.writer, write.act, lacking)
                paths = ", ".join(dict.fromkeys(".".join(item.path) or item.field for item in refused[:8]))
                raise Undone(errors.OutOfReach(paths=paths, refused=tuple(refused)))

    async def _read(self, account: Account, written: list[Written]) -> None:
        try:
            await account.read(written, self.query)
        except errors.HubError as error:
            raise Undone(error) from error

    async def _conclude(self) -> None:
        """Changes, sources, keys and access records; then all of it is durable."""
        jobs = self._going()
        group = self.keeper.seal(list(_entries(jobs)))
        writes = [(job, write) for job in jobs for write in job.writes]
        settings = {id(job): self.judges[id(job)].setting for job in jobs}
        changes = [change_of(write, settings[id(job)], job.now) for job, write in writes]
        changes += [row for job in jobs for row in job.changes] + self.followed
        sources = [row for job, write in writes for row in supplied(write, settings[id(job)])]
        gone = [row for job, write in writes for row in unsupplied(write, settings[id(job)])]
        keys = [_sent(job) for job in jobs if job.command.key is not None and not job.repeated]
        listed = (
            (statements.change_rows().text, changes),
            (statements.supplied_rows().text, sources),
            (statements.unsupplied_rows().text, gone),
            (statements.sent_rows().text, keys),
        )
        await together.settled(
            *(self.query(sql, (orjson.dumps(rows),)) for sql, rows in listed if rows),
            self.query(INSERT, (group.records, group.shapes)),
        )
        await self.query("COMMIT", ())
        self.keeper.moved(group)
        self.jobs = jobs


def _entries(jobs: Iterable[Job]) -> Iterable[AccessEntry]:
    """One record per request in the transaction."""
    accounts: dict[int, tuple[Account, list[Written], set[str]]] = {}
    for job in jobs:
        _, written, rules = accounts.setdefault(id(job.account), (job.account, [], set()))
        written.extend(job.written)
        rules |= job.rules
    return [account.entry(written, rules) for account, written, rules in accounts.values()]


def _sent(job: Job) -> dict[str, Any]:
    identity = job.writer.identity
    return {
        "unit": identity.unit.code,
        "person": identity.person,
        "key": job.command.key,
        "fingerprint": "\\x" + job.fingerprint.hex(),
        "row_ids": [written.row for written in job.written],
        "row_versions": [written.version for written in job.written],
        "at": job.now.astimezone(UTC).isoformat(),
    }


async def _rolled_back(query: Query) -> None:
    try:
        await query("ROLLBACK", ())
    except errors.HubError:
        return  # the connection is gone, and the transaction with it
