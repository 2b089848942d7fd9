"""A case file while it is being written: its clock, its parties, its events and who was told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.demo.chance import moment
from hub.demo.child import Life
from hub.demo.records import Change, add_with_past, person_of, told_by
from hub.demo.rows import Row
from hub.demo.scene import Scene

#: What a case is about, one for each case at a stage, so that every situation occurs.
SITUATIONS = (
    "guardian_neglect", "living_alone", "suspected_domestic_violence", "abandoned_or_uncared", "suspected_accident",
    "guardian_incapable", "multiple_injuries", "suspected_unlawful_harm", "missing",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class CaseFile:
    """One case; rows go to the scene's batch, the case's own row last, when its stages are known."""

    scene: Scene
    life: Life
    now: datetime
    origin: str
    lead: str
    situation: str = "guardian_neglect"
    duties: tuple[str, ...] = ()
    id: str = ""
    case_no: str = ""
    stage: str = "reported"
    risk: str | None = None
    opened: datetime = field(init=False)
    _stages: list[Change] = field(default_factory=list)
    parties: list[str] = field(default_factory=list)
    _told: list[Row] = field(default_factory=list)  # on the board and in inboxes

    def __post_init__(self) -> None:
        self.opened = self.now
        self.id = self.id or self.scene.luck.row_id("case", self.life.home.county, self.now)
        serial = self.scene.shared.next_serial(f"case/{self.life.home.county}")
        self.case_no = self.case_no or f"BH{self.life.home.county}-{self.now.year}-{serial:04d}"

    @property
    def county(self) -> str:
        return self.life.home.county

    @property
    def key(self) -> Row:
        return {**self.life.key, "case_id": self.id}

    def new_id(self, tag: str) -> str:
        return self.scene.luck.row_id(tag, self.county, self.now)

    def later(self, *, days: int = 0, hours: int = 1) -> datetime:
        """Moves the clock on; near the anchor day it creeps, so that nothing lies after it and all stays in order."""
        step = timedelta(days=days, hours=hours)
        room = moment(self.scene.anchor, 8) - self.now
        self.now += step if step < room / 2 else room / 20
        self.now = self.now.replace(microsecond=0)
        return self.now

    def add(self, table: str, tag: str, unit: str, /, **values: object) -> str:
        """Adds a row of the case and returns its id."""
        return str(self._added(table, tag, unit, **values)["id"])

    def _added(self, table: str, tag: str, unit: str, /, **values: object) -> Row:
        row = {**told_by(unit, self.now), **self.key, "id": self.new_id(tag), **values}
        self.scene.batch.add(table, row)
        return row

    def _settle(self) -> None:
        """A case is closed only when all who were told of it have acknowledged."""
        for row in self._told:
            told: datetime = row.get("notified_at") or row["at"]
            last = max(told, self.now - timedelta(minutes=5))
            for name in ("opened_at", "acknowledged_at"):
                row[name] = min(row.get(name) or last, last)
            if row.get("acted_at"):
                row["acted_at"] = min(row["acted_at"], last)

    def join(self, unit: str, role: str, *, accepts: bool = True) -> None:
        """A unit takes part from now on."""
        if unit in self.parties:
            return
        self.parties.append(unit)
        today = self.now.date()
        self.add("case_party", "party", unit, unit=unit, role=role, since=today, accepted_on=today if accepts else None)

    def event(self, kind: str, unit: str, data_class: str, summary: str, *, to: Sequence[str] = ()) -> str:
        """Something happened; every party, and who is named, is told at once; most have acknowledged since."""
        units = [knower for knower in dict.fromkeys((*self.parties, *to)) if knower != unit]
        event = self.add(
            "case_event",
            "event",
            unit,
            type=kind,
            at=self.now,
            by_unit=unit,
            by_person=person_of(unit),
            data_class=data_class,
            summary=summary,
            must_know_units=units,
        )
        for knower in units:
            self._tell(event, (kind, unit), knower)
        return event

    def _tell(self, event: str, what: tuple[str, str], unit: str) -> None:
        """On the board of the case and in the unit's inbox; to be acknowledged within a working day or so."""
        luck, known = self.scene.luck, {"event_id": event, "unit": unit, "notified_at": self.now}
        known |= {"due_at": self.now + timedelta(days=3)}
        end = moment(self.scene.anchor, 8)
        opened = self.now + timedelta(minutes=20 + luck.below(600))
        acknowledged = opened + timedelta(minutes=1 + luck.below(90))
        if acknowledged < end and not luck.one_in(12):
            known |= {"opened_at": opened, "acknowledged_at": acknowledged}
            if luck.one_in(2):
                known["acted_at"] = min(acknowledged + timedelta(hours=3), end)
        self._told.append(self._added("case_knowledge", "knowledge", unit, **known))
        kind, by = what
        told = {name: value for name, value in known.items() if name not in ("notified_at", "acted_at")}
        division = unit.partition("@")[2].partition("-")[0].ljust(12, "0")
        notice = {"at": self.now, "by_unit": by, "kind": "event", "event_type": kind, "division": division}
        self._told.append(self._added("notice", "notice", unit, **told, **notice))

    def reach(self, stage: str) -> None:
        """The case enters a stage; the former one goes into its history."""
        if stage != self.stage:
            self._stages.append((self.now, {"stage": self.stage, "closed_on": None, "close_reason": None}))
            self.stage = stage

    def finish(self, close_reason: str | None = None, **values: object) -> None:
        """Writes the case's own row; a case is closed if a reason is given."""
        if close_reason:
            self._settle()
            self.event("closed", self.lead, "D22", "结案")
        row: Row = {
            **told_by(self.lead, self.opened),
            **self.life.key,
            "id": self.id,
            "case_no": self.case_no,
            "opened_from": self.origin,
            "opened_on": self.opened.date(),
            "stage": self.stage,
            "lead_unit": self.lead,
            "risk_level": self.risk,
            "duties_served": list(self.duties) or None,
            "closed_on": self.now.date() if close_reason else None,
            "close_reason": close_reason,
            **values,
        }
        add_with_past(self.scene.batch, "protection_case", row, self._stages)
