"""Makes the hub's database roles and its database, with random passwords kept in the secrets folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from hub.errors import DatabaseRoleMissing

Connection = psycopg.Connection[tuple[Any, ...]]


def ensure_role(connection: Connection, role: str, folder: Path, *, reset: bool) -> str:
    """The role's password; makes the role where it is missing.

    A role without a kept password is given a new one only with `reset`: on a server that others use too, it would
    lock them out.
    """
    kept = folder / f"{role}.password"
    exists = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is not None
    if exists and kept.exists():
        return kept.read_text("utf-8")
    if exists and not reset:
        raise DatabaseRoleMissing(role=role, reason="it exists, and its password is not in this data folder")
    password = secrets.token_urlsafe(32)
    # Kept before it is set: a crash in between leaves a password without a role, never a role without a password.
    _keep(kept, password)
    try:
        connection.execute(_definition(connection, role, password, new=not exists))
    except psycopg.errors.InsufficientPrivilege as error:
        kept.unlink()
        raise DatabaseRoleMissing(role=role, reason="HUB_DATABASE_URL may not create roles") from error
    return password


def _definition(connection: Connection, role: str, password: str, *, new: bool) -> sql.Composed:
    """The statement that makes or changes the role; the server gets a hash, so no log can hold the password."""
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return sql.SQL("{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {hashed}").format(
        verb=sql.SQL("CREATE" if new else "ALTER"), role=sql.Identifier(role), hashed=sql.Literal(hashed.decode())
    )


def ensure_database(connection: Connection, name: str, *, owner: str, roles: tuple[str, ...]) -> None:
    """Make the database where it is missing, closed to all but the roles."""
    if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is None:
        words = {"name": sql.Identifier(name), "owner": sql.Identifier(owner)}
        connection.execute(sql.SQL("CREATE DATABASE {name} OWNER {owner}").format(**words))
    close_database(connection, name, roles=roles)


def close_database(connection: Connection, name: str, *, roles: tuple[str, ...]) -> None:
    """Only the roles may connect, and none may make temporary tables."""
    database = sql.Identifier(name)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    for role in roles:
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(role)))


def _keep(path: Path, password: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(password)
    part.replace(path)
