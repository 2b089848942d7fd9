"""The three database roles: what each may and may not do, and what an unfit server is told."""

from __future__ import annotations

import stat
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from hub.database import Database, Role
from hub.embedded.server import EmbeddedServer
from hub.errors import DatabaseRoleMissing, DatabaseUnfit, StorageError
from hub.settings import Secret
from hub.tables import METADATAS, is_append_only

TABLES = [table for metadata in METADATAS for table in metadata.sorted_tables]
DENIED = psycopg.errors.InsufficientPrivilege


def _rights(database: Database, role: Role) -> dict[str, set[str]]:
    with database.connect(role) as connection:
        rows = connection.execute(
            "select c.relname, p.name from pg_class c,"
            " unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) p(name)"
            " where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and has_table_privilege(c.oid, p.name)"
        ).fetchall()
    found: dict[str, set[str]] = {}
    for table, right in rows:
        found.setdefault(table, set()).add(right)
    return found


def test_reader_may_only_select(database: Database) -> None:
    rights = _rights(database, Role.READER)
    assert rights.keys() == {"alembic_version", *(table.name for table in TABLES)}
    assert {right for found in rights.values() for right in found} == {"SELECT"}


def test_writer_adds_to_records_but_never_alters_them(database: Database) -> None:
    rights = _rights(database, Role.WRITER)
    for table in TABLES:
        expected = {"SELECT", "INSERT"} if is_append_only(table) else {"SELECT", "INSERT", "UPDATE", "DELETE"}
        assert rights[table.name] == expected, table.name
    assert rights["alembic_version"] == {"SELECT"}


def test_policy_history_is_append_only(database: Database) -> None:
    with database.connect(Role.WRITER) as connection:
        connection.execute("insert into policy_version values (1, 'd', now(), 'p')")
        with pytest.raises(DENIED):
            connection.execute("update policy_version set digest = 'other'")
        connection.rollback()


def test_reader_transactions_are_read_only_even_where_rights_are_given(database: Database) -> None:
    with database.connect(Role.READER) as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("create table t (i int)")


def test_reader_cannot_create_after_leaving_read_only(database: Database) -> None:
    with database.connect(Role.READER) as connection:
        connection.execute("set transaction read write")
        with pytest.raises(DENIED):
            connection.execute("create table t (i int)")
        connection.rollback()
        connection.execute("set transaction read write")
        with pytest.raises(DENIED):
            connection.execute("create temporary table t (i int)")
        connection.rollback()


def test_no_role_reaches_the_servers_files(database: Database) -> None:
    for role in Role:
        with database.connect(role) as connection, pytest.raises(DENIED):
            connection.execute("select pg_read_file('PG_VERSION')")


def test_sessions_speak_utc(database: Database) -> None:
    for role in Role:
        with database.connect(role) as connection:
            row = connection.execute("select current_setting('TimeZone'), current_setting('jit')").fetchone()
        assert row == ("UTC", "off")


def test_reading_has_a_statement_timeout(database: Database) -> None:
    with database.connect(Role.READER) as connection:
        assert connection.execute("show statement_timeout").fetchone() == ("5s",)


def test_passwords_are_kept_for_the_owner_only(database: Database) -> None:
    folder = database.settings.secrets
    kept = sorted(folder.glob("*.password"))
    assert [path.stem for path in kept] == ["hub_migrator", "hub_reader", "hub_writer"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_no_password_shows_in_repr(database: Database) -> None:
    shown = repr(database)
    for path in database.settings.secrets.glob("*.password"):
        assert path.read_text() not in shown


def test_wrong_password_is_refused(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database.conninfo(Role.READER), password="wrong")


def test_linguistic_order_is_refused(server: EmbeddedServer, database: Database) -> None:
    with psycopg.connect(server.superuser(), autocommit=True) as connection:
        found = connection.execute("select collname from pg_collation where collname ~ '^en_US.utf8'").fetchone()
        if found is None:
            pytest.skip("this server has no linguistic collation")
        connection.execute(
            sql.SQL("CREATE DATABASE unfit TEMPLATE template0 LOCALE_PROVIDER libc LOCALE {}").format(found[0])
        )
    with pytest.raises(DatabaseUnfit):
        Database.open(replace(database.settings, database_name="unfit"))


def test_encoding_other_than_utf8_is_refused(server: EmbeddedServer, database: Database) -> None:
    with psycopg.connect(server.superuser(), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE latin TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'"
        )
    with pytest.raises(DatabaseUnfit, match="SQL_ASCII"):
        Database.open(replace(database.settings, database_name="latin"))


def test_named_server_takes_its_roles_from_urls(database: Database) -> None:
    settings = replace(
        database.settings,
        database_url=Secret(database.conninfo(Role.MIGRATOR)),
        database_read_url=Secret(database.conninfo(Role.READER)),
        database_write_url=Secret(database.conninfo(Role.WRITER)),
    )
    with Database.open(settings) as named:
        assert named.server is None
        assert [named.role_name(role) for role in Role] == [role.value for role in Role]


def test_named_server_that_forbids_new_roles_says_so(database: Database) -> None:
    settings = replace(
        database.settings, data=database.settings.data / "other", database_url=Secret(database.conninfo(Role.MIGRATOR))
    )
    with pytest.raises(DatabaseRoleMissing, match="hub_reader"):
        Database.open(settings)


def test_roles_are_made_on_a_named_server_that_allows_it(server: EmbeddedServer, database: Database) -> None:
    settings = replace(database.settings, database_url=Secret(server.superuser(database.settings.database_name)))
    with Database.open(settings) as named:
        assert [named.role_name(role) for role in Role] == ["hub_reader", "hub_writer", "hub"]


def test_unreachable_server_is_a_storage_error(database: Database) -> None:
    nowhere = Secret("postgresql://someone:hidden@127.0.0.1:1/none")
    with pytest.raises(StorageError) as raised:
        Database.open(replace(database.settings, database_url=nowhere))
    assert "hidden" not in str(raised.value)


def test_malformed_url_is_not_repeated(database: Database) -> None:
    with pytest.raises(StorageError) as raised:
        Database.open(replace(database.settings, database_url=Secret("postgresql://a:hidden@b:c:d/e?x")))
    assert "hidden" not in str(raised.value)
