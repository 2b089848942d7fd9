"""What one follower is told of one happening: formed as a query is answered, under the grant of that moment.

Who follows is looked at anew each time: token, unit, policy and grant. Of a row that is not to be seen nothing is told.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeAlias

import orjson

from hub import errors
from hub.audit.record import AccessEntry
from hub.live.changes import Place
from hub.live.feeds import Feed, Happening, Key
from hub.query import rendering
from hub.query.accounting import Accounts, Facts
from hub.query.answer import Answered, Prepared, Request
from hub.query.line import Caller, Line, Parts, refused
from hub.query.operation import Operation, Selected
from hub.query.pipeline import Row
from hub.query.planner import NAMED
from hub.query.seen import FLOOR
from hub.query.shares import Share
from hub.query.transport import GRAPHQL, RawHeaders
from hub.query.turns import Queue

Query: TypeAlias = Callable[[str, Sequence[bytes | None]], Awaitable[list[Row]]]

#: What an event costs beside what it holds: about the microseconds of its record and its way out.
EVENT_COST = 100
#: Events formed at once, of one unit and of all; and how many may wait, which is bounded by who follows.
EACH, AT_ONCE, WAITING = 8, 16, 1_000_000
#: Microseconds in which "now" is one moment for all events, so that those who ask the same share one answer.
MOMENT = 100_000
SHOWN = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """One caller's subscription, as it was opened."""

    caller: Caller
    operation: Operation = field(repr=False)
    root: Selected
    names: Mapping[str, str]  # response key below the root → field
    feed: Feed
    key: Key
    strict: bool
    share: Share = field(repr=False)
    headers: RawHeaders = field(repr=False)
    stated: object = field(repr=False)  # purpose in the request's own extensions

    def is_main(self, key: str) -> bool:
        return self.names[key] == self.feed.main


@dataclass(frozen=True, slots=True, kw_only=True)
class Formed:
    """What would be told, as a GraphQL response, and what goes on record if it is."""

    place: Place
    cursor: str
    body: bytes = field(repr=False)
    entry: AccessEntry = field(repr=False)
    cost: int
    shown: str  # digest of the rows it shows
    is_step: bool  # it shows a step of the time line
    is_empty: bool  # what it is about is not to be seen


