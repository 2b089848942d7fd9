"""The lock files against pyproject.toml: complete, hashed, without addresses, and one the superset of the other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hub.settings import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUN, DEV = (ROOT / "requirements.lock").read_text("utf-8"), (ROOT / "requirements-dev.lock").read_text("utf-8")


def _locked(lock: str) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==([^ ;\\]+)", lock)}


def _unmet(wanted: Iterable[str], lock: str) -> list[str]:
    locked = _locked(lock)
    requirements = [Requirement(text) for text in wanted]
    return [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), "0"), prereleases=True)
    ]


def test_run_lock_meets_the_project() -> None:
    assert _unmet([*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]], RUN) == []


def test_dev_lock_meets_the_project() -> None:
    assert _unmet([*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]], DEV) == []


def test_dev_lock_holds_the_run_lock() -> None:
    assert _locked(RUN).items() <= _locked(DEV).items()


@pytest.mark.parametrize("lock", [RUN, DEV], ids=["run", "dev"])
def test_every_package_is_hashed(lock: str) -> None:
    blocks = [block for block in re.split(r"(?m)^(?=\S)", lock) if block.strip()]
    assert [
        block for block in blocks if not re.match(r"[\w.-]+==\S+[^\n]*\\\n(    --hash=sha256:[0-9a-f]{64})", block)
    ] == []


@pytest.mark.parametrize("lock", [RUN, DEV], ids=["run", "dev"])
def test_no_address_is_named(lock: str) -> None:
    assert re.findall(r"://|--index|--find-links|@ ", lock) == []


def test_one_casbin_is_installed() -> None:
    assert "casbin" not in _locked(DEV)
