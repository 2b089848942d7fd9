"""What a caller has written must be seen by what the same caller reads next, wherever that is read.

After a write its place in the database's log is kept for the caller: in a small file that the processes of this data
folder share, and in the header `Hub-Position`, which the caller may send to other nodes. A standby that has not come so
far is passed over.
"""

from __future__ import annotations

import mmap
import os
import struct
from contextvars import ContextVar
from pathlib import Path
from zlib import crc32

from hub.identity.identity import Identity
from hub.query.transport import RawHeaders, header

HEADER = b"hub-position"
#: The place in the log that the reads of the present request must have seen.
FLOOR: ContextVar[int] = ContextVar("floor", default=0)
_SLOTS, _PLACE = 4096, struct.Struct("<Q")
_LARGEST = 2**64 - 1


class Positions:
    """The last place that each caller wrote to; callers who share a slot at most read from the primary too often."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, _SLOTS * _PLACE.size)
            self._map = mmap.mmap(descriptor, _SLOTS * _PLACE.size)
        finally:
            os.close(descriptor)

    def of(self, identity: Identity) -> int:
        (place,) = _PLACE.unpack_from(self._map, _slot(identity))
        return int(place)

    def note(self, identity: Identity, place: int) -> None:
        if place > self.of(identity):
            _PLACE.pack_into(self._map, _slot(identity), place)

    def close(self) -> None:
        self._map.close()


def _slot(identity: Identity) -> int:
    return crc32(f"{identity.unit.code} {identity.person}".encode()) % _SLOTS * _PLACE.size


def stated(headers: RawHeaders) -> int:
    """The place that a caller brings along; what is none counts as none, what is too far costs only itself."""
    try:
        place = int(header(headers, HEADER) or "0", 16)
    except ValueError:
        return 0
    return place if 0 <= place <= _LARGEST else 0
