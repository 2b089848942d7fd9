"""Acts in any order through the hub's own writer: what is stored holds after each, and a refusal leaves nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hub.commands.catalogue import COMMANDS
from hub.database import Role
from hub.policy.compile import china_today
from tests.commands import invariants
from tests.commands.drawing import Drawn, acts
from tests.commands.memory import CHILD, Row
from tests.commands.stored import Stored
from tests.conftest import MakeDatabase
from tests.generated import examples

LONGEST = 14


@pytest.fixture(scope="module")
def stored(make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    database = make_database(f"sequences_{worker_id}")
    with database.connect(Role.MIGRATOR) as connection, asyncio.Runner() as runner:
        made = Stored(database, tmp_path_factory.mktemp("chains"), runner, connection)
        yield made
        made.close()


@pytest.mark.slow
@examples(12)
@given(data=st.data())
def test_what_acts_leave_holds(stored: Stored, data: st.DataObject) -> None:
    stored.load()
    tables = stored.tables()
    report = Drawn(kind=COMMANDS["reportConcern"], unit="SC@430621104-01", row=None,
                   values={"child": CHILD, "situation_types": ["other_harm"],
                           "reporter_identity": invariants.SEALED_WORDS[0]})  # fmt: skip
    tables = _done(stored, report, tables)
    accept = Drawn(
        kind=COMMANDS["acceptReport"], unit="PS@430621104-01", row=tables["ConcernReport"][0]["id"], values={}
    )
    tables = _done(stored, accept, tables)
    for _ in range(data.draw(st.integers(1, LONGEST))):
        drawn = data.draw(acts(tables, china_today(), datetime.now(UTC)))
        tables = _done(stored, drawn, tables)


def _done(stored: Stored, drawn: Drawn, before: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The tables after an act that was done, or refused."""
    refused, after = stored.act(drawn), stored.tables()
    event(f"{drawn.kind.name}: {refused or 'done'}")
    if refused is not None:
        assert refused not in ("INTERNAL", "UNAVAILABLE"), drawn
        assert after == before, drawn
        return after
    former = {case["id"]: case for case in before["ProtectionCase"]}
    assert all(invariants.lawful(former.get(case["id"]), case) for case in after["ProtectionCase"]), drawn
    assert not [*invariants.faults(after, china_today().isoformat()), *invariants.reopened(before, after)], drawn
    assert not [*invariants.unsealed(after)], drawn
    _told(stored, before, after, drawn)
    return after


def _told(stored: Stored, before: dict[str, list[Row]], after: dict[str, list[Row]], drawn: Drawn) -> None:
    """Every row that was made or changed has its next version and a change row of it; none is gone."""
    changes = stored.changes()
    for name, rows in after.items():
        known = {row.get("id"): row for row in before[name] if "id" in row}
        for row in rows:
            old = known.pop(row.get("id"), None)
            if row != old and "id" in row:
                assert row["row_version"] == (1 if old is None else old["row_version"] + 1), (drawn, name)
                assert changes.get((name, row["id"])) == row["row_version"], (drawn, name, row)
        assert not known, (drawn, name)
