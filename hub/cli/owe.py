"""`hub owe`: the round over what units owe one another, as of now or of a moment given."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

import psycopg
import typer
from rich.table import Table

from hub.cli.terminal import status, to_stderr, to_stdout
from hub.database import Database, Role
from hub.derived.round import utc_now
from hub.identity.loading import load_directory
from hub.knowledge.clock import CHINA
from hub.knowledge.round import OwingTally, go_owing_round
from hub.migration import require_current
from hub.policy.book import PolicyBook, load_policies
from hub.settings import load_settings

app = typer.Typer(add_completion=False)

_COUNTED = "select kind, status, count(*) from obligation group by kind, status order by kind, status"
STATES = ("open", "paused", "overdue", "escalated", "fulfilled", "waived")


@app.command()
def owe(
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="视同该时刻（北京时间） / as if it were that moment, in China"
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="只统计，不写入 / count only, write nothing")] = False,
) -> None:
    """按日历产生义务，承接撤并单位的义务，认定逾期并升级 / Open, hand on, find overdue and escalate what units owe."""
    with status() as tell:
        settings = load_settings()
        database = Database.open(settings, tell=tell)
    require_current(database)
    now = utc_now() if at is None else at.replace(tzinfo=CHINA)
    with database:
        if not show:
            _report(asyncio.run(_go(database, load_policies(settings.policies), now)))
        with database.connect(Role.READER) as connection:
            to_stdout.print(_table(connection.execute(_COUNTED).fetchall()))


async def _go(database: Database, book: PolicyBook, now: datetime) -> OwingTally:
    conninfo = database.conninfo(Role.WRITER)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        directory = await load_directory(connection)
        return await go_owing_round(connection, directory, book, clock=lambda: now)


def _report(tally: OwingTally) -> None:
    to_stderr.print(
        f"[green]✓[/] 新产生 {tally.opened} 项，承接 {tally.passed_on} 项，认定逾期 {tally.overdue} 项，"
        f"升级 {tally.escalated} 项；逾期未签收的通知 {tally.unacknowledged} 条\n"
        f"  {tally.opened} opened, {tally.passed_on} passed on, {tally.overdue} found overdue,"
        f" {tally.escalated} escalated; {tally.unacknowledged} notices not acknowledged in time"
    )


def _table(counted: list[tuple[str, str, int]]) -> Table:
    table = Table(title="义务 / obligations", title_justify="left")
    for name in ("kind", *STATES):
        table.add_column(name, justify="left" if name == "kind" else "right", no_wrap=True)
    found = {(kind, state): count for kind, state, count in counted}
    for kind in sorted({kind for kind, _ in found}):
        table.add_row(kind, *(str(found.get((kind, state), 0)) for state in STATES))
    return table
