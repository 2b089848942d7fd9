"""Holds the acts that were acknowledged against what is there, and every part of an act against its other parts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg

from hub.audit.verify import Report, verify
from hub.database import Database, Role
from hub.interface import DEEDS
from schema.registry import ENTITIES
from tests.commands.invariants import faults as broken
from tests.soak.acting import Acted

#: Entities whose rows acts write, each version of which leaves a change row.
WRITTEN = (
    "ConcernReport", "ProtectionCase", "CaseParty", "CaseEvent", "CaseKnowledge", "Notice", "EmergencyMeasure",
    "Placement", "GuardianshipArrangement", "Assessment",
)  # fmt: skip
KEYS = "SELECT key, row_ids FROM sent_key"
CHANGES = "SELECT entity, row_id, array_agg(DISTINCT row_version ORDER BY row_version) FROM change GROUP BY 1, 2"
#: Who was answered, by act; a repetition under the same key is on record again.
RECORDED = "SELECT operation_name, count(*) FROM access_record WHERE outcome = 'answered' GROUP BY 1"
OWED = (
    "SELECT case_no, count(*) FILTER (WHERE rule = 'O11' AND occasion = 'O11.1') FROM obligation"
    " WHERE case_no IS NOT NULL GROUP BY 1"
)
Rows = dict[str, list[dict[str, Any]]]


def faults(database: Database, acted: Acted, today: str) -> list[str]:
    """Everything that does not agree; empty where nothing acknowledged is lost and nothing is half written."""
    with closing(database.connect(Role.MIGRATOR)) as connection:
        sent = connection.execute(KEYS.encode()).fetchall()
        keys: dict[str, list[str]] = {key: rows for key, rows in sent if key.rpartition("-")[2] in DEEDS}
        changes = {(entity, row): versions for entity, row, versions in connection.execute(CHANGES.encode())}
        recorded: dict[str, int] = dict(connection.execute(RECORDED.encode()).fetchall())
        owed: dict[str, int] = dict(connection.execute(OWED.encode()).fetchall())
        tables = {name: _rows(connection, name) for name in ENTITIES}
    found = [f"answered wrongly: {each}" for each in acted.wrong]
    found += _lost(acted, keys)
    found += _halves(tables, keys, changes, owed)
    found += [
        f"{act} was done {times} times and recorded {recorded.get(_operation(act), 0)} times"
        for act, times in Counter(key.rpartition("-")[2] for key in keys).items()
        if recorded.get(_operation(act), 0) < times
    ]
    found += broken(tables, today)
    report = asyncio.run(_verified(database))
    return found + [finding.label.en for finding in report.findings]


def _operation(act: str) -> str:
    return act[0].upper() + act[1:]


def _rows(connection: psycopg.Connection[Any], entity: str) -> list[dict[str, Any]]:
    table = ENTITIES[entity].table.name
    return [row for (row,) in connection.execute(f'SELECT row_to_json(t) FROM "{table}" t'.encode())]


def _lost(acted: Acted, keys: dict[str, list[str]]) -> Iterator[str]:
    for key, row in acted.rows.items():
        if key not in keys:
            yield f"acknowledged and lost: {key}"
        elif keys[key][0] != row:
            yield f"acknowledged as {row} and kept as {keys[key][0]}: {key}"


def _halves(tables: Rows, keys: dict[str, list[str]], changes: dict[Any, list[int]], owed: dict[str, int]) -> list[str]:
    """An act is its rows, its step, the board, the notices, what is owed, change rows, key and record; all or none."""
    found = []
    for name in WRITTEN:
        for row in tables[name]:
            first = 1 if changes.get((name, row["id"]), [0])[0] == 1 else row["row_version"]
            if row["recorded_by"] != "test" and changes.get((name, row["id"])) != [
                *range(first, row["row_version"] + 1)
            ]:
                found.append(f"{name} {row['id']} at version {row['row_version']}: {changes.get((name, row['id']))}")
    done = Counter(key.rpartition("-")[2] for key in keys)
    parts = {
        "reportConcern": len(tables["ConcernReport"]), "acceptReport": len(tables["ProtectionCase"]),
        "recordMeasure": len(tables["EmergencyMeasure"]), "openAssessment": len(tables["Assessment"]),
        "placeChild": len(tables["Placement"]),
    }  # fmt: skip
    found += [f"{act}: {done[act]} keys, {rows} rows" for act, rows in parts.items() if done[act] != rows]
    steps = Counter(event["type"] for event in tables["CaseEvent"])
    for act, step in (("acceptReport", "report_accepted"), ("recordMeasure", "measure_taken"), ("placeChild", "placed"),
                      ("notifyUnits", "notified"), ("openAssessment", "assessment_started")):  # fmt: skip
        if done[act] != steps[step]:
            found.append(f"{act}: {done[act]} keys, {steps[step]} steps")
    numbers = {case["case_no"] for case in tables["ProtectionCase"]}
    return found + [
        f"case {number} has {owed.get(number, 0)} assessments owed" for number in numbers if owed.get(number) != 1
    ]


async def _verified(database: Database) -> Report:
    async with await psycopg.AsyncConnection.connect(database.conninfo(Role.READER), autocommit=True) as connection:
        return await verify(connection, database.settings.data / "audit")
