"""Proves the access record: finds what was altered, taken out, put in, reordered or cut off, node by node.

Reads as a stream, beside a hub that goes on writing. What it finds names node and place, never content.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import permutations
from pathlib import Path
from typing import Any

import psycopg

from hub.audit.anchor import Reading
from hub.audit.chain import EMPTY, READ, Head, StoredRow, stored_row
from hub.audit.node import KnownNode, known_nodes
from hub.audit.record import shape_hash
from schema.classes import Label

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_BATCH = 1000
_COMPARED = 24


class Fault(Enum):
    """What can be wrong with a record, in both languages."""

    ALTERED = Label(zh="记录被改动", en="altered")
    ADDED = Label(zh="记录非本节点所写，系后加", en="added by another hand")
    MISSING = Label(zh="记录缺失", en="missing")
    REORDERED = Label(zh="记录被调换位置", en="reordered")
    UNLINKED = Label(zh="与上一条不相连", en="not linked to the one before")
    CUT = Label(zh="链尾被截断", en="tail cut off")
    ANCHOR = Label(zh="链头锚点缺失或损坏", en="anchor missing or damaged")
    FOREIGN = Label(zh="无此节点的密钥，无法核验", en="no key of this node is kept here")
    SHAPE_ALTERED = Label(zh="访问形状被改动", en="shape altered")
    SHAPE_MISSING = Label(zh="访问形状缺失", en="shape missing")
    SHAPE_ADDED = Label(zh="访问形状无记录引用，系后加", en="shape that no record uses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong, at a place in a node's chain or at a shape."""

    fault: Fault
    node: str
    seq: int
    until: int = 0  # last of a row of missing records
    shape: str = ""

    @property
    def label(self) -> Label:
        place = self.shape[:16] or (f"{self.seq}–{self.until}" if self.until > self.seq else str(self.seq))
        return Label(
            zh=f"{self.node} {place}：{self.fault.value.zh}".strip(),
            en=f"{self.node} {place}: {self.fault.value.en}".strip(),
        )


@dataclass(slots=True, kw_only=True)
class Report:
    """What was read and what is wrong with it."""

    heads: dict[str, Head] = field(default_factory=dict)  # last verified record of each node
    findings: list[Finding] = field(default_factory=list)
    unanchored: dict[str, int] = field(default_factory=dict)  # verified records that no anchor covers yet
    torn: list[str] = field(default_factory=list)  # anchors of which one slot is not whole
    rows: int = 0

    @property
    def is_intact(self) -> bool:
        return not self.findings

    @property
    def exit_code(self) -> int:
        return 0 if self.is_intact else 1

    def lines(self) -> list[Label]:
        """The report as it is shown."""
        done = Label(
            zh=f"已核验 {len(self.heads)} 个节点的 {self.rows} 条记录，发现 {len(self.findings)} 处问题。",
            en=f"{self.rows} records of {len(self.heads)} nodes verified, {len(self.findings)} faults found.",
        )
        notes = [
            Label(zh=f"{node}：末尾 {count} 条尚未锚定", en=f"{node}: the last {count} not anchored yet")
            for node, count in self.unanchored.items()
        ]
        notes += [
            Label(zh=f"{node}：锚点有一半损坏", en=f"{node}: half of the anchor is damaged") for node in self.torn
        ]
        return [*(finding.label for finding in self.findings), *notes, done]


