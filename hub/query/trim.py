"""Cuts a GraphQL schema down to chosen fields, inputs and enum values; what no longer leads anywhere goes with them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import partial
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

#: Type → the fields, input fields or enum values that remain; a type that is not named stays whole.
Kept = Mapping[str, frozenset[str]]


class _Cut:
    """One run over a schema: which types remain, and their copies."""

    def __init__(self, core: GraphQLSchema, kept: Kept) -> None:
        self._core, self._kept = core, kept
        self._gone = {name for name, members in kept.items() if not members}
        self._copies: dict[str, GraphQLNamedType] = {}

    def schema(self) -> GraphQLSchema:
        while self._drop_hollow():
            pass
        roots = [self._core.query_type, self._core.mutation_type, self._core.subscription_type]
        query, mutation, subscription = (self._root(root) for root in roots)
        implementers = [name for name, kind in self._core.type_map.items() if _implements(kind)]
        return GraphQLSchema(
            query=query,
            mutation=mutation,
            subscription=subscription,
            types=[self._copy(name) for name in implementers if name not in self._gone],
            directives=self._core.directives,
            description=self._core.description,
        )

    def _drop_hollow(self) -> bool:
        """Types of which nothing is left, now that others are gone; true if there were any."""
        hollow = {
            name
            for name, kind in self._core.type_map.items()
            if name not in self._gone and isinstance(kind, _FIELDED) and not self._members(kind)
        }
        self._gone |= hollow
        return bool(hollow)

    def _root(self, root: GraphQLObjectType | None) -> GraphQLObjectType | None:
        made = self._copy(root.name) if root and root.name not in self._gone else None
        return made if isinstance(made, GraphQLObjectType) else None

    def _members(self, kind: _Fielded) -> dict[str, Any]:
        names = self._kept.get(kind.name)
        return {
            name: member
            for name, member in kind.fields.items()
            if (names is None or name in names) and self._remains(member.type)
        }

    def _remains(self, kind: Any) -> bool:
        return get_named_type(kind).name not in self._gone

    def _copy(self, name: str) -> GraphQLNamedType:
        if name not in self._copies:
            self._copies[name] = self._copied(self._core.type_map[name])
        return self._copies[name]

    def _copied(self, kind: GraphQLNamedType) -> GraphQLNamedType:
        given: dict[str, Any] = dict(kind.to_kwargs())
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__"):
            given |= {"fields": partial(self._fields, kind), "interfaces": partial(self._interfaces, kind)}
            return type(kind)(**given)
        if isinstance(kind, GraphQLInputObjectType):
            return GraphQLInputObjectType(**given | {"fields": partial(self._input_fields, kind)})
        if isinstance(kind, GraphQLEnumType) and kind.name in self._kept:
            kept = {name: value for name, value in kind.values.items() if name in self._kept[kind.name]}
            return GraphQLEnumType(kind.name, kept, description=kind.description)
        return kind

    def _fields(self, kind: _Composite) -> dict[str, GraphQLField]:
        fields: dict[str, GraphQLField] = {name: copy(member) for name, member in self._members(kind).items()}
        for field in fields.values():
            field.type = self._type(field.type)
            field.args = {name: copy(argument) for name, argument in field.args.items() if self._remains(argument.type)}
            for argument in field.args.values():
                argument.type = self._type(argument.type)
        return fields

    def _input_fields(self, kind: GraphQLInputObjectType) -> dict[str, GraphQLInputField]:
        fields: dict[str, GraphQLInputField] = {name: copy(member) for name, member in self._members(kind).items()}
        for field in fields.values():
            field.type = self._type(field.type)
        return fields

    def _interfaces(self, kind: _Composite) -> list[GraphQLInterfaceType]:
        copies = (self._copy(interface.name) for interface in kind.interfaces)
        return [made for made in copies if isinstance(made, GraphQLInterfaceType)]

    def _type(self, kind: Any) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return GraphQLNonNull(self._type(kind.of_type))
        if isinstance(kind, GraphQLList):
            return GraphQLList(self._type(kind.of_type))
        return self._copy(kind.name)


_Composite = GraphQLObjectType | GraphQLInterfaceType
_Fielded = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType
_FIELDED = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)


def _implements(kind: GraphQLNamedType) -> bool:
    return isinstance(kind, GraphQLObjectType) and bool(kind.interfaces)


def trim(core: GraphQLSchema, kept: Kept) -> GraphQLSchema:
    """The schema with only what is kept; resolvers and coercion stay those of the whole."""
    return _Cut(core, kept).schema()
