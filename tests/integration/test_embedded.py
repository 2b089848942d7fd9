"""The embedded server between processes: start, share, adopt, recover, stop; as root and as an ordinary user."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from hub.embedded import place
from hub.embedded.account import Account, server_account
from hub.embedded.binaries import find_binaries
from hub.embedded.server import EmbeddedServer, join
from hub.errors import DataFolderUnusable, NoServerBinaries, ServerNotStarted, ServerVersionMismatch, StorageError
from hub.settings import Settings

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

#: A process that joins, says so, and leaves when its input ends.
CLIENT = """
import sys
from pathlib import Path
import psycopg
from hub.embedded.server import join
from hub.settings import Settings
server = join(Settings(data=Path(sys.argv[1]), pg_durable=len(sys.argv) > 2, pg_shared_buffers_mb=16))
with psycopg.connect(server.superuser()) as connection:
    print(connection.execute("select pg_postmaster_start_time()").fetchone()[0], flush=True)
sys.stdin.read()
server.leave()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users can pass through, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="gongzhi-embedded-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def pristine() -> Iterator[Path]:
    """The data folder of a server that was made, started and stopped once."""
    made = Path(tempfile.mkdtemp(prefix="gongzhi-pristine-"))
    made.chmod(0o711)
    join(_settings(made / "data")).leave()
    yield made / "data"
    shutil.rmtree(made)


@pytest.fixture
def settings(folder: Path, pristine: Path) -> Settings:
    """Settings of a server whose data exist and which is not running."""
    data = folder / "da ta'\""
    subprocess.run(["cp", "-a", pristine, data], check=True)
    return _settings(data)


def _settings(data: Path) -> Settings:
    return Settings(data=data, pg_durable=False, pg_shared_buffers_mb=16)


def _pidfile(settings: Settings) -> Path:
    return settings.data / "postgres/data/postmaster.pid"


def _pid(settings: Settings) -> int:
    return int(_pidfile(settings).read_text().split("\n")[0])


def _started(server: EmbeddedServer) -> object:
    with psycopg.connect(server.superuser()) as connection:
        return connection.execute("select pg_postmaster_start_time()").fetchone()


def _client(settings: Settings) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CLIENT, str(settings.data), *["durable"] * settings.pg_durable]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd())


