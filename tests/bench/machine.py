"""Processor time of processes, from the kernel's accounts; zero where it keeps none that we can read."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

PROC = Path("/proc")
_UTIME, _CSTIME = 11, 14  # places in /proc/PID/stat after the name: utime stime cutime cstime
_TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int | str) -> list[str]:
    # The name in parentheses may hold spaces.
    return (PROC / str(pid) / "stat").read_text("ascii", "replace").rpartition(")")[2].split()


def _seconds(fields: list[str], *, with_reaped: bool) -> float:
    last = _CSTIME if with_reaped else _UTIME + 1
    return sum(map(int, fields[_UTIME : last + 1])) / _TICKS


def _children(pid: int) -> Iterator[list[str]]:
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = _stat(entry.name)
                if int(fields[1]) == pid:
                    yield fields


def processor_seconds(pid: int) -> float:
    """Time that a process, its children and those it has reaped have run."""
    with suppress(OSError):
        own = _seconds(_stat(pid), with_reaped=True)
        return own + sum(_seconds(fields, with_reaped=False) for fields in _children(pid))
    return 0.0


def describe_machine() -> str:
    """Processor, memory, system and day, for the caption of the results."""
    python, today = platform.python_version(), datetime.now(UTC).date().isoformat()
    return f"{_processor()}, {os.cpu_count()} cores, {_memory()}; {platform.system()}, Python {python}; {today}"


def _processor() -> str:
    with suppress(OSError):
        for line in (PROC / "cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    except (OSError, ValueError):
        return "memory unknown"
