"""What an import is made of: the line that reads as the unit, the ledger that writes, the names of its places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hub import errors
from hub.identity.directory import Directory
from hub.identity.identity import Identity, Purpose
from hub.ledger.ledger import Ledger
from hub.ledger.permission import Writer
from hub.policy.compile import Policy, china_today
from hub.policy.grant import Subject
from hub.query.accounting import Accounts
from hub.query.answer import Answerer
from hub.query.limits import Limits
from hub.query.operation import Documents
from hub.query.planner import Names
from hub.roster.asking import Asking, Recorder
from hub.roster.importing import Importer, written_by
from hub.roster.permits import Permits, permits_of, unread
from hub.roster.places import places_of
from hub.roster.proposing import Desk
from hub.roster.values import Context

#: A chunk is asked for as one page with its lists; a caller's own limits are for what callers write themselves.
LIMITS = Limits(cost=2_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """From the running hub, or from the command line's own."""

    names: Names = field(repr=False)
    documents: Documents = field(repr=False)
    query: Any = field(repr=False)
    secret: bytes = field(repr=False)
    recorder: Recorder = field(repr=False)
    ledger: Ledger = field(repr=False)
    directory: Callable[[], Directory] = field(repr=False)
    policy: Callable[[], Policy] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One unit's import: what it may, what it reads cells with, and the importer."""

    writer: Writer
    permits: Permits
    context: Context = field(repr=False)
    place_names: dict[str, str] = field(repr=False)
    importer: Importer = field(repr=False)


def office_of(parts: Parts, identity: Identity, purpose: Purpose, *, write: bool) -> Office:
    """Raises GrantError, and WriteRefused for a unit that keeps nothing a roster could hold."""
    day, unit = china_today(), identity.unit
    subject = Subject(unit_type=unit.type, level=unit.level)
    grant = parts.policy().grant(subject, identity.roles, purpose.duty)
    writer = Writer(identity=identity, purpose=purpose, grant=grant)
    permits = permits_of(writer)
    if not any(permits.create.values()) and not any(permits.update.values()):
        raise errors.RosterNotYours(unit=unit.code)
    divisions = list(parts.directory().divisions_in(unit, day))
    asking = Asking(
        identity=identity,
        purpose=purpose,
        grant=grant,
        answerer=Answerer(names=parts.names, query=parts.query, secret=parts.secret, plans=16, limits=LIMITS),
        documents=parts.documents,
        accounts=Accounts(parts.names),
        recorder=parts.recorder,
    )
    return Office(
        writer=writer,
        permits=permits,
        context=Context(
            today=day,
            places=places_of(divisions, parts.directory().units_in(unit, day)),
            unread=unread(permits),
        ),
        place_names={row.code: row.name for row in divisions},
        importer=Importer(
            asking=asking,
            desk=Desk(unit=unit, permits=permits, day=day),
            write=written_by(parts.ledger, writer) if write else None,
        ),
    )
