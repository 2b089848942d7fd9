"""Every unit asks for every field of every entity, over HTTP, and gets what the expected decisions say and no more.

Expected decisions are data read from the matrix (`policies/expected`), not from the rules that the hub decides by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.app import create_app
from hub.database import Role
from hub.identity.trust import issuer_from
from hub.policy import words
from hub.policy.expected import Block, load_expected
from hub.policy.objects import registry_objects
from hub.query.filters import is_listable
from schema.classes import Level
from schema.entities import Entity, camel
from schema.meaning import Field
from schema.registry import ENTITIES, METADATA
from schema.scopes import applies
from schema.treatment import discloses
from tests.conftest import MakeDatabase
from tests.query.small_city import STARTED, UNITS, fill

#: Entities asked for in one request, so that one request stays within the limits.
TOGETHER = 12
DIGITS = {"prefecture": "430600", "county": "430621", "township": "430621104", "village": "430621104201"}
SERIAL = frozenset({"SC", "MI", "RS", "WI", "SW", "TE", "PS"})
PURPOSE = {"Hub-Case": "AJ-1", "Hub-Task": "RW-1", "Hub-Application": "SQ-1"}

Ask = Callable[[str, str, str], dict[str, Any]]


def unit_of(subject: words.Subject) -> str:
    serial = "-09" if subject.unit_type in SERIAL and subject.level != "prefecture" else ""
    return f"{subject.unit_type}@{DIGITS[subject.level]}{serial}"


@cache
def blocks() -> tuple[Block, ...]:
    return load_expected(registry_objects())


@cache
def expected_cells(subject: words.Subject, role: str) -> dict[tuple[str, str], frozenset[tuple[str, str, str]]]:
    """(group, action) → mode, scope and condition of what is expected to be allowed."""
    found: dict[tuple[str, str], set[tuple[str, str, str]]] = {}
    for block in blocks():
        if block.concerns(subject, role):
            for (group, action, mode, scope, condition, _), _ in block.cells(role):
                found.setdefault((group, action), set()).add((mode, scope, condition))
    return {cell: frozenset(reaches) for cell, reaches in found.items()}


def officers() -> Iterator[words.Subject]:
    """Every type of unit, at every level at which something else is expected."""
    known: set[object] = set()
    for subject in words.SUBJECTS:
        expected = (subject.unit_type, frozenset(expected_cells(subject, "officer").items()))
        if subject.level in DIGITS and expected not in known:
            known.add(expected)
            yield subject


OTHERS = [
    *((words.Subject(unit_type=unit, level="county"), "handling_officer") for unit in ("PS", "PR", "CT")),
    *(
        (words.Subject(unit_type="CA", level="county"), role)
        for role in ("liaison", "convener", "service", "policy_admin", "audit_admin", "system_admin")
    ),
]
CALLERS = [*((subject, "officer") for subject in officers()), *OTHERS]


@pytest.fixture(scope="module")
def ask(make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    database = make_database(f"fields_{worker_id}")
    fill(database)
    known = {code for code, *_ in UNITS}
    rows = [
        {"code": unit_of(subject), "unit_type": subject.unit_type, "level": subject.level, "name": unit_of(subject),
         "division": DIGITS[subject.level].ljust(12, "0"), "valid_from": STARTED}
        for subject in {subject for subject, _ in CALLERS}
        if unit_of(subject) not in known
    ]  # fmt: skip
    with database.engine(Role.MIGRATOR).begin() as connection:
        connection.execute(METADATA.tables["organisation"].insert(), rows)
    settings = replace(database.settings, data=tmp_path_factory.mktemp("hub"), dev_issuer=True)
    issuer = issuer_from(settings)
    with TestClient(create_app(settings, database=database)) as client:

        def asked(query: str, unit: str, role: str) -> dict[str, Any]:
            token = issuer.issue(unit, "zhang.san", roles=[role], ttl=600)
            headers = {"Authorization": f"Bearer {token}"} | PURPOSE
            body = {"query": query, "extensions": {"onDenied": "NULL"}}
            response = client.post("/graphql", json=body, headers=headers)
            found: dict[str, Any] = response.json()
            return found

        yield asked


def open_fields(subject: words.Subject, role: str, entity: Entity, action: str) -> set[str]:
    """The fields of an entity that this caller is expected to be shown, whatever the row."""
    cells = expected_cells(subject, role)
    return {
        camel(field.name)
        for field in entity.fields.values()
        for mode, scope, condition in cells.get((field.group, action), ())
        # A condition on a column that the entity does not have holds for none of its rows.
        if discloses(field, mode) and applies(scope, None if condition == words.NONE else condition, entity)
    }


def is_sealed(field: Field) -> bool:
    return field.level >= Level.L5


def documents(action: str, subject: words.Subject, role: str) -> Iterator[tuple[list[Entity], str]]:
    """Every entity with every field, but sealed fields that are not expected to be open: those are no fields."""
    asked = [entity for entity in ENTITIES.values() if action == "read" or is_listable(entity)]
    for start in range(0, len(asked), TOGETHER):
        together, parts = [], []
        for entity in asked[start : start + TOGETHER]:
            readable = open_fields(subject, role, entity, "read")
            names = [camel(f.name) for f in entity.fields.values() if not is_sealed(f) or camel(f.name) in readable]
            if names:
                together.append(entity)
                parts.append(_part(action, entity, names))
        yield together, "{ " + " ".join(parts) + " }"


def _part(action: str, entity: Entity, names: list[str]) -> str:
    about = entity.about
    if action == "list":
        return f"{about.plural}(first: 1) {{ nodes {{ {' '.join(names)} }} }}"
    return f'{about.single}(id: "{about.id_tag}_430621_0") {{ {" ".join(names)} }}'


@pytest.mark.slow
@pytest.mark.parametrize("action", ["list", "read"])
@pytest.mark.parametrize(("subject", "role"), CALLERS, ids=[f"{unit_of(s)} {role}" for s, role in CALLERS])
def test_what_is_open_is_what_is_expected(ask: Ask, subject: words.Subject, role: str, action: str) -> None:
    for together, document in documents(action, subject, role):
        answer = ask(document, unit_of(subject), role)
        assert "errors" not in answer, answer["errors"][:2]
        refused = {tuple(entry["path"]) for entry in answer["extensions"]["access"] if "rows" not in entry}
        for entity in together:
            root = entity.about.plural if action == "list" else entity.about.single
            steps = (root, "nodes") if action == "list" else (root,)
            expected = open_fields(subject, role, entity, action)
            if not expected:
                assert (root,) in refused, entity.name
                assert answer["data"][root] is None
                continue
            asked = {camel(f.name) for f in entity.fields.values() if not is_sealed(f)} | expected
            found = {name for name in asked if (*steps, name) not in refused}
            assert found - {"id"} == expected - {"id"}, entity.name


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "role"), CALLERS, ids=[f"{unit_of(s)} {role}" for s, role in CALLERS])
def test_sealed_fields_are_no_fields_for_others(ask: Ask, subject: words.Subject, role: str) -> None:
    for entity in ENTITIES.values():
        readable = open_fields(subject, role, entity, "read")
        hidden = [camel(field.name) for field in entity.fields.values() if is_sealed(field)]
        closed = [name for name in hidden if name not in readable]
        if not closed:
            continue
        answer = ask(f'{{ {entity.about.single}(id: "x_430621_0") {{ {closed[0]} }} }}', unit_of(subject), role)
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "DOCUMENT_INVALID"
        assert "Cannot query field" in error["message"]
        assert "data" not in answer
