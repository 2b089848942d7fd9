"""`hub derive`: what follows from the stored facts, recomputed: brought into step, or only compared, for any day."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

import psycopg
import typer
from rich.table import Table

from hub.cli.terminal import Show, progress, status, to_stderr, to_stdout
from hub.database import Database, Role
from hub.derived import keeping, statement
from hub.derived.following import tell_followers
from hub.derived.keeping import Comparison
from hub.derived.round import Tally, go_round
from hub.errors import PlanError
from hub.migration import require_current
from hub.settings import load_settings

app = typer.Typer(add_completion=False)

COLUMNS = {
    "county": "县区\ncounty", "children": "儿童\nall", "active": "在册\nactive", "candidate": "待认定\ncandidate",
    "ended": "已退出\nended", "not_eligible": "不符合\nneither", "findings": "风险\nfindings",
}  # fmt: skip
#: What may differ from the facts, shown as counts in this order.
WRONG = ("wrong_status", "wrong_entry", "wrong_completeness", "wrong_findings")
CAPTION = "不符：状态 · 登记 · 完整度 · 风险 / wrong: status · entry · completeness · findings"


@app.command()
def derive(
    check: Annotated[bool, typer.Option("--check", help="只比对，不写入 / compare only, write nothing")] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", formats=["%Y-%m-%d"], help="按该日终了时的记录比对 / compare as recorded at the end of that day"
        ),
    ] = None,
) -> None:
    """按存储的事实重算留守状态、完整度、年满退出和监护风险 / Recompute standing, completeness, age-out and findings.

    有不符时（--check、--as-of）退出码为 1。Exit code 1 where something differs under --check or --as-of.
    """
    if as_of is not None and as_of.date() > statement.today():
        raise PlanError(reason="--as-of")
    with status() as tell:
        database = Database.open(load_settings(), tell=tell)
    require_current(database)
    with database, progress() as show:
        if not check and as_of is None:
            _report(asyncio.run(_keep(database, show)))
            return
        found = asyncio.run(_compare(database, as_of, show))
    to_stdout.print(_table(found))
    raise typer.Exit(0 if all(one.holds for one in found) else 1)


async def _keep(database: Database, show: Show) -> Tally:
    def seen(county: str, done: int, total: int) -> None:
        show(f"重算 / recomputing {county}", done, total)

    conninfo = database.conninfo(Role.WRITER)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        return await go_round(connection, show=seen, tell=tell_followers)


async def _compare(database: Database, as_of: datetime | None, show: Show) -> list[Comparison]:
    day = statement.today() if as_of is None else as_of.date()
    at = None if as_of is None else statement.end_of(day)
    # As the owner of the tables: a whole county takes longer than a request may.
    conninfo, found = database.conninfo(Role.MIGRATOR), list[Comparison]()
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        counties = await keeping.counties(connection)
        for county in counties:
            show("比对 / comparing", len(found), len(counties))
            found.append(await keeping.compare(connection, county, day, at=at))
        show("比对 / comparing", len(found), len(counties))
    return found


def _report(tally: Tally) -> None:
    to_stderr.print(
        f"[green]✓[/] 更新 {tally.children} 名儿童，其中满十六周岁退出 {tally.aged_out} 名；"
        f"监护风险 {tally.findings} 项\n"
        f"  {tally.children} children brought into step, {tally.aged_out} of them left the register at sixteen;"
        f" {tally.findings} findings opened, changed or cleared"
    )


def _table(found: list[Comparison]) -> Table:
    table = Table(title="台账与事实 / the registry and the facts", title_justify="left", caption=CAPTION)
    for name, label in COLUMNS.items():
        table.add_column(label, justify="left" if name == "county" else "right", no_wrap=True)
    table.add_column("不符\nwrong", justify="right", no_wrap=True)
    for one in found:
        wrong = " · ".join(str(getattr(one, name)) for name in WRONG)
        table.add_row(*(str(getattr(one, name)) for name in COLUMNS), wrong)
    return table
