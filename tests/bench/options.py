"""What a run of the benchmark is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The size of a run; the defaults are those of the published figures."""

    data: Path  # folder of the benchmark's own server; its databases are kept between runs
    children: int = 500_000
    few_children: int = 50_000  # the smaller database of the comparison of sizes
    rounds: int = 5
    seconds: float = 2.0  # per contestant, query and round
    connections: int = 16
    variants: int = 200  # different values of the variables, drawn at random by each request
    gathering: float = 4.0  # seconds, at most, in which one contestant's answers to a query are compared
    rules: tuple[int, ...] = (100, 100_000)
    peers: bool = False
    hostile: bool = True  # one unit's questions among eight hostile callers
    import_rows: int = 100_000  # of the roster that is imported; 0 leaves it out
    only: frozenset[str] = field(default_factory=frozenset)  # names of queries; empty: all
    writes: bool = True  # the ledger's writes too
    writers: int = 32  # commands at once
    live: float = 10.0  # seconds in which subscribers are told of events; 0 leaves it out
    cases: int = 100_000  # among which the inbox and the board are asked for, with ten notices each
    shared_buffers_mb: int = 1024
