"""`hub demo`: a made-up city on a database of its own, served with tokens and queries to paste."""

from __future__ import annotations

from dataclasses import replace

import typer

from hub.app import create_app
from hub.cli.serve import address, run
from hub.cli.terminal import progress, status, to_stderr, to_stdout
from hub.database import Database, Role
from hub.demo.checks import table_of
from hub.demo.load import load_city
from hub.migration import upgrade
from hub.observation import configure
from hub.settings import Settings, load_settings

app = typer.Typer(add_completion=False)


@app.command()
def demo() -> None:
    """载入演示城市（虚构数据）并提供服务 / Load the made-up city and serve it."""
    settings = load_settings()
    settings = replace(settings, dev_issuer=not (settings.jwks_url or settings.jwks_file))
    configure("warning", settings.node)
    with _open(settings) as database:
        run(settings, create_app(settings, database=database), lambda: _announce(settings))


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
    to_stdout.print(f"{address(settings)}/graphql")
