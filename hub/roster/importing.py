"""Imports a roster: chunk by chunk matched, proposed and, where asked, written; every row ends with an outcome.

A chunk's commands are whole or not at all, row by row. What an interruption leaves undone is found undone by the next
run, which compares every row with the ledger as it then stands; a second run of the same file finds nothing to do.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from hub import errors
from hub.ledger.acts import Command, Outcome, Source
from hub.ledger.ledger import Ledger
from hub.ledger.permission import Writer
from hub.roster.asking import Asking, Candidates
from hub.roster.entry import Entry, faulted
from hub.roster.faults import REMARKS, Fault
from hub.roster.headers import Header
from hub.roster.matching import DOUBTS, Doubtful, Home, Known, Match, New, Same, match
from hub.roster.proposing import Desk, Proposal, propose
from hub.roster.roster import Roster
from schema.classes import Label

CHUNK = 500
#: Rows read in one turn of the loop.
_TURN = 8
SYSTEM = "roster"
NEW_WORDS, SKIP_WORDS = frozenset({"新建", "新", "new"}), frozenset({"跳过", "不导入", "skip"})


class Result(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"
    FAULTY = "faulty"
    SKIPPED = "skipped"


RESULTS: Mapping[Result, Label] = {
    Result.NEW: Label(zh="新登记", en="new"),
    Result.CHANGED: Label(zh="有变更", en="changed"),
    Result.UNCHANGED: Label(zh="无变化", en="unchanged"),
    Result.DOUBTFUL: Label(zh="待人工判断", en="doubtful"),
    Result.FAULTY: Label(zh="有误", en="faulty"),
    Result.SKIPPED: Label(zh="按决定跳过", en="skipped as decided"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One row and what became of it, or would."""

    sheet: str
    entry: Entry = field(repr=False)
    result: Result
    candidates: tuple[Known, ...] = field(default=(), repr=False)

    @property
    def needs_attention(self) -> bool:
        return self.result in (Result.DOUBTFUL, Result.FAULTY) or bool(self.entry.faults)


