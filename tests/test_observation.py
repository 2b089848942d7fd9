"""Log lines: one per event, and what must not be in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

import pytest

from hub.observation import SILENCED, TALKATIVE, Event, Unavailable, configure, failed, observe


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried(Event):
    name: str


@pytest.fixture
def log() -> Iterator[StringIO]:
    """The log of a configured hub; what was configured before is put back."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = StringIO()
    configure("info", "n1", stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)
    for name in SILENCED:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_event_is_one_line_of_json(log: StringIO) -> None:
    observe(Unavailable(what="database", code="UNAVAILABLE"))
    line = json.loads(log.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning", "node": "n1", "event": "Unavailable", "what": "database", "code": "UNAVAILABLE",
        "error": [],
    }  # fmt: skip


def test_control_characters_are_escaped(log: StringIO) -> None:
    observe(Tried(name="a\nb\r\x1b[31m\x7f\x9b\u202e\u2028张"))
    written = log.getvalue()
    assert written.count("\n") == 1 and written.endswith("\n")
    assert written.isprintable() or all(c.isprintable() for c in written[:-1])
    assert json.loads(written)["name"] == "a\nb\r\x1b[31m\x7f\x9b\u202e\u2028张"


def test_exceptions_are_told_without_their_message(log: StringIO) -> None:
    try:
        try:
            raise ValueError("张小明")
        except ValueError as cause:
            raise RuntimeError("430621200001011234") from cause
    except RuntimeError as error:
        event = failed(error, "INTERNAL")
        logging.getLogger("library").error("it failed", exc_info=error)
        logging.getLogger("library").error(error)
    observe(event)
    assert event.error == ("builtins.RuntimeError", "builtins.ValueError")
    assert event.where[0].startswith("test_observation.py:")
    assert "张小明" not in log.getvalue() and "430621" not in log.getvalue()
    assert len(log.getvalue().splitlines()) == 3


def test_libraries_speak_in_the_same_form(log: StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Started %s", "server")
    logging.getLogger("uvicorn.error").warning("Stopped %s", "server")
    line = json.loads(log.getvalue())
    assert (line["event"], line["logger"], line["message"]) == ("Said", "uvicorn.error", "Stopped server")


@pytest.mark.parametrize("name", SILENCED)
def test_loggers_that_print_values_are_silent(log: StringIO, name: str) -> None:
    logging.getLogger(name).error("query { child(name: 张小明) }")
    logging.getLogger(f"{name}.part").error("query { child(name: 张小明) }")
    assert log.getvalue() == ""


def test_less_severe_events_are_left_out(log: StringIO) -> None:
    configure("error", "n1", log)
    observe(Unavailable(what="database", code="UNAVAILABLE"))
    assert log.getvalue() == ""
