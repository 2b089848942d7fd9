"""Reads a document into an Operation: its root fields, arguments as values or places of variables, and its shape.

Refuses what does not parse, does not validate, or names no operation; the library's own validator decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeGuard, cast

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    coerce_input_value,
    parse,
    print_ast,
    strip_ignored_characters,
    type_from_ast,
    validate,
    value_from_ast,
    visit,
)
from graphql import (
    specified_rules as SPECIFIED_RULES,
)
from graphql.execution.values import get_variable_values

from hub import errors
from hub.query.limits import Limits, check_limits

#: Arguments whose value changes the statement itself, so that a plan holds for one value only.
STRUCTURAL_ARGUMENTS = frozenset({"first", "limit", "field", "direction", "groupBy"})


#: Of all documents kept; their trees take a few hundred times as much.
MOST_CHARACTERS = 1_000_000

#: PostgreSQL cuts longer names, and two cut ones might be one.
LONGEST_KEY = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A scalar, a list of scalars or an enum value in an argument: a constant, or a place in the variables."""

    value: Any  # the value in the request that made the plan; for a constant, in every request
    path: tuple[str | int, ...] | None = None  # where to find it in the coerced variables
    transform: Callable[[Any], Any] | None = None  # what is bound instead of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Members of an input object in the variables that do not fit its type, by name."""

    unknown: frozenset[str]
    wrong: frozenset[str]


