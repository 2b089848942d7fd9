"""Filter and order inputs, one pair per entity: every field that may be filtered or ordered by, and its relations.

Sealed values (L5) have none: they are found by id or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation

from hub.query.scalars import Date, DateTime
from hub.query.shapes import REQUIRED, Namespace, both, input_field, make_enum, make_type, optional, optional_list
from schema.classes import CLASSES, Label, Level
from schema.entities import Entity, camel
from schema.meaning import Field, Kind

_OPERATORS: Mapping[str, Label] = {
    "eq": Label(zh="等于", en="Equals"),
    "ne": Label(zh="不等于（空值不计）", en="Differs from; a missing value does not count"),
    "in": Label(zh="属于其一", en="Is one of"),
    "lt": Label(zh="小于 / 早于", en="Less or earlier than"),
    "lte": Label(zh="不大于 / 不晚于", en="At most"),
    "gt": Label(zh="大于 / 晚于", en="Greater or later than"),
    "gte": Label(zh="不小于 / 不早于", en="At least"),
    "isNull": Label(zh="为空", en="No value is known"),
    "within": Label(zh="在该区划及其下级之内", en="In this division or below it"),
    "has": Label(zh="包含", en="Contains"),
    "hasAny": Label(zh="包含其一", en="Contains one of"),
}
_ORDERED = ("eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull")
_EXACT = ("eq", "ne", "in", "isNull")

#: Filter input: the scalar its operators take, and the operators.
SHAPES: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "IdFilter": (strawberry.ID, _EXACT),
    "TextFilter": (str, _EXACT),
    "CodeFilter": (str, _EXACT),
    "UnitFilter": (str, _EXACT),
    "IntFilter": (int, _ORDERED),
    "DateFilter": (Date, _ORDERED),
    "DateTimeFilter": (DateTime, _ORDERED),
    "BoolFilter": (bool, ("eq", "isNull")),
    "DivisionFilter": (str, ("eq", "in", "within", "isNull")),
    "ListFilter": (str, ("has", "hasAny", "isNull")),
}

FILTER_OF: Mapping[Kind, str] = {
    Kind.ID: "IdFilter",
    Kind.TEXT: "TextFilter",
    Kind.INT: "IntFilter",
    Kind.BOOL: "BoolFilter",
    Kind.DATE: "DateFilter",
    Kind.DATETIME: "DateTimeFilter",
    Kind.CODE: "CodeFilter",
    Kind.CODES: "ListFilter",
    Kind.TEXTS: "ListFilter",
    Kind.IDS: "ListFilter",
    Kind.DIVISION: "DivisionFilter",
    Kind.UNIT: "UnitFilter",
}
_DIRECTIONS: Mapping[str, tuple[str, str]] = {
    "ASC": ("ASC", "升序 / Ascending; missing values last"),
    "DESC": ("DESC", "降序 / Descending; missing values last"),
}
_LISTS = frozenset({Kind.CODES, Kind.TEXTS, Kind.IDS})


def is_listable(entity: Entity) -> bool:
    """Rows whose very existence is sealed are in no list, so they have no connection, filter or order."""
    return CLASSES[entity.about.key_class].level < Level.L5


def filterable_fields(entity: Entity) -> Iterator[Field]:
    return (field for field in entity.fields.values() if field.filterable and field.level < Level.L5)


def orderable_fields(entity: Entity) -> Iterator[Field]:
    fields = (field for field in entity.fields.values() if field.orderable and field.level < Level.L5)
    return (field for field in fields if field.kind not in _LISTS)


def enum_name(field_name: str) -> str:
    """`child_no` → `CHILD_NO`."""
    return field_name.upper()


def declare_operators(namespace: Namespace) -> None:
    """The filter inputs every entity shares: one per kind of value."""
    namespace["Direction"] = make_enum("Direction", _DIRECTIONS, "顺序 / Direction of an order")
    for name, (scalar, operators) in SHAPES.items():
        fields = [
            input_field(operator, _operand(operator, scalar), both(_OPERATORS[operator]), namespace)
            for operator in operators
        ]
        title = f"条件，各项同时成立 / Conditions on one {name.removesuffix('Filter').lower()} value, all of which hold"
        namespace[name] = make_type(name, fields, title, is_input=True)


def _operand(operator: str, scalar: Any) -> StrawberryAnnotation:
    if operator == "isNull":
        return optional(bool)
    return optional_list(scalar) if operator in ("in", "hasAny") else optional(scalar)


def declare_filter(entity: Entity, entities: Mapping[str, Entity], namespace: Namespace) -> None:
    name = f"{entity.name}Filter"
    shared = {shape: optional(namespace[shape]) for shape in SHAPES}
    fields = [
        input_field("and", f"list[{name}] | None", "同时成立 / All hold", namespace),
        input_field("or", f"list[{name}] | None", "至少其一成立 / At least one holds", namespace),
        input_field("not", f"{name} | None", "不成立 / Does not hold", namespace),
    ]
    for field in filterable_fields(entity):
        fields.append(input_field(camel(field.name), shared[FILTER_OF[field.kind]], both(field.label), namespace))
    for relation in entity.relations.values():
        if is_listable(entities[relation.target]):
            title = f"存在符合条件的{relation.label.zh} / Has {relation.label.en.lower()} for which this holds"
            fields.append(input_field(camel(relation.name), f"{relation.target}Filter | None", title, namespace))
    title = f"{entity.about.label.zh}的筛选条件，各项同时成立 / Conditions on {entity.about.label.en.lower()}; all hold"
    namespace[name] = make_type(name, fields, title, is_input=True)


def declare_order(entity: Entity, namespace: Namespace) -> None:
    enum, name = f"{entity.name}OrderField", f"{entity.name}Order"
    members = {enum_name(field.name): (field.name, both(field.label)) for field in orderable_fields(entity)}
    namespace[enum] = make_enum(enum, members, f"{entity.about.label.zh}可按此排序 / What may order {entity.name}")
    fields = [
        input_field("field", enum, "按哪一项 / By which field", namespace, default=REQUIRED),
        input_field("direction", "Direction", "升序或降序 / Which way", namespace, default="ASC"),
    ]
    namespace[name] = make_type(name, fields, f"{entity.about.label.zh}的排序 / Order of {entity.name}", is_input=True)
