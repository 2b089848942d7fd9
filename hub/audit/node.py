"""The nodes of this data folder: each serving process holds one, with its key, its chain and its anchor.

A node whose chain does not verify is retired, never mended: its evidence stays and a new node takes over.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub import errors
from hub.audit.anchor import Anchor, Reading, read_anchor
from hub.audit.chain import EMPTY

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNode:
    """A node whose key is kept here."""

    name: str
    key: bytes
    path: Path

    def anchored(self) -> Reading:
        return read_anchor(self.path / "anchor", self.name.encode(), self.key)


class Node:
    """A node held by this process and by no other."""

    def __init__(self, known: KnownNode, lock: int) -> None:
        self.name, self.key = known.name.encode(), known.key
        self.anchor = Anchor(known.path / "anchor", self.name, self.key)
        self._path, self._lock = known.path, lock
        self.is_retired = False

    def retire(self, reason: str) -> None:
        """Leaves the chain as it is, for good."""
        self.is_retired = True
        (self._path / "retired").write_text(reason + "\n", "utf-8")
        self.close()

    def close(self) -> None:
        self.anchor.close()
        os.close(self._lock)


def known_nodes(folder: Path) -> Iterator[KnownNode]:
    """Every node of a data folder's `audit`, retired ones included."""
    for path in sorted(folder.glob("*/key")):
        key = path.read_bytes()
        if len(key) == 32:
            yield KnownNode(name=path.parent.name, key=key, path=path.parent)


def hold_node(folder: Path, name: str) -> Node:
    """A node that no other process holds: one left by an earlier process if there is one, else a new one."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for known in known_nodes(folder):
            lock = None if (known.path / "retired").exists() else _locked(known.path)
            if lock is not None:
                return Node(known, lock)
        return _new_node(folder, name)
    except OSError as error:
        raise errors.DataFolderUnusable(path=folder, reason=error.strerror) from error


def _new_node(folder: Path, name: str) -> Node:
    """A node with a name that no other data folder has: many hubs may share one database."""
    short = _NOT_A_NAME.sub("-", name)[:40].strip("-.") or "node"
    path = folder / f"{short}-{''.join(secrets.choice(_ALPHABET) for _ in range(6))}"
    path.mkdir(mode=0o700)
    lock = _locked(path)
    if lock is None:
        raise errors.DataFolderUnusable(path=path, reason="locked")
    known = KnownNode(name=path.name, key=secrets.token_bytes(32), path=path)
    node = Node(known, lock)
    node.anchor.write(EMPTY)
    node.anchor.sync()
    # The key comes last: a folder without one is not yet a node.
    draft = path / ".key"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(known.key)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path / "key")
    return node


def _locked(path: Path) -> int | None:
    descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
