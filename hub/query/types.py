"""Object types out of the registry: each entity, its edge and connection, and the root fields that reach it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from hub.query.filters import is_listable
from hub.query.scalars import Date, DateTime
from hub.query.shapes import Namespace, argument, both, make_type, optional, optional_list, output
from schema.classes import CLASSES
from schema.entities import Entity, camel
from schema.meaning import Field, Kind, MeaningError, Relation

DEFAULT_PAGE = 20
DEFAULT_COUNT_LIMIT = 1000

ANNOTATIONS: Mapping[Kind, StrawberryAnnotation] = {
    Kind.ID: optional(strawberry.ID),
    Kind.TEXT: optional(str),
    Kind.INT: optional(int),
    Kind.BOOL: optional(bool),
    Kind.DATE: optional(Date),
    Kind.DATETIME: optional(DateTime),
    Kind.CODE: optional(str),
    Kind.CODES: optional_list(str),
    Kind.TEXTS: optional_list(str),
    Kind.IDS: optional_list(strawberry.ID),
    Kind.DIVISION: optional(str),
    Kind.UNIT: optional(str),
}


class RootKind(Enum):
    """What a root field of the registry answers with."""

    ONE = "one"  # one row by id or natural key
    PAGE = "page"  # a connection
    NODE = "node"  # one row of any entity, by global id


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    kind: RootKind
    entity: str | None  # None for node


@strawberry.interface(description="任何可按全局编号取得的对象 / Whatever has a global id")
class Node:
    id: strawberry.ID = strawberry.field(description="全局编号，不含意义 / Global id, opaque")


@strawberry.type(description="翻页信息 / Where the page stands")
class PageInfo:
    has_next_page: bool = strawberry.field(description="后面还有 / More follow")
    has_previous_page: bool = strawberry.field(description="前面还有 / Some precede")
    start_cursor: str | None = strawberry.field(description="首行游标 / Cursor of the first row")
    end_cursor: str | None = strawberry.field(
        description="末行游标，供 after 使用 / Cursor of the last row, for `after`"
    )


@strawberry.type(description="计数，只数你能看到的行 / A count of the rows you may see")
class Count:
    value: int = strawberry.field(description="数目，不超过上限 / The number, up to the limit")
    is_exact: bool = strawberry.field(description="未到上限，数目准确 / Whether the limit was not reached")


def describe(field: Field) -> str:
    """Label, class, level and owner; for a code, what its values mean or where they are listed."""
    owners = ",".join(field.owner)
    text = f"{both(field.label)} [{field.data_class} {CLASSES[field.data_class].label.zh} L{int(field.level)} {owners}]"
    return text + _describe_codes(field.codes) if field.codes else text


def _describe_codes(name: str) -> str:
    return f'\n代码表 / Code list: codeList(name: "{name}")'


def declare_shared(namespace: Namespace) -> None:
    namespace |= {"Node": Node, "PageInfo": PageInfo, "Count": Count}


def declare_entity(entity: Entity, entities: Mapping[str, Entity], namespace: Namespace) -> None:
    """The entity's type, and its connection unless its rows are sealed."""
    fields = [output("id", strawberry.ID, "全局编号 / Global id", namespace)]
    fields += [
        output(camel(field.name), ANNOTATIONS[field.kind], describe(field), namespace)
        for field in entity.fields.values()
        if field.name != "id"
    ]
    fields += [_relation(relation, entities[relation.target], namespace) for relation in entity.relations.values()]
    withheld = "本行中不向你提供的字段 / Fields of this row that are withheld from you"
    fields.append(output("withheld", optional_list(str), withheld, namespace))
    under_check = "本行所选字段中正在校核的 / Of the fields selected here, those that are under check"
    fields.append(output("underCheck", optional_list(str), under_check, namespace))
    _refuse_clashes(entity, fields)
    about = entity.about
    title = f"{both(about.label)} [{about.key_class} {CLASSES[about.key_class].label.zh}]"
    namespace[entity.name] = make_type(entity.name, fields, title, bases=(Node,))
    if is_listable(entity):
        _declare_connection(entity, namespace)


