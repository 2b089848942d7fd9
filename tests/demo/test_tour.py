"""The tour: how an answer is shown, and that eight units are really told eight different things."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from hub.database import Database
from hub.demo import story
from hub.demo.asking import STOPS, Answer, Stop, answers, ask, query_text
from hub.demo.tour import LINES, Line, cell, show, take_tour, withheld
from tests.clients.hub_server import Served, serving

SCHOOL = Line(label="学校", path=("child", "enrolments", "school", "name"))
STATUS = Line(label="户口", path=("child", "hukou", "status"), codes="hukou_status")
DENIED = {"path": ["child", "enrolments", "school"], "code": "NO_DUTY", "nextStep": {"zh": "向教育部门申请"}}


@pytest.mark.parametrize(
    ("answer", "line", "shown"),
    [
        (Answer(data={"child": {"hukou": [{"status": "registered"}]}}), STATUS, "已登记"),
        (Answer(data={"child": {"hukou": [{"status": None}]}}), STATUS, "—"),
        (Answer(data={"child": {"hukou": []}}), STATUS, "（无）"),
        (Answer(data={"child": None}, access=(DENIED,)), SCHOOL, "✗ 无此职责"),
        (Answer(data={}, errors=({"message": "no"},)), SCHOOL, "✗ 请求被拒"),
        (Answer(data={"child": {"enrolments": [{"school": {"name": "小" * 40}}]}}), SCHOOL, "小" * 25 + "…"),
    ],
    ids=["code", "unknown", "nothing", "withheld", "refused", "long"],
)
def test_a_cell_says_what_there_is_or_why_not(answer: Answer, line: Line, shown: str) -> None:
    assert cell(answer, line).plain == shown


def test_what_lies_below_a_refusal_is_withheld_too() -> None:
    answer = Answer(data={}, access=({"path": ["child"], "code": "NO_DUTY"},))
    assert {withheld(answer, line.path) for line in LINES if line.path[0] == "child"} == {"NO_DUTY"}
    assert withheld(answer, ("children", "count", "value")) is None


@pytest.mark.parametrize("width", [40, 80, 160])
def test_every_unit_and_reason_is_shown_at_any_width(width: int) -> None:
    said = [(stop, Answer(data={"child": {"name": "某某"}}, access=(DENIED,))) for stop in STOPS]
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(show(said, width))
    text = console.export_text().replace("\n", "")
    assert all(stop.name in text for stop in STOPS)
    assert text.count("无此职责") >= 2 * len(STOPS)


@pytest.fixture(scope="module")
def served(small_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Any:
    settings = replace(small_database.settings, data=tmp_path_factory.mktemp("hub"), dev_issuer=True)
    with serving(settings, small_database) as hub:
        yield hub


def told(served: Served, stop: Stop) -> Mapping[str, Any]:
    token = served.token(stop.unit, stop.role)
    answer = ask(served.endpoint, token, query_text("tour"), {"child": story.CHILD_ID})
    assert answer.errors == ()
    return answer.data


def test_each_unit_is_told_something_else(served: Served) -> None:
    assert answers(served.url)
    said = {stop.unit: told(served, stop) for stop in STOPS}
    assert len({str(answer) for answer in said.values()}) == len(STOPS)
    child = {unit: answer["child"] or {} for unit, answer in said.items()}
    assert {unit for unit in child if child[unit].get("name")} == {stop.unit for stop in STOPS} - {"ST@430600"}
    assert {unit for unit in child if child[unit].get("placements")} == {story.TOWNSHIP, story.CIVIL}
    rulings = {unit: [petition["ruling"] for petition in child[unit].get("petitions") or ()] for unit in child}
    assert {unit for unit, ruling in rulings.items() if any(ruling)} == {story.COURT}
    village, school, police = (child[u].get("citizenIdNo") for u in (story.VILLAGE, story.SCHOOL, story.STATION))
    assert (str(village).count("*"), school, len(str(police))) == (8, None, 18)


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.query)
def test_a_unit_s_own_question_is_answered(served: Served, stop: Stop) -> None:
    answer = ask(served.endpoint, served.token(stop.unit, stop.role), query_text(stop.query))
    assert answer.errors == ()
    assert any(answer.data.values())


def test_the_tour_runs_to_its_end(served: Served) -> None:
    console = Console(file=io.StringIO(), width=160, record=True)
    take_tour(served.endpoint, served.token, console)
    text = console.export_text()
    assert all(line.label in text for line in LINES)
    assert "✗ 请求被拒" not in text


def test_nobody_answers_at_a_closed_port() -> None:
    assert not answers("http://127.0.0.1:1")