#: An argument: input objects as mappings, lists of input objects as lists, everything else a leaf.
Argument: TypeAlias = "Leaf | Mapping[str, Argument] | list[Argument]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """One response key: the field it asks for, its arguments, and the selection sets below it."""

    key: str
    name: str
    nodes: tuple[FieldNode, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Document:
    """A parsed and validated document; one per text, kept by the document cache."""

    text: str
    digest: bytes
    ast: DocumentNode
    operations: Mapping[str | None, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    structural: frozenset[str]  # variables whose value, not only whose shape, is part of a plan
    named: frozenset[str]  # variables that hold the id of a `node`, whose tag tells its type
    faults: tuple[GraphQLError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a document with its coerced variables."""

    document: Document
    node: OperationDefinitionNode
    schema: GraphQLSchema = field(repr=False)
    variables: Mapping[str, Any] = field(repr=False)
    shape: tuple[Any, ...] = field(repr=False)
    unfit: Mapping[str, Unfit] = field(default_factory=dict, repr=False)  # of a mutation's variables

    @property
    def name(self) -> str | None:
        return self.node.name.value if self.node.name else None

    @property
    def kind(self) -> OperationType:
        return self.node.operation

    def roots(self) -> tuple[Selected, ...]:
        return tuple(self.fields((self.node.selection_set,), frozenset({_root_type(self).name})))

    def below(self, selected: Selected, types: frozenset[str]) -> Iterator[Selected]:
        """The fields selected below a field, as they apply to an object of one of these type names."""
        return self.fields(tuple(node.selection_set for node in selected.nodes if node.selection_set), types)

    def fields(self, sets: tuple[SelectionSetNode, ...], types: frozenset[str]) -> Iterator[Selected]:
        """Merges selection sets as the specification's CollectFields does, in order of first appearance."""
        merged: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selection_set in sets:
            self._collect(selection_set, types, merged, seen)
        for key, nodes in merged.items():
            yield Selected(key=key, name=nodes[0].name.value, nodes=tuple(nodes))

    def _collect(
        self, selection_set: SelectionSetNode, types: frozenset[str], merged: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for node in selection_set.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                merged.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or node.type_condition.name.value in types:
                    self._collect(node.selection_set, types, merged, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.document.fragments[node.name.value]
                if fragment.type_condition.name.value in types:
                    self._collect(fragment.selection_set, types, merged, seen)

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            if directive.name.value in ("skip", "include"):
                (argument,) = directive.arguments
                value = argument.value
                wanted = self.variables[value.name.value] if isinstance(value, VariableNode) else value.value
                if bool(wanted) == (directive.name.value == "skip"):
                    return False
        return True

    def arguments(self, type_name: str, selected: Selected) -> dict[str, Argument]:
        """The field's arguments, defaults included; an argument bound to an absent variable is absent."""
        definition = self.schema.type_map[type_name].fields[selected.name]  # type: ignore[attr-defined]
        given = {argument.name.value: argument.value for argument in selected.nodes[0].arguments or ()}
        read: dict[str, Argument] = {}
        for name, argument in definition.args.items():
            node = given.get(name)
            if node is not None and not self._absent(node):
                read[name] = self._argument(node, argument.type)
            elif argument.default_value is not Undefined:
                read[name] = Leaf(value=argument.default_value)
        return read

    def _absent(self, node: ValueNode) -> bool:
        return isinstance(node, VariableNode) and node.name.value not in self.variables

    def _argument(self, node: ValueNode, kind: GraphQLInputType) -> Argument:
        if isinstance(node, VariableNode):
            name = node.name.value
            return _from_value(self.variables[name], kind, (name,))
        bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(node, ObjectValueNode) and isinstance(bare, GraphQLInputObjectType):
            return {
                item.name.value: self._argument(item.value, bare.fields[item.name.value].type)
                for item in node.fields
                if not self._absent(item.value)
            }
        if isinstance(bare, GraphQLList) and _of_objects(bare):
            items = node.values if isinstance(node, ListValueNode) else (node,)
            return [self._argument(item, bare.of_type) for item in items]
        if isinstance(bare, GraphQLList) and isinstance(node, ListValueNode) and _holds_variable(node):
            raise errors.ListMixed()
        return Leaf(value=value_from_ast(node, kind))


def _root_type(operation: Operation) -> Any:
    return operation.schema.get_root_type(operation.kind)


def _of_objects(kind: GraphQLInputType) -> TypeGuard[GraphQLList[Any]]:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    return isinstance(kind, GraphQLInputObjectType)


def _holds_variable(node: ListValueNode) -> bool:
    return any(isinstance(item, VariableNode) for item in node.values)


def _from_value(value: Any, kind: GraphQLInputType, path: tuple[str | int, ...]) -> Argument:
    """The part of the coerced variables at `path`, as an argument of this type."""
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(bare, GraphQLInputObjectType) and isinstance(value, Mapping):
        return {
            name: _from_value(item, bare.fields[name].type, (*path, name))
            for name, item in value.items()
            if name in bare.fields
        }
    if isinstance(bare, GraphQLList) and _of_objects(bare) and isinstance(value, list):
        return [_from_value(item, bare.of_type, (*path, index)) for index, item in enumerate(value)]
    return Leaf(value=value, path=path)


def place(variables: Mapping[str, Any], path: tuple[str | int, ...]) -> Any:
    """The value a leaf stands for in these variables."""
    value: Any = variables
    for step in path:
        value = value[step]
    return value


def _shape(value: Any, kind: GraphQLInputType, structural: bool, most: int) -> Any:
    """What of a variable's value a plan depends on: which keys are present, enums, booleans, nulls; no other value."""
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if value is None:
        return None
    if isinstance(bare, GraphQLInputObjectType):
        return tuple((name, _shape(item, bare.fields[name].type, structural, most)) for name, item in value.items())
    if isinstance(bare, GraphQLList):
        if len(value) > most:
            raise errors.LimitList(limit=most)
        if _of_objects(bare) or structural:
            return tuple(_shape(item, bare.of_type, structural, most) for item in value)
        return "list"
    return value if structural or isinstance(value, bool) or isinstance(bare, GraphQLEnumType) else "value"


def refused(kind: type[errors.OperationError], faults: tuple[GraphQLError, ...]) -> errors.OperationError:
    """A refusal that carries every fault the library found; the edge renders them one by one."""
    return kind(reason="; ".join(fault.message for fault in faults), faults=faults)


class _Stripped(Visitor):
    """Replaces every literal by its kind, so that a document may be kept without what was asked for."""

    def enter_string_value(self, *_: Any) -> Node:
        return StringValueNode(value="")

    def enter_int_value(self, *_: Any) -> Node:
        return IntValueNode(value="0")

    def enter_float_value(self, *_: Any) -> Node:
        return IntValueNode(value="0")


def stripped(document: Document) -> str:
    """The document without its literals, on one line."""
    return strip_ignored_characters(print_ast(visit(document.ast, _Stripped())))


class Documents:
    """Parses and validates documents against one schema; keeps the last by text, few enough and short enough."""

    def __init__(
        self, schema: GraphQLSchema, *, size: int = 512, max_tokens: int = 4000, limits: Limits | None = None
    ) -> None:
        self.schema = schema
        self._limits = limits or Limits()
        self._size = size
        self._max_tokens = max_tokens
        self._kept: dict[str, Document] = {}
        self._characters = 0

    def knows(self, text: str) -> bool:
        return text in self._kept

    def document(self, text: str) -> Document:
        """The document of this text; raises OperationError with every fault."""
        document = self._kept.get(text) or self.read(text)
        self.keep(document)
        if document.faults:
            raise refused(errors.OperationError, document.faults)
        return document

    def keep(self, document: Document) -> None:
        """Keeps a document as the one used last, and forgets those used least lately."""
        text = document.text
        if self._kept.pop(text, None) is None:
            self._characters += len(text)
        self._kept[text] = document
        while len(self._kept) > self._size or (self._characters > MOST_CHARACTERS and len(self._kept) > 1):
            oldest = next(iter(self._kept))
            del self._kept[oldest]
            self._characters -= len(oldest)

    def read(self, text: str) -> Document:
        """Parses and validates, and changes nothing here; raises OperationError and what is beyond a limit."""
        try:
            ast = parse(text, max_tokens=self._max_tokens)
        except GraphQLError as fault:
            raise refused(errors.OperationError, (fault,)) from fault
        check_limits(ast, self._limits)
        faults = tuple(validate(self.schema, ast, SPECIFIED_RULES, max_errors=20, hide_suggestions=True))
        if any(len(key.encode()) > LONGEST_KEY for key in _aliases(ast)):
            raise errors.LimitName(limit=LONGEST_KEY)
        definitions = ast.definitions
        operations = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
        return Document(
            text=text,
            digest=hashlib.sha256(text.encode()).digest(),
            ast=ast,
            operations={d.name.value if d.name else None: d for d in operations},
            fragments={d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)},
            structural=frozenset(_structural_variables(ast)),
            named=frozenset(_node_variables(ast)),
            faults=faults,
        )

    def operation(self, text: str, name: str | None, variables: Mapping[str, Any]) -> Operation:
        """The operation to run with its variables coerced; raises a coded refusal."""
        document = self.document(text)
        node = _named(document, name)
        definitions = node.variable_definitions or ()
        if not definitions:
            return Operation(document=document, node=node, schema=self.schema, variables={}, shape=())
        unfit: Mapping[str, Unfit] = {}
        if node.operation is OperationType.MUTATION:
            variables, unfit = sifted(self.schema, definitions, variables)
        coerced = get_variable_values(self.schema, definitions, dict(variables), max_errors=20, hide_suggestions=True)
        if isinstance(coerced, list):
            raise refused(errors.VariableInvalid, tuple(coerced))
        values = coerced.coerced
        kinds = {d.variable.name.value: cast(GraphQLInputType, type_from_ast(self.schema, d.type)) for d in definitions}
        shape = tuple(
            (
                name,
                _shape(value, kinds[name], name in document.structural, self._limits.values),
                _tag(value) if name in document.named else "",
            )
            for name, value in values.items()
        )
        return Operation(document=document, node=node, schema=self.schema, variables=values, shape=shape, unfit=unfit)


def sifted(
    schema: GraphQLSchema, definitions: Iterable[VariableDefinitionNode], variables: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Unfit]]:
    """What is sent to be written, without members that do not fit their type: these are told with all other faults.

    The library would stop at the types, and say of an input object no more than that something in it is wrong.
    """
    kept, unfit = dict(variables), dict[str, Unfit]()
    for definition in definitions:
        name = definition.variable.name.value
        kind = type_from_ast(schema, definition.type)
        bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        given = variables.get(name)
        if isinstance(bare, GraphQLInputObjectType) and isinstance(given, dict):
            unknown = frozenset(str(key) for key in given if key not in bare.fields)
            wrong = frozenset(
                key for key, value in given.items() if key in bare.fields and not _fits(value, bare.fields[key].type)
            )
            kept[name] = {key: value for key, value in given.items() if key not in unknown | wrong}
            if unknown or wrong:
                unfit[name] = Unfit(unknown=unknown, wrong=wrong)
    return kept, unfit


