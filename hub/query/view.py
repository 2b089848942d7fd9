"""What of the schema a grant shows: its own view for introspection and SDL, and what it may ask at all.

A field with no right behind it is absent from the view, and so is every type, input or root field left empty by that.
Asking for it is still answered, with null and the reason; only of sealed fields (L5) not even that is said.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from graphql import GraphQLInputObjectType, GraphQLSchema

from hub.policy.grant import Grant, Right
from hub.query import filters
from hub.query.graphql import print_sdl
from hub.query.plan import Rows
from hub.query.trim import Kept, trim
from schema.classes import Level
from schema.entities import Entity, camel
from schema.meaning import Field
from schema.scopes import applies
from schema.treatment import discloses

#: Root field beside the registry's → the class and action a grant must hold for it.
Needs = Mapping[str, tuple[str, str]]

#: Root field of the subscriptions → the type it answers with, and the rows that stand in it.
Follows = Mapping[str, Rows]

Made = TypeVar("Made")


class Writes(Protocol):
    """What of the mutations a grant may use."""

    def shown(self, grant: Grant) -> Mapping[str, frozenset[str]]:
        """Mutation and input types, with the fields that some right opens."""

    def sealed(self, grant: Grant) -> frozenset[tuple[str, str]]:
        """Sealed input fields (type, field) that no right opens."""


#: A schema without mutations; inputs that nothing leads to go with them.
NO_WRITES: Mapping[str, frozenset[str]] = {"Mutation": frozenset()}


def view_key(grant: Grant) -> str:
    """Callers with this key have one view: whose values a unit keeps hangs on its type."""
    return f"{grant.digest_key} {grant.subject.unit_type}"


MOST_VIEWS = 64
#: Fields of every object, whatever it is.
OWN_FIELDS = frozenset({"id", "withheld", "underCheck"})
_COMBINATORS = frozenset({"and", "or", "not"})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The schema as one grant sees it, and its text."""

    schema: GraphQLSchema = field(repr=False)
    sdl: str = field(repr=False)


class Views:
    """Views by the digest of their grant; the most recently used are kept."""

    def __init__(
        self,
        core: GraphQLSchema,
        entities: Mapping[str, Entity],
        needs: Needs | None = None,
        writes: Writes | None = None,
        follows: Follows | None = None,
    ) -> None:
        self._core, self._entities, self._needs = core, entities, needs or {}
        self._writes, self._follows = writes, follows or {}
        self._own: OrderedDict[str, View] = OrderedDict()
        self._askable: OrderedDict[str, GraphQLSchema] = OrderedDict()
        #: grants that hide the same fields share one schema, so that documents are validated once for all of them
        self._shared: dict[frozenset[tuple[str, str]], GraphQLSchema] = {}

    def of(self, grant: Grant) -> View:
        """The view that introspection and SDL show."""
        return _kept(self._own, view_key(grant), lambda: self._made(grant))

    def askable(self, grant: Grant) -> GraphQLSchema:
        """The schema that documents are validated against."""
        return _kept(self._askable, view_key(grant), lambda: self._asking(grant))

    def _asking(self, grant: Grant) -> GraphQLSchema:
        inputs = self._writes.sealed(grant) if self._writes else frozenset()
        return self._without(hidden_from(self._entities, grant), inputs)

    def _made(self, grant: Grant) -> View:
        kept = dict(shown(self._core, self._entities, grant))
        kept["Query"] -= {root for root, (of, action) in self._needs.items() if not grant.may(of, action)}
        kept.update(self._writes.shown(grant) if self._writes else NO_WRITES)
        kept.update(_followed_in(self._follows, grant))
        schema = trim(self._core, kept)
        return View(schema=schema, sdl=print_sdl(schema))

    def _without(self, hidden: frozenset[tuple[str, str]], inputs: frozenset[tuple[str, str]]) -> GraphQLSchema:
        key = hidden | inputs
        if key not in self._shared:
            self._shared[key] = trim(self._core, {**_without(self._entities, hidden), **self._kept_inputs(inputs)})
        return self._shared[key]

    def _kept_inputs(self, gone: frozenset[tuple[str, str]]) -> dict[str, frozenset[str]]:
        """Input types without their sealed fields; where nobody says what may be written, nothing is."""
        if self._writes is None:
            return dict(NO_WRITES)
        kinds = {name: self._core.type_map[name] for name, _ in gone}
        return {
            name: frozenset(kind.fields) - {field for of, field in gone if of == name}
            for name, kind in kinds.items()
            if isinstance(kind, GraphQLInputObjectType)
        }


def _kept(known: OrderedDict[str, Made], key: str, make: Callable[[], Made]) -> Made:
    if key not in known:
        known[key] = make()
        if len(known) > MOST_VIEWS:
            known.popitem(last=False)
    known.move_to_end(key)
    return known[key]


