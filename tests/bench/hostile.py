"""Eight callers of one unit who ask for as much as they can, and never wait as they are told to.

A process of its own: reads where and as whom from standard input, then asks until it is ended.
"""

from __future__ import annotations

import http.client
import itertools
import json
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from graphql import get_introspection_query

from hub.database import Database
from hub.identity.trust import issuer_from
from tests.bench import contestants, data

UNIT = f"ED@{data.COUNTY}"
CALLERS = 8
#: Connections of each caller.
EACH = 4
#: What the other unit asks meanwhile, and over how many connections.
QUESTIONS, CONNECTIONS = ("Q1", "Q2"), 4
_FIELDS = "id childNo name sex birthDate ethnicity residenceDivision lbcStatus"
_PAGE = f"children(first: 1000) {{ nodes {{ {_FIELDS} enrolments(first: 5) {{ id stage }} }} }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Where to ask, and as whom."""

    port: int
    tokens: Sequence[str]


def expensive(_: int) -> bytes:
    """What costs the most that one operation may."""
    return _body(f"{{ {_PAGE} }}")


def new(number: int) -> bytes:
    """Always another document, so that no cache helps."""
    names = " ".join(f"{letter}{number}: children(first: 1) {{ nodes {{ {_FIELDS} }} }}" for letter in "abcdefgh")
    return _body(f"{{ {names} }}")


def counting(number: int) -> bytes:
    return _body(f"{{ c{number % 7}: children(first: 0) {{ count(limit: 100000) {{ value }} }} }}")


def introspecting(number: int) -> bytes:
    return _body(get_introspection_query() + f" # {number}")


def scanning(number: int) -> bytes:
    """A filter that meets nothing."""
    variables = {"f": {"and": [{"name": {"ne": f"{number}{n}"}} for n in range(20)] + [{"name": {"eq": "-"}}]}}
    return _body("query ($f: ChildFilter) { children(first: 1000, filter: $f) { nodes { id } } }", variables)


def doubling(number: int) -> bytes:
    """Fragments that spread each other twice."""
    steps = (f"fragment F{n} on Query {{ ...F{n + 1} a: viewer {{ kind }} ...F{n + 1} }}" for n in range(24))
    return _body(f"query Q{number} {{ ...F0 }} {' '.join(steps)} fragment F24 on Query {{ viewer {{ kind }} }}")


def malformed(number: int) -> bytes:
    return b'{"query": ' + b"[" * (number % 2000)


ASKED: Sequence[Callable[[int], bytes]] = (expensive, new, counting, introspecting, scanning, doubling, malformed)


def _body(query: str, variables: Mapping[str, Any] | None = None) -> bytes:
    return json.dumps({"query": query, "variables": variables or {}}).encode()


def pester(port: int, token: str, seed: int) -> None:
    """One connection after another, without a pause; of some answers nothing is awaited."""
    luck = random.Random(seed)
    head = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    for number in itertools.count(seed):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for step in range(20):
                connection.request("POST", "/graphql", luck.choice(ASKED)(number * 20 + step), head)
                if luck.random() < 0.1:
                    break  # hangs up
                connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()


@contextmanager
def pestering(database: Database, port: int) -> Iterator[None]:
    """Eight callers ask for the time of the block."""
    issuer = issuer_from(database.settings)
    tokens = [
        issuer.issue(UNIT, f"hostile.{number}", roles=["officer"], ttl=contestants.TOKEN_LIFETIME)
        for number in range(CALLERS)
    ]
    with contestants.process([sys.executable, "-m", "tests.bench.hostile"], stdin=subprocess.PIPE) as started:
        if started.stdin is None or started.stdout is None:
            raise OSError("the callers have no pipes")
        started.stdin.write(json.dumps(asdict(Orders(port=port, tokens=tokens))) + "\n")
        started.stdin.flush()
        started.stdout.readline()  # all have begun
        yield
        started.stdin.close()


def main() -> None:
    orders = Orders(**json.loads(sys.stdin.readline()))
    for number, token in enumerate(orders.tokens):
        for line in range(EACH):
            threading.Thread(target=pester, args=(orders.port, token, 1000 * number + line), daemon=True).start()
    with socket.create_connection(("127.0.0.1", orders.port), 30):
        print("begun", flush=True)
    sys.stdin.read()  # until it is closed


if __name__ == "__main__":
    main()
