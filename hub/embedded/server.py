"""An embedded PostgreSQL server that several processes share: the first to join starts it, the last to leave stops it.

Locks are flocks, which the kernel drops when a process dies, so a killed process never counts as a client.
While joined, a process watches the server and starts it again if it died.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from psycopg.conninfo import make_conninfo

from hub.embedded.account import Account, server_account
from hub.embedded.binaries import Binaries, find_binaries
from hub.embedded.place import Place, find_place, hold, is_held, locked, state_folder
from hub.errors import DataFolderUnusable, ServerNotStarted, StorageError
from hub.settings import Settings

SUPERUSER = "hub"
#: Crash recovery, and waiting for the memory of killed backends to be freed, take their time.
START_SECONDS = 60.0
WATCH_SECONDS = 1.0
#: How far a standby may fall behind before it has to be made anew.
SLOT_MB = 2048
#: What the server says when a former one is not quite gone; these pass, anything else is final.
PASSING = ("shared memory", "another postmaster", "lock file", "starting up", "Address already in use")

Tell = Callable[[str], None]


def tell_nobody(message: str) -> None:
    """For callers who show no progress."""


class EmbeddedServer:
    """This process's part in the shared server; made by `join`, ended by `leave`."""

    def __init__(self, settings: Settings, place: Place, account: Account, binaries: Binaries) -> None:
        self._settings = settings
        self._place = place
        self._account = account
        self._binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None
        self._client: int | None = None
        self._left = threading.Event()

    @property
    def folder(self) -> Path:
        """Where the server's data lie."""
        return self._place.cluster

    @property
    def account(self) -> Account:
        """As whom its programs run."""
        return self._account

    @property
    def binaries(self) -> Binaries:
        return self._binaries

    @property
    def log(self) -> Path:
        """What the server says."""
        return self._place.log

    def conninfo(self, database: str, user: str, password: str | None = None) -> str:
        return make_conninfo(host=str(self._place.socket), port=5432, dbname=database, user=user, password=password)

    def password(self) -> str:
        """The password of the server's owner."""
        return self._place.password.read_text("utf-8")

    def superuser(self, database: str = "postgres") -> str:
        """How to connect as the server's owner; for making databases and roles only."""
        return self.conninfo(database, SUPERUSER, self.password())

    def promote(self) -> None:
        """Makes a standby a server of its own that takes writes; for good."""
        # Not pg_promote(): a statement that waits inside a standby can be cancelled by what the standby replays.
        promote: list[str | Path] = [self._binaries / "pg_ctl", "promote", "-D", self._place.cluster, "-w", "-t", "60"]
        self._account.run(promote).check_returncode()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """No other process starts, stops or prepares this server meanwhile."""
        with locked(self._place.state / "lock"):
            yield

    def leave(self) -> None:
        """Stop using the server; the last one stops it, unless it is to be kept."""
        if self._client is None:
            return
        self._left.set()
        os.close(self._client)
        self._client = None
        # Without its folder there is nothing to agree on with others; a server notices that too, and ends.
        with suppress(FileNotFoundError), self.exclusive():
            if not self._settings.pg_keep and not is_held(self._place.clients):
                self._stop()

    def _enter(self, tell: Tell) -> None:
        if not self._place.cluster.exists():
            tell("正在建立内置数据库 / creating the embedded database")
            _create(self._settings, self._place, self._account, self._binaries)
        if not self._place.password.exists():
            raise DataFolderUnusable(path=self._place.state, reason="its password file is missing")
        self._ensure_running(tell)
        self._client = hold(self._place.clients)
        threading.Thread(target=self._watch, name="embedded-postgres", daemon=True).start()

    def _ensure_running(self, tell: Tell) -> None:
        deadline = time.monotonic() + START_SECONDS
        attempt: subprocess.Popen[bytes] | None = None
        logged = 0
        while not self._answers():
            if attempt is None:
                tell("正在启动内置数据库 / starting the embedded database")
            elif attempt.poll() is not None:
                _refuse_final_fault(_logged_since(self._place.log, logged))
            if attempt is None or attempt.poll() is not None:
                logged = self._place.log.stat().st_size if self._place.log.exists() else 0
                attempt = self._process = self._start()
            if time.monotonic() > deadline:
                raise ServerNotStarted(seconds=int(START_SECONDS), log=_logged_since(self._place.log, logged))
            time.sleep(0.1)

    def _answers(self) -> bool:
        command = [str(self._binaries / "pg_isready"), "-q", "-h", str(self._place.socket), "-p", "5432"]
        return Account().run(command).returncode == 0

    def _start(self) -> subprocess.Popen[bytes]:
        _bury(self._place.cluster)
        with open(os.open(self._place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            return self._account.spawn(
                [self._binaries / "postgres", "-D", self._place.cluster, *_options(self._settings, self._place)], log
            )

    def _stop(self) -> None:
        stop: list[str | Path] = [self._binaries / "pg_ctl", "stop", "-D", self._place.cluster, "-w", "-t", "60", "-m"]
        for manner in ("fast", "immediate"):
            if self._account.run([*stop, manner]).returncode == 0:
                break
        if self._process is not None:
            self._process.poll()

    def _watch(self) -> None:
        """Start the server again if it died under us; a failure shows to the next request, which cannot connect."""
        while not self._left.wait(WATCH_SECONDS):
            if self._process is not None:
                self._process.poll()
            if not _lives(self._place.cluster):
                try:
                    with self.exclusive():
                        if not self._left.is_set():
                            self._ensure_running(tell_nobody)
                except (StorageError, OSError):
                    continue


def join(settings: Settings, tell: Tell = tell_nobody) -> EmbeddedServer:
    """Attach to the server of the data folder, making and starting it where needed."""
    account = server_account(settings.pg_user)
    state = state_folder(settings.data, account)
    with locked(state / "lock"):
        try:
            place = find_place(state, account)
            binaries = find_binaries(named=settings.pg_bin, account=account, home=place.home, wanted=place.major)
            server = EmbeddedServer(settings, place, account, binaries)
            server._enter(tell)
            atexit.register(server.leave)
        except OSError as error:
            raise DataFolderUnusable(path=state, reason=error) from error
    return server


def _create(settings: Settings, place: Place, account: Account, binaries: Binaries) -> None:
    """Run initdb beside the final place and move the result there, so that half a cluster is never taken for one."""
    half = place.home / "data.part"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    account.own(half, 0o700)
    if not place.password.exists():
        _write_secret(place.password, secrets.token_urlsafe(32))
    # The account must read the password once; a descriptor passed to it cannot be reopened after the switch.
    shown = place.socket / "password"
    shown.unlink(missing_ok=True)
    _write_secret(shown, place.password.read_text("utf-8"))
    account.own(shown, 0o600)
    locale = ["--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C"]
    if binaries.major >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    speed = [] if settings.pg_durable else ["--no-sync"]
    made = account.run(
        [binaries / "initdb", "-D", half, "-U", SUPERUSER, "-E", "UTF8", "--data-checksums", *speed,
         "--auth-local=scram-sha-256", "--auth-host=scram-sha-256", f"--pwfile={shown}", *locale]
    )  # fmt: skip
    shown.unlink()
    if made.returncode != 0:
        raise StorageError(reason=f"initdb: {(made.stderr or made.stdout).strip()}")
    half.rename(place.cluster)


def _options(settings: Settings, place: Place) -> list[str]:
    quoted = str(place.socket).replace('"', '""')
    values = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "max_connections": str(settings.pg_max_connections),
        "shared_buffers": f"{settings.pg_shared_buffers_mb}MB",
        "wal_level": "logical",
        # What is kept for a standby that went away must not fill the disk of those who are there.
        "max_slot_wal_keep_size": f"{SLOT_MB}MB",
        "jit": "off",
        # A table that was empty a minute ago is planned for as if it still were, until it is looked at again.
        "autovacuum_naptime": "5s",
        "random_page_cost": "1.1",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        "password_encryption": "scram-sha-256",
        # No statement, parameter or row value reaches the log: they may be personal data. What a statement did wrong
        # is quoted in the very message, so errors are not logged at all; the hub tells their SQLSTATE.
        "log_min_messages": "log",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    if not settings.pg_durable:
        values |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [word for name, value in values.items() for word in ("-c", f"{name}={value}")]


def _write_secret(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _logged_since(log: Path, offset: int) -> str:
    with log.open("rb") as file:
        file.seek(max(offset, log.stat().st_size - 1500))
        return file.read().decode("utf-8", "replace").strip()


def _refuse_final_fault(log: str) -> None:
    if not any(sign in log for sign in PASSING):
        raise ServerNotStarted(seconds=int(START_SECONDS), log=log)


def _lives(cluster: Path) -> bool:
    """Whether the process of the pid file is this cluster's server.

    Its working folder tells: a zombie has none, and a process that got the number after a reboot has another.
    """
    try:
        pid = int((cluster / "postmaster.pid").read_text("utf-8", "replace").partition("\n")[0])
        os.kill(pid, 0)
        return not Path("/proc/self/cwd").exists() or os.path.samefile(f"/proc/{pid}/cwd", cluster)
    except (OSError, ValueError):
        return False


def _bury(cluster: Path) -> None:
    """Take a dead server's number out of its pid file.

    A new server refuses to start while any process of that number exists, such as a zombie where process 1 reaps no
    orphans. The rest of the file stays: by it the new server finds the old one's shared memory and waits until its
    last backend is gone.
    """
    pidfile = cluster / "postmaster.pid"
    if not pidfile.exists() or _lives(cluster):
        return
    with subprocess.Popen(["/bin/true"]) as gone:
        gone.wait()
    _, _, rest = pidfile.read_text("utf-8", "replace").partition("\n")
    pidfile.write_text(f"{gone.pid}\n{rest}", "utf-8")
