"""A caller who asks a served hub, again and again where it must be, and says what came back."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from httpx2 import Client, Response

from hub.database import Database
from hub.settings import Settings
from tests.clients.hub_server import serving

#: What the small city answers for the county's education bureau.
QUESTION = "{ children(first: 3) { nodes { childNo name } count { value } } }"
RETRY_CODES = {"UNAVAILABLE", "TIMEOUT", "CANNOT_RECORD"}
PAUSE = 0.02


def unhurried(seconds: float) -> float:
    """The same time on a machine that does other things besides."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Caller:
    """Asks the same question; an answer is right, or it is a refusal that says to come again."""

    def __init__(self, client: Client, token: str) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {token}"}
        self.right: Any = None

    def ask(self, query: str = QUESTION) -> Response:
        return self._client.post("/graphql", json={"query": query}, headers=self._headers)

    def code(self) -> str | None:
        """None for a right answer, else the code of the refusal; anything else fails the test."""
        response = self.ask()
        body = response.json()
        if "errors" not in body:
            assert response.status_code == 200
            self.right = self.right or body["data"]
            assert body["data"] == self.right
            return None
        (error,) = body["errors"]
        assert "data" not in body, "data beside a refusal"
        assert error["extensions"]["code"] in RETRY_CODES, error
        assert error["extensions"]["retryable"] is True
        assert response.status_code in (503, 504)
        assert int(response.headers["retry-after"]) >= 1
        return str(error["extensions"]["code"])

    def until(self, wanted: Callable[[str | None], bool], seconds: float) -> float:
        """Asks until the outcome is as wanted; returns how long it took. Raises AssertionError after so long."""
        started = time.monotonic()
        while not wanted(self.code()):
            if time.monotonic() - started > seconds:
                raise AssertionError(f"not within {seconds} s")
            time.sleep(PAUSE)
        return time.monotonic() - started

    def until_right(self, seconds: float = 5) -> float:
        return self.until(lambda code: code is None, unhurried(seconds))

    def until_refused(self, seconds: float = 30) -> float:
        return self.until(lambda code: code is not None, seconds)


@contextmanager
def asking(settings: Settings, database: Database) -> Iterator[Caller]:
    with serving(settings, database) as served, Client(base_url=served.url, timeout=30) as client:
        caller = Caller(client, served.token("ED@430621", "officer"))
        caller.until_right(30)
        yield caller


@contextmanager
def many_asking(caller: Caller, count: int = 4) -> Iterator[list[BaseException]]:
    """Others who go on asking meanwhile; what they found wrong is in the list in the end."""
    wrong: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                caller.code()
            except BaseException as error:
                wrong.append(error)
                return

    threads = [threading.Thread(target=ask, name=f"caller {number}") for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield wrong
    finally:
        done.set()
        for thread in threads:
            thread.join()
