"""Every item of the checklist has its test, here or elsewhere, or is about something that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hub.settings import ROOT
from tests.security.checklist import ELSEWHERE, ITEMS, NOT_OFFERED


def items_here() -> set[int]:
    found: set[int] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for name in re.findall(r"^def test_((?:\d\d_(?:and_)?)+)", path.read_text("utf-8"), re.MULTILINE):
            found |= {int(number) for number in re.findall(r"\d\d", name)}
    return found


def test_every_item_stands_as_a_test() -> None:
    assert set(ITEMS) - items_here() - ELSEWHERE.keys() - NOT_OFFERED.keys() == set()


@pytest.mark.parametrize("test", [test for tests in ELSEWHERE.values() for test in tests])
def test_tests_elsewhere_exist(test: str) -> None:
    path, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", [path for paths in NOT_OFFERED.values() for path in paths])
def test_what_is_not_offered_is_not_there(client: TestClient, path: str) -> None:
    for method in ("GET", "POST"):
        assert client.request(method, path).status_code == 404
