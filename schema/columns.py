"""Short words to declare columns of one data class and one owner: the class is said once per table, not per column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy.orm import MappedColumn

from schema.classes import Level
from schema.meaning import Kind, Mask, Pseudo, column


class More(TypedDict, total=False):
    """What a column may say beside its kind and labels."""

    data_class: str  # where it differs from the table's
    owner: str | tuple[str, ...]
    level: Level
    null: bool
    primary_key: bool
    default: str
    facets: str
    references: str
    mask: Mask
    pseudo: Pseudo
    process: bool
    filterable: bool
    orderable: bool
    structural: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Makes columns of one class and owner; each call may name another."""

    data_class: str
    owner: str | tuple[str, ...]
    level: Level | None = None  # where all of them differ from their class
    facets: str = ""  # of those columns that name neither facets nor a class of their own

    def link(self, to: str, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        """An id of another row that the engine needs and nobody reads; the relation beside it is what is asked for."""
        return self._column(Kind.ID, zh, en, **{"references": to, "structural": True, **more})

    def ref(self, to: str, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        """An id of another row that may be read."""
        return self._column(Kind.ID, zh, en, **{"references": to, "pseudo": Pseudo.HASH, **more})

    def unit(self, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        return self._column(Kind.UNIT, zh, en, **more)

    def division(self, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        return self._column(Kind.DIVISION, zh, en, **{"pseudo": Pseudo.COUNTY, **more})

    def code(self, codes: str, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        return self._column(Kind.CODE, zh, en, codes=codes, **more)

    def codes(self, codes: str, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        return self._column(Kind.CODES, zh, en, codes=codes, **more)

    def text(self, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        return self._column(Kind.TEXT, zh, en, **more)

    def texts(self, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        return self._column(Kind.TEXTS, zh, en, **more)

    def number(self, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        return self._column(Kind.INT, zh, en, **more)

    def flag(self, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        return self._column(Kind.BOOL, zh, en, **more)

    def day(self, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        return self._column(Kind.DATE, zh, en, **more)

    def moment(self, zh: str, en: str, **more: Unpack[More]) -> MappedColumn[Any]:
        return self._column(Kind.DATETIME, zh, en, **more)

    def _column(self, kind: Kind, zh: str, en: str, **more: Any) -> MappedColumn[Any]:
        own = "data_class" not in more
        data_class = more.pop("data_class", self.data_class)
        more.setdefault("facets", self.facets if own else "")
        return column(kind, data_class, zh, en, **{"owner": self.owner, "level": self.level, **more})
