"""`hub backup` and `hub restore`: the whole hub to a folder, and from it into an empty database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from hub.backup.making import keys_folder, make_backup
from hub.backup.restoring import check_backup, restore_backup
from hub.cli.terminal import progress, status, to_stderr, to_stdout
from hub.database import Database
from hub.errors import BackupFailed
from hub.settings import load_settings

app = typer.Typer(add_completion=False)
restoring = typer.Typer(add_completion=False)

Folder = Annotated[Path, typer.Argument(help="备份目录 / folder of the backup")]


@app.command()
def backup(folder: Folder) -> None:
    """备份数据库与链头锚点；密钥另存于同名加 -keys 的目录 / Back up database and anchors; keys to FOLDER-keys."""
    with status() as tell:
        database = Database.open(load_settings(), tell=tell)
    with database, progress() as show:
        manifest = make_backup(database, folder, show)
    to_stdout.print(f"[green]✓[/] {len(manifest.tables)} 张表，{manifest.rows} 行 / {manifest.rows} rows")
    to_stdout.print(f"  {escape(str(folder))}\n  {escape(str(keys_folder(folder)))}")
    to_stderr.print("→ 两个目录分开存放：密钥可验证也可伪造访问记录。")
    to_stderr.print("  Keep the two folders apart: the keys prove the access record, and could forge it.", style="dim")


@restoring.command()
def restore(
    folder: Folder,
    keys: Annotated[Path | None, typer.Option(help="密钥目录，默认为同名加 -keys / the keys, else FOLDER-keys")] = None,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="没有密钥也恢复，访问记录无法核验 / restore without the keys")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="只核对备份，不恢复 / only check the backup")] = False,
) -> None:
    """恢复到空数据库并逐项核验 / Restore into an empty database and prove every part."""
    with progress() as show:
        manifest = check_backup(folder, show)
    if not check:
        chosen = None if without_keys else keys or keys_folder(folder)
        if chosen is not None and not chosen.is_dir():
            raise BackupFailed(reason=f"no keys in {chosen}")
        with status() as tell:
            database = Database.open(load_settings(), tell=tell)
        with database, progress() as show:
            report = restore_backup(database, folder, chosen, show)
        for line in report.lines() if report else ():
            to_stdout.print(f"{escape(line.zh)}\n  [dim]{escape(line.en)}[/]")
        if report and not report.is_intact:
            raise typer.Exit(report.exit_code)
    to_stdout.print(f"[green]✓[/] {manifest.rows} 行，截至 / rows as of {manifest.made.astimezone():%Y-%m-%d %H:%M:%S}")
