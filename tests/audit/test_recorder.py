"""Records are durable before their requests go on, share commits, and fail closed."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from hub import errors
from hub.audit.node import known_nodes
from hub.audit.recorder import Recorder
from hub.audit.verify import Fault, verify
from hub.database import Database, Role
from hub.embedded.server import EmbeddedServer
from hub.observation import Unanchored
from hub.settings import ROOT
from tests.audit.entries import child, entry


async def opened(database: Database, folder: Path, **options: Any) -> Recorder:
    recorder = Recorder(database.conninfo(Role.WRITER), folder, **options)
    await recorder.open()
    return recorder


async def verified(database: Database, folder: Path) -> list[Fault]:
    async with await psycopg.AsyncConnection.connect(database.conninfo(Role.READER)) as connection:
        return [finding.fault for finding in (await verify(connection, folder)).findings]


def query(database: Database, text: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(database.connect(Role.MIGRATOR)) as connection, connection:
        cursor = connection.execute(text.encode(), values)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def stopped(database: Database, server: EmbeddedServer) -> Iterator[None]:
    """The database lets nobody in, and those who were in are out."""
    name = database.settings.database_name
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(server.superuser(), autocommit=True) as connection:
        connection.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            connection.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


def test_entry_is_in_the_table_when_it_is_awaited(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> list[tuple[Any, ...]]:
        recorder = await opened(fresh_database, tmp_path)
        await recorder.record(entry(child(1), child(2)))
        found = query(fresh_database, "SELECT seq, unit, person, duty, children, outcome FROM access_record")
        await recorder.close()
        return found

    assert asyncio.run(run()) == [(1, "ED@430621", "zhang.san", "ED-1", f"{child(1)} {child(2)}", "answered")]


def test_concurrent_entries_share_commits_and_one_chain(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> tuple[int, list[Fault]]:
        recorder = await opened(fresh_database, tmp_path)
        await asyncio.gather(*(recorder.record(entry(child(number))) for number in range(200)))
        await recorder.close()
        return recorder.head.seq, await verified(fresh_database, tmp_path)

    assert asyncio.run(run()) == (200, [])
    ((commits,),) = query(fresh_database, "SELECT count(DISTINCT xmin::text) FROM access_record")
    assert commits <= 3


def test_shape_is_stored_once(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> None:
        for _ in range(2):
            recorder = await opened(fresh_database, tmp_path)
            await asyncio.gather(*(recorder.record(entry(child(number))) for number in range(10)))
            await recorder.record(entry())
            await recorder.close()

    asyncio.run(run())
    assert query(fresh_database, "SELECT count(*) FROM access_shape") == [(1,)]


def test_writer_cannot_change_what_is_recorded(fresh_database: Database) -> None:
    with closing(fresh_database.connect(Role.WRITER)) as connection:
        for statement in ("UPDATE access_record SET rows = 0", "DELETE FROM access_record", "TRUNCATE access_shape"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
            connection.rollback()


def test_next_process_goes_on_with_the_chain(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> list[Fault]:
        for _ in range(3):
            recorder = await opened(fresh_database, tmp_path)
            await recorder.record(entry(child(1)))
            await recorder.close()
        return await verified(fresh_database, tmp_path)

    assert asyncio.run(run()) == []
    assert query(fresh_database, "SELECT count(DISTINCT node), max(seq) FROM access_record") == [(1, 3)]


def test_two_processes_write_two_chains(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> list[Fault]:
        first, second = await opened(fresh_database, tmp_path), await opened(fresh_database, tmp_path)
        await asyncio.gather(*(each.record(entry(child(1))) for each in (first, second) for _ in range(20)))
        await first.close()
        await second.close()
        return await verified(fresh_database, tmp_path)

    assert asyncio.run(run()) == []
    assert query(fresh_database, "SELECT count(*), max(seq) FROM access_record GROUP BY node") == [(20, 20), (20, 20)]


def test_stopped_database_fails_every_request_until_it_is_back(
    fresh_database: Database, server: EmbeddedServer, tmp_path: Path
) -> None:
    async def run() -> tuple[set[type], int, list[Fault]]:
        recorder = await opened(fresh_database, tmp_path, backoff=0.01)
        await recorder.record(entry(child(1)))
        with stopped(fresh_database, server):
            waiting = [recorder.record(entry(child(number))) for number in range(20)]
            failed = await asyncio.gather(*waiting, return_exceptions=True)
        await until_ready(recorder, True)
        await recorder.record(entry(child(2)))
        await recorder.close()
        return {type(each) for each in failed}, recorder.head.seq, await verified(fresh_database, tmp_path)

    assert asyncio.run(run()) == ({errors.RecordError}, 2, [])


def test_lost_connection_is_noticed_while_idle(
    fresh_database: Database, server: EmbeddedServer, tmp_path: Path
) -> None:
    async def run() -> int:
        recorder = await opened(fresh_database, tmp_path, backoff=0.01)
        with stopped(fresh_database, server):
            await until_ready(recorder, False)
        await until_ready(recorder, True)
        await recorder.record(entry(child(1)))
        await recorder.close()
        return recorder.head.seq

    assert asyncio.run(run()) == 1


def test_requests_fail_at_once_after_a_failed_attempt(
    fresh_database: Database, server: EmbeddedServer, tmp_path: Path
) -> None:
    async def run() -> None:
        recorder = await opened(fresh_database, tmp_path, backoff=60)
        with stopped(fresh_database, server):
            for _ in range(2):
                with pytest.raises(errors.RecordError):
                    await recorder.record(entry(child(1)))
            with pytest.raises(errors.RecordError):
                recorder.record(entry(child(1)))
        await recorder.close()

    asyncio.run(run())


async def until_ready(recorder: Recorder, ready: bool) -> None:
    async with asyncio.timeout(10):
        while recorder.is_ready is not ready:
            await asyncio.sleep(0.001)


def test_commit_that_came_after_the_deadline_is_taken_up(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> tuple[int, list[Fault]]:
        recorder = await opened(fresh_database, tmp_path, timeout=0.3, backoff=0.01)
        with closing(fresh_database.connect(Role.MIGRATOR)) as locker:
            locker.execute("LOCK TABLE access_record IN SHARE ROW EXCLUSIVE MODE")
            with pytest.raises(errors.RecordError):
                await recorder.record(entry(child(1)))
        await until_ready(recorder, True)
        await recorder.record(entry(child(2)))
        await recorder.close()
        return recorder.head.seq, await verified(fresh_database, tmp_path)

    seq, faults = asyncio.run(run())
    assert (seq in (1, 2), faults) == (True, [])


def test_unwritable_anchor_fails_the_request(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> list[Fault]:
        recorder = await opened(fresh_database, tmp_path, backoff=0.01)
        node = recorder._node
        assert node is not None
        anchor = node.anchor._descriptor
        with (tmp_path / "read-only").open("w") as full:
            node.anchor._descriptor = full.fileno() + 1000
            with pytest.raises(errors.RecordError):
                await recorder.record(entry(child(1)))
        node.anchor._descriptor = anchor
        await until_ready(recorder, True)
        await recorder.record(entry(child(2)))
        await recorder.close()
        return await verified(fresh_database, tmp_path)

    assert asyncio.run(run()) == []
    assert query(fresh_database, "SELECT max(seq) FROM access_record") == [(2,)]


def test_records_beyond_the_anchor_are_adopted(
    fresh_database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> tuple[int, list[Fault]]:
        recorder = await opened(fresh_database, tmp_path)
        await recorder.record(entry(child(1)))
        (known,) = known_nodes(tmp_path)
        shutil.copy(known.path / "anchor", tmp_path / "kept")
        for number in range(5):
            await recorder.record(entry(child(number)))
        await recorder.close()
        shutil.copy(tmp_path / "kept", known.path / "anchor")
        assert await verified(fresh_database, tmp_path) == []
        recorder = await opened(fresh_database, tmp_path)
        await recorder.record(entry(child(1)))
        await recorder.close()
        return recorder.head.seq, await verified(fresh_database, tmp_path)

    assert asyncio.run(run()) == (7, [])
    (told,) = (record.msg for record in caplog.records if isinstance(record.msg, Unanchored))
    assert (told.first, told.last) == (2, 6)


@pytest.mark.parametrize(
    "tampering",
    ["DELETE FROM access_record WHERE seq = 3", "UPDATE access_record SET mac = sha256(mac) WHERE seq = 3"],
    ids=["cut tail", "other head"],
)
def test_broken_chain_is_retired_and_stays_noticed(fresh_database: Database, tmp_path: Path, tampering: str) -> None:
    async def run() -> list[Fault]:
        recorder = await opened(fresh_database, tmp_path)
        for number in range(3):
            await recorder.record(entry(child(number)))
        await recorder.close()
        query(fresh_database, tampering)
        recorder = await opened(fresh_database, tmp_path)
        await recorder.record(entry(child(1)))
        await recorder.close()
        return await verified(fresh_database, tmp_path)

    assert asyncio.run(run()) in ([Fault.CUT], [Fault.ALTERED])
    assert query(fresh_database, "SELECT max(seq) FROM access_record GROUP BY node ORDER BY 1") != [(4,)]


def test_removed_anchor_is_no_new_beginning(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> list[Fault]:
        recorder = await opened(fresh_database, tmp_path)
        await recorder.record(entry(child(1)))
        await recorder.close()
        (known,) = known_nodes(tmp_path)
        (known.path / "anchor").unlink()
        recorder = await opened(fresh_database, tmp_path)
        await recorder.close()
        return await verified(fresh_database, tmp_path)

    assert asyncio.run(run()) == [Fault.ANCHOR]


def test_closing_writes_what_waits(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> None:
        recorder = await opened(fresh_database, tmp_path)
        waiting = [recorder.record(entry(child(number))) for number in range(700)]
        await recorder.close()
        await asyncio.gather(*waiting)
        with pytest.raises(errors.RecordError):
            recorder.record(entry(child(1)))

    asyncio.run(run())
    assert query(fresh_database, "SELECT count(*) FROM access_record") == [(700,)]


def test_nothing_is_recorded_before_the_recorder_is_open(tmp_path: Path) -> None:
    with pytest.raises(errors.RecordError):
        Recorder("", tmp_path).record(entry())


def test_request_that_hangs_up_leaves_the_others(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> None:
        recorder = await opened(fresh_database, tmp_path)
        gone, kept = recorder.record(entry(child(1))), recorder.record(entry(child(2)))
        gone.cancel()
        await kept
        await recorder.close()

    asyncio.run(run())
    assert query(fresh_database, "SELECT count(*) FROM access_record") == [(2,)]


def test_large_group_is_written_whole(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> list[Fault]:
        recorder = await opened(fresh_database, tmp_path)
        page = [child(number) for number in range(1000)]
        await asyncio.gather(*(recorder.record(entry(*page)) for _ in range(60)))
        await recorder.close()
        return await verified(fresh_database, tmp_path)

    assert asyncio.run(run()) == []


def test_queue_is_bounded(fresh_database: Database, tmp_path: Path) -> None:
    async def run() -> int:
        recorder = await opened(fresh_database, tmp_path)
        waiting = []
        with pytest.raises(errors.RecordError):
            for _ in range(20_000):
                waiting.append(recorder.record(entry()))
        await asyncio.gather(*waiting)
        await recorder.close()
        return len(waiting)

    assert asyncio.run(run()) == 10_000


def test_unmigrated_database_records_nothing(fresh_database: Database, tmp_path: Path) -> None:
    query(fresh_database, "DROP TABLE access_record")
    with pytest.raises(errors.RecordError):
        asyncio.run(opened(fresh_database, tmp_path))


KILLED = """
import asyncio, sys
from pathlib import Path
from hub.audit.recorder import Recorder
from tests.audit.entries import child, entry

async def main(conninfo, folder):
    recorder = Recorder(conninfo, Path(folder))
    await recorder.open()
    while True:
        await asyncio.gather(*(recorder.record(entry(child(n))) for n in range(20)))
        print(recorder.head.seq, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
def test_killed_process_loses_no_answered_record(fresh_database: Database, tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", KILLED, fresh_database.conninfo(Role.WRITER), str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        answered = [int(process.stdout.readline()) for _ in range(30)][-1]
        process.send_signal(signal.SIGKILL)

    async def run() -> tuple[int, list[Fault]]:
        recorder = await opened(fresh_database, tmp_path)
        await recorder.record(entry(child(1)))
        await recorder.close()
        return recorder.head.seq, await verified(fresh_database, tmp_path)

    seq, faults = asyncio.run(run())
    assert (seq > answered, faults) == (True, [])
