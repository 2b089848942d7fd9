"""Introspection: answered from the caller's own view, alone in its operation, and kept as bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict

import orjson
from graphql import execute_sync

from hub import errors
from hub.query.operation import Operation
from hub.query.view import View

INTROSPECTION = frozenset({"__schema", "__type"})
Key = tuple[bytes, str | None, bytes, str]

#: A whole view is about a megabyte.
MOST_KEPT = 64


def is_introspection(operation: Operation) -> bool:
    """Whether an operation asks of the schema; refuses one that asks of data as well."""
    names = {selected.name for selected in operation.roots()}
    if not names & INTROSPECTION:
        return False
    if names - INTROSPECTION - {"__typename"}:
        raise errors.OperationError(reason="__schema, __type")
    return True


def _key(operation: Operation, view_key: str) -> Key:
    variables = orjson.dumps(dict(operation.variables), option=orjson.OPT_SORT_KEYS)
    return (operation.document.digest, operation.name, variables, view_key)


class Introspection:
    """Answers by document, variables and view; a view is built once for all grants with the same rights."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, operation: Operation, view_key: str) -> bytes | None:
        """The answer, if it is at hand."""
        with self._lock:
            key = _key(operation, view_key)
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def answer(self, operation: Operation, view: View, view_key: str) -> bytes:
        """The answer, made if need be; that takes long, so it may be done beside the event loop."""
        answer = self.known(operation, view_key) or self._executed(operation, view)
        with self._lock:
            self._kept[_key(operation, view_key)] = answer
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return answer

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
