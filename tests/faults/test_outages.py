"""The database restarts, vanishes, fills up, is read-only, fails over: coded refusals, then right answers in 5 s."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from hub.database import Database, Role
from hub.embedded.server import EmbeddedServer
from hub.embedded.standby import join_standby
from tests.faults.asking import asking, many_asking, unhurried
from tests.faults.conftest import copied, short, through
from tests.faults.proxy import Proxy

pytestmark = pytest.mark.slow


def postmaster(server: EmbeddedServer) -> int:
    return int((server.folder / "postmaster.pid").read_text().split("\n")[0])


def accepts(database: Database) -> bool:
    try:
        with closing(psycopg.connect(database.conninfo(Role.READER), connect_timeout=2)):
            return True
    except psycopg.OperationalError:
        return False


def test_killed_server_is_back_and_nobody_is_told_anything_wrong(own: Database) -> None:
    assert own.server is not None
    with asking(own.settings, own) as caller, many_asking(caller) as wrong:
        os.kill(postmaster(own.server), signal.SIGKILL)
        caller.until_refused()
        while not accepts(own):
            caller.code()
        caller.until_right()
    assert wrong == []


def test_connections_that_were_reset_give_no_wrong_answer(small_city: Database, proxy: Proxy, folder: Path) -> None:
    settings = through(small_city, folder, host="127.0.0.1", port=proxy.port)
    with Database.open(settings) as database, asking(settings, database) as caller:
        for _ in range(5):
            proxy.cut()
            caller.until_right()


def test_refused_connections_are_answered_at_once(small_city: Database, proxy: Proxy, folder: Path) -> None:
    settings = through(small_city, folder, host="127.0.0.1", port=proxy.port)
    with Database.open(settings) as database, asking(settings, database) as caller:
        proxy.refuse()
        caller.until_refused(unhurried(5))
        caller.until(lambda code: code == "UNAVAILABLE", unhurried(5))
        proxy.mend()
        caller.until_right()


def test_black_hole_is_noticed_and_left_behind(small_city: Database, proxy: Proxy, folder: Path) -> None:
    settings = through(small_city, folder, host="127.0.0.1", port=proxy.port)
    with Database.open(settings) as database, asking(settings, database) as caller, many_asking(caller, 2) as wrong:
        proxy.swallow()
        caller.until_refused(unhurried(6))
        caller.until_refused(unhurried(6))
        proxy.mend()
        caller.until_right()
    assert wrong == []


def test_read_only_server_discloses_nothing(own: Database) -> None:
    assert own.server is not None
    with psycopg.connect(own.server.superuser(), autocommit=True) as connection, asking(own.settings, own) as caller:
        connection.execute("alter system set default_transaction_read_only = on")
        connection.execute("select pg_reload_conf()")
        caller.until(lambda code: code == "CANNOT_RECORD", unhurried(5))
        connection.execute("set default_transaction_read_only = off")
        connection.execute("alter system reset default_transaction_read_only")
        connection.execute("select pg_reload_conf()")
        caller.until_right()


def test_full_disk_refuses_and_free_disk_goes_on(small_city: Database, small_disk: Path) -> None:
    settings = short(small_city.settings, data=small_disk / "data")
    assert small_city.server is not None
    with copied(small_city.server, settings), Database.open(settings) as database:
        with asking(settings, database) as caller, many_asking(caller) as wrong:
            ballast = small_disk / "ballast"
            fill_up(ballast)
            caller.until_refused(60)
            ballast.unlink()
            caller.until_right(15)
        assert wrong == []


def test_slow_statement_ends_in_time_and_its_connection_goes_on(own: Database) -> None:
    with asking(own.settings, own) as caller:
        with closing(own.connect(Role.MIGRATOR)) as connection, connection:
            connection.execute("lock table child in access exclusive mode")
            caller.until(lambda code: code == "TIMEOUT", unhurried(5))
        caller.until_right()


def test_failover_to_the_standby(small_city: Database, folder: Path) -> None:
    # Kept servers are watched by nobody: what is killed stays dead, as a machine that burns.
    settings = replace(small_city.settings, data=folder / "first", pg_keep=True)
    assert small_city.server is not None
    with copied(small_city.server, settings) as primary:
        standby = join_standby(primary, replace(settings, data=folder / "second", pg_keep=False))
        primary.leave()
        hosts = ",".join(str(conninfo_to_dict(server.superuser())["host"]) for server in (primary, standby))
        hub = through(small_city, folder / "hub", host=hosts, port="5432,5432")
        with Database.open(hub) as database, asking(hub, database) as caller:
            with many_asking(caller) as wrong:
                os.kill(postmaster(primary), signal.SIGKILL)
                caller.until_refused()
                standby.promote()
                caller.until_right()
            assert wrong == []
        standby.leave()


def fill_up(path: Path) -> None:
    """Takes all that is left of a disk."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
