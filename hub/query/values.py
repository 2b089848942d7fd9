"""The SQL of one value under one mode: plain, masked or pseudonymous, so that nothing else leaves the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import sqlalchemy as sa

from schema import scopes
from schema.entities import Entity
from schema.meaning import Field, Mask, Pseudo
from schema.scopes import parameter
from schema.treatment import treatment

Value: TypeAlias = sa.ColumnElement[Any]


class Columns(Mapping[str, Value]):
    """The columns of a FROM item by name, written out, so that a statement may refer to an outer item freely."""

    def __init__(self, alias: str, table: sa.Table) -> None:
        self._columns = {
            column.name: sa.literal_column(f'"{alias}".{column.name}', column.type) for column in table.columns
        }

    def __getitem__(self, name: str) -> Value:
        return self._columns[name]

    def __getattr__(self, name: str) -> Value:
        try:
            return self._columns[name]
        except KeyError as missing:
            raise AttributeError(name) from missing

    def __iter__(self) -> Any:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


class Source:
    """A FROM item of a statement: an alias of a table, with the columns that scopes and computed fields read."""

    __slots__ = ("alias", "c", "table")

    def __init__(self, alias: str, table: sa.Table) -> None:
        self.alias = alias
        self.table = table
        self.c = Columns(alias, table)


def raw(field: Field, entity: Entity, source: Source) -> Value:
    """The stored or computed value itself."""
    if field.computed is not None:
        return field.computed(source)
    if scopes.names_shelter(entity, field):
        return scopes.without_shelter(source, field.name)
    return source.c[field.name]


def shown(field: Field, entity: Entity, source: Source, mode: str) -> Value:
    """The value as this mode shows it; null where the mode shows nothing of it."""
    value = raw(field, entity, source)
    how = treatment(field, mode)
    if how == "plain":
        return value
    if isinstance(how, Mask):
        return MASKS[how](value)
    if isinstance(how, Pseudo):
        return PSEUDONYMS[how](value)
    return sa.null()


def _ends(value: Value, head: int, stars: str, tail: int) -> Value:
    """First `head` and last `tail` characters around stars; all stars where too little would be hidden."""
    whole = sa.func.left(value, head).concat(stars).concat(sa.func.right(value, tail))
    return sa.case((value.is_(None), sa.null()), (sa.func.length(value) >= head + tail + 3, whole), else_=stars)


def _name(value: Value) -> Value:
    hidden = sa.func.greatest(sa.func.length(value) - 1, 1)
    return sa.func.left(value, 1).concat(sa.func.repeat("*", hidden))


def _address(value: Value) -> Value:
    village = sa.func.substring(value, "^.*?(?:村|社区|居委会)")
    return sa.case((value.is_(None), sa.null()), else_=sa.func.coalesce(village, "***"))


def _hash(value: Value) -> Value:
    keyed = sa.func.convert_to(parameter("salt").concat(sa.cast(value, sa.Text)), "UTF8")
    return sa.func.left(sa.func.encode(sa.func.sha256(keyed), "hex"), 32)


MASKS: Mapping[Mask, Callable[[Value], Value]] = {
    Mask.ID_NUMBER: lambda value: _ends(value, 6, "********", 4),
    Mask.PHONE: lambda value: _ends(value, 3, "****", 4),
    Mask.NAME: _name,
    Mask.ADDRESS: _address,
    Mask.CERTIFICATE: lambda value: _ends(value, 6, "**********", 4),
}

PSEUDONYMS: Mapping[Pseudo, Callable[[Value], Value]] = {
    Pseudo.HASH: _hash,
    Pseudo.COUNTY: lambda value: sa.func.left(value, 6).concat("000000"),
    Pseudo.YEAR: lambda value: sa.func.make_date(sa.cast(sa.extract("year", value), sa.Integer), 1, 1),
}
