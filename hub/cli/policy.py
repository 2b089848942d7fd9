"""`hub policy test`: the expected decisions, which are data beside the policies, against what the policies decide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from hub.cli.terminal import progress, to_stderr, to_stdout
from hub.policy.book import load_policies
from hub.policy.check import check_expected
from hub.policy.expected import load_expected
from hub.policy.words import SUBJECTS, Subject
from hub.settings import load_settings

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def policy() -> None:
    """策略 / Policies."""


@app.command()
def test(folder: Annotated[Path | None, typer.Argument(help="策略目录 / folder of policies")] = None) -> None:
    """逐一比对预期决定，未列出的应为拒绝 / Compare every decision with the expected one; unlisted means denied."""
    root = folder or load_settings().policies
    book = load_policies(root)
    blocks = load_expected(book.objects, root)
    with progress() as show:
        done = 0

        def tell(subject: Subject) -> None:
            nonlocal done
            done += 1
            show("比对预期决定 / comparing decisions", done, len(SUBJECTS))

        checked = check_expected(book, blocks, progress=tell)
    for failure in checked.failures:
        to_stdout.print(escape(str(failure)))
    for entry in checked.uncovered:
        to_stdout.print(f"{entry}: 无预期决定覆盖 / exercised by no expectation")
    to_stdout.print(f"{checked.decisions} 项决定 decisions · {len(checked.failures)} 处不符 failures")
    if checked.failures or checked.uncovered:
        to_stderr.print("[red]✗[/] 与预期不符 / not as expected")
        raise typer.Exit(1)
