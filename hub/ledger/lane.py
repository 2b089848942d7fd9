"""One writer: a connection in the writing role with a chain of its own; what waits for it shares a commit.

Lanes are few and bounded. A command goes to the lane of its child, so that lanes seldom wait for each other's rows.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence

from hub import errors
from hub.audit.keeper import Keeper
from hub.ledger.acts import Outcome
from hub.ledger.job import Job
from hub.ledger.storing import Undone
from hub.ledger.transaction import Derive, Transaction
from hub.ledger.values import Known
from hub.observation import failed, observe
from hub.query.pipeline import Connection, Watch

MOST_TOGETHER = 256
MOST_WAITING = 2000
_TRIES = 3


class Lane:
    """Takes jobs in order. It opens with its first job, and again after whatever closed it."""

    def __init__(
        self, conninfo: str, keeper: Keeper, known: Callable[[], Known], *, derive: Derive | None, timeout: float
    ) -> None:
        self._conninfo, self._keeper, self._known = conninfo, keeper, known
        self._derive, self._timeout = derive, timeout
        self._waiting: deque[Job] = deque()
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def put(self, job: Job) -> None:
        """Raises ExecuteError where too much waits already."""
        if self._closed or len(self._waiting) >= MOST_WAITING:
            raise errors.ExecuteError()
        self._waiting.append(job)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def close(self) -> None:
        """Writes what waits, then lets go of connection and chain."""
        self._closed = True
        if self._task is not None:
            await asyncio.wait([self._task], timeout=self._timeout)
            self._task.cancel() if self._task is not None else None
        for job in self._waiting:
            _fail(job, errors.ExecuteError())
        if self._connection is not None:
            self._connection.close()
        await self._keeper.close()

    async def _work(self) -> None:
        try:
            # Commands of the same turn of the loop share the first group.
            await asyncio.sleep(0)
            while self._waiting:
                await self._together(self._next_group())
        finally:
            self._task = None

    def _next_group(self) -> list[Job]:
        """What waits, in order, up to the first that touches what another of the group touches."""
        group: list[Job] = []
        touched: set[str] = set()
        while self._waiting and len(group) < MOST_TOGETHER:
            job = self._waiting[0]
            if job.future.done():
                self._waiting.popleft()
                continue
            touches = job.touches()
            if touches & touched:
                break
            touched |= touches
            group.append(self._waiting.popleft())
        return group

    async def _together(self, group: list[Job]) -> None:
        if not group:
            return
        try:
            await self._attempt(group)
        except Undone as undone:
            if len(group) > 1:
                for part in _parts(group, undone):
                    await self._together(part)
            else:
                await self._again(group[0], undone)
        except errors.HubError as error:
            for job in group:
                _fail(job, error)
        except Exception as fault:
            event = failed(fault, errors.InternalError.code)
            observe(event)
            for job in group:
                _fail(job, errors.InternalError(reference=event.reference))

    async def _again(self, job: Job, undone: Undone) -> None:
        """Once more where the database gave up on the transaction itself, as for a deadlock; else it is refused."""
        for _ in range(_TRIES - 1):
            if not _is_passing(undone.reason, job):
                break
            try:
                await self._attempt([job])
                return
            except Undone as later:
                undone = later
            except errors.HubError as error:
                _fail(job, error)
                return
        _fail(job, undone.reason if isinstance(undone.reason, errors.HubError) else errors.ExecuteError())

    async def _attempt(self, jobs: list[Job]) -> None:
        for job in jobs:
            job.reset()
        connection = await self._open()
        transaction = Transaction(
            query=connection.query, keeper=self._keeper, known=self._known(), jobs=list(jobs), derive=self._derive
        )
        try:
            refused = await transaction.run()
        except Undone as undone:
            self._drop_dead()
            raise undone
        except errors.RecordError:
            self._drop()
            raise
        except BaseException:
            # Whether the commit came through is not known: the chain is taken up anew from the database.
            self._drop()
            raise
        for place, job in enumerate(jobs):
            _finish(job, refused.get(place))

    async def _open(self) -> Connection:
        if self._connection is None or not self._connection.alive:
            self._connection = None
            connection = await Connection.connect(self._conninfo, Watch(patience=self._timeout + 1))
            try:
                await asyncio.gather(*(connection.query(text, ()) for text in self._manners()))
                await self._keeper.take_up()
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _manners(self) -> Sequence[str]:
        """A write waits for nobody longer than a request would."""
        millis = round(self._timeout * 1000)
        return (
            "SET synchronous_commit = on",
            "SET plan_cache_mode = force_generic_plan",
            "SET enable_bitmapscan = off",
            f"SET statement_timeout = {millis}",
            f"SET lock_timeout = {millis // 2}",
        )

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _drop_dead(self) -> None:
        if self._connection is not None and not self._connection.alive:
            self._connection = None


def _parts(group: list[Job], undone: Undone) -> list[list[Job]]:
    """What is tried next: halves, until who is refused is alone. Where the database gave up, as after waiting for
    somebody's lock, each alone, so that one waits again and no other.
    """
    if isinstance(undone.reason, errors.ExecuteError):
        return [[job] for job in group]
    middle = len(group) // 2
    return [group[:middle], group[middle:]]


def _is_passing(reason: Exception, job: Job) -> bool:
    """Whether another attempt may succeed: the database gave the transaction up, or a number we made was taken."""
    if isinstance(reason, errors.ExecuteError):
        return not isinstance(reason, errors.ExecuteTimeout)
    made = any(write.is_new and write.act.entity.about.natural_key_made for write in job.writes)
    return made and isinstance(reason, errors.ValueTaken)


def _finish(job: Job, refusal: Exception | None) -> None:
    if job.future.done():
        return
    if refusal is not None:
        error = refusal if isinstance(refusal, errors.HubError) else errors.ExecuteError()
        job.future.set_result(Outcome(error=error))
    else:
        job.future.set_result(Outcome(written=tuple(job.written), repeated=job.repeated))


def _fail(job: Job, error: errors.HubError) -> None:
    with contextlib.suppress(asyncio.InvalidStateError):
        job.future.set_result(Outcome(error=error))
