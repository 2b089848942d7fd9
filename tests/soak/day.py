"""A day of mixed traffic in a quarter of an hour, at half of what the hub can take: nothing may grow, nothing may slow.

    python -m tests.soak.day --minutes 15

First the peak is measured, then half of it is kept up, quieter and busier as offices are over a day. Memory,
descriptors and the 99th percentile of each slice are judged by their course: a verdict, and exit code 1 if it is bad.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count, islice
from pathlib import Path
from typing import Any

import orjson

from hub.identity.issuer import Issuer
from hub.identity.trust import issuer_from
from tests.faults.hub_process import served_apart
from tests.query.small_city import child_id
from tests.soak.place import TOWNSHIP, VILLAGE, place
from tests.soak.writing import CREATE

THREADS, WARMING_SECONDS, PEAK_SECONDS, SLICES = 8, 20.0, 10.0, 30
#: How far the end may lie above the beginning: memory and times, of what is measured on a machine with other work.
GROWTH, SLOWING = 1.10, 2.0
DESCRIPTORS, BUSY = 10, 0.8
#: The course of a day, by the hour, as a share of its peak.
HOURS = [0.1] * 7 + [0.5, 0.9, 1, 1, 0.9, 0.4, 0.5, 0.9, 1, 1, 0.8, 0.5] + [0.2] * 5


@dataclass(slots=True)
class Slice:
    """What was seen in a part of the run."""

    share: float = 1.0  # of the day's peak
    times: list[float] = field(default_factory=list)
    failed: int = 0
    throttled: int = 0
    memory: int = 0
    descriptors: int = 0

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.times, n=100)[98] if len(self.times) >= 100 else max(self.times, default=0.0)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of caller: which unit, how often, and what it sends."""

    unit: str
    share: int
    body: Callable[[random.Random, int], dict[str, Any]]


def _query(query: str, **variables: Any) -> dict[str, Any]:
    return {"query": query, "variables": variables}


def _page(chance: random.Random, _: int) -> dict[str, Any]:
    asked = "query Page($n: Int!) { children(first: $n) { nodes { childNo name sex birthDate withheld } } }"
    return _query(asked, n=chance.choice((5, 20, 20)))


def _single(chance: random.Random, _: int) -> dict[str, Any]:
    asked = "query One($id: ID!) { child(id: $id) { name age citizenIdNo residenceAddress } }"
    return _query(asked, id=child_id(chance.randrange(23)))


def _search(chance: random.Random, turn: int) -> dict[str, Any]:
    """Every tenth is a document nobody sent before, as people at a console do."""
    alias = f"a{turn}" if turn % 10 == 0 else "found"
    found = f"{alias}: children(filter: {{name: {{eq: $n}}}}, first: 5) {{ nodes {{ name }} }}"
    return _query(f"query Search($n: String!) {{ {found} }}", n=f"张{chance.randrange(30)}")


def _statistics(_: random.Random, __: int) -> dict[str, Any]:
    return _query("{ viewer { unit { code } policyVersion } }")


def _broken(chance: random.Random, turn: int) -> dict[str, Any]:
    return _query(chance.choice(("{ nonsense }", "{ children(first: -1) { nodes { name } } }", "{", f"{{ x{turn} }}")))


def _write(_: random.Random, turn: int) -> dict[str, Any]:
    values = {"name": f"测日{turn}", "sex": "1", "birthDate": "2016-05-04", "residenceDivision": VILLAGE}
    return _query(CREATE, input=values, key=f"day-{time.monotonic_ns()}")


KINDS = (
    Kind("ED@430621", 30, _page),
    Kind("CA@430621", 25, _single),
    Kind("ST@430621", 15, _search),
    Kind("ED@430621", 10, _statistics),
    Kind("CA@430621", 5, _broken),
    Kind(TOWNSHIP, 15, _write),
)


