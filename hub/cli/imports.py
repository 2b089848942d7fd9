"""`hub import`: a roster from a spreadsheet into the ledger, as one unit; nothing is written unless asked."""

from __future__ import annotations

import asyncio
import getpass
import os
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hub import errors
from hub.cli.terminal import progress, status, to_stderr, to_stdout
from hub.database import Database
from hub.migration import require_current
from hub.roster import mapping as mappings
from hub.roster.columns import vocabulary
from hub.roster.importing import RESULTS
from hub.roster.permits import USES, Use
from hub.roster.running import Task, run_task
from hub.roster.summary import Summary, meaning
from hub.roster.words import words_of
from hub.settings import load_settings
from schema.codes import CODE_LISTS

#: A paragraph that begins with a backspace keeps its lines.
GUIDE = (files("hub.roster") / "data" / "guide.txt").read_text("utf-8").replace("\n\n", "\n\n\b\n")
#: Rows that need a person are told by the exit code, so that a script notices.
ATTENTION = 3

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(help=GUIDE)
def imports(
    file: Annotated[Path | None, typer.Argument(help="名册文件：.xlsx、.xls、.csv / the roster")] = None,
    unit: Annotated[str, typer.Option("--as", help="以哪个单位的名义 / as which unit, such as TW@430626101")] = "",
    write: Annotated[
        bool, typer.Option("--write/--dry-run", help="写入台账；默认只试运行 / write; default: dry run")
    ] = False,
    mapping: Annotated[Path | None, typer.Option(help="列对应文件 / what the columns mean")] = None,
    save_mapping: Annotated[Path | None, typer.Option(help="写出列对应文件 / write such a file")] = None,
    report: Annotated[Path | None, typer.Option(help="待处理报告的文件名 / where rows to correct go")] = None,
    role: Annotated[str, typer.Option(help="角色 / role")] = "officer",
    fields: Annotated[bool, typer.Option("--fields", help="列出可导入的字段 / list the fields")] = False,
    codes: Annotated[str | None, typer.Option(help="列出一张代码表的说法 / list the words of a code list")] = None,
) -> None:
    """See the guide."""
    if fields or codes:
        _listed(codes)
        return
    if file is None or not unit:
        raise typer.BadParameter("需要名册文件和 --as 单位代码 / the roster and --as are needed")
    if not file.is_file():
        raise errors.RosterUnreadable(reason="没有这个文件 / there is no such file")
    wanted = mappings.read(mapping) if mapping else None
    target = report or file.with_name(f"{file.stem}.待处理.xlsx")
    settings = load_settings()
    with status() as tell:
        database = Database.open(settings, tell=tell)
    with database, progress() as show:
        require_current(database)
        task = Task(
            file=file, report=target, unit=unit, person=f"command line: {getpass.getuser()}", roles=frozenset({role}),
            token_id=f"command line {os.getpid()}", write=write, mapping=wanted,
        )  # fmt: skip
        what = "导入 / importing" if write else "试运行 / dry run"
        summary = asyncio.run(run_task(settings, database, task, lambda done, of: show(what, done, max(done, of))))
    _tell(summary, target)
    if save_mapping is not None:
        save_mapping.write_text("".join(mappings.written(header) for header in summary.seen.headers.values()), "utf-8")
        to_stderr.print(f"列对应已写入 / mapping written: {escape(str(save_mapping))}")
    raise typer.Exit(ATTENTION if summary.needs_attention else 0)


def _tell(summary: Summary, report: Path) -> None:
    to_stdout.print(_columns(summary))
    counts = " · ".join(f"{RESULTS[result].zh} {summary.results[result]}" for result in RESULTS)
    to_stdout.print(f"[bold]共 {summary.seen.rows} 行[/]：{counts}")
    english = ", ".join(f"{RESULTS[result].en} {summary.results[result]}" for result in RESULTS)
    to_stdout.print(f"[dim]{summary.seen.rows} rows: {english}[/]")
    for label, said in summary.passed_over():
        to_stdout.print(f"  {label.zh}：{escape(said)} [dim]{label.en}[/]")
    if summary.faults:
        to_stdout.print(_faults(summary))
        to_stdout.print(f"待处理的行：[bold]{escape(str(report))}[/]，改好后直接导入该文件。")
        to_stdout.print("[dim]The rows to correct are in that file; correct them there and import it.[/]")
    if summary.written:
        to_stdout.print("[green]✓ 已写入台账[/] [dim]written to the ledger[/]")
    else:
        to_stdout.print(
            "[yellow]试运行：台账没有改动。确认后加 --write 写入。[/] [dim]dry run; add --write to write[/]"
        )


def _columns(summary: Summary) -> Table:
    table = Table("列 / column", "字段 / field", "处理 / use", title="列对应 / what the columns mean")
    for sheet, column, use in summary.columns():
        place = f"{sheet} · {column.header}" if len(summary.seen.headers) > 1 else column.header
        style = {Use.WRITTEN: "", Use.UNKNOWN: "yellow", Use.REFUSED: "yellow"}.get(use, "dim")
        table.add_row(escape(place), meaning(column), f"{USES[use].zh} [dim]{USES[use].en}[/]", style=style)
    return table


def _faults(summary: Summary) -> Table:
    table = Table("处 / count", "原因 / reason", "怎样办 / what to do", title="需要处理 / to be seen to")
    for code, count, advice in summary.advised():
        table.add_row(
            str(count),
            f"{advice.reason.zh}\n[dim]{code}: {advice.reason.en}[/]",
            f"{advice.todo.zh}\n[dim]{advice.todo.en}[/]",
        )
    return table


def _listed(code_list: str | None) -> None:
    if code_list is None:
        for key, target in sorted(vocabulary().targets.items()):
            if target.field is not None:
                codes = f" [dim]--codes {target.field.codes}[/]" if target.field.codes else ""
                to_stdout.print(f"{key} {target.field.label.zh} [dim]{target.field.label.en}[/]{codes}")
        return
    if code_list not in CODE_LISTS:
        raise errors.RosterMappingInvalid(faults=f"--codes: {', '.join(sorted(CODE_LISTS))}")
    for word, code in sorted(words_of(code_list).items(), key=lambda pair: (pair[1], pair[0])):
        to_stdout.print(f"{code} {escape(word)}")
