"""The closed set of Casbin objects, derived from the declared fields: which class or facet opens which field group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from schema.classes import CLASSES, Level
from schema.meaning import Field
from schema.registry import ENTITIES

#: Classes about a child or its family; the others are about units, places and procedure.
CHILD_CLASSES = frozenset(code for code in CLASSES if code <= "D33")


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """What rules may name, and what each name opens.

    A class opens its field groups at the class's own level: a facet above that level (a house address, a sealed
    document) is raised, opens only to a rule that names it, and is closed with its class by a deny.
    """

    groups: tuple[str, ...]  # every field group, and every class
    levels: Mapping[str, Level]  # of every class and facet
    opened_by: Mapping[str, tuple[str, ...]]  # group → the classes and facets that open it
    raised: frozenset[str]

    def groups_of(self, name: str) -> tuple[str, ...]:
        """The groups that a grant of this class or facet opens."""
        return tuple(group for group in self.groups if name in self.opened_by[group])

    def sealed(self, name: str) -> bool:
        return self.levels[name] is Level.L5

    def closed_by(self, denied: str) -> tuple[str, ...]:
        """The names a deny of `denied` closes: itself and the raised facets of its class."""
        return (denied, *sorted(facet for facet in self.raised if facet.startswith(f"{denied}/")))


def read_objects(fields: Iterable[Field]) -> Objects:
    """The objects of these fields, with every class among them, whether or not a field has it."""
    facet_levels: dict[str, Level] = {}
    facets: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for field in fields:
        facets[field.group] = tuple(f"{field.data_class}/{facet}" for facet in sorted(field.facets))
        for facet in facets[field.group]:
            facet_levels[facet] = min(field.level, facet_levels.get(facet, Level.L5))
    raised = frozenset(f for f, level in facet_levels.items() if level > CLASSES[f.partition("/")[0]].level)
    opened_by: dict[str, tuple[str, ...]] = {code: (code,) for code in CLASSES}
    for group, names in facets.items():
        above = tuple(name for name in names if name in raised)
        opened_by[group] = above or (group.partition("/")[0], *names)
    return Objects(
        groups=tuple(sorted(opened_by)),
        levels={**{c.code: c.level for c in CLASSES.values()}, **facet_levels},
        opened_by=opened_by,
        raised=raised,
    )


@cache
def registry_objects() -> Objects:
    return read_objects(field for entity in ENTITIES.values() for field in entity.fields.values())
