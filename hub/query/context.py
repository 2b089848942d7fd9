"""What resolvers know of a request: who asks, by which grant and book, and the ways to what they may not import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import strawberry

from hub.audit.search import Question, Statement
from hub.identity.identity import Identity, Purpose
from hub.policy.book import PolicyBook
from hub.policy.grant import Grant, Refusal
from hub.query.cursor import Cursors
from schema.entities import Entity

#: Notes that a root field is withheld: its response key, the class it is of, and why.
Withhold = Callable[[str, str, Refusal], None]

#: A prepared query of the reading role: SQL with $1 …, values in text form.
Query = Callable[[str, Sequence[bytes | None]], Awaitable[list[tuple[bytes | None, ...]]]]

#: A document and its variables → what the planner answers the caller to it, by response key, once it is on record.
Ask = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]

#: Whether the caller reads a field (GraphQL names) of the row with this id; what it touches is put on record.
Reaches = Callable[[str, str, str], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """The context value of the library's executor."""

    identity: Identity
    purpose: Purpose
    grant: Grant
    book: PolicyBook
    entities: Mapping[str, Entity] = field(repr=False)
    now: datetime
    query: Query = field(repr=False)
    ask: Ask = field(repr=False)
    reaches: Reaches = field(repr=False)
    statement: Callable[[Question], Awaitable[Statement]] = field(repr=False)
    cursors: Cursors = field(repr=False)
    withhold: Withhold = field(repr=False)
    small_cell: int


Info = strawberry.Info[RequestContext, None]
