"""A child as the importing unit reads it, and how a row differs from it; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.roster.permits import Permits
from schema.entities import camel
from schema.meaning import Field, Kind, Mask
from schema.registry import ENTITIES

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The rows around a child; lists are empty where there are none, or none that the unit sees."""

    family: Object | None = None
    members: Sequence[Object] = ()
    migrations: Sequence[Object] = ()
    guardianships: Sequence[Object] = ()
    enrolments: Sequence[Object] = ()
    hukou: Sequence[Object] = ()


NOTHING = Standing()


def of_child(child: Object) -> Standing:
    family: Object | None = child.get("family")
    return Standing(
        family=family,
        members=(family or {}).get("members") or (),
        migrations=child.get("migrations") or (),
        guardianships=child.get("guardianships") or (),
        enrolments=child.get("enrolments") or (),
        hukou=child.get("hukou") or (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    changes: Mapping[str, Any]
    foreign: tuple[str, ...]  # differ, and are not for this unit to change


def differing(entity: str, standing: Object, wanted: Mapping[str, Any], permits: Permits) -> Differing:
    """What of the wanted values stands otherwise; what is withheld from the unit is left alone."""
    changes, foreign = {}, []
    for name, value in wanted.items():
        shown, field = standing.get(camel(name)), ENTITIES[entity].fields[name]
        if camel(name) in (standing.get("withheld") or ()) or is_same(shown, value, field):
            continue
        if name in permits.update[entity] and _is_open(shown, field, standing, permits):
            changes[name] = value
        elif shown is not None:
            foreign.append(name)
    return Differing(changes=changes, foreign=tuple(foreign))


def _is_open(shown: Any, field: Field, standing: Object, permits: Permits) -> bool:
    """The owner's own, not yet known, or supplied by this unit and not confirmed by its owner."""
    if permits.unit_type in field.owner or shown is None:
        return True
    return standing.get("sourceUnit") == permits.unit and standing.get("verifiedStatus") != "verified"


def is_same(shown: Any, value: Any, field: Field) -> bool:
    """Whether the ledger says as much already: of a place it may say more, of a masked value it shows a part."""
    if shown is None:
        return False
    if isinstance(value, date):
        return bool(shown == value.isoformat())
    if isinstance(value, list):
        return sorted(shown) == sorted(value)
    if field.kind is Kind.DIVISION:
        return str(shown).startswith(str(value).rstrip("0"))
    if field.mask is not None and "*" in str(shown) and field.mask is not Mask.NAME:
        shown, value = str(shown), str(value)
        return len(shown) == len(value) and all(a in (b, "*") for a, b in zip(shown, value, strict=True))
    return bool(shown == value)
