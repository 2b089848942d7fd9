"""`hub audit`: proves the access record whole, and tells who saw what of a child."""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import orjson
import psycopg
import typer
from rich.markup import escape
from rich.table import Table

from hub.audit.record import AccessEntry, shape_of
from hub.audit.recorder import Recorder
from hub.audit.search import Question, Reader, Seen, child_statement
from hub.audit.verify import Report, verify
from hub.cli.terminal import Show, progress, status, to_stderr, to_stdout
from hub.database import Database, Role
from hub.errors import NotGranted, PlanError
from hub.identity.identity import Identity, Purpose
from hub.identity.loading import load_directory
from hub.identity.trust import verifier_from
from hub.migration import require_current
from hub.policy.book import load_policies
from hub.policy.compile import compile_grant
from hub.policy.grant import Subject
from hub.settings import Settings, load_settings

app = typer.Typer(add_completion=False, no_args_is_help=True)

CLASS, ACTION = "D42", "audit"
_CHILD = re.compile(r"child_[0-9]{6}_[0-9A-Z]{26}")


def _open(settings: Settings) -> Database:
    with status() as tell:
        database = Database.open(settings, tell=tell)
    require_current(database)
    return database


@app.command("verify")
def verify_record() -> None:
    """校验访问记录：改动、缺失、添加、调换 / Find altered, missing, added or reordered records."""
    settings = load_settings()
    with _open(settings) as database, progress() as show:
        report = asyncio.run(_verify(database, settings, show))
    for line in report.lines():
        to_stdout.print(f"{escape(line.zh)}\n  [dim]{escape(line.en)}[/]")
    raise typer.Exit(report.exit_code)


async def _verify(database: Database, settings: Settings, show: Show) -> Report:
    def seen(rows: int) -> None:
        show("校验访问记录 / verifying access records", rows, 0)

    conninfo = database.conninfo(Role.READER)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        return await verify(connection, settings.data / "audit", progress=seen)


@app.command()
def child(
    child_id: Annotated[str, typer.Argument(help="儿童编号 / the child's id")],
    days: Annotated[int, typer.Option(help="回溯天数 / how many days back", min=1, max=36_500)] = 365,
    first: Annotated[int, typer.Option(help="条数 / how many, newest first", min=1, max=1000)] = 50,
) -> None:
    """谁看过该儿童的什么；审计管理员的令牌由标准输入给出，本次查询也记录在案。

    Who saw what of a child. An audit administrator's token comes on standard input; this reading is recorded too.
    """
    if sys.stdin.isatty():
        to_stderr.print("令牌 / token:")
    token = sys.stdin.readline().strip()
    if not _CHILD.fullmatch(child_id):
        raise PlanError(reason="id")
    settings = load_settings()
    now = datetime.now(UTC)
    since = now - timedelta(days=days)
    question = Question(child=child_id, reader=Reader.AUDITOR, since=since, until=now, first=first)
    with _open(settings) as database:
        seen = asyncio.run(_read_statement(database, settings, token, question))
    to_stdout.print(_table(seen))


async def _read_statement(database: Database, settings: Settings, token: str, question: Question) -> tuple[Seen, ...]:
    conninfo = database.conninfo(Role.READER)
    recorder = Recorder(database.conninfo(Role.WRITER), settings.data / "audit", node_name=settings.node)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        directory = await load_directory(connection)
        identity = await verifier_from(settings, lambda: directory).identify(token)
        entry = _entry(settings, identity, question)
        await recorder.open()
        try:
            recorded = recorder.record(entry)
            if entry.error is not None:
                await recorded
                raise NotGranted(paths="accessStatement")
            page = await child_statement(connection, question, recorded=recorded, name_of=directory.name)
        finally:
            await recorder.close()
    return page.entries


def _entry(settings: Settings, identity: Identity, question: Question) -> AccessEntry:
    """The record of this reading itself; refused where the caller holds no right to the record."""
    book = load_policies(settings.policies)
    subject = Subject(unit_type=identity.unit.type, level=identity.unit.level)
    rights = compile_grant(book, subject, identity.roles).may(CLASS, ACTION)
    rules = [rule for right in rights for rule in right.rules]
    return AccessEntry(
        at=datetime.now(UTC),
        identity=identity,
        purpose=Purpose(),
        shape=shape_of(document="hub audit child", fields=(), rules=rules, policy_version=book.version),
        outcome="answered" if rights else "refused",
        operation_name="hub_audit_child",
        error=None if rights else NotGranted.code,
        children=(orjson.dumps([question.child]),) if rights else (),
    )


def _table(seen: tuple[Seen, ...]) -> Table:
    table = Table(title=f"{len(seen)} 条 / accesses", title_justify="left")
    for column in ("时间 when", "单位 unit", "人员 person", "职责·用途 duty, purpose", "内容 what", "规则 rules"):
        table.add_column(column, overflow="fold")
    for each in seen:
        purpose = filter(None, (each.duty, each.case_no, each.task_no, each.application_no))
        what = "、".join(label.zh for _, label in each.classes) or each.operation_name or ""
        when = each.place.at.astimezone().isoformat(sep=" ", timespec="seconds")
        unit = f"{each.unit} {each.unit_label.zh}"
        outcome = "" if each.outcome == "answered" else f" [{each.outcome} {each.error or ''}]"
        cells = (when, unit, each.person or "", " ".join(purpose), what + outcome, " ".join(each.rules))
        table.add_row(*map(escape, cells))
    return table
