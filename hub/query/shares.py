"""Each caller's share of a process: requests at once, cost over time, and the time that new documents take to plan.

A caller may run into debt by one request and is refused until it is paid off, so that nothing has to be known of a
request before it is read. Shares are kept by each process for itself.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from hub import errors
from hub.identity.identity import Identity
from hub.observation import Event, observe

#: What a request costs beside what it asks for: about the microseconds that HTTP and the record take.
REQUEST_COST = 100
#: Seconds of full rate that may be saved up.
SAVED, SAVED_PLANNING = 10, 30
#: Seconds that a new document counts for at least, as it pushes another one out of the cache.
NEW_DOCUMENT = 0.005
#: How much more than one caller all callers of a unit may take together for planning.
UNIT_SHARE = 3
MOST_KEPT = 20_000
TOLD_EVERY = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled(Event):
    """A unit's caller asked for more than its share; told once a minute and unit."""

    unit: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What one caller may take; 0 is without bound."""

    cost: int = 0  # a second
    planning: float = 0.0  # seconds a second
    streams: int = 0  # requests at once
    subscriptions: int = 0  # at once, and as many connections for them


class Bucket:
    """Fills at a rate up to what is saved in some seconds; may be emptied below zero."""

    __slots__ = ("_at", "_clock", "_level", "_most", "_rate")

    def __init__(self, rate: float, clock: Callable[[], float], saved: float) -> None:
        self._rate, self._clock = rate, clock
        self._most = self._level = rate * saved
        self._at = clock()

    @property
    def level(self) -> float:
        now = self._clock()
        self._level = min(self._most, self._level + (now - self._at) * self._rate)
        self._at = now
        return self._level

    def wait(self) -> float:
        """Seconds until something is in it again."""
        level = self.level if self._rate else 1.0
        return 0.0 if level > 0 else -level / self._rate

    def take(self, amount: float) -> None:
        self._level = self.level - amount


class Share:
    """One caller's."""

    __slots__ = ("_policy", "_rate", "_sockets", "_streams", "_subscriptions", "_unit", "cost", "planning")

    def __init__(self, rates: Rates, unit: Bucket, clock: Callable[[], float]) -> None:
        self.cost = Bucket(rates.cost, clock, SAVED)
        self.planning = Bucket(rates.planning, clock, SAVED_PLANNING)
        self._unit = unit
        self._rate = rates.cost
        self._streams = self._subscriptions = self._sockets = 0
        self._policy = b'"cost";q=%d;w=%d' % (rates.cost * SAVED, SAVED)

    @property
    def is_used(self) -> bool:
        return bool(self._streams or self._subscriptions or self._sockets)

    def enter(self, limit: int) -> None:
        """Begins a request; raises TooManyStreams, TooManyRequests."""
        if 0 < limit <= self._streams:
            raise errors.TooManyStreams(limit=limit, seconds=1)
        self._ask()
        self._streams += 1

    def leave(self) -> None:
        self._streams -= 1

    def subscribe(self, limit: int) -> None:
        """Begins a subscription; raises TooManySubscriptions, TooManyRequests."""
        if 0 < limit <= self._subscriptions:
            raise errors.TooManySubscriptions(limit=limit, seconds=1)
        self._ask()
        self._subscriptions += 1

    def unsubscribe(self) -> None:
        self._subscriptions -= 1

    def connect(self, limit: int) -> None:
        """Opens a connection for subscriptions; raises TooManySubscriptions, TooManyRequests."""
        if 0 < limit <= self._sockets:
            raise errors.TooManySubscriptions(limit=limit, seconds=1)
        self._ask()
        self._sockets += 1

    def disconnect(self) -> None:
        self._sockets -= 1

    def _ask(self) -> None:
        wait = max(self.cost.wait(), self.planning.wait(), self._unit.wait())
        if wait:
            raise errors.TooManyRequests(seconds=max(1, math.ceil(wait)))
        self.cost.take(REQUEST_COST)

    def read(self, seconds: float) -> None:
        """Counts the time that a new document took to be read."""
        self.planned(max(seconds, NEW_DOCUMENT))

    def planned(self, seconds: float) -> None:
        """Counts the time that a plan took."""
        self.planning.take(seconds)
        self._unit.take(seconds)

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What is left, by the draft of the RateLimit header fields."""
        if not self._rate:
            return []
        left = max(0, int(self.cost.level))
        return [(b"ratelimit-policy", self._policy), (b"ratelimit", b'"cost";r=%d;t=%d' % (left, SAVED))]


class Shares:
    """Shares by unit and person; those used last are kept."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = time.monotonic) -> None:
        self._rates, self._clock = rates, clock
        self._kept: OrderedDict[tuple[str, str], Share] = OrderedDict()
        self._units: OrderedDict[str, Bucket] = OrderedDict()
        self._told: dict[str, float] = {}

    def enter(self, identity: Identity) -> Share:
        """Begins a request of this caller, who leaves by `Share.leave`; raises TooManyStreams, TooManyRequests."""
        return self._begun(identity, Share.enter, self._rates.streams)

    def subscribe(self, identity: Identity) -> Share:
        """Begins a subscription, ended by `Share.unsubscribe`; raises TooManySubscriptions, TooManyRequests."""
        return self._begun(identity, Share.subscribe, self._rates.subscriptions)

    def connect(self, identity: Identity) -> Share:
        """Opens a connection, closed by `Share.disconnect`; raises TooManySubscriptions, TooManyRequests."""
        return self._begun(identity, Share.connect, self._rates.subscriptions)

    def _begun(self, identity: Identity, begin: Callable[[Share, int], None], limit: int) -> Share:
        key = (identity.unit.code, identity.person)
        share = self._kept.get(key)
        if share is None:
            share = self._kept[key] = Share(self._rates, self._unit(identity.unit.code), self._clock)
            self._forget()
        try:
            begin(share, limit)
        except errors.TooManyRequests as error:
            self._tell(identity.unit.code, error.code)
            raise
        return share

    def _unit(self, code: str) -> Bucket:
        if code not in self._units:
            self._units[code] = Bucket(self._rates.planning * UNIT_SHARE, self._clock, SAVED_PLANNING)
        return self._units[code]

    def _forget(self) -> None:
        """Drops the oldest caller; one with a request under way goes to the end instead."""
        if len(self._kept) > MOST_KEPT:
            key, share = self._kept.popitem(last=False)
            if share.is_used:
                self._kept[key] = share
        if len(self._units) > MOST_KEPT:
            self._units.popitem(last=False)

    def _tell(self, unit: str, code: str) -> None:
        now = self._clock()
        if now - self._told.get(unit, -TOLD_EVERY) >= TOLD_EVERY:
            if len(self._told) >= MOST_KEPT:
                self._told.clear()
            self._told[unit] = now
            observe(Throttled(unit=unit, code=code))
