"""What `make demo` prints when the city is served: where to look, and a question to paste for each of eight units."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from hub.demo.asking import STOPS, query_text
from hub.demo.story import CASE_NO, CHILD_ID, CHILD_NO

HUB = ".venv/bin/hub"


def guide(url: str) -> str:
    """Plain text, so that commands can be copied; `url` is where the hub is served, without a path."""
    return "\n".join(_lines(url))


def _lines(url: str) -> Iterator[str]:
    yield f"共知演示城市已就绪（全部人员、单位、案件均为虚构）：{url}/graphql"
    yield "The demo city is served; everybody and everything in it is made up."
    yield ""
    yield f"一、浏览器打开 {url}/desk ，以任一单位登入工作台；或打开 {url}/graphql ，登入框填入令牌，例如："
    yield f"    {HUB} token VC@430621104201 --role officer"
    yield f"二、八个单位看同一名儿童（{CHILD_ID}，一人一档编号 {CHILD_NO}，案件 {CASE_NO}）："
    yield f"    {HUB} demo --tour"
    yield "三、现场演一个案件，从学校报告到法院裁定，每一步后看各单位所见（非终端加 --plain）："
    yield f"    {HUB} demo --story"
    yield "四、逐个单位提问（查询原文在 hub/demo/queries/，可贴入浏览器；下面的命令可直接粘贴）："
    for stop in STOPS:
        yield ""
        yield f"  {stop.name} {stop.unit} · {stop.sees}"
        yield f"    {command(url, stop.unit, stop.query)}"
    yield ""
    yield "未向某单位提供的内容为 null，原因和下一步在 extensions.access。Ctrl+C 停止。"


def command(url: str, unit: str, query: str) -> str:
    """A line for a shell; a query holds no apostrophe, so it needs no quoting of its own."""
    body = json.dumps({"query": compact(query_text(query))}, ensure_ascii=False)
    return (
        f'curl -sS {url}/graphql -H "Authorization: Bearer $({HUB} token {unit})"'
        f" -H 'Content-Type: application/json' -d '{body}'"
    )


def compact(document: str) -> str:
    """A document on one line, without its comments."""
    code = " ".join(line.partition("#")[0] for line in document.splitlines())
    return re.sub(r"\s*([{}():,\[\]])\s*", r"\1", re.sub(r"\s+", " ", code)).strip()
