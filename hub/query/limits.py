"""How deep, how wide and how often a document may ask; measured on its tree before anything is expanded.

Every measure is taken once per fragment, so that fragments that spread each other cost what they are long.
Names switch nothing off: only what is below ``__schema`` and ``__type`` has a depth of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from hub import errors

_INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    depth: int = 12
    aliases: int = 60
    roots: int = 20
    directives: int = 60
    fields: int = 10_000  # after every fragment is spread
    written: int = 600  # as they stand in the document
    repeats: int = 8  # of one response key in one selection: validation compares each with each
    introspection_depth: int = 20  # the tools' own query needs 15
    values: int = 1000  # of one list in an argument
    value_depth: int = 24  # of an argument: lists and objects in one another
    page: int = 1000  # rows of a root list
    nested: int = 100  # rows of a list below the root
    cost: int = 100_000  # of one operation: rows times fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a selection: levels of fields, levels below an introspection field, and fields when spread."""

    depth: int = 0
    introspection_depth: int = 0
    fields: int = 0

    def beside(self, other: Size) -> Size:
        return Size(
            depth=max(self.depth, other.depth),
            introspection_depth=max(self.introspection_depth, other.introspection_depth),
            fields=self.fields + other.fields,
        )


def check_limits(document: DocumentNode, limits: Limits) -> None:
    """Refuses a document beyond the limits; raises LimitAliases, LimitDepth, LimitCost."""
    counts = _Counts()
    counts.document(document)
    if counts.aliases > limits.aliases:
        raise errors.LimitAliases(limit=limits.aliases)
    if counts.directives > limits.directives:
        raise errors.LimitCost(cost=counts.directives, limit=limits.directives)
    if counts.written > limits.written:
        raise errors.LimitCost(cost=counts.written, limit=limits.written)
    if counts.repeats > limits.repeats:
        raise errors.LimitCost(cost=counts.repeats, limit=limits.repeats)
    _check_values(document, limits)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    sizes = _Sizes(fragments)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            _check(sizes.of(node.selection_set), limits)
            if len(node.selection_set.selections) > limits.roots:
                raise errors.LimitCost(cost=len(node.selection_set.selections), limit=limits.roots)


def _check(size: Size, limits: Limits) -> None:
    if size.depth > limits.depth:
        raise errors.LimitDepth(limit=limits.depth)
    if size.introspection_depth > limits.introspection_depth:
        raise errors.LimitDepth(limit=limits.introspection_depth)
    if size.fields > limits.fields:
        raise errors.LimitCost(cost=size.fields, limit=limits.fields)


def _check_values(document: DocumentNode, limits: Limits) -> None:
    """Literals may be as long and deep as variables; this walks without recursion, for what follows does not."""
    pending: list[tuple[Node, int]] = [(node, 0) for node in document.definitions]
    while pending:
        node, depth = pending.pop()
        if isinstance(node, ListValueNode | ObjectValueNode):
            depth += 1
            if depth > limits.value_depth:
                raise errors.LimitDepth(limit=limits.value_depth)
            if isinstance(node, ListValueNode) and len(node.values) > limits.values:
                raise errors.LimitList(limit=limits.values)
        for key in node.keys:
            child = getattr(node, key, None)
            children = child if isinstance(child, tuple | list) else (child,)
            pending += [(item, depth) for item in children if isinstance(item, Node)]


class _Counts:
    """What is counted as it is written, once."""

    def __init__(self) -> None:
        self.aliases = 0
        self.directives = 0
        self.written = 0
        self.repeats = 0

    def document(self, document: DocumentNode) -> None:
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode):
                self.directives += len(node.directives or ())
                self._selections(node.selection_set)

    def _selections(self, selection_set: SelectionSetNode) -> None:
        self.written += len(selection_set.selections)
        keys = Counter(_key(node) for node in selection_set.selections)
        self.repeats = max([self.repeats, *keys.values()])
        for node in selection_set.selections:
            self.directives += len(node.directives or ())
            if isinstance(node, FieldNode) and node.alias:
                self.aliases += 1
            below = _below(node)
            if below:
                self._selections(below)


class _Sizes:
    """The size of selections; that of a fragment is taken once. A cycle counts as nothing: validation refuses it."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Size] = {}

    def of(self, selection_set: SelectionSetNode) -> Size:
        size = Size()
        for node in selection_set.selections:
            size = size.beside(self._selection(node))
        return size

    def _selection(self, node: SelectionNode) -> Size:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        below = _below(node)
        size = self.of(below) if below else Size()
        if not isinstance(node, FieldNode):
            return size
        if node.name.value in _INTROSPECTION:
            return Size(introspection_depth=size.depth + 1, fields=size.fields + 1)
        return Size(depth=size.depth + 1, introspection_depth=size.introspection_depth, fields=size.fields + 1)

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            self._known[name] = Size()
            if name in self._fragments:
                self._known[name] = self.of(self._fragments[name].selection_set)
        return self._known[name]


def _key(node: SelectionNode) -> str:
    """What a selection answers under; a fragment by its name."""
    if isinstance(node, FieldNode):
        return (node.alias or node.name).value
    return f"...{node.name.value}" if isinstance(node, FragmentSpreadNode) else f"... {id(node)}"


def _below(node: SelectionNode) -> SelectionSetNode | None:
    below: SelectionSetNode | None = getattr(node, "selection_set", None)
    return below