class Former:
    """Forms events; equal questions about one happening are asked once."""

    def __init__(self, line: Line, parts: Parts) -> None:
        self._line, self._parts = line, parts
        self._accounts = Accounts(parts.names)
        self._places = Queue(AT_ONCE, each=EACH, waiting=WAITING)
        self._shared = _Shared()

    async def current(self, following: Following) -> Caller:
        """The caller as of now; raises IdentityError, GrantError, and RightsChanged where anything differs."""
        held, now = following.caller, await self._line.caller(following.headers, following.stated)
        was, is_ = ((each.identity.unit, each.grant.digest, each.grant.digest_key) for each in (held, now))
        if was != is_:
            raise errors.RightsChanged()
        return now

    def prepare(self, following: Following, caller: Caller) -> Prepared:
        """The plan of the rows that are asked for; raises NotGranted where none may be seen at all."""
        feed = following.feed
        prepared = self._parts.answerer.prepare_named(
            following.operation, following.root, feed.rows, caller.grant, (caller.identity, caller.purpose)
        )
        roots = [step.root for step in prepared.steps if following.is_main(step.root.key)]
        if not roots:
            raise errors.PlanError(reason=f"{feed.name} {{ {feed.main} {{ … }} }}")
        if all(root.read is None for root in roots) or (following.strict and prepared.withheld):
            access = [rendering.access_entry(each.path, each.data_class, each.refusal) for each in prepared.withheld]
            raise errors.NotGranted(paths=feed.name, access=access)
        return prepared

    async def form(self, following: Following, happening: Happening, written: int) -> Formed:
        """What is told of it now; `written` is how far a standby must have come to know of it."""
        started = time.perf_counter()
        caller = await self.current(following)
        prepared = self.prepare(following, caller)
        answered = await self._answered((following, caller, prepared), happening, written)
        facts = Facts(
            at=datetime.now(UTC), identity=caller.identity, purpose=caller.purpose,
            operation_name=following.operation.name, micros=int((time.perf_counter() - started) * 1_000_000),
        )  # fmt: skip
        return self._formed((following, caller, prepared), happening, answered, facts)

    async def _answered(
        self, asking: tuple[Following, Caller, Prepared], happening: Happening, written: int
    ) -> Answered:
        following, caller, prepared = asking
        steps = [step for step in prepared.steps if happening.rows.get(following.names[step.root.key]) is not None]
        now = datetime.now(UTC)
        request = Request(
            identity=caller.identity, purpose=caller.purpose,
            variables={**following.operation.variables, NAMED: happening.rows},
            now=now.replace(microsecond=now.microsecond - now.microsecond % MOMENT),
        )  # fmt: skip
        present, answerer, unit = replace(prepared, steps=tuple(steps)), self._parts.answerer, caller.identity.unit.code
        FLOOR.set(written)
        await self._places.take(unit)
        try:
            return await self._parts.turns.run(
                unit, prepared.pace,
                lambda query: answerer.run(present, request, self._shared.asking(happening.place, request.now, query)),
            )  # fmt: skip
        finally:
            self._places.back(unit)

    def _formed(
        self, asking: tuple[Following, Caller, Prepared], happening: Happening, answered: Answered, facts: Facts
    ) -> Formed:
        following, caller, prepared = asking
        rows, cost = dict(answered.roots), prepared.cost + EVENT_COST
        shown = sha256(b",".join(rows.values())).hexdigest()[:SHOWN]
        cursor = self.sealed(following, happening.place, shown)
        error, body = None, b""
        if following.strict and answered.access:
            paths = ", ".join(".".join(map(str, entry["path"])) for entry in answered.access[:8])
            refusal = errors.NotGranted(paths=paths, access=answered.access)
            error, body = refusal.code, refused(refusal, GRAPHQL, caller.grant).body
        else:
            data = _data(following, happening, rows, cursor)
            report = rendering.report(answered.access, caller.grant.version, (cost, self._parts.limits.cost))
            body = b'{"data":{%b:%b},"extensions":%b}' % (orjson.dumps(following.root.key), data, orjson.dumps(report))
        account = self._accounts.of(following.operation, prepared, caller.grant)
        told = Answered(access=answered.access) if error else _told(following, answered)
        entry = self._accounts.entry(facts, account, told, outcome="refused" if error else "answered", error=error)
        return Formed(
            place=happening.place, cursor=cursor, body=body, entry=entry, cost=cost, shown=shown,
            is_step=any(value != b"null" for key, value in rows.items() if not following.is_main(key)),
            is_empty=all(value == b"null" for key, value in rows.items() if following.is_main(key)),
        )  # fmt: skip

    def sealed(self, following: Following, place: Place, shown: str) -> str:
        """The cursor of a place, for this unit and what it follows."""
        return self._parts.cursors.seal([str(place.xid), str(place.seq), shown], _bound_to(following))

    def opened(self, following: Following, cursor: str) -> tuple[Place, str]:
        """The place of a cursor and what it showed; raises CursorInvalid."""
        xid, seq, shown = self._parts.cursors.open(cursor, _bound_to(following), length=3)
        return Place(int(xid or 0), int(seq or 0)), shown or ""


class _Shared:
    """Answers of one moment: whoever asks the same statement with the same values gets the same rows."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], asyncio.Future[list[Row]]] = {}
        self._moment: datetime | None = None

    def asking(self, place: Place, moment: datetime, query: Query) -> Query:
        if moment != self._moment:
            self._kept, self._moment = {}, moment
        kept = self._kept

        async def ask(sql: str, parameters: Sequence[bytes | None]) -> list[Row]:
            key = (place, sql, *parameters)
            if key not in kept:
                asked = kept[key] = asyncio.ensure_future(query(sql, parameters))
                asked.add_done_callback(lambda done: _forget_failed(kept, key, done))
            return await asyncio.shield(kept[key])

        return ask


def _forget_failed(
    kept: dict[tuple[object, ...], asyncio.Future[list[Row]]], key: tuple[object, ...], done: asyncio.Future[list[Row]]
) -> None:
    if done.cancelled() or done.exception() is not None:
        kept.pop(key, None)


def _bound_to(following: Following) -> bytes:
    return f"subscription {following.feed.name} {following.caller.identity.unit.code} {following.key[1]}".encode()


def _data(following: Following, happening: Happening, rows: Mapping[str, bytes], cursor: str) -> bytes:
    facts = {
        "cursor": cursor, "kind": happening.kind, "at": happening.at, "__typename": following.feed.rows.type,
    }  # fmt: skip
    parts = (
        orjson.dumps(key) + b":" + (orjson.dumps(facts[name]) if name in facts else rows.get(key, b"null"))
        for key, name in following.names.items()
    )
    return b"{" + b",".join(parts) + b"}"


def _told(following: Following, answered: Answered) -> Answered:
    """As the access record has it: under the root field, with the ids of every row that stands in it."""
    ids = dict.fromkeys(row for _, listed in answered.ids for row in orjson.loads(listed))
    return Answered(
        access=answered.access, ids=[(following.root.key, orjson.dumps([*ids]))], children=answered.children
    )
