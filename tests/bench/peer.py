"""PostGraphile over the same tables, without any policy; left out, with the reason, where Node is not at hand."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from psycopg.conninfo import conninfo_to_dict

from hub.database import Database, Role
from hub.embedded.server import Tell
from tests.bench import contestants, data, queries

FILES = Path(__file__).with_name("peer")
OLDEST_NODE = 22

_EIGHT = "id childNo name sex birthDate residenceDivision hukouDivision lbcStatus"
_TEN = "id childNo name sex birthDate ethnicity residenceDivision hukouDivision lbcStatus difficultyFlag"
_ORDER = "orderBy: [RESIDENCE_DIVISION_ASC, ID_ASC]"

#: The same questions in its own words; aliases give the answers the same names.
DOCUMENTS: Mapping[str, str] = {
    "Q1": f'query($id: String!) {{ child: childByCountyAndId(county: "{data.COUNTY}", id: $id) {{ {_EIGHT} }} }}',
    "Q2": "query($division: String!) { children: allChildren(first: 50, "
    f"condition: {{ residenceDivision: $division }}, {_ORDER}) {{ nodes {{ {_TEN} }} }} }}",
    "Q3": "query($division: String!) { children: allChildren(first: 50, "
    f"condition: {{ residenceDivision: $division }}, {_ORDER}) "
    "{ nodes { id childNo name sex birthDate residenceDivision "
    "guardianships: guardianshipArrangementsByCountyAndChildId(first: 5, condition: { validTo: null }, "
    "orderBy: [ID_ASC]) { nodes { id type carerName carerRelation carerPhone validFrom } } "
    "enrolments: enrolmentsByCountyAndChildId(first: 1, condition: { validTo: null }, orderBy: [ID_ASC]) "
    "{ nodes { id schoolUnit status stage grade } } "
    "cases: protectionCasesByCountyAndChildId(first: 5, condition: { closedOn: null }, orderBy: [ID_ASC]) "
    "{ nodes { id caseNo stage openedOn "
    "events: caseEventsByCountyAndCaseId(first: 3, orderBy: [AT_DESC, ID_ASC]) "
    "{ nodes { id type at byUnit } } } } } } }",
    "Q4": "query($low: String!, $high: String!) { children: allChildren(first: 1000, filter: "
    f"{{ residenceDivision: {{ greaterThanOrEqualTo: $low, lessThan: $high }} }}, {_ORDER}) "
    f"{{ nodes {{ {_TEN} residenceAddress lbcReason lbcSince difficultyCategory citizenIdStatus }} }} }}",
}


class PeerMissing(Exception):
    """PostGraphile cannot run here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer(contestants.Contestant):
    """Asked in its own words; its nested pages are compared as lists."""

    def can_answer(self, query: queries.Query) -> bool:
        return query.name in DOCUMENTS

    def body(self, query: queries.Query, variables: queries.Variables) -> bytes:
        asked = variables
        if query.name == "Q4":
            low = variables["division"].removesuffix("000")
            asked = {"low": low, "high": str(int(low) + 1)}
        return orjson.dumps({"query": DOCUMENTS[query.name], "variables": asked})

    def data(self, query: queries.Query, answer: Mapping[str, Any]) -> object:
        read = answer["data"]
        if "children" in read:
            return {"children": {"nodes": _plain(read["children"]["nodes"])}}
        return read


def _plain(value: object) -> object:
    if isinstance(value, dict):
        if value.keys() == {"nodes"}:
            return _plain(value["nodes"])
        return {name: _moment(item) if name == "at" else _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).isoformat()


@contextmanager
def serving(database: Database, tell: Tell) -> Iterator[Peer]:
    """PostGraphile for the time of the block; raises PeerMissing."""
    node, folder = installed(database.settings.data.parent / "peer", tell)
    with contestants.process(
        ["/usr/bin/env", "GRAPHILE_ENV=production", str(node), "server.mjs"], cwd=folder, stdin=subprocess.PIPE
    ) as started:
        if started.stdin is None or started.stdout is None:
            raise PeerMissing("no pipes")
        started.stdin.write(_url(database))
        started.stdin.close()
        said = started.stdout.readline()
        if not said.strip().isdigit():
            raise PeerMissing(f"PostGraphile did not start: {said.strip()}")
        yield Peer(name="postgraphile", port=int(said), pid=started.pid)


def installed(folder: Path, tell: Tell) -> tuple[Path, Path]:
    """Node and a folder with PostGraphile, fetched from npm at the first call."""
    node = folder / "node_modules/node/bin/node"
    if not node.is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise PeerMissing("npm is not on the PATH")
        tell("installing PostGraphile from npm")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(FILES / "package.json", folder)
        done = subprocess.run([npm, "install", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise PeerMissing(f"npm install failed: {done.stderr.strip()[-300:]}")
    shutil.copy(FILES / "server.mjs", folder)
    node = node if node.is_file() else Path(shutil.which("node") or "node")
    if _major(node) < OLDEST_NODE:
        raise PeerMissing(f"PostGraphile 5 needs Node {OLDEST_NODE}")
    return node, folder


def _major(node: Path) -> int:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.match(r"v(\d+)", said)
    return int(found[1]) if found else 0


def _url(database: Database) -> str:
    words = conninfo_to_dict(database.conninfo(Role.READER))
    given = [(name, str(words[name])) for name in ("host", "port", "options") if name in words]
    where = urlencode(given, quote_via=quote)
    return f"postgresql://{words['user']}:{quote(str(words['password']))}@/{words['dbname']}?{where}"
