"""A typed client that ariadne-codegen makes from a unit's own schema text, checked by its types when it is answered.

The generator needs an older graphql-core than the hub, so it lives in an environment of its own, found on PATH.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import build_schema

from tests.clients.hub_server import Served
from tests.clients.questions import OWN, PARTLY_WITHHELD, Question, comparable, every_field

GENERATOR = shutil.which("ariadne-codegen")
RUNNER = Path(__file__).with_name("typed_run.py")
CONFIGURATION = """
[tool.ariadne-codegen]
schema_path = "schema.graphql"
queries_path = "queries.graphql"
target_package_name = "registry"
async_client = false
[tool.ariadne-codegen.scalars.Date]
type = "datetime.date"
[tool.ariadne-codegen.scalars.DateTime]
type = "datetime.datetime"
"""

Reached = Sequence[Mapping[str, Any]]

pytestmark = pytest.mark.skipif(
    GENERATOR is None, reason="needs ariadne-codegen on PATH, installed in an environment of its own"
)


def sdl(served: Served, question: Question) -> str:
    headers = {"Authorization": f"Bearer {served.token(question.unit, question.role)}"}
    return httpx2.get(f"{served.url}/schema.graphql", headers=headers, timeout=30).raise_for_status().text


def generate(folder: Path, schema: str, documents: Sequence[str]) -> None:
    (folder / "pyproject.toml").write_text(CONFIGURATION, "utf-8")
    (folder / "schema.graphql").write_text(schema, "utf-8")
    (folder / "queries.graphql").write_text("\n".join(documents), "utf-8")
    made = subprocess.run([str(GENERATOR)], cwd=folder, capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stdout + made.stderr


def ask(folder: Path, served: Served, token: str, asks: Sequence[tuple[str, Mapping[str, Any]]]) -> Reached:
    interpreter = Path(str(GENERATOR)).resolve().with_name("python")
    told = {"package": "registry", "endpoint": served.endpoint, "token": token, "asks": asks}
    command = [str(interpreter), str(RUNNER)]
    run = subprocess.run(command, cwd=folder, input=json.dumps(told), capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    reached: Reached = json.loads(run.stdout)
    return reached


def method_of(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def operation_of(document: str) -> str:
    named = re.search(r"query\s+(\w+)", document)
    assert named
    return named[1]


@pytest.mark.parametrize("question", OWN, ids=lambda question: question.name)
def test_each_unit_is_answered(question: Question, served: Served, answers: Mapping[str, Any], tmp_path: Path) -> None:
    schema = sdl(served, question)
    every = dict(every_field(build_schema(schema)))
    generate(tmp_path, schema, [question.document, *every.values()])
    asks = [(method_of(operation_of(question.document)), question.variables)]
    asks += [(method_of(name), {}) for name in every]
    own, *others = ask(tmp_path, served, served.token(question.unit, question.role), asks)
    plain = answers[question.name]
    assert comparable(own["data"]) == comparable(plain["data"])
    assert own["extensions"] == plain["extensions"]
    assert [name for name, other in zip(every, others, strict=True) if "data" not in other] == []


def test_a_field_not_shown_makes_no_client(served: Served, tmp_path: Path) -> None:
    education = next(question for question in OWN if question.name == "education")
    with pytest.raises(AssertionError, match="residenceAddress"):
        generate(tmp_path, sdl(served, education), [PARTLY_WITHHELD])


def test_an_expired_token_is_an_error_with_its_code(served: Served, tmp_path: Path) -> None:
    question = OWN[0]
    generate(tmp_path, sdl(served, question), [question.document])
    token = served.token(question.unit, question.role, ttl=-3600)
    (refused,) = ask(tmp_path, served, token, [(method_of(operation_of(question.document)), question.variables)])
    assert (refused["status"], refused["errors"][0]["extensions"]["code"]) == (401, "TOKEN_EXPIRED")
