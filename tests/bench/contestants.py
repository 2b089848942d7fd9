"""The servers under comparison, each a process of its own, and the requests that each is asked."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from hub.database import Database
from hub.identity.trust import issuer_from
from hub.settings import ROOT
from tests.bench import queries
from tests.bench.load import Shot

TOKEN_LIFETIME = 80_000
#: Answers of each contestant that are compared at least, unless they take longer than so many seconds together;
#: the first one may have to warm up.
FEWEST, PATIENCE = 3, 30.0


class AnswersDiffer(Exception):
    """Two contestants answered the same question differently, or one of them with errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A running server, and how it is asked."""

    name: str
    port: int
    pid: int
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)  # by unit

    def can_answer(self, query: queries.Query) -> bool:
        """Whether it has the question at all."""
        return True

    def body(self, query: queries.Query, variables: queries.Variables) -> bytes:
        return orjson.dumps({"query": query.document, "variables": variables})

    def data(self, query: queries.Query, answer: Mapping[str, Any]) -> object:
        """The data in the form that all contestants are compared in."""
        return answer["data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Requests whose answers are known to be right, and how long the quickest took alone."""

    shots: tuple[Shot, ...]
    digests: tuple[bytes, ...]
    alone: float  # seconds


def tokens(database: Database) -> dict[str, str]:
    """A bearer token for each unit that asks."""
    issuer = issuer_from(database.settings)
    units = {query.unit for query in queries.QUERIES}
    return {
        unit: issuer.issue(unit, queries.person_of(unit), roles=queries.ROLES, ttl=TOKEN_LIFETIME) for unit in units
    }


@contextmanager
def serving(
    kind: str, database: Database, *, name: str = "", rules: int = 0, shares: bool = False
) -> Iterator[Contestant]:
    """A server process for the time of the block; `shares`: with the bounds on each caller that are the default."""
    command = [
        sys.executable, "-m", "tests.bench.serve", kind, "--data", str(database.settings.data.resolve()),
        "--shared-buffers", str(database.settings.pg_shared_buffers_mb), "--rules", str(rules),
        *["--shares"] * shares,
    ]  # fmt: skip
    given = tokens(database) if kind == "hub" else {}
    with process(command) as started:
        said = started.stdout.readline() if started.stdout else ""
        contestant = Contestant(name=name or kind, port=int(said), pid=started.pid, tokens=given)
        wait_until_open(contestant.port, started)
        yield contestant


@contextmanager
def process(
    command: Sequence[str], *, cwd: Path = ROOT, stdin: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the block."""
    started = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, text=True, cwd=cwd)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        if started.stdout:
            started.stdout.close()


def wait_until_open(port: int, started: subprocess.Popen[str], seconds: float = 60) -> None:
    """Until the server answers anything at all."""
    deadline = time.monotonic() + seconds
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            if started.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        finally:
            connection.close()


def gather(
    contestant: Contestant, query: queries.Query, variants: Sequence[queries.Variables], seconds: float
) -> Gathered:
    """Asks variant after variant, for so long; raises AnswersDiffer on errors."""
    connection = http.client.HTTPConnection("127.0.0.1", contestant.port, timeout=300)
    shots: list[Shot] = []
    digests: list[bytes] = []
    alone: list[float] = []
    until = time.monotonic() + seconds
    for variables in variants:
        head, body = _head(contestant, query), contestant.body(query, variables)
        started = time.monotonic()
        connection.request("POST", "/graphql", body, head)
        response = connection.getresponse()
        answer = response.read()
        alone.append(time.monotonic() - started)
        if response.status != 200 or not _is_clean(read := json.loads(answer)):
            raise AnswersDiffer(f"{contestant.name} {query.name}: {response.status} {answer[:600]!r}")
        digests.append(sha256(orjson.dumps(contestant.data(query, read), option=orjson.OPT_SORT_KEYS)).digest())
        shots.append(Shot(request=_wire(head, body), length=len(answer)))
        if time.monotonic() > until and (len(shots) >= FEWEST or sum(alone) > PATIENCE):
            break
    connection.close()
    return Gathered(shots=tuple(shots), digests=tuple(digests), alone=min(alone))


def _is_clean(answer: Mapping[str, Any]) -> bool:
    return "errors" not in answer and not answer.get("extensions", {}).get("access")


def _head(contestant: Contestant, query: queries.Query) -> dict[str, str]:
    head = {"Content-Type": "application/json", "Accept": "application/json"}
    if query.unit in contestant.tokens:
        head["Authorization"] = f"Bearer {contestant.tokens[query.unit]}"
    return head


def _wire(head: Mapping[str, str], body: bytes) -> str:
    lines = ["POST /graphql HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in head.items()]
    return "\r\n".join(lines) + "\r\n\r\n" + body.decode()


def check_equal(query: queries.Query, gathered: Mapping[str, Gathered]) -> None:
    """Raises AnswersDiffer unless all have answered each variant alike, as parsed JSON."""
    (first, known), *others = gathered.items()
    for name, other in others:
        for number, (one, two) in enumerate(zip(known.digests, other.digests, strict=False)):
            if one != two:
                raise AnswersDiffer(f"{query.name}, variant {number}: {first} and {name} differ")
