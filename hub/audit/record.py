"""What is recorded of one operation, and the bytes that are sealed; refuses what the table could not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from typing import Literal
from zlib import crc32

import orjson

from hub import errors
from hub.identity.identity import Identity, Purpose
from schema.registry import ENTITIES

Outcome = Literal["answered", "refused", "failed"]

MAX_BODY = 4_194_304
_MAX_INT = 2**31 - 1
FEW = 8  # children whose records are found one by one
_COUNTY = len("child_430621")  # the part of a child's id that names its county
_MONTH = len("2026-03")
_LONG_NUMBER = re.compile(r"[0-9]{5,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an operation asks and by which rules it is answered; one object per plan, made by `shape_of`."""

    document: str
    fields: tuple[str, ...]  # Child.citizen_id_no
    rules: tuple[str, ...]
    classes: tuple[str, ...]
    policy_version: int
    hash: bytes
    text: str  # the hash in the form that PostgreSQL reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """One kind of refusal inside an answer, counted."""

    code: str  # NO_DUTY
    data_class: str
    field: str  # Child.citizen_id_no
    rule: str | None = None
    rows: int = 0  # 0 where it does not depend on rows


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """One operation as it is recorded: no values, no variables."""

    at: datetime
    identity: Identity
    purpose: Purpose
    shape: Shape
    outcome: Outcome
    operation_name: str | None = None
    error: str | None = None  # code, where the whole was refused or failed
    roots: Sequence[tuple[str, bytes]] = ()  # root field and the ids of its rows, as a JSON array
    children: Sequence[bytes] = ()  # ids of the children that the answer concerns, as JSON arrays
    withheld: Sequence[Withheld] = ()
    rows: int = 0
    micros: int = 0


def shape_of(*, document: str, fields: Iterable[str], rules: Iterable[str], policy_version: int) -> Shape:
    """The shape of an operation, named by its own content; `document` without its literals."""
    document = _without_numbers(document)
    shown, by = tuple(sorted(set(fields))), tuple(sorted(set(rules)))
    classes = tuple(sorted({_class_of(field) for field in shown}))
    digest = shape_hash(document, shown, by, classes, policy_version)
    return Shape(
        document=document,
        fields=shown,
        rules=by,
        classes=classes,
        policy_version=policy_version,
        hash=digest,
        text="\\x" + digest.hex(),
    )


def _class_of(field: str) -> str:
    entity, _, name = field.partition(".")
    declared = ENTITIES[entity].fields.get(name)
    # The id of an entity that is known by a natural code is no column of its own.
    return declared.data_class if declared else ENTITIES[entity].about.key_class


def shape_hash(*content: object) -> bytes:
    """The digest that names a shape: over document, fields, rules, classes, policy version."""
    return sha256(orjson.dumps(content)).digest()


def shape_row(shape: Shape) -> bytes:
    """A shape as an object of the INSERT's JSON."""
    return orjson.dumps(
        {
            "hash": shape.text,
            "document": shape.document,
            "fields": shape.fields,
            "rules": shape.rules,
            "classes": shape.classes,
            "policy_version": shape.policy_version,
        }
    )


def children_of(entry: AccessEntry) -> list[str]:
    """The ids of the children of an entry, each once; rows that belong to none give null."""
    found = dict.fromkeys(chain.from_iterable(map(orjson.loads, entry.children)))
    return [child for child in found if child is not None]


def moment(entry: AccessEntry) -> str:
    """When, as the record has it: in UTC, to the microsecond."""
    return entry.at.astimezone(UTC).isoformat(timespec="microseconds")


def entry_body(entry: AccessEntry, at: str, children: Sequence[str]) -> bytes:
    """The entry's own columns, in the table's order, as a JSON object; the chain's are put before them."""
    who, why = entry.identity, entry.purpose
    try:
        body = orjson.dumps(
            {
                "at": at,
                "unit": who.unit.code,
                "unit_presented": who.unit_presented,
                "person": who.person,
                "kind": who.kind,
                "token": who.token_id,
                "roles": sorted(who.roles),
                "duty": why.duty,
                "case_no": why.case_no,
                "task_no": why.task_no,
                "application_no": why.application_no,
                "operation_name": entry.operation_name and _name(entry.operation_name),
                "shape": entry.shape.text,
                "outcome": entry.outcome,
                "error": entry.error,
                "policy_version": entry.shape.policy_version,
                "roots": _roots(entry),
                "children": " ".join(children) or None,
                "refusals": entry.withheld,
                "rows": min(entry.rows, _MAX_INT),
                "micros": min(entry.micros, _MAX_INT),
            }
        )
    except TypeError as error:  # orjson's, for text that is no Unicode or a value that is no JSON
        raise errors.RecordError() from error
    # PostgreSQL stores no NUL; found here, it fails one request instead of the whole group.
    if len(body) > MAX_BODY or b"\\u0000" in body:
        raise errors.RecordError()
    return body


def search_keys(children: Sequence[str], at: str) -> list[int] | None:
    """The numbers by which the index leads to a record; the ids themselves decide."""
    if len(children) <= FEW:
        return [child_key(child) for child in children] or None
    return [month_key(county, at[:_MONTH]) for county in sorted({child[:_COUNTY] for child in children})]


def child_key(child: str) -> int:
    """The key of a record of few children."""
    return crc32(child.encode()) - 2**31


def month_key(child: str, month: str) -> int:
    """The key of a record of many children in the county of this one, in a month such as 2026-03, in UTC."""
    return crc32(f"{child[:_COUNTY]} {month}".encode()) - 2**31


def _roots(entry: AccessEntry) -> dict[str, orjson.Fragment | None]:
    """The ids by root field; null where they are the children, which the record names anyway."""
    return {_name(name): None if ids in entry.children else orjson.Fragment(ids) for name, ids in entry.roots}


@lru_cache(1024)
def _name(chosen: str) -> str:
    return _without_numbers(chosen[:64])


def _without_numbers(text: str) -> str:
    """Names in a document are the caller's to choose, so they could carry a person's number."""
    return _LONG_NUMBER.sub("_", text)
