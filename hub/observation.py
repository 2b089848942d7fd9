"""What the hub says of itself: events are types, written as one line of JSON each; libraries speak through it too.

No value of personal data is ever said: an event has named fields of its own, an exception is told by its type and
place without its message, and loggers that print documents or statements are silenced.
"""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, TextIO

import orjson

#: They print whole documents, statements or addresses with what callers wrote into them.
SILENCED = ("strawberry.execution", "uvicorn.access", "sqlalchemy", "psycopg", "graphql", "casbin")
#: They tell of each of their steps; what the hub does it says itself.
TALKATIVE = ("alembic", "uvicorn.error", "asyncio")
#: Control and formatting characters that JSON leaves as they are; a terminal or a log viewer would obey them.
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


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
    """A library's own message."""

    logger: str
    message: str
    error: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


def observe(event: Event) -> None:
    """Say it."""
    logging.getLogger("hub").log(event.level, event)


def unavailable(what: str, error: BaseException, code: str = "UNAVAILABLE") -> Unavailable:
    """The event of something that does not answer, told by the kind of its failure."""
    return Unavailable(what=what, code=code, error=_types(error))


def failed(error: BaseException, code: str) -> Failed:
    """The event of an unexpected exception, under a new reference."""
    return Failed(reference=secrets.token_hex(6), code=code, error=_types(error), where=_places(error))


def configure(level: str, node: str, stream: TextIO | None = None) -> None:
    """Send everything to one stream, standard error by default, and silence what prints values."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Lines(node))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in SILENCED:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = False
        logger.addHandler(logging.NullHandler())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


class _Lines(logging.Formatter):
    """A log record as one line of JSON."""

    def __init__(self, node: str) -> None:
        super().__init__()
        self._node = node

    def format(self, record: logging.LogRecord) -> str:
        event = record.msg if isinstance(record.msg, Event) else _said(record)
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "node": self._node,
            "event": type(event).__name__,
        }
        line |= {field.name: getattr(event, field.name) for field in fields(event)}
        return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", orjson.dumps(line, default=str).decode())


def _said(record: logging.LogRecord) -> Said:
    """A library's message; of an exception its type and place, as its message may repeat a value."""
    error = record.exc_info[1] if record.exc_info else None
    message = type(record.msg).__name__ if isinstance(record.msg, BaseException) else record.getMessage()
    if error is None:
        return Said(logger=record.name, message=message)
    return Said(logger=record.name, message=str(record.msg), error=_types(error), where=_places(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _types(error: BaseException) -> tuple[str, ...]:
    return tuple(f"{type(cause).__module__}.{type(cause).__qualname__}" for cause in _chain(error))


def _places(error: BaseException) -> tuple[str, ...]:
    frames = traceback.extract_tb(error.__traceback__)
    return tuple(f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in frames)
