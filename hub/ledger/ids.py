"""Ids of new rows: opaque, sortable by time, with the county that keys them; and file numbers of new files."""

from __future__ import annotations

import secrets
import time

from schema.entities import Entity

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: Two digits at a time.
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_LENGTH = 26
_SERIAL_DIGITS = 6


def new_id(entity: Entity, county: str | None) -> str:
    """`child_430621_01J…`; without county for rows that none keys."""
    number = int(time.time() * 1000) << 80 | secrets.randbits(80)
    ulid = "".join([_PAIRS[number >> 10 * place & 1023] for place in range(_LENGTH // 2 - 1, -1, -1)])
    tag = entity.about.id_tag
    return f"{tag}_{county}_{ulid}" if county is not None else f"{tag}_{ulid}"


def county_in(row: str) -> str | None:
    """The county an id names; None for an id of another form."""
    parts = row.split("_")
    return parts[1] if len(parts) == 3 and len(parts[1]) == 6 and parts[1].isdigit() else None


def new_number(division: str) -> str:
    """A file number: the division in which the file was opened, and digits that no one counts up."""
    return f"{division}{secrets.randbelow(10**_SERIAL_DIGITS):0{_SERIAL_DIGITS}}"
