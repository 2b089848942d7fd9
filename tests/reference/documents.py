"""Made-up documents: valid, and otherwise as odd as the language allows.

Aliases, merged fields, fragments, directives, variables with and without defaults, nested lists with their own
filters, orders and pages, counts, single rows by any key, moments in the past.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from hypothesis import strategies as st

from hub.query import filters
from schema.entities import Entity, camel
from schema.meaning import Field, Kind, Relation
from schema.registry import ENTITIES
from tests.reference import worlds

#: Entities that documents start from, those that hold a child's file more often.
OFTEN = (
    "Child",
    "Child",
    "Child",
    "ProtectionCase",
    "Family",
    "FamilyMember",
    "ConcernReport",
    "Enrolment",
    "Placement",
)
LISTED = tuple(name for name, entity in ENTITIES.items() if filters.is_listable(entity))
ALIASES = (
    "q",
    "id",
    "t1",
    "c1",
    "g0",
    "j",
    "n1",
    "county",
    "name",
    "x",
    "aVeryLongAliasThatNeedsItsPlaceInTheRow",
    "_",
    "withheld2",
)
DEPTH = 3

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in a filter, with its GraphQL type."""

    kind: str
    value: Any
    again: Callable[[], Any] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    text: str
    variables: Mapping[str, Any]
    others: Mapping[str, Any]  # other values for the same variables, so that a plan is used again
    walks: str | None  # response key of a root whose pages are to be walked by `$after`


def _operand(kind: str, make: Callable[[], Any]) -> Operand:
    return Operand(kind, make(), make)


def _json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return [_json(item) for item in value] if isinstance(value, list) else value


