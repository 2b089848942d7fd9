"""Documents become operations: selections merged, arguments with their variables, shapes without values."""

from __future__ import annotations

from typing import Any

import pytest

from hub import errors
from hub.query.operation import Argument, Leaf, Operation, stripped
from tests.query.asking import asked, documents


def keys(operation: Operation) -> list[str]:
    """The response keys below the first root."""
    return [selected.key for selected in operation.below(operation.roots()[0], frozenset({"Child", "Node"}))]


def arguments(text: str, variables: dict[str, Any] | None = None) -> dict[str, Argument]:
    operation = asked(text, variables)
    return operation.arguments("Query", operation.roots()[0])


def test_fields_merge_in_order_of_first_appearance() -> None:
    text = """{ child(id: "x") { name ...F id ... on Child { sex name } ... on Node { id } } }
              fragment F on Child { age n: name ...G } fragment G on Child { sex }"""
    assert keys(asked(text)) == ["name", "age", "n", "sex", "id"]


def test_selection_sets_of_merged_fields_are_merged() -> None:
    operation = asked('{ child(id: "x") { family { id } family { householdSize id } } }')
    (family,) = operation.below(operation.roots()[0], frozenset({"Child"}))
    assert [s.key for s in operation.below(family, frozenset({"Family"}))] == ["id", "householdSize"]


@pytest.mark.parametrize(("skipped", "expected"), [(True, ["id"]), (False, ["id", "name", "sex"])])
def test_directives_follow_their_variables(skipped: bool, expected: list[str]) -> None:
    text = 'query ($s: Boolean!) { child(id: "x") { id name @skip(if: $s) ... @skip(if: $s) { sex } } }'
    assert keys(asked(text, {"s": skipped})) == expected
    assert asked(text, {"s": skipped}).shape != asked(text, {"s": not skipped}).shape


def test_default_null_and_absent_variables_differ() -> None:
    text = "query ($n: Int = 7, $f: ChildFilter) { children(first: $n, filter: $f) { __typename } }"
    assert arguments(text)["first"] == Leaf(value=7, path=("n",))
    assert "filter" not in arguments(text)
    assert arguments(text, {"n": None, "f": None})["first"] == Leaf(value=None, path=("n",))
    assert arguments(text, {"f": None})["filter"] == Leaf(value=None, path=("f",))
    assert arguments("{ children { __typename } }")["first"] == Leaf(value=20)


def test_absent_variable_leaves_its_input_field_out() -> None:
    text = "query ($x: String, $y: String) { children(filter: {name: {eq: $x, ne: $y}}) { __typename } }"
    assert arguments(text, {"y": "a"})["filter"] == {"name": {"ne": Leaf(value="a", path=("y",))}}


def test_one_value_stands_for_a_list_of_one() -> None:
    assert arguments('{ children(filter: {name: {in: "a"}}) { __typename } }')["filter"] == {
        "name": {"in": Leaf(value=["a"])}
    }
    orders = arguments("{ children(orderBy: {field: NAME}) { __typename } }")["orderBy"]
    assert isinstance(orders, list) and len(orders) == 1


def test_variables_in_objects_are_places() -> None:
    filtered = arguments(
        "query ($f: ChildFilter) { children(filter: $f) { __typename } }",
        {"f": {"or": [{"name": {"in": ["a", "b"]}}, {"sex": {"eq": None}}]}},
    )["filter"]
    assert filtered == {
        "or": [
            {"name": {"in": Leaf(value=["a", "b"], path=("f", "or", 0, "name", "in"))}},
            {"sex": {"eq": Leaf(value=None, path=("f", "or", 1, "sex", "eq"))}},
        ]
    }


def test_list_of_literals_and_variables_is_refused() -> None:
    operation = asked('query ($x: String!) { children(filter: {name: {in: [$x, "b"]}}) { __typename } }', {"x": "a"})
    with pytest.raises(errors.OperationError):
        operation.arguments("Query", operation.roots()[0])


def test_shape_holds_what_a_plan_depends_on_and_no_value() -> None:
    text = "query ($f: ChildFilter, $n: Int) { children(filter: $f, first: $n) { __typename } }"

    def shape(name: object, first: int = 1) -> tuple[Any, ...]:
        return asked(text, {"f": {"name": name}, "n": first}).shape

    assert shape({"eq": "secret"}) == shape({"eq": "other"})
    assert "secret" not in repr(shape({"eq": "secret"}))
    distinct = [{"eq": "a"}, {"ne": "a"}, {"eq": None}, {"isNull": True}, {"isNull": False}, {}, {"in": ["a"]}]
    assert len({shape(name) for name in distinct}) == len(distinct)
    assert shape({"in": ["a"]}) == shape({"in": ["a", "b"]})
    assert shape({}, 1) != shape({}, 2)


def test_shape_holds_the_type_that_an_id_names() -> None:
    text = "query ($id: ID!) { node(id: $id) { id } }"
    assert asked(text, {"id": "child_430621_a"}).shape == asked(text, {"id": "child_430623_b"}).shape
    assert asked(text, {"id": "child_430621_a"}).shape != asked(text, {"id": "case_430621_a"}).shape


@pytest.mark.parametrize(("length", "fits"), [(63, True), (64, False)])
def test_alias_longer_than_a_column_name_is_refused(length: int, fits: bool) -> None:
    text = f'{{ child(id: "x") {{ {"a" * length}: name }} }}'
    if fits:
        assert keys(asked(text)) == ["a" * length]
        return
    with pytest.raises(errors.OperationError):
        asked(text)


@pytest.mark.parametrize(
    ("text", "name", "refusal"),
    [
        ("{ child(id: }", None, errors.OperationError),
        ("{ nothing }", None, errors.OperationError),
        ("query A { __typename } query B { __typename }", None, errors.OperationUnknown),
        ("query A { __typename }", "B", errors.OperationUnknown),
        ("query ($n: Int!) { children(first: $n) { __typename } }", None, errors.VariableInvalid),
        ("fragment F on Child { id }", None, errors.OperationError),
    ],
)
def test_what_is_no_operation_is_refused(text: str, name: str | None, refusal: type[errors.HubError]) -> None:
    for _ in range(2):  # the second time from the cache
        with pytest.raises(refusal):
            asked(text, name=name)


def test_refusals_suggest_no_names() -> None:
    with pytest.raises(errors.OperationError) as refused:
        asked('{ child(id: "x") { citizenIdNr } }')
    assert "citizenIdNo" not in str(refused.value)


def test_stripped_document_holds_no_literal() -> None:
    text = '{ children(first: 7, filter: {name: {in: ["secret"]}, sex: {isNull: true}}) { nodes { id } } }'
    bare = stripped(asked(text).document)
    assert "secret" not in bare and "7" not in bare
    assert stripped(asked(text.replace("secret", "other")).document) == bare


def test_documents_are_kept_by_text() -> None:
    text = '{ child(id: "kept") { id } }'
    assert documents().document(text) is documents().document(text)
    assert documents().document(text) is not documents().document(text + " ")
