"""The seal of a record: an HMAC over all its columns and the seal before it, so that none changes unnoticed."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import orjson

from hub.audit.record import search_keys
from hub.audit.tables import RECORD

GENESIS = bytes(32)

_BYTES = frozenset({"previous", "shape"})
_JSON = frozenset({"roots", "refusals"})
_UNSEALED = frozenset({"search_keys", "mac"})
SEALED = tuple(str(column.name) for column in RECORD.columns if column.name not in _UNSEALED)

#: Every column as the seal saw it, in the order of the table; the JSON ones as the text that was stored.
READ: LiteralString = (
    """SELECT node, seq, previous, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), unit,"""
    " unit_presented, person, kind, token, roles, duty, case_no, task_no,"
    " application_no, operation_name, shape, outcome, error, policy_version, roots::text, children, refusals::text,"
    " rows, micros, search_keys, mac FROM access_record"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last record of a chain. Chains have no gaps, so its place is also the number of records."""

    seq: int
    mac: bytes


EMPTY = Head(seq=0, mac=GENESIS)


def seal(key: bytes, sealed: bytes) -> bytes:
    return hmac.digest(key, sealed, "sha256")


def linked(node: bytes, head: Head, body: bytes) -> bytes:
    """The sealed bytes of the record after `head`: the chain's columns, then the entry's own."""
    previous = head.mac.hex().encode()
    return b'{"node":"%b","seq":%d,"previous":"\\\\x%b",%b' % (node, head.seq + 1, previous, body[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """A record as read back: what was sealed, and the seal that stands beside it."""

    node: str
    seq: int
    previous: bytes
    shape: bytes
    mac: bytes
    sealed: dict[str, object]
    is_indexed: bool  # the search keys are those of the children

    def holds(self, key: bytes) -> bool:
        """Whether the record is as it was sealed with this key."""
        return self.is_indexed and self.is_sealed_by(key, at=self.seq)

    def is_sealed_by(self, key: bytes, *, at: int) -> bool:
        """Whether the seal is this key's, had the record stood at that place."""
        sealed = orjson.dumps(self.sealed if at == self.seq else {**self.sealed, "seq": at})
        return hmac.compare_digest(seal(key, sealed), self.mac)


def stored_row(values: Sequence[Any]) -> StoredRow:
    """A row of `READ`."""
    row = dict(zip(SEALED, values, strict=False))
    keys, mac = values[len(SEALED) :]
    previous, shape, at = row["previous"], row["shape"], row["at"] or ""
    children = row["children"].split(" ") if row["children"] else []
    sealed: dict[str, object] = row | {name: "\\x" + row[name].hex() for name in _BYTES}
    sealed |= {name: orjson.Fragment(row[name]) for name in _JSON}
    return StoredRow(
        node=row["node"],
        seq=row["seq"],
        previous=bytes(previous),
        shape=bytes(shape),
        mac=bytes(mac),
        sealed=sealed,
        is_indexed=keys == search_keys(children, at),
    )
