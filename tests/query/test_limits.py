"""Documents that would cost much are refused by what they are, quickly, before anything is expanded."""

from __future__ import annotations

import time

import pytest
from graphql import get_introspection_query, parse

from hub import errors
from hub.query.limits import Limits, check_limits


def doubling(depth: int, *, nested: bool) -> str:
    step = "a {{ ...F{0} }} b {{ ...F{0} }}" if nested else "...F{0} ...F{0}"
    fragments = [f"fragment F{i} on Query {{ {step.format(i + 1)} }}" for i in range(depth)]
    return "{ ...F0 } " + " ".join(fragments) + f" fragment F{depth} on Query {{ x }}"


@pytest.mark.parametrize("depth", [18, 24, 30])
@pytest.mark.parametrize("nested", [True, False])
def test_doubling_fragments_are_measured_once_each(depth: int, nested: bool) -> None:
    document = parse(doubling(depth, nested=nested))
    started = time.process_time()
    with pytest.raises(errors.LimitCost):
        check_limits(document, Limits(depth=100))
    # Without memory of what was measured it would take minutes.
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("document", "error"),
    [
        pytest.param("{" + "a{" * 12 + "x" + "}" * 13, errors.LimitDepth, id="13 levels"),
        pytest.param("query __schema {" + "a{" * 12 + "x" + "}" * 13, errors.LimitDepth, id="named like introspection"),
        pytest.param(
            "{ a{...F} } fragment F on A {" + "a{" * 11 + "x" + "}" * 12, errors.LimitDepth, id="by a fragment"
        ),
        pytest.param("{" + " ".join(f"a{i}: x" for i in range(61)) + "}", errors.LimitAliases, id="61 aliases"),
        pytest.param("{" + " ".join(f"x{i}" for i in range(21)) + "}", errors.LimitCost, id="21 root fields"),
        pytest.param("{ x" + " @aa" * 61 + "}", errors.LimitCost, id="61 directives"),
        pytest.param("{ __schema {" + "a{" * 20 + "x" + "}" * 22, errors.LimitDepth, id="deep introspection"),
    ],
)
def test_documents_beyond_a_limit_are_refused(document: str, error: type[errors.HubError]) -> None:
    with pytest.raises(error):
        check_limits(parse(document), Limits())


@pytest.mark.parametrize(
    "document",
    [
        get_introspection_query(schema_description=True, input_value_deprecation=True),
        "{ ...A } fragment A on Query { a { ...B } } fragment B on Query { b { ...A } }",
        "{ ...Missing }",
        "{ a { b { c { d } } } }",
    ],
)
def test_other_documents_pass(document: str) -> None:
    check_limits(parse(document), Limits())
