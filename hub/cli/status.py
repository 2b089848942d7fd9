"""`hub status`: what stands where, on one screen; its exit code says whether all is as it should be."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
import psycopg
import typer
from rich.markup import escape
from rich.table import Table

from hub.audit.node import known_nodes
from hub.backup.making import LAST
from hub.cli.terminal import status, to_stdout
from hub.database import Database, Role
from hub.errors import HubError, MigrationNeeded
from hub.migration import require_current
from hub.policy.book import load_policies
from hub.settings import Settings, load_settings

app = typer.Typer(add_completion=False)

Line = tuple[str, str, bool]  # what, how it stands, whether that is as it should be

_SERVER = """
select current_setting('server_version'), pg_size_pretty(pg_database_size(current_database())),
       pg_is_in_recovery(), extract(epoch from clock_timestamp())::float8 - %s
"""
_CONNECTIONS = """
select count(*), count(*) filter (where application_name like 'gongzhi %%'), current_setting('max_connections')::int
from pg_stat_activity where backend_type = 'client backend'
"""
_NODES = "select node, max(seq) from access_record group by node"
_STANDBYS = "select count(*) from pg_stat_replication where state = 'streaming'"


@app.command("status")
def show_status() -> None:
    """数据库、版本、策略、节点、链头、磁盘、连接、备份 / Database, version, policies, nodes, anchors, disk, backup."""
    settings = load_settings()
    with status() as tell:
        database = Database.open(settings, tell=tell)
    with database:
        lines = list(_lines(settings, database))
    table = Table(show_header=False, box=None, pad_edge=False)
    for what, how, well in lines:
        table.add_row("[green]✓[/]" if well else "[red]✗[/]", escape(what), escape(how))
    to_stdout.print(table)
    raise typer.Exit(0 if all(well for _, _, well in lines) else 1)


def _lines(settings: Settings, database: Database) -> Iterator[Line]:
    with database.connect(Role.MIGRATOR) as connection:
        yield from _server(settings, connection)
        current = _migration(database)
        yield current
        if current[2]:
            yield from _nodes(settings, connection)
        yield _connections(connection)
    yield _policies(settings)
    yield _disk(settings)
    yield _backup(settings)


def _server(settings: Settings, connection: psycopg.Connection[Any]) -> Iterator[Line]:
    before = datetime.now().timestamp()
    version, size, standby, ahead = connection.execute(_SERVER, [before]).fetchone() or ("?", "?", True, 0.0)
    kind = "内置 embedded" if settings.is_embedded else "外部 named"
    yield "数据库 database", f"PostgreSQL {version}，{kind}，{size}", not standby
    most = settings.max_clock_skew_ms / 1000
    yield "时钟 clock", f"{ahead:+.3f} s（上限 limit {most:g} s）", abs(ahead) <= most


def _migration(database: Database) -> Line:
    try:
        require_current(database)
    except MigrationNeeded as error:
        return "迁移 migration", f"{error.data['found']} → {error.data['needed']}：hub migrate", False
    return "迁移 migration", "已是最新 current", True


def _policies(settings: Settings) -> Line:
    try:
        book = load_policies(settings.policies)
    except HubError as error:
        return "策略 policies", error.code, False
    return "策略 policies", f"第 {book.version} 版 version {book.version}，{len(book.rules)} 条规则 rules", True


def _nodes(settings: Settings, connection: psycopg.Connection[Any]) -> Iterator[Line]:
    written: dict[str, int] = dict(connection.execute(_NODES).fetchall())
    for node in known_nodes(settings.data / "audit"):
        anchored = node.anchored()
        head = anchored.head.seq if anchored.head else None
        retired = (node.path / "retired").exists()
        shown = f"{written.get(node.name, 0)} 条 records，锚定至 anchored to {head if head is not None else '—'}"
        whole = head is not None and head <= written.get(node.name, 0)
        yield f"节点 node {node.name}", shown + ("，已停用 retired" if retired else ""), whole or retired


def _connections(connection: psycopg.Connection[Any]) -> Line:
    used, ours, most = connection.execute(_CONNECTIONS).fetchone() or (0, 0, 0)
    (standbys,) = connection.execute(_STANDBYS).fetchone() or (0,)
    shown = f"{used}/{most}，本平台 ours {ours}，备库 standbys {standbys}"
    return "连接 connections", shown, used < most * 0.9


def _disk(settings: Settings) -> Line:
    free = shutil.disk_usage(settings.data)
    shown = f"{settings.data.resolve()}：剩余 free {free.free / 2**30:.1f} GB / {free.total / 2**30:.1f} GB"
    return "磁盘 disk", shown, free.free > free.total * 0.05


def _backup(settings: Settings) -> Line:
    try:
        noted = orjson.loads((settings.data / LAST).read_bytes())
        made = datetime.fromisoformat(noted["made"]).astimezone()
    except (OSError, ValueError, KeyError):
        return "备份 backup", "本目录尚无备份 none noted here：hub backup DIR", True
    return "备份 backup", f"{made:%Y-%m-%d %H:%M}，{noted['rows']} 行 rows，{noted['folder']}", True
