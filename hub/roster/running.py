"""One import from beginning to end, as the command line and an upload run it: file in, summary and report out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hub import errors
from hub.database import Database
from hub.identity.identity import Identity, Purpose, Unit
from hub.policy.compile import china_today
from hub.roster.office import Office, Parts, office_of
from hub.roster.opening import opened_parts
from hub.roster.report import Report
from hub.roster.roster import Roster, read_roster
from hub.roster.summary import Summary
from hub.settings import Settings

#: Called with how many rows were taken, and about how many there are, 0 where that is not known.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be imported, as whom, and whether it is written."""

    file: Path
    report: Path
    unit: str
    person: str
    roles: frozenset[str]
    token_id: str
    write: bool = False
    mapping: Mapping[str, str] | None = field(default=None, repr=False)


async def run_task(settings: Settings, database: Database, task: Task, progress: Progress) -> Summary:
    """Raises RosterError, IdentityError, and what the failing of the database raises; rows written stay written."""
    async with opened_parts(settings, database) as parts:
        office = office_of(parts, _identity(parts, task), Purpose(), write=task.write)
        with read_roster(task.file, office.context, task.mapping) as roster:
            return await _run(office, roster, task, progress)


async def _run(office: Office, roster: Roster, task: Task, progress: Progress) -> Summary:
    summary = Summary(seen=roster.seen, permits=office.permits, written=task.write)
    with Report(roster.seen.headers, office.place_names) as report:
        async for chunk in office.importer.run(roster):
            summary.add(chunk)
            report.add(chunk)
            progress(summary.results.total(), roster.seen.expected)
        if report.rows:
            report.save(task.report, summary)
    return summary


def _identity(parts: Parts, task: Task) -> Identity:
    """The unit as it stands today: one that ended since the upload imports nothing."""
    unit = parts.directory().resolve(task.unit, china_today())
    if not isinstance(unit, Unit):
        raise errors.UnknownUnit(unit=task.unit)
    return Identity(
        person=task.person,
        unit=unit,
        roles=task.roles,
        kind="human",
        expires_at=int(time.time()) + 86_400,
        token_id=task.token_id,
    )
