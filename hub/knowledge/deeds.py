"""What is done to an obligation itself: shown to be met, its clock stopped, started again or extended, waived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from hub import errors
from hub.derived.statement import today
from hub.knowledge.offices import offices_of
from hub.knowledge.owing import FULFILLED, OPEN, PAUSED, STANDING, WAIVED, Owed
from hub.knowledge.rows import OBLIGATION, change_row, changing, owed_from
from hub.knowledge.settling import CHANGING, updating
from hub.knowledge.timing import clock_in, timed
from hub.ledger import decision
from hub.ledger.acts import Act, Verb, Written
from hub.ledger.deed import Scene
from hub.ledger.permission import Need, Permission, full_rights

GROUP = OBLIGATION.fields["id"].group
LONGEST_TEXT = 2000
WAIVE = "waive"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationDeed:
    """One of these deeds; the unit that owes does them, but for waiving."""

    name: str
    action: str
    row: str
    version: int | None
    text: str | None = field(default=None, repr=False)  # evidence or reason
    by: int | None = None  # of an extension, in the clock's own unit

    @property
    def rows(self) -> tuple[str, ...]:
        return (self.row,)

    def asked(self) -> list[Any]:
        return [self.row, self.version, self.text, self.by]

    async def do(self, scene: Scene) -> None:
        owed = owed_from(dict(await self._reached(scene)))
        if owed.status not in STANDING:
            raise errors.ObligationSettled()
        directory = scene.judge.known.directory
        mine = offices_of(directory, today(scene.at)).stands_for(scene.unit)
        if self.action != WAIVE and owed.debtor not in mine:
            raise errors.NotOwedByYou()
        changed, more = DOINGS[self.name](self, owed, scene.at)
        await _write(scene, timed(changed, directory.working_days) if changed.stands else changed, more)

    async def _reached(self, scene: Scene) -> Mapping[str, Any]:
        """The row, locked, if the caller may do this to it; else it is as unknown as one that is not there."""
        writer = scene.job.writer
        rights = full_rights(writer, OBLIGATION, GROUP, (self.action,))
        permission = Permission(needs=[Need(rights=rights, group=GROUP, action=self.action, columns=())])
        act = Act(verb=Verb.UPDATE, entity=OBLIGATION, values={}, row=self.row, version=self.version)
        if not rights:
            raise decision.not_granted(decision.refusals(writer, act, permission.needs))
        scene.done.rules |= permission.rules
        return decision.check_reached(writer, act, permission, await scene.judge.standing(act, permission)).row

    def words(self) -> str:
        """The evidence or the reason, which has to say something."""
        said = (self.text or "").strip()
        if not said or len(said) > LONGEST_TEXT:
            raise errors.ReasonNeeded(most=LONGEST_TEXT)
        return said


Doing = tuple[Owed, dict[str, Any]]


def _fulfil(deed: ObligationDeed, owed: Owed, at: datetime) -> Doing:
    if not owed.by_evidence:
        raise errors.MetByAct()
    settled = replace(owed, subject_key=owed.key_when_settled, paused_at=None)
    return replace(settled, status=FULFILLED, evidence=deed.words(), fulfilled_at=at), {}


def _pause(_: ObligationDeed, owed: Owed, at: datetime) -> Doing:
    if not owed.pausable or owed.status != OPEN:
        raise errors.ClockFixed(what="pause")
    return replace(owed, status=PAUSED, paused_at=at), {}


def _resume(_: ObligationDeed, owed: Owed, at: datetime) -> Doing:
    if owed.status != PAUSED or owed.paused_at is None:
        raise errors.ClockFixed(what="resume")
    span = f"{owed.paused_at.isoformat()}/{at.isoformat()}"
    return replace(owed, status=OPEN, paused_at=None, pauses=(*owed.pauses, span)), {}


def _extend(deed: ObligationDeed, owed: Owed, at: datetime) -> Doing:
    """Once, by no more than the term itself, and before it is over."""
    by, late = deed.by or 0, owed.due_at is not None and owed.due_at < at
    if not owed.extendable or owed.extended_by or late or not 1 <= by <= (clock_in(owed).value or 0):
        raise errors.ClockFixed(what="extend")
    return replace(owed, extended_by=by), {"extension_reason": deed.words()}


def _waive(deed: ObligationDeed, owed: Owed, _: datetime) -> Doing:
    waived = replace(owed, status=WAIVED, subject_key=owed.key_when_settled, paused_at=None)
    return waived, {"waived_reason": deed.words()}


DOINGS: Mapping[str, Callable[[ObligationDeed, Owed, datetime], Doing]] = {
    "fulfilObligation": _fulfil,
    "pauseObligation": _pause,
    "resumeObligation": _resume,
    "extendObligation": _extend,
    "waiveObligation": _waive,
}


async def _write(scene: Scene, owed: Owed, more: Mapping[str, Any]) -> None:
    """The row as it now is, recorded as the caller's act, and told to those who follow."""
    row = {**changing(owed, scene.at), **more, "recorded_by": scene.person}
    given = {"rows": orjson.dumps([row]).decode(), "standing": list(STANDING)}
    ((_, version),) = await scene.ask(updating((*CHANGING, *more)), given)
    scene.done.written.append(
        Written(entity=OBLIGATION, row=owed.id, version=int(version), child=None, verb=Verb.UPDATE)
    )
    scene.done.changes.append(change_row(owed.id, int(version), scene.at, owed.units, by=scene.unit))
