"""The plan of one root field: what is read, under which rights, with which refusals. Data only, no SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from hub.policy.grant import Refusal, Right
from hub.query.operation import Leaf
from schema.entities import Entity
from schema.meaning import Field, Relation

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field under a response key, with the rights under any of which it is shown, strongest mode first."""

    key: str
    field: Field
    rights: tuple[Right, ...]
    beyond: Refusal  # why it is withheld on a row that none of them reaches
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """`__typename`, or null for a field that is withheld on every row."""

    key: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldNames:
    """The object's own list of the selected fields that are withheld on it."""

    key: str
    always: tuple[str, ...]  # names withheld whatever the row


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtedNames:
    """The object's own list of the selected fields that are shown on it and that a unit has put to check (校核)."""

    key: str


class Op(Enum):
    EQ = "eq"
    NE = "ne"
    IN = "in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    IS_NULL = "isNull"
    WITHIN = "within"
    HAS = "has"
    HAS_ANY = "hasAny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    field: Field
    op: Op
    value: Leaf
    rights: tuple[Right, ...]  # rows where none holds never match


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    part: Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Exists:
    """Some visible row of the relation matches."""

    relation: Relation
    entity: Entity
    visible: tuple[Right, ...]
    part: Filter
    gate: tuple[Right, ...] | None


Filter: TypeAlias = "Compare | Every | Some | Not | Exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    field: Field
    descending: bool
    rights: tuple[Right, ...]  # rows where none holds sort as null


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The rights on the field that a relation follows: where none holds, the relation is withheld as that field is."""

    rights: tuple[Right, ...]
    data_class: str
    beyond: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Rows of one entity: those that some right reaches, as objects of these items."""

    key: str
    entity: Entity
    relation: Relation | None  # how it hangs on the node above; None at the root
    items: tuple[Item, ...]
    visible: tuple[Right, ...]
    beyond: Refusal  # why it is withheld below a row that none of them reaches
    path: Path
    where: Filter | None = None
    order: tuple[Order, ...] = ()
    first: int | None = None  # for lists below the root
    gate: Gate | None = None  # None: the relation follows no field of its own


Item: TypeAlias = "Column | Constant | WithheldNames | DoubtedNames | Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """`edges { cursor node { … } }`: the parts of each edge in the order asked for."""

    key: str
    parts: tuple[tuple[str, str, Node | None], ...]  # (response key, cursor|node|__typename, node)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInfo:
    key: str
    parts: tuple[tuple[str, str], ...]  # (response key, field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    key: str
    limit: int
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    key: str
    node: Node


Part: TypeAlias = "Nodes | Edges | PageInfo | Count | Constant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A root list: a page in key order behind an optional cursor."""

    entity: Entity
    visible: tuple[Right, ...]
    where: Filter | None
    order: tuple[Order, ...]
    first: int
    after: Leaf | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """A root object found by its id or natural key."""

    node: Node
    column: str
    value: Leaf
    rights: tuple[Right, ...]  # under any of which the row may be found so


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """One entry of the access report: a path that is null because of a refusal."""

    path: Path
    data_class: str
    refusal: Refusal
    field: str = ""  # Child.citizen_id_no; the entity alone where the whole row is withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The plan of one root field; `read` is None when nothing may be read, and the field is null."""

    key: str
    read: Connection | Single | None
    as_of: Leaf | None
    withheld: tuple[Withheld, ...]
    #: what the access record says: fields disclosed, and the rules that allow them
    fields: tuple[str, ...]
    rules: tuple[str, ...]
    arguments: Mapping[str, object]  # for the binding of cursors to their arguments
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The fields of one type that answer with a row each."""

    type: str
    fields: Mapping[str, Entity]  # the first is what it is about

    @property
    def main(self) -> Entity:
        return next(iter(self.fields.values()))

    @classmethod
    def of_payload(cls, entity: Entity) -> Rows:
        return cls(type=payload_name(entity), fields={entity.about.single: entity})


def payload_name(entity: Entity) -> str:
    """The type of what a mutation of the entity answers with."""
    return f"{entity.name}Payload"