def shows(entity: Entity, declared: Field, grant: Grant, action: str) -> bool:
    """Whether some right can show something of the field on some row of the entity."""
    return any(discloses(declared, right.mode) for right in _rights(entity, declared, grant, action))


def compares(entity: Entity, declared: Field, grant: Grant, action: str) -> bool:
    """Whether the field may be filtered or ordered by: only where its value is shown in full."""
    return any(right.mode == "full" for right in _rights(entity, declared, grant, action))


def _rights(entity: Entity, declared: Field, grant: Grant, action: str) -> Iterator[Right]:
    rights = grant.rights_on(declared.group, action)
    return (right for right in rights if applies(right.reach.scope, right.reach.condition, entity))


def _any_shown(entity: Entity, grant: Grant, action: str) -> bool:
    return any(shows(entity, declared, grant, action) for declared in entity.fields.values())


def _readable(entity: Entity, grant: Grant) -> frozenset[str]:
    return frozenset(
        declared.name
        for declared in entity.fields.values()
        if shows(entity, declared, grant, "read") or shows(entity, declared, grant, "list")
    )


def _lists(entity: Entity, grant: Grant) -> bool:
    return filters.is_listable(entity) and _any_shown(entity, grant, "list")


def shown(core: GraphQLSchema, entities: Mapping[str, Entity], grant: Grant) -> Kept:
    kept: dict[str, frozenset[str]] = {}
    roots = set(core.query_type.fields) if core.query_type else set()
    for entity in entities.values():
        readable, listed = _readable(entity, grant), _lists(entity, grant)
        kept |= _kept_types(entity, readable, listed)
        kept |= _kept_inputs(entity, grant, "list" if listed else "read")
        roots -= set() if listed else {entity.about.plural}
        roots -= set() if _any_shown(entity, grant, "read") else {entity.about.single}
    kept["Query"] = frozenset(roots)
    return kept


def _kept_types(entity: Entity, readable: frozenset[str], listed: bool) -> Iterator[tuple[str, frozenset[str]]]:
    members = {camel(name) for name in readable} | OWN_FIELDS | _followed(entity, readable)
    yield entity.name, frozenset(members if readable else ())
    if filters.is_listable(entity) and not listed:
        yield f"{entity.name}Connection", frozenset()
        yield f"{entity.name}Edge", frozenset()


def _followed(entity: Entity, readable: frozenset[str]) -> set[str]:
    """A relation that follows a field shown to the caller is as secret as that field."""
    return {
        camel(relation.name)
        for relation in entity.relations.values()
        if relation.via is None or relation.via in readable
    }


def _followed_in(follows: Follows, grant: Grant) -> Iterator[tuple[str, frozenset[str]]]:
    """A subscription is shown to whom something of the rows may be shown that it tells of."""
    seen = {root for root, rows in follows.items() if _any_shown(rows.main, grant, "read")}
    yield "Subscription", frozenset(seen)
    for root, rows in follows.items():
        if root not in seen:
            yield rows.type, frozenset()


def _kept_inputs(entity: Entity, grant: Grant, action: str) -> Iterator[tuple[str, frozenset[str]]]:
    if not filters.is_listable(entity):
        return
    compared = {f.name for f in filters.filterable_fields(entity) if compares(entity, f, grant, action)}
    ordered = {f.name for f in filters.orderable_fields(entity) if compares(entity, f, grant, action)}
    relations = {camel(relation.name) for relation in entity.relations.values()}
    conditions = {camel(name) for name in compared} | relations | _COMBINATORS
    yield f"{entity.name}Filter", frozenset(conditions if compared else ())
    yield f"{entity.name}OrderField", frozenset(filters.enum_name(name) for name in ordered)
    if not ordered:
        yield f"{entity.name}Order", frozenset()


def hidden_from(entities: Mapping[str, Entity], grant: Grant) -> frozenset[tuple[str, str]]:
    """The sealed fields, as (type, field), that no right of the grant shows."""
    return frozenset(
        (entity.name, declared.name)
        for entity in entities.values()
        for declared in entity.fields.values()
        if declared.level >= Level.L5 and not shows(entity, declared, grant, "read")
    )


def _without(entities: Mapping[str, Entity], hidden: frozenset[tuple[str, str]]) -> Kept:
    """Everything but hidden fields; an entity whose every field is hidden is hidden with its root field."""
    kept: dict[str, frozenset[str]] = {}
    for name, gone in _by_entity(hidden).items():
        rest = frozenset(entities[name].fields) - gone
        members = {camel(field) for field in rest} | OWN_FIELDS | _followed(entities[name], rest)
        kept[name] = frozenset(members if rest else ())
    return kept


def _by_entity(hidden: frozenset[tuple[str, str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(field for entity, field in hidden if entity == name) for name, _ in hidden}
