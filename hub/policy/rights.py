"""The words of a decision: a right with its reach, or a refusal with its reason. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from schema.classes import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a right applies: words that become SQL."""

    scope: str
    condition: str | None
    purpose: str  # the number a request must carry; "none" where it need not


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What one or several entries of the rules allow alike."""

    mode: str
    reach: Reach
    unless: tuple[str, ...]
    rules: tuple[str, ...]  # entries such as P04.1
    duties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why not, and what to do next."""

    code: str  # NO_DUTY OUT_OF_DIVISION NOT_ON_CASE NOT_ASSIGNED NEEDS_PURPOSE NEEDS_LEASE NEVER
    rule: str | None  # the denying entry, or the one that asks for more
    duty: str | None  # the duty that would carry the right
    next_step: Label
    holders: tuple[str, ...]  # types of units that hold the right
