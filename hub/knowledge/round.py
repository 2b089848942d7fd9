"""A round over what units owe: the calendar opens, ended units hand on, what is late is told upwards.

Every step is some small transactions that change only what still stands so; broken off it has done its part, done
twice, or by two processes at once, it changes nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
import psycopg
from psycopg import sql

from hub.derived.keeping import Connection, asking
from hub.derived.round import Clock, utc_now
from hub.derived.statement import today
from hub.identity.directory import Directory
from hub.knowledge.dates import HUB, dates_of
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.offices import OFFICE, Offices, Resolver, offices_of
from hub.knowledge.owing import STANDING, Owed, rules_of
from hub.knowledge.reckoning import opened
from hub.knowledge.rows import change_row, id_for, owed_from
from hub.knowledge.settling import insert, text
from hub.knowledge.urging import ESCALATED, NOTICE, OVERDUE, Urging, change_rows, late_of
from hub.ledger import statements
from hub.ledger.asking import Ask
from hub.policy.book import PolicyBook

#: Obligations that one transaction changes.
BATCH = 500
#: What the round says happened, for those who are told; no unit opens or meets anything by it.
OPENED = "obligation_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one transaction of the round did: change rows, and an occurrence for each obligation, named by its row."""

    changes: tuple[dict[str, Any], ...]
    occurrences: tuple[Occurrence, ...] = ()
    notices: tuple[dict[str, Any], ...] = ()


