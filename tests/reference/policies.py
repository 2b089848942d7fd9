"""Made-up rules: random rights and denials over classes, facets, scopes, conditions, exceptions and modes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hypothesis import strategies as st

from hub.policy import words
from hub.policy.book import PolicyBook, make_book
from hub.policy.objects import registry_objects
from hub.policy.rules import Duty, Entry, Rule
from hub.policy.source import Place
from schema.classes import Label
from tests.reference.worlds import UNITS

MODEL = (Path(__file__).parents[2] / "policies/model.conf").read_text(encoding="utf-8")
HERE = Place(file="made-up", line=1)
NOTHING = Label(zh="无", en="none")
UNIT_TYPES = tuple(sorted({unit[:2] for unit in UNITS}))

#: Objects that rules name: every class and facet the registry knows, those of a child's file more often.
OBJECTS = tuple(sorted(registry_objects().levels))
OFTEN = (
    "D01", "D01/brief", "D02", "D04", "D04/village", "D05", "D06", "D06/size", "D08", "D08/carer", "D11", "D11/school",
    "D17/type", "D22", "D22/header", "D22/content", "D31", "D31/location", "D33", "D28", "D10/status", "D38/directory",
)  # fmt: skip
CLASSES_OFTEN = ("D01", "D04", "D06", "D08", "D11", "D17", "D22", "D28", "D31", "D32", "D33", "D05", "D38", "D41")
DUTIES = tuple(
    Duty(
        code=f"{unit}-1", units=(unit,), source="made up", clause="", says=NOTHING, reads=NOTHING, supplies=NOTHING,
        does=NOTHING, tasks=(), standing=False, valid_from=None, valid_to=None, place=HERE,
    )
    for unit in UNIT_TYPES
)  # fmt: skip
ROW_SCOPES = ("own", "own", "own", "sub", "sub", "case", "case", "assigned", "any", "any", "self")
MODES = ("full", "full", "full", "masked", "pseudo", "flag", "meta")


class Made:
    """A book of made-up rules."""

    def __init__(self, book: PolicyBook) -> None:
        self.book = book

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for rule in self.book.rules.values() for entry in rule.entries)

    def __repr__(self) -> str:
        return "\n".join(map(_said, self.entries))


def _said(entry: Entry) -> str:
    what = f"{'|'.join(entry.modes)} of {','.join(entry.objects)} {entry.actions}"
    reach = " ".join(filter(None, (entry.scope, entry.condition, *(f"unless {name}" for name in entry.unless))))
    return f"{entry.id} {entry.eft} {what} {reach} for {entry.purpose}"


def entry_of(number: int, eft: str, **said: object) -> Entry:
    allowed = eft == "allow"
    base = {
        "id": f"R{number}.1", "rule": f"R{number}", "eft": eft, "units": UNIT_TYPES, "everyone": False, "levels": (),
        "duties": {unit: f"{unit}-1" for unit in UNIT_TYPES}, "valid_from": None, "valid_to": None, "why": "",
        "place": HERE, "roles": ("officer",) if allowed else ("*",),
    } | ({} if allowed else {"scope": "*", "condition": "*", "purpose": "*", "unless": ("*",)})  # fmt: skip
    return Entry(**(base | said))  # type: ignore[arg-type]


objects = st.lists(st.one_of(st.sampled_from(OFTEN), st.sampled_from(OBJECTS)), min_size=1, max_size=4, unique=True)


@st.composite
def _allowing(draw: st.DrawFn, number: int) -> Entry:
    actions = draw(st.sampled_from((("list", "read"), ("list", "read"), ("list",), ("read",))))
    return entry_of(
        number, "allow",
        objects=tuple(draw(objects)),
        actions=actions,
        modes=(draw(st.sampled_from(MODES)),),
        scope=draw(st.sampled_from(ROW_SCOPES)),
        condition=draw(st.one_of(st.none(), st.none(), st.none(), st.sampled_from(tuple(words.CONDITIONS)))),
        purpose=draw(st.sampled_from(("none",) * 6 + ("case", "application"))),
        unless=tuple(draw(st.lists(st.sampled_from(tuple(words.UNLESS)), max_size=2, unique=True))),
    )  # fmt: skip


@st.composite
def _denying(draw: st.DrawFn, number: int) -> Entry:
    return entry_of(
        number, "deny",
        objects=tuple(draw(objects)),
        actions=draw(st.sampled_from((("*",), ("list",), ("read",)))),
        modes=draw(st.sampled_from((("*",), ("full",), ("masked", "flag")))),
    )  # fmt: skip


@st.composite
def policies(draw: st.DrawFn) -> Made:
    """A book of a few rules; most let everybody read the directory, and something of the children in reach."""
    entries = [draw(_allowing(number)) for number in range(draw(st.integers(2, 9)))]
    entries += [draw(_denying(20 + number)) for number in range(draw(st.sampled_from((0, 0, 1, 2))))]
    common = {"actions": ("list", "read"), "condition": None, "purpose": "none", "unless": ()}
    if draw(st.integers(0, 4)):
        entries.append(entry_of(30, "allow", objects=("D38/directory",), modes=("full",), scope="any", **common))
    for number in range(31, 33):
        some = draw(st.lists(st.sampled_from(CLASSES_OFTEN), max_size=5, unique=True))
        if some:
            scope = draw(st.sampled_from(("own", "own", "any")))
            entries.append(entry_of(number, "allow", objects=tuple(some), modes=("full",), scope=scope, **common))
    return made_of(entries)


def made_of(entries: Iterable[Entry]) -> Made:
    """A book that says just this."""
    rules = [
        Rule(
            id=entry.rule, label=NOTHING, units=UNIT_TYPES, source="made up", tasks=(), conflicts=(), entries=(entry,),
            place=HERE,
        )
        for entry in entries
    ]  # fmt: skip
    return Made(make_book(version=1, model=MODEL, duties=DUTIES, rules=rules))
