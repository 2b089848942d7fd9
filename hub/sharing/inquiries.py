"""查询即信号: that police, a hospital or a court asked about a child is told to the lead of its open case.

A round over the access record, long after the answers left: the path of a request knows nothing of it. What is told is
who asked, never what was read; of a marked investigation, or by one, nothing. Three types of units that ask about one
child within two weeks make the county's civil affairs owe a look. Done twice, it tells nothing twice.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
import psycopg
from psycopg import sql

from hub import errors, lease, observation
from hub.audit.search import INVESTIGATION_CLASSES, INVESTIGATION_DUTIES
from hub.derived.keeping import HUB, Connection, asking
from hub.derived.round import Clock, utc_now
from hub.derived.statement import today
from hub.identity.directory import Directory
from hub.identity.identity import Unit
from hub.identity.loading import load_directory
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.settling import settle, text
from hub.ledger import statements
from hub.ledger.ids import new_id
from hub.ledger.rows import concerns
from hub.observation import InquiryRound, observe
from hub.policy.book import PolicyBook
from schema.registry import ENTITIES

NOTICE = ENTITIES["Notice"]
LEASE = "inquiries"
INTERVAL, LONGEST = timedelta(seconds=30), timedelta(minutes=30)
#: Access records that one transaction looks at.
BATCH = 1000
#: Whose single look at a child's file is told to the lead of its case.
TOLD_OF = frozenset({"PS", "MI", "HE", "CT"})
#: Whose looks are counted beside theirs: not those whose daily work the file is.
COUNTED = TOLD_OF | {"PR", "JU", "DF", "HR", "RS", "WI"}
#: How many types of units, within how long, are worth a look.
ENOUGH, WINDOW = 3, timedelta(days=14)
RULE = "O40"


@dataclass(slots=True, kw_only=True)
class InquiryTally:
    """What a round did."""

    looked: int = 0
    told: int = 0
    reviews: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A unit's look at one child's file."""

    unit: str
    at: datetime
    child: str

    @property
    def row(self) -> dict[str, Any]:
        return {
            "child_id": self.child, "unit": self.unit, "day": today(self.at).isoformat(),
            "unit_type": self.unit.partition("@")[0], "at": self.at.isoformat(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round as one process goes it."""

    connection: Connection
    directory: Directory
    book: PolicyBook
    now: datetime
    tally: InquiryTally = field(default_factory=InquiryTally)

    async def _ask(self, name: str, **values: object) -> Sequence[Sequence[Any]]:
        return await asking(self.connection)(parts()[name], values)

    async def go(self) -> InquiryTally:
        for node, seq in await self._ask("nodes"):
            after = int(seq)
            while (reached := await self._looked(text(node), after)) is not None:
                after = reached
        await self._ask("forgotten", since=self.now - WINDOW)
        return self.tally

    async def _looked(self, node: str, after: int) -> int | None:
        """One batch, whole or not at all; the last record of it, None where there was none."""
        async with self.connection.transaction():
            rows = await self._ask(
                "looked", node=node, seq=after, most=BATCH, types=sorted(COUNTED), since=self.now - WINDOW,
                classes=list(INVESTIGATION_CLASSES), duties=list(INVESTIGATION_DUTIES),
            )  # fmt: skip
            if not rows:
                return None
            last = int(rows[-1][0])
            asked = [Asked(unit=unit, at=at, child=child) for _, unit, at, child in rows if child is not None]
            await self._signal(asked)
            await self._ask("marked", node=node, seq=last)
            self.tally.looked += len(rows)
            return last

    async def _signal(self, asked: Sequence[Asked]) -> None:
        first = {(each.child, each.unit, today(each.at)): each for each in reversed(asked)}
        if not first:
            return
        given = orjson.dumps([each.row for each in first.values()]).decode()
        new = {(text(child), text(unit)) for child, unit in await self._ask("inquired", rows=given)}
        children = sorted({child for child, _ in new})
        if not children:
            return
        changes = [*await self._tell(sorted(new), children), *await self._review(children)]
        if changes:
            await self._write(statements.change_rows().text, changes)

    async def _tell(self, new: Sequence[tuple[str, str]], children: list[str]) -> list[dict[str, Any]]:
        """The notices of who asked, to the leads of open cases in which the asking unit itself has no part."""
        parties: dict[str, set[str]] = defaultdict(set)
        for child, unit in await self._ask("parties", children=children, day=today(self.now)):
            parties[text(child)].add(text(unit))
        leads: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for child, case, lead, county in await self._ask("leads", children=children):
            leads[text(child)].append((text(case), text(lead), text(county)))
        notices = [
            self._notice(child, unit, *place)
            for child, unit in new
            if unit.partition("@")[0] in TOLD_OF and unit not in parties[child]
            for place in leads[child]
            if place[1] != unit
        ]
        if notices:
            await self._write(statements.inserted(NOTICE.name, tuple(sorted(notices[0]))).text, notices)
        self.tally.told += len(notices)
        return [self._change(row) for row in notices]

    def _notice(self, child: str, unit: str, case: str, lead: str, county: str) -> dict[str, Any]:
        found = self.directory.resolve(lead, today(self.now))
        division = found.division if isinstance(found, Unit) else county.ljust(12, "0")
        return {
            "county": county, "id": new_id(NOTICE, county), "unit": lead, "by_unit": unit, "kind": "inquiry",
            "event_type": "inquired", "at": self.now, "division": division, "child_id": child, "case_id": case,
            "addressed": False, "source_unit": HUB, "recorded_by": HUB, "recorded_at": self.now,
            "effective_from": today(self.now), "verified_status": "verified",
        }  # fmt: skip

    def _change(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "county": row["county"], "entity": NOTICE.name, "row_id": row["id"], "row_version": 1,
            "child_id": row["child_id"], "kind": "created", "unit": HUB, "at": self.now.isoformat(),
            "classes": [NOTICE.about.key_class],
        } | concerns(NOTICE, row)  # fmt: skip

    async def _review(self, children: list[str]) -> list[dict[str, Any]]:
        """Where several types of units ask about one child, its county's civil affairs owe a look."""
        rows = await self._ask("met", children=children, since=self.now - WINDOW, rule=RULE, enough=ENOUGH)
        met = [
            Occurrence(kind="inquiries_met", at=self.now, by=HUB, division=text(home), child=text(child))
            for child, home in rows
        ]
        if not met:
            return []
        changes = await settle(met, asking(self.connection), self.now, self.directory, self.book)
        self.tally.reviews += len(changes)
        return changes

    async def _write(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        cursor = psycopg.AsyncRawCursor(self.connection)
        await cursor.execute(statement.encode(), [orjson.dumps([dict(row) for row in rows]).decode()])


@cache
def parts() -> Mapping[str, sql.SQL]:
    pieces = re.split(r"(?m)^-- (\w+) --\n", (files("hub.sharing") / "inquiries.sql").read_text("utf-8"))[1:]
    return {name: sql.SQL(body.strip()) for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


async def keep_telling(conninfo: str, node: str, book: PolicyBook, *, clock: Clock = utc_now) -> None:
    """Never returns; a failure is told, and what it left undone is taken up at the next interval."""
    while True:
        try:
            await once(conninfo, node, book, clock=clock)
        except (psycopg.Error, OSError, errors.HubError) as error:
            observe(observation.failed(error, "INQUIRY_ROUND"))
        await asyncio.sleep(INTERVAL.total_seconds())


async def once(conninfo: str, node: str, book: PolicyBook, *, clock: Clock = utc_now) -> InquiryTally | None:
    """Goes the round unless another node is going it or has just gone it; None then."""
    now, owner = clock(), f"{node} {secrets.token_hex(4)}"
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        if not await lease.take(connection, LEASE, owner, now=now, until=now + LONGEST):
            return None
        directory = await load_directory(connection)
        tally = await Round(connection=connection, directory=directory, book=book, now=now).go()
        await lease.take(connection, LEASE, owner, now=clock(), until=clock() + INTERVAL / 2)
    if tally.told or tally.reviews:
        observe(InquiryRound(looked=tally.looked, told=tally.told, reviews=tally.reviews))
    return tally
