"""One line for each event, on standard error: JSON for programs, or plain for a terminal; nothing else goes there.

Libraries speak through it too, but only by the place in their code: their words may repeat a document, a statement or
a value. Neither line breaks nor control characters of any text can forge a line.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import warnings
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import orjson

from hub.errors import InternalError
from hub.observation import Event, Said, Warned, failed, kinds, observe, places

#: Control and formatting characters that JSON leaves as they are; a terminal or a log viewer would obey them.
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def configure(level: str, node: str, stream: TextIO | None = None, *, form: str = "auto") -> None:
    """Send everything to one stream, standard error by default; whatever would go past it is caught."""
    stream = stream or sys.stderr
    plain = form == "plain" or (form == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Plain() if plain else Lines(node))
    handler.addFilter(_is_told)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    # A handler that fails would print the record with its words.
    logging.raiseExceptions = False
    warnings.showwarning = _warned
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _uncaught_in_thread


class Lines(logging.Formatter):
    """A log record as one line of JSON."""

    def __init__(self, node: str) -> None:
        super().__init__()
        self._node = node

    def format(self, record: logging.LogRecord) -> str:
        event = _event(record)
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "node": self._node,
            "event": type(event).__name__,
        }
        return _harmless(line | _facts(event))


class Plain(logging.Formatter):
    """A log record as one line for a person."""

    def format(self, record: logging.LogRecord) -> str:
        event = _event(record)
        time = datetime.fromtimestamp(record.created).astimezone().isoformat(sep=" ", timespec="seconds")
        facts = (f"{name}={_harmless(value)}" for name, value in _facts(event).items() if value not in ((), None))
        return " ".join((time[:19], f"{record.levelname:8}", type(event).__name__, *facts))


def _is_told(record: logging.LogRecord) -> bool:
    """The hub's own events, and of libraries only what went wrong: each of their steps would be noise."""
    return isinstance(record.msg, Event) or record.levelno >= logging.WARNING


def _event(record: logging.LogRecord) -> Event:
    if isinstance(record.msg, Event):
        return record.msg
    error = record.exc_info[1] if record.exc_info else record.msg if isinstance(record.msg, BaseException) else None
    where = (f"{Path(record.pathname).name}:{record.lineno}:{record.funcName}",)
    if error is None:
        return Said(logger=record.name, where=where)
    return Said(logger=record.name, where=where + places(error), error=kinds(error))


def _facts(event: Event) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in fields(event)}


def _harmless(value: object) -> str:
    """As JSON, with what a terminal would obey written out."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", orjson.dumps(value, default=str).decode())


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    observe(Warned(kind=category.__qualname__, where=f"{Path(filename).name}:{lineno}"))


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    observe(failed(error, InternalError.code))


def _uncaught_in_thread(about: threading.ExceptHookArgs) -> None:
    if about.exc_value is not None:
        observe(failed(about.exc_value, InternalError.code))


def _unraisable(about: sys.UnraisableHookArgs) -> None:
    if about.exc_value is not None:
        observe(failed(about.exc_value, InternalError.code))
