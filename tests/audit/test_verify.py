"""Whatever is done to the access record behind the hub's back is found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy.dialects import postgresql

from hub.audit.chain import EMPTY, Head
from hub.audit.line import STATEMENT
from hub.audit.node import Node, hold_node, known_nodes
from hub.audit.record import AccessEntry, shape_of
from hub.audit.recorder import grouped, waiting_for
from hub.audit.tables import RECORD, SHAPE
from hub.audit.verify import Fault, Report, verify, verify_against
from hub.database import Database, Role
from tests.audit.entries import SHAPE as FIRST
from tests.audit.entries import child, entry, identity
from tests.generated import examples

Groups = Sequence[tuple[int, Sequence[AccessEntry]]]
Connection = psycopg.AsyncConnection[tuple[Any, ...]]

SHAPES = (FIRST, shape_of(document="{cases{caseNo}}", fields=["ProtectionCase.case_no"], rules=[], policy_version=4))


async def written(connection: Connection, node: Node, entries: Sequence[AccessEntry], head: Head = EMPTY) -> Head:
    """Records entries as the recorder does, in the transaction of a test."""
    if not entries:
        return head
    loop = asyncio.get_running_loop()
    waiting = [waiting_for(each, loop.create_future()) for each in entries]
    group = grouped(waiting, node, head, set())
    await connection.execute(b"EXECUTE access (%b, %b)" % tuple(map(quoted, (group.records, group.shapes))))
    node.anchor.write(group.head)
    return group.head


def quoted(json: bytes) -> bytes:
    return sql.Literal(json.decode()).as_bytes(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains:
    """Two nodes' chains in a transaction that is rolled back."""

    connection: Connection
    folder: Path
    nodes: tuple[str, str]

    async def report(self, noted: dict[str, Head] | None = None) -> Report:
        anchors = [(known, known.anchored()) for known in known_nodes(self.folder)]
        return await verify_against(self.connection, anchors, noted=noted or {}, progress=lambda _: None)

    async def run(self, statement: str, *values: object) -> int:
        return (await self.connection.execute(statement.encode(), values)).rowcount


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A database and two nodes, used again by every test."""

    database: Database
    folder: Path
    nodes: tuple[Node, Node]

    def run(self, groups: Groups, then: Callable[[Chains], Any]) -> Any:
        """Writes groups of entries to the first or the second node, does something, and takes all back."""
        return asyncio.run(self._run(groups, then))

    async def _run(self, groups: Groups, then: Callable[[Chains], Any]) -> Any:
        async with await psycopg.AsyncConnection.connect(self.database.conninfo(Role.MIGRATOR)) as connection:
            await connection.execute(STATEMENT)
            heads = [EMPTY, EMPTY]
            for node in self.nodes * 2:  # both slots of each anchor
                node.anchor.write(EMPTY)
            for which, entries in groups:
                heads[which] = await written(connection, self.nodes[which], entries, heads[which])
            names = (self.nodes[0].name.decode(), self.nodes[1].name.decode())
            result = await then(Chains(connection=connection, folder=self.folder, nodes=names))
            await connection.rollback()
            return result


@pytest.fixture(scope="module")
def bench(shared: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("nodes")
    nodes = (hold_node(folder, "a"), hold_node(folder, "b"))
    yield Bench(database=shared, folder=folder, nodes=nodes)
    for node in nodes:
        node.close()


TEN = [(0, [entry(child(number)) for number in range(6)]), (1, [entry(child(9), shape=SHAPES[1])] * 4)]


def after(bench: Bench, *statements: str, noted: dict[str, Head] | None = None) -> list[tuple[Fault, str, int]]:
    """What is found after statements that name the nodes as {a} and {b}."""

    async def then(chains: Chains) -> list[tuple[Fault, str, int]]:
        names = dict(zip("ab", chains.nodes, strict=True))
        for statement in statements:
            await chains.run(statement.format(**{key: f"'{name}'" for key, name in names.items()}))
        letters = {name: letter for letter, name in names.items()}
        given = {names.get(letter, letter): head for letter, head in (noted or {}).items()}
        return [(f.fault, letters.get(f.node, f.node), f.seq) for f in (await chains.report(given)).findings]

    found: list[tuple[Fault, str, int]] = bench.run(TEN, then)
    return found


def test_untouched_record_is_intact(bench: Bench) -> None:
    assert after(bench) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE access_record SET unit = 'CA@430621' WHERE node = {a} AND seq = 3", [(Fault.ALTERED, "a", 3)]),
        ("UPDATE access_record SET mac = sha256(mac) WHERE node = {b} AND seq = 2", [(Fault.ALTERED, "b", 2)]),
        ("UPDATE access_record SET search_keys = NULL WHERE node = {a} AND seq = 5", [(Fault.ALTERED, "a", 5)]),
        ("UPDATE access_record SET at = 'infinity' WHERE node = {a} AND seq = 1", [(Fault.ALTERED, "a", 1)]),
        ("DELETE FROM access_record WHERE node = {a} AND seq IN (2, 3)", [(Fault.MISSING, "a", 2)]),
        ("DELETE FROM access_record WHERE node = {a} AND seq = 1", [(Fault.MISSING, "a", 1)]),
        ("DELETE FROM access_record WHERE node = {a} AND seq > 4", [(Fault.CUT, "a", 5)]),
        ("DELETE FROM access_record WHERE node = {a} AND seq = 6", [(Fault.CUT, "a", 6)]),
        (
            "UPDATE access_record SET seq = CASE seq WHEN 2 THEN 20 ELSE 2 END WHERE node = {a} AND seq IN (2, 4)",
            [(Fault.ALTERED, "a", 2), (Fault.MISSING, "a", 4), (Fault.MISSING, "a", 7), (Fault.ADDED, "a", 20)],
        ),
        ("DELETE FROM access_shape WHERE policy_version = 4", [(Fault.SHAPE_MISSING, "", 0)]),
        ("UPDATE access_shape SET rules = '{{P66}}' WHERE policy_version = 4", [(Fault.SHAPE_ALTERED, "", 0)]),
        (
            "INSERT INTO access_shape SELECT sha256('x'), 'x', fields, rules, classes, 9 FROM access_shape LIMIT 1",
            [(Fault.SHAPE_ALTERED, "", 0), (Fault.SHAPE_ADDED, "", 0)],
        ),
    ],
    ids=[
        "altered", "altered seal", "hidden from search", "infinite time", "missing", "first missing", "cut", "last cut",
        "moved away", "shape missing", "shape altered", "shape added",
    ],
)  # fmt: skip
def test_tampering_is_named(bench: Bench, statement: str, expected: list[tuple[Fault, str, int]]) -> None:
    assert after(bench, statement) == expected


def copied(node: str, seq: str, where: str) -> str:
    columns = ", ".join(column.name for column in RECORD.columns if column.name not in ("node", "seq"))
    return (
        f"INSERT INTO access_record (node, seq, {columns}) SELECT {node}, {seq}, {columns} FROM access_record"
        f" WHERE {where}"
    )


def test_added_record_is_named(bench: Bench) -> None:
    assert after(bench, copied("{a}", "7", "node = {a} AND seq = 6")) == [(Fault.ADDED, "a", 7)]


def test_record_of_a_node_without_key_is_named(bench: Bench) -> None:
    statement = copied("'elsewhere'", "seq", "node = {a}")
    assert after(bench, statement) == [(Fault.FOREIGN, "elsewhere", 1)]


def test_record_of_another_nodes_chain_is_named(bench: Bench) -> None:
    """A genuine record of one node does not pass in another's chain."""
    moved = (
        "DELETE FROM access_record WHERE node = {b} AND seq = 2",
        copied("{b}", "2", "node = {a} AND seq = 2"),
    )
    assert after(bench, *moved) == [(Fault.ALTERED, "b", 2)]


