"""The registry: every declared entity by name. Importing it reads and checks the whole domain."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import schema.domain  # noqa: F401  (maps every entity)
from schema.classes import CLASSES, Level
from schema.codes import CODE_LISTS
from schema.entities import Base, Entity, camel, read_entities
from schema.meaning import Field, MeaningError, Relation

METADATA = Base.metadata

_OWNERS = frozenset({*CODE_LISTS["unit_type"].codes, "hub"})
_TAKEN = frozenset({"id", "withheld", "node"})


def read_registry(entities: Iterable[Entity]) -> dict[str, Entity]:
    """The entities by name; raises MeaningError with every fault found, not only the first."""
    by_name = {entity.name: entity for entity in sorted(entities, key=lambda entity: entity.name)}
    faults = [*_root_faults(by_name.values()), *_level_faults(by_name.values())]
    for entity in by_name.values():
        faults += (fault for field in entity.fields.values() for fault in _field_faults(field))
        faults += (
            fault for relation in entity.relations.values() for fault in _relation_faults(entity, relation, by_name)
        )
    if faults:
        raise MeaningError("; ".join(faults))
    return by_name


def _field_faults(field: Field) -> Iterator[str]:
    where = f"{field.entity}.{field.name}"
    if field.codes is not None and field.codes not in CODE_LISTS:
        yield f"{where}: unknown code list {field.codes!r}"
    for owner in sorted({*field.owner} - _OWNERS):
        yield f"{where}: unknown owner {owner!r}"
    if field.level is Level.L5 and (field.filterable or field.orderable):
        yield f"{where}: a value of level 5 can be neither a filter nor an order"


def _level_faults(entities: Iterable[Entity]) -> Iterator[str]:
    """A value above its class's level needs a facet that lies above it too, or a right to the class would open it."""
    levels: dict[tuple[str, str], set[Level]] = defaultdict(set)
    fields = [field for entity in entities for field in entity.fields.values()]
    for field in fields:
        for facet in field.facets:
            levels[field.data_class, facet].add(field.level)
    for field in fields:
        above = CLASSES[field.data_class].level
        if field.level > above and not any(min(levels[field.data_class, facet]) > above for facet in field.facets):
            yield f"{field.entity}.{field.name}: level {int(field.level)} needs a facet of its own"


def _relation_faults(entity: Entity, relation: Relation, entities: Mapping[str, Entity]) -> Iterator[str]:
    where = f"{entity.name}.{relation.name}"
    if relation.name in entity.fields or relation.name in _TAKEN:
        yield f"{where}: the name is taken"
    target = entities.get(relation.target)
    if target is None:
        yield f"{where}: unknown entity {relation.target!r}"
        return
    if target.child_bound and not entity.child_bound:
        yield f"{where}: leads from reference data to a child's"
    if target.child_bound and ("county", "county") not in relation.on:
        yield f"{where}: does not stay in the county"
    remote = [name for _, name in relation.on] + [name.removeprefix("-") for name in relation.order if relation.many]
    for name in (name for name in remote if name not in target.table.c):
        yield f"{where}: {relation.target} has no column {name!r}"
    for name in (name for name, _ in relation.on if name not in entity.table.c):
        yield f"{where}: {entity.name} has no column {name!r}"


def _root_faults(entities: Iterable[Entity]) -> Iterator[str]:
    names = Counter(
        name
        for entity in entities
        for name in (entity.about.single, entity.about.plural, f"the id tag {entity.about.id_tag}")
    )
    for name in sorted(name for name, count in names.items() if count > 1):
        yield f"{name} is used twice"
    for entity in entities:
        key = entity.about.natural_key
        if key is not None and key not in entity.fields:
            yield f"{entity.name}: no field {key!r} to be found by"
        if len({camel(name) for name in entity.fields}) < len(entity.fields):
            yield f"{entity.name}: two fields have one GraphQL name"


ENTITIES: Mapping[str, Entity] = read_registry(read_entities())
