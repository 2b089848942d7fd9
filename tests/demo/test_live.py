"""The story played live against a served city: to its end, again with another case, nothing sealed on the screen."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.console import Console

from hub.database import Database, Role
from hub.demo.facts import CITY
from hub.demo.live import LINES, VIEWERS, Performance
from hub.demo.load import load_city
from hub.demo.recipes import VIOLENCE
from hub.demo.script import PARTS
from tests.clients.hub_server import Served, serving
from tests.conftest import MakeDatabase


@pytest.fixture(scope="module")
def played(make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A city of the test's own, for a story writes in it."""
    database: Database = make_database(f"story_{worker_id}")
    load_city(database.conninfo(Role.MIGRATOR), totals=CITY.scaled(600))
    settings = replace(database.settings, data=tmp_path_factory.mktemp("hub"), dev_issuer=True)
    with serving(settings, database) as hub:
        yield hub


def performed(hub: Served, width: int) -> tuple[str, list[int]]:
    """All that is printed, and how much of it when each step was over."""
    console, pauses = Console(file=io.StringIO(), width=width, record=True), list[int]()

    def pause() -> None:
        pauses.append(len(console.export_text(clear=False)))

    Performance(url=hub.endpoint, sign=hub.token, console=console, pause=pause).run(random.Random(1))
    return console.export_text(), pauses


@pytest.mark.slow
def test_the_story_runs_to_its_end_and_again_with_another_case(played: Served) -> None:
    text, pauses = performed(played, 240)
    assert len(pauses) == len(VIOLENCE.steps) and pauses == sorted(set(pauses))
    for part in VIEWERS:
        assert PARTS[part][1].zh in text and PARTS[part][1].en in text
    for step in VIOLENCE.steps:
        assert step.says.zh in text and step.says.en in text
    assert all(line.label.split()[0] in text for line in LINES)
    assert "✗ 请求被拒" not in text
    assert "庇护点七号" not in text and "报告人某某" not in text
    again, _ = performed(played, 240)
    cases = [line.split("Case: ")[1].split()[0] for line in (text + again).splitlines() if "Case: " in line]
    assert len(set(cases)) == 2
