"""Both lanes give the same bytes: the planner's JSON as it is, and the library's executor over the same rows."""

from __future__ import annotations

from typing import Any

import orjson
from graphql import ExecutionResult, execute
from hypothesis import given, note

from hub.query.answer import Answered
from hub.query.operation import Leaf, Operation
from schema.registry import ENTITIES
from tests.generated import examples
from tests.reference.bench import Bench, Case, cases

TAGS = {entity.about.id_tag: entity.name for entity in ENTITIES.values()}


@examples(25)
@given(case=cases())
def test_lanes_give_the_same_bytes(bench: Bench, case: Case) -> None:
    bench.load(case.world())
    for part in case.parts:
        grant = part.grant()
        for document in part.documents:
            variables = dict(document.variables)
            answered = bench.fast.ask(document.text, variables, grant, part.asker)
            if isinstance(answered, Answered):
                note(f"{part.asker}\n{part.rules}\n{document.text}\n{variables}")
                operation = bench.fast.documents.operation(document.text, None, variables)
                assert executed(operation, variables, answered) == answered.data


def executed(operation: Operation, variables: dict[str, Any], answered: Answered) -> bytes:
    """The library's executor over the planner's rows; a row of `node` says its type, as no field need do so."""
    rows = {key: orjson.loads(value) for key, value in answered.roots}
    for root in operation.roots():
        if root.name == "node" and rows[root.key] is not None:
            wanted = operation.arguments("Query", root)["id"]
            assert isinstance(wanted, Leaf)
            rows[root.key]["$type"] = TAGS[str(wanted.value).partition("_")[0]]
    result = execute(operation.schema, operation.document.ast, root_value=rows, variable_values=variables)
    assert isinstance(result, ExecutionResult) and not result.errors
    return orjson.dumps(result.data)