def test_exchanged_records_are_called_reordered(bench: Bench) -> None:
    statements = (
        "UPDATE access_record SET seq = -2 WHERE node = {a} AND seq = 2",
        "UPDATE access_record SET seq = 2 WHERE node = {a} AND seq = 4",
        "UPDATE access_record SET seq = 4 WHERE node = {a} AND seq = -2",
    )
    assert after(bench, *statements) == [(Fault.REORDERED, "a", 2), (Fault.REORDERED, "a", 4)]


def test_renumbering_closes_no_gap(bench: Bench) -> None:
    statements = (
        "DELETE FROM access_record WHERE node = {a} AND seq = 3",
        "UPDATE access_record SET seq = -seq WHERE node = {a} AND seq > 3",
        "UPDATE access_record SET seq = -seq - 1 WHERE node = {a} AND seq < 0",
    )
    assert {fault for fault, _, _ in after(bench, *statements)} == {Fault.REORDERED, Fault.ALTERED, Fault.CUT}


def test_head_noted_elsewhere_finds_a_cut_that_took_the_anchor_along(bench: Bench) -> None:
    noted = {"a": Head(seq=9, mac=b"m" * 32), "gone": Head(seq=2, mac=b"m" * 32)}
    assert after(bench, noted=noted) == [(Fault.FOREIGN, "gone", 2), (Fault.CUT, "a", 7)]


