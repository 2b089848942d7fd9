"""Two worlds that differ only out of a caller's sight give that caller the same bytes, whatever is asked.

Data, counts, order, cursors, the report of what is withheld, what goes on record, refusals.
"""

from __future__ import annotations

import pytest
from hypothesis import event, given, note

from hub.policy.grant import Grant
from hub.query.answer import Answered
from tests.generated import examples
from tests.reference.bench import Bench, Case, Part, cases, further
from tests.reference.blind import another_world
from tests.reference.documents import Document
from tests.reference.fast import Refusal


@pytest.fixture
def plain_cursors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal values give equal cursors."""
    monkeypatch.setattr("hub.query.cursor.os.urandom", bytes)


@examples(25)
@given(case=cases())
@pytest.mark.usefixtures("plain_cursors")
def test_what_is_out_of_sight_changes_no_byte(bench: Bench, case: Case) -> None:
    part, world = case.parts[0], case.world()
    other, changes = another_world(part, world, case.seed)
    event(f"changes: {min(changes // 50 * 50, 200)} or more")
    grant = part.grant()
    bench.load(world)
    first = [answers(bench, document, part, grant) for document in part.documents]
    bench.load(other)
    for document, expected in zip(part.documents, first, strict=True):
        answered = answers(bench, document, part, grant)
        if answered != expected:
            note(f"{part.asker}\n{part.rules}\n{document.text}\n{dict(document.variables)}")
        assert answered == expected


def answers(bench: Bench, document: Document, part: Part, grant: Grant) -> list[object]:
    """All that leaves the core for a document, page by page."""
    found: list[object] = []
    variables = dict(document.variables)
    while True:
        answered = bench.fast.ask(document.text, variables, grant, part.asker)
        found.append(_all_of(answered))
        after = further(answered, document.walks)
        if after is None:
            return found
        variables["after"] = after


def _all_of(answered: Answered | Refusal) -> object:
    if isinstance(answered, Refusal):
        return answered
    return (answered.data, answered.access, answered.ids, answered.children)
