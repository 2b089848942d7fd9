"""Who is guardian and who cares, as a row says it → the arrangement in force; pure.

A roster's `监护人` is often who really cares: a grandparent. Who is a parent is the guardian; anyone else is the carer
to whom the child is entrusted. When the carer is another than before, the former arrangement ends on the day on which
the new one begins; without that day nothing is changed, and it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.ledger.acts import Act, Verb
from hub.roster.draft import Draft
from hub.roster.kin import RELATIONS, Kin
from schema.registry import ENTITIES

_ENTITY = "GuardianshipArrangement"
_PARENTS = frozenset(code for codes in RELATIONS.values() for code in codes) | {"50", "59"}
_NOT_KIN = frozenset({"80", "99"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What the row says of care."""

    type: str | None
    guardian: str | None  # id of the person
    carer: str | None
    carer_part: str | None
    values: Mapping[str, Any] = field(default_factory=dict)


def arrange(draft: Draft, kin: Kin) -> None:
    care = _care(draft, kin)
    current = [one for one in draft.standing.guardianships if one.get("validTo") is None]
    if care.type is None and care.carer is None and care.guardian is None and not care.values:
        return
    if not current:
        _begin(draft, care, since=draft.entry.get("care.valid_from") or draft.entry.get("child.lbc_since") or draft.day)
    elif len(current) == 1 and _is_same_carer(draft, care, current[0]):
        _go_on(draft, care, current[0])
    else:
        _follow(draft, care, current)


def _care(draft: Draft, kin: Kin) -> Care:
    parent = next((p for p in ("guardian",) if kin.relations.get(p) in _PARENTS), None)
    part = "carer" if "carer" in kin.ids else "guardian" if parent is None and "guardian" in kin.ids else None
    said = draft.entry.of("care")
    kind = said.get("type") or _type(kin.relations.get(part) if part else None, has_guardian=parent is not None)
    return Care(
        type=kind,
        guardian=kin.ids.get(parent) if parent else None,
        carer=kin.ids.get(part) if part else None,
        carer_part=part,
        values={name: value for name, value in said.items() if name != "type"},
    )


def _type(relation: str | None, *, has_guardian: bool) -> str | None:
    if relation is None:
        return "parent" if has_guardian else None
    return "entrusted_other" if relation in _NOT_KIN else "entrusted_relative"


def _carer_values(draft: Draft, care: Care) -> dict[str, Any]:
    """The carer as written on the arrangement: schools and visitors need it without the household."""
    if care.carer_part is None:
        return {}
    said = draft.entry.of(care.carer_part)
    found = {"carer_name": said.get("name"), "carer_relation": said.get("relation"), "carer_phone": said.get("phone")}
    return {name: value for name, value in found.items() if value is not None}


def _begin(draft: Draft, care: Care, *, since: date) -> None:
    if care.type is None:
        return
    people = {name: row for name, row in (("guardian_id", care.guardian), ("carer_id", care.carer)) if row is not None}
    values = {**care.values, "type": care.type, "valid_from": since, **people, **_carer_values(draft, care)}
    draft.make(_ENTITY, {"child_id": draft.child, **values})


def _is_same_carer(draft: Draft, care: Care, current: Mapping[str, Any]) -> bool:
    """The same person by id or by name; a row or a ledger that names none does not say otherwise."""
    if care.carer is None or (current.get("carerId") is None and current.get("carerName") is None):
        return care.carer is None or current.get("type") in ("none", None)
    name = draft.entry.get(f"{care.carer_part}.name")
    return care.carer == current.get("carerId") or (name is not None and name == current.get("carerName"))


def _go_on(draft: Draft, care: Care, current: Mapping[str, Any]) -> None:
    wanted: dict[str, Any] = {**care.values, **_carer_values(draft, care)}
    if draft.entry.get("care.type") is not None:
        wanted["type"] = care.type
    draft.change(_ENTITY, current, wanted, "care")


def _follow(draft: Draft, care: Care, current: list[Mapping[str, Any]]) -> None:
    since: date | None = draft.entry.get("care.valid_from")
    begun = str(current[0].get("validFrom"))
    if since is None or len(current) != 1 or since.isoformat() <= begun or _ENTITY not in draft.permits.opens:
        draft.remark("OTHER_CARER", f"{care.carer_part or 'guardian'}.name")
        return
    ended = {"valid_to": since, "ended_reason": "carer_changed"}
    draft.acts.append(
        Act(
            verb=Verb.END,
            entity=ENTITIES[_ENTITY],
            row=current[0]["id"],
            version=current[0]["rowVersion"],
            values=ended,
        )
    )
    _begin(draft, care, since=since)
