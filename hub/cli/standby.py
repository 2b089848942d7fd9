"""`hub standby`: makes a standby of the embedded server in another folder, and runs it until told to stop."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict
from rich.markup import escape

from hub.cli.terminal import status, to_stderr, to_stdout
from hub.embedded.server import join
from hub.embedded.standby import join_standby
from hub.errors import StandbyNotMade
from hub.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command()
def standby(folder: Annotated[Path, typer.Argument(help="备库的数据目录 / data folder of the standby")]) -> None:
    """建立并运行内置数据库的备库 / Make and run a standby of the embedded server."""
    settings = load_settings()
    if not settings.is_embedded:
        raise StandbyNotMade(reason="HUB_DATABASE_URL names a server of its own: make its standby there")
    with status() as tell:
        primary = join(settings, tell)
        running = join_standby(primary, replace(settings, data=folder), tell)
    host = conninfo_to_dict(running.superuser())["host"]
    to_stdout.print(escape(f"HUB_STANDBY_URL='host={host} port=5432'"))
    to_stderr.print("→ 以此设置启动 hub serve；Ctrl-C 停止备库。 / Start hub serve with it; Ctrl-C stops the standby.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        to_stderr.print("")
    finally:
        running.leave()
        primary.leave()
