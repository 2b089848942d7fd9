"""The gate: what is not granted is withheld where selected, and refused where compared, ordered or found by."""

from __future__ import annotations

import pytest

from hub import errors
from hub.query.plan import Column, Connection, Constant, Node, Nodes, Single
from tests.query.asking import granted, planned

OWN = granted(("D01 D04/village", "full", "own"), ("D02", "masked", "own"), ("D22/header", "pseudo", "own"))


def items_of(read: object) -> dict[str, object]:
    node = read.node if isinstance(read, Single) else read
    if isinstance(read, Connection):
        (part,) = read.parts
        node = part.node if isinstance(part, Nodes) else part
    assert isinstance(node, Node)
    return {item.key: item for item in node.items}


def test_what_is_not_granted_is_null_and_reported() -> None:
    root = planned("{ children { nodes { name photo phone: childPhone } } }", OWN)
    items = items_of(root.read)
    assert isinstance(items["name"], Column)
    assert [items[key] for key in ("photo", "phone")] == [Constant(key=key, value=None) for key in ("photo", "phone")]
    assert [(w.path, w.data_class, w.refusal.code) for w in root.withheld] == [
        (("children", "nodes", "photo"), "D03", "NO_DUTY"),
        (("children", "nodes", "phone"), "D05", "NO_DUTY"),
    ]
    assert "Child.name" in root.fields and not {"Child.photo", "Child.child_phone"} & {*root.fields}


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ('filter: {photo: {eq: "x"}}', None),
        ('filter: {childPhone: {eq: "x"}}', ("children", "filter", "childPhone")),
        ("filter: {citizenIdNo: {isNull: true}}", ("children", "filter", "citizenIdNo")),
        ('filter: {or: [{not: {childPhone: {eq: "x"}}}]}', ("children", "filter", "or", "not", "childPhone")),
        ("filter: {family: {}}", ("children", "filter", "family")),
        ("orderBy: {field: CITIZEN_ID_NO}", ("children", "orderBy", "citizenIdNo")),
    ],
)
def test_comparing_what_is_not_shown_in_full_is_refused(arguments: str, path: tuple[str, ...] | None) -> None:
    text = f"{{ children({arguments}) {{ nodes {{ id }} }} }}"
    if path is None:  # a photograph is in no filter at all
        with pytest.raises(errors.OperationError):
            planned(text, OWN)
        return
    with pytest.raises(errors.NotGranted) as refused:
        planned(text, OWN)
    assert refused.value.data["path"] == path


def test_nested_lists_are_gated_alike() -> None:
    grant = granted(("D01", "full", "own"), ("D11/school", "full", "own"))
    with pytest.raises(errors.NotGranted) as refused:
        planned("{ children { nodes { enrolments(orderBy: {field: STUDENT_NO}) { id } } } }", grant)
    assert refused.value.data["path"] == ("children", "nodes", "enrolments", "orderBy", "studentNo")


def test_pseudonyms_are_not_found_by_name() -> None:
    root = planned('{ case(id: "case_430621_1") { id } }', OWN)
    assert isinstance(root.read, Single) and root.read.rights == ()
    for text in ('{ case(caseNo: "1") { id } }', '{ cases(filter: {id: {eq: "x"}}) { nodes { id } } }'):
        with pytest.raises(errors.NotGranted):
            planned(text, OWN)


def test_nothing_to_read_is_null_with_its_reason() -> None:
    root = planned("{ placements(orderBy: {field: VALID_FROM}) { nodes { id } } }", OWN)
    assert root.read is None
    assert [(w.path, w.refusal.code) for w in root.withheld] == [(("placements",), "NO_DUTY")]


def test_purpose_opens_what_asks_for_it() -> None:
    grant = granted(("D01", "full", "own", {"purpose": "case"}))
    closed = planned("{ children { nodes { name } } }", grant)
    assert closed.read is None and [w.refusal.code for w in closed.withheld] == ["NEEDS_PURPOSE"]
    assert planned("{ children { nodes { name } } }", grant, case_no="AJ-1").read is not None
    assert planned("{ children { nodes { name } } }", grant, task_no="RW-1").read is None


def test_following_a_field_takes_the_right_to_read_it() -> None:
    grant = granted(("D01", "full", "own"), ("D04/village", "flag", "own"), ("D38/directory", "full", "any"))
    root = planned("{ children { nodes { residence { name } } } }", grant)
    assert items_of(root.read) == {"residence": Constant(key="residence", value=None)}
    assert [w.data_class for w in root.withheld] == ["D04"]


@pytest.mark.parametrize(("first", "fits"), [(0, True), (1000, True), ("null", True), (1001, False), (-1, False)])
def test_page_sizes_are_bounded(first: object, fits: bool) -> None:
    text = f"{{ children(first: {first}) {{ nodes {{ id }} }} }}"
    if not fits:
        with pytest.raises(errors.LimitPage):
            planned(text, OWN)
        return
    read = planned(text, OWN).read
    assert isinstance(read, Connection) and read.first == (20 if first == "null" else first)


@pytest.mark.parametrize("limit", ["0", "100001"])
def test_count_limits_are_bounded(limit: str) -> None:
    with pytest.raises(errors.LimitPage):
        planned(f"{{ children {{ count(limit: {limit}) {{ value }} }} }}", OWN)


@pytest.mark.parametrize(
    "text",
    [
        "{ child { id } }",
        '{ child(id: "a", childNo: "b") { id } }',
        "{ child(id: null) { id } }",
        '{ node(id: "nothing_1") { id } }',
        '{ node(id: "") { id } }',
    ],
)
def test_one_row_is_asked_for_by_exactly_one_key(text: str) -> None:
    with pytest.raises(errors.PlanError):
        planned(text, OWN)
