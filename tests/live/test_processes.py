"""Several processes of one hub: what happens at one is told at all, and who loses one goes on at another.

Nothing is missed and nothing comes twice: while others write, behind a transaction that stays open, and when a process
is killed in the middle of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import orjson
import psycopg
import pytest
from websockets.exceptions import ConnectionClosed

from hub.database import Database, Role
from hub.ledger import statements
from hub.ledger.tables import CHANNEL
from tests.clients.hub_server import serving
from tests.commands.conftest import STATION, TOWNSHIP
from tests.faults.hub_process import environment, served_apart
from tests.live.conftest import Hub
from tests.live.followers import CASE, INBOX, Socket, socket, stream

MEASURES = ("medical_help", "contact_relatives")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def hub(city: Database, folder: Path) -> Iterator[Hub]:
    settings = replace(city.settings, data=folder, dev_issuer=True, heartbeat_s=1)
    with serving(settings, city) as served:
        yield Hub(url=served.url, issuer=served.issuer, database=city)


def notices(database: Database, unit: str) -> list[str]:
    with database.connect(Role.MIGRATOR) as connection:
        rows = connection.execute("SELECT id FROM notice WHERE unit = %s ORDER BY id", [unit]).fetchall()
    return [row for (row,) in rows]


def created(follower: Socket, until: set[str]) -> list[str]:
    """The new notices of which it is told, up to the last of these; all there is, if it is cut off before."""
    found: list[str] = []
    try:
        while not until or not until <= set(found):
            told = follower.event()
            if told["kind"] == "created":
                found.append(told["notice"]["id"])
    except ConnectionClosed:
        assert not until
    return found


def steps(hub: Hub, case: str, number: int) -> None:
    for step in range(number):
        hub.step(case, MEASURES[step % 2])


def test_who_loses_its_process_goes_on_at_another(hub: Hub, city: Database, folder: Path) -> None:
    case = hub.case(1)
    before = set(notices(city, TOWNSHIP))
    writing = threading.Thread(target=steps, args=(hub, case, 12))
    with served_apart(environment(city, folder, HUB_HEARTBEAT_S="1")) as other:
        with socket(other.url, hub.token(TOWNSHIP)) as follower:
            follower.started("in", INBOX)
            writing.start()
            found = [follower.event()["notice"]["id"] for _ in range(3)]
            other.process.kill()
            found += created(follower, set())
            cursor = follower.cursors["in"]
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.follow("in", INBOX, after=cursor)
        writing.join()
        wanted = set(notices(city, TOWNSHIP)) - before
        found += created(follower, wanted - set(found)) if wanted - set(found) else []
        assert follower.silent()
    assert sorted(row for row in found if row not in before) == sorted(wanted)


def test_one_process_is_told_of_the_other(hub: Hub, city: Database, folder: Path) -> None:
    with served_apart(environment(city, folder, HUB_HEARTBEAT_S="1")) as other:
        at_other = Hub(url=other.url, issuer=other.issuer, database=city)
        with socket(hub.url, hub.token(TOWNSHIP)) as here, socket(other.url, hub.token(TOWNSHIP)) as there:
            here.started("in", INBOX)
            there.started("in", INBOX)
            before = set(notices(city, TOWNSHIP))
            hub.case(2)
            at_other.case(3)
            wanted = set(notices(city, TOWNSHIP)) - before
            assert created(here, wanted) == created(there, wanted)
            with stream(other.url, hub.token(TOWNSHIP), INBOX) as events:
                assert next(events).told["kind"] == "started"
                other.process.terminate()
                with pytest.raises(httpx2.RemoteProtocolError):  # broken off, so that its reader comes again
                    next(events)
            assert there.closed()[0] == 1012


def test_what_is_committed_late_is_told_in_its_place(hub: Hub, city: Database) -> None:
    """A transaction that began first and commits last: nothing overtakes it, and whoever comes back finds it too."""
    case = hub.case(4)
    with socket(hub.url, hub.token(STATION)) as follower, city.connect(Role.WRITER) as late:
        follower.started("case", CASE, id=case)
        hub.step(case)
        follower.step("measure_taken")
        early = _change(late, case)
        hub.step(case)
        assert follower.silent()
        cursor = follower.cursors["case"]
        late.commit()
        told = [follower.event() for _ in range(2)]
        assert [each["kind"] for each in told] == ["changed", "step"]
        assert follower.silent()
    with socket(hub.url, hub.token(STATION)) as follower:
        follower.follow("case", CASE, id=case, after=cursor)
        again = [follower.event() for _ in range(2)]
        assert [each["event"] for each in again] == [each["event"] for each in told]
        assert follower.silent()
    assert early < _last(city)


def test_a_transaction_that_is_rolled_back_holds_nobody_up(hub: Hub, city: Database) -> None:
    case = hub.case(5)
    with socket(hub.url, hub.token(STATION)) as follower, city.connect(Role.WRITER) as open_:
        follower.started("case", CASE, id=case)
        _change(open_, case)
        hub.step(case)
        open_.rollback()
        assert follower.event()["event"]["type"] == "measure_taken"


def test_a_broken_listener_is_made_anew_and_nothing_is_lost(hub: Hub, city: Database) -> None:
    case = hub.case(7)
    assert city.server is not None
    with socket(hub.url, hub.token(STATION)) as follower:
        follower.started("case", CASE, id=case)
        with psycopg.connect(city.server.superuser(), autocommit=True) as connection:
            ended = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = %s AND (query = %s OR query LIKE %s)",
                [city.settings.database_name, f"LISTEN {CHANNEL}", "%from change c%"],
            ).fetchone()
        hub.step(case)
        told = follower.event()
    assert ended and ended[0] >= 1
    assert told["event"]["type"] == "measure_taken"


def test_resumed_while_others_write_nothing_is_lost_or_doubled(hub: Hub, city: Database) -> None:
    """Cut off again and again, and each time behind the last cursor; a slow transaction runs meanwhile."""
    case = hub.case(6)
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        cursor = follower.started("in", INBOX)
    before = set(notices(city, TOWNSHIP))
    writers = [threading.Thread(target=steps, args=(hub, case, 6)) for _ in range(2)]
    for writer in writers:
        writer.start()
    found: list[str] = []
    for _ in range(6):
        with socket(hub.url, hub.token(TOWNSHIP)) as follower:
            follower.follow("in", INBOX, after=cursor)
            for _ in range(2):
                told = follower.event()
                cursor = told["cursor"]
                found += [told["notice"]["id"]] if told["kind"] == "created" else []
    for writer in writers:
        writer.join()
    wanted = set(notices(city, TOWNSHIP)) - before
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.follow("in", INBOX, after=cursor)
        rest = wanted - set(found)
        found += created(follower, rest) if rest else []
        assert follower.silent()
    assert len(found) == len(set(found))
    assert wanted <= set(found)


def _change(connection: psycopg.Connection[Any], case: str) -> int:
    """A change of the case in a transaction that stays open; its number."""
    row = {
        "county": "430621", "entity": "ProtectionCase", "row_id": case, "row_version": 99, "kind": "updated",
        "unit": STATION, "at": "2026-11-02T00:00:00Z", "classes": ["D22"], "case_id": case,
    }  # fmt: skip
    cursor = psycopg.RawCursor(connection)
    cursor.execute(statements.change_rows().text.encode(), [orjson.dumps([row]).decode()])
    ((xid,),) = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchall()
    return int(xid)


def _last(database: Database) -> int:
    with database.connect(Role.MIGRATOR) as connection:
        ((xid,),) = connection.execute("SELECT max(xid::text::bigint) FROM change").fetchall()
    return int(xid)
