"""`hub demo`: a made-up city on a database of its own, served with tokens; a tour of it; a case played live."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
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
from hub.demo.live import NobodyFree, Performance
from hub.demo.load import load_city
from hub.demo.playing import Refused
from hub.demo.records import person_of
from hub.demo.tour import Sign, take_tour
from hub.errors import ExecuteError
from hub.identity.trust import issuer_from
from hub.logs import configure
from hub.migration import upgrade
from hub.settings import Settings, load_settings

app = typer.Typer(add_completion=False)

#: Shows something through the hub at a URL, with tokens signed for any unit.
Show = Callable[[str, Sign], None]


@app.command()
def demo(
    tour: Annotated[
        bool, typer.Option("--tour", help="同一个问题问八个单位，并排显示 / ask eight units the same, side by side")
    ] = False,
    story: Annotated[
        bool, typer.Option("--story", help="现场演一个案件，每步后显示各单位所见 / play one case live, step by step")
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="不停顿，适合非终端 / with --story: without waiting after each step")
    ] = False,
) -> None:
    """载入演示城市（虚构数据）并提供服务 / Load the made-up city and serve it."""
    settings = load_settings()
    # The city stays as it was on its day: visits do not grow old in it.
    settings = replace(settings, dev_issuer=not (settings.jwks_url or settings.jwks_file), daily=False)
    configure("warning", settings.node, form=settings.log_format)
    if tour or story:
        show = _tour if tour else partial(_story, plain=plain)
        _shown(settings, show)
        return
    with _open(settings) as database:
        run(settings, create_app(settings, database=database), lambda: _announce(settings))


def _shown(settings: Settings, show: Show) -> None:
    """Through the hub that is being served here, or through one that serves for as long as it takes."""
    issuer = issuer_from(replace(settings, dev_issuer=True))

    def sign(unit: str, role: str) -> str:
        return issuer.issue(unit, person_of(unit, role), roles=[role], ttl=settings.token_lifetime_s)

    if answers(address(settings)):
        show(f"{address(settings)}/graphql", sign)
        return
    with _open(settings) as database, _serving(settings, database) as url:
        show(f"{url}/graphql", sign)


def _tour(url: str, sign: Sign) -> None:
    take_tour(url, sign, to_stdout)


def _story(url: str, sign: Sign, *, plain: bool) -> None:
    waits = to_stdout.is_terminal and not plain

    def pause() -> None:
        if waits:
            to_stdout.input("[dim]回车继续 / Enter to go on[/] ")

    try:
        Performance(url=url, sign=sign, console=to_stdout, pause=pause).run(random.SystemRandom())
    except Refused as refused:
        to_stderr.print(f"✗ {refused}", markup=False)
        raise typer.Exit(1) from refused
    except NobodyFree as nobody:
        to_stderr.print("本校学生都有未结案件 / every pupil of the school has an open case")
        raise typer.Exit(1) from nobody


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
