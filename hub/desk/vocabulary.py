"""What the workbench's documents and labels are made of: the declared fields of what it shows, and words for events.

`python -m hub.desk.vocabulary > hub/desk/source/src/vocabulary.json` renews it; the page is then built anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from hub.knowledge.acknowledging import DECLINABLE
from hub.policy.book import load_policies
from hub.policy.occasions import HAPPENINGS
from schema.classes import Label, Level
from schema.codes import CODE_LISTS
from schema.entities import Entity, camel
from schema.meaning import Field, Relation
from schema.registry import ENTITIES

#: What has a page or a list of its own; what their rows lead to is shown with them.
SHOWN = ("Child", "ProtectionCase", "Obligation", "Notice", "Family")
#: Who supplied a row and when stands beside every row; the page asks for its version only.
ASIDE = frozenset({"source_unit", "source_system", "source_record_id", "supplier_duty", "effective_from"})
#: What notices tell beside the steps of cases and the words that obligations hang on.
FURTHER = {
    "dropout_registered": Label(zh="登记辍学", en="A dropout is registered"),
    "escalated": Label(zh="逾期义务已升级", en="An overdue obligation is escalated"),
    "hukou_registered": Label(zh="登记户口", en="Household registration done"),
    "inquired": Label(zh="有单位查询在办案件的儿童", en="A unit asked about a child of an open case"),
    "not_acknowledged": Label(zh="逾期未签收通知", en="Notices not acknowledged in time"),
    "overdue": Label(zh="义务逾期未履行", en="An obligation is overdue"),
    "persuaded": Label(zh="劝返", en="A child was talked to about coming back"),
    "refusal_registered": Label(zh="登记拒绝共享", en="A refusal to share is registered"),
    "returned_to_school": Label(zh="已复学", en="Back at school"),
    "share_withdrawn": Label(zh="撤回共享", en="A share is withdrawn"),
}


def vocabulary() -> dict[str, Any]:
    """Everything that the page has to know beside what it asks."""
    return {
        "declinable": sorted(DECLINABLE),
        "entities": _entities(ENTITIES),
        "events": {word: _label(label) for word, label in sorted(_events().items())},
        "rules": {code: _label(rule.what) for code, rule in load_policies().obligations.items()},
    }


def _events() -> dict[str, Label]:
    """A step of a case is called as in its time line."""
    return dict(HAPPENINGS) | FURTHER | dict(CODE_LISTS["case_event_type"].codes)


def _entities(entities: Mapping[str, Entity]) -> dict[str, Any]:
    """Entity → label, root fields, fields and relations, by their names in GraphQL."""
    roots = [entities[name] for name in SHOWN if name in entities]
    names = {root.name for root in roots} | {relation.target for root in roots for relation in root.relations.values()}
    told = {name: entity for name, entity in entities.items() if name in names and any(_open(entity))}
    return {name: _entity(entity, told) for name, entity in told.items()}


def _open(entity: Entity) -> Iterator[Field]:
    """The fields that are not sealed: of a sealed one not even the name is said."""
    return (field for field in entity.fields.values() if field.level < Level.L5 and field.name not in ASIDE)


def _entity(entity: Entity, told: Mapping[str, Entity]) -> dict[str, Any]:
    relations = (relation for relation in entity.relations.values() if relation.target in told)
    return {
        "label": _label(entity.about.label),
        "tag": entity.about.id_tag,
        "single": entity.about.single,
        "plural": entity.about.plural,
        "fields": {camel(field.name): _field(field) for field in _open(entity) if field.name != "id"},
        "relations": {
            camel(relation.name): _relation(relation) for relation in relations if _followed(entity, relation)
        },
    }


def _followed(entity: Entity, relation: Relation) -> bool:
    return relation.via is None or entity.fields[relation.via].level < Level.L5


def _field(field: Field) -> dict[str, Any]:
    shown = {"label": _label(field.label), "kind": str(field.kind), "class": field.data_class}
    return shown | ({"codes": field.codes} if field.codes else {})


def _relation(relation: Relation) -> dict[str, Any]:
    return {"label": _label(relation.label), "entity": relation.target, "many": relation.many}


def _label(label: Label) -> list[str]:
    return [label.zh, label.en]


def render() -> bytes:
    return orjson.dumps(vocabulary(), option=orjson.OPT_INDENT_2) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(render())
