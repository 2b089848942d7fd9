"""The hub's own way to an answer, as the tests ask it: document → plan → SQL → bytes, on a real database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub import errors
from hub.identity.identity import Identity, Purpose, Unit
from hub.policy.grant import Grant
from hub.query import planner
from hub.query.answer import Answered, Answerer, Request
from hub.query.graphql import build_schema, core_of
from hub.query.limits import Limits
from hub.query.operation import Documents
from hub.query.readers import Readers
from schema.classes import Label
from schema.registry import ENTITIES
from tests.reference.facts import Asker
from tests.reference.worlds import division_of

SECRET = b"a secret that only tests know..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    code: str
    path: tuple[str, ...] = ()


def identity_of(asker: Asker) -> Identity:
    unit = Unit(
        code=asker.unit, type=asker.unit_type, level=asker.level, division=division_of(asker.unit), ranges=asker.ranges,
        name=Label(zh=asker.unit, en=asker.unit),
    )  # fmt: skip
    return Identity(
        person=asker.person, unit=unit, roles=frozenset(asker.roles), kind="human", expires_at=0, token_id="t"
    )


def purpose_of(asker: Asker) -> Purpose:
    return Purpose(duty=asker.duty, case_no=asker.case_no, task_no=asker.task_no, application_no=asker.application_no)


class FastPath:
    """Asks the hub's core; one loop and its connections for as long as it is open."""

    def __init__(self, conninfo: str) -> None:
        self.core = core_of(build_schema(ENTITIES))
        self.documents = Documents(self.core)
        self._runner = asyncio.Runner()
        self._readers = Readers(conninfo, size=1)
        self.answerer = Answerer(
            names=planner.Names.of(ENTITIES), query=self._readers.query, secret=SECRET, limits=Limits(cost=10**9)
        )

    def ask(self, text: str, variables: Mapping[str, Any], grant: Grant, asker: Asker) -> Answered | Refusal:
        """What the hub answers; a refusal of the operation as its code and path."""
        try:
            operation = self.documents.operation(text, None, variables)
            identity, purpose = identity_of(asker), purpose_of(asker)
            prepared = self.answerer.prepare(operation, grant, identity, purpose)
            request = Request(identity=identity, purpose=purpose, variables=operation.variables, now=asker.now)
            return self._runner.run(self.answerer.run(prepared, request))
        except (errors.PlanError, errors.LimitPage, errors.LimitCost) as refused:
            path = refused.data.get("path", ())
            return Refusal(code=refused.code, path=path if isinstance(path, tuple) else ())

    def close(self) -> None:
        self._runner.run(self._close())
        self._runner.close()

    async def _close(self) -> None:
        self._readers.close()


def parsed(data: bytes) -> Any:
    """JSON whose objects have no key twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise ValueError(f"a key twice in {pairs}")
        return made

    return json.loads(data, object_pairs_hook=once)
