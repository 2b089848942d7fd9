"""A story played live: each act is sent by the unit concerned, and after it every unit is asked what it is told."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hub.demo import story as city
from hub.demo.asking import Answer, ask, query_text
from hub.demo.places import STORY_TOWNSHIP
from hub.demo.playing import Play, Refused
from hub.demo.recipes import VIOLENCE
from hub.demo.script import PARTS, Step
from hub.demo.tour import NOTHING, WIDTH_OF_UNIT, Line, Sign, cell
from hub.policy.compile import china_today

#: Who is asked after each step: those who take part, and one that does not.
VIEWERS = (*VIOLENCE.parts, "education")
LINES = (
    Line(label="儿童 Child", path=("child", "name")),
    Line(label="住址 Address", path=("child", "residenceAddress")),
    Line(label="案件阶段 Stage", path=("case", "stage"), codes="case_stage"),
    Line(label="牵头 Lead", path=("case", "leadUnit")),
    Line(label="参与单位 Parties", path=("case", "parties", "unit")),
    Line(label="报告经过 Report", path=("case", "reports", "narrative")),
    Line(label="应急措施 Measures", path=("case", "measures", "measure"), codes="emergency_measure"),
    Line(label="安置 Placement", path=("case", "placements", "placeType"), codes="place_type"),
    Line(label="评估 Assessment", path=("case", "assessments", "conclusion")),
    Line(label="帮扶 Services", path=("case", "planItems", "type"), codes="service_type"),
    Line(label="惩戒 Sanctions", path=("case", "sanctions", "kind"), codes="sanction_kind"),
    Line(label="诉讼 Petitions", path=("case", "petitions", "type"), codes="petition_type"),
    Line(label="裁判 Rulings", path=("case", "petitions", "ruling"), codes="ruling"),
    Line(label="时间线 Time line", path=("case", "events", "type"), codes="case_event_type"),
    Line(label="未签收 Unread", path=("notices", "nodes", "eventType"), codes="case_event_type"),
    Line(label="待办 Owed", path=("obligations", "nodes", "rule")),
)
WIDTH_OF_LABEL = 20
#: Of the child's own case there is none yet; asked for, it answers as one that is out of reach.
NO_CASE = f"case_{city.COUNTY}_{'0' * 26}"
_PUPILS = """query ($place: String!) { children(first: 200, filter: {residenceDivision: {within: $place}}) {
  nodes { id residenceDivision } } }"""
_CASES = "query ($child: ID!) { child(id: $child) { cases { closedOn } } }"

#: Waits until whoever looks on wants the next step.
Pause = Callable[[], None]


class NobodyFree(Exception):
    """Every child of the story's school has an open case."""


