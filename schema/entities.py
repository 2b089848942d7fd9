"""Reads mapped classes into entities: fields, relations, anchors; refuses what is incomplete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr

from schema.classes import CLASSES, Label, Level
from schema.meaning import Anchor, Field, Kind, MeaningError, Pseudo, Relation, column, one

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a mapped class says of itself, beside its columns."""

    label: Label
    key_class: str  # the data class of its id and of the fact that a row exists
    anchor: Anchor
    id_tag: str  # prefix of its global ids, e.g. "child" in child_430621_01J…
    single: str  # GraphQL root field for one row
    plural: str  # GraphQL root field for the connection
    natural_key: str | None = None  # column that also finds one row, e.g. child_no
    relations: tuple[Relation, ...] = ()
    computed: tuple[Field, ...] = ()
    unit_columns: tuple[str, ...] = ()  # for Anchor.UNIT, and row-level conditions such as own_report
    #: for Anchor.DIVISION; for a child, where it lives, which also says the county that keys the row
    division_column: str = "division"
    case_column: str | None = None  # links a row to one case; scope `case` then means that case
    default_order: str | None = None  # column that lists follow before the key, along an index
    history: bool = True  # keeps former states for asOf in a twin table
    indexes: tuple[tuple[str, ...], ...] = ()  # beside those of the links
    unique: tuple[tuple[str, ...], ...] = ()
    key_facets: str = ""  # facets of the id
    #: class, facets and level of who supplied the row, where that says more than the row, such as a hidden shelter
    source_class: str | None = None
    source_facets: str = ""
    source_level: Level | None = None
    #: pairs of columns of which the second is not before the first; `valid_from` and `valid_to` go without saying
    spans: tuple[tuple[str, str], ...] = ()
    end: tuple[str, ...] = ()  # the day on which a row ends and, where it says so, why; without it, `valid_to`
    numbered_by: str | None = None  # the division column from which the hub makes the natural key if none is given
    commanded: bool = False  # written by commands that keep its process, never field by field

    @property
    def natural_key_made(self) -> str | None:
        """The natural key that the hub makes where none is given."""
        return self.natural_key if self.numbered_by else None


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)
    about: ClassVar[About]
    shared_relations: ClassVar[tuple[Relation, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")  # an abstract base has none
        if isinstance(table, sa.Table):
            _tie(table, cls.about)


def _tie(table: sa.Table, about: About) -> None:
    """Adds what the columns' links and the entity's `about` ask for: foreign keys, indexes, unique constraints."""
    indexes = {*about.indexes}
    for c in list(table.columns):
        target: str | None = c.info.get("references")
        if target is None:
            continue
        local = (c.name,) if "." in target else ("county", c.name)
        remote = (target,) if "." in target else (f"{target}.county", f"{target}.id")
        table.append_constraint(sa.ForeignKeyConstraint(local, remote))
        if not any(names[: len(local)] == local for names in (*about.indexes, *about.unique)):
            indexes.add(local)
    for names in sorted(indexes):
        # An index on a list holds the few rows that have one; a plain index scan then serves "is in the list".
        listed = [table.c[name].is_not(None) for name in names if isinstance(table.c[name].type, sa.ARRAY)]
        sa.Index(None, *(table.c[name] for name in names), postgresql_where=listed[0] if listed else None)
    for names in about.unique:
        table.append_constraint(sa.UniqueConstraint(*(table.c[name] for name in names)))


class Identified:
    """A row with an id that tells nothing."""

    about: ClassVar[About]

    @declared_attr
    def id(cls) -> Mapped[str]:
        about = cls.about
        return column(
            Kind.ID, about.key_class, f"{about.label.zh}编号", f"{about.label.en} id", owner="hub", primary_key=True,
            facets=about.key_facets, pseudo=Pseudo.HASH, sort_order=-3,
        )  # fmt: skip


class CountyKeyed(Identified):
    """A row that belongs to a child: its county is part of the key, so that a county is a shard."""

    @declared_attr
    def county(cls) -> Mapped[str]:
        return column(
            Kind.TEXT, cls.about.key_class, "县级区划", "County code", owner="hub", primary_key=True, structural=True,
            sort_order=-4,
        )  # fmt: skip


class ChildBound(CountyKeyed):
    """A row about one child."""

    shared_relations: ClassVar[tuple[Relation, ...]] = (one("child", "Child", "儿童", "Child", on="child_id"),)

    @declared_attr
    def child_id(cls) -> Mapped[str]:
        return column(
            Kind.ID, cls.about.key_class, "儿童", "Child", owner="hub", null=False, structural=True,
            references="child", sort_order=-2,
        )  # fmt: skip


class CaseBound(ChildBound):
    """A row about one child within one case."""

    shared_relations: ClassVar[tuple[Relation, ...]] = (
        *ChildBound.shared_relations,
        one("case", "ProtectionCase", "案件", "Case", on="case_id"),
    )

    @declared_attr
    def case_id(cls) -> Mapped[str]:
        return column(
            Kind.ID, cls.about.key_class, "案件", "Case", owner="hub", null=False, structural=True,
            references="protection_case", sort_order=-1,
        )  # fmt: skip


def _source(about: About, kind: Kind, zh: str, en: str, **more: Any) -> MappedColumn[Any]:
    data_class = about.source_class or about.key_class
    return column(
        kind,
        data_class,
        zh,
        en,
        owner="hub",
        level=about.source_level,
        facets=about.source_facets,
        sort_order=1,
        **more,
    )


class Recorded:
    """The provenance block of a row, in the row's key class; values from elsewhere: ``value_provenance``."""

    about: ClassVar[About]

    @declared_attr
    def source_unit(cls) -> Mapped[str]:
        return _source(cls.about, Kind.UNIT, "提供单位", "Supplying unit", null=False)

    @declared_attr
    def source_system(cls) -> Mapped[str | None]:
        return _source(cls.about, Kind.TEXT, "来源系统", "Source system", process=True)

    @declared_attr
    def source_record_id(cls) -> Mapped[str | None]:
        return _source(cls.about, Kind.TEXT, "来源记录号", "Source record id", orderable=False)

    @declared_attr
    def supplier_duty(cls) -> Mapped[str | None]:
        return _source(cls.about, Kind.TEXT, "提供所依职责", "Duty under which it was supplied")

    @declared_attr
    def effective_from(cls) -> Mapped[date | None]:
        return column(
            Kind.DATE, cls.about.key_class, "生效日期", "Effective from", owner="hub", process=True, sort_order=1
        )

    @declared_attr
    def recorded_at(cls) -> Mapped[datetime]:
        return column(
            Kind.DATETIME,
            cls.about.key_class,
            "记录时间",
            "Recorded at",
            owner="hub",
            null=False,
            process=True,
            sort_order=1,
        )

    @declared_attr
    def recorded_by(cls) -> Mapped[str]:
        return column(
            Kind.TEXT,
            cls.about.key_class,
            "记录人",
            "Recorded by",
            owner="hub",
            null=False,
            structural=True,
            sort_order=1,
        )

    @declared_attr
    def verified_status(cls) -> Mapped[str]:
        return column(
            Kind.CODE, cls.about.key_class, "核实状态", "Verification", owner="hub", null=False,
            default="unverified", codes="verified_status", sort_order=1,
        )  # fmt: skip

    @declared_attr
    def row_version(cls) -> Mapped[int]:
        return column(
            Kind.INT, cls.about.key_class, "行版本", "Row version", owner="hub", null=False, default="1", sort_order=1
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A declared entity: what the planner, GraphQL, Casbin and the dictionary read."""

    name: str
    about: About
    table: sa.Table
    history: sa.Table | None  # the same columns plus superseded_at
    fields: Mapping[str, Field]  # by snake_case name, computed ones included, structural ones not
    relations: Mapping[str, Relation]
    mapped: type[Base]

    @property
    def child_bound(self) -> bool:
        """Whether its rows are about a child or a household, keyed by county."""
        return self.about.anchor in (Anchor.CHILD, Anchor.FAMILY)

    @property
    def spans(self) -> tuple[tuple[str, str], ...]:
        """The pairs of columns that must follow each other in time."""
        common = ("valid_from", "valid_to")
        return (*self.about.spans, *((common,) if set(common) <= set(self.fields) else ()))

    @property
    def end(self) -> tuple[str, ...]:
        """The day on which a row ends and, where it says so, why; empty where rows do not end."""
        return self.about.end or (("valid_to",) if "valid_to" in self.fields else ())

    @property
    def key(self) -> str:
        """The column that names a row within its county: `id`, or a natural code."""
        return next(c.name for c in self.table.primary_key if c.name != "county")


def camel(name: str) -> str:
    """`citizen_id_no` → `citizenIdNo`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def read_entity(mapped: type[Base]) -> Entity:
    """The entity a mapped class declares; raises MeaningError naming every incomplete column."""
    about, name = mapped.about, mapped.__name__
    table = mapped.__table__
    if not isinstance(table, sa.Table):
        raise MeaningError(f"{name} is not mapped to a table")
    if about.key_class not in CLASSES:
        raise MeaningError(f"{name}: unknown key class {about.key_class!r}")
    if about.history and not issubclass(mapped, Recorded):
        raise MeaningError(f"{name} keeps former states but does not say when they were recorded")
    unexplained = [f"{name}.{c.name}" for c in table.columns if not isinstance(c.info.get("field"), Field)]
    if unexplained:
        raise MeaningError(f"columns without class, level, owner and label: {', '.join(unexplained)}")
    stray = {*about.end, about.numbered_by, *(name for pair in about.spans for name in pair)} - {*table.c.keys(), None}
    if stray:
        raise MeaningError(f"{name} speaks of columns that it does not have: {sorted(map(str, stray))}")
    fields = {
        field.name: field
        for field in (
            *(replace(c.info["field"], name=c.name, entity=name) for c in table.columns),
            *(replace(f, entity=name) for f in about.computed),
        )
        if not field.structural
    }
    _check_fields(name, fields)
    return Entity(
        name=name,
        about=about,
        table=table,
        history=_history_twin(table) if about.history else None,
        fields=fields,
        relations={
            relation.name: replace(relation, via=_via(relation, fields))
            for relation in (*mapped.shared_relations, *about.relations)
        },
        mapped=mapped,
    )


def _via(relation: Relation, fields: Mapping[str, Field]) -> str | None:
    """The exposed field that holds the link: its value and the relation tell the same."""
    local = next((local for local, _ in relation.on if local != "county"), None)
    return local if local in fields and not relation.many else None


def _check_fields(entity: str, fields: Mapping[str, Field]) -> None:
    for field in fields.values():
        where = f"{entity}.{field.name}"
        if not field.owner or not field.label.zh or not field.label.en:
            raise MeaningError(f"{where}: owner and both labels are needed")
        if (field.kind in (Kind.CODE, Kind.CODES)) != (field.codes is not None):
            raise MeaningError(f"{where}: a code field names its code list, no other field does")


def _history_twin(table: sa.Table) -> sa.Table:
    """A table of former rows: same columns, plus the time at which each was superseded."""
    name = f"{table.name}_history"
    if name in table.metadata.tables:
        return table.metadata.tables[name]
    columns = [sa.Column(c.name, c.type, nullable=c.nullable, comment=c.comment, info=c.info) for c in table.columns]
    twin = sa.Table(
        name,
        table.metadata,
        *columns,
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False, comment="失效时间 / Superseded at"),
        sa.PrimaryKeyConstraint(*(c.name for c in table.primary_key), "row_version"),
    )
    if "child_id" in twin.c:
        sa.Index(None, twin.c.county, twin.c.child_id)
    return twin


def read_entities() -> Iterator[Entity]:
    """Every mapped class, in order of declaration."""
    for mapper in Base.registry.mappers:
        yield read_entity(mapper.class_)
