"""Policies that would take a unit its minimum of shared knowledge are not put into force."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hub.policy.book import ROOT, load_policies
from hub.policy.floor import PARTIES, check_floor
from hub.policy.source import PolicyFaults

BASE = "rules/00-base.yaml"


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT, tmp_path / "policies"))


def edited(root: Path, old: str, new: str) -> list[str]:
    """The faults once a sentence of the base rules reads otherwise."""
    text = (root / BASE).read_text("utf-8")
    assert text.count(old) == 1
    (root / BASE).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(PolicyFaults) as caught:
        check_floor(load_policies(root))
    return [str(fault) for fault in caught.value.faults]


def test_the_policies_as_shipped_hold_the_floor() -> None:
    check_floor(load_policies())


def test_every_unit_that_loses_it_is_named(policies: Path) -> None:
    line = "    - {objects: [D22/header], mode: meta, actions: [list, read], scope: case}"
    found = edited(policies, line, line.replace("[list, read]", "[list]"))
    assert all("read on D22/header" in each for each in found)
    # Units that hold the header by their own duty in the case keep it.
    named = {unit for unit in PARTIES if any(f"{unit} has to hold" in each for each in found)}
    assert named >= {"SC", "VC", "SW", "RS"}


@pytest.mark.parametrize("denied", ["D22", "D22/header"])
def test_a_denial_cannot_take_it_either(policies: Path, denied: str) -> None:
    line = "    - {objects: [D22/header], mode: full, actions: [assist, reply], scope: case}"
    found = edited(policies, line, f"{line}\n    - {{eft: deny, units: [SW], objects: [{denied}]}}")
    assert found and all("SW has to hold" in each for each in found)


def test_a_right_that_lapses_is_none(policies: Path) -> None:
    line = "    - {objects: [D22/header], mode: meta, actions: [list, read], scope: case}"
    found = edited(policies, line, line.replace("case}", "case, valid_to: 2030-01-01}"))
    assert any("SC has to hold read on D22/header" in each for each in found)
