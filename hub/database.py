"""The hub's database as three roles see it: reading, writing, migrating; embedded or named by its URL.

Refuses a database whose version, encoding or order of text is not what keyset pages and code ranges rely on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

from hub.database_roles import ensure_database, ensure_role
from hub.embedded.server import EmbeddedServer, Tell, join, tell_nobody
from hub.errors import DatabaseUnfit, ExecuteError, StorageError
from hub.settings import Secret, Settings

OLDEST = 150_000
#: True where text is ordered by code point: linguistic orders put letters before case and skip hyphens.
FITNESS = """
select current_setting('server_version_num')::int as version,
       current_setting('server_encoding') as encoding,
       'B' < 'a' and 'a-b' < 'aa' and '张' < '李' as ordered
"""
#: By these the server notices that the hub is gone, and frees what its sessions hold.
_SERVER_NOTICES = (
    "-c tcp_keepalives_idle=30",
    "-c tcp_keepalives_interval=5",
    "-c tcp_keepalives_count=3",
    "-c tcp_user_timeout=30000",
)


class Role(StrEnum):
    """As which database role a connection acts."""

    READER = "hub_reader"
    WRITER = "hub_writer"
    MIGRATOR = "hub_migrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open database; `close` it, or the embedded server is stopped at the end of the process."""

    settings: Settings
    server: EmbeddedServer | None
    _conninfos: Mapping[Role, Secret] = field(repr=False)
    _engines: dict[Role, sa.Engine] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, settings: Settings, *, tell: Tell = tell_nobody) -> Database:
        """Join or reach the server and see that database and roles are there; tables are `hub.migration`'s."""
        server = join(settings, tell) if settings.database_url is None else None
        try:
            found = _embedded(settings, server) if server else _external(settings)
            database = cls(settings=settings, server=server, _conninfos=found)
            database._check()
        except psycopg.Error as error:
            if server:
                server.leave()
            raise _unreachable(error) from error
        except BaseException:
            if server:
                server.leave()
            raise
        return database

    def conninfo(self, role: Role) -> str:
        """How to connect as a role; holds its password, so it is never logged."""
        return self._conninfos[role].reveal()

    def standby_conninfo(self) -> str | None:
        """How to reach the standby as the reading role; what its URL leaves open is as on the primary."""
        url = self.settings.standby_url
        if url is None:
            return None
        reader = conninfo_to_dict(self.conninfo(Role.READER))
        kept = {name: value for name, value in reader.items() if name in ("user", "password", "dbname")}
        words = {**kept, **_parsed(url, "HUB_STANDBY_URL")}
        return _with_options(self.settings, Role.READER, make_conninfo("", **words), anywhere=True).reveal()

    def role_name(self, role: Role) -> str:
        """The role's name on the server."""
        return str(conninfo_to_dict(self.conninfo(role))["user"])

    def connect(self, role: Role) -> psycopg.Connection[tuple[Any, ...]]:
        """One plain connection, for tools and tests."""
        try:
            return psycopg.connect(self.conninfo(role))
        except psycopg.OperationalError as error:
            raise ExecuteError from error

    def engine(self, role: Role) -> sa.Engine:
        """A SQLAlchemy engine, for migrations, loading and tests; requests use `pool`."""
        if role not in self._engines:
            creator = partial(psycopg.connect, self.conninfo(role))
            self._engines[role] = sa.create_engine("postgresql+psycopg://", creator=creator, pool_pre_ping=True)
        return self._engines[role]

    def pool(self, role: Role, size: int) -> AsyncConnectionPool[psycopg.AsyncConnection[tuple[Any, ...]]]:
        """A pool of asynchronous connections, not yet opened: open it on the loop that uses it."""
        return AsyncConnectionPool(
            self.conninfo(role),
            min_size=min(1, size),
            max_size=size,
            open=False,
            timeout=self.settings.connect_timeout_s,
            max_idle=300,
            check=partial(_checked, self.settings.connect_timeout_s),
            name=role.value,
        )

    def close(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        if self.server is not None:
            self.server.leave()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _check(self) -> None:
        for role in Role:
            with psycopg.connect(self.conninfo(role)) as connection:
                row = connection.execute(FITNESS).fetchone()
            version, encoding, ordered = row or (0, "", False)
            if version < OLDEST:
                raise DatabaseUnfit(reason=f"PostgreSQL {version // 10_000}, needed is {OLDEST // 10_000}")
            if encoding != "UTF8":
                raise DatabaseUnfit(reason=f"encoding {encoding}, needed is UTF8")
            if not ordered:
                raise DatabaseUnfit(reason="text is not ordered by code point, as collation C does")


async def _checked(seconds: float, connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
    """Whether a pooled connection still answers, and in time; one that does not is replaced by the pool."""
    try:
        async with asyncio.timeout(seconds):
            await AsyncConnectionPool.check_connection(connection)
    except TimeoutError as error:
        raise psycopg.OperationalError("no answer") from error


def _embedded(settings: Settings, server: EmbeddedServer) -> dict[Role, Secret]:
    """The roles on the embedded server, made at the first call."""
    with server.exclusive():
        with psycopg.connect(server.superuser(), autocommit=True) as connection:
            passwords = {role: ensure_role(connection, role, settings.secrets, reset=True) for role in Role}
            ensure_database(connection, settings.database_name, owner=Role.MIGRATOR, roles=tuple(Role))
    return {
        role: _with_options(settings, role, server.conninfo(settings.database_name, role.value, password))
        for role, password in passwords.items()
    }


def _external(settings: Settings) -> dict[Role, Secret]:
    """The roles on a named server: as given, else made there if the migrating role may."""
    owner = _parsed(settings.database_url, "HUB_DATABASE_URL")
    given = {
        Role.READER: (settings.database_read_url, "HUB_DATABASE_READ_URL"),
        Role.WRITER: (settings.database_write_url, "HUB_DATABASE_WRITE_URL"),
    }
    found = {Role.MIGRATOR: owner}
    for role, (url, variable) in given.items():
        if url is not None:
            found[role] = _parsed(url, variable)
            continue
        with psycopg.connect(make_conninfo(**owner), autocommit=True) as connection:
            password = ensure_role(connection, role, settings.secrets, reset=False)
        found[role] = {**owner, "user": role.value, "password": password}
    return {role: _with_options(settings, role, make_conninfo(**words)) for role, words in found.items()}


def _parsed(url: Secret | None, variable: str) -> dict[str, Any]:
    """The words of a URL; libpq's own message is withheld, as it may repeat the password."""
    try:
        return dict(conninfo_to_dict(url.reveal() if url else ""))
    except psycopg.ProgrammingError:
        raise StorageError(reason=f"{variable} is not a PostgreSQL URL") from None


def _with_options(settings: Settings, role: Role, conninfo: str, *, anywhere: bool = False) -> Secret:
    words = conninfo_to_dict(conninfo)
    remote = not str(words.get("host", "")).startswith(("/", "@"))
    options = ["-c TimeZone=UTC", "-c jit=off", "-c client_encoding=UTF8", *(_SERVER_NOTICES if remote else ())]
    if role is Role.READER:
        options += ["-c default_transaction_read_only=on", f"-c statement_timeout={settings.statement_timeout_ms}"]
        # Reads are prepared once and run often. A generic plan spares the planning, which costs more than most
        # executions, and without bitmap scans it walks the index that the page follows instead of sorting a county.
        options += ["-c plan_cache_mode=force_generic_plan", "-c enable_bitmapscan=off"]
    if role is Role.WRITER:
        options += [f"-c statement_timeout={settings.deadline_ms}", f"-c lock_timeout={settings.statement_timeout_ms}"]
    if role is not Role.MIGRATOR:
        options.append(f"-c idle_in_transaction_session_timeout={settings.deadline_ms}")
    bounds: dict[str, Any] = {
        "connect_timeout": settings.connect_timeout_s,
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 1000 * settings.connect_timeout_s,
        "application_name": f"gongzhi {settings.node}"[:63],
    }
    own = str(words.pop("options", "") or "")
    wanted = {} if anywhere else _wanted(role, words)
    return Secret(make_conninfo(**{**bounds, **words, **wanted, "options": " ".join([*options, own]).strip()}))


def _wanted(role: Role, words: Mapping[str, Any]) -> dict[str, str]:
    """Of several servers, the one that takes writes; a session that only reads cannot ask for it by that name."""
    named = words.get("target_session_attrs")
    if named is None and "," not in str(words.get("host", "")):
        return {}
    if role is Role.READER:
        return {"target_session_attrs": "primary"} if named in (None, "read-write") else {}
    return {"target_session_attrs": named or "read-write"}


def _unreachable(error: psycopg.Error) -> StorageError:
    """What the server said, without what was sent to it."""
    said = error.diag.message_primary or type(error).__name__
    if isinstance(error, psycopg.OperationalError) and error.diag.message_primary is None:
        said = str(error).splitlines()[-1] if str(error) else said
    return StorageError(reason=said)
