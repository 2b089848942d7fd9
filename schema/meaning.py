"""What a column means: its class, level, owner and labels; refuses a column that lacks any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import MappedColumn, mapped_column

from schema.classes import CLASSES, Label, Level


class Kind(StrEnum):
    """The shape of a field's value, shared by SQL, GraphQL and the dictionary."""

    ID = "id"  # global id: text `<tag>_<county>_<ulid>`, opaque to callers
    TEXT = "text"
    INT = "int"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"  # UTC, rendered as RFC 3339
    CODE = "code"  # one entry of a code list
    CODES = "codes"  # text[], entries of a code list
    TEXTS = "texts"  # text[]
    IDS = "ids"  # text[] of ids
    DIVISION = "division"  # 12-digit administrative division code
    UNIT = "unit"  # code of an organisation, such as ED@430621


class Mask(StrEnum):
    """How a value looks in mode ``masked``; a text or date field without one is withheld there."""

    ID_NUMBER = "id_number"  # 430621********1234
    PHONE = "phone"  # 138****5678
    NAME = "name"  # 张*
    ADDRESS = "address"  # cut after the village part
    CERTIFICATE = "certificate"  # first six and last four characters


class Pseudo(StrEnum):
    """How a value looks in mode ``pseudo``; a field without one passes only if it is a code or bool."""

    HASH = "hash"  # keyed hash
    COUNTY = "county"  # division cut to its county
    YEAR = "year"  # 1 January of the year


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column or computed value as policy, GraphQL and the dictionary see it."""

    label: Label
    data_class: str  # D01 … D42
    level: Level
    owner: tuple[str, ...]  # unit types that may write it; ("hub",) where the hub computes it
    kind: Kind
    facets: frozenset[str] = frozenset()  # parts of the class that a rule may name: D08/carer
    codes: str | None = None  # name of the code list, for CODE and CODES
    mask: Mask | None = None
    pseudo: Pseudo | None = None
    process: bool = False  # a time or state of a process, shown in mode meta
    filterable: bool = True
    orderable: bool = True
    structural: bool = False  # a key or link the engine needs; never in GraphQL
    source: str = ""  # the standard, article or sentence it comes from
    name: str = ""  # snake_case, set when the entity is read
    entity: str = ""
    computed: Callable[[Any], sa.ColumnElement[Any]] | None = field(default=None, compare=False)

    @property
    def group(self) -> str:
        """The Casbin object: class and facets, e.g. ``D08`` or ``D08/carer+essentials``."""
        return f"{self.data_class}/{'+'.join(sorted(self.facets))}" if self.facets else self.data_class


SQL_TYPES: dict[Kind, Callable[[], sa.types.TypeEngine[Any]]] = {
    Kind.ID: sa.Text,
    Kind.TEXT: sa.Text,
    Kind.INT: sa.Integer,
    Kind.BOOL: sa.Boolean,
    Kind.DATE: sa.Date,
    Kind.DATETIME: lambda: sa.DateTime(timezone=True),
    Kind.CODE: sa.Text,
    Kind.CODES: lambda: sa.ARRAY(sa.Text),
    Kind.TEXTS: lambda: sa.ARRAY(sa.Text),
    Kind.IDS: lambda: sa.ARRAY(sa.Text),
    Kind.DIVISION: lambda: sa.String(12),
    Kind.UNIT: sa.Text,
}


def column(
    kind: Kind,
    data_class: str,
    zh: str,
    en: str,
    *,
    owner: str | tuple[str, ...],
    level: Level | None = None,
    null: bool = True,
    primary_key: bool = False,
    default: Any = None,
    facets: str = "",
    references: str | None = None,
    sort_order: int = 0,
    **meaning: Any,
) -> MappedColumn[Any]:
    """A mapped column that carries its meaning; `level` defaults to its class's, `facets` are space-separated.

    `references` names the table of the same county that an id points to, or `table.column` of a reference table.
    """
    from_class = CLASSES.get(data_class)
    if from_class is None:
        raise MeaningError(f"unknown data class {data_class!r} on {en!r}")
    level = from_class.level if level is None else level
    if level is Level.L5:
        meaning |= {"filterable": False, "orderable": False}
    described = Field(
        label=Label(zh=zh, en=en),
        data_class=data_class,
        level=level,
        owner=(owner,) if isinstance(owner, str) else owner,
        kind=kind,
        facets=frozenset(facets.split()),
        **meaning,
    )
    comment = f"{zh} / {en} [{data_class} L{int(described.level)} {','.join(described.owner)}]"
    return mapped_column(
        SQL_TYPES[kind](),
        nullable=null and not primary_key,
        primary_key=primary_key,
        server_default=default,
        sort_order=sort_order,
        comment=comment,
        info={"field": described, "references": references},
    )


class MeaningError(Exception):
    """A declaration lacks its class, level, owner or label, or names an unknown one."""


class Anchor(Enum):
    """What a row's scope hangs on: how `own`, `sub`, `case`, `assigned` become SQL for it."""

    CHILD = "child"  # is, or belongs to, one child: (county, child_id) or the child itself
    FAMILY = "family"  # belongs to a household: reached through any child of it
    DIVISION = "division"  # lies in an administrative division
    UNIT = "unit"  # belongs to units (columns named in `unit_columns`)
    PUBLIC = "public"  # reference data: divisions, organisations


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A way from a row to others. `many` gives a list, else at most one row."""

    name: str  # snake_case GraphQL field name
    target: str  # entity name
    label: Label
    many: bool
    #: pairs (local column, remote column), joined by AND; county pairs are written out too
    on: tuple[tuple[str, str], ...]
    #: default order of a list: remote columns, a leading "-" for descending
    order: tuple[str, ...] = ("id",)
    #: the exposed local field whose value the relation follows; who may not read it may not follow; set when read
    via: str | None = None


def one(name: str, target: str, zh: str, en: str, *, on: str) -> Relation:
    """To the row of the same county whose id the column `on` holds."""
    return Relation(
        name=name, target=target, label=Label(zh=zh, en=en), many=False, on=(("county", "county"), (on, "id"))
    )


def many(name: str, target: str, zh: str, en: str, *, by: str, order: tuple[str, ...] = ("id",)) -> Relation:
    """To the rows of the same county whose column `by` holds this row's id."""
    return Relation(
        name=name,
        target=target,
        label=Label(zh=zh, en=en),
        many=True,
        on=(("county", "county"), ("id", by)),
        order=order,
    )


def refers(name: str, target: str, zh: str, en: str, *, on: tuple[str, str]) -> Relation:
    """To one row of a table that no county keys: `on` is (local column, remote column)."""
    return Relation(name=name, target=target, label=Label(zh=zh, en=en), many=False, on=(on,))


def lists(
    name: str, target: str, zh: str, en: str, *, on: tuple[str, str], order: tuple[str, ...] = ("id",)
) -> Relation:
    """To the rows of a table that no county keys: `on` is (local column, remote column)."""
    return Relation(name=name, target=target, label=Label(zh=zh, en=en), many=True, on=(on,), order=order)
