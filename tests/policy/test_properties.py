"""Properties of compiled grants under generated rules, and of the loader under any text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from hub.policy import words
from hub.policy.book import PolicyBook, load_policies, make_book
from hub.policy.casbin_model import Callers, Question, build_decider, links_for, role_set
from hub.policy.check import cells_of
from hub.policy.compile import compile_grant, duties_meant, stated_duty
from hub.policy.rules import Duty, Entry, Line, Rule, joined
from hub.policy.source import Place, PolicyFaults, wrong_word
from hub.policy.words import Subject
from schema.classes import Label
from tests.generated import examples
from tests.policy.small_book import RULES, write_policies

DAY = date(2026, 6, 1)
HERE = Place(file="generated", line=1)
UNITS = ("ED", "PS", "TW")
SUBJECTS = (
    Subject(unit_type="ED", level="county"),
    Subject(unit_type="PS", level="township"),
    Subject(unit_type="TW", level="township"),
    Subject(unit_type="TW", level="county"),
)
ROLES = ("officer", "handling_officer", "service", "liaison")
OBJECTS = ("D04", "D04/house", "D04/village", "D08", "D08/carer", "D31", "D31/location")
ACTIONS = ("list", "read", "update", "verify")


def subset(of: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(of), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    allows = draw(st.integers(0, 3)) > 0
    everyone = allows and draw(st.integers(0, 5)) == 0
    units = tuple(words.UNIT_TYPES) if everyone else draw(subset(UNITS))
    star = (words.ANY,)
    return Entry(
        id="",
        rule="",
        eft="allow" if allows else "deny",
        objects=draw(subset(OBJECTS)),
        actions=draw(subset(ACTIONS)) if allows else draw(st.one_of(st.just(star), subset(ACTIONS))),
        modes=(draw(st.sampled_from(("full", "masked", "flag"))),)
        if allows
        else draw(st.sampled_from((star, ("full",)))),
        scope=draw(st.sampled_from(("own", "case"))) if allows else words.ANY,
        condition=draw(st.sampled_from((None, "pupil"))) if allows else words.ANY,
        purpose=draw(st.sampled_from(("none", "case"))) if allows else words.ANY,
        unless=draw(st.sampled_from(((), ("sealed",)))) if allows else star,
        roles=draw(subset(ROLES)) if allows else star,
        units=units,
        everyone=everyone,
        levels=(),
        duties={unit: f"{unit}-{draw(st.sampled_from((1, 2)))}" if not everyone else "ALL-1" for unit in units},
        valid_from=None,
        valid_to=draw(st.sampled_from((None, None, None, date(2020, 1, 1)))),
        why="",
        place=HERE,
    )


def duty(code: str, units: tuple[str, ...], *, standing: bool = False) -> Duty:
    said = Label(zh="职责", en="duty")
    return Duty(
        code=code, units=units, source="s", clause="c", says=said, reads=said, supplies=said, does=said, tasks=(),
        standing=standing, valid_from=None, valid_to=None, place=HERE,
    )  # fmt: skip


DUTIES = (
    duty("ALL-1", tuple(words.UNIT_TYPES), standing=True),
    *(duty(f"{unit}-{number}", (unit,)) for unit in UNITS for number in (1, 2)),
)


def book_of(drawn: Iterable[Entry], shipped: PolicyBook) -> PolicyBook:
    numbered = []
    for number, entry in enumerate(drawn, 1):
        values = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
        numbered.append(Entry(**{**values, "id": f"R.{number}", "rule": "R"}))
    said = Label(zh="规则", en="rule")
    rule = Rule(
        id="R", label=said, units=UNITS, source="s", tasks=(), conflicts=(), entries=tuple(numbered), place=HERE
    )
    return make_book(version=1, model=shipped.model, duties=DUTIES, rules=[rule], objects=shipped.objects)


def asked_of_casbin(book: PolicyBook, subject: Subject, role: str, stated: str | None) -> set[tuple[str, ...]]:
    """Every cell, put to Casbin with all rules of all units."""
    lines: list[Line] = [line for held in book.index.values() for line in held if book.holds(line, DAY)]
    if not lines:
        return set()
    callers = Callers(
        subjects=SUBJECTS,
        roles=(frozenset({role}),),
        duties={stated_duty(stated): duties_meant(book, subject.unit_type, stated)},
    )
    decider = build_decider(book.model, lines, links_for(lines, book.objects, callers))
    groups = {group for name in OBJECTS for group in (*book.objects.groups_of(name), name)} | {"D11"}
    return {
        (group, action, vector[1], vector[0], vector[2], vector[3], vector[4])
        for group in groups
        for action in ACTIONS
        for vector in {line.vector for line in lines if line.entry.allows}
        if decider.allows(
            Question(
                subject=subject.name, roles=role_set({role}), duty=stated_duty(stated), group=group, action=action,
                vector=vector,
            )
        )
    }  # fmt: skip


@examples(60)
@given(
    drawn=st.lists(entries(), min_size=1, max_size=8),
    subject=st.sampled_from(SUBJECTS),
    role=st.sampled_from(ROLES),
    narrowed=st.booleans(),
)
def test_compiled_grant_is_casbins_answer_under_any_rules(
    book: PolicyBook, drawn: list[Entry], subject: Subject, role: str, narrowed: bool
) -> None:
    generated = book_of(drawn, book)
    stated = f"{subject.unit_type}-1" if narrowed else None
    grant = compile_grant(generated, subject, {role}, stated, day=DAY)
    compiled = {
        (
            group,
            action,
            right.mode,
            right.reach.scope,
            right.reach.condition or "none",
            right.reach.purpose,
            joined(right.unless),
        )
        for (group, action), rights in grant.cells.items()
        for right in rights
    }
    assert compiled == asked_of_casbin(generated, subject, role, stated)


@examples(80)
@given(
    drawn=st.lists(entries(), min_size=1, max_size=8), subject=st.sampled_from(SUBJECTS), role=st.sampled_from(ROLES)
)
def test_more_denials_never_open_anything(book: PolicyBook, drawn: list[Entry], subject: Subject, role: str) -> None:
    without = book_of([entry for entry in drawn if entry.allows], book)
    some = cells_of(compile_grant(without, subject, {role}, day=DAY)).keys()
    fewer = cells_of(compile_grant(book_of(drawn, book), subject, {role}, day=DAY)).keys()
    assert fewer <= some


@examples(80)
@given(
    drawn=st.lists(entries(), min_size=1, max_size=8), subject=st.sampled_from(SUBJECTS), role=st.sampled_from(ROLES)
)
def test_rules_of_others_change_nothing(book: PolicyBook, drawn: list[Entry], subject: Subject, role: str) -> None:
    mine = [entry for entry in drawn if subject.unit_type in entry.units]
    one = compile_grant(book_of(drawn, book), subject, {role}, day=DAY)
    other = compile_grant(book_of(mine, book), subject, {role}, day=DAY)
    assert cells_of(one).keys() == cells_of(other).keys()


@examples(80)
@given(drawn=st.lists(entries(), min_size=1, max_size=8), subject=st.sampled_from(SUBJECTS))
def test_stating_a_duty_never_opens_anything(book: PolicyBook, drawn: list[Entry], subject: Subject) -> None:
    generated = book_of(drawn, book)
    every = cells_of(compile_grant(generated, subject, {"officer"}, day=DAY)).keys()
    one = cells_of(compile_grant(generated, subject, {"officer"}, f"{subject.unit_type}-2", day=DAY)).keys()
    assert one <= every


@given(text=st.text(max_size=12))
def test_a_word_is_plain_ascii_or_refused(text: str) -> None:
    if wrong_word(text) is None:
        assert text.isascii() and text == text.strip() and not set(text) & set(",\n\r\t ;\"'()[]{}")


@examples(150)
@given(place=st.integers(0, len(RULES)), text=st.text(max_size=6), cut=st.integers(0, 12))
def test_any_text_in_a_rule_file_loads_or_is_a_fault(place: int, text: str, cut: int) -> None:
    spoilt = (RULES[:place] + text + RULES[place + cut :]).encode("utf-8", "ignore").decode("utf-8")
    with TemporaryDirectory() as folder:
        root = write_policies(Path(folder), {"rules/rules.yaml": spoilt})
        try:
            loaded = load_policies(root)
        except PolicyFaults as faults:
            assert faults.faults
        else:
            assert loaded.rules
