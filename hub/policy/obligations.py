"""From checked YAML items to obligations and their occasions, and what of an occasion does not hold together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hub.policy import words
from hub.policy.occasions import CALENDAR, HAPPENINGS, PERS, WHOSE, is_party
from hub.policy.rules import ALL_UNITS, Clock, Obligation, Occasion
from hub.policy.source import Item
from schema.classes import CLASSES, Label

KINDS = ("SUPPLY", "NOTIFY", "ACK", "ACT", "REPORT")
CLOCK_UNITS = ("W", "H", "month", "date", "due", "none")
#: Who owes or is owed beside the types of units, in the words of the sources.
PARTIES = frozenset({*words.UNIT_TYPES, "parents", "government", "hub", "owner", "requester", "provider", ALL_UNITS})
SEALED = ("debtor", "creditor")
_MISSING = Clock(
    value=None, unit="none", text=Label(zh="", en=""), proposed=True, pausable=False, extendable=False
)  # fmt: skip


def read_obligation(item: Item) -> Obligation:
    clock, code = _clock(item), item.text("code")
    owed_by, owed_to = item.words("from", PARTIES), item.words("to", PARTIES)
    obligation = Obligation(
        code=code,
        kind=item.word("kind", KINDS),
        owed_by=owed_by,
        owed_to=owed_to,
        what=item.label("what"),
        trigger=item.label("trigger"),
        clock=clock,
        classes=item.words("classes", CLASSES, ()),
        occasions=tuple(
            _occasion(part, f"{code}.{number}", clock, (owed_by, owed_to))
            for number, part in enumerate(item.children("occasions"), 1)
        ),
        source=item.text("source"),
        place=item.place,
    )
    item.finish()
    return obligation


def _clock(item: Item) -> Clock:
    if not item.has("clock"):
        item.wrong("clock", "'clock' is missing")
        return _MISSING
    part = item.child("clock")
    clock = Clock(
        value=part.number("value"),
        unit=part.word("unit", CLOCK_UNITS),
        text=part.label("text"),
        proposed=part.flag("proposed_default"),
        pausable=part.flag("pausable"),
        extendable=part.flag("extendable"),
    )
    part.finish()
    return clock


def _other_clock(item: Item, key: str, clock: Clock) -> Clock | None:
    """A clock of the occasion's own, paused and extended as the obligation's is."""
    if not item.has(key):
        return None
    part = item.child(key)
    other = Clock(
        value=part.number("value"),
        unit=part.word("unit", CLOCK_UNITS),
        text=clock.text,
        proposed=part.flag("proposed_default"),
        pausable=clock.pausable,
        extendable=clock.extendable,
    )
    part.finish()
    return other


def _occasion(item: Item, name: str, clock: Clock, between: tuple[tuple[str, ...], tuple[str, ...]]) -> Occasion:
    occasion = Occasion(
        id=name,
        on=item.words("on", {*CALENDAR, *HAPPENINGS}),
        by=item.words("by", words.UNIT_TYPES, ()),
        debtor=_parties(item, "debtor", between[0]),
        creditor=_parties(item, "creditor", between[1]),
        levels=item.words("levels", words.LEVELS, ()),
        per=item.word("per", PERS),
        met_by=item.words("met_by", HAPPENINGS),
        whose=item.word("whose", WHOSE, "debtor"),
        told=item.flag("told"),
        evidence=item.flag("evidence"),
        sealed=item.word("sealed", SEALED, ""),
        notice=item.flag("notice", default=True),
        clock=_other_clock(item, "due", clock) or clock,
        urgent=_other_clock(item, "urgent", clock),
        place=item.place,
    )
    item.finish()
    return occasion


def _parties(item: Item, key: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    if not item.has(key):
        return otherwise
    named = item.free_words(key)
    for word in named:
        if not is_party(word):
            item.wrong(key, f"unknown word {word!r} in {key!r}")
    return tuple(word for word in named if is_party(word))


def types_of(parties: tuple[str, ...]) -> frozenset[str] | None:
    """The types of unit that these words name; None where a word may stand for any."""
    if any(word not in words.UNIT_TYPES for word in parties):
        return None
    return frozenset(parties)


def _endless(occasion: Occasion, _: Obligation) -> Iterator[str]:
    for clock in filter(None, (occasion.clock, occasion.urgent)):
        if clock.unit == "none":
            yield "has no clock, so it could never be missed"
        elif clock.unit != "due" and clock.value is None:
            yield f"a clock in {clock.unit} needs a value"


def _untimely(occasion: Occasion, _: Obligation) -> Iterator[str]:
    dated = [word in CALENDAR for word in occasion.on]
    if any(dated) and not all(dated):
        yield "dates of the calendar and happenings are occasions of their own"
    if any(dated) != (occasion.per == "unit"):
        yield "what the calendar opens is owed per unit, and nothing else is"
    if any(dated) and not occasion.levels:
        yield "of a date of the calendar it is to say the levels of its debtors"
    if any(dated) and occasion.by:
        yield "nobody acts on a date of the calendar: 'by' has no meaning"


def _endlessly_met(occasion: Occasion, _: Obligation) -> Iterator[str]:
    if both := set(occasion.on) & set(occasion.met_by):
        yield f"is opened and met by the same word: {', '.join(sorted(both))}"


def _foreign(occasion: Occasion, obligation: Obligation) -> Iterator[str]:
    """Units that the matrix does not name."""
    for side, named, known in (
        ("debtor", occasion.debtor, obligation.owed_by), ("creditor", occasion.creditor, obligation.owed_to),
    ):  # fmt: skip
        types = types_of(known)
        for word in named:
            kind = word.partition("/")[0]
            if types is not None and kind in words.UNIT_TYPES and kind not in (*known, *obligation.owed_by):
                yield f"{kind} as {side} is no party of {obligation.code}"


OCCASION_CHECKS: tuple[Callable[[Occasion, Obligation], Iterator[str]], ...] = (
    _endless,
    _untimely,
    _endlessly_met,
    _foreign,
)
