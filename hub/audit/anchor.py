"""The head of a chain, signed and kept in a file beside the database, so that a cut tail is noticed.

Two slots are written in turn, so a torn write leaves the one before.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from hub.audit.chain import Head, seal

_SLOT = 512
_MARK = b"gongzhi-anchor-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an anchor file says."""

    head: Head | None  # None where neither slot can be trusted
    torn: bool  # one slot is not whole


class Anchor:
    """An open anchor file; `write` is a few microseconds and survives the process, `sync` survives the power."""

    def __init__(self, path: Path, node: bytes, key: bytes) -> None:
        self._node, self._key = node, key
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._turn = 0
        self._dirty = False

    def write(self, head: Head) -> None:
        text = b"%b %b %d %b" % (_MARK, self._node, head.seq, head.mac.hex().encode())
        slot = b"%b %b" % (text, seal(self._key, text).hex().encode())
        os.pwrite(self._descriptor, slot.ljust(_SLOT - 1) + b"\n", self._turn * _SLOT)
        self._turn = 1 - self._turn
        self._dirty = True

    def read(self) -> Reading:
        """The later of the two slots that hold; writing goes on in the other."""
        content = os.pread(self._descriptor, 2 * _SLOT, 0)
        reading, self._turn = _read(content, self._node, self._key)
        return reading

    def sync(self) -> None:
        if self._dirty:
            self._dirty = False
            os.fdatasync(self._descriptor)

    def close(self) -> None:
        self.sync()
        os.close(self._descriptor)


def read_anchor(path: Path, node: bytes, key: bytes) -> Reading:
    """What the anchor of a chain says, without touching it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Reading(head=None, torn=False)
    return _read(content, node, key)[0]


def _read(content: bytes, node: bytes, key: bytes) -> tuple[Reading, int]:
    slots = [content[:_SLOT], content[_SLOT : 2 * _SLOT]]
    heads = [_head(slot, node, key) for slot in slots]
    found = [(head.seq, turn, head) for turn, head in enumerate(heads) if head is not None]
    torn = any(slot and head is None for slot, head in zip(slots, heads, strict=True))
    if not found:
        return Reading(head=None, torn=torn), 0
    _, turn, head = max(found, key=lambda each: each[:2])
    return Reading(head=head, torn=torn), 1 - turn


def _head(slot: bytes, node: bytes, key: bytes) -> Head | None:
    text, _, signature = slot.rstrip().rpartition(b" ")
    if not hmac.compare_digest(seal(key, text).hex().encode(), signature):
        return None
    mark, named, seq, mac = text.split(b" ")
    if mark != _MARK or named != node:
        return None
    return Head(seq=int(seq), mac=bytes.fromhex(mac.decode()))
