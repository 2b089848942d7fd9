"""Environment and one TOML file → Settings; refuses unknown names and unfit values, all faults at once.

The only module that reads the environment. A setting ``port`` is ``HUB_PORT`` there and ``port`` in the file;
the environment wins.
"""

from __future__ import annotations

import os
import socket
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlsplit

from hub.errors import SettingsError

PREFIX = "HUB_"
FILE_VARIABLE = "HUB_CONFIG"
DEFAULT_FILE = "hub.toml"
ROOT = Path(__file__).resolve().parent.parent


class Secret:
    """A value that is never shown: not in repr, str, logs or tracebacks."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What README says of a setting, and the bounds its value must keep."""

    zh: str
    en: str
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    shown: str | None = None  # the default as README shows it, where it depends on the machine


def _setting(default: Any, zh: str, en: str, **bounds: Any) -> Any:
    about = {"about": About(zh=zh, en=en, **bounds)}
    if callable(default):
        return field(default_factory=default, metadata=about)
    return field(default=default, metadata=about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of the hub: name, type, default, bounds and help, declared here and nowhere else."""

    data: Path = _setting(
        Path(".hub"), "数据目录：内置数据库、密钥、链头锚点", "Data folder: embedded database, secrets, chain anchors"
    )
    host: str = _setting("127.0.0.1", "监听地址", "Address to listen on")
    port: int = _setting(8000, "监听端口", "Port to listen on", minimum=0, maximum=65535)
    workers: int = _setting(1, "服务进程数", "Serving processes", minimum=1, maximum=64)
    node: str = _setting(
        socket.gethostname, "节点名，记入访问记录", "Name of this node, kept in access records", shown="the host's name"
    )
    log_level: str = _setting(
        "info", "日志级别", "Least severity that is logged", choices=("debug", "info", "warning", "error")
    )
    log_format: str = _setting(
        "auto", "日志格式：终端上为文本，其余为 JSON", "Log lines: plain on a terminal, else JSON; or always one",
        choices=("auto", "json", "plain"),
    )  # fmt: skip

    metrics_host: str = _setting("127.0.0.1", "指标的监听地址", "Address of the metrics")
    metrics_port: int = _setting(
        0, "指标端口（Prometheus），各服务进程依次占用；0 为不开", "Port of /metrics, one per process; 0: none",
        minimum=0, maximum=65535,
    )  # fmt: skip
    max_clock_skew_ms: int = _setting(
        2000, "与数据库时钟的最大偏差（毫秒），超出则不就绪", "Clock skew against the database, ms; beyond, not ready",
        minimum=10, maximum=3_600_000,
    )  # fmt: skip

    database_url: Secret | None = _setting(
        None, "外部 PostgreSQL 地址；不设则用内置数据库", "A PostgreSQL server's URL; without it, the embedded server"
    )
    database_read_url: Secret | None = _setting(
        None, "只读角色的地址，可指向备库", "The reading role's URL; may name standbys"
    )
    database_write_url: Secret | None = _setting(None, "写入角色的地址", "The writing role's URL")
    standby_url: Secret | None = _setting(
        None, "备库地址；读取在其足够新时由它答复", "A standby's URL; it answers reads as long as it is fresh enough"
    )
    standby_lag_ms: int = _setting(
        1000,
        "备库落后多久即不再读取（毫秒）",
        "Lag beyond which the standby is not read, ms",
        minimum=100,
        maximum=600_000,
    )
    database_name: str = _setting("hub", "内置服务器中的数据库名", "Database inside the embedded server")
    pg_bin: Path | None = _setting(
        None, "PostgreSQL 程序目录", "Folder of PostgreSQL programs that the embedded server uses"
    )
    pg_user: str = _setting(
        "", "以 root 启动时内置数据库使用的系统用户", "OS user of the embedded server when the hub runs as root",
        shown="postgres, else nobody",
    )  # fmt: skip
    pg_keep: bool = _setting(
        False, "最后一个进程退出后保留内置数据库", "Leave the embedded server running after its last process"
    )
    pg_durable: bool = _setting(
        True, "内置数据库等待落盘；仅测试可关", "The embedded server waits for the disk; off in tests only"
    )
    pg_max_connections: int = _setting(
        100, "内置数据库最大连接数", "Connections the embedded server accepts", minimum=10, maximum=2000
    )
    pg_shared_buffers_mb: int = _setting(
        128, "内置数据库共享缓存（MB）", "Shared buffers of the embedded server, MB", minimum=16, maximum=65536
    )
    read_pool: int = _setting(8, "每进程只读连接数", "Reading connections per process", minimum=1, maximum=500)
    heavy_pool: int = _setting(
        4, "每进程大查询的只读连接数；各单位轮流", "Reading connections per process for heavy questions",
        minimum=1, maximum=500,
    )  # fmt: skip
    write_pool: int = _setting(4, "每进程写入连接数", "Writing connections per process", minimum=1, maximum=500)
    connect_timeout_s: int = _setting(
        3, "建立数据库连接的时限（秒）", "Time allowed to connect to the database, s", minimum=1, maximum=60
    )
    statement_timeout_ms: int = _setting(
        5000, "单条查询的时限（毫秒）", "Time allowed to one read statement, ms", minimum=100, maximum=600_000
    )
    deadline_ms: int = _setting(
        10_000, "单个请求的时限（毫秒）", "Time allowed to one request, ms", minimum=100, maximum=600_000
    )

    light_timeout_ms: int = _setting(
        500, "小查询的时限，超时转为大查询（毫秒）", "Time after which a light statement is asked anew as heavy, ms",
        minimum=10, maximum=600_000,
    )  # fmt: skip
    daily: bool = _setting(
        True, "每日重算随时间变化的台账状态", "Recompute daily what time alone changes in the registry"
    )

    policies: Path = _setting(ROOT / "policies", "授权策略目录", "Folder of policies", shown="the package's own")
    policy_max_age_s: int = _setting(
        60, "策略版本无法确认多久后拒绝答复（秒）", "Age after which an unconfirmed policy refuses, s", minimum=1,
        maximum=86_400,
    )  # fmt: skip

    issuer: str = _setting("https://gongzhi.invalid/issuer", "令牌签发方 iss", "Issuer (iss) that tokens must name")
    audience: str = _setting("gongzhi", "令牌受众 aud", "Audience (aud) that tokens must name")
    jwks_url: str | None = _setting(None, "签发方公钥地址", "Where the issuer publishes its keys")
    jwks_file: Path | None = _setting(None, "签发方公钥文件", "The issuer's keys as a file")
    dev_issuer: bool = _setting(
        False, "内置签发方，仅限演示与开发", "Built-in issuer, for demonstration and development only"
    )
    token_leeway_s: int = _setting(30, "令牌时钟容差（秒）", "Clock skew allowed in tokens, s", minimum=0, maximum=300)
    token_lifetime_s: int = _setting(
        43_200, "内置签发方令牌有效期（秒）", "Lifetime of the built-in issuer's tokens, s", minimum=60, maximum=604_800
    )

    allowed_origins: str = _setting(
        "", "允许跨域调用的网页来源，逗号分隔", "Origins whose pages may call across sites, comma-separated"
    )
    graphiql: bool = _setting(True, "在 GET /graphql 提供 GraphiQL", "Serve GraphiQL at GET /graphql")
    desk: bool = _setting(True, "在 /desk 提供部门工作台", "Serve the departments' workbench at /desk")
    desk_client_id: str | None = _setting(
        None, "工作台在统一认证（OIDC）中的客户端编号", "The workbench's client id at the issuer (OIDC, public client)"
    )
    desk_authorize_url: str | None = _setting(
        None, "统一认证的授权地址（授权码 + PKCE）", "The issuer's authorization endpoint (code with PKCE)"
    )
    desk_token_url: str | None = _setting(None, "统一认证的令牌地址", "The issuer's token endpoint")
    desk_scope: str = _setting("openid", "向统一认证申请的范围", "Scope the workbench asks the issuer for")
    max_head_bytes: int = _setting(
        32_768, "地址与请求头上限（字节）", "Largest address and headers, bytes", minimum=4096, maximum=1_048_576
    )
    slow_request_s: int = _setting(
        10,
        "请求头、请求体各须在此时间内发来（秒）",
        "Time allowed to send a head, and a body, s",
        minimum=1,
        maximum=600,
    )
    slow_reader_s: int = _setting(
        20, "答复须在此时间内取走，大的另加（秒）", "Time allowed to take an answer, more for large ones, s", minimum=1,
        maximum=3600,
    )  # fmt: skip
    keep_alive_s: int = _setting(
        30, "空闲连接保留时间（秒）", "Time an idle connection is kept, s", minimum=1, maximum=3600
    )
    shutdown_s: int = _setting(
        15,
        "停止时等待未完请求的时间（秒）",
        "Time allowed to requests under way when stopping, s",
        minimum=0,
        maximum=600,
    )
    max_connections: int = _setting(
        2000, "每进程连接数上限", "Most connections per process", minimum=1, maximum=1_000_000
    )
    max_connections_each: int = _setting(
        256, "每个地址的连接数上限；在代理之后设 0", "Most connections of one address; 0 behind a proxy", minimum=0,
        maximum=1_000_000,
    )  # fmt: skip
    max_streams: int = _setting(
        64, "每个调用者同时处理的请求数上限，0 为不限", "Most requests of one caller at once; 0: any", minimum=0,
        maximum=100_000,
    )  # fmt: skip
    max_subscriptions: int = _setting(
        64, "每个调用者在每个进程的订阅数上限，订阅连接数亦同，0 为不限",
        "Most subscriptions of one caller in a process, and as many connections for them; 0: any", minimum=0,
        maximum=100_000,
    )  # fmt: skip
    heartbeat_s: int = _setting(
        15, "订阅的心跳间隔（秒），同时复核令牌、单位和策略", "Heartbeat of subscriptions, with a look at token, unit "
        "and policy, s", minimum=1, maximum=600,
    )  # fmt: skip
    cost_per_s: int = _setting(
        1_000_000, "每个调用者每秒的开销额度，可攒十秒，0 为不限",
        "Cost a caller may ask for in a second, saved up for ten; 0: any", minimum=0, maximum=1_000_000_000,
    )  # fmt: skip
    planning_ms_per_s: int = _setting(
        100, "每个调用者每秒可用于解析新文档的时间（毫秒），可攒半分钟，0 为不限",
        "Time a caller's new documents may take in a second, saved up for half a minute, ms; 0: any", minimum=0,
        maximum=1000,
    )  # fmt: skip
    max_batch: int = _setting(
        0,
        "一个请求体中的请求数上限，0 为不支持批量",
        "Most requests in one body; 0: no batches",
        minimum=0,
        maximum=100,
    )
    max_body_bytes: int = _setting(
        262_144, "请求体上限（字节）", "Largest request body, bytes", minimum=1024, maximum=16_777_216
    )
    max_tokens: int = _setting(4000, "查询文档词元上限", "Most tokens in a document", minimum=100, maximum=100_000)
    max_depth: int = _setting(12, "查询嵌套上限", "Deepest nesting of a document", minimum=2, maximum=100)
    max_aliases: int = _setting(60, "别名上限", "Most aliases in a document", minimum=0, maximum=10_000)
    max_cost: int = _setting(
        100_000, "单个操作的最大开销（行×字段）", "Highest cost of an operation, rows × fields", minimum=100,
        maximum=100_000_000,
    )  # fmt: skip
    max_page: int = _setting(1000, "每页行数上限", "Most rows on a page", minimum=1, maximum=10_000)
    max_list: int = _setting(1000, "筛选值列表上限", "Most values in a filter's list", minimum=1, maximum=100_000)
    plan_cache: int = _setting(2000, "每进程缓存的查询计划数", "Plans kept per process", minimum=1, maximum=1_000_000)
    import_max_bytes: int = _setting(
        33_554_432, "上传名册的最大字节数", "Largest roster that is taken over HTTP, bytes", minimum=1024,
        maximum=1_073_741_824,
    )  # fmt: skip
    import_keep_h: int = _setting(
        24,
        "上传的名册及报告保留时长（小时）",
        "How long uploaded rosters and their reports are kept, h",
        minimum=1,
        maximum=720,
    )
    small_cell: int = _setting(
        5, "统计最小单元 k，低于即隐去", "Smallest count that statistics disclose (k)", minimum=1, maximum=100
    )

    @property
    def secrets(self) -> Path:
        """Folder of generated passwords and keys, mode 0700."""
        return self.data / "secrets"

    def as_environ(self) -> dict[str, str]:
        """The environment in which a process of the hub has these settings; holds passwords, so it is never logged."""
        others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}  # noqa: TID251
        for declared in fields(self):
            value = getattr(self, declared.name)
            if value is not None:
                shown = value.reveal() if isinstance(value, Secret) else str(value)
                others[f"{PREFIX}{declared.name.upper()}"] = shown
        return others

    @property
    def is_embedded(self) -> bool:
        return self.database_url is None


_TRUE, _FALSE = ("1", "true", "on", "yes"), ("0", "false", "off", "no")


def _boolean(value: Any) -> bool:
    word = str(value).strip().lower()
    if word not in (*_TRUE, *_FALSE):
        raise ValueError("must be true or false")
    return word in _TRUE


def _integer(value: Any) -> int:
    if isinstance(value, bool | float):
        raise ValueError("must be a whole number")
    try:
        return int(value)
    except ValueError:
        raise ValueError("must be a whole number") from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("must be text")
    return value


_READERS: dict[type, Callable[[Any], Any]] = {
    bool: _boolean,
    int: _integer,
    str: _text,
    Path: lambda value: Path(_text(value)).expanduser(),
    Secret: lambda value: Secret(_text(value)),
}


def _types() -> dict[str, type]:
    """The plain type of each setting; None of an optional one is left out."""
    hints = get_type_hints(Settings)
    return {name: next((t for t in get_args(hint) if t is not type(None)), hint) for name, hint in hints.items()}


def _about(declared: Field[Any]) -> About:
    about: About = declared.metadata["about"]
    return about


def _read(declared: Field[Any], kind: type, raw: Any) -> Any:
    value, about = _READERS[kind](raw), _about(declared)
    if about.choices and value not in about.choices:
        raise ValueError(f"must be one of {', '.join(about.choices)}")
    if about.minimum is not None and value < about.minimum:
        raise ValueError(f"must be at least {about.minimum}")
    if about.maximum is not None and value > about.maximum:
        raise ValueError(f"must be at most {about.maximum}")
    return value


def _file_values(environ: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    named = environ.get(FILE_VARIABLE)
    path = Path(named or DEFAULT_FILE)
    if not named and not path.is_file():
        return {}
    try:
        return {f"{name} ({path})": value for name, value in tomllib.loads(path.read_text("utf-8")).items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"{path}: {error}")
        return {}


def _contradictions(given: Mapping[str, Any]) -> list[str]:
    faults = []
    if given.get("jwks_url") and given.get("jwks_file"):
        faults.append("HUB_JWKS_URL and HUB_JWKS_FILE: give one of them")
    for name in ("database_read_url", "database_write_url"):
        if given.get(name) and not given.get("database_url"):
            faults.append(f"{PREFIX}{name.upper()}: needs HUB_DATABASE_URL")
    sign_in = {name: given.get(name) for name in ("desk_client_id", "desk_authorize_url", "desk_token_url")}
    missing = sorted(f"{PREFIX}{name.upper()}" for name, value in sign_in.items() if not value)
    if any(sign_in.values()) and missing:
        faults.append(f"{', '.join(missing)}: signing in at /desk needs them too")
    faults += [
        f"{PREFIX}{name.upper()}: must be an https address"
        for name, value in sign_in.items()
        if name.endswith("_url") and value and not _is_trusted(str(value))
    ]
    return faults


def _is_trusted(address: str) -> bool:
    """A place a code or token may go to: over TLS, or on this machine. Nothing that could end a CSP source."""
    place = urlsplit(address)
    plain = all(c.isascii() and (c.isalnum() or c in ".-:[]") for c in place.netloc)
    local = place.scheme == "http" and place.hostname in ("127.0.0.1", "localhost", "::1")
    return bool(place.netloc) and plain and (place.scheme == "https" or local)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force; raises SettingsError naming every fault. Empty variables count as not set."""
    environ = os.environ if environ is None else environ  # noqa: TID251  (the one place)
    faults: list[str] = []
    raw: dict[str, Any] = _file_values(environ, faults)
    raw |= {
        name: value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name != FILE_VARIABLE and value != ""
    }
    declared, kinds = {declared.name: declared for declared in fields(Settings)}, _types()
    given: dict[str, Any] = {}
    for shown, value in raw.items():
        name = shown.removeprefix(PREFIX).lower() if shown.startswith(PREFIX) else shown.partition(" ")[0]
        if name not in declared:
            faults.append(f"{shown}: unknown setting")
            continue
        try:
            given[name] = _read(declared[name], kinds[name], value)
        except ValueError as error:
            faults.append(f"{shown}: {error}")
    faults += _contradictions(given)
    if faults:
        raise SettingsError(faults="; ".join(sorted(faults)))
    return Settings(**given)


def _default(declared: Field[Any]) -> str:
    about = _about(declared)
    if about.shown is not None:
        return about.shown
    if isinstance(declared.default, bool):
        return "on" if declared.default else "off"
    return "" if declared.default is None else f"`{declared.default}`"


def render_settings() -> str:
    """The table of settings, in Markdown."""
    lines = ["| 变量 / variable | 默认 / default | 说明 | meaning |", "| --- | --- | --- | --- |"]
    lines.append(
        f"| `{FILE_VARIABLE}` | `{DEFAULT_FILE}` | 配置文件（TOML），键为去掉 HUB_ 的小写名 | "
        "Settings file (TOML); keys are the names below without HUB_, in lower case |"
    )
    for declared in fields(Settings):
        about = _about(declared)
        bounds = f" ({about.minimum}…{about.maximum})" if about.minimum is not None else ""
        bounds = f" ({', '.join(about.choices)})" if about.choices else bounds
        name = f"{PREFIX}{declared.name.upper()}"
        lines.append(f"| `{name}` | {_default(declared)} | {about.zh} | {about.en}{bounds} |")
    return "\n".join(lines) + "\n"
