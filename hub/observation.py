"""What the hub says of itself: events are types, and `hub.logs` writes each as one line.

No value of personal data is ever said: an event has named fields of its own, and an exception is told by its type and
place without its message.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; its class is its name."""

    level: ClassVar[int] = logging.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving(Event):
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLoaded(Event):
    version: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedRound(Event):
    """What time alone has changed was brought into step: so many children, of whom so many left the register."""

    children: int
    aged_out: int
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationRound(Event):
    """What units owe was brought into step: so many opened by the calendar, passed on, found overdue, escalated; and so
    many notices that nobody acknowledged in time.
    """

    opened: int
    passed_on: int
    overdue: int
    escalated: int
    unacknowledged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryRound(Event):
    """Access records were looked at for inquiries: so many, of which so many notices and reviews came."""

    looked: int
    told: int
    reviews: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """A request or a background task failed by a fault of ours; callers are told the reference."""

    level: ClassVar[int] = logging.ERROR
    reference: str
    code: str
    error: tuple[str, ...]  # the exception's type and those that caused it
    where: tuple[str, ...] = ()  # file:line of each frame, outermost first


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable(Event):
    """Something the hub depends on does not answer."""

    level: ClassVar[int] = logging.WARNING
    what: str
    code: str
    error: tuple[str, ...] = ()  # the exception's type and those that caused it; an SQLSTATE where there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered(Event):
    """Something the hub depends on answers again."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanchored(Event):
    """Records that a killed process had committed before it could anchor them; they verify and are anchored now."""

    level: ClassVar[int] = logging.WARNING
    chain: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRetired(Event):
    """A chain of access records does not verify: it stays as it is, and a new one is begun."""

    level: ClassVar[int] = logging.CRITICAL
    chain: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Event):
    """Something a library said: where in its code, not in which words, for they may repeat what a caller sent."""

    logger: str
    where: tuple[str, ...]
    error: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(Event):
    """A warning of Python's or of a library's: its kind and its place."""

    level: ClassVar[int] = logging.WARNING
    kind: str
    where: str


def observe(event: Event) -> None:
    """Say it."""
    logging.getLogger("hub").log(event.level, event)


def unavailable(what: str, error: BaseException, code: str = "UNAVAILABLE") -> Unavailable:
    """The event of something that does not answer, told by the kind of its failure."""
    return Unavailable(what=what, code=code, error=kinds(error))


def failed(error: BaseException, code: str) -> Failed:
    """The event of an unexpected exception, under a new reference."""
    return Failed(reference=secrets.token_hex(6), code=code, error=kinds(error), where=places(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def kinds(error: BaseException) -> tuple[str, ...]:
    """The exception's type and those that caused it; of what PostgreSQL refused, its SQLSTATE too."""
    return tuple(_kind(cause) for cause in _chain(error))


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    state = getattr(error, "sqlstate", None)
    return f"{name} {state}" if isinstance(state, str) and state.isalnum() else name


def places(error: BaseException) -> tuple[str, ...]:
    """File, line and function of each frame, outermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    return tuple(f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in frames)
