"""The household of a row: which people of the ledger its parents and carers are, who is new, who is away; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hub.roster.draft import Draft
from hub.roster.entry import AWAY, PARENTS

#: Relations (GB/T 4761) that make someone the child's father or mother.
RELATIONS: Mapping[str, tuple[str, ...]] = {"father": ("51", "57"), "mother": ("52", "58")}
PEOPLE = (*PARENTS, "guardian", "carer")
#: Kept with the spell of a parent away, not with the parent.
_SPELL = ("out_since", *AWAY)
#: Not of the household: not kin, and others.
_OUTSIDE = ("80", "99")


class Kin:
    """The people of one row by their part, as ids of the ledger; a person that could not be placed is absent."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._family: str | None = draft.standing.family["id"] if draft.standing.family else None
        self.ids: dict[str, str] = {}
        self.relations: dict[str, str] = {}

    def gather(self) -> None:
        """Household first, then its people, then who of the parents is away."""
        values = self._draft.entry.of("family")
        if self._draft.standing.family is not None:
            self._draft.change("Family", self._draft.standing.family, values, "family")
        elif values:
            self._household(values)
        for part in PEOPLE:
            self._person(part)
        for part in PARENTS:
            self._away(part)

    def _household(self, values: Mapping[str, Any]) -> str | None:
        if self._family is None:
            self._family = self._draft.make("Family", {"child_id": self._draft.child, **values})
        return self._family

    def _person(self, part: str) -> None:
        values = {name: value for name, value in self._draft.entry.of(part).items() if name not in _SPELL}
        name = values.get("name")
        if name is None:
            return
        if part in RELATIONS:
            values["relation"] = RELATIONS[part][0]
        else:
            twin = self._parent_named(name)
            if twin is not None:
                self.ids[part], self.relations[part] = self.ids[twin], self.relations[twin]
                return
        found = self._known(part, name)
        if found is not None:
            # A stepfather is the father of a roster: the ledger's relation says more.
            kept = values if part not in RELATIONS else {k: v for k, v in values.items() if k != "relation"}
            self._draft.change("FamilyMember", found, kept, part)
            self.ids[part], self.relations[part] = found["id"], found.get("relation") or values.get("relation", "")
        elif not self._is_another(part):
            self._new(part, values)

    def _parent_named(self, name: str) -> str | None:
        return next((p for p in PARENTS if self._draft.entry.get(f"{p}.name") == name and p in self.ids), None)

    def _known(self, part: str, name: str) -> Mapping[str, Any] | None:
        named = [one for one in self._draft.standing.members if one.get("name") == name]
        wanted = RELATIONS.get(part) or (self._draft.entry.get(f"{part}.relation"),)
        exact = [one for one in named if one.get("relation") in wanted]
        if exact or part not in RELATIONS:
            return next(iter(exact or named), None)
        return None

    def _is_another(self, part: str) -> bool:
        """The ledger has a father of another name: a misspelling or a new husband is not for a program to tell."""
        taken = any(one.get("relation") in RELATIONS.get(part, ()) for one in self._draft.standing.members)
        if taken:
            self._draft.remark("OTHER_PARENT", f"{part}.name")
        return taken

    def _new(self, part: str, values: dict[str, Any]) -> None:
        relation = values.get("relation")
        if "FamilyMember" not in self._draft.permits.opens:
            return
        if relation is None:
            # A roster without such a column is told of it once, not on every row.
            if self._draft.header.place_of(f"{part}.relation") is not None:
                self._draft.remark("RELATION", f"{part}.relation")
            return
        family = self._household({})
        if family is None:
            return
        inside = {"in_household": False} if relation in _OUTSIDE else {}
        made = self._draft.make("FamilyMember", {"family_id": family, **inside, **values})
        if made is not None:
            self.ids[part], self.relations[part] = made, relation

    def _away(self, part: str) -> None:
        said = self._draft.entry.of(part)
        values = {name: value for name, value in said.items() if name in _SPELL}
        parent = self.ids.get(part)
        if not values or parent is None:
            return
        spells = [one for one in self._draft.standing.migrations if one.get("parentId") == parent]
        spell = _spell(spells, values)
        if spell is not None:
            self._draft.change("MigrationSpell", spell, values, part)
        elif values.get("out_since") is not None:
            self._draft.make("MigrationSpell", {"child_id": self._draft.child, "parent_id": parent, **values})


def _spell(spells: Iterable[Mapping[str, Any]], values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The spell that the row speaks of: of the same day, else the one that has not ended."""
    since = values.get("out_since")
    same = [one for one in spells if since is not None and one.get("outSince") == since.isoformat()]
    still = [one for one in spells if one.get("returnedOn") is None]
    return same[0] if same else still[0] if len(still) == 1 else None
