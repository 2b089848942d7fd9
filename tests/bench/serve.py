"""One contestant as a process of its own: says its port on standard output, then serves until it is ended."""

from __future__ import annotations

import argparse
import socket
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest import mock

import uvicorn
from starlette.types import ASGIApp

from hub.app import create_app
from hub.cli import serve
from hub.database import Database, Role
from hub.policy.book import load_policies
from tests.bench import enforcer, padding, place, plain, queries

CONTESTANTS = ("hub", "plain", "casbin")


def app_of(contestant: str, database: Database) -> ASGIApp:
    """The application; the hub's is its own, with its access record."""
    if contestant == "hub":
        return create_app(database.settings, database=database)
    reader = database.conninfo(Role.READER)
    if contestant == "plain":
        return plain.plain_app(reader)
    return plain.plain_app(reader, enforcer.build_enforcer(load_policies()), queries.UNIT)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("contestant", choices=CONTESTANTS)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--shared-buffers", type=int, required=True)
    parser.add_argument("--rules", type=int, default=0)
    parser.add_argument("--shares", action="store_true")
    given = parser.parse_args()
    settings = place.settings_for(given.data, given.shared_buffers)
    if not given.shares:  # the load is one caller who asks as much as can be answered
        settings = replace(
            settings, cost_per_s=0, planning_ms_per_s=0, max_streams=0, max_subscriptions=0, max_connections_each=0
        )
    with ExitStack() as stack:
        database, listening = stack.enter_context(Database.open(settings)), stack.enter_context(socket.socket())
        if given.rules:
            # A hundred thousand rules are made here, since to read and check them from files takes minutes.
            book = padding.padded(load_policies(), given.rules)
            stack.enter_context(mock.patch("hub.app.load_policies", return_value=book))
        listening.bind(("127.0.0.1", 0))
        app = app_of(given.contestant, database)
        print(listening.getsockname()[1], flush=True)
        uvicorn.Server(serve.config(settings, app)).run(sockets=[listening])


if __name__ == "__main__":
    main()
