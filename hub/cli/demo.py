"""`hub demo`: a made-up city on a database of its own, served with tokens and queries to paste; or a tour of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

import typer
import uvicorn

from hub.app import create_app
from hub.cli.serve import address, config, run
from hub.cli.terminal import progress, status, to_stderr, to_stdout
from hub.database import Database, Role
from hub.demo.asking import answers
from hub.demo.checks import table_of
from hub.demo.guide import guide
from hub.demo.load import load_city
from hub.demo.records import person_of
from hub.demo.tour import take_tour
from hub.errors import ExecuteError
from hub.identity.trust import issuer_from
from hub.logs import configure
from hub.migration import upgrade
from hub.settings import Settings, load_settings

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    tour: Annotated[
        bool, typer.Option("--tour", help="同一个问题问八个单位，并排显示 / ask eight units the same, side by side")
    ] = False,
) -> None:
    """载入演示城市（虚构数据）并提供服务 / Load the made-up city and serve it."""
    settings = load_settings()
    # The city stays as it was on its day: visits do not grow old in it.
    settings = replace(settings, dev_issuer=not (settings.jwks_url or settings.jwks_file), daily=False)
    configure("warning", settings.node, form=settings.log_format)
    if tour:
        _tour(settings)
        return
    with _open(settings) as database:
        run(settings, create_app(settings, database=database), lambda: _announce(settings))


def _tour(settings: Settings) -> None:
    """Through the hub that is being served here, or through one that serves for as long as the tour takes."""
    if answers(address(settings)):
        _ask_all(settings, address(settings))
        return
    with _open(settings) as database, _serving(settings, database) as url:
        _ask_all(settings, url)


def _ask_all(settings: Settings, url: str) -> None:
    issuer = issuer_from(replace(settings, dev_issuer=True))

    def sign(unit: str, role: str) -> str:
        return issuer.issue(unit, person_of(unit, role), roles=[role], ttl=settings.token_lifetime_s)

    take_tour(f"{url}/graphql", sign, to_stdout)


@contextmanager
def _serving(settings: Settings, database: Database) -> Iterator[str]:
    """Serves on a port that is free, in the background."""
    server = uvicorn.Server(config(settings, create_app(settings, database=database)))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise ExecuteError
                time.sleep(0.02)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _open(settings: Settings) -> Database:
    """The database with the city in it; the city is loaded once."""
    with status() as tell:
        database = Database.open(settings, tell=tell)
        upgrade(database, tell)
    with progress() as show:
        loaded = load_city(
            database.conninfo(Role.MIGRATOR),
            progress=lambda label, rows: show(f"演示城市 / the city: {label}", rows, 0),
        )
    if loaded.rows:
        to_stderr.print(table_of(list(loaded.checks)))
        to_stderr.print(f"[green]✓[/] {loaded.rows} 行，{loaded.seconds:.0f} 秒 / rows in {loaded.seconds:.0f} s")
    return database


def _announce(settings: Settings) -> None:
    # Not markup: the commands hold brackets.
    to_stdout.print(guide(address(settings)), markup=False)
