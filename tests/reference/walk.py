"""One walk over a document: what is asked of the judge and of the facts, and what is noted on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import GraphQLResolveInfo

from schema.entities import Entity
from schema.meaning import Anchor, Field, Kind, Relation
from schema.registry import ENTITIES
from tests.reference import judge, looks
from tests.reference.facts import Asker, Facts, Row, Vector

CURSOR = "cursor"  # what the reference says in place of a cursor
Path: TypeAlias = tuple[str, ...]
Steps: TypeAlias = tuple[str | int, ...]
Info: TypeAlias = "GraphQLResolveInfo[Walk]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A path withheld: on so many of the rows at its root, or (None) whatever the rows; for one of these codes."""

    path: Path
    codes: frozenset[str]
    data_class: str
    rows: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    data: Mapping[str, Any]
    withheld: frozenset[Withheld]
    ids: Mapping[str, Sequence[str]]  # by response key of a root: the keys of the rows it shows
    name_lists: frozenset[Steps]  # where the data holds the names of what is withheld
    refused: frozenset[tuple[str, Path]]  # if not empty, any one of these is the answer


@dataclass(frozen=True, slots=True)
class Thing:
    """A row on its way through the document; without a row in the first walk."""

    entity: Entity
    row: Row | None
    child: Row | None
    as_of: Any = None


@dataclass(frozen=True, slots=True)
class Page:
    """A root connection: the things of the page, and of all that match."""

    entity: Entity
    shown: Sequence[Thing]
    matching: int
    first: int
    begins: int

    def info(self, name: str) -> object:
        if name == "hasNextPage":
            return self.matching > self.begins + self.first
        return self.begins > 0 if name == "hasPreviousPage" else (CURSOR if self.shown else None)


