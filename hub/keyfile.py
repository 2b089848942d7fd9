"""A random key in a private file: made once and whole, whichever of several processes comes first."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from hub import errors

LENGTH = 32


def read_key(path: Path) -> bytes:
    """The key in the file; a new one where there is none."""
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise errors.DataFolderUnusable(path=path, reason="not a key")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return  # another process made it meanwhile
    finally:
        draft.unlink()
