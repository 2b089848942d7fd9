"""For unit tests of the query core: the schema, made-up grants, callers, and plans of a question."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from graphql import GraphQLSchema

from hub.identity.identity import Purpose
from hub.policy.compile import compile_grant
from hub.policy.grant import Grant
from hub.policy.words import Subject
from hub.query import planner
from hub.query.graphql import build_schema, core_of
from hub.query.operation import Documents, Operation
from hub.query.plan import Root
from schema.registry import ENTITIES
from tests.reference.facts import Asker
from tests.reference.policies import entry_of, made_of
from tests.reference.worlds import NOW, level_of, ranges_of

NAMES = planner.Names.of(ENTITIES)
#: Something to be allowed: classes, mode, scope, and what else is said of it.
Said = tuple[str, str, str] | tuple[str, str, str, dict[str, object]]


@cache
def schema() -> GraphQLSchema:
    return core_of(build_schema(ENTITIES))


@cache
def documents() -> Documents:
    return Documents(schema())


def asked(text: str, variables: Mapping[str, Any] | None = None, name: str | None = None) -> Operation:
    return documents().operation(text, name, variables or {})


def asker(unit: str = "ED@430621", **more: Any) -> Asker:
    return Asker(unit=unit, unit_type=unit[:2], level=level_of(unit), ranges=ranges_of(unit), now=NOW, **more)


def granted(*allowed: Said, unit: str = "ED@430621") -> Grant:
    """A grant of these rights: ("D01 D04/village", "full", "own")."""
    entries = []
    for number, (objects, mode, scope, *more) in enumerate(allowed):
        said: dict[str, object] = {"actions": ("list", "read"), "condition": None, "purpose": "none", "unless": ()}
        said |= {"objects": tuple(objects.split()), "modes": (mode,), "scope": scope}
        entries.append(entry_of(number, "allow", **(said | dict(*more))))
    subject = Subject(unit_type=unit[:2], level=level_of(unit))
    return compile_grant(made_of(entries).book, subject, ("officer",), day=NOW.date())


def planned(text: str, grant: Grant, variables: Mapping[str, Any] | None = None, **purpose: str) -> Root:
    """The plan of the first root field of a document."""
    operation = asked(text, variables)
    (root, *_) = operation.roots()
    return planner.plan_root(root, names=NAMES, operation=operation, grant=grant, purpose=Purpose(**purpose))
