"""Renders the parts of README.md that are facts of the code: code map, settings, error codes.

A test compares them with the file, so that the README cannot drift; `python -m hub.handbook` renews them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from hub.errors import render_errors
from hub.settings import render_settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("hub", "schema", "migrations")


def modules(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Every module with the first line of its docstring, in the order of a listing."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py"), key=lambda path: (path.parent.as_posix(), path.name)):
            if "versions" in path.parts or "node_modules" in path.parts:
                continue
            doc = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
            if doc or path.name != "__init__.py":
                yield path.relative_to(root).as_posix(), doc.partition("\n")[0]


def render_code_map(root: Path = ROOT) -> str:
    """A table per folder: module and its sentence."""
    lines: list[str] = []
    folder = ""
    for path, sentence in modules(root):
        parent, _, name = path.rpartition("/")
        if parent != folder:
            folder = parent
            lines += ["", f"**`{parent}/`**", "", "| module | what it does |", "| --- | --- |"]
        lines.append(f"| `{name}` | {sentence.replace('|', chr(92) + '|')} |")
    return "\n".join(lines).strip() + "\n"


SECTIONS: Mapping[str, Callable[[], str]] = {
    "code map": render_code_map,
    "settings": render_settings,
    "errors": render_errors,
}


def _section(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.DOTALL)


def renewed(readme: str) -> str:
    """The README with every derived section as the code has it; raises ValueError if a section's marks are missing."""
    for name, render in SECTIONS.items():
        if not _section(name).search(readme):
            raise ValueError(f"README.md lacks the marks of its section '{name}'")
        text = render()
        readme = _section(name).sub(lambda found, text=text: found[1] + text + found[2], readme)  # type: ignore[misc]
    return readme


def stale(root: Path = ROOT) -> bool:
    """Whether README.md says something else than the code."""
    readme = (root / "README.md").read_text("utf-8")
    return renewed(readme) != readme


def renew(root: Path = ROOT) -> None:
    """Writes the derived sections of README.md anew."""
    path = root / "README.md"
    path.write_text(renewed(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    renew()
