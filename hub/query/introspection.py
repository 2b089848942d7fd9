"""Introspection: answered from the caller's own view, alone in its operation, and kept as bytes."""

from __future__ import annotations

from collections import OrderedDict

import orjson
from graphql import execute_sync

from hub import errors
from hub.query.operation import Operation
from hub.query.view import View

INTROSPECTION = frozenset({"__schema", "__type"})
#: A whole view is a few hundred kilobytes.
MOST_KEPT = 64


def is_introspection(operation: Operation) -> bool:
    """Whether an operation asks of the schema; refuses one that asks of data as well."""
    names = {selected.name for selected in operation.roots()}
    if not names & INTROSPECTION:
        return False
    if names - INTROSPECTION - {"__typename"}:
        raise errors.OperationError(reason="__schema, __type")
    return True


class Introspection:
    """Answers by document, variables and view; a view is built once for all grants with the same rights."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[bytes, str | None, bytes, str], bytes] = OrderedDict()

    def answer(self, operation: Operation, view: View, view_key: str) -> bytes:
        variables = orjson.dumps(dict(operation.variables), option=orjson.OPT_SORT_KEYS)
        key = (operation.document.digest, operation.name, variables, view_key)
        if key not in self._kept:
            self._kept[key] = self._executed(operation, view)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _executed(self, operation: Operation, view: View) -> bytes:
        result = execute_sync(
            view.schema,
            operation.document.ast,
            operation_name=operation.name,
            variable_values=dict(operation.variables),
            hide_suggestions=True,
        )
        if result.errors:
            raise errors.OperationError(reason="introspection", faults=tuple(result.errors))
        return orjson.dumps(result.data)
