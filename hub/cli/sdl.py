"""`hub sdl`: the schema, whole."""

from __future__ import annotations

import typer

from hub.query.graphql import build_schema, core_of, print_sdl
from schema.registry import ENTITIES

app = typer.Typer(add_completion=False)


@app.command()
def sdl() -> None:
    """输出完整的 GraphQL 模式 / Print the whole GraphQL schema."""
    print(print_sdl(core_of(build_schema(ENTITIES))), end="")
