"""Rights to SQL predicates: which rows a right reaches, hoisted to the child where it hangs on the child alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import sqlalchemy as sa

from hub.policy.grant import Right
from hub.query.covering import covers, terms
from hub.query.values import Source
from schema import scopes
from schema.entities import Entity
from schema.meaning import Anchor
from schema.scopes import Caller

Predicate: TypeAlias = sa.ColumnElement[bool]
Key: TypeAlias = tuple[str, str | None, frozenset[str], str]
#: What is known of every row at some place: of each set, at least one predicate holds.
Facts: TypeAlias = tuple[frozenset[Key], ...]

CHILDLIKE = frozenset({Anchor.CHILD, Anchor.FAMILY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A FROM item with its entity, and the child its rows belong to, if they hang on one child."""

    entity: Entity
    source: Source
    child: Source | None
    visible: tuple[Right, ...] = ()  # of which at least one reaches every row
    case: str | None = None  # names the case the row belongs to; rows below it through that case share the name


@dataclass(slots=True)
class Guards:
    """The predicates of one statement. Those on the child alone become columns of one lateral item, `$g`."""

    caller: Caller
    hoisted: dict[Key, tuple[str, Predicate]] = field(default_factory=dict)

    def key(self, right: Right, place: Place) -> Key:
        """The reach and what it hangs on: equal keys mean equal predicates within a statement."""
        if self._on_child(right, place):
            level = "child"
        elif place.case and self._on_case(right, place):
            level = place.case
        else:
            level = place.source.alias
        return (*terms(right, place.entity), level)

    def _on_case(self, right: Right, place: Place) -> bool:
        """Whether the right holds for all rows of a case or for none."""
        if right.reach.scope != "case" and scopes.may_lack_child(place.entity):
            return False
        return right.reach.condition not in scopes.ROW_CONDITIONS and "location_hidden" not in right.unless

    def keys(self, rights: Iterable[Right], place: Place) -> dict[Key, Right]:
        return {self.key(right, place): right for right in rights}

    def covered(self, known: Facts, keys: Collection[Key]) -> bool:
        """Whether the rows, of whose known sets of predicates one holds each, all meet one of these."""
        return any(fact and all(any(_covers(wide, narrow) for wide in keys) for narrow in fact) for fact in known)

    def _on_child(self, right: Right, place: Place) -> bool:
        if place.child is None or right.reach.condition in scopes.ROW_CONDITIONS:
            return False
        if right.reach.scope == "case" and _belongs_to_case(place.entity):
            return False
        if scopes.may_lack_child(place.entity):
            return False
        return not scopes.hangs_on_row(right.unless, place.entity)

    def predicate(self, right: Right, place: Place) -> Predicate:
        """Where the right holds, in full, for a WHERE clause."""
        if place.child is None and place.entity.about.anchor is Anchor.FAMILY:
            reach, source = right.reach, place.source
            terms_of = (reach.scope, reach.condition)
            return scopes.of_family(terms_of, source, place.entity, self.caller, unless=right.unless)
        reached = self._reached(right, place)
        for unless in right.unless:
            denied = scopes.UNLESS[unless](place.source, place.child, place.entity)
            reached = sa.and_(reached, sa.not_(sa.func.coalesce(denied, sa.true())))
        return reached

    def _reached(self, right: Right, place: Place) -> Predicate:
        scope, condition, entity = right.reach.scope, right.reach.condition, place.entity
        if place.child is not None:
            return self._reached_by_child(right, place)
        return scopes.of_row(scope, condition, place.source, entity, self.caller)

    def _of_child(self, scope: str, condition: str | None, place: Place) -> Predicate:
        if place.child is None:
            return sa.false()
        if scopes.may_lack_child(place.entity) and scope in ("own", "sub") and condition is None:
            return scopes.in_division(place.source, self.caller)
        reached = scopes.of_child(scope, condition, place.child, self.caller)
        return sa.false() if reached is None else reached

    def _reached_by_child(self, right: Right, place: Place) -> Predicate:
        scope, condition = right.reach.scope, right.reach.condition
        table = place.source
        narrowed = scopes.ROW_CONDITIONS.get(condition or "")
        if narrowed is None:
            by_case = scopes.of_case_row(table, place.entity, self.caller) if scope == "case" else None
            if by_case is None:
                return self._of_child(scope, condition, place)
            # A row of a case is in scope through that case alone; the condition is the child's.
            return by_case if condition is None else sa.and_(by_case, self._of_child("any", condition, place))
        if condition in scopes.OF_PARTY and place.child is not None and place.entity.about.anchor is Anchor.FAMILY:
            on_row = scopes.accepted_for(place.child, condition or "")
        else:
            on_row = narrowed(table, place.entity, self.caller)
        if condition in scopes.WHOLE_ROW:
            return on_row
        base = scopes.of_case_row(table, place.entity, self.caller) if scope == "case" else None
        if base is None:
            base = self._of_child(scope, None, place)
        return sa.and_(base, on_row)

    def holds(self, right: Right, place: Place) -> Predicate:
        """Where the right holds, as a reference to the hoisted column if it hangs on the child alone."""
        if not self._on_child(right, place):
            return self.predicate(right, place)
        key = self.key(right, place)
        if key not in self.hoisted:
            name = f"g{len(self.hoisted)}"
            self.hoisted[key] = (name, self.predicate(right, place))
        return sa.literal_column(f'"$g".{self.hoisted[key][0]}', sa.Boolean())


def _belongs_to_case(entity: Entity) -> bool:
    return entity.about.case_column is not None


def _covers(wide: Key, narrow: Key) -> bool:
    everywhere = wide[0] == "any" and wide[1] is None and not wide[2]
    return everywhere or (wide[3] == narrow[3] and covers(wide[:3], narrow[:3]))
