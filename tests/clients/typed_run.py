"""Asks through a client that a code generator made; runs under the generator's own interpreter, knows nothing of ours.

Standard input: {package, endpoint, token, asks: [[method, arguments], …]}; standard output: per ask what the typed
result holds, what the answer's extensions said, or the status and errors of a refusal.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    told = json.load(sys.stdin)
    sys.path.insert(0, str(Path.cwd()))
    package = importlib.import_module(told["package"])
    httpx = importlib.import_module("httpx")
    extensions: list[Any] = []

    def keep(response: Any) -> None:
        extensions.append(json.loads(response.read()).get("extensions"))

    headers = {"Authorization": f"Bearer {told['token']}"}
    connection = httpx.Client(headers=headers, timeout=30, event_hooks={"response": [keep]})
    reached = []
    with package.Client(told["endpoint"], http_client=connection) as client:
        for method, arguments in told["asks"]:
            try:
                result = getattr(client, method)(**arguments)
            except package.GraphQLClientHttpError as error:
                reached.append({"status": error.status_code, "errors": error.response.json()["errors"]})
            else:
                reached.append({"data": result.model_dump(by_alias=True), "extensions": extensions[-1]})
    # What is no JSON by itself, the types have made a date or a time.
    json.dump(reached, sys.stdout, default=lambda value: value.isoformat())


if __name__ == "__main__":
    main()
