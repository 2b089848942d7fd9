"""Both ways to an answer over one database, and the made-up situations that they are compared in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from hypothesis import strategies as st

from hub.policy.compile import compile_grant
from hub.policy.grant import Grant
from hub.policy.words import Subject
from hub.query.answer import Answered
from tests.reference import worlds
from tests.reference.documents import Document, documents
from tests.reference.facts import Asker
from tests.reference.fast import SECRET, FastPath, Refusal, parsed
from tests.reference.interpreter import Interpreter, Situation
from tests.reference.judge import Judge
from tests.reference.policies import DUTIES, Made, policies
from tests.reference.walk import Answer


@dataclass(slots=True, repr=False)
class Bench:
    """The hub's way, the reference, and the connection that writes the worlds they answer from."""

    fast: FastPath
    reference: Interpreter
    writer: psycopg.Connection[Any]
    loaded: worlds.World | None = None

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Short: it holds a whole world."""
        printer.text("bench")

    def load(self, world: worlds.World) -> None:
        before, self.loaded = self.loaded, None
        with self.writer.transaction():
            worlds.load_world(self.writer, world, before)
        self.loaded = world

    def pages(
        self, document: Document, variables: dict[str, Any], situation: Situation, grant: Grant
    ) -> Iterator[tuple[Answered | Refusal, Answer]]:
        """Both answers to a document; then, where it walks, those for each further page."""
        passed = 0
        while True:
            begins = {document.walks: passed} if document.walks else {}
            expected = self.reference.answer(document.text, variables, situation, begins=begins)
            answered = self.fast.ask(document.text, variables, grant, situation.asker)
            yield answered, expected
            cursor = further(answered, document.walks)
            if document.walks is None or cursor is None:
                return
            passed += len(expected.ids[document.walks])
            variables = variables | {"after": cursor}


def further(answered: Answered | Refusal, walks: str | None) -> str | None:
    """The cursor of the next page, where there is one."""
    if walks is None or isinstance(answered, Refusal):
        return None
    walked = parsed(answered.data).get(walks)
    info = walked["walk"] if walked else {"hasNextPage": False}
    return str(info["endCursor"]) if info["hasNextPage"] and info["endCursor"] else None


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rules, one who asks under them, and what is asked."""

    rules: Made
    asker: Asker
    documents: tuple[Document, ...]

    def grant(self) -> Grant:
        asker = self.asker
        subject = Subject(unit_type=asker.unit_type, level=asker.level)
        return compile_grant(self.rules.book, subject, asker.roles, asker.duty, day=asker.today)

    def situation(self, world: worlds.World) -> Situation:
        return Situation(world.tables, Judge(self.rules.entries, DUTIES, self.asker), self.asker, SECRET.hex())

    def __repr__(self) -> str:
        texts = "\n".join(f"{d.text}\n  {dict(d.variables)}\n  {dict(d.others)}" for d in self.documents)
        return f"{self.asker}\n{self.rules}\n{texts}"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A world, and some who ask in it."""

    seed: int
    size: int
    parts: tuple[Part, ...]

    def world(self) -> worlds.World:
        return worlds.make_world(self.seed, self.size)

    def __repr__(self) -> str:
        """Short: what went wrong is noted with its part."""
        return f"world {self.seed} of size {self.size}, {len(self.parts)} who ask"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))


@st.composite
def askers(draw: st.DrawFn) -> Asker:
    unit = draw(st.sampled_from(worlds.UNITS))
    return Asker(
        unit=unit,
        unit_type=unit[:2],
        level=worlds.level_of(unit),
        ranges=worlds.ranges_of(unit),
        person=draw(st.sampled_from(worlds.PERSONS)),
        case_no=draw(st.sampled_from((None, None, "CASE-0", "CASE-1", "CASE-2"))),
        application_no=draw(st.sampled_from((None, None, "APPLICATION-0"))),
        now=worlds.NOW,
    )


@st.composite
def parts(draw: st.DrawFn) -> Part:
    rules = draw(policies())
    allowing = [e for e in rules.entries if e.eft == "allow"]
    opened = frozenset(name.partition("/")[0] for e in allowing for name in e.objects)
    full = frozenset(n.partition("/")[0] for e in allowing if e.modes == ("full",) for n in e.objects)
    asked = draw(st.lists(documents(opened, full), min_size=4, max_size=10))
    return Part(rules=rules, asker=draw(askers()), documents=tuple(asked))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    some = draw(st.lists(parts(), min_size=2, max_size=3))
    return Case(seed=draw(st.integers(0, 10**6)), size=draw(st.integers(2, 4)), parts=tuple(some))