Write = Callable[[Sequence[Command]], Awaitable[Sequence[Outcome]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Everything an import needs beside the file; without `write` it only says what it would do."""

    asking: Asking = field(repr=False)
    desk: Desk
    write: Write | None = field(default=None, repr=False)
    chunk: int = CHUNK

    async def run(self, roster: Roster) -> AsyncIterator[list[Judged]]:
        """Chunks of judged rows in the order of the file; while the database is at one, the next is read."""
        chunk = await _chunk_of(roster.entries, self.chunk)
        while chunk:
            ahead = asyncio.create_task(_chunk_of(roster.entries, self.chunk))
            try:
                yield await self._chunk(chunk, roster.seen.headers)
                chunk = await ahead
            finally:
                ahead.cancel()

    async def _chunk(self, chunk: Sequence[tuple[str, Entry]], headers: Mapping[str, Header]) -> list[Judged]:
        sound = [entry for _, entry in chunk if not is_faulty(entry)]
        candidates = await self.asking.candidates(sound) if sound else Candidates(())
        rows = [_Row(sheet, entry, headers[sheet]) for sheet, entry in chunk]
        for row in rows:
            row.decide(candidates, self.desk.home)
        await self._propose(rows)
        await self.asking.tell(known for row in rows for known in row.named)
        if self.write is not None:
            await self._write([row for row in rows if row.acts], self.write)
        return [row.judged() for row in rows]

    async def _propose(self, rows: Sequence[_Row]) -> None:
        matched = {row.match.known.id for row in rows if isinstance(row.match, Same)}
        headers = {id(row.header): row.header for row in rows}
        targets = [column.target for header in headers.values() for column in header.columns if column.target]
        details = await self.asking.details(sorted(matched), targets)
        for row in rows:
            row.propose(details, self.desk)

    async def _write(self, rows: Sequence[_Row], write: Write) -> None:
        commands = [Command(acts=row.acts, source=Source(system=SYSTEM)) for row in rows]
        for row, outcome in zip(rows, await write(commands), strict=True):
            if outcome.error is not None:
                row.refuse(outcome.error)


def is_faulty(entry: Entry) -> bool:
    return any(fault.code not in REMARKS for fault in entry.faults)


async def _chunk_of(entries: Iterator[tuple[str, Entry]], size: int) -> list[tuple[str, Entry]]:
    """The next rows, a few in each turn of the loop."""
    chunk: list[tuple[str, Entry]] = []
    while few := list(islice(entries, min(_TURN, size - len(chunk)))):
        chunk += few
        await asyncio.sleep(0)
    return chunk


class _Row:
    """A row on its way from match to outcome."""

    def __init__(self, sheet: str, entry: Entry, header: Header) -> None:
        self.sheet, self.entry, self.header = sheet, entry, header
        self.match: Match | None = None
        self.proposal: Proposal | None = None
        self.named: tuple[Known, ...] = ()
        self._result: Result | None = None

    @property
    def acts(self) -> tuple[Any, ...]:
        return self.proposal.acts if self.proposal is not None and self._result is None else ()

    def decide(self, candidates: Candidates, home: Home) -> None:
        said = self.entry.decision
        if said is not None and said.lower() in SKIP_WORDS:
            self._result = Result.SKIPPED
        if is_faulty(self.entry) or self._result is not None:
            return
        known = candidates.of(self.entry)
        found = match(self.entry, known, home)
        if said is not None and isinstance(found, Doubtful):
            found = self._decided(said, found)
        if isinstance(found, Doubtful):
            detail = DOUBTS[found.doubt]
            self.named = found.candidates
            self._fault(Fault(code="DOUBTFUL", place=self.header.place_of("child.name"), detail=detail))
            self._result = Result.DOUBTFUL
            return
        self.match = found

    def _decided(self, said: str, found: Doubtful) -> Match:
        """The person's decision; one that names none of the candidates is told and decides nothing."""
        if said.lower() in NEW_WORDS:
            return New()
        chosen = next((known for known in found.candidates if known.child_no == said), None)
        if chosen is not None:
            return Same(known=chosen)
        self._fault(Fault(code="DECISION", place=self.header.place_of("hub.decision")))
        return found

    def propose(self, details: Mapping[str, Mapping[str, Any]], desk: Desk) -> None:
        if self.match is None:
            return
        known = details.get(self.match.known.id) if isinstance(self.match, Same) else None
        if known is None and isinstance(self.match, Same):
            self._fault(Fault(code="CHANGED_MEANWHILE"))
            return
        self.proposal = propose(self.entry, self.header, known, desk)
        for fault in (*self.proposal.faults, *self.proposal.remarks):
            self._fault(fault)

    def refuse(self, error: errors.HubError) -> None:
        if isinstance(error, errors.ExecuteError | errors.InternalError | errors.RecordError):
            raise error
        code = "CHANGED_MEANWHILE" if isinstance(error, errors.VersionConflict) else "REFUSED"
        self._fault(Fault(code=code, detail=Label(zh=error.message_zh, en=error.message)))
        self._result = Result.FAULTY

    def judged(self) -> Judged:
        result = self._result or self._concluded()
        return Judged(sheet=self.sheet, entry=self.entry, result=result, candidates=self.named)

    def _concluded(self) -> Result:
        if is_faulty(self.entry) or self.proposal is None:
            return Result.FAULTY
        if self.proposal.is_new:
            return Result.NEW
        return Result.CHANGED if self.proposal.acts else Result.UNCHANGED

    def _fault(self, fault: Fault) -> None:
        self.entry = faulted(self.entry, fault)


def written_by(ledger: Ledger, writer: Writer) -> Write:
    """Writes as this unit; the ledger answers in the order of the commands."""

    async def write(commands: Sequence[Command]) -> Sequence[Outcome]:
        return await ledger.write(writer, commands, name="roster import")

    return write


def counted(judged: Iterable[Judged]) -> Counter[Result]:
    return Counter(row.result for row in judged)
