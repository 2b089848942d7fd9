"""The README says what the code says, and modules import one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from hub import handbook


def imports_of(path: Path, names: frozenset[str]) -> set[str]:
    """The project's modules that a module imports at its top."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & names


def graph() -> dict[str, set[str]]:
    """Module → modules it imports; a package's name stands for its `__init__`."""
    root = handbook.ROOT
    files = [path for package in ("hub", "schema") for path in (root / package).rglob("*.py")]
    named = {path.relative_to(root).with_suffix("").as_posix().replace("/", "."): path for path in files}
    named = {name.removesuffix(".__init__"): path for name, path in named.items() if "node_modules" not in name}
    return {name: imports_of(path, frozenset(named)) - {name} for name, path in named.items()}


def test_modules_import_in_no_circle() -> None:
    modules = graph()
    done: set[str] = set()
    for _ in modules:
        ready = {name for name, needs in modules.items() if name not in done and needs <= done}
        done |= ready
    assert sorted(set(modules) - done) == []


def test_schema_imports_nothing_of_the_hub() -> None:
    wrong = {name: needs for name, needs in graph().items() if name.startswith("schema") and _hub(needs)}
    assert wrong == {}


def _hub(names: set[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] == "hub"}


def test_every_module_says_what_it_does() -> None:
    assert [path for path, sentence in handbook.modules() if not sentence.strip()] == []


def test_readme_is_as_the_code_has_it() -> None:
    assert not handbook.stale(), "run `python -m hub.handbook` to renew README.md"


def test_readme_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="code map"):
        handbook.renewed("# nothing derived here\n")
