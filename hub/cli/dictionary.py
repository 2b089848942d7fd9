"""`hub dictionary`: the data dictionary."""

from __future__ import annotations

import typer

from schema.dictionary import render_dictionary

app = typer.Typer(add_completion=False)


@app.command()
def dictionary() -> None:
    """输出数据字典 / Print the data dictionary."""
    print(render_dictionary(), end="")
