"""The rules written for one child and the statements written for a county say the same of any made-up children."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.derived import statement
from hub.derived.completeness import completeness
from hub.derived.facts import ChildFacts
from hub.derived.findings import Finding, findings
from hub.derived.standing import standing
from tests.derived import people
from tests.derived.conftest import Connection, Within, fill
from tests.derived.people import COUNTY, DAY, whole, with_entry
from tests.generated import examples

GENERATED = examples(60)
some = st.lists(people.children, min_size=1, max_size=12)


def expected(found: ChildFacts) -> tuple[Any, ...]:
    computed = standing(found, DAY)
    entry = computed.entry
    kept = (computed.status, entry.reason, entry.since, entry.until, entry.end_reason, completeness(found, DAY))
    return *kept, findings(found, DAY)


async def computed(connection: Connection, *, past: bool) -> dict[str, tuple[Any, ...]]:
    values = statement.parameters(COUNTY, DAY, at=people.THEN)
    children = await (await connection.execute(statement.computed(past=past), values)).fetchall()
    risks = await (await connection.execute(statement.found(past=past), values)).fetchall()
    return {
        child: (*kept, frozenset(Finding(kind=kind, since=since) for _, whose, kind, since in risks if whose == child))
        for _, child, *kept in children
    }


@GENERATED
@given(found=some)
def test_statements_agree_with_the_rules(within: Within[Any], found: list[ChildFacts]) -> None:
    async def work(connection: Connection) -> dict[str, tuple[Any, ...]]:
        await fill(connection, people.directory(), people.write(found))
        return await computed(connection, past=False)

    assert within(work) == {people.child_id(n): expected(whole(facts)) for n, facts in enumerate(found)}


@GENERATED
@given(found=some, seed=st.integers(0, 2**32))
def test_past_is_computed_from_what_was_recorded_then(within: Within[Any], found: list[ChildFacts], seed: int) -> None:
    async def work(connection: Connection) -> dict[str, tuple[Any, ...]]:
        await fill(connection, people.directory(), people.write(found, random.Random(seed)))
        return await computed(connection, past=True)

    assert within(work) == {people.child_id(n): expected(whole(facts)) for n, facts in enumerate(found)}


@given(found=people.children)
def test_computing_again_changes_nothing(found: ChildFacts) -> None:
    first = standing(found, DAY)
    assert standing(with_entry(found, first.entry), DAY) == first
