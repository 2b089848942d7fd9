"""`hub settings`: the tables of settings and of error codes, as README shows them."""

from __future__ import annotations

import typer

from hub.errors import render_errors
from hub.settings import render_settings

app = typer.Typer(add_completion=False)


@app.command()
def settings() -> None:
    """输出配置项与错误码两张表 / Print the tables of settings and of error codes."""
    print(render_settings())
    print(render_errors(), end="")
