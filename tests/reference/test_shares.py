"""What is shared opens as the reference says: within the owner's rights and divisions, its terms, and every denial."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st

from hub.policy.compile import compile_grant
from hub.policy.words import Subject
from tests.generated import examples
from tests.reference import shares
from tests.reference.bench import Bench, Case, cases
from tests.reference.comparing import differences
from tests.reference.fast import SECRET
from tests.reference.interpreter import Situation


@examples(15)
@given(case=cases(), seed=st.integers(0, 10**6))
def test_answers_with_shares_equal_the_reference(bench: Bench, case: Case, seed: int) -> None:
    for part in case.parts:
        asker, world = part.asker, case.world()
        rows = shares.made(seed, asker, part.rules)
        world.tables["share_request"] = rows
        world.tables["refusal_record"] = []
        bench.load(world)
        subject = Subject(unit_type=asker.unit_type, level=asker.level)
        openings = shares.openings(rows, asker)
        grant = compile_grant(part.rules.book, subject, asker.roles, asker.duty, day=asker.today, openings=openings)
        law = shares.SharingJudge(part.rules, asker, rows)
        situation = Situation(world.tables, law, asker, SECRET.hex())
        for document in part.documents:
            for answered, expected in bench.pages(document, dict(document.variables), situation, grant):
                found = differences(answered, expected)
                if found:
                    note(f"{asker}\n{part.rules}\n{openings}\n{document.text}\n{dict(document.variables)}")
                assert not found