@dataclass(slots=True, kw_only=True)
class Performance:
    """The story on its stage: who plays, and what each was told last."""

    url: str
    sign: Sign
    console: Console
    pause: Pause
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    shown: dict[tuple[str, str], str] = field(default_factory=dict)  # (part, label) → what was told before

    def send(self, unit: str, role: str, document: str, variables: Mapping[str, Any]) -> Answer:
        return ask(self.url, self.sign(unit, role), document, variables)

    def run(self, chance: random.Random) -> None:
        """Plays to the end; raises Refused, NobodyFree, or OSError where nobody answers."""
        child, village = self._child(chance)
        cast = cast_of(village)
        play = Play(story=VIOLENCE, cast=cast, send=self.send, today=china_today(), known={"child": child})
        self.console.print(_opening(play))
        for number, step in enumerate(play.steps(), 1):
            self.console.print(_heading(number, len(VIOLENCE.steps), step, cast))
            self.console.print(self._views(play))
            self.pause()
        self.console.print(_ending(play))

    def _child(self, chance: random.Random) -> tuple[str, str]:
        """A pupil of the school, living in the township, of whom no case is open; and its village."""
        place = {"place": f"{STORY_TOWNSHIP}000"}
        pupils = _told(self.send(city.SCHOOL, "officer", _PUPILS, place))["children"]["nodes"]
        for pupil in chance.sample(pupils, len(pupils)):
            found = _told(self.send(city.TOWNSHIP, "officer", _CASES, {"child": pupil["id"]}))["child"]
            if found is not None and all(case["closedOn"] for case in found["cases"] or ()):
                return pupil["id"], pupil["residenceDivision"]
        raise NobodyFree

    def _views(self, play: Play) -> RenderableType:
        """What is told now, as many units side by side as there is room for; what is new stands out."""
        document = query_text("story")
        given = {
            "child": play.known["child"], "case": play.known.get("case", NO_CASE), "since": self.since.isoformat(),
        }  # fmt: skip
        told = [(part, self.send(play.cast[part], "officer", document, given)) for part in VIEWERS]
        cells = {(part, line.label): cell(answer, line) for part, answer in told for line in LINES}
        changed = {key for key, text in cells.items() if text.plain != self.shown.get(key, NOTHING)}
        self.shown = {key: text.plain for key, text in cells.items()}
        lines = [line.label for line in LINES if any((part, line.label) in changed for part in VIEWERS)]
        room = max((self.console.width - WIDTH_OF_LABEL) // WIDTH_OF_UNIT, 1)
        groups = [VIEWERS[start : start + room] for start in range(0, len(VIEWERS), room)]
        return Group(*(_table(group, lines, cells, changed) for group in groups))


def cast_of(village: str) -> dict[str, str]:
    """The units of the story's township, with the village that the child lives in."""
    return {
        "school": city.SCHOOL, "village": f"VC@{village}", "station": city.STATION, "township": city.TOWNSHIP,
        "civil": city.CIVIL, "hospital": city.HOSPITAL, "shelter": city.RESCUE, "social": city.SOCIAL,
        "court": city.COURT, "education": city.EDUCATION,
    }  # fmt: skip


def _told(answer: Answer) -> Mapping[str, Any]:
    if answer.errors:
        raise Refused(VIOLENCE.steps[0], answer.errors[0])
    return answer.data


def _table(
    parts: Sequence[str], lines: Sequence[str], cells: Mapping[tuple[str, str], Text], changed: set[tuple[str, str]]
) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", style="bold", width=WIDTH_OF_LABEL - 2)
    for part in parts:
        name = PARTS[part][1]
        table.add_column(f"{name.zh}\n{name.en}", width=WIDTH_OF_UNIT - 2, overflow="fold")
    for label in lines:
        table.add_row(label, *(_marked(cells[part, label], is_new=(part, label) in changed) for part in parts))
    return table


def _marked(text: Text, *, is_new: bool) -> Text:
    shown = text.copy()
    shown.stylize("bold green" if is_new and not text.plain.startswith("✗") else "dim" if not is_new else "")
    return shown


def _opening(play: Play) -> Panel:
    def lines() -> Iterator[str]:
        yield f"儿童 Child: {play.known['child']}"
        for part in VIEWERS:
            name = PARTS[part][1]
            yield f"{name.zh} {name.en}: {play.cast[part]}"
        yield "✗ 未提供及原因 withheld, and why　— 无值 no value　（无）没有记录 no record"
        yield "报告人、庇护地点为五级数据，不列出、不检索。 Who reported and where the shelter is are sealed."

    label = play.story.label
    return Panel("\n".join(lines()), title=f"{label.zh} · {label.en}", title_align="left")


def _heading(number: int, of: int, step: Step, cast: Mapping[str, str]) -> RenderableType:
    name = PARTS[step.by][1]
    head = Text(f"\n{number}/{of} {name.zh} {name.en} ({cast[step.by]}) · {step.act}", style="bold cyan")
    return Group(head, Text(f"   {step.says.zh}\n   {step.says.en}"))


def _ending(play: Play) -> Panel:
    case = play.known["case"]
    text = (
        f"案件 Case: {case}\n在 /desk 以任一参与单位登入可继续查看；再次运行即为新案。\n"
        "Sign in at /desk as any of these units to look further; run it again for another case."
    )
    return Panel(text, title="终 The end", title_align="left")
