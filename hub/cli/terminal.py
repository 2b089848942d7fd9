"""The terminal: results go to standard output, everything else to standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

to_stdout = Console(highlight=False, soft_wrap=True)
to_stderr = Console(stderr=True, highlight=False, soft_wrap=True)

Tell = Callable[[str], None]
#: Called with what is being done, how much of it is done, and of how much, 0 where that is not known.
Show = Callable[[str, int, int], None]


@contextmanager
def status() -> Iterator[Tell]:
    """A line that says what is going on, for work without a measure."""
    with to_stderr.status("…") as line:
        yield line.update


@contextmanager
def progress() -> Iterator[Show]:
    """Bars, one for each thing done; without a terminal, one line each."""
    if not to_stderr.is_terminal:
        said: set[str] = set()

        def tell(what: str, done: int, total: int) -> None:
            if what not in said:
                said.add(what)
                to_stderr.print(f"▸ {what}")

        yield tell
        return
    text = TextColumn("{task.description}")
    with Progress(
        SpinnerColumn(), text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=to_stderr
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what)
            bars.update(tasks[what], completed=done, total=total or None)

        yield show
