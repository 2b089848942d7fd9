"""Interleaved rounds over all contestants, and what is made of their numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median

from tests.bench import contestants, machine
from tests.bench.load import AnswerWrong, Job, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One contestant's turn at one query."""

    outcome: Outcome
    server_cpu: float  # seconds, of the server process
    database_cpu: float  # seconds, of PostgreSQL's backends

    @property
    def rate(self) -> float:
        return self.outcome.answers / self.outcome.seconds


Turn = Callable[[], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Something that can be asked to run for a while, and the processes whose time it takes."""

    name: str
    run: Turn
    postmaster: int
    server: int | None = None


class Load:
    """The load process; one job at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, job: Job) -> Outcome:
        """Raises AnswerWrong where a server's answer was not the expected one."""
        if self._process.stdin is None or self._process.stdout is None:
            raise AnswerWrong("the load has no pipes")
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the load has ended"}')
        if "error" in answer:
            raise AnswerWrong(answer["error"])
        return Outcome(**answer)


@contextmanager
def loading() -> Iterator[Load]:
    with contestants.process([sys.executable, "-m", "tests.bench.load"], stdin=subprocess.PIPE) as started:
        yield Load(started)
        if started.stdin:
            started.stdin.close()


def interleaved(runners: Sequence[Runner], rounds: int) -> dict[str, list[Round]]:
    """Every runner once a round, beginning with another one each time."""
    found: dict[str, list[Round]] = {runner.name: [] for runner in runners}
    for number in range(rounds):
        shift = number % len(runners)
        for runner in (*runners[shift:], *runners[:shift]):
            found[runner.name].append(_measured(runner))
    return found


def _measured(runner: Runner) -> Round:
    server, database = _used(runner.server), _used(runner.postmaster)
    outcome = runner.run()
    return Round(
        outcome=outcome, server_cpu=_used(runner.server) - server, database_cpu=_used(runner.postmaster) - database
    )


def _used(pid: int | None) -> float:
    return 0.0 if pid is None else machine.processor_seconds(pid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Smallest, middle and largest of the rounds' ratios."""

    least: float
    middle: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(least=min(values), middle=median(values), most=max(values))


def ratio(ours: Sequence[Round], theirs: Sequence[Round]) -> Spread:
    """Our rate over theirs, round by round."""
    return Spread.of([our.rate / their.rate for our, their in zip(ours, theirs, strict=False)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Medians over the rounds of one contestant at one query."""

    rate: float
    p50_ms: float
    p99_ms: float
    server_ms: float  # processor time per answer
    database_ms: float
    load_ms: float


def summary(rounds: Sequence[Round]) -> Summary:
    def per_answer(seconds: Callable[[Round], float]) -> float:
        return median(1000 * seconds(each) / each.outcome.answers for each in rounds)

    return Summary(
        rate=median(each.rate for each in rounds),
        p50_ms=median(each.outcome.p50_ms for each in rounds),
        p99_ms=median(each.outcome.p99_ms for each in rounds),
        server_ms=per_answer(lambda each: each.server_cpu),
        database_ms=per_answer(lambda each: each.database_cpu),
        load_ms=per_answer(lambda each: each.outcome.load_cpu_seconds),
    )


Results = Mapping[str, Mapping[str, Sequence[Round]]]  # query → contestant → rounds
