"""Which database role may do what to which table: reading cannot write, writing cannot rewrite records or history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from psycopg import sql

from hub.tables import is_append_only

VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleNames:
    """The roles as they are named on this server; a server of one's own may name them otherwise."""

    reader: str
    writer: str


def grants(tables: Iterable[sa.Table], roles: RoleNames) -> Iterator[sql.Composed]:
    """The statements that give exactly these rights, taking away others first.

    One table a statement, because a database distributed over nodes takes no other.
    """
    for role in (roles.reader, roles.writer):
        yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role))
        yield from _grant(VERSION_TABLE, role, "SELECT")
    for table in tables:
        writing = "SELECT, INSERT" if is_append_only(table) else "SELECT, INSERT, UPDATE, DELETE"
        yield from _grant(table.name, roles.reader, "SELECT")
        yield from _grant(table.name, roles.writer, writing)


def _grant(table: str, role: str, rights: str) -> Iterator[sql.Composed]:
    names = {"table": sql.Identifier(table), "role": sql.Identifier(role)}
    yield sql.SQL("REVOKE ALL ON TABLE {table} FROM {role}").format(**names)
    yield sql.SQL("GRANT {rights} ON TABLE {table} TO {role}").format(**names, rights=sql.SQL(rights))
