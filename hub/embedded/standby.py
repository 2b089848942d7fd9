"""A standby of the embedded server: a second server in a data folder of its own that follows the first one's writes.

Made once by a base backup over streaming replication; from then on it is started, watched and stopped like any other.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from hub.embedded.account import Account
from hub.embedded.place import Place, find_place, locked, state_folder
from hub.embedded.server import EmbeddedServer, Tell, join, tell_nobody
from hub.errors import DataFolderUnusable, StandbyNotMade
from hub.settings import Settings

REPLICATOR = "hub_replica"


def join_standby(primary: EmbeddedServer, settings: Settings, tell: Tell = tell_nobody) -> EmbeddedServer:
    """Attach to the standby in the data folder of `settings`, making it of `primary` where there is none yet."""
    account = primary.account
    state = state_folder(settings.data, account)
    try:
        with locked(state / "lock"):
            place = find_place(state, account)
            if not place.cluster.exists():
                tell("正在复制数据库，建立备库 / copying the database to make the standby")
                _copy(primary, place, account)
    except OSError as error:
        raise DataFolderUnusable(path=state, reason=error) from error
    return join(settings, tell)


def slot_of(place: Place) -> str:
    """The name under which the primary keeps for this standby what it has not read yet."""
    return f"hub_{hashlib.sha256(os.fsencode(place.state)).hexdigest()[:16]}"


def _copy(primary: EmbeddedServer, place: Place, account: Account) -> None:
    half = place.home / "data.part"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    account.own(half, 0o700)
    source = _source(primary, place, account)
    slot = slot_of(place)
    with psycopg.connect(primary.superuser(), autocommit=True) as connection:
        known = "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = %s"
        connection.execute(known, [slot])
    made = account.run(
        [primary.binaries / "pg_basebackup", "-D", half, "-d", source, "-X", "stream", "-c", "fast",
         "-R", "-C", "-S", slot, "--no-password"]
    )  # fmt: skip
    if made.returncode != 0:
        raise StandbyNotMade(reason=(made.stderr or made.stdout).strip())
    (half / "postmaster.pid").unlink(missing_ok=True)
    _keep(place.password, primary.password())
    half.rename(place.cluster)


def _source(primary: EmbeddedServer, place: Place, account: Account) -> str:
    """How the standby reaches its primary; the password in a file of the standby's own."""
    passfile = place.home / "primary.pass"
    passfile.unlink(missing_ok=True)
    _keep(passfile, f"*:*:*:{REPLICATOR}:{_replicator(primary)}\n")
    account.own(passfile, 0o600)
    return make_conninfo(primary.conninfo("replication", REPLICATOR), passfile=str(passfile))


def _replicator(primary: EmbeddedServer) -> str:
    """The password of a role that may replicate and nothing else; a server that took over has it set anew."""
    kept = primary.folder.parent / f"{REPLICATOR}.password"
    if kept.exists():
        return kept.read_text("utf-8")
    password = secrets.token_urlsafe(32)
    with psycopg.connect(primary.superuser(), autocommit=True) as connection:
        exists = connection.execute("select 1 from pg_roles where rolname = %s", [REPLICATOR]).fetchone()
        hashed = connection.pgconn.encrypt_password(password.encode(), REPLICATOR.encode(), b"scram-sha-256")
        connection.execute(
            sql.SQL("{verb} ROLE {role} LOGIN REPLICATION PASSWORD {hashed}").format(
                verb=sql.SQL("ALTER" if exists else "CREATE"),
                role=sql.Identifier(REPLICATOR),
                hashed=sql.Literal(hashed.decode()),
            )
        )
    _keep(kept, password)
    return password


def _keep(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
