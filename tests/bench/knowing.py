"""The inbox of a unit and the board of a case among many, against the bound of their SQL.

The hub answers over its door, in this process: identity, planner, statement, access record. The bound is the counts and
rows that these answers are made of, asked of the same database by prepared statements without any rights.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from starlette.testclient import TestClient

from hub.app import create_app
from hub.database import Database, Role
from hub.embedded.server import Tell
from hub.identity.trust import issuer_from
from hub.migration import upgrade
from tests.bench import place
from tests.bench.acts import COUNTY, PARTIES, STATION, UNITS
from tests.bench.load import Outcome, percentile
from tests.query.small_city import child_id, fill

UNIT = "TW@430621104"
TITLES = {
    "inbox": "**inbox in figures**", "inbox_bound": "bound: its eight counts", "board": "**board of a case**",
    "board_bound": "bound: its rows",
}  # fmt: skip
INBOX = "{ inbox { waiting unopened toHandle dueToday late oldest owed owedLate } }"
BOARD = """query ($id: ID!) { caseBoard(case: $id) { version rate lines { unit roles state toAcknowledge inTime
  version { told opened acknowledged acted } } } }"""
_KEPT = "recorded_at, recorded_by, source_unit, effective_from, verified_status, row_version"
_KEEPS = "now(), 'bench', 'hub', current_date, 'verified', 1"
_WAITING = "unit = %(unit)s AND acknowledged_at IS NULL AND declined_at IS NULL"
_COUNTS = [
    f"SELECT count(*) FROM notice WHERE {where}"
    for where in (
        _WAITING,
        "unit = %(unit)s AND opened_at IS NULL",
        f"{_WAITING} AND addressed",
        f"{_WAITING} AND due_at >= now() AND due_at < now() + interval '1 day'",
        f"{_WAITING} AND due_at < now()",
    )
] + [
    "SELECT count(*) FROM obligation"
    " WHERE from_unit = %(unit)s AND status IN ('open', 'paused', 'overdue', 'escalated')",
    "SELECT count(*) FROM obligation WHERE from_unit = %(unit)s AND status IN ('overdue', 'escalated')",
    f"SELECT at FROM notice WHERE {_WAITING} ORDER BY at LIMIT 1",
]
_ROWS = [
    f"SELECT row_to_json(t)::text FROM {table} t WHERE county = %(county)s AND {key} = %(case)s"
    for table, key in (
        ("protection_case", "id"),
        ("case_party", "case_id"),
        ("case_event", "case_id"),
        ("case_knowledge", "case_id"),
    )
]


def run(
    folder: Path, shared_buffers_mb: int, *, cases: int, times: int, rounds: int, tell: Tell
) -> dict[str, list[Outcome]]:
    """Rounds of each in turn, on a database of their own: `cases` cases, each of ten notices."""
    home = folder / "knowing"
    shutil.rmtree(home, ignore_errors=True)
    settings = replace(
        place.settings_for(home, shared_buffers_mb), dev_issuer=True, daily=False, cost_per_s=10_000_000,
        deadline_ms=60_000, statement_timeout_ms=60_000,
        planning_ms_per_s=10_000,
    )  # fmt: skip
    with Database.open(settings, tell=tell) as database:
        upgrade(database)
        fill(database)
        tell(f"opening {cases:,} cases with their notices")
        _fill(database, cases)
        token = issuer_from(settings).issue(UNIT, f"officer:{UNIT}", roles=["officer"], ttl=3600)
        with (
            TestClient(create_app(settings, database=database)) as client,
            psycopg.connect(database.conninfo(Role.READER), autocommit=True) as connection,
        ):
            headers = {"Authorization": f"Bearer {token}"}

            def hub(query: str, **variables: Any) -> None:
                body = client.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()
                if "errors" in body or not all(body["data"].values()):
                    raise LookupError(str(body))

            def plain(texts: Sequence[str], **values: Any) -> None:
                for text in texts:
                    connection.execute(text, values, prepare=True).fetchall()

            turns: Mapping[str, Callable[[], None]] = {
                "inbox": lambda: hub(INBOX),
                "inbox_bound": lambda: plain(_COUNTS, unit=UNIT),
                "board": lambda: hub(BOARD, id=_case(random.randrange(cases))),
                "board_bound": lambda: plain(_ROWS, county=COUNTY, case=_case(random.randrange(cases))),
            }
            return _measured(turns, times, rounds)


def _measured(turns: Mapping[str, Callable[[], None]], times: int, rounds: int) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {name: [] for name in turns}
    for _ in range(rounds + 1):  # the first warms up
        for name, turn in turns.items():
            found[name].append(_timed(turn, times))
    return {name: outcomes[1:] for name, outcomes in found.items()}


def _timed(turn: Callable[[], None], times: int) -> Outcome:
    latencies = []
    began, processor = time.perf_counter(), time.process_time()
    for _ in range(times):
        started = time.perf_counter()
        turn()
        latencies.append(1000 * (time.perf_counter() - started))
    latencies.sort()
    return Outcome(
        answers=times, seconds=time.perf_counter() - began, p50_ms=percentile(latencies, 0.5),
        p99_ms=percentile(latencies, 0.99), load_cpu_seconds=time.process_time() - processor,
    )  # fmt: skip


def _case(number: int) -> str:
    return f"case_{COUNTY}_{number:026}"


def _fill(database: Database, cases: int) -> None:
    """Cases of a county; of each the eight parties and its lead, two steps, and ten notices, most of them seen to."""
    children = [child_id(number) for number in range(1, 9)]
    with database.connect(Role.MIGRATOR) as connection:
        for code, level, division in UNITS:
            connection.execute(
                "INSERT INTO organisation (code, unit_type, level, division, name, valid_from)"
                " VALUES (%s, %s, %s, %s, %s, '2016-09-01') ON CONFLICT DO NOTHING",
                (code, code[:2], level, division, code),
            )
        given = {
            "county": COUNTY, "cases": cases - 1, "children": children, "lead": STATION,
            "units": [STATION, *PARTIES], "told": list(PARTIES[:5]),
        }  # fmt: skip
        for text in (_CASES, _PARTIES, _EVENTS, _KNOWLEDGE, _NOTICES):
            connection.execute(text, given)
        connection.commit()
        connection.autocommit = True
        for table in ("protection_case", "case_party", "case_event", "case_knowledge", "notice"):
            connection.execute(f"VACUUM ANALYZE {table}")


_ID = "lpad(g::text, 26, '0')"
_OF = f"'case_' || %(county)s || '_' || {_ID}"
_CHILD = "(%(children)s::text[])[1 + g %% 8]"
_SEEN = "CASE WHEN g %% 50 > 0 THEN now() - interval '1 day' END"
_CASES = f"""INSERT INTO protection_case (county, id, child_id, case_no, opened_from, opened_on, stage, lead_unit,
  reopen_count, {_KEPT}) SELECT %(county)s, {_OF}, {_CHILD}, 'BENCH-' || g, 'report', current_date, 'assessment',
  %(lead)s, 0, {_KEEPS} FROM generate_series(0, %(cases)s) g"""
_PARTIES = f"""INSERT INTO case_party (county, id, child_id, case_id, unit, role, since, accepted_on, {_KEPT})
  SELECT %(county)s, 'party_' || %(county)s || '_' || lpad((g * 10 + n)::text, 26, '0'), {_CHILD}, {_OF}, u,
  'participant', current_date, current_date, {_KEEPS}
  FROM generate_series(0, %(cases)s) g, unnest(%(units)s::text[]) WITH ORDINALITY AS x (u, n)"""
_EVENTS = f"""INSERT INTO case_event (county, id, child_id, case_id, type, at, by_unit, data_class, {_KEPT})
  SELECT %(county)s, 'event_' || %(county)s || '_' || lpad((g * 10 + n)::text, 26, '0'), {_CHILD}, {_OF},
  'measure_taken', now() - interval '3 days' + n * interval '1 hour', %(lead)s, 'D24', {_KEEPS}
  FROM generate_series(0, %(cases)s) g, generate_series(1, 2) n"""
_KNOWLEDGE = f"""INSERT INTO case_knowledge (county, id, child_id, case_id, event_id, unit, notified_at, due_at,
  opened_at, acknowledged_at, {_KEPT}) SELECT %(county)s,
  'knowledge_' || %(county)s || '_' || lpad((g * 100 + e * 10 + n)::text, 26, '0'), {_CHILD}, {_OF},
  'event_' || %(county)s || '_' || lpad((g * 10 + e)::text, 26, '0'), u, now() - interval '2 days', now(), {_SEEN},
  {_SEEN}, {_KEEPS}
  FROM generate_series(0, %(cases)s) g, generate_series(1, 2) e, unnest(%(told)s::text[]) WITH ORDINALITY AS x (u, n)"""
_NOTICES = f"""INSERT INTO notice (county, id, child_id, case_id, event_id, division, unit, by_unit, kind, event_type,
  at, due_at, opened_at, acknowledged_at, addressed, {_KEPT}) SELECT %(county)s,
  'notice_' || %(county)s || '_' || lpad((g * 100 + e * 10 + n)::text, 26, '0'), {_CHILD}, {_OF},
  'event_' || %(county)s || '_' || lpad((g * 10 + e)::text, 26, '0'), '430621000000', u, %(lead)s, 'event',
  'measure_taken', now() - interval '2 days', now(), {_SEEN}, {_SEEN}, false, {_KEEPS}
  FROM generate_series(0, %(cases)s) g, generate_series(1, 2) e, unnest(%(told)s::text[]) WITH ORDINALITY AS x (u, n)"""
