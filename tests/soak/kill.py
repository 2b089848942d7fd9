"""Kills hub and database under write load, again and again, and proves each time that no write is lost or halved.

python -m tests.soak.kill --rounds 50             # of the ledger's rows
python -m tests.soak.kill --rounds 20 --acts      # of acts in cases
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

from hub.identity.trust import issuer_from
from hub.policy.compile import china_today
from tests.faults.hub_process import HubProcess, served_apart
from tests.soak import acted, proof
from tests.soak.acting import Actors
from tests.soak.place import Place, place
from tests.soak.writing import Writers

#: Writes between one kill and the next, and how long they may take, a restart and a recovery included.
WRITES, SECONDS = 20, 300
Tell = Callable[[str], None]


def run(at: Place, rounds: int, seed: int, tell: Tell) -> list[str]:
    """Faults found over all rounds; the hub and the database are killed in turn, at moments that the seed fixes."""
    writers = Writers(issuer_from(at.settings), run=str(seed))
    _killed(at, writers, rounds, seed, tell)
    return proof.faults(at.database, writers.done)


def run_acts(at: Place, rounds: int, seed: int, tell: Tell) -> list[str]:
    """The same, of units that act in cases."""
    actors = Actors(issuer_from(at.settings), run=str(seed))
    _killed(at, actors, rounds, seed, tell)
    return acted.faults(at.database, actors.done, china_today().isoformat())


def _killed(at: Place, writers: Writers | Actors, rounds: int, seed: int, tell: Tell) -> None:
    chance = random.Random(seed)
    with ExitStack() as stack:
        hub = stack.enter_context(served_apart(at.environment))
        writers.url = hub.url
        writers.start()
        try:
            for number in range(1, rounds + 1):
                _until_written(writers)
                time.sleep(chance.uniform(0, 0.3))
                killed = "hub" if number % 2 else "database"
                if killed == "hub":
                    hub.process.kill()
                    hub = _again(stack, at, writers)
                else:
                    os.kill(_postmaster(at), signal.SIGKILL)
                tell(f"{number}/{rounds} {killed}: {writers.count} writes acknowledged")
            _until_written(writers)
        finally:
            writers.stop()


def _again(stack: ExitStack, at: Place, writers: Writers | Actors) -> HubProcess:
    hub = stack.enter_context(served_apart(at.environment))
    writers.url = hub.url
    return hub


def _until_written(writers: Writers | Actors) -> None:
    wanted, ends = writers.count + WRITES, time.monotonic() + SECONDS
    while writers.count < wanted:
        if time.monotonic() > ends:
            raise TimeoutError(f"{writers.count} writes of {wanted}, {writers.done.wrong[:3]}")
        time.sleep(0.02)


def _postmaster(at: Place) -> int:
    assert at.database.server is not None
    return int((at.database.server.folder / "postmaster.pid").read_text().split("\n")[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--acts", action="store_true")
    given = parser.parse_args()
    with place() as at:
        found = (run_acts if given.acts else run)(at, given.rounds, given.seed, print)
    print("\n".join(found) or f"nothing lost, nothing halved in {given.rounds} rounds")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