def _fits(value: Any, kind: GraphQLInputType) -> bool:
    return coerce_input_value(value, kind) is not Undefined


def _named(document: Document, name: str | None) -> OperationDefinitionNode:
    if name is None and len(document.operations) == 1:
        return next(iter(document.operations.values()))
    if name is None or name not in document.operations:
        raise errors.OperationUnknown()
    return document.operations[name]


def _walk(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        for key in current.keys:
            child = getattr(current, key, None)
            stack += [
                item for item in (child if isinstance(child, tuple | list) else (child,)) if isinstance(item, Node)
            ]


def _aliases(node: Node) -> Iterator[str]:
    return (n.alias.value for n in _walk(node) if isinstance(n, FieldNode) and n.alias)


def _structural_variables(node: Node) -> Iterator[str]:
    """Variables given directly to an argument, or to an input field, that shapes the statement."""
    for current in _walk(node):
        if isinstance(current, ArgumentNode | ObjectFieldNode) and isinstance(current.value, VariableNode):
            if current.name.value in STRUCTURAL_ARGUMENTS:
                yield current.value.name.value


def _node_variables(node: Node) -> Iterator[str]:
    for found in (n for n in _walk(node) if isinstance(n, FieldNode) and n.name.value == "node"):
        yield from (a.value.name.value for a in found.arguments or () if isinstance(a.value, VariableNode))


def _tag(value: Any) -> str:
    """The part of an id that names its type."""
    return str(value).partition("_")[0]
