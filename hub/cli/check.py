"""`hub check`: reads the declarations and the policies as the hub does when it starts, and tells every fault."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from hub.cli.terminal import to_stderr, to_stdout
from hub.policy.book import load_policies
from hub.policy.compile import china_today
from hub.policy.floor import check_floor
from hub.policy.source import PolicyFaults
from hub.settings import load_settings
from schema.registry import ENTITIES

app = typer.Typer(add_completion=False)


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="策略目录 / folder of policies")] = None,
    lapsed: Annotated[bool, typer.Option(help="失效规则也算错误 / rules that have lapsed are faults too")] = False,
) -> None:
    """校验声明与策略，列出全部错误 / Check the declarations and the policies, and list every fault."""
    root = folder or load_settings().policies
    try:
        book = check_floor(load_policies(root, today=china_today() if lapsed else None))
    except PolicyFaults as faults:
        for fault in faults.faults:
            to_stdout.print(escape(str(fault)))
        to_stderr.print(f"[red]✗[/] {len(faults.faults)} 处错误 / fault(s)")
        raise typer.Exit(1) from None
    to_stdout.print(
        f"{len(ENTITIES)} 个实体 entities · {len(book.duties)} 项职责 duties · {len(book.rules)} 条规则 rules · "
        f"{len(book.obligations)} 项义务 obligations · {len(book.conflicts)} 处冲突 conflicts · {book.digest[:12]}"
    )
