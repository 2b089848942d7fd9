"""Who asks in the demo, and how one question is put to a running hub over HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from hub.demo import story
from hub.demo.facts import PREFECTURE

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A unit of the tour, and its own question among the files of `queries`."""

    unit: str
    name: str
    query: str
    sees: str  # what the unit's duties open to it, in a few words
    role: str = "officer"


STOPS = (
    Stop(unit=story.VILLAGE, name="村委会", query="village", sees="本村儿童、家庭、监护；不见案情"),
    Stop(unit=story.SCHOOL, name="学校", query="school", sees="本校学生、照料人、出勤；不见住址和救助"),
    Stop(unit=story.TOWNSHIP, name="乡镇", query="township", sees="本乡镇全部台账；牵头的案件"),
    Stop(unit=story.EDUCATION, name="教育局", query="education", sees="本县学生和适龄儿童的就学；评估的就学部分"),
    Stop(unit=story.CIVIL, name="民政局", query="civil_affairs", sees="全县台账；参与的案件"),
    Stop(unit=story.COURT, name="法院", query="court", sees="只有本院立案的案件"),
    Stop(unit=f"ST@{PREFECTURE}", name="统计局", query="statistics", sees="只有汇总数，小数隐去"),
    Stop(unit=story.STATION, name="派出所", query="police", sees="本辖区报告与处置；案件中的儿童"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the hub said; `access` lists what it withheld and why."""

    data: Mapping[str, Any]
    access: tuple[Mapping[str, Any], ...] = ()
    errors: tuple[Mapping[str, Any], ...] = field(default=())


def query_text(name: str) -> str:
    return (files("hub.demo") / "queries" / f"{name}.graphql").read_text(encoding="utf-8")


def answers(url: str) -> bool:
    """Whether a hub is served at a URL."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=3)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def ask(url: str, token: str, document: str, variables: Mapping[str, Any] | None = None) -> Answer:
    """Asks as any client would; raises OSError where nobody answers."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=TIMEOUT_S)
    body = json.dumps({"query": document, "variables": dict(variables or {})})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", place.path, body=body.encode(), headers=headers)
        said = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return Answer(
        data=said.get("data") or {},
        access=tuple(said.get("extensions", {}).get("access", ())),
        errors=tuple(said.get("errors", ())),
    )
