"""Holds what was acknowledged against what is there, and every part of a write against its other parts."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Any

import psycopg

from hub.audit.verify import Report, verify
from hub.database import Database, Role
from tests.soak.writing import Acknowledged

ROWS = "SELECT id, name, row_version, lbc_reason FROM child WHERE name LIKE '测%'"
FORMER = "SELECT id, count(*) FROM child_history WHERE name LIKE '测%' GROUP BY id"
CHANGES = (
    "SELECT row_id, array_agg(DISTINCT row_version ORDER BY row_version) FROM change"
    " WHERE entity = 'Child' GROUP BY row_id"
)
KEYS = "SELECT key, row_ids[1], row_versions[1] FROM sent_key"
RECORDED = (
    "SELECT operation_name, array_agg(DISTINCT child) FROM access_record,"
    " unnest(string_to_array(children, ' ')) AS child"
    " WHERE outcome = 'answered' AND operation_name IN ('Opened', 'Changed') GROUP BY operation_name"
)


def faults(database: Database, acknowledged: Acknowledged) -> list[str]:
    """Everything that does not agree; empty where nothing acknowledged is lost and nothing is half written."""
    with closing(database.connect(Role.MIGRATOR)) as connection:
        rows = {row[0]: row[1:] for row in connection.execute(ROWS.encode())}
        former: dict[str, int] = dict(connection.execute(FORMER.encode()).fetchall())
        changes: dict[str, list[int]] = dict(connection.execute(CHANGES.encode()).fetchall())
        keys = {key: (child, version) for key, child, version in connection.execute(KEYS.encode())}
        recorded: dict[str, list[str]] = dict(connection.execute(RECORDED.encode()).fetchall())
    found = [f"answered wrongly: {each}" for each in acknowledged.wrong]
    found += _lost(acknowledged, rows, keys)
    found += _halves(rows, former, changes, keys, recorded)
    report = asyncio.run(_verified(database))
    return found + [finding.label.en for finding in report.findings]


def _lost(acknowledged: Acknowledged, rows: dict[str, Any], keys: dict[str, Any]) -> list[str]:
    found = [f"acknowledged and lost: {key}" for key in acknowledged.keys - keys.keys()]
    for child, name in acknowledged.names.items():
        if child not in rows or rows[child][0] != name:
            found.append(f"acknowledged and lost: {child}")
        elif rows[child][1] < acknowledged.versions[child]:
            found.append(f"acknowledged change lost: {child}")
    return found


def _halves(
    rows: dict[str, Any],
    former: dict[str, int],
    changes: dict[str, list[int]],
    keys: dict[str, Any],
    recorded: dict[str, list[str]],
) -> list[str]:
    """A write is its row, its former row, its change row, its key and its access record; all or none of them."""
    found = []
    for child, (name, version, reason) in rows.items():
        whole = {
            "change rows": changes.get(child) == list(range(1, version + 1)),
            "former rows": former.get(child, 0) == version - 1,
            "value": (reason is not None) == (version > 1),
        }
        found += [
            f"half written, {part}: {name} at version {version}, {changes.get(child)}, {former.get(child, 0)}, {reason}"
            for part, holds in whole.items()
            if not holds
        ]
    names = [name for name, _, _ in rows.values()]
    found += [f"written twice: {name}" for name in {name for name in names if names.count(name) > 1}]
    made = {child for key, (child, _) in keys.items() if not key.endswith("-u")}
    changed = {child for key, (child, _) in keys.items() if key.endswith("-u")}
    parts = {
        "key of a new row": made ^ rows.keys(),
        "key of a change": changed ^ {child for child, (_, version, _) in rows.items() if version > 1},
        "record of a new row": made ^ set(recorded.get("Opened", ())),
        "record of a change": changed ^ set(recorded.get("Changed", ())),
    }
    return found + [f"disagree, {part}: {child}" for part, children in parts.items() for child in sorted(children)]


async def _verified(database: Database) -> Report:
    async with await psycopg.AsyncConnection.connect(database.conninfo(Role.READER), autocommit=True) as connection:
        return await verify(connection, database.settings.data / "audit")
