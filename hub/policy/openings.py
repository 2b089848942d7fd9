"""What one unit has agreed to share with another, as lines of the rules: an added, dated layer for that one unit.

Casbin decides over it as over every rule, so every denial wins; it opens no sealed data, and never more than the owner
itself holds, under the conditions under which it holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from hub.policy import words
from hub.policy.grant import Grant
from hub.policy.objects import CHILD_CLASSES, registry_objects
from hub.policy.rights import Right
from hub.policy.rules import Duty, Entry, Line, lines_of
from hub.policy.source import Place
from schema.classes import Level
from schema.scopes import SHARED, shared_parts

#: Scopes that a share may have. What lies in the owner's divisions and in none of these is not shared.
SCOPES = ("own", "case", "assigned")
MODES = ("full", "masked", "flag", "meta")
READS = ("list", "read")
#: Conditions under which an owner may hold what it shares: those that hang on the child, not on who asks.
OWNERS_CONDITIONS = frozenset(
    {"pupil_or_school_age", "age_0_6", "disabled", "poverty_household", "unregistered", "left_behind"}
)
#: Where no share ever holds.
UNLESS = ("conflict_of_interest", "sealed")
HERE = Place(file="share_request", line=1)

GrantOf = Callable[[words.Subject], Grant]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Opening:
    """One share that an owner has agreed to."""

    share: str  # id of the request
    unit: str
    owner: words.Subject
    objects: tuple[str, ...]  # a class, or parts of one
    mode: str
    scope: str
    duty: str
    valid_from: date
    valid_to: date


def is_shareable(name: str) -> bool:
    """Whether a class or a part of one may be shared at all: of children, known, and not sealed."""
    levels = registry_objects().levels
    return name.partition("/")[0] in CHILD_CLASSES and name in levels and levels[name] < Level.L5


def offered(owner: Grant, name: str, mode: str = "meta") -> bool:
    """Whether the owner holds something of a class or part that it could share so."""
    groups = registry_objects().groups_of(name)
    return any(_own_conditions(owner, group, action, mode) for group in groups for action in READS)


def _own_conditions(owner: Grant, group: str, action: str, mode: str) -> frozenset[str | None]:
    """The conditions under which the owner holds a group in its own divisions, in this mode or a stronger one."""
    return frozenset(right.reach.condition for right in owner.rights_on(group, action) if _may_pass_on(right, mode))


def _may_pass_on(right: Right, mode: str) -> bool:
    reach = right.reach
    held = right.mode == "full" or right.mode == mode
    within = reach.scope in ("own", "sub", "any") and reach.purpose == words.NONE
    own = reach.condition is None or reach.condition in OWNERS_CONDITIONS
    return held and within and own and not reach_is_shared(right)


def reach_is_shared(right: Right) -> bool:
    return right.reach.condition is not None and right.reach.condition.startswith(SHARED)


def lines_for(
    openings: Iterable[Opening], subject: words.Subject, duties: Mapping[str, Duty], day: date
) -> tuple[Line, ...]:
    """The lines of these shares for their unit; what has lapsed, or rests on a duty that is no more, adds none."""
    found: list[Line] = []
    for opening in openings:
        duty = duties.get(opening.duty)
        if duty is None or subject.unit_type not in duty.units or opening.scope not in SCOPES:
            continue
        if opening.mode not in MODES or not opening.valid_from <= day <= opening.valid_to:
            continue
        objects = tuple(name for name in opening.objects if is_shareable(name))
        found += (line for entry in _entries(replace(opening, objects=objects), subject) for line in lines_of(entry))
    return tuple(found)


def _entries(opening: Opening, subject: words.Subject) -> Iterator[Entry]:
    """One for each condition under which the owner may hold it; which of them stand, `within_owners` says."""
    if not opening.objects:
        return
    places = any(name.partition("/")[0] == "D31" for name in opening.objects)
    for own in (None, *sorted(OWNERS_CONDITIONS)):
        condition = f"{SHARED}{opening.share}" + (f":{own}" if own else "")
        yield Entry(
            id=opening.share, rule=opening.share, eft="allow", objects=opening.objects, actions=READS,
            modes=(opening.mode,), scope=opening.scope, condition=condition, purpose=words.NONE,
            unless=(*UNLESS, "location_hidden") if places else UNLESS, roles=("officer", "service"),
            units=(subject.unit_type,), everyone=False, levels=(subject.level,),
            duties={subject.unit_type: opening.duty}, valid_from=opening.valid_from, valid_to=opening.valid_to, why="",
            place=HERE,
        )  # fmt: skip


def within_owners(
    cells: Mapping[tuple[str, str], tuple[Right, ...]], openings: Collection[Opening], grant_of: GrantOf
) -> dict[tuple[str, str], tuple[Right, ...]]:
    """The cells without those rights of shares that their owners do not hold themselves."""
    owners = {opening.share: opening.owner for opening in openings}
    kept: dict[tuple[str, str], tuple[Right, ...]] = {}
    for (group, action), rights in cells.items():
        standing = tuple(
            right for right in rights if not reach_is_shared(right) or _stands(right, group, action, owners, grant_of)
        )
        if standing:
            kept[group, action] = standing
    return kept


def _stands(right: Right, group: str, action: str, owners: Mapping[str, words.Subject], grant_of: GrantOf) -> bool:
    share, own = shared_parts(str(right.reach.condition))
    held = _own_conditions(grant_of(owners[share]), group, action, right.mode)
    # What the owner holds of every child is not said once more for some of them.
    return own in held and (own is None or None not in held)
