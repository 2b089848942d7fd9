"""What of a field a mode shows: the one table behind planner, statement, trimmed view and dictionary."""

from __future__ import annotations

from schema.meaning import Field, Kind, Mask, Pseudo

PLAIN = frozenset({Kind.CODE, Kind.CODES, Kind.BOOL})
MASKED_PLAIN = PLAIN | {Kind.INT, Kind.ID, Kind.UNIT, Kind.DIVISION}


def treatment(field: Field, mode: str) -> str | Mask | Pseudo | None:
    """`plain` where the mode shows the value itself, a Mask or Pseudo where it shows that, None where it withholds."""
    if mode == "full":
        return "plain"
    if mode == "masked":
        return field.mask or ("plain" if field.kind in MASKED_PLAIN else None)
    if mode == "pseudo":
        return field.pseudo or ("plain" if field.kind in PLAIN else None)
    if mode == "flag":
        return "plain" if field.kind in PLAIN else None
    if mode == "meta":
        return "plain" if field.process or field.name == "id" else None
    return None


def discloses(field: Field, mode: str) -> bool:
    return treatment(field, mode) is not None
