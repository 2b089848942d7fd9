"""The meaning of a query, slowly: the library's executor walks the document, and every field of every row asks
the judge.

Two walks. The first meets every path of the document once, with no data, and says what is refused whatever the rows.
The second answers: row by row from raw tables, with scopes, modes, filters, orders and pages in plain Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema, execute, parse

from hub.query.graphql import build_schema, core_of
from schema.entities import Entity, camel
from schema.registry import ENTITIES
from tests.reference import judge, resolvers
from tests.reference.choosing import relations_of
from tests.reference.facts import Asker, Facts, Tables
from tests.reference.walk import CURSOR, Answer, Walk, Withheld

PAGE_INFO = ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor")


@dataclass(slots=True)
class Situation:
    """One asker before one world under one set of rules."""

    tables: Tables
    law: judge.Judge
    asker: Asker
    salt: str

    def walk(self, begins: Mapping[str, int], *, answering: bool) -> Walk:
        facts = Facts(self.tables, self.asker)
        return Walk(facts, self.law, self.asker, self.salt, begins, answering)


@lru_cache(256)
def _parsed(text: str) -> DocumentNode:
    return parse(text)


class Interpreter:
    """Answers documents from raw tables; made once, for its schema is costly."""

    def __init__(self) -> None:
        self.schema: GraphQLSchema = core_of(build_schema(ENTITIES))
        for entity in ENTITIES.values():
            self._resolve_entity(entity)
        query = self._type("Query").fields
        for entity in ENTITIES.values():
            query[entity.about.single].resolve = resolvers.single(entity)
            if entity.about.plural in query:
                query[entity.about.plural].resolve = resolvers.connection(entity)
        query["node"].resolve = resolvers.any_row
        node: Any = self.schema.type_map["Node"]
        node.resolve_type = lambda thing, *_: thing.entity.name
        for name in ("PageInfo", "Count"):
            for key, field_ in self._type(name).fields.items():
                field_.resolve = resolvers.of_mapping(key)

    def _type(self, name: str) -> GraphQLObjectType:
        kind = self.schema.type_map[name]
        if not isinstance(kind, GraphQLObjectType):
            raise TypeError(name)
        return kind

    def _resolve_entity(self, entity: Entity) -> None:
        kind = self._type(entity.name)
        kind.is_type_of = None
        by_name = {camel(f.name): f for f in entity.fields.values()}
        for name, field_ in kind.fields.items():
            if name == "withheld":
                field_.resolve = resolvers.names_withheld
            elif name == "underCheck":
                field_.resolve = resolvers.names_doubted
            elif name == "id":
                field_.resolve = resolvers.identifier(entity)
            elif name in by_name:
                field_.resolve = resolvers.field_of(by_name[name])
            else:
                field_.resolve = resolvers.relation_of(entity, relations_of(entity)[name])
        if f"{entity.name}Connection" not in self.schema.type_map:
            return
        connection, edge = self._type(f"{entity.name}Connection").fields, self._type(f"{entity.name}Edge").fields
        connection["nodes"].resolve = connection["edges"].resolve = lambda page, _: list(page.shown)
        connection["pageInfo"].resolve = lambda page, _: {n: page.info(n) for n in PAGE_INFO}
        connection["count"].resolve = resolvers.count
        edge["cursor"].resolve = lambda _thing, _info: CURSOR
        edge["node"].resolve = lambda thing, _info: thing

    def answer(
        self, text: str, variables: Mapping[str, Any], situation: Situation, *, begins: Mapping[str, int] | None = None
    ) -> Answer:
        """What the document means to this asker; `begins` says how far cursors have already gone."""
        first = self.first_walk(text, variables, situation, begins=begins)
        if first.refused:
            return Answer(
                data={}, withheld=frozenset(), ids={}, name_lists=frozenset(), refused=frozenset(first.refused)
            )
        return self.second_walk(text, variables, situation, first, begins=begins)

    def first_walk(
        self, text: str, variables: Mapping[str, Any], situation: Situation, *, begins: Mapping[str, int] | None = None
    ) -> Walk:
        """What is refused and withheld whatever the rows."""
        first = situation.walk(begins or {}, answering=False)
        execute(self.schema, _parsed(text), context_value=first, variable_values=dict(variables))
        return first

    def second_walk(
        self, text: str, variables: Mapping[str, Any], situation: Situation, first: Walk, *,
        begins: Mapping[str, int] | None = None,
    ) -> Answer:  # fmt: skip
        """The answer from the rows."""
        second = situation.walk(begins or {}, answering=True)
        result = execute(self.schema, _parsed(text), context_value=second, variable_values=dict(variables))
        fault = next(iter(result.errors or ()), None)  # type: ignore[union-attr]
        if fault is not None:
            raise fault
        data: dict[str, Any] = result.data or {}  # type: ignore[union-attr]
        for steps in second.lists_of_names:
            resolvers.put(data, steps, sorted(set(second.names.get(steps[:-1], ()))))
        for steps, doubts in second.lists_of_doubts:
            resolvers.put(data, steps, sorted(doubts & second.shown.get(steps[:-1], set())))
        fixed = {Withheld(path=p, codes=frozenset({code}), data_class=c, rows=None) for p, code, c in first.fixed}
        met = {
            Withheld(path=path, codes=codes, data_class=c, rows=len(rows))
            for (path, codes, c), rows in second.met.items()
        }
        lists = frozenset((*second.lists_of_names, *(steps for steps, _ in second.lists_of_doubts)))
        return Answer(
            data=data, withheld=frozenset(fixed | met), ids=second.ids, name_lists=lists,
            refused=frozenset(),
        )  # fmt: skip
