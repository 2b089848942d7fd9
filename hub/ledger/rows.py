"""From an act that may be done to the columns a statement sets: values, county, key, and where all of it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.ledger.acts import Act, Source
from hub.ledger.decision import is_traced
from hub.ledger.ids import county_in, new_id, new_number
from hub.ledger.inputs import inputs_of, subject
from hub.ledger.job import RowWrite
from hub.ledger.permission import Need, Permission, Writer
from schema.divisions import county_of
from schema.entities import Entity

UNVERIFIED, VERIFIED = "unverified", "verified"
#: Entities whose rows are for certain units, who follow them: what a unit is told, what it owes or is owed.
FOR_UNITS = frozenset({"Notice", "Obligation"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all rows of a command have in common."""

    writer: Writer
    source: Source
    now: datetime


def county_for(entity: Entity, values: Mapping[str, Any]) -> str | None:
    """The county of a new row: of the child or household it belongs to, or of the division a child lives in."""
    if "county" not in entity.table.c:
        return None
    if entity is subject():
        return county_of(str(values[entity.about.division_column]))
    linked = (str(values[name]) for name in ("child_id", "family_id") if values.get(name))
    return next((county for county in map(county_in, linked) if county), None)


def new_row(act: Act, values: Mapping[str, Any], permission: Permission, setting: Setting) -> RowWrite:
    """A row to be inserted; its county is known, or a fault was found before."""
    entity, writer = act.entity, setting.writer
    county = county_for(entity, values)
    row = act.row or new_id(entity, county)
    stored = {name: value for name, value in values.items() if name in entity.table.c}
    number = entity.about.natural_key_made
    if number and not stored.get(number):
        stored[number] = new_number(str(stored[entity.about.numbered_by or ""]))
    stored |= {"id": row, "source_unit": writer.identity.unit.code, "verified_status": UNVERIFIED}
    stored |= _provenance(permission, setting) | {"recorded_at": setting.now}
    if county is not None:
        stored["county"] = county
    return RowWrite(
        act=act, permission=permission, row=row, county=county, child=_child_of(entity, row, values), version=1,
        changes=dict(values), stored=stored, source_unit=writer.identity.unit.code, by=writer.identity.unit.code,
    )  # fmt: skip


def renumber(write: RowWrite) -> None:
    """Another natural key for a new row, where the hub makes it: the first was taken."""
    about = write.act.entity.about
    write.stored[str(about.natural_key_made)] = new_number(str(write.stored[about.numbered_by or ""]))


def is_numbered(write: RowWrite) -> bool:
    """Whether the hub made a new row's natural key."""
    key = write.act.entity.about.natural_key_made
    return write.is_new and key is not None and not write.changes.get(key)


def changed_row(
    act: Act, standing: Mapping[str, Any], changes: Mapping[str, Any], permission: Permission, setting: Setting
) -> RowWrite:
    """A row to be updated. What it says of its source is of the unit that supplied it as a whole."""
    entity, unit = act.entity, setting.writer.identity.unit.code
    stored = dict(changes)
    if standing["source_unit"] == unit:
        stored |= _provenance(permission, setting)
        if not all(setting.writer.unit_type in inputs_of(entity.name)[name].owners for name in changes):
            stored["verified_status"] = UNVERIFIED
    else:
        stored["recorded_by"] = setting.writer.identity.person
    row = str(standing["id"])
    return RowWrite(
        act=act, permission=permission, row=row, county=standing.get("county"),
        child=_child_of(entity, row, {**standing, **changes}), version=int(standing["row_version"]) + 1,
        changes=dict(changes), stored=stored, source_unit=str(standing["source_unit"]), by=unit,
        standing=dict(standing), at=setting.now,
    )  # fmt: skip


def _child_of(entity: Entity, row: str, values: Mapping[str, Any]) -> str | None:
    if entity is subject():
        return row
    child = values.get("child_id")
    return None if child is None else str(child)


def duty_for(permission: Permission, setting: Setting) -> str | None:
    """The duty under which values are supplied: the one stated, or the one of the right that allows it."""
    stated = setting.writer.purpose.duty
    found = (duty for need in permission.needs for right in need.rights for duty in right.duties)
    return stated or next(found, None)


def _provenance(permission: Permission, setting: Setting) -> dict[str, Any]:
    return {
        "source_system": setting.source.system,
        "source_record_id": setting.source.record_id,
        "supplier_duty": duty_for(permission, setting),
        "effective_from": setting.source.effective_from or setting.now.date(),
        "recorded_by": setting.writer.identity.person,
    }


def supplied(write: RowWrite, setting: Setting) -> Iterator[dict[str, Any]]:
    """Of each changed value that another unit than the row's supplied, where it came from."""
    entity, unit = write.act.entity, setting.writer.identity.unit.code
    if write.is_new or write.source_unit == unit or not is_traced(entity):
        return
    for name in write.changes:
        item = inputs_of(entity.name)[name]
        need = next(need for need in write.permission.needs if name in need.columns)
        yield {
            "county": write.county,
            "id": f"provenance_{write.county}_{new_id(entity, None).rpartition('_')[2]}",
            "child_id": write.child,
            "entity": entity.name,
            "row_id": write.row,
            "field_name": name,
            "data_class": item.field.data_class,
            "source_unit": unit,
            "verified_status": VERIFIED if _verifies(setting.writer, need) else UNVERIFIED,
            "recorded_at": setting.now.isoformat(),
            **(_provenance(write.permission, setting) | {"effective_from": setting.now.date().isoformat()}),
        }


def _verifies(writer: Writer, need: Need) -> bool:
    return bool(writer.grant.rights_on(need.group, "verify"))


def unsupplied(write: RowWrite, setting: Setting) -> Iterator[dict[str, Any]]:
    """Values that the row's own unit has supplied again: nothing is said of them beside the row."""
    if not write.is_new and write.source_unit == setting.writer.identity.unit.code and is_traced(write.act.entity):
        for name in write.changes:
            yield {
                "county": write.county,
                "entity": write.act.entity.name,
                "row_id": write.row,
                "field_name": name,
            }


def concerns(entity: Entity, row: Mapping[str, Any]) -> dict[str, Any]:
    """Of a change row, by what followers find it: the case that the row belongs to, and the units that it is for."""
    column = entity.about.case_column or "case_id"
    case = row.get(column) if column in entity.table.c else None
    units = sorted({str(row[name]) for name in entity.about.unit_columns if row.get(name) is not None})
    return {"case_id": case, "units": units if entity.name in FOR_UNITS and units else None}


def change_of(write: RowWrite, setting: Setting, at: datetime) -> dict[str, Any]:
    """The change row; of the values it holds the classes alone."""
    entity = write.act.entity
    classes = {
        inputs_of(entity.name)[name].field.data_class for name in write.changes if name in inputs_of(entity.name)
    }
    if write.is_new:
        classes.add(entity.about.key_class)
    return {
        "county": write.county,
        "entity": entity.name,
        "row_id": write.row,
        "row_version": write.version,
        "child_id": write.child,
        "kind": write.act.verb.kind,
        "unit": setting.writer.identity.unit.code,
        "at": at.isoformat(),
        "classes": sorted(classes),
        **concerns(entity, {**write.standing, **write.stored, "id": write.row}),
    }
