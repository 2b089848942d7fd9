"""Townships that write without pause, remember what was acknowledged, and repeat under the same key what was not."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from httpx2 import Client, HTTPError

from hub.identity.issuer import Issuer
from tests.soak.place import TOWNSHIP, VILLAGE

CREATE = """
mutation Opened($input: CreateChildInput!, $key: String!) {
  createChild(input: $input, idempotencyKey: $key) { child { id name rowVersion } }
}
"""
UPDATE = """
mutation Changed($id: ID!, $version: Int!, $input: UpdateChildInput!, $key: String!) {
  updateChild(id: $id, version: $version, input: $input, idempotencyKey: $key) { child { id rowVersion } }
}
"""
#: Refusals after which the same may be sent again.
AGAIN = {"UNAVAILABLE", "TIMEOUT", "CANNOT_RECORD", "TOO_MANY_REQUESTS"}
REASONS = ("both_away", "one_away_other_incapable")
PAUSE = 0.05


@dataclass(slots=True)
class Acknowledged:
    """What the hub said it had done."""

    names: dict[str, str] = field(default_factory=dict)  # child → the name it was opened under
    versions: dict[str, int] = field(default_factory=dict)  # child → its last version
    keys: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)  # answers that should not be


class Writers:
    """Threads that write to wherever the hub now is."""

    def __init__(self, issuer: Issuer, *, threads: int = 4, run: str = "") -> None:
        self._issuer, self._run = issuer, run
        self.url = ""
        self.done = Acknowledged()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(threads)]

    @property
    def count(self) -> int:
        return len(self.done.keys)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends once what each is at has been acknowledged."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        token = self._issuer.issue(TOWNSHIP, f"writer.{number}", roles=["officer"], ttl=43_000)
        with Client(headers={"Authorization": f"Bearer {token}"}, timeout=20) as client:
            for turn in count():
                if self._stopping.is_set():
                    return
                name = f"测{self._run}甲{number}乙{turn}"
                values = {"name": name, "sex": "1", "birthDate": "2016-05-04", "residenceDivision": VILLAGE}
                made = self._send(client, CREATE, {"input": values, "key": f"{self._run}-{number}-{turn}"})
                if made is None:
                    continue
                child = made["createChild"]["child"]
                self.done.names[child["id"]] = name
                self.done.versions[child["id"]] = child["rowVersion"]
                change = {"lbcReason": REASONS[turn % 2]}
                asked = {"id": child["id"], "version": child["rowVersion"], "input": change}
                changed = self._send(client, UPDATE, asked | {"key": f"{self._run}-{number}-{turn}-u"})
                if changed is not None:
                    self.done.versions[child["id"]] = changed["updateChild"]["child"]["rowVersion"]

    def _send(self, client: Client, document: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        """Sends until it is acknowledged; None where the hub answered what it should not."""
        while True:
            try:
                body = client.post(f"{self.url}/graphql", json={"query": document, "variables": variables}).json()
            except (HTTPError, ValueError):
                time.sleep(PAUSE)
                continue
            if "errors" not in body:
                self.done.keys.add(variables["key"])
                data: dict[str, Any] = body["data"]
                return data
            code = body["errors"][0]["extensions"]["code"]
            if code not in AGAIN:
                self.done.wrong.append(f"{variables['key']}: {code}")
                return None
            time.sleep(PAUSE)
