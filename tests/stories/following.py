"""What a step changed, as the units themselves were told: stage, lead, parties, who was told what, who owes what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.demo.asking import Answer
from tests.stories.world import CAST, Who

_PARTS = {unit: part for part, unit in CAST.items()}


def part_of(unit: str) -> str:
    """The part that a unit plays, or its code where it plays none."""
    return _PARTS.get(unit, unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What a step leaves; parts by name, blank-separated. Nothing said: nothing changed."""

    act: str
    stage: str = ""
    lead: str = ""
    joins: str = ""  # part:role
    leaves: str = ""
    tells: Mapping[str, str] = field(default_factory=dict)  # what happened → who finds it in the inbox
    owes: str = ""  # rule:debtor>creditor, new and open
    meets: str = ""


@dataclass(slots=True)
class Following:
    """What is known so far; gives what each step added."""

    stage: str = ""
    lead: str = ""
    parties: set[str] = field(default_factory=set)
    notices: set[str] = field(default_factory=set)
    owed: dict[str, tuple[str, str]] = field(default_factory=dict)

    def step(self, act: str, told: Mapping[Who, Answer]) -> After:
        cases = [answer.data["case"] for answer in told.values() if answer.data["case"] is not None]
        stages = {case["stage"] for case in cases} or {""}
        leads = {part_of(case["leadUnit"]) for case in cases if case["leadUnit"] is not None} or {""}
        assert len(stages) == len(leads) == 1, (act, stages, leads)
        stage, lead = min(stages), min(leads)
        parties = {party for case in cases for party in _parties(case)}
        changed = After(
            act=act, stage=stage if stage != self.stage else "", lead=lead if lead != self.lead else "",
            joins=_listed(parties - self.parties), leaves=_listed(self.parties - parties if cases else ()),
            tells=self._told(told), **self._owed(told),
        )  # fmt: skip
        self.stage, self.lead = stage, lead
        self.parties = parties if cases else self.parties
        return changed

    def _told(self, told: Mapping[Who, Answer]) -> dict[str, str]:
        found: dict[str, set[str]] = {}
        for who, answer in told.items():
            for notice in _nodes(answer, "notices"):
                if notice["unit"] == who.unit and notice["id"] not in self.notices:
                    self.notices.add(notice["id"])
                    found.setdefault(notice["eventType"], set()).add(part_of(who.unit))
        return {kind: _listed(parts) for kind, parts in found.items()}

    def _owed(self, told: Mapping[Who, Answer]) -> dict[str, str]:
        now: dict[str, tuple[str, str]] = {}
        for answer in told.values():
            for each in _nodes(answer, "obligations"):
                between = f"{each['rule']}:{part_of(each['fromUnit'])}>{part_of(each['toUnit'])}"
                now[each["id"]] = (between, each["status"])
        new = [between for row, (between, status) in now.items() if row not in self.owed and status == "open"]
        met = [b for row, (b, s) in now.items() if s == "fulfilled" and self.owed.get(row, ("", ""))[1] != s]
        self.owed |= now
        return {"owes": _listed(new), "meets": _listed(met)}


def _parties(case: Mapping[str, Any]) -> Iterator[str]:
    """Those who take part, as far as their names are told; what is hidden is known to the hidden party itself."""
    for party in case["parties"] or ():
        if party["until"] is None and party["unit"] is not None:
            yield f"{part_of(party['unit'])}:{party['role']}"


def _nodes(answer: Answer, name: str) -> list[Any]:
    found: list[Any] = (answer.data[name] or {"nodes": []})["nodes"]
    return found


def _listed(names: Any) -> str:
    return " ".join(sorted(names))