def test_every_finding_reads_in_both_languages(bench: Bench) -> None:
    async def then(chains: Chains) -> list[tuple[str, str]]:
        await chains.run("DELETE FROM access_record WHERE node = %s AND seq IN (2, 3)", chains.nodes[0])
        lines = (await chains.report()).lines()
        return [(line.zh.replace(chains.nodes[0], "a"), line.en.replace(chains.nodes[0], "a")) for line in lines]

    assert bench.run(TEN, then) == [
        ("a 2–3：记录缺失", "a 2–3: missing"),
        ("已核验 2 个节点的 8 条记录，发现 1 处问题。", "8 records of 2 nodes verified, 1 faults found."),
    ]


def test_verify_reads_as_the_reading_role(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> tuple[int, bool, int]:
        async with await psycopg.AsyncConnection.connect(fresh_database.conninfo(Role.READER)) as connection:
            report = await verify(connection, tmp_path)
        return report.rows, report.is_intact, report.exit_code

    assert asyncio.run(run()) == (0, True, 0)


# Random sequences of entries, then one random act of tampering.

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
entries = st.builds(
    lambda who, kids, shape, outcome, error, rows, roots: entry(
        *map(child, kids),
        shape=SHAPES[shape],
        identity=identity(*who),
        outcome=outcome,
        error=error,
        rows=rows,
        roots=[(f"root{i}", orjson.dumps(ids)) for i, ids in enumerate(roots)],
    ),
    st.tuples(st.sampled_from(["ED@430621", "PS@430602", "TW@430621104"]), words),
    st.lists(st.integers(0, 50), max_size=5),
    st.integers(0, 1),
    st.sampled_from(["answered", "refused", "failed"]),
    st.none() | words,
    st.integers(0, 2**40),
    st.lists(st.lists(words, max_size=3), max_size=2),
)
sequences = st.lists(st.tuples(st.integers(0, 1), st.lists(entries, min_size=1, max_size=6)), min_size=1, max_size=5)

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
OTHER = {
    "TEXT": "coalesce({column}, '') || 'x'",
    "BIGINT": "{column} # 1",
    "INTEGER": "{column} # 1",
    "BYTEA": "sha256({column})",
    "TIMESTAMP WITH TIME ZONE": "{column} + interval '1 microsecond'",
    "TEXT[]": "{column} || 'x'::text",
    "INTEGER[]": "coalesce({column}, '{{}}') || 1",
    "JSON": "('[' || {column}::text || ']')::json",
}


def altered(table: str, column: Any) -> str:
    if column.name == "outcome":
        return "UPDATE access_record SET outcome = CASE outcome WHEN 'failed' THEN 'answered' ELSE 'failed' END"
    other = OTHER[column.type.compile(dialect=DIALECT)].format(column=column.name)
    return f"UPDATE {table} SET {column.name} = {other}"


ONE_RECORD = " WHERE (node, seq) = (SELECT node, seq FROM access_record ORDER BY node, seq OFFSET %s LIMIT 1)"
ONE_SHAPE = " WHERE hash = (SELECT hash FROM access_shape ORDER BY hash LIMIT 1)"

tamperings = st.one_of(
    st.sampled_from([altered("access_record", c) + ONE_RECORD for c in RECORD.columns if c.name != "seq"]),
    st.sampled_from([altered("access_shape", c) + ONE_SHAPE for c in SHAPE.columns]),
    st.sampled_from(
        [
            "DELETE FROM access_record" + ONE_RECORD,
            "UPDATE access_record SET seq = -seq" + ONE_RECORD,
            "UPDATE access_record SET seq = seq + 1000" + ONE_RECORD,
            "DELETE FROM access_shape" + ONE_SHAPE,
            copied("node", "seq + 1000", "true") + " AND" + ONE_RECORD.removeprefix(" WHERE"),
            copied("node", "(SELECT max(seq) + 1 FROM access_record y WHERE y.node = access_record.node)", "true")
            + " AND"
            + ONE_RECORD.removeprefix(" WHERE"),
            "DELETE FROM access_record x USING (SELECT node, max(seq) AS seq FROM access_record GROUP BY node) last"
            " WHERE x.node = last.node AND x.seq > last.seq - 2",
            "DELETE FROM access_record",
            "UPDATE access_record SET children = NULL, search_keys = NULL" + ONE_RECORD + " AND children IS NOT NULL",
        ]
    ),
)


@examples(80)
@given(sequence=sequences, tampering=tamperings, chosen=st.integers(0, 29))
def test_any_tampering_is_found(
    bench: Bench, sequence: list[tuple[int, list[AccessEntry]]], tampering: str, chosen: int
) -> None:
    async def then(chains: Chains) -> tuple[bool, int, bool]:
        before = (await chains.report()).is_intact
        total = await chains.run("SELECT FROM access_record")
        touched = await chains.run(tampering, *([chosen % total] if "%s" in tampering else []))
        return before, touched, (await chains.report()).is_intact

    before, touched, intact = bench.run(sequence, then)
    event("tampered" if touched else "nothing to tamper with")
    assert (before, intact) == (True, touched == 0)
