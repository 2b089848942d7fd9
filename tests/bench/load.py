"""The load: a process of its own that keeps a few HTTP connections busy and checks every answer.

Reads one job a line from standard input and answers each with one line: ``python -m tests.bench.load``.
"""

from __future__ import annotations

import json
import random
import re
import selectors
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CHUNK = 1 << 20
#: Longest wait for one answer, in seconds.
PATIENCE = 60.0


class AnswerWrong(Exception):
    """A server answered with another status or another number of bytes than it did before the measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A request as it goes over the wire, and how many bytes of body answer it."""

    request: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One measurement; it ends after `seconds`, or `most` answers."""

    port: int
    shots: Sequence[Shot]
    connections: int
    seconds: float
    most: int = 1_000_000
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a job."""

    answers: int
    seconds: float
    p50_ms: float
    p99_ms: float
    load_cpu_seconds: float


@dataclass(slots=True)
class _Line:
    """One connection with at most one request under way."""

    socket: socket.socket
    sent_at: float = 0.0
    expected: int = 0
    wanted: int = -1  # bytes of the whole answer, once its head has come
    have: int = 0
    head: bytes = b""
    latencies: list[float] = field(default_factory=list)

    def fire(self, request: bytes, length: int) -> None:
        self.expected, self.wanted, self.have, self.head = length, -1, 0, b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def take(self) -> bool:
        """Reads what has come; whether the answer is complete. Raises AnswerWrong."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise AnswerWrong("the server closed a connection")
        self.have += len(chunk)
        if self.wanted < 0:
            self.head += chunk
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.wanted = self._whole(end)
        if self.have < self.wanted:
            return False
        self.latencies.append(time.perf_counter() - self.sent_at)
        return True

    def _whole(self, end: int) -> int:
        found = _LENGTH.search(self.head, 0, end)
        if not self.head.startswith(b"HTTP/1.1 200 ") or found is None or int(found[1]) != self.expected:
            raise AnswerWrong(f"{self.expected} bytes were expected: {self.head[: end + 200]!r}")
        return end + 4 + self.expected


def run(job: Job) -> Outcome:
    """Keeps every connection busy until the time is over, then lets what is under way end."""
    shots = [(shot.request.encode(), shot.length) for shot in job.shots]
    choose = random.Random(job.seed).choice
    lines = [_Line(socket.create_connection(("127.0.0.1", job.port), PATIENCE)) for _ in range(job.connections)]
    started, cpu = time.perf_counter(), time.process_time()
    with selectors.DefaultSelector() as selector:
        for line in lines:
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.fire(*choose(shots))
        busy, left, until = len(lines), job.most - len(lines), started + job.seconds
        while busy:
            ready = selector.select(PATIENCE)
            if not ready:
                raise AnswerWrong(f"no answer within {PATIENCE:.0f} s")
            for key, _ in ready:
                line = key.data
                if not line.take():
                    continue
                if left > 0 and time.perf_counter() < until:
                    left -= 1
                    line.fire(*choose(shots))
                else:
                    selector.unregister(line.socket)  # its server may close it while slower answers are waited for
                    busy -= 1
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    for line in lines:
        line.socket.close()
    latencies = sorted(latency for line in lines for latency in line.latencies)
    return Outcome(
        answers=len(latencies),
        seconds=seconds,
        p50_ms=1000 * percentile(latencies, 0.50),
        p99_ms=1000 * percentile(latencies, 0.99),
        load_cpu_seconds=cpu,
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return ordered[max(0, min(len(ordered) - 1, int(share * len(ordered) + 0.5) - 1))]


def _job(words: dict[str, Any]) -> Job:
    return Job(**{**words, "shots": [Shot(**shot) for shot in words["shots"]]})


def main() -> None:
    for text in sys.stdin:
        try:
            answer = asdict(run(_job(json.loads(text))))
        except (AnswerWrong, OSError) as error:
            answer = {"error": str(error) or type(error).__name__}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