def _line(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline() if process.stdout else ""


def test_first_join_makes_a_server_with_text_in_code_point_order(folder: Path) -> None:
    told: list[str] = []
    server = join(_settings(folder / "new"), told.append)
    with psycopg.connect(server.superuser()) as connection:
        row = connection.execute("select 'B' < 'a', '张' < '李', upper('é') = 'É'").fetchone()
    server.leave()
    assert row == (True, True, True)
    assert len(told) == 2


def test_last_to_leave_stops_it(settings: Settings) -> None:
    first, second = join(settings), join(settings)
    pid = _pid(settings)
    first.leave()
    assert _pid(settings) == pid
    second.leave()
    assert not _pidfile(settings).exists()


def test_leaving_twice_is_harmless(settings: Settings) -> None:
    server = join(settings)
    server.leave()
    server.leave()


def test_kept_server_is_adopted(settings: Settings) -> None:
    kept = join(replace(settings, pg_keep=True))
    started = _started(kept)
    kept.leave()
    adopter = join(settings)
    assert _started(adopter) == started
    adopter.leave()
    assert not _pidfile(settings).exists()


def test_processes_share_one_server(folder: Path) -> None:
    processes = [_client(_settings(folder / "shared")) for _ in range(3)]
    started = {_line(process) for process in processes}
    for process in processes:
        process.communicate()
    assert len(started) == 1
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert not _pidfile(_settings(folder / "shared")).exists()


def test_killed_process_does_not_count(settings: Settings) -> None:
    process = _client(settings)
    started = _line(process)
    process.kill()
    process.communicate()
    server = join(settings)
    assert str(_started(server)).startswith("(datetime") and started
    server.leave()
    assert not _pidfile(settings).exists()


def test_killed_server_comes_back_with_what_was_committed(settings: Settings) -> None:
    durable = replace(settings, pg_durable=True)
    process = _client(durable)
    _line(process)
    process.kill()
    process.communicate()
    first = join(durable)
    with psycopg.connect(first.superuser()) as connection:
        connection.execute("create table kept as select generate_series(1, 1000)")
        connection.commit()
        os.kill(_pid(settings), signal.SIGKILL)
    second = join(durable)
    with psycopg.connect(second.superuser()) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (1000,)
    first.leave()
    second.leave()
    assert not _pidfile(settings).exists()


def test_server_killed_under_a_process_is_started_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.embedded.server.WATCH_SECONDS", 0.05)
    server = join(settings)
    before = _started(server)
    with psycopg.connect(server.superuser()) as connection:
        os.kill(_pid(settings), signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select pg_sleep(30)")
    join(settings).leave()
    assert _started(server) != before
    server.leave()
    assert not _pidfile(settings).exists()


def test_number_of_a_dead_server_taken_by_another_process_is_no_obstacle(settings: Settings) -> None:
    _pidfile(settings).write_text(f"{os.getpid()}\n{settings.data}\n0\n5432\n\n\n\n")
    account = server_account("")
    account.own(_pidfile(settings), 0o600)
    server = join(settings)
    server.leave()


def test_half_made_cluster_is_made_anew(folder: Path) -> None:
    settings = _settings(folder / "half")
    (settings.data / "postgres/data.part/base").mkdir(parents=True)
    settings.data.chmod(0o711)
    (settings.data / "postgres").chmod(0o711)
    join(settings).leave()
    assert not (settings.data / "postgres/data.part").exists()


def test_data_of_another_major_version_name_both(settings: Settings) -> None:
    (settings.data / "postgres/data/PG_VERSION").write_text("14\n")
    with pytest.raises(ServerVersionMismatch, match=r"14.*only versions [0-9]"):
        join(settings)


def test_folder_without_programs_is_refused(settings: Settings, folder: Path) -> None:
    with pytest.raises(NoServerBinaries, match=folder.name):
        join(replace(settings, pg_bin=folder))


def test_lost_password_is_said(settings: Settings) -> None:
    (settings.data / "postgres/password").unlink()
    with pytest.raises(DataFolderUnusable, match="password"):
        join(settings)


def test_final_fault_is_told_at_once(settings: Settings) -> None:
    (settings.data / "postgres/data/postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(ServerNotStarted, match="no_such_setting"):
        join(settings)


def test_file_in_place_of_the_folder_is_refused(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(DataFolderUnusable):
        join(_settings(folder / "file/data"))


def test_long_path_gets_a_short_socket_of_its_owner(folder: Path, pristine: Path) -> None:
    data = folder / ("长" * 30) / "data"
    data.parent.mkdir()
    data.parent.chmod(0o711)
    subprocess.run(["cp", "-a", pristine, data], check=True)
    server = join(_settings(data))
    socket = Path(str(psycopg.conninfo.conninfo_to_dict(server.superuser())["host"]))
    assert _started(server)
    server.leave()
    assert socket.parent == Path("/tmp") and socket.stat().st_mode & 0o077 == 0
    shutil.rmtree(socket)


def test_socket_folder_of_another_mode_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run").chmod(0o755)
    with pytest.raises(DataFolderUnusable, match="open to others"):
        place.find_place(tmp_path, Account())


def test_log_holds_no_values(settings: Settings) -> None:
    server = join(settings)
    with psycopg.connect(server.superuser()) as connection:
        connection.execute("create temporary table t (name text unique)")
        for statement in ("insert into t values ('张小明'), ('张小明')", "select '张小明'::int"):
            with pytest.raises(psycopg.Error), connection.transaction():
                connection.execute(statement)
        with pytest.raises(psycopg.Error):
            connection.execute("select %s::text::int", ["张小明"])
    server.leave()
    assert "张小明" not in (settings.data / "postgres/server.log").read_text().replace('integer: "张小明"', "")


@root_only
def test_root_steps_down(settings: Settings) -> None:
    server = join(settings)
    owner = Path(f"/proc/{_pid(settings)}").stat().st_uid
    server.leave()
    assert owner == server_account("").uid != 0


@root_only
def test_unknown_os_user_is_refused() -> None:
    with pytest.raises(StorageError, match="no_such_user"):
        server_account("no_such_user")


@root_only
def test_data_move_where_the_servers_account_can_reach(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "ELSEWHERE", folder / "elsewhere")
    private = folder / "private"
    private.mkdir(mode=0o700)
    settings = _settings(private / "data")
    for _ in range(2):
        server = join(settings)
        assert server.folder.is_relative_to(folder / "elsewhere")
        server.leave()
    assert private.stat().st_mode & 0o777 == 0o700


@root_only
def test_programs_out_of_reach_are_copied(folder: Path) -> None:
    account = server_account("")
    found = find_binaries(named=None, account=account, home=folder, wanted=None)
    private, package = folder / "private", found.folder.parents[1]
    private.mkdir(mode=0o700)
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, private / part.name, symlinks=True)
    named = private / found.folder.relative_to(package.parent)
    reached = find_binaries(named=named, account=account, home=folder, wanted=found.major)
    assert reached.folder.is_relative_to(folder / "binaries")
    assert account.run([reached / "initdb", "--version"]).returncode == 0
    assert private.stat().st_mode & 0o777 == 0o700


@root_only
def test_ordinary_user_needs_nothing_of_root(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    data = folder / "theirs"
    data.mkdir()
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    code = f"import sys; sys.path[:0] = {[str(Path.cwd()), *sys.path]!r}\n{CLIENT}"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        try:
            done = subprocess.run(
                [python, "-c", code, str(data)], user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[],
                input="", capture_output=True, text=True, check=True, cwd="/",
            )  # fmt: skip
        except PermissionError:
            continue
        assert done.stdout
        assert (data / "postgres/data").stat().st_uid == nobody.pw_uid
        return
    pytest.skip("no interpreter that another user may run")
