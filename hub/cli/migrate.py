"""`hub migrate`: brings the database to this hub's version."""

from __future__ import annotations

import typer

from hub.cli.terminal import status, to_stderr
from hub.database import Database
from hub.migration import upgrade
from hub.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command()
def migrate() -> None:
    """迁移数据库并设定角色权限 / Migrate the database and set the roles' rights."""
    with status() as tell, Database.open(load_settings(), tell=tell) as database:
        upgrade(database, tell)
    to_stderr.print("[green]✓[/] 数据库已是最新版本 / the database is at this hub's version")
