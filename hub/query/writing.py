"""What the line knows of mutations: a plan of what is read back, and somebody who does the writing (`hub/ledger`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hub import errors
from hub.identity.identity import Identity, Purpose
from hub.policy.grant import Grant
from hub.query.accounting import Facts
from hub.query.answer import Answered, Prepared
from hub.query.operation import Operation, Selected


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One root field of a mutation, on its way."""

    identity: Identity
    purpose: Purpose
    grant: Grant
    operation: Operation = field(repr=False)
    root: Selected
    strict: bool  # what is withheld from the answer undoes the write
    now: datetime
    facts: Callable[[], Facts] = field(repr=False)


class Mutations(Protocol):
    """Does what mutations ask."""

    def prepare(self, mutation: Mutation) -> Prepared:
        """What is read back of the row; raises what keeps it from being planned."""

    async def perform(self, mutation: Mutation, prepared: Prepared) -> Answered:
        """Writes, puts it on record, and answers; raises WriteError with every reason, and then nothing is written."""


class NoMutations:
    """Of a hub that only reads."""

    def prepare(self, mutation: Mutation) -> Prepared:
        raise errors.PlanError(reason=mutation.root.name)

    async def perform(self, mutation: Mutation, prepared: Prepared) -> Answered:
        raise errors.PlanError(reason=mutation.root.name)
