"""`hub sdl`: the schema, whole."""

from __future__ import annotations

import typer

from hub.interface import full_sdl

app = typer.Typer(add_completion=False)


@app.command()
def sdl() -> None:
    """输出完整的 GraphQL 模式 / Print the whole GraphQL schema."""
    print(full_sdl(), end="")
