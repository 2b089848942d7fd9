"""The whole GraphQL schema, derived from the registry; the Strawberry types it is made of are written nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import strawberry
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    is_introspection_type,
    is_specified_scalar_type,
    print_type,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types.field import StrawberryField

from hub.query import filters, scalars, types
from hub.query.shapes import Namespace, make_type
from schema.entities import Entity

#: Root fields, made once the types they speak of are declared.
Fields = Callable[[Namespace], Iterable[StrawberryField]]


def build_schema(
    entities: Mapping[str, Entity],
    questions: tuple[type, ...] = (),
    mutations: Fields | None = None,
    subscriptions: Fields | None = None,
) -> strawberry.Schema:
    """Every entity with its inputs, and beside their root fields those of `questions`, types written by hand."""
    namespace: Namespace = {"ID": strawberry.ID, "Date": scalars.Date, "DateTime": scalars.DateTime}
    types.declare_shared(namespace)
    filters.declare_operators(namespace)
    for entity in entities.values():
        types.declare_entity(entity, entities, namespace)
        if filters.is_listable(entity):
            filters.declare_filter(entity, entities, namespace)
            filters.declare_order(entity, namespace)
    roots = [types.node_field(namespace)]
    for entity in entities.values():
        roots += types.root_fields(entity, namespace)
    query = make_type("Query", roots, "查询 / What may be asked", bases=questions)
    writes = list(mutations(namespace)) if mutations else []
    followed = list(subscriptions(namespace)) if subscriptions else []
    schema = strawberry.Schema(
        query=query,
        mutation=make_type("Mutation", writes, "登记、更新、终止 / What may be written") if writes else None,
        subscription=make_type("Subscription", followed, "订阅 / What may be followed") if followed else None,
        types=[namespace[name] for name in entities],
        config=StrawberryConfig(
            disable_field_suggestions=True,
            scalar_map={scalars.Date: scalars.DATE, scalars.DateTime: scalars.DATETIME},
        ),
    )
    _resolve_by_response_key(core_of(schema), entities)
    return schema


def core_of(schema: strawberry.Schema) -> GraphQLSchema:
    """The library's own schema object, which parses, validates, coerces and answers introspection."""
    return schema._schema


def _resolve_by_response_key(core: GraphQLSchema, entities: Mapping[str, Entity]) -> None:
    """The planner's rows already bear the response keys the caller chose, so each field looks its own key up."""
    names = {f"{entity}{suffix}" for entity in entities for suffix in ("", "Connection", "Edge")}
    for name in names | {"PageInfo", "Count"}:
        kind = core.type_map.get(name)
        if isinstance(kind, GraphQLObjectType):
            kind.is_type_of = None
            for field in kind.fields.values():
                field.resolve = by_response_key
    if core.query_type is not None:
        for name in types.roots_of(entities):
            core.query_type.fields[name].resolve = by_response_key
    node = core.type_map["Node"]
    if isinstance(node, GraphQLInterfaceType):
        node.resolve_type = type_of_row


def by_response_key(source: Mapping[str, object], info: GraphQLResolveInfo[object], **_: object) -> object:
    return source.get(str(info.path.key))


def type_of_row(source: Mapping[str, object], *_: object) -> str:
    """A row reached through `node` says its type under a key that no GraphQL name can collide with."""
    return str(source["$type"])


def print_sdl(core: GraphQLSchema) -> str:
    """The schema language text in a stable order: types by name, fields as declared."""
    named = (kind for _, kind in sorted(core.type_map.items()))
    shown = (kind for kind in named if not (is_introspection_type(kind) or is_specified_scalar_type(kind)))
    return "\n\n".join(print_type(kind) for kind in shown) + "\n"
