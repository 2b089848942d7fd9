"""Log lines: one per event, and what must not be in them."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

import psycopg
import pytest

from hub.logs import configure
from hub.observation import Event, Unavailable, failed, observe, unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried(Event):
    name: str


@pytest.fixture
def log() -> Iterator[StringIO]:
    """The log of a configured hub; what was configured before is put back."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning
    stream = StringIO()
    configure("info", "n1", stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    logging.raiseExceptions = True
    sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning = hooks


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


def test_libraries_are_told_by_their_place(log: StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Started %s", "张小明")
    logging.getLogger("uvicorn.error").warning("Stopped %s", "张小明")
    line = json.loads(log.getvalue())
    assert (line["event"], line["logger"]) == ("Said", "uvicorn.error")
    assert line["where"][0].startswith("test_observation.py:")
    assert "张小明" not in log.getvalue()


def test_what_asyncio_prints_of_a_lost_task_has_no_words(log: StringIO) -> None:
    async def fail() -> None:
        raise ValueError("张小明")

    async def run() -> None:
        task = asyncio.create_task(fail(), name="430621200001011234")
        await asyncio.wait([task])
        del task
        gc.collect()

    asyncio.run(run())
    line = json.loads(log.getvalue())
    assert (line["logger"], line["error"]) == ("asyncio", ["builtins.ValueError"])
    assert "张小明" not in log.getvalue() and "430621" not in log.getvalue()


def test_warnings_and_uncaught_exceptions_have_no_words(log: StringIO) -> None:
    warnings.showwarning("张小明", UserWarning, "/there/library.py", 7)
    try:
        raise ValueError("张小明")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    thread = threading.Thread(target=int, args=("张小明",))
    thread.start()
    thread.join()
    warned, uncaught, threaded = map(json.loads, log.getvalue().splitlines())
    assert (warned["kind"], warned["where"]) == ("UserWarning", "library.py:7")
    assert uncaught["error"] == threaded["error"] == ["builtins.ValueError"]
    assert "张小明" not in log.getvalue()


def test_record_that_cannot_be_written_prints_nothing(log: StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    log.close()
    logging.getLogger("library").error("%d", "张小明")
    assert capsys.readouterr() == ("", "")


def test_refusal_of_the_database_is_told_by_its_state(log: StringIO) -> None:
    observe(unavailable("database", psycopg.errors.UniqueViolation("Key (name)=(张小明) already exists.")))
    assert json.loads(log.getvalue())["error"] == ["psycopg.errors.UniqueViolation 23505"]


def test_plain_lines_are_lines_too(log: StringIO) -> None:
    configure("info", "n1", log, form="plain")
    observe(Tried(name="a\n\x1b[31m张"))
    written = log.getvalue()
    assert written.endswith('Tried name="a\\n\\u001b[31m张"\n') and written.count("\n") == 1


def test_less_severe_events_are_left_out(log: StringIO) -> None:
    configure("error", "n1", log)
    observe(Unavailable(what="database", code="UNAVAILABLE"))
    assert log.getvalue() == ""
