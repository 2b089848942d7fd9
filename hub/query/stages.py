"""How long each stage of a request took, and how requests ended: numbers only, of no person, unit or child.

Kept as plain counts, which cost a request well under a microsecond each; `hub.metrics` shows them.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from dataclasses import dataclass, field

#: The stages in the order of a request's line.
STAGES = ("identity", "operation", "plan", "execute", "record", "all")
#: Upper bounds of the classes that times are counted in, in seconds.
BOUNDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
ANSWERED = "ANSWERED"


class Stages:
    """The stages of one request, as they end."""

    __slots__ = ("_last", "spans", "started")

    def __init__(self) -> None:
        self.started = self._last = time.perf_counter()
        self.spans: list[tuple[str, float]] = []

    def mark(self, stage: str) -> None:
        now = time.perf_counter()
        self.spans.append((stage, now - self._last))
        self._last = now

    def header(self) -> tuple[bytes, bytes]:
        """As browsers show it: Server-Timing, in milliseconds."""
        shown = ", ".join(f"{stage};dur={seconds * 1000:.3f}" for stage, seconds in self.spans)
        return b"server-timing", shown.encode()


@dataclass(slots=True)
class Times:
    """The times of one stage, counted by class."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What this process has done so far."""

    times: dict[str, Times] = field(default_factory=lambda: {stage: Times() for stage in STAGES})
    outcomes: dict[str, int] = field(default_factory=dict)  # code → requests

    def took(self, stages: Stages) -> None:
        stages.spans.append(("all", time.perf_counter() - stages.started))
        for stage, seconds in stages.spans:
            times = self.times[stage]
            times.counts[bisect_left(BOUNDS, seconds)] += 1
            times.total += seconds

    def ended(self, code: str | None) -> None:
        """A request ended: answered, or refused under a code of `hub.errors`."""
        key = code or ANSWERED
        self.outcomes[key] = self.outcomes.get(key, 0) + 1
