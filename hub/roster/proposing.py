"""An entry and the child as it stands → what would be written: acts of one command, and remarks; pure.

What a row does not say stays as it is. What another unit keeps is told, not overwritten. Nothing is guessed: a value
without what it leans on, such as a place of work without a day of leaving, is left out and told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.identity.identity import Unit
from hub.ledger.acts import Act, Verb
from hub.ledger.ids import new_id
from hub.roster import caring
from hub.roster.draft import Draft
from hub.roster.entry import Entry
from hub.roster.faults import Fault
from hub.roster.headers import Header
from hub.roster.kin import Kin
from hub.roster.matching import Home
from hub.roster.permits import Permits
from hub.roster.standing import of_child
from schema.divisions import county_of
from schema.registry import ENTITIES

#: Without these no file is opened.
NEEDED = ("name", "sex", "birth_date", "residence_division")
_CHILD = ENTITIES["Child"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    acts: tuple[Act, ...] = field(default=(), repr=False)
    remarks: tuple[Fault, ...] = ()  # what was left out, and why
    faults: tuple[Fault, ...] = ()  # why nothing is written
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who imports, what it may write, and the day as of which the roster speaks."""

    unit: Unit
    permits: Permits
    day: date

    @property
    def home(self) -> Home:
        return Home(division=own_division(self.unit), alone=self.unit.type in ("SC", "VC"))


def propose(entry: Entry, header: Header, known: Mapping[str, Any] | None, desk: Desk) -> Proposal:
    """What this row would write: for a new child where `known` is None."""
    values = entry.of("child")
    if known is None:
        values.setdefault("residence_division", own_division(desk.unit))
        faults = _missing(values, header, desk.permits)
        if faults:
            return Proposal(faults=faults, is_new=True)
        county = county_of(values["residence_division"])
        draft = _draft(entry, header, desk, new_id(_CHILD, county))
        allowed = {name: value for name, value in values.items() if name in desk.permits.create["Child"]}
        draft.acts.append(Act(verb=Verb.CREATE, entity=_CHILD, row=draft.child, values=allowed))
    else:
        draft = _draft(entry, header, desk, known["id"])
        draft.standing = of_child(known)
        values.pop("child_no", None)
        draft.change("Child", known, values, "child")
    _around(draft)
    return Proposal(acts=tuple(draft.acts), remarks=tuple(draft.remarks), is_new=known is None)


def _draft(entry: Entry, header: Header, desk: Desk, child: str) -> Draft:
    return Draft(entry=entry, header=header, permits=desk.permits, unit=desk.unit, day=desk.day, child=child)


def own_division(unit: Unit) -> str | None:
    """Where children of a roster live that does not say it: in the township or village whose roster it is."""
    return unit.division if unit.level in ("township", "village") and unit.type in ("TW", "VC") else None


def _missing(values: Mapping[str, Any], header: Header, permits: Permits) -> tuple[Fault, ...]:
    if "Child" not in permits.opens:
        return (Fault(code="NOT_FOUND"),)
    lacking = [name for name in NEEDED if values.get(name) is None]
    return tuple(_required(f"child.{name}", header) for name in lacking)


def _required(key: str, header: Header) -> Fault:
    return Fault(code="REQUIRED", place=header.place_of(key), key=key)


def _around(draft: Draft) -> None:
    """Household, parents away, care, schooling, household registration."""
    kin = Kin(draft)
    kin.gather()
    caring.arrange(draft, kin)
    _record(draft, "Enrolment", "enrolment", _enrolment_of(draft))
    _record(draft, "HukouRecord", "hukou", next(iter(draft.standing.hukou), None))


def _enrolment_of(draft: Draft) -> Mapping[str, Any] | None:
    """The enrolment in force, at the school of the row or of the importer."""
    school = draft.entry.get("enrolment.school_unit") or (draft.unit.code if draft.unit.type == "SC" else None)
    current = [one for one in draft.standing.enrolments if one.get("validTo") is None]
    return next((one for one in current if school is None or one.get("schoolUnit") == school), None)


def _record(draft: Draft, entity: str, part: str, standing: Mapping[str, Any] | None) -> None:
    values = draft.entry.of(part)
    if not values:
        return
    if standing is not None:
        draft.change(entity, standing, values, part)
        return
    if entity not in draft.permits.opens:
        return
    values = {"child_id": draft.child, **_defaults(draft, entity), **values}
    table = ENTITIES[entity].table
    lacking = [c.name for c in table.columns if c.name in _LEAN.get(entity, ()) and values.get(c.name) is None]
    if lacking:
        draft.remark("INCOMPLETE", f"{part}.{lacking[0]}")
        return
    draft.make(entity, values)


_LEAN = {"Enrolment": ("school_unit", "stage", "valid_from"), "HukouRecord": ("status",)}


def _defaults(draft: Draft, entity: str) -> dict[str, Any]:
    if entity != "Enrolment":
        return {}
    own = {"school_unit": draft.unit.code} if draft.unit.type == "SC" else {}
    return {"status": "enrolled", **own}
