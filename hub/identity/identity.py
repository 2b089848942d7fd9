"""The words of the identity stage: a unit, a stated purpose, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schema.classes import Label

Kind = Literal["human", "service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit in force today, with the code ranges of its division and of those recoded or merged into it."""

    code: str  # ED@430621
    type: str  # ED
    level: str  # county
    division: str  # 12 digits
    ranges: tuple[tuple[str, str], ...]  # lo <= code < hi, sorted and disjoint
    name: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What the caller says the request is for; whether it holds is the planner's question."""

    duty: str | None = None
    case_no: str | None = None
    task_no: str | None = None
    application_no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who asks, as the token says and the directory confirms."""

    person: str
    unit: Unit
    roles: frozenset[str]
    kind: Kind
    expires_at: int  # seconds since the epoch
    token_id: str
    #: the unit the token names, where `unit` succeeded it
    unit_presented: str | None = None
