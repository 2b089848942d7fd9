"""The hub answers as the reference does, on made-up rules, worlds, callers and documents."""

from __future__ import annotations

from hypothesis import given, note

from tests.generated import examples
from tests.reference import worlds
from tests.reference.bench import Bench, Case, Part, cases
from tests.reference.comparing import differences


@examples(60)
@given(case=cases())
def test_answers_equal_the_reference(bench: Bench, case: Case) -> None:
    world = case.world()
    bench.load(world)
    for part in case.parts:
        _agree(bench, part, world)


def _agree(bench: Bench, part: Part, world: worlds.World) -> None:
    """Every document, with one set of variables and with another, so that its plan serves twice."""
    situation, grant = part.situation(world), part.grant()
    for document in part.documents:
        for variables in (document.variables, document.others):
            for answered, expected in bench.pages(document, dict(variables), situation, grant):
                found = differences(answered, expected)
                if found:
                    note(f"{part.asker}\n{part.rules}\n{document.text}\n{dict(variables)}")
                assert not found


def test_world_in_the_database_is_the_world_in_memory(bench: Bench) -> None:
    world = worlds.make_world(1, 3)
    bench.load(world)
    stored = worlds.read_tables(bench.writer)
    for name, rows in world.tables.items():
        assert len(stored[name]) == len(rows)
        assert all(row in stored[name] for row in rows)