@dataclass(slots=True)
class Walk:
    """One walk over a document."""

    facts: Facts
    law: judge.Judge
    asker: Asker
    salt: str
    begins: Mapping[str, int]  # response key of a root → rows already passed by the cursor
    answering: bool  # false in the first walk
    refused: set[tuple[str, Path]] = field(default_factory=set)
    fixed: set[tuple[Path, str, str]] = field(default_factory=set)
    met: dict[tuple[Path, frozenset[str], str], set[int]] = field(default_factory=dict)
    names: dict[Steps, list[str]] = field(default_factory=dict)
    lists_of_names: list[Steps] = field(default_factory=list)
    shown: dict[Steps, set[str]] = field(default_factory=dict)  # fields shown of an object, by where it stands
    lists_of_doubts: list[tuple[Steps, set[str]]] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)
    opened: dict[tuple[str, str, str], tuple[Vector, ...]] = field(default_factory=dict)
    seen_by: dict[tuple[str, str], list[Vector]] = field(default_factory=dict)

    def rights(self, group: str, entity: Entity, action: str) -> tuple[Vector, ...]:
        """The rights on a field group that this request opens, and that could reach rows of the entity."""
        key = (group, entity.name, action)
        if key not in self.opened:
            self.opened[key] = tuple(
                v
                for v in self.law.held(group, action)
                if self.asker.states(v.purpose) and v.mode != "aggregate" and self.facts.applies(v, entity)
            )
        return self.opened[key]

    def visible(self, entity: Entity, action: str) -> list[Vector]:
        """The rights by which rows of the entity may be seen: any that shows something of one."""
        if (entity.name, action) not in self.seen_by:
            fields = entity.fields.values()
            rights = [v for f in fields for v in self.rights(f.group, entity, action) if looks.shows(f, v.mode)]
            self.seen_by[entity.name, action] = list(dict.fromkeys(rights))
        return self.seen_by[entity.name, action]

    def comparable(self, entity: Entity, name: str, action: str) -> list[Vector]:
        """The rights by which a field may be compared: in full; the id by any that shows more than a pseudonym."""
        if name == "id":
            return [v for v in self.visible(entity, action) if v.mode != "pseudo"]
        return [v for v in self.rights(entity.fields[name].group, entity, action) if v.mode == "full"]

    def holds(self, rights: Sequence[Vector], thing: Thing) -> bool:
        row = thing.row
        return row is not None and any(self.facts.holds(v, thing.entity, row, thing.child) for v in rights)

    def why(self, group: str, action: str) -> str:
        """The code where a field is withheld whatever the row."""
        if any(not self.asker.states(v.purpose) for v in self.law.held(group, action)):
            return "NEEDS_PURPOSE"
        return "NEVER" if judge.is_sealed(group) else "NO_DUTY"

    def withhold(self, info: Info, group: str, action: str) -> None:
        self.fixed.add((words_of(info), self.why(group, action), group.partition("/")[0]))
        self.name(info)

    def withhold_here(self, info: Info, rights: Sequence[Vector], data_class: str) -> None:
        steps = info.path.as_list()
        at_root = steps[2] if steps[1] in ("nodes", "edges") else 0  # a single row is one, whatever lies below it
        codes = frozenset(map(row_code, rights))
        codes = codes - {"NEEDS_LEASE"} or codes
        self.met.setdefault((words_of(info), codes, data_class), set()).add(int(at_root))
        self.name(info)

    def name(self, info: Info) -> None:
        self.names.setdefault(tuple(info.path.as_list()[:-1]), []).append(info.field_name)

    def refuse(self, code: str, path: Path) -> None:
        self.refused.add((code, path))

    def rows(self, entity: Entity, as_of: Any) -> Sequence[Row]:
        """The rows of an entity: as they are, or as they were at a moment."""
        now = self.facts.tables[entity.table.name]
        if as_of is None or "recorded_at" not in entity.table.c:
            return now
        then = [row for row in now if row["recorded_at"] <= as_of]
        past = self.facts.tables[entity.history.name] if entity.history is not None else []
        return then + [row for row in past if row["recorded_at"] <= as_of < row["superseded_at"]]

    def thing(self, entity: Entity, row: Row, above: Thing | None, as_of: Any) -> Thing | None:
        """The row with the child it belongs to as that child is today; None where that child is no more."""
        if entity.about.anchor is Anchor.CHILD:
            wanted = row["id"] if entity.name == "Child" else row["child_id"]
            if wanted is None:
                return Thing(entity, row, above.child if above else None, as_of)
            children = self.facts.tables["child"]
            child = next((c for c in children if (c["county"], c["id"]) == (row["county"], wanted)), None)
            return None if child is None else Thing(entity, row, child, as_of)
        child = above.child if above and entity.about.anchor is Anchor.FAMILY else None
        return Thing(entity, row, child, as_of)

    def seen(self, entity: Entity, rows: Sequence[Row], action: str, above: Thing | None, as_of: Any) -> list[Thing]:
        visible = self.visible(entity, action)
        things = (self.thing(entity, row, above, as_of) for row in rows)
        return [t for t in things if t is not None and self.holds(visible, t)]

    def related(self, relation: Relation, above: Thing, action: str) -> list[Thing]:
        target, row = ENTITIES[relation.target], above.row or {}
        wanted = [(self.told(above.entity, local, row), remote) for local, remote in relation.on]
        if any(told is None for told, _ in wanted):
            return []
        rows = [r for r in self.rows(target, above.as_of) if all(r[remote] == told for told, remote in wanted)]
        return self.seen(target, rows, action, above, above.as_of)

    def value(self, entity: Entity, field_: Field, row: Row) -> Any:
        if field_.name == "age" and entity.name == "Child":
            today, born = self.asker.today, row["birth_date"]
            return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return self.told(entity, field_.name, row)

    def told(self, entity: Entity, name: str, row: Row) -> Any:
        """The value, but never a unit in whose place the child is hidden, unless it is that unit that asks."""
        field_, value = entity.fields.get(name), row[name]
        if field_ is None or value is None or "child_id" not in entity.table.c or field_.data_class == "D31":
            return value
        if field_.kind not in (Kind.UNIT, Kind.TEXTS):
            return value
        hiding = {
            placement["facility_unit"]
            for placement in self.facts.tables["placement"]
            if placement["location_hidden"]
            and (placement["county"], placement["child_id"]) == (row["county"], row["child_id"])
        } - {self.asker.unit}
        if field_.kind is Kind.UNIT:
            return None if value in hiding else value
        return [item for item in value if item not in hiding] if field_.kind is Kind.TEXTS else value


def row_code(right: Vector) -> str:
    """What a right lacks on a row that it does not reach."""
    if right.condition in ("lease", "unlocked"):
        return "NEEDS_LEASE"
    if right.condition == "handling_officer":
        return "NOT_ASSIGNED" if right.scope == "own" else "NOT_ON_CASE"
    codes = {"case": "NOT_ON_CASE", "assigned": "NOT_ASSIGNED", "self": "NEEDS_PURPOSE"}
    return codes.get(right.scope, "OUT_OF_DIVISION")


def words_of(info: Info) -> Path:
    return tuple(step for step in info.path.as_list() if isinstance(step, str))