async def verify(
    connection: Connection,
    folder: Path,
    *,
    noted: Mapping[str, Head] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Verifies every record. `noted` are heads that somebody wrote down elsewhere, and that must still be there."""
    # Anchors first: records written meanwhile are beyond them, and none may be missing below.
    anchors = [(known, known.anchored()) for known in known_nodes(folder)]
    async with connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        return await verify_against(connection, anchors, noted=noted or {}, progress=progress)


async def verify_against(
    connection: Connection,
    anchors: Iterable[tuple[KnownNode, Reading]],
    *,
    noted: Mapping[str, Head],
    progress: Callable[[int], None],
) -> Report:
    """Verifies what the transaction sees against anchors that were read before it began."""
    report, used = Report(), set[bytes]()
    checks = {known.name: _NodeCheck(known, anchor, noted.get(known.name)) for known, anchor in anchors}
    report.findings += [
        Finding(fault=Fault.FOREIGN, node=name, seq=head.seq) for name, head in noted.items() if name not in checks
    ]
    async for row in _records(connection):
        report.rows += 1
        if report.rows % _BATCH == 0:
            progress(report.rows)
        used.add(row.shape)
        if row.node in checks:
            checks[row.node].take(row)
        elif not report.findings or report.findings[-1].node != row.node:
            report.findings.append(Finding(fault=Fault.FOREIGN, node=row.node, seq=row.seq))
    for name, check in checks.items():
        check.finish()
        report.heads[name] = check.head
        report.findings += check.findings
        if check.unanchored:
            report.unanchored[name] = check.unanchored
        if check.anchor.torn:
            report.torn.append(name)
    await _check_shapes(connection, used, report)
    return report


async def _records(connection: Connection) -> AsyncIterator[StoredRow]:
    async with connection.cursor(name="access_verify") as cursor:
        cursor.itersize = _BATCH
        await cursor.execute(READ + " ORDER BY node, seq")
        async for values in cursor:
            yield stored_row(values)


class _NodeCheck:
    """Follows one node's chain from its first record to its anchor."""

    def __init__(self, known: KnownNode, anchor: Reading, noted: Head | None) -> None:
        self._known, self.anchor, self._noted = known, anchor, noted
        self.findings: list[Finding] = []
        self.head = EMPTY
        self._next = 1
        self._link: bytes | None = EMPTY.mac  # None after a record that does not hold
        self._suspects: list[StoredRow] = []

    @property
    def _anchored(self) -> int:
        return self.anchor.head.seq if self.anchor.head else 0

    @property
    def unanchored(self) -> int:
        return max(0, self.head.seq - self._anchored) if self.anchor.head else 0

    def take(self, row: StoredRow) -> None:
        if row.seq > self._next:
            self._find(Fault.MISSING, self._next, row.seq - 1)
            self._link = None
        self._next = max(row.seq + 1, self._next)
        if not row.holds(self._known.key):
            beyond = row.seq < 1 or (self.anchor.head is not None and row.seq > self._anchored)
            self._find(Fault.ADDED if beyond else Fault.ALTERED, row.seq)
            if len(self._suspects) < _COMPARED:
                self._suspects.append(row)
            self._link = None
            return
        if self._link is not None and row.previous != self._link:
            self._find(Fault.UNLINKED, row.seq)
        for expected in (self.anchor.head, self._noted):
            if expected is not None and expected.seq == row.seq and expected.mac != row.mac:
                self._find(Fault.UNLINKED, row.seq)
        self._link = row.mac
        self.head = Head(seq=row.seq, mac=row.mac)

    def finish(self) -> None:
        """What only the end of the chain shows."""
        if self.anchor.head is None:
            self._find(Fault.ANCHOR, 0)
        last = max(self._anchored, self._noted.seq if self._noted else 0)
        if last >= self._next:
            self._find(Fault.CUT, self._next, last)
        self._name_the_reordered()

    def _name_the_reordered(self) -> None:
        """Records that hold again once they change places were not altered but moved."""
        moved = set()
        for row, other in permutations(self._suspects, 2):
            if row.seq not in moved and row.is_sealed_by(self._known.key, at=other.seq):
                moved.add(row.seq)
        self.findings = [
            Finding(fault=Fault.REORDERED, node=f.node, seq=f.seq) if f.seq in moved and f.fault is Fault.ALTERED else f
            for f in self.findings
        ]

    def _find(self, fault: Fault, seq: int, until: int = 0) -> None:
        self.findings.append(Finding(fault=fault, node=self._known.name, seq=seq, until=until))


async def _check_shapes(connection: Connection, used: set[bytes], report: Report) -> None:
    """Every shape is named by its own content, is there when a record uses it, and only then."""
    found: set[bytes] = set()
    async with connection.cursor(name="access_shapes") as cursor:
        await cursor.execute("SELECT hash, document, fields, rules, classes, policy_version FROM access_shape")
        async for digest, *content in cursor:
            found.add(bytes(digest))
            if shape_hash(*content) != bytes(digest):
                report.findings.append(_shape_finding(Fault.SHAPE_ALTERED, bytes(digest)))
    report.findings += [_shape_finding(Fault.SHAPE_MISSING, digest) for digest in sorted(used - found)]
    report.findings += [_shape_finding(Fault.SHAPE_ADDED, digest) for digest in sorted(found - used)]


def _shape_finding(fault: Fault, digest: bytes) -> Finding:
    return Finding(fault=fault, node="", seq=0, shape=digest.hex())
