"""From checked YAML items to the values of rules.py; what hangs on several of them is checked in validation.py."""

from __future__ import annotations

from collections.abc import Mapping

from hub.policy import words
from hub.policy.rules import ALL_UNITS, Conflict, Duty, Entry, Rule, Task
from hub.policy.source import Item

DEFAULT_ROLES = ("officer", "service")


def _units(item: Item, key: str = "units") -> tuple[str, ...]:
    named = item.words(key, {*words.UNIT_TYPES, ALL_UNITS})
    return tuple(words.UNIT_TYPES) if ALL_UNITS in named else named


def read_duty(item: Item) -> Duty:
    duty = Duty(
        code=item.text("code"),
        units=_units(item),
        source=item.text("source"),
        clause=item.text("clause"),
        says=item.label("says"),
        reads=item.label("reads"),
        supplies=item.label("supplies"),
        does=item.label("does"),
        tasks=item.free_words("tasks"),
        standing=item.flag("standing"),
        valid_from=item.day("valid_from"),
        valid_to=item.day("valid_to"),
        place=item.place,
    )
    item.finish()
    return duty


def read_task(item: Item) -> Task:
    task = Task(
        code=item.text("code"),
        clause=item.text("clause"),
        subject=item.label("subject"),
        lead=_units(item, "lead"),
        cooperating=_units(item, "cooperating"),
        place=item.place,
    )
    item.finish()
    return task


def read_rule(item: Item) -> Rule:
    units = _units(item)
    rule = Rule(
        id=item.text("id"),
        label=item.label("label"),
        units=units,
        source=item.text("source"),
        tasks=item.free_words("tasks"),
        conflicts=item.free_words("conflicts"),
        entries=_entries(item, units),
        place=item.place,
    )
    item.finish()
    return rule


def _entries(item: Item, units: tuple[str, ...]) -> tuple[Entry, ...]:
    """The grants of a rule; what the rule says of roles, levels, duty, exceptions and dates holds for each of them."""
    common = Entry(
        id="", rule=item.text("id", ""), eft="allow", objects=(), actions=(), modes=(), scope="", condition=None,
        purpose=words.NONE, units=units, everyone="all" in _raw_units(item),
        unless=item.words("unless", words.UNLESS, ()),
        roles=item.words("roles", words.ROLES, DEFAULT_ROLES),
        levels=item.words("levels", words.LEVELS, ()),
        duties=_duties(item, units),
        valid_from=item.day("valid_from"),
        valid_to=item.day("valid_to"),
        why="",
        place=item.place,
    )  # fmt: skip
    parts = item.children("grants")
    if not parts:
        item.wrong("grants", "a rule grants or denies something")
    return tuple(_entry(part, common, number) for number, part in enumerate(parts, 1))


def _raw_units(item: Item) -> tuple[str, ...]:
    return item.free_words("units")


def _duties(item: Item, units: tuple[str, ...]) -> Mapping[str, str]:
    if not item.has("duty"):
        item.wrong("duty", "a rule names the duty it serves")
        return {}
    if item.holds_mapping("duty"):
        each = item.child("duty")
        duties = {unit: each.text(unit) for unit in each.values if unit in units}
        each.finish()
        return duties
    return dict.fromkeys(units, item.text("duty"))


def _entry(item: Item, common: Entry, number: int) -> Entry:
    eft = item.word("eft", words.EFFECTS, "allow")
    entry = _grant(item, common, number) if eft == "allow" else _denial(item, common, number)
    item.finish()
    return entry


def _grant(item: Item, common: Entry, number: int) -> Entry:
    mode = item.word("mode", words.MODES)
    units = item.words("units", common.units, common.units)
    return Entry(
        id=f"{common.rule}.{number}",
        rule=common.rule,
        eft="allow",
        objects=item.free_words("objects"),
        actions=item.words("actions", words.ACTIONS),
        modes=(mode,),
        scope=item.word("scope", words.SCOPES),
        condition=item.word("condition", words.CONDITIONS, "") or None,
        purpose=item.word("purpose", words.PURPOSES, words.NONE),
        # Totals are of everyone: an exception for one child would be seen in them.
        unless=item.words("unless", words.UNLESS, () if mode == "aggregate" else common.unless),
        roles=item.words("roles", words.ROLES, common.roles),
        units=units,
        everyone=common.everyone and units == common.units,
        levels=item.words("levels", words.LEVELS, common.levels),
        duties=_duties(item, units) if item.has("duty") else common.duties,
        valid_from=item.day("valid_from") or common.valid_from,
        valid_to=item.day("valid_to") or common.valid_to,
        why=item.text("why", ""),
        place=item.place,
    )


def _denial(item: Item, common: Entry, number: int) -> Entry:
    """A denial holds in every scope and for every role, duty and purpose of its units."""
    actions = item.words("actions", {*words.ACTIONS, words.ANY}, (words.ANY,))
    return Entry(
        id=f"{common.rule}.{number}",
        rule=common.rule,
        eft="deny",
        objects=item.free_words("objects"),
        actions=(words.ANY,) if words.ANY in actions else actions,
        modes=item.words("modes", words.MODES, (words.ANY,)),
        scope=words.ANY,
        condition=words.ANY,
        purpose=words.ANY,
        unless=(words.ANY,),
        roles=(words.ANY,),
        units=item.words("units", common.units, common.units),
        everyone=False,
        levels=(),
        duties=common.duties,
        valid_from=common.valid_from,
        valid_to=common.valid_to,
        why=item.text("why", ""),
        place=item.place,
    )


def read_conflict(item: Item) -> Conflict:
    conflict = Conflict(
        code=item.text("code"),
        subject=item.label("subject"),
        sentences=tuple(part.text("text") for part in item.children("sentences")),
        default=item.label("default"),
        rules=item.free_words("rules"),
        note=item.text("note", ""),
        place=item.place,
    )
    item.finish()
    return conflict
