"""What owners share, in small worlds: made-up applications, and what they open by the letter of what was agreed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hub.policy.openings import Opening
from hub.policy.words import Subject
from schema.classes import CLASSES, Level
from schema.registry import ENTITIES
from tests.reference import worlds
from tests.reference.facts import Asker, Vector
from tests.reference.judge import MODES, Judge, facet_level, opened_by
from tests.reference.policies import CLASSES_OFTEN, DUTIES, OBJECTS, Made

#: Conditions on the child alone, under which an owner may hold what it passes on.
OWN = ("age_0_6", "disabled", "left_behind", "poverty_household", "pupil_or_school_age", "unregistered")
Row = dict[str, Any]


def made(seed: int, asker: Asker, rules: Made) -> list[Row]:
    """A few applications, most of them agreed to, of the unit that asks, for what somebody holds."""
    chance = random.Random(seed)
    held = sorted({name.partition("/")[0] for e in rules.entries if e.eft == "allow" for name in e.objects})
    classes = (*(held or CLASSES_OFTEN), *held, chance.choice(CLASSES_OFTEN), chance.choice(("D25", "D29", "D38")))
    return [_request(chance, number, asker, chance.choice(classes)) for number in range(chance.randint(2, 5))]


def _request(chance: random.Random, number: int, asker: Asker, data_class: str) -> Row:
    parts = [name for name in OBJECTS if name.startswith(f"{data_class}/")]
    owner = chance.choice(worlds.UNITS)
    ((low, high),) = worlds.ranges_of(owner)
    day = timedelta(days=1)
    values: Row = {
        "id": f"share_{number}", "requester_unit": asker.unit if chance.random() < 0.8 else worlds.UNITS[0],
        "owner_unit": owner, "data_class": data_class, "status": chance.choice(("agreed",) * 5 + ("withdrawn",)),
        "granted_parts": chance.sample(parts, 1) if parts and chance.random() < 0.3 else None,
        "granted_mode": chance.choice(("full", "full", "masked", "flag", "meta")),
        "granted_scope": chance.choice(("own", "own", "case", "assigned")), "duty_code": f"{asker.unit_type}-1",
        "granted_from": worlds.TODAY - chance.choice((-1, 0, 30)) * day,
        "granted_to": worlds.TODAY + chance.choice((-1, 0, 30)) * day,
        "reach_low": low, "reach_high": high, "scope": "own", "purpose": "核对", "period_from": worlds.TODAY,
        "period_to": worlds.TODAY, "requested_at": worlds.NOW, "recorded_at": worlds.NOW, "recorded_by": "p1",
        "source_unit": asker.unit, "verified_status": "unverified", "row_version": 1,
    }  # fmt: skip
    return {column.name: values.get(column.name) for column in ENTITIES["ShareRequest"].table.columns}


def openings(rows: Sequence[Row], asker: Asker) -> tuple[Opening, ...]:
    """As a node reads them: those agreed to, whatever their period."""
    return tuple(
        Opening(
            share=row["id"], unit=asker.unit,
            owner=Subject(unit_type=row["owner_unit"][:2], level=worlds.level_of(row["owner_unit"])),
            objects=tuple(row["granted_parts"] or (row["data_class"],)), mode=row["granted_mode"],
            scope=row["granted_scope"], duty=row["duty_code"], valid_from=row["granted_from"],
            valid_to=row["granted_to"],
        )
        for row in rows
        if row["status"] == "agreed" and row["requester_unit"] == asker.unit
    )  # fmt: skip


class SharingJudge(Judge):
    """The rules, and beside them what owners that hold it themselves have agreed to."""

    def __init__(self, rules: Made, asker: Asker, shares: Sequence[Row]) -> None:
        super().__init__(rules.entries, DUTIES, asker)
        self._rules, self._asker, self._shares = rules, asker, shares
        self._owners: dict[str, Judge] = {}

    def held(self, group: str, action: str) -> tuple[Vector, ...]:
        found = [*super().held(group, action), *self._shared(group, action)]
        return tuple(sorted(found, key=lambda vector: MODES.index(vector.mode)))

    def _shared(self, group: str, action: str) -> Iterator[Vector]:
        if action not in ("list", "read"):
            return
        for share in self._shares:
            named = [name for name in share["granted_parts"] or (share["data_class"],) if _may_be_shared(name)]
            if not self._stands(share, self._asker.today) or not set(named) & set(opened_by(group)):
                continue
            if self._denies(group, action, share["granted_mode"]):
                continue
            hidden = ("location_hidden",) if any(name.startswith("D31") for name in named) else ()
            for own in self._as_owned(share, group, action):
                yield Vector(
                    share["granted_mode"], share["granted_scope"], f"shared:{share['id']}" + (f":{own}" if own else ""),
                    "none", ("conflict_of_interest", "sealed", *hidden),
                )  # fmt: skip

    def _stands(self, share: Mapping[str, Any], day: date) -> bool:
        mine = share["requester_unit"] == self._asker.unit and share["status"] == "agreed"
        return bool(mine and share["granted_from"] <= day <= share["granted_to"])

    def _denies(self, group: str, action: str, mode: str) -> bool:
        return any(
            entry.eft == "deny" and self._speaks_of(entry.id, group, action) and {"*", mode} & set(entry.modes)
            for entry in self._entries.values()
        )

    def _as_owned(self, share: Mapping[str, Any], group: str, action: str) -> list[str | None]:
        """Under which conditions the owner holds it in its own divisions; all of them are none if none is asked."""
        owner = share["owner_unit"]
        if owner not in self._owners:
            who = Asker(
                unit=owner, unit_type=owner[:2], level=worlds.level_of(owner), ranges=worlds.ranges_of(owner),
                now=self._asker.now,
            )  # fmt: skip
            self._owners[owner] = Judge(self._rules.entries, DUTIES, who)
        held = [
            vector.condition
            for vector in self._owners[owner].held(group, action)
            if vector.mode in ("full", share["granted_mode"]) and vector.purpose == "none"
            and vector.scope in ("own", "sub", "any") and vector.condition in (None, *OWN)
        ]  # fmt: skip
        return [None] if None in held else sorted(set(held))  # type: ignore[type-var]


def _may_be_shared(name: str) -> bool:
    data_class = name.partition("/")[0]
    level = facet_level(name) if "/" in name else CLASSES[name].level
    return data_class <= "D33" and level < Level.L5
