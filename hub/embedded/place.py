"""Where the embedded server keeps what: its data, its socket, the locks; chooses folders its account can reach."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.embedded.account import Account
from hub.errors import DataFolderUnusable

#: The kernel's limit on a socket's path is 108 bytes on Linux, 104 elsewhere; the name itself takes 16.
LONGEST_SOCKET_FOLDER = 84
#: Used where root's server account cannot reach the data folder, such as one under /root.
ELSEWHERE = Path("/var/lib/gongzhi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folders of one embedded server."""

    state: Path  # ours: locks, password, log
    home: Path  # reachable for the server's account; the same as `state` wherever possible
    socket: Path  # the folder of the socket

    @property
    def cluster(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.state / "server.log"

    @property
    def password(self) -> Path:
        return self.state / "password"

    @property
    def clients(self) -> Path:
        return self.state / "clients"

    @property
    def major(self) -> int | None:
        """Major version of the data, None before there are any."""
        try:
            return int((self.cluster / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            return None


def state_folder(data: Path, account: Account) -> Path:
    """Make the data folder and the server's part of it; others may at most pass through, and only for root."""
    mode = 0o700 if account.uid is None else 0o711
    state = data.expanduser().resolve() / "postgres"
    try:
        for folder in (state.parent, state):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(mode)
        if not os.access(state, os.W_OK | os.X_OK):
            raise PermissionError(f"{state} belongs to another user")
    except OSError as error:
        raise DataFolderUnusable(path=data, reason=error.strerror or error) from error
    return state


def find_place(state: Path, account: Account) -> Place:
    """The server's folders, chosen at the first call and kept. Call it under the lock of the state folder."""
    pointer = state / "location"
    if pointer.exists():
        home = Path(pointer.read_text("utf-8").strip())
    elif (state / "data").exists() or account.reaches(state):
        home = state
    else:
        home = ELSEWHERE / secrets.token_hex(4)
        pointer.write_text(f"{home}\n", "utf-8")
    if home != state:
        for folder in (home.parent, home):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return Place(state=state, home=home, socket=_socket_folder(home, account))


def _socket_folder(home: Path, account: Account) -> Path:
    folder = home / "run"
    owner = os.geteuid() if account.uid is None else account.uid
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        folder = Path("/tmp") / f"gongzhi-{owner}-{digest}"  # noqa: S108  (owner and mode are checked below)
    if not folder.is_dir():
        folder.mkdir(mode=0o700)
        account.own(folder, 0o700)
    found = folder.lstat()
    if found.st_uid != owner or found.st_mode & 0o077 or folder.is_symlink():
        raise DataFolderUnusable(path=folder, reason="it is another user's, or open to others")
    return folder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file exclusively; the kernel drops it when the process dies."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def hold(path: Path) -> int:
    """A shared hold on a lock file, kept until the descriptor is closed."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def is_held(path: Path) -> bool:
    """Whether any living process holds the lock file."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
