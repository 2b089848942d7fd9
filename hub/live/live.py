"""Opens subscriptions for callers, whichever way they come; every refusal is on record as that of a query is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from graphql import OperationType

from hub import errors
from hub.live.changes import ChangeLog
from hub.live.feeds import FEEDS
from hub.live.follower import Follower
from hub.live.forming import Following, Formed, Former
from hub.live.subscription import Subscription, Way
from hub.query.accounting import Accounts
from hub.query.binding import value_of
from hub.query.line import Caller, Line, Parts, Reply, facts_of, is_strict
from hub.query.operation import Leaf, Operation
from hub.query.shares import Share
from hub.query.transport import JSON, Asked, RawHeaders

#: Longest cursor or id that is looked at.
LONGEST = 512


@dataclass(slots=True)
class Figures:
    """What this process has told so far."""

    events: int = 0


class Live:
    """The subscriptions of one process."""

    def __init__(self, line: Line, parts: Parts, follower: Follower, log: ChangeLog) -> None:
        self._line, self._parts, self._follower = line, parts, follower
        self._accounts = Accounts(parts.names)
        self._open: set[Subscription] = set()
        self._way = Way(
            follower=follower, log=log, former=Former(line, parts), record=self._record, closed=self._closed
        )
        self.figures = Figures()

    @property
    def following(self) -> int:
        return len(self._open)

    @property
    def lag(self) -> float:
        """Seconds by which open transactions hold back what is told."""
        return self._follower.figures.lag

    async def caller(self, headers: RawHeaders, stated: object = None) -> Caller:
        return await self._line.caller(headers, stated)

    def connect(self, caller: Caller) -> Share:
        """Counts a connection of this caller; raises TooManySubscriptions, TooManyRequests."""
        return self._parts.shares.connect(caller.identity)

    async def answer(self, headers: RawHeaders, asked: Asked) -> Reply:
        """What is no subscription is answered as over HTTP."""
        return await self._line.answer(headers, asked, JSON)

    async def open(self, headers: RawHeaders, asked: Asked, last: str | None = None) -> Subscription | None:
        """A subscription that has begun, behind the cursor `last` if one is given; None where none is asked for."""
        started = time.perf_counter()
        caller = await self._line.caller(headers, asked.extensions.get("purpose"))
        strict = is_strict(asked.extensions, caller.identity)
        share = self._parts.shares.enter(caller.identity)
        try:
            operation = await self._line.read(asked, caller, share)
            if operation.kind is not OperationType.SUBSCRIPTION:
                return None
        except errors.TooManyRequests:
            raise
        except errors.HubError:
            return None  # the line refuses it anew, and puts it on record
        finally:
            share.leave()
        return await self._opened(_Asking(caller=caller, operation=operation, headers=headers, asked=asked,
                                          strict=strict, last=last, started=started))  # fmt: skip

    async def _opened(self, asking: _Asking) -> Subscription:
        caller, operation = asking.caller, asking.operation
        share = self._parts.shares.subscribe(caller.identity)
        subscription: Subscription | None = None
        account = self._accounts.nothing(operation, caller.grant)
        facts = facts_of(caller.identity, caller.purpose, asking.started)
        try:
            following, after = self._following(asking, share)
            self._way.former.prepare(following, caller)
            subscription = Subscription(following, self._way)
            self._open.add(subscription)
            await subscription.begin(asking.last or after)
            return subscription
        except errors.HubError as error:
            share.unsubscribe() if subscription is None else subscription.close()
            await self._line.record_refusal(facts, account, error, _access(error))
            raise
        except BaseException:
            share.unsubscribe() if subscription is None else subscription.close()
            raise

    def _following(self, asking: _Asking, share: Share) -> tuple[Following, str | None]:
        operation, caller = asking.operation, asking.caller
        roots = operation.roots()
        if len(roots) != 1:
            raise errors.OperationUnknown()
        (root,) = roots
        feed = FEEDS[root.name]
        arguments = operation.arguments("Subscription", root)
        given = {
            name: value_of(leaf, operation.variables) for name, leaf in arguments.items() if isinstance(leaf, Leaf)
        }
        if any(value is not None and len(str(value)) > LONGEST for value in given.values()):
            raise errors.CursorInvalid()
        names = {item.key: item.name for item in operation.below(root, frozenset({feed.rows.type}))}
        following = Following(
            caller=caller, operation=operation, root=root, names=names, feed=feed,
            key=feed.key(caller.identity.unit.code, given.get("id")), strict=asking.strict, share=share,
            headers=asking.headers, stated=asking.asked.extensions.get("purpose"),
        )  # fmt: skip
        return following, given.get("after")

    async def _record(self, formed: Formed) -> None:
        await self._parts.recorder.record(formed.entry)
        self.figures.events += 1

    def _closed(self, subscription: Subscription) -> None:
        self._open.discard(subscription)
        subscription.following.share.unsubscribe()

    async def close(self) -> None:
        """Ends every subscription, and the reading of the log."""
        for subscription in tuple(self._open):
            subscription.end(errors.StreamError())
        await self._follower.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """A subscription that is asked for."""

    caller: Caller
    operation: Operation
    headers: RawHeaders
    asked: Asked
    strict: bool
    last: str | None
    started: float


def _access(error: errors.HubError) -> Sequence[dict[str, object]]:
    access = error.data.get("access")
    return access if isinstance(access, list) else []
