"""A grant: what one type of unit may do under one version of the policies, compiled, frozen, asked by the planner."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from hub.policy.refusing import Refusals
from hub.policy.rights import Reach, Refusal, Right
from hub.policy.words import Subject

__all__ = ["Grant", "Reach", "Refusal", "Right", "Subject"]

NOTHING: tuple[Right, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The rights of a subject in these roles, for one stated duty or for all of its duties."""

    version: int
    digest: str  # of the book
    digest_key: str  # of the rights: callers with equal rights may share plans
    subject: Subject
    roles: frozenset[str]
    duty: str | None
    cells: Mapping[tuple[str, str], tuple[Right, ...]] = field(repr=False)  # (group, action) → rights, strongest first
    classes: Mapping[str, Mapping[str, tuple[Right, ...]]] = field(repr=False)  # class → action → rights on any part
    refusals: Refusals = field(repr=False, compare=False)

    def rights_on(self, group: str, action: str) -> tuple[Right, ...]:
        """The rights on a field group; none means denied."""
        return self.cells.get((group, action), NOTHING)

    def may(self, data_class: str, action: str) -> tuple[Right, ...]:
        """The rights to act on some part of a class."""
        return self.classes.get(data_class, {}).get(action, NOTHING)

    def refusal(
        self, group: str, action: str, applying: tuple[Right, ...] | None = None, *, stated: Collection[str] = ()
    ) -> Refusal:
        """Why a field is withheld; `applying` are the rights that count for it on this request (default: all held).

        `stated` are the kinds of numbers the request carries: what asks for one of these does not lack it.
        """
        held = self.rights_on(group, action)
        return self.refusals.refuse(group, action, held, held if applying is None else applying, stated=stated)