class Traffic:
    """Callers who send at a given rate; every thread keeps its connections for a while, as programs do."""

    def __init__(self, port: int, issuer: Issuer, seed: int) -> None:
        self._port, self._seed = port, seed
        units = {kind.unit for kind in KINDS}
        self._tokens = {unit: issuer.issue(unit, "soak.caller", roles=["officer"], ttl=43_000) for unit in units}
        self._stopping = threading.Event()
        self.rate = math.inf  # requests per second of all threads together
        self.current = Slice()

    def run(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._work, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        return threads

    def stop(self) -> None:
        self._stopping.set()

    def _work(self, number: int) -> None:
        chance = random.Random(self._seed * 1000 + number)
        turns = count(number, THREADS)
        while not self._stopping.is_set():
            connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
            for turn in islice(turns, 200):
                if self._stopping.is_set():
                    break
                self._send(connection, chance, turn)
            connection.close()

    def _send(self, connection: HTTPConnection, chance: random.Random, turn: int) -> None:
        kind = chance.choices(KINDS, [kind.share for kind in KINDS])[0]
        headers = {"Authorization": f"Bearer {self._tokens[kind.unit]}", "Content-Type": "application/json"}
        started, into = time.perf_counter(), self.current
        try:
            connection.request("POST", "/graphql", orjson.dumps(kind.body(chance, turn)), headers)
            reply = connection.getresponse()
            reply.read()
            status = reply.status
        except (OSError, HTTPException):
            connection.close()
            status = 0
        took = time.perf_counter() - started
        into.times.append(took)
        into.failed += status == 0 or status >= 500
        into.throttled += status == 429
        if self.rate < math.inf:
            self._stopping.wait(max(0.0, THREADS / self.rate * chance.uniform(0.5, 1.5) - took))


def slices(traffic: Traffic, process: int, seconds: float, peak: float) -> Iterator[Slice]:
    """The slices of a day, as each ends."""
    for number in range(SLICES):
        hour = HOURS[number * len(HOURS) // SLICES]
        traffic.rate = max(1.0, peak / 2 * hour)
        traffic.current = seen = Slice(share=hour)
        time.sleep(seconds / SLICES)
        seen.memory, seen.descriptors = memory_of(process), len(list(Path(f"/proc/{process}/fd").iterdir()))
        yield seen


def memory_of(process: int) -> int:
    """Resident bytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def verdict(seen: list[Slice]) -> list[str]:
    """What is not flat. The first third warms caches and pools up, so memory is judged from the second one on.

    Times are those of the busy hours, before noon and after it: at night there is nothing to wait for.
    """
    third = len(seen) // 3
    before, after = ([s for s in half if s.share >= BUSY] for half in (seen[: len(seen) // 2], seen[len(seen) // 2 :]))
    first, middle, last = seen[:third], seen[third:-third], seen[-third:]
    found = []
    if median(last, "memory") > GROWTH * median(middle, "memory"):
        found.append("memory grows")
    if max(s.descriptors for s in last) > max(s.descriptors for s in first) + DESCRIPTORS:
        found.append("descriptors grow")
    if median(after, "p99") > SLOWING * median(before, "p99"):
        found.append("the 99th percentile rises")
    if sum(s.failed for s in seen):
        found.append(f"{sum(s.failed for s in seen)} requests failed")
    return found


def median(seen: list[Slice], name: str) -> float:
    return float(statistics.median(getattr(one, name) for one in seen))


def shown(number: int, one: Slice, rate: float) -> str:
    return (
        f"{number:3}/{SLICES}  {len(one.times):6} requests  {rate:6.0f}/s asked  p99 {one.p99 * 1000:7.1f} ms  "
        f"{one.memory / 2**20:6.1f} MB  {one.descriptors:4} descriptors  {one.failed} failed  {one.throttled} throttled"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="A day of mixed traffic, compressed.")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with place() as at, served_apart(at.environment) as hub:
        traffic = Traffic(hub.port, issuer_from(at.settings), given.seed)
        threads = traffic.run()
        time.sleep(WARMING_SECONDS)
        traffic.current = Slice()
        time.sleep(PEAK_SECONDS)
        peak = len(traffic.current.times) / PEAK_SECONDS
        print(f"peak {peak:.0f} requests/s over {PEAK_SECONDS:.0f} s")
        seen = []
        for one in slices(traffic, hub.process.pid, given.minutes * 60, peak):
            seen.append(one)
            print(shown(len(seen), one, traffic.rate), flush=True)
        traffic.stop()
        for thread in threads:
            thread.join()
    found = verdict(seen)
    print("; ".join(found) or "flat: memory, descriptors and the 99th percentile")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
