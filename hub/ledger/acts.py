"""The words of writing: what is to be written, what is wrong with it, and what was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from hub import errors
from schema.classes import Label
from schema.entities import Entity


class Verb(StrEnum):
    """What is done to one row."""

    CREATE = "create"
    UPDATE = "update"
    END = "end"

    @property
    def kind(self) -> str:
        """The word of the change row."""
        return {"create": "created", "update": "updated", "end": "ended"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row to be made or changed. `values` are by column name; an absent one stays as it is, None clears it.

    A new row may be given its id beforehand (`ids.new_id`), so that later acts of the command can link to it.
    """

    verb: Verb
    entity: Entity
    values: Mapping[str, Any] = field(repr=False)
    row: str | None = None
    version: int | None = None  # that the caller saw; None: whatever stands
    unfit: Mapping[str, str] = field(default_factory=dict)  # what did not fit its type: input name → code of the fault
    fill: bool = False  # only where nothing stands yet, as for the household of a child that has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the values came from, beside the unit that writes them."""

    system: str | None = None
    record_id: str | None = field(default=None, repr=False)
    effective_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Acts of which all are done or none; at most one row of each id is touched by one act."""

    acts: tuple[Act, ...]
    source: Source = Source()
    key: str | None = field(default=None, repr=False)  # the caller's own, so that a repetition writes nothing
    answers: Entity | None = None  # of whose row a deed answers; none: a child's
    deed: Any = field(default=None, repr=False)  # instead of acts: what is done to a whole file (`deed.Deed`)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with what was sent; never the value itself."""

    path: tuple[str, ...]
    code: str
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One row as it now stands."""

    entity: Entity
    row: str
    version: int
    child: str | None
    verb: Verb
    changed: bool = True  # false where it already held these values


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one command: the rows it wrote, or why it wrote none."""

    written: tuple[Written, ...] = ()
    error: errors.HubError | None = None
    repeated: bool = False  # the answer to the same key sent before