#: Handed what was done, within the transaction that did it.
Tell = Callable[[Connection, Told], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwingTally:
    """What a round did."""

    opened: int = 0
    passed_on: int = 0
    overdue: int = 0
    escalated: int = 0
    unacknowledged: int = 0


async def tell_followers(connection: Connection, told: Told) -> None:
    """The notices, and the change rows."""
    cursor = psycopg.AsyncRawCursor(connection)
    if told.notices:
        columns = tuple(sorted(told.notices[0]))
        made = statements.inserted(NOTICE.name, columns)
        await cursor.execute(made.text.encode(), [orjson.dumps(told.notices).decode()])
    if told.changes:
        await cursor.execute(statements.change_rows().text.encode(), [orjson.dumps(told.changes).decode()])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """A round as one process goes it."""

    connection: Connection
    directory: Directory
    book: PolicyBook
    now: datetime
    tell: Tell

    @property
    def ask(self) -> Ask:
        return asking(self.connection)

    @property
    def offices(self) -> Offices:
        return offices_of(self.directory, today(self.now))

    @property
    def urging(self) -> Urging:
        return Urging(offices=self.offices, now=self.now)

    @property
    def values(self) -> dict[str, object]:
        return {"now": self.now, "by": HUB, "most": BATCH, "standing": list(STANDING)}

    async def by_the_calendar(self) -> int:
        """What the dates that have come open; what would be late already is not owed after the fact."""
        rules, resolver = rules_of(self.book.digest, self.book.obligations), Resolver(offices=self.offices)
        days, made = self.directory.working_days, 0
        for date_ in dates_of(today(self.now)):
            owed = [
                each for each in opened(date_, rules, resolver, days, id_of=id_for)
                if each.due_at is None or each.due_at >= self.now
            ]  # fmt: skip
            for start in range(0, len(owed), BATCH):
                batch = owed[start : start + BATCH]
                async with self.connection.transaction():
                    new = await insert(batch, rules, self.ask, self.now)
                    await self._told(OPENED, [(each, 1) for each in batch if each.id in new])
                made += len(new)
        return made

    async def pass_on(self) -> int:
        """What is owed by or to a unit that is no more goes to its successor, else to the unit above it."""
        async with self.connection.transaction():
            units = [text(row[0]) for row in await self.ask(parts()["units"], self.values)]
            present = {unit: self.offices.present(unit) for unit in units}
            heirs = {unit: heir for unit, heir in present.items() if heir not in (unit, None)}
            if not heirs:
                return 0
            given = {**self.values, "heirs": orjson.dumps(heirs).decode()}
            rows = await self.ask(parts()["passed_on"], given)
            changes = tuple(
                change_row(text(row), int(version), self.now, [unit and text(unit) for unit in units])
                for row, version, *units in rows
            )
            await self.tell(self.connection, Told(changes=changes))
        return len(rows)

    async def mark_overdue(self) -> int:
        count = 0
        while True:
            async with self.connection.transaction():
                rows = await self.ask(parts()["overdue"], self.values)
                await self._told(OVERDUE, [(owed_from(orjson.loads(row)), int(version)) for row, version in rows])
            count += len(rows)
            if len(rows) < BATCH:
                return count

    async def escalate(self) -> int:
        """To the superior of who owes, and to the conference's office."""
        count = 0
        while True:
            async with self.connection.transaction():
                late = [owed_from(orjson.loads(row[0])) for row in await self.ask(parts()["escalating"], self.values)]
                rows = [{"id": each.id, "superior": self._above(each)} for each in late]
                given = {**self.values, "rows": orjson.dumps(rows).decode()}
                done = {text(row): int(version) for row, version in await self.ask(parts()["escalated"], given)}
                await self._told(ESCALATED, [(each, done[each.id]) for each in late if each.id in done])
            count += len(done)
            if len(late) < BATCH:
                return count

    async def urge(self) -> int:
        """Notices that nobody acknowledged in time: to the lead of the case, the unit above, and the office."""
        count = 0
        while True:
            async with self.connection.transaction():
                rows = [orjson.loads(row[0]) for row in await self.ask(parts()["unacknowledged"], self.values)]
                late = [late_of(row) for row in rows if row["entity"] == NOTICE.name]
                await self._tell(rows, self.urging.of_notices(late))
            count += len(late)
            if len(late) < BATCH:
                return count

    async def _tell(
        self, marked: Sequence[Mapping[str, Any]], notices: Sequence[dict[str, Any]],
        occurrences: tuple[Occurrence, ...] = (), changes: tuple[dict[str, Any], ...] = (),
    ) -> None:  # fmt: skip
        new = [{"entity": NOTICE.name, "version": 1, **notice} for notice in notices]
        changes += tuple(change_rows([*marked, *new], self.now))
        await self.tell(self.connection, Told(changes=changes, occurrences=occurrences, notices=tuple(notices)))

    def _above(self, owed: Owed) -> str | None:
        return self.offices.superior(owed.debtor) or self._office(owed)

    def _office(self, owed: Owed) -> str | None:
        return self.offices.in_charge(OFFICE, self.offices.place_of(owed.debtor) or "")

    async def _told(self, kind: str, done: Sequence[tuple[Owed, int]]) -> None:
        occurrences = tuple(self._occurrence(kind, owed) for owed, _ in done)
        changes = tuple(
            change_row(owed.id, version, self.now, (*owed.units, *occurrence.units["addressee"]))
            for (owed, version), occurrence in zip(done, occurrences, strict=True)
        )
        late = [owed for owed, _ in done] if kind in (OVERDUE, ESCALATED) else []
        await self._tell((), self.urging.of_obligations(kind, late), occurrences, changes)

    def _occurrence(self, kind: str, owed: Owed) -> Occurrence:
        """It names the obligation as its row: who owes, who is owed and, if it escalates, who is above."""
        above = [unit for unit in (self._above(owed), self._office(owed)) if unit] if kind == ESCALATED else []
        units = {"owner": (owed.debtor,), "requester": (owed.creditor,), "addressee": tuple(dict.fromkeys(above))}
        return Occurrence(
            kind=kind, at=self.now, by=HUB, division=self.offices.place_of(owed.debtor) or "", child=owed.child,
            case_no=owed.case_no, row=owed.id, due=None if owed.due_at is None else owed.due_at.date(),
            urgent=owed.urgent, period=owed.period, units=units,
        )  # fmt: skip


@cache
def parts() -> Mapping[str, sql.SQL]:
    return dict(_pieces())


def _pieces() -> Iterator[tuple[str, sql.SQL]]:
    pieces = re.split(r"(?m)^-- (\w+) --\n", (files("hub.knowledge") / "round.sql").read_text("utf-8"))[1:]
    for name, body in zip(pieces[::2], pieces[1::2], strict=True):
        yield name, sql.SQL(body.strip())


async def go_owing_round(
    connection: Connection, directory: Directory, book: PolicyBook, *, clock: Clock = utc_now,
    tell: Tell = tell_followers, calendar: bool = True,
) -> OwingTally:  # fmt: skip
    """Without the calendar only what is late is looked for, which is done often."""
    rounds = Rounds(connection=connection, directory=directory, book=book, now=clock(), tell=tell)
    new = await rounds.by_the_calendar() if calendar else 0
    tally = OwingTally(opened=new, passed_on=await rounds.pass_on(), overdue=await rounds.mark_overdue())
    return replace(tally, escalated=await rounds.escalate(), unacknowledged=await rounds.urge())
