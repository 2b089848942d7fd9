"""`make bench`: measures the hub against other ways to build it, and prints the results as Markdown."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

from rich.console import Console

from hub.settings import load_settings
from tests.bench.options import Options
from tests.bench.run import run


def read_options(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--children", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="per contestant, query and round")
    parser.add_argument("--only", default="", help="names of queries, such as Q1,Q3")
    parser.add_argument("--peers", action="store_true", help="PostGraphile too, from npm")
    parser.add_argument("--no-scaling", action="store_true", help="without the comparison of rules and sizes")
    parser.add_argument("--import-rows", type=int, default=100_000, help="rows of the roster imported; 0 for none")
    parser.add_argument("--quick", action="store_true", help="20,000 children, 2,000 rows, short rounds")
    given = parser.parse_args(arguments)
    options = Options(
        data=load_settings().data / "bench",
        children=given.children,
        few_children=given.children // 10,
        rounds=given.rounds,
        seconds=given.seconds,
        peers=given.peers,
        import_rows=given.import_rows,
        only=frozenset(filter(None, given.only.split(","))),
    )
    if given.quick:
        options = replace(
            options,
            children=20_000,
            few_children=2_000,
            rounds=3,
            seconds=1.0,
            gathering=1.0,
            import_rows=2_000,
            live=3.0,
            cases=2_000,
        )
    return replace(options, rules=(), few_children=0) if given.no_scaling else options


def main() -> None:
    options = read_options(sys.argv[1:])
    console, started = Console(stderr=True, highlight=False), time.monotonic()
    with console.status("") as status:

        def tell(message: str) -> None:
            status.update(message)
            if not console.is_terminal:
                console.print(f"{time.monotonic() - started:6.0f} s  {message}")

        results = run(options, tell)
    print(results)


if __name__ == "__main__":
    main()