def _literal(value: Any) -> str:
    """A value as a GraphQL literal; enums are given as Operand("enum", …)."""
    if isinstance(value, Operand):
        return str(value.value) if value.kind == "enum" else _literal(value.value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_literal(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return json.dumps(_json(value), ensure_ascii=False)


def _bare(value: Any) -> Any:
    """A value as JSON, for a variable."""
    if isinstance(value, Operand):
        return _bare(value.value)
    if isinstance(value, Mapping):
        return {name: _bare(item) for name, item in value.items()}
    return [_bare(item) for item in value] if isinstance(value, list) else _json(value)


@dataclass(slots=True)
class Writer:
    """Writes one document."""

    draw: Draw
    open: frozenset[str]  # classes that some rule opens: more often asked for than others
    full: frozenset[str]  # classes that some rule opens in full: more often compared than others
    declared: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    keys: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)
    walks: str | None = None

    def pick(self, among: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(among))

    def chance(self, of: int) -> bool:
        return bool(self.draw(st.integers(0, of - 1)) == 0)

    def prefer(self, among: Sequence[Any], opened: Callable[[Any], str]) -> Any:
        """One of these; but for one time in three, one of a class that some rule opens, where there is one."""
        better = [one for one in among if opened(one) in self.open]
        return self.pick(better if better and not self.chance(3) else among)

    def prefer_full(self, among: Sequence[Any], opened: Callable[[Any], str]) -> Any:
        """Hardly ever one that nobody may compare, for that refuses the whole document."""
        better = [one for one in among if opened(one) in self.full]
        return self.pick(better if better and not self.chance(20) else among)

    def put(self, kind: str, make: Callable[[], Any]) -> str:
        """A value as a literal, or as a variable: given, null, absent, or left to its default."""
        value = make()
        how = self.pick(("literal", "literal", "literal", "given", "given", "default", "absent", "null"))
        if how == "literal":
            return _literal(value)
        name = f"v{len(self.declared)}"
        other = self.pick(("same", "other", "other", "null", "absent"))
        if other != "absent":
            same = _bare(value) if other == "same" else _bare(make()) if other == "other" else None
            self.others[name] = same
        if how == "default":
            self.declared.append(f"${name}: {kind} = {_literal(value)}")
            return f"${name}"
        self.declared.append(f"${name}: {kind}")
        if how != "absent":
            self.given[name] = None if how == "null" else _bare(value)
        return f"${name}"

    def condition(self) -> str:
        """The argument of a directive."""
        wanted = self.chance(2)
        if self.chance(2):
            return "true" if wanted else "false"
        name = f"v{len(self.declared)}"
        self.declared.append(f"${name}: Boolean!" + (f" = {str(wanted).lower()}" if self.chance(3) else ""))
        self.given[name] = not wanted if self.chance(2) else wanted
        self.others[name] = self.chance(2)
        return f"${name}"

    def directive(self) -> str:
        if not self.chance(9):
            return ""
        return f" @{self.pick(('include', 'skip'))}(if: {self.condition()})"

    def operand(self, declared: Field, operator: str) -> Operand:
        scalar = SCALARS.get(declared.kind, "String")
        if operator == "isNull":
            return _operand("Boolean", lambda: self.chance(2))
        if operator in ("in", "hasAny"):
            some = st.lists(st.sampled_from(self.values(declared)), max_size=3)
            return _operand(f"[{scalar}!]", lambda: self.draw(some))
        if operator == "within":
            return _operand("String", lambda: self.pick([code for code, _, _ in worlds.DIVISIONS]))
        return _operand(scalar, lambda: self.pick(self.values(declared)))

    def values(self, declared: Field) -> Sequence[Any]:
        """What rows may hold in this field."""
        if declared.codes:
            return worlds.codes_of(declared.codes)
        if declared.name == "citizen_id_no":
            return worlds.IDENTITY_NUMBERS
        if declared.name == "birth_date":
            return worlds.BIRTHS
        entity = ENTITIES[declared.entity]
        if declared.name == "id":
            return self.ids(entity)
        if declared.kind is Kind.DATE:
            return worlds.DAYS
        if declared.name in (entity.about.natural_key, "household_no"):
            return [f"{entity.about.id_tag.upper()}-{n}" for n in range(4)]
        if declared.kind in (Kind.TEXTS, Kind.IDS):
            return ("甲", "乙二", "NULL", "", 'a"b\\c')
        return worlds.POOLS[declared.kind]

    def ids(self, entity: Entity) -> list[str]:
        tag = entity.about.id_tag
        if entity.child_bound:
            return [f"{tag}_{county}_{n}" for n in range(4) for county in worlds.COUNTIES]
        if entity.name == "AdminDivision":
            return [f"{tag}_{code}" for code, _, _ in worlds.DIVISIONS]
        if entity.name == "Organisation":
            return [f"{tag}_{code}" for code in worlds.UNITS]
        return [f"{tag}_{n}" for n in range(4)]

    def filter(self, entity: Entity, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for _ in range(self.pick((0, 1, 1, 1, 2))):
            how = self.pick(("field", "field", "field", "and", "or", "not", "not", "relation")) if depth else "field"
            if how in ("and", "or"):
                made[how] = [self.filter(entity, depth - 1) for _ in range(self.draw(st.integers(0, 2)))]
            elif how == "not":
                made["not"] = self.filter(entity, depth - 1)
            elif how == "relation":
                relations = [r for r in entity.relations.values() if r.target in LISTED]
                if relations:
                    relation = self.prefer_full(relations, leads_to)
                    made[camel(relation.name)] = self.filter(ENTITIES[relation.target], depth - 1)
            else:
                declared = self.prefer_full(self.comparable(entity), of_class)
                operators = filters.SHAPES[filters.FILTER_OF[declared.kind]][1]
                operators = tuple(o for o in ("ne", "isNull") if o in operators) if self.chance(2) else operators
                asked = self.pick(((), *[(o,) for o in operators] * 3, operators[:2]))
                made[camel(declared.name)] = {op: self.operand(declared, op) for op in asked}
        return made

    def comparable(self, entity: Entity) -> list[Field]:
        """Few fields of a wide entity, so that conditions on what may be read come up."""
        fields = list(filters.filterable_fields(entity))
        common = [
            f for f in fields if f.name in ("id", "sex", "name", "child_no", "birth_date", "status", "type", "unit")
        ]
        return common if common and self.chance(2) else fields

    def order(self, entity: Entity) -> list[dict[str, Any]]:
        fields = list(filters.orderable_fields(entity))
        made: list[dict[str, Any]] = []
        for _ in range(self.draw(st.integers(0, 2))):
            item: dict[str, Any] = {
                "field": Operand("enum", filters.enum_name(self.prefer_full(fields, of_class).name))
            }
            if self.chance(2):
                item["direction"] = Operand("enum", self.pick(("ASC", "DESC")))
            made.append(item)
        return made

    def written(self, make: Callable[[], Any], kind: str) -> str:
        """An input object: written out with each operand in its own way, or passed whole as a variable."""
        if self.chance(4):
            return self.put(kind, make)
        return self._written(make())

    def _written(self, value: Any) -> str:
        if isinstance(value, Operand):
            return _literal(value) if value.kind == "enum" else self.put(value.kind, value.again)
        if isinstance(value, list):
            return "[" + ", ".join(map(self._written, value)) + "]"
        return "{" + ", ".join(f"{name}: {self._written(item)}" for name, item in value.items()) + "}"

    def first(self, most: int) -> str:
        sizes = (0, 1, 1, 2, 2, 3, 5, 20, most) if not self.chance(60) else (most + 1, -1)
        return self.put("Int", lambda: self.pick(sizes))

    def list_arguments(self, entity: Entity, *, most: int) -> list[str]:
        arguments = []
        if self.chance(2):
            arguments.append(f"first: {self.first(most)}")
        if entity.name in LISTED:
            if self.chance(2):
                arguments.append(f"filter: {self.written(lambda: self.filter(entity, 2), f'{entity.name}Filter')}")
            if self.chance(2):
                arguments.append(f"orderBy: {self.written(lambda: self.order(entity), f'[{entity.name}Order!]')}")
        return arguments

    def as_of(self) -> list[str]:
        if not self.chance(6):
            return []
        moments = [m + timedelta(seconds=s) for m in (*worlds.RECORDED, worlds.NOW) for s in (-1, 0, 1)]
        return [f"asOf: {self.put('DateTime', lambda: self.pick(moments))}"]

    def key(self, path: tuple[str, ...], name: str, signature: str) -> tuple[str, str]:
        """A response key that merges with nothing but its like: the key, and what to write for it."""
        taken = self.keys.setdefault(path, {})
        key = self.pick(ALIASES) if self.chance(6) else name
        number = 0
        while taken.setdefault(key, signature) != signature:
            number += 1
            key = f"a{number}"
        return key, name if key == name else f"{key}: {name}"

    def selection(self, entity: Entity, path: tuple[str, ...], depth: int) -> str:
        parts = [self.part(entity, path, depth) for _ in range(self.draw(st.integers(1, 5)))]
        return " { " + " ".join(parts) + " }"

    def part(self, entity: Entity, path: tuple[str, ...], depth: int) -> str:
        how = self.pick(
            ("field",) * 8
            + ("relation",) * 4
            + ("id", "__typename", "withheld", "underCheck", "inline", "fragment", "node")
        )
        if how == "relation" and depth and entity.relations:
            return self.relation(entity, path, depth)
        if how == "inline" and depth:
            condition = f" on {entity.name}" if self.chance(2) else ""
            return f"...{condition}{self.directive()}{self.selection(entity, path, depth - 1)}"
        if how == "fragment" and depth:
            return self.fragment(entity, path, depth)
        if how == "node":
            _, written = self.key(path, "id", "id")
            return f"... on Node{self.directive()} {{ {written} }}"
        if how in ("id", "__typename", "withheld", "underCheck"):
            return self.key(path, how, how)[1] + self.directive()
        name = camel(self.prefer(list(entity.fields.values()), of_class).name)
        return self.key(path, name, name)[1] + self.directive()

    def fragment(self, entity: Entity, path: tuple[str, ...], depth: int) -> str:
        name = f"F{len(self.fragments)}"
        self.fragments.append("")
        place = len(self.fragments) - 1
        self.fragments[place] = f"fragment {name} on {entity.name}{self.selection(entity, path, depth - 1)}"
        twice = f" ...{name}" if self.chance(4) else ""
        return f"...{name}{self.directive()}{twice}"

    def relation(self, entity: Entity, path: tuple[str, ...], depth: int) -> str:
        relation = self.prefer(list(entity.relations.values()), leads_to)
        target, name = ENTITIES[relation.target], camel(relation.name)
        arguments = ", ".join(self.list_arguments(target, most=100)) if relation.many else ""
        called = f"({arguments})" if arguments else ""
        key, written = self.key(path, name, f"{name}{called}")
        return f"{written}{called}{self.directive()}{self.selection(target, (*path, key), depth - 1)}"

    def root(self) -> str:
        names = OFTEN if self.chance(2) else tuple(ENTITIES)
        entity = ENTITIES[self.prefer(names, lambda name: ENTITIES[name].about.key_class)]
        how = self.pick(("list", "list", "list", "one", "node"))
        if how == "list" and entity.name in LISTED:
            return self.connection(entity)
        return self.single(entity, by_node=how == "node")

    def single(self, entity: Entity, *, by_node: bool) -> str:
        natural = entity.about.natural_key
        if natural and not by_node and self.chance(3):
            given = f"{camel(natural)}: {self.put_required(self.values(entity.fields[natural]), 'String')}"
        else:
            given = f"id: {self.put_required(self.ids(entity))}"
        arguments = ", ".join([given, *self.as_of()])
        name = "node" if by_node else entity.about.single
        key, written = self.key((), name, f"{name}({arguments})")
        body = self.selection(entity, (key,), DEPTH)
        if by_node:
            body = f" {{ ... on {entity.name}{body} }}"
        return f"{written}({arguments}){self.directive()}{body}"

    def put_required(self, values: Sequence[str], kind: str = "ID") -> str:
        value = self.pick(values)
        if self.chance(2):
            return _literal(value)
        name = f"v{len(self.declared)}"
        self.declared.append(f"${name}: {kind}!")
        self.given[name], self.others[name] = _bare(value), _bare(self.pick(values))
        return f"${name}"

    def connection(self, entity: Entity) -> str:
        arguments = self.list_arguments(entity, most=1000) + self.as_of()
        walks = self.walks is None and self.chance(3)
        if walks:
            self.declared.append("$after: String")
            self.given["after"] = self.others["after"] = None
            arguments.append("after: $after")
        called = f"({', '.join(arguments)})" if arguments else ""
        name = entity.about.plural
        key, written = self.key((), name, f"{name}{called}")
        parts = [self.page_part(entity, key) for _ in range(self.draw(st.integers(1, 3)))]
        if walks:
            self.walks = key
            parts.append("walk: pageInfo { hasNextPage endCursor startCursor hasPreviousPage }")
        return f"{written}{called}{self.directive() if not walks else ''} {{ {' '.join(parts)} }}"

    def search(self) -> str:
        """A list that is all filter and order."""
        entity = ENTITIES[self.prefer_full(LISTED, lambda name: ENTITIES[name].about.key_class)]
        condition = self.written(lambda: self.filter(entity, 3), f"{entity.name}Filter")
        arguments = [f"filter: {condition}", *self.as_of()]
        if self.chance(2):
            arguments.append(f"orderBy: {self.written(lambda: self.order(entity), f'[{entity.name}Order!]')}")
        if self.walks is None:
            self.declared.append("$after: String")
            self.given["after"] = self.others["after"] = None
            arguments += [f"first: {self.pick((1, 2, 3, 50))}", "after: $after"]
        called = f"({', '.join(arguments)})"
        key, written = self.key((), entity.about.plural, f"{entity.about.plural}{called}")
        walk = ""
        if self.walks is None:
            self.walks, walk = key, "walk: pageInfo { hasNextPage endCursor startCursor hasPreviousPage }"
        return f"{written}{called} {{ nodes {{ id }} count {{ value }} {walk} }}"

    def page_part(self, entity: Entity, root: str) -> str:
        how = self.pick(("nodes",) * 4 + ("edges", "edges", "pageInfo", "count", "__typename"))
        if how == "count":
            limit = f"(limit: {self.put('Int', lambda: self.pick((1, 2, 5, 1000)))})" if self.chance(2) else ""
            key, written = self.key((root,), "count", f"count{limit}")
            return (
                f"{written}{limit}{self.directive()} {{ value {self.pick(('isExact', 'e: isExact', '__typename'))} }}"
            )
        key, written = self.key((root,), how, how)
        if how == "nodes":
            return written + self.directive() + self.selection(entity, (root, key), DEPTH)
        if how == "edges":
            node, node_written = self.key((root, key), "node", "node")
            cursor = self.pick(("cursor", "c9: cursor __typename", ""))
            body = self.selection(entity, (root, key, node), DEPTH)
            return f"{written}{self.directive()} {{ {cursor} {node_written}{body} }}"
        if how == "pageInfo":
            asked = self.pick(("hasNextPage", "endCursor startCursor", "hasPreviousPage", "n: hasNextPage __typename"))
            return f"{written}{self.directive()} {{ {asked} }}"
        return written + self.directive()

    def document(self) -> Document:
        if self.chance(2):
            roots = [self.search() for _ in range(self.pick((1, 1, 2)))]
        else:
            roots = [self.root() for _ in range(self.pick((1, 1, 1, 2, 3)))]
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        head = f"query Q{declared} " if declared or self.chance(2) else ""
        text = "\n".join([f"{head}{{ {' '.join(roots)} }}", *self.fragments])
        return Document(text=text, variables=self.given, others=self.others, walks=self.walks)


SCALARS = {
    Kind.ID: "ID", Kind.INT: "Int", Kind.BOOL: "Boolean", Kind.DATE: "Date", Kind.DATETIME: "DateTime",
}  # fmt: skip


def of_class(declared: Field) -> str:
    return declared.data_class


def leads_to(relation: Relation) -> str:
    return ENTITIES[relation.target].about.key_class


@st.composite
def documents(draw: st.DrawFn, opened: frozenset[str], full: frozenset[str]) -> Document:
    """A document; what is of these classes is asked for, and compared, more often."""
    return Writer(draw, opened, full).document()
