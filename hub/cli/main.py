"""Finds the module of a command and loads only that one, so that ``hub token`` does not wait for the whole engine."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from hub.cli.terminal import to_stderr
from hub.errors import HubError, InternalError
from hub.observation import failed

#: Command → the module that holds it, as ``app`` or by the name behind the colon, and its line in the help.
COMMANDS = {
    "serve": ("hub.cli.serve", "提供 GraphQL 服务 / Serve the GraphQL endpoint"),
    "demo": ("hub.cli.demo", "载入演示城市并提供服务 / Load the demonstration city and serve it"),
    "migrate": ("hub.cli.migrate", "迁移数据库并设定角色权限 / Migrate the database, set the roles' rights"),
    "token": ("hub.cli.token", "签发演示令牌 / Print a demonstration token"),
    "sdl": ("hub.cli.sdl", "输出 GraphQL 模式 / Print the GraphQL schema"),
    "dictionary": ("hub.cli.dictionary", "输出数据字典 / Print the data dictionary"),
    "settings": ("hub.cli.reference", "输出配置项与错误码 / Print the settings and the error codes"),
    "check": ("hub.cli.check", "校验声明与策略 / Check the declarations and the policies"),
    "policy": ("hub.cli.policy", "策略预期决定的测试 / Test the policies' expected decisions"),
    "explain": ("hub.cli.explain", "某单位可否做某事及依据 / Whether a unit may do something, and why"),
    "derive": ("hub.cli.derive", "按存储的事实重算台账状态 / Recompute what follows from the stored facts"),
    "owe": ("hub.cli.owe", "产生、承接、认定逾期义务 / Open, hand on and escalate what units owe"),
    "standby": ("hub.cli.standby", "建立并运行备库 / Make and run a standby of the embedded server"),
    "status": ("hub.cli.status", "一屏看清现状 / What stands where, on one screen"),
    "backup": ("hub.cli.backup", "备份 / Back up the database, the anchors and the keys"),
    "restore": ("hub.cli.backup:restoring", "恢复并核验备份 / Restore a backup and prove it"),
    "import": ("hub.cli.imports", "导入名册 / Import a roster from a spreadsheet"),
    "audit": ("hub.cli.audit", "校验或查询访问记录 / Verify or search the access record"),
}


class Commands(TyperGroup):
    """The commands by name. The list needs no module; a command's own is loaded when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        if name is None or command is None:
            return name, command, rest
        module, _, held = COMMANDS[name][0].partition(":")
        loaded = get_command(getattr(import_module(module), held or "app"))
        loaded.name = name
        return name, loaded, rest


application = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="共知 Gongzhi：部门联席会议的数据共享中枢 / the hub of a conference of departments",
)  # fmt: skip


@application.callback()
def _commands() -> None:
    """Makes the application a group even though its commands are found elsewhere."""


def _terminate(number: int, _: object) -> None:
    """Leave as by `sys.exit`, so that everything open is closed and the embedded server is left in order."""
    sys.exit(128 + number)


def main() -> None:
    """Run the command line; a known error is told in Chinese and English, with the next step."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        get_command(application)()
    except HubError as error:
        _tell(error)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as fault:
        # Told by its kind and place: its words may quote a row.
        event = failed(fault, InternalError.code)
        _tell(InternalError(reference=event.reference))
        to_stderr.print(escape("\n".join((*event.error, *event.where[-6:]))), style="dim")
        sys.exit(1)


def _tell(error: HubError) -> None:
    to_stderr.print(f"[red]✗ {escape(error.code)}[/] {escape(error.message_zh)}")
    to_stderr.print(f"  {escape(error.message)}", style="dim")
    for step in filter(None, error.next_step):
        to_stderr.print(f"  → {escape(step)}")
