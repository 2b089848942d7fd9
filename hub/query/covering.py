"""Which right reaches all that another reaches, so that the other needs no predicate of its own."""

from __future__ import annotations

from collections.abc import Iterable

from hub.policy.grant import Right
from schema.entities import Entity
from schema.meaning import Anchor
from schema.scopes import REPLACES_RANGE, WHOLE_ROW

#: A reach without its mode: scope, condition, and where it does not hold.
Terms = tuple[str, str | None, frozenset[str]]


def terms(right: Right, entity: Entity) -> Terms:
    """Own and below are one for what lies in a division; a unit's own rows are not those of the units below it."""
    alike = entity.about.anchor is not Anchor.UNIT
    scope = "own" if right.reach.scope == "sub" and alike else right.reach.scope
    return scope, right.reach.condition, frozenset(right.unless)


def covers(wide: Terms, narrow: Terms) -> bool:
    """Whether every row of the narrow reach is one of the wide reach."""
    scope, condition, unless = wide
    if not unless <= narrow[2]:
        return False
    if scope == "any" and condition is None:
        return True
    if scope != narrow[0]:
        return False
    narrows = narrow[1] not in REPLACES_RANGE and narrow[1] not in WHOLE_ROW
    return condition == narrow[1] or (condition is None and narrows)


def pruned(rights: Iterable[Right], entity: Entity) -> tuple[Right, ...]:
    """The rights, strongest first, without those that an earlier one covers."""
    kept: list[Right] = []
    for right in rights:
        if not any(covers(terms(earlier, entity), terms(right, entity)) for earlier in kept):
            kept.append(right)
    return tuple(kept)


def widest(rights: Iterable[Right], entity: Entity) -> tuple[Right, ...]:
    """The rights of which each reaches something that no other does, whatever their modes."""
    distinct = list(rights)
    return tuple(
        right
        for i, right in enumerate(distinct)
        if not any(
            covers(terms(other, entity), terms(right, entity))
            and (j < i or not covers(terms(right, entity), terms(other, entity)))
            for j, other in enumerate(distinct)
            if j != i
        )
    )
