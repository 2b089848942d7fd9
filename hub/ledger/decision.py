"""Whether an act may be done to a row as it stands, and what it then changes; pure.

Order of the answers: no such row, another version, no right, values of another unit, what is wrong with the values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from hub import errors
from hub.ledger.acts import Act, Fault, Verb
from hub.ledger.faults import detailed, fault
from hub.ledger.inputs import Input, inputs_of
from hub.ledger.permission import Need, Permission, Refused, Writer
from schema.divisions import county_of
from schema.entities import Entity, camel
from schema.meaning import Anchor, Kind, Mask
from schema.scopes import subject_table
from schema.validators import citizen_id_conflicts

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A row as it stands, under the caller's rights."""

    row: Row = field(repr=False)  # as JSON has it
    seen: bool
    held: tuple[bool, ...]  # one per need
    suppliers: Mapping[str, tuple[str, str]]  # field → unit and verification, where not the row's own


def plain(value: Any) -> Any:
    """A value as the row's JSON would have it, for comparing."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _same(old: Any, new: Any) -> bool:
    if isinstance(new, datetime) and isinstance(old, str):
        return datetime.fromisoformat(old) == new
    return bool(old == plain(new))


def changed(act: Act, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """What of the values differs from the row."""
    return {name: value for name, value in values.items() if not _same(row.get(name), value)}


def check_reached(writer: Writer, act: Act, permission: Permission, standing: Standing | None) -> Standing:
    """The row, if the caller may do this to it; a row out of reach is as unknown as one that is not there."""
    needs = permission.needs
    if standing is None or not (standing.seen or (needs and all(standing.held))):
        raise errors.RowUnknown()
    if act.version is not None and standing.row["row_version"] != act.version:
        raise errors.VersionConflict(version=standing.row["row_version"])
    lacking = [need for need, held in zip(needs, standing.held, strict=True) if not held]
    if lacking:
        raise not_granted(refusals(writer, act, lacking))
    return standing


def refusals(writer: Writer, act: Act, needs: list[Need]) -> list[Refused]:
    """Why these needs are not met on the row at hand."""
    entity, found = act.entity, []
    for need in needs:
        refusal = writer.grant.refusal(need.group, need.action, need.rights)
        data_class = need.group.partition("/")[0]
        for column in need.columns:
            path, name = ("input", inputs_of(entity.name)[column].name), f"{entity.name}.{column}"
            found.append(Refused(path=path, data_class=data_class, field=name, refusal=refusal))
        if not need.columns:
            found.append(Refused(path=(), data_class=data_class, field=entity.name, refusal=refusal))
    return found


def not_granted(refused: list[Refused]) -> errors.WriteRefused:
    paths = ", ".join(dict.fromkeys(".".join(item.path) or item.field for item in refused[:8]))
    return errors.WriteRefused(paths=paths, refused=tuple(refused))


def is_traced(entity: Entity) -> bool:
    """Whether it is kept who supplied each single value: where every row belongs to a child."""
    if entity.table is subject_table():
        return True
    link = entity.table.c.get("child_id")
    return link is not None and not link.nullable


def check_owned(writer: Writer, act: Act, standing: Standing, changes: Mapping[str, Any]) -> None:
    """A value that its owner keeps is not overwritten by another: who disagrees asks the owner to check it (校核)."""
    inputs = inputs_of(act.entity.name)
    foreign = [inputs[name] for name in changes if _is_foreign(writer, act.entity, inputs[name], standing)]
    if foreign:
        owners = sorted({owner for item in foreign for owner in item.owners})
        paths = ", ".join(f"input.{item.name}" for item in foreign[:8])
        raise errors.ValueOwned(paths=paths, owners=", ".join(owners))


def _is_foreign(writer: Writer, entity: Entity, item: Input, standing: Standing) -> bool:
    if writer.unit_type in item.owners or standing.row.get(item.column) is None:
        return False
    if not is_traced(entity):
        return True
    row = standing.row
    unit, verified = standing.suppliers.get(item.column, (row["source_unit"], row["verified_status"]))
    # What the unit itself supplied it may mend until its owner has confirmed it.
    return unit != writer.identity.unit.code or verified == "verified"


def cross_faults(entity: Entity, row: Row, touched: Mapping[str, Any], today: date) -> Iterator[Fault]:
    """What does not fit together once the values stand in the row."""
    for first, second in entity.spans:
        if (first in touched or second in touched) and _reversed(row.get(first), row.get(second)):
            yield fault(("input", camel(second if second in touched else first)), "ORDER")
    for item in inputs_of(entity.name).values():
        number = row.get(item.column)
        if item.field.mask is Mask.ID_NUMBER and number and {item.column, "birth_date", "sex"} & touched.keys():
            born = row.get("birth_date")
            born = date.fromisoformat(born) if isinstance(born, str) else born
            if found := citizen_id_conflicts(str(number), birth_date=born, sex=row.get("sex")):
                yield fault(("input", item.name), "ID_CONFLICT", detailed(found))


def _reversed(first: Any, second: Any) -> bool:
    if first is None or second is None:
        return False
    return bool(_comparable(second) < _comparable(first))


def _comparable(value: Any) -> Any:
    """Days compare with moments by their day."""
    text = plain(value)
    return text[:10] if isinstance(value, date) and not isinstance(value, datetime) else text


def county_faults(entity: Entity, row: Row, changes: Mapping[str, Any]) -> Iterator[Fault]:
    """A row stays in its county; to move a child to another one is a command of its own."""
    column = entity.about.division_column
    if entity.about.anchor is Anchor.CHILD and column in changes and "county" in row:
        if county_of(str(changes[column])) != row["county"]:
            yield fault(("input", camel(column)), "OTHER_COUNTY")


def ended_faults(act: Act, row: Row) -> Iterator[Fault]:
    if act.verb is Verb.END and row.get(act.entity.end[0]) is not None:
        yield fault(("on",), "ENDED")


def cleared_faults(entity: Entity, values: Mapping[str, Any]) -> Iterator[Fault]:
    """Values that a row must have."""
    for name, value in values.items():
        column = entity.table.c.get(name)
        if value is None and column is not None and not column.nullable:
            yield fault(("input", camel(name)), "NOT_EMPTY")


def missing_faults(entity: Entity, values: Mapping[str, Any]) -> Iterator[Fault]:
    for item in inputs_of(entity.name).values():
        if item.required and values.get(item.column) is None:
            yield fault(("input", item.name), "REQUIRED")


def defaults(writer: Writer, entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row that must say which unit acts, and does not, is the writer's own."""
    own = writer.identity.unit.code
    return {
        item.column: own
        for item in inputs_of(entity.name).values()
        if item.required and item.field.kind is Kind.UNIT and item.column in entity.about.unit_columns
        and item.column not in values
    }  # fmt: skip
