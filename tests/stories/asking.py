"""One question with everything that a unit may ask of a child and its case, held against the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import GraphQLObjectType
from httpx2 import Client

from hub.demo.asking import Answer
from hub.demo.records import person_of
from hub.identity.issuer import Issuer
from hub.policy.book import load_policies
from schema.classes import Level
from schema.entities import Entity, camel
from schema.meaning import Field
from schema.registry import ENTITIES
from tests.reference import looks, walk
from tests.reference.comparing import told_differences
from tests.reference.facts import Facts
from tests.reference.interpreter import Interpreter, Situation
from tests.reference.judge import Judge
from tests.reference.worlds import Row
from tests.stories.world import ASKERS, CHILD, NO_CASE, Who

BOOK = load_policies()
ENTRIES = tuple(entry for rule in BOOK.rules.values() for entry in rule.entries)
#: Below the child: what of its file a case touches. Below the case: everything.
OF_THE_CHILD = ("guardianships", "hukou", "enrolments", "dropouts", "entrustments", "cases", "visits", "findings")
#: Of where a value comes from, the unit alone is asked.
NOT_ASKED = frozenset(
    {"source_system", "source_record_id", "effective_from", "supplier_duty", "recorded_at", "recorded_by",
     "row_version", "verified_status"}
)  # fmt: skip
#: What the tables of expectation are about, and what leads further.
ALWAYS = frozenset({"id", "unit", "role", "until", "stage", "lead_unit", "status", "rule", "from_unit", "to_unit",
                    "event_type", "type", "by_unit", "must_know_units", "sealed_unit"})  # fmt: skip
NESTED = {"events": "knowledge { unit acknowledgedAt }", "dropouts": "persuasions { id result byUnit note }"}
LISTS = ("cases", "concernReports", "placements")


#: No world: whether a right can hold of a kind of row at all needs none.
NOWHERE = Facts({}, ASKERS[0].asker(None))


@cache
def interpreter() -> Interpreter:
    return Interpreter()


def _leaves(entity: Entity, judge: Judge) -> str:
    """One field of each field group that looks differently in some mode; of sealed ones all that one may read."""
    kind = interpreter().schema.type_map[entity.name]
    assert isinstance(kind, GraphQLObjectType)
    known: set[object] = set()
    names = ["withheld"]
    for declared in entity.fields.values():
        look = (declared.group, declared.mask, declared.kind in looks.CHOICES, declared.process)
        is_sealed = declared.level is Level.L5
        if camel(declared.name) not in kind.fields or declared.name in NOT_ASKED:
            continue
        if is_sealed and not _is_open(entity, declared, judge):
            continue
        if is_sealed or declared.name in ALWAYS or look not in known:
            known.add(look)
            names.append(camel(declared.name))
    return " ".join(names)


def _is_open(entity: Entity, declared: Field, judge: Judge) -> bool:
    """Whether some right could show the field of some row."""
    rights = judge.held(declared.group, "read")
    return any(looks.shows(declared, right.mode) and NOWHERE.applies(right, entity) for right in rights)


def _is_unknown(entity: Entity, judge: Judge) -> bool:
    """Whether the kind of row itself is sealed, and nothing of it is open."""
    is_sealed = entity.fields["id"].level is Level.L5
    return is_sealed and not any(_is_open(entity, declared, judge) for declared in entity.fields.values())


def _below(entity: Entity, judge: Judge, names: tuple[str, ...] | None = None) -> Iterator[str]:
    for relation in entity.relations.values():
        name, target = camel(relation.name), ENTITIES[relation.target]
        if relation.many and (names is None or name in names) and not _is_unknown(target, judge):
            yield f"{name} {{ {_leaves(target, judge)} {NESTED.get(name, '')} }}"


def _question(judge: Judge) -> str:
    child, case = ENTITIES["Child"], ENTITIES["ProtectionCase"]
    listed = (entity.about.plural for entity in ENTITIES.values() if entity.about.plural in LISTS)
    notice, obligation = (_leaves(ENTITIES[name], judge) for name in ("Notice", "Obligation"))
    parts = [
        f"child(id: $child) {{ {_leaves(child, judge)} {' '.join(_below(child, judge, OF_THE_CHILD))} }}",
        f"case(id: $case) {{ {_leaves(case, judge)} {' '.join(_below(case, judge))} }}",
        f"notices(first: 200) {{ nodes {{ {notice} case {{ id stage leadUnit }} event {{ id type byUnit }} }} }}",
        f"obligations(first: 200) {{ nodes {{ {obligation} }} }}",
        *(f"{name}(first: 20) {{ nodes {{ id }} count {{ value }} }}" for name in listed),
    ]
    return f"query Told($child: ID!, $case: ID!) {{ {' '.join(parts)} }}"


@dataclass(slots=True)
class Desk:
    """Sends over HTTP as any unit; tokens are kept."""

    client: Client
    url: str
    issuer: Issuer
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def send(
        self, unit: str, role: str, document: str, variables: Mapping[str, Any], case_no: str | None = None
    ) -> Answer:
        if (unit, role) not in self.tokens:
            self.tokens[unit, role] = self.issuer.issue(unit, person_of(unit, role), roles=[role], ttl=3600)
        headers = {"Authorization": f"Bearer {self.tokens[unit, role]}"} | ({"Hub-Case": case_no} if case_no else {})
        body = {"query": document, "variables": dict(variables)}
        said = self.client.post(self.url, json=body, headers=headers).json()
        return Answer(
            data=said.get("data") or {}, access=tuple(said.get("extensions", {}).get("access", ())),
            errors=tuple(said.get("errors", ())),
        )  # fmt: skip

    def told(self, who: Who, case: str | None, case_no: str | None) -> Answer:
        """All that one is told of the child and its case."""
        stated = case_no if who.with_case else None
        answer = self.send(who.unit, who.role, question(who), {"child": CHILD, "case": case or NO_CASE}, stated)
        assert answer.errors == (), (who, answer.errors)
        return answer


@cache
def judge_of(who: Who) -> Judge:
    """Casbin's answers are kept: neither a row nor a stated case changes them."""
    return Judge(ENTRIES, BOOK.duties.values(), who.asker(None))


@cache
def question(who: Who) -> str:
    """Everything of the child, the case, its time line, its board, notices and obligations."""
    return _question(judge_of(who))


@cache
def _whatever_the_rows(who: Who, stated: bool) -> walk.Walk:
    """What is withheld from one whatever the rows; it is the same in every world."""
    situation = Situation({}, judge_of(who), who.asker("CASE" if stated else None), "")
    return interpreter().first_walk(question(who), {"child": CHILD, "case": NO_CASE}, situation)


def expected(who: Who, tables: Mapping[str, list[Row]], case: str | None, case_no: str | None) -> walk.Answer:
    """What the reference tells, field by field and row by row."""
    situation = Situation(tables, judge_of(who), who.asker(case_no), "")
    first = _whatever_the_rows(who, case_no is not None)
    return interpreter().second_walk(question(who), {"child": CHILD, "case": case or NO_CASE}, situation, first)


def differences(answer: Answer, reference: walk.Answer) -> list[str]:
    return told_differences(answer.data, answer.access, reference)
