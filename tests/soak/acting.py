"""A school, a station and a township that act in cases without pause, remember what was acknowledged, and repeat under
the same key what was not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from httpx2 import Client, HTTPError

from hub.demo.playing import mutation
from hub.identity.issuer import Issuer
from hub.interface import DEEDS
from tests.query.small_city import child_id
from tests.soak.place import TOWNSHIP
from tests.soak.writing import AGAIN, PAUSE

SCHOOL, STATION, CIVIL = "SC@430621104-01", "PS@430621104-01", "CA@430621"
#: Of the small city's children, those that go to the school.
PUPILS = 10


@dataclass(slots=True)
class Acted:
    """What the hub said it had done: by key, the row it answered with."""

    rows: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # key → act
    wrong: list[str] = field(default_factory=list)  # answers that should not be


class Actors:
    """Threads that take one case after another as far as its assessment, wherever the hub now is."""

    def __init__(self, issuer: Issuer, *, threads: int = 4, run: str = "") -> None:
        self._run = run
        self.url = ""
        self.done = Acted()
        self._tokens = {
            unit: issuer.issue(unit, f"officer.{unit}", roles=["officer"], ttl=43_000)
            for unit in (SCHOOL, STATION, TOWNSHIP, CIVIL)
        }
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(threads)]

    @property
    def count(self) -> int:
        return len(self.done.rows)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends once what each is at has been acknowledged."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        with Client(timeout=20) as client:
            for turn in count():
                if self._stopping.is_set():
                    return
                for _ in self._case(client, f"{self._run}-{number}-{turn}", child_id((number + turn) % PUPILS)):
                    if self._stopping.is_set():
                        return

    def _case(self, client: Client, key: str, child: str) -> Iterator[None]:
        """Steps of one case; ends early where an answer was wrong."""
        given = {"child": child, "situationTypes": ["other_harm"], "narrative": "需要核实"}
        report = self._act(client, key, SCHOOL, "reportConcern", None, given)
        yield
        accepted = report and self._act(client, key, STATION, "acceptReport", report["id"], {}, "id case { id }")
        if not accepted:
            return
        yield
        case = accepted["case"]["id"]
        for unit, act, values in (
            (STATION, "recordMeasure", {"measure": "contact_relatives"}),
            (STATION, "notifyUnits", {"units": [TOWNSHIP], "summary": "已联系"}),
            (CIVIL, "placeChild", {"placeType": "relative", "legalBasis": "92_3"}),
            (TOWNSHIP, "openAssessment", {}),
        ):
            if self._act(client, key, unit, act, case, values) is None:
                return
            yield

    def _act(
        self, client: Client, key: str, unit: str, act: str, row: str | None, values: dict[str, Any], shown: str = "id"
    ) -> dict[str, Any] | None:
        """Sends until it is acknowledged; None where the hub answered what it should not."""
        document, own = mutation(act, on=row is not None, shown=shown), f"{key}-{act}"
        variables: dict[str, Any] = {"key": own} | ({} if row is None else {"target": row})
        variables |= {"input": values} if DEEDS[act].input_type else {}
        headers = {"Authorization": f"Bearer {self._tokens[unit]}"}
        while True:
            try:
                sent = {"query": document, "variables": variables}
                body = client.post(f"{self.url}/graphql", json=sent, headers=headers).json()
            except (HTTPError, ValueError):
                time.sleep(PAUSE)
                continue
            if "errors" not in body:
                answered: dict[str, Any] = body["data"][act][DEEDS[act].entity.about.single]
                self.done.rows[own], self.done.names[own] = answered["id"], act
                return answered
            code = body["errors"][0]["extensions"]["code"]
            if code not in AGAIN:
                self.done.wrong.append(f"{own}: {code}")
                return None
            time.sleep(PAUSE)
