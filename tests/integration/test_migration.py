"""Migrations against the declarations, and upgrades that meet each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from hub.database import Database, Role
from hub.embedded.server import EmbeddedServer
from hub.errors import MigrationBusy, MigrationNeeded
from hub.migration import FOLDER, alembic_config, require_current, upgrade
from hub.tables import METADATAS
from migrations.initial import files
from schema.entities import NAMING

#: Everything of a table that the catalogue knows, so that nothing Alembic overlooks goes unseen.
CATALOGUE = """
select 'column', c.relname, a.attname, a.attnum::text,
       format_type(a.atttypid, a.atttypmod), a.attnotnull || a.attstorage::text, pg_get_expr(d.adbin, d.adrelid),
       col_description(c.oid, a.attnum)
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
 where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'alembic_version'
union all
select 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid), null, null, null, null
  from pg_constraint k join pg_class c on c.oid = k.conrelid
 where c.relnamespace = 'public'::regnamespace and c.relname <> 'alembic_version' and k.contype <> 'n'
union all
select 'index', c.relname, i.relname, pg_get_indexdef(i.oid), null, null, null, null
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
 where c.relnamespace = 'public'::regnamespace and c.relname <> 'alembic_version'
union all
select 'comment', c.relname, obj_description(c.oid), null, null, null, null, null
  from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'alembic_version'
"""


def _catalogue(database: Database) -> set[tuple[Any, ...]]:
    with database.connect(Role.MIGRATOR) as connection:
        return set(connection.execute(CATALOGUE).fetchall())


@pytest.fixture
def blank(server: EmbeddedServer, database: Database, worker_id: str) -> Database:
    """A database without tables, of this worker."""
    name = f"blank_{worker_id}"
    with psycopg.connect(server.superuser(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
    return Database.open(replace(database.settings, database_name=name))


def test_autogenerate_finds_nothing(database: Database) -> None:
    declared = sa.MetaData(naming_convention=NAMING)
    for table in (table for metadata in METADATAS for table in metadata.sorted_tables):
        table.to_metadata(declared)
    options = {"compare_type": True, "compare_server_default": True}
    with database.engine(Role.MIGRATOR).connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, declared) == []


def test_fresh_upgrade_equals_declarations(database: Database, blank: Database) -> None:
    with blank, blank.engine(Role.MIGRATOR).begin() as connection:
        for metadata in METADATAS:
            metadata.create_all(connection)
    with blank:
        assert _catalogue(database) ^ _catalogue(blank) == set()


def test_every_column_has_a_comment() -> None:
    bare = [str(c) for metadata in METADATAS for t in metadata.sorted_tables for c in t.columns if not c.comment]
    assert bare == []


def test_committed_versions_are_the_generated_ones() -> None:
    committed = {path.name for path in (FOLDER / "versions").glob("0*.py")}
    assert committed - {"0001_records.py"} == {name for name, _ in files()}


def test_versions_form_one_line_named_by_number() -> None:
    scripts = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())
    numbers = [script.revision for script in reversed(scripts)]
    assert numbers == [f"{number:04}" for number in range(1, len(scripts) + 1)]


def test_database_without_tables_is_refused(blank: Database) -> None:
    with blank, pytest.raises(MigrationNeeded, match="version none"):
        require_current(blank)


def test_current_database_is_accepted(database: Database) -> None:
    require_current(database)


def test_concurrent_upgrades_wait_for_each_other(blank: Database) -> None:
    with blank, ThreadPoolExecutor(3) as executor:
        others = [Database.open(blank.settings) for _ in range(2)]
        done = list(executor.map(upgrade, [blank, *others]))
        require_current(blank)
        for other in others:
            other.close()
    assert done == [None, None, None]


def test_upgrade_gives_up_behind_a_long_transaction(blank: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.migration.GUARD_TIMEOUT", "100ms")
    with blank:
        with blank.engine(Role.MIGRATOR).begin() as holder:
            holder.execute(sa.text("create table alembic_version (version_num varchar(32) not null)"))
        with blank.engine(Role.MIGRATOR).begin() as holder:
            holder.execute(sa.text("lock table alembic_version"))
            with pytest.raises(MigrationBusy):
                upgrade(blank)


def test_failed_upgrade_leaves_nothing(blank: Database) -> None:
    with blank:
        with blank.engine(Role.MIGRATOR).begin() as connection:
            connection.execute(sa.text("create table child (i int)"))
        with pytest.raises(sa.exc.ProgrammingError):
            upgrade(blank)
        with blank.connect(Role.MIGRATOR) as plain:
            tables = plain.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    assert sorted(tables) == [("alembic_version",), ("child",)]


def test_upgrade_takes_back_rights_given_by_hand(fresh_database: Database) -> None:
    with fresh_database.connect(Role.MIGRATOR) as connection:
        connection.execute("grant update on access_record to hub_writer")
    upgrade(fresh_database)
    with fresh_database.connect(Role.WRITER) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("update access_record set unit = 'x'")