def _refuse_clashes(entity: Entity, fields: list[StrawberryField]) -> None:
    names = [field.graphql_name for field in fields]
    if twice := sorted({str(name) for name in names if names.count(name) > 1}):
        raise MeaningError(f"{entity.name}: a field and a relation share the name {', '.join(twice)}")


def _relation(relation: Relation, target: Entity, namespace: Namespace) -> StrawberryField:
    title = f"{both(relation.label)}"
    if not relation.many:
        return output(camel(relation.name), f"{relation.target} | None", title, namespace)
    arguments = [_first(namespace)]
    if is_listable(target):
        arguments += _filter_and_order(relation.target, namespace)
    return output(camel(relation.name), f"list[{relation.target}] | None", title, namespace, arguments=arguments)


def _first(namespace: Namespace) -> StrawberryArgument:
    return argument("first", optional(int), "至多几行 / At most this many", namespace, default=DEFAULT_PAGE)


def _filter_and_order(entity: str, namespace: Namespace) -> list[StrawberryArgument]:
    return [
        argument("filter", f"{entity}Filter | None", "筛选 / Only these", namespace),
        argument("orderBy", f"list[{entity}Order] | None", "排序 / In this order", namespace),
    ]


def _declare_connection(entity: Entity, namespace: Namespace) -> None:
    name, label = entity.name, entity.about.label
    edge = [
        output("cursor", str, "游标 / Cursor of this row", namespace),
        output("node", name, both(label), namespace),
    ]
    namespace[f"{name}Edge"] = make_type(f"{name}Edge", edge, f"{label.zh}及其游标 / A row and its cursor")
    limit = argument(
        "limit", optional(int), "数到多少为止 / Stop counting here", namespace, default=DEFAULT_COUNT_LIMIT
    )
    connection = [
        output("nodes", f"list[{name}]", "本页各行 / The rows of this page", namespace),
        output("edges", f"list[{name}Edge]", "本页各行及游标 / The rows with their cursors", namespace),
        output("pageInfo", PageInfo, "翻页信息 / Where this page stands", namespace),
        output("count", Count, "符合条件的行数 / How many rows match", namespace, arguments=[limit]),
    ]
    namespace[f"{name}Connection"] = make_type(
        f"{name}Connection", connection, f"{label.zh}，一页 / A page of {label.en.lower()}"
    )


def roots_of(entities: Mapping[str, Entity]) -> dict[str, Root]:
    """The root fields the planner answers, by name; every other root field speaks of the hub itself."""
    roots = {"node": Root(kind=RootKind.NODE, entity=None)}
    for entity in entities.values():
        roots[entity.about.single] = Root(kind=RootKind.ONE, entity=entity.name)
        if is_listable(entity):
            roots[entity.about.plural] = Root(kind=RootKind.PAGE, entity=entity.name)
    return roots


def root_fields(entity: Entity, namespace: Namespace) -> Iterator[StrawberryField]:
    """One row by its id or natural key, and the connection."""
    about = entity.about
    yield output(
        about.single, f"{entity.name} | None", f"{about.label.zh}，一个 / One {about.label.en.lower()}", namespace,
        arguments=[*_keys(entity, namespace), as_of(namespace)],
    )  # fmt: skip
    if is_listable(entity):
        after = argument("after", optional(str), "从此游标之后 / After this cursor", namespace)
        yield output(
            about.plural, f"{entity.name}Connection | None",
            f"{about.label.zh}，按页 / {about.label.en}, by page", namespace,
            arguments=[_first(namespace), after, *_filter_and_order(entity.name, namespace), as_of(namespace)],
        )  # fmt: skip


def _keys(entity: Entity, namespace: Namespace) -> Iterator[StrawberryArgument]:
    yield argument("id", optional(strawberry.ID), "全局编号 / Global id", namespace)
    if key := entity.about.natural_key:
        yield argument(camel(key), optional(str), both(entity.fields[key].label), namespace)


def node_field(namespace: Namespace) -> StrawberryField:
    key = argument("id", strawberry.ID, "全局编号 / Global id", namespace)
    title = "按全局编号取任一对象 / Any object by its global id"
    return output("node", optional(Node), title, namespace, arguments=[key, as_of(namespace)])


def as_of(namespace: Namespace) -> StrawberryArgument:
    return argument("asOf", optional(DateTime), "当时的状态 / As it stood then", namespace)
