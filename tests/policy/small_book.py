"""A small book of policies in a folder of its own, which tests may spoil."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hub.policy.book import ROOT

DUTIES = """
- code: ED-1
  units: [ED]
  source: plan
  clause: one
  says: {zh: 就学, en: schooling}
  reads: {zh: 就学, en: schooling}
  supplies: {zh: 就学, en: schooling}
  does: {zh: 就学, en: schooling}
  tasks: [T03]
- code: PS-1
  units: [PS]
  source: plan
  clause: two
  says: {zh: 受理, en: acceptance}
  reads: {zh: 受理, en: acceptance}
  supplies: {zh: 受理, en: acceptance}
  does: {zh: 受理, en: acceptance}
"""
TASKS = """
- {code: T03, clause: three, subject: {zh: 学校, en: schools}, lead: [ED], cooperating: [PS]}
"""
RULES = """
- id: P22
  label: {zh: 就学, en: Schooling}
  units: [ED]
  duty: ED-1
  source: plan
  unless: [conflict_of_interest]
  grants:
    - {objects: [D11, D12], mode: full, actions: [list, read], scope: own}
    - {eft: deny, objects: [D15]}
- id: P16
  label: {zh: 受理, en: Acceptance}
  units: [PS]
  duty: PS-1
  source: plan
  unless: [conflict_of_interest]
  grants:
    - {objects: [D22], mode: full, actions: [list, read], scope: case}
"""
FILES = {
    "duties.yaml": DUTIES,
    "tasks.yaml": TASKS,
    "rules/rules.yaml": RULES,
    "obligations.yaml": "[]\n",
    "conflicts.yaml": "[]\n",
}


def write_policies(root: Path, changed: Mapping[str, str]) -> Path:
    """The small book, with some of its files replaced."""
    (root / "rules").mkdir()
    (root / "model.conf").write_text((ROOT / "model.conf").read_text(encoding="utf-8"), encoding="utf-8")
    for name, text in {**FILES, **changed}.items():
        (root / name).write_text(text.removeprefix("\n"), encoding="utf-8")
    return root
