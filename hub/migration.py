"""Brings the tables to this hub's version and sets the roles' rights; refuses to serve on any other version."""

from __future__ import annotations

import alembic.command
import psycopg
import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from hub.database import Database, Role
from hub.embedded.server import Tell, tell_nobody
from hub.errors import MigrationBusy, MigrationNeeded, StorageError
from hub.observation import kinds
from hub.privileges import VERSION_TABLE, RoleNames, grants
from hub.settings import ROOT
from hub.tables import METADATAS

FOLDER = ROOT / "migrations"
#: How long an upgrade waits for another one, and how long each change may wait for readers of its table.
GUARD_TIMEOUT = "60s"
LOCK_TIMEOUT = "10s"
STATEMENT_TIMEOUT = "10min"
#: How PostgreSQL says that the other one was faster, by how far that one had come.
MADE_MEANWHILE = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DuplicateTable,
    psycopg.errors.DuplicateObject,
)


def alembic_config() -> Config:
    """Alembic's configuration, made here so that no file repeats the settings."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database, tell: Tell = tell_nobody) -> None:
    """Apply what is missing, then set rights; safe to run again and from several nodes at once."""
    config = alembic_config()
    engine = database.engine(Role.MIGRATOR)
    _make_version_table(engine)
    try:
        with engine.begin() as connection:
            _guard(connection)
            tell("正在迁移数据库 / migrating the database")
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
            _set_rights(connection, database)
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise MigrationBusy from error
        # Its kind only: the message may quote a row.
        raise StorageError(reason=", ".join(kinds(error))) from error


def require_current(database: Database) -> None:
    """Raise MigrationNeeded unless the tables are at this hub's version."""
    needed = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with database.engine(Role.MIGRATOR).connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != needed:
        raise MigrationNeeded(found=found or "none", needed=needed)


def _make_version_table(engine: sa.Engine) -> None:
    """Alembic's own table, made beforehand so that it can be the guard of the first upgrade too."""
    statement = sa.text(
        f"create table if not exists {VERSION_TABLE} (version_num varchar(32) not null,"
        f" constraint {VERSION_TABLE}_pkc primary key (version_num))"
    )
    try:
        with engine.begin() as connection:
            connection.execute(statement)
    except (IntegrityError, ProgrammingError) as error:
        # Two nodes at the same instant both find it missing; the other one has made it now.
        if not isinstance(error.orig, MADE_MEANWHILE):
            raise


def _guard(connection: sa.Connection) -> None:
    """Let one upgrade run at a time: a lock that ends with its transaction, through any connection pooler."""
    connection.execute(sa.text(f"set local lock_timeout = '{GUARD_TIMEOUT}'"))
    connection.execute(sa.text(f"lock table {VERSION_TABLE} in access exclusive mode"))
    connection.execute(sa.text(f"set local lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(sa.text(f"set local statement_timeout = '{STATEMENT_TIMEOUT}'"))


def _set_rights(connection: sa.Connection, database: Database) -> None:
    roles = RoleNames(reader=database.role_name(Role.READER), writer=database.role_name(Role.WRITER))
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError(f"expected a psycopg connection, got {type(raw)}")
    with raw.pipeline():
        for statement in grants((table for metadata in METADATAS for table in metadata.sorted_tables), roles):
            raw.execute(statement)
