"""One question to eight units, side by side: what each is told of the same child, what not, and what to do then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hub.demo.asking import STOPS, Answer, Stop, ask, query_text
from hub.demo.story import CHILD_ID
from schema.codes import label_of

#: Makes a token for a unit in a role.
Sign = Callable[[str, str], str]

#: A code of a refusal, in the few characters that a cell has room for.
REFUSALS = {
    "NO_DUTY": "无此职责",
    "OUT_OF_DIVISION": "不在辖区",
    "NOT_ON_CASE": "未参与案件",
    "NOT_ASSIGNED": "未分派",
    "NEEDS_PURPOSE": "须说明事由",
    "NEEDS_LEASE": "须授权",
    "NEVER": "不予共享",
}
UNKNOWN, NOTHING = "—", "（无）"
WIDTH_OF_UNIT = 18  # a village's code, and the space between two columns
LONGEST = 26  # characters of a value that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the comparison: where the value stands in the answer, and the code list it comes from."""

    label: str
    path: tuple[str, ...]
    codes: str | None = None


LINES = (
    Line(label="姓名", path=("child", "name")),
    Line(label="年龄", path=("child", "age")),
    Line(label="身份号码", path=("child", "citizenIdNo")),
    Line(label="居住村", path=("child", "residence", "name")),
    Line(label="详细地址", path=("child", "residenceAddress")),
    Line(label="户口", path=("child", "hukou", "status"), codes="hukou_status"),
    Line(label="父母务工地", path=("child", "migrations", "workPlace", "name")),
    Line(label="监护类型", path=("child", "guardianships", "type"), codes="guardianship_type"),
    Line(label="监护督导", path=("child", "guardianships", "supervisionStatus"), codes="supervision_status"),
    Line(label="学校", path=("child", "enrolments", "school", "name")),
    Line(label="健康状况", path=("child", "health", "healthStatus"), codes="health_status"),
    Line(label="结对", path=("child", "pairings", "status"), codes="pairing_status"),
    Line(label="报告状态", path=("child", "reports", "status"), codes="report_status"),
    Line(label="报告经过", path=("child", "reports", "narrative")),
    Line(label="应急措施", path=("child", "measures", "measure"), codes="emergency_measure"),
    Line(label="评估结论", path=("child", "assessments", "conclusion")),
    Line(label="评估:就学", path=("child", "assessments", "schoolingNote")),
    Line(label="帮扶计划", path=("child", "planItems", "type"), codes="service_type"),
    Line(label="安置方式", path=("child", "placements", "placeType"), codes="place_type"),
    Line(label="惩戒", path=("child", "sanctions", "kind"), codes="sanction_kind"),
    Line(label="诉讼", path=("child", "petitions", "ruling"), codes="ruling"),
    Line(label="案件阶段", path=("child", "cases", "stage"), codes="case_stage"),
    Line(label="可列出儿童", path=("children", "count", "value")),
    Line(label="汇总人数", path=("childStatistics", "totals", "count")),
)


def take_tour(url: str, sign: Sign, console: Console) -> None:
    """Puts the question to every stop and shows the answers; raises OSError where nobody answers."""
    document = query_text("tour")
    answers = []
    for stop in STOPS:
        with console.status(f"询问 / asking {stop.unit}"):
            answers.append((stop, ask(url, sign(stop.unit, stop.role), document, {"child": CHILD_ID})))
    console.print(show(answers, console.width))


def show(answers: Sequence[tuple[Stop, Answer]], width: int) -> RenderableType:
    """The comparison, as many units side by side as the terminal has room for, then the reasons unit by unit."""
    room = max((width - 14) // WIDTH_OF_UNIT, 1)
    groups = [answers[start : start + room] for start in range(0, len(answers), room)]
    intro = Text(f"同一个问题，{len(answers)} 个单位，一名虚构儿童（{CHILD_ID}）。", style="bold")
    legend = Text("✗ 未提供及原因　— 无值　（无）没有记录", style="dim")
    reasons = (_reasons(stop, answer) for stop, answer in answers)
    return Group(intro, legend, *(_comparison(group) for group in groups), *reasons)


def _comparison(answers: Sequence[tuple[Stop, Answer]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, row_styles=["", "on grey11"])
    table.add_column("", style="bold", no_wrap=True)
    for stop, _ in answers:
        table.add_column(f"{stop.name}\n{stop.unit}", width=WIDTH_OF_UNIT - 2, overflow="fold")
    for line in LINES:
        table.add_row(line.label, *(cell(answer, line) for _, answer in answers))
    return table


def cell(answer: Answer, line: Line) -> Text:
    """A value, or why there is none."""
    if answer.errors:
        return Text("✗ 请求被拒", style="red")
    code = withheld(answer, line.path)
    if code:
        return Text(f"✗ {REFUSALS.get(code, code)}", style="red")
    found = list(_values(answer.data, line.path))
    if not found:
        return Text(NOTHING, style="dim")
    return Text("、".join(dict.fromkeys(_shown(value, line.codes) for value in found)))


def withheld(answer: Answer, path: Sequence[str]) -> str | None:
    """The code under which a value, or something above it, was withheld."""
    for entry in answer.access:
        refused = [part for part in entry["path"] if isinstance(part, str) and part != "nodes"]
        if list(path[: len(refused)]) == refused:
            return str(entry["code"])
    return None


def _values(data: Any, path: Sequence[str]) -> Iterator[Any]:
    if isinstance(data, list):
        for item in data:
            yield from _values(item, path)
    elif not path:
        yield data
    elif isinstance(data, Mapping):
        yield from _values(data.get(path[0]), path[1:])


def _shown(value: Any, codes: str | None) -> str:
    if value is None:
        return UNKNOWN
    label = label_of(codes, str(value)) if codes else None
    text = label.zh if label else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _reasons(stop: Stop, answer: Answer) -> Panel:
    """What was withheld from one unit, put together by reason."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="red")
    table.add_column(overflow="fold")
    grouped: dict[tuple[str, str], list[str]] = {}
    for entry in answer.access:
        path = tuple(part for part in entry["path"] if isinstance(part, str) and part != "nodes")
        labels = [line.label for line in LINES if line.path[: len(path)] == path]
        step = (entry.get("nextStep") or {}).get("zh", "")
        grouped.setdefault((str(entry["code"]), step), []).extend(labels)
    for (code, step), labels in grouped.items():
        if labels:
            named = list(dict.fromkeys(labels))
            what = "、".join(named) if len(named) < len(LINES) - 2 else "该儿童的全部内容"
            table.add_row(REFUSALS.get(code, code), f"{what}：{step}")
    for error in answer.errors:
        table.add_row("错误", str(error.get("message", "")))
    title = f"{stop.name} {stop.unit} · {stop.sees}"
    return Panel(table if table.rows else Text("全部提供", style="green"), title=title, title_align="left")
