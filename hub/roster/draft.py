"""A proposal in the making: what one row of a roster adds to a child's file, and what it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.identity.identity import Unit
from hub.ledger.acts import Act, Verb
from hub.ledger.ids import new_id
from hub.roster.entry import Entry
from hub.roster.faults import Fault
from hub.roster.headers import Header
from hub.roster.permits import Permits
from hub.roster.standing import NOTHING, Standing, differing
from schema.registry import ENTITIES


@dataclass(slots=True, kw_only=True)
class Draft:
    """Acts and remarks gathered so far."""

    entry: Entry
    header: Header
    permits: Permits
    unit: Unit
    day: date  # as of which the roster speaks
    child: str
    standing: Standing = NOTHING
    acts: list[Act] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)

    def remark(self, code: str, key: str) -> None:
        self.remarks.append(Fault(code=code, place=self.header.place_of(key), key=key))

    def make(self, entity: str, values: Mapping[str, Any]) -> str | None:
        """A new row, of the columns that may be given; its id, or None where the unit makes none."""
        if entity not in self.permits.opens:
            return None
        declared = ENTITIES[entity]
        row = new_id(declared, self.child.split("_")[1])
        allowed = {name: value for name, value in values.items() if name in self.permits.create[entity]}
        self.acts.append(Act(verb=Verb.CREATE, entity=declared, row=row, values=allowed))
        return row

    def change(self, entity: str, standing: Mapping[str, Any], wanted: Mapping[str, Any], part: str) -> None:
        """What differs and may be changed; what differs and is another's is told."""
        found = differing(entity, standing, wanted, self.permits)
        for name in found.foreign:
            if f"{part}.{name}" not in self.entry.concluded:
                self.remark("OTHERS_VALUE", f"{part}.{name}")
        if found.changes:
            self.acts.append(
                Act(
                    verb=Verb.UPDATE,
                    entity=ENTITIES[entity],
                    row=standing["id"],
                    version=standing["rowVersion"],
                    values=found.changes,
                )
            )
