"""Why a caller may, or may not: the entries behind each right with their sentences, or what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from hub.policy import words
from hub.policy.book import PolicyBook
from hub.policy.grant import Grant, Refusal, Right
from hub.policy.refusing import reach_words
from hub.policy.rules import Duty
from schema.classes import CLASSES, DataClass, Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One entry of a rule and the duty it serves."""

    entry: str
    rule: Label
    source: str
    duty: str
    duty_says: Label
    clause: str
    conflicts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """One right, in words."""

    right: Right
    sentence: Label
    mode: Label
    reach: Label
    purpose: Label | None  # the number the request must carry
    unless: tuple[Label, ...]
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    group: str
    action: str
    about: DataClass
    allowed: tuple[Allowed, ...]
    refusal: Refusal | None
    nearest: Ground | None  # the rule that denies, or the one that comes nearest
    missing: Duty | None  # the duty that would carry the right
    holders: tuple[Label, ...]

    @property
    def granted(self) -> bool:
        return bool(self.allowed)


def explain(book: PolicyBook, grant: Grant, group: str, action: str) -> Explanation:
    """The explanation of one cell for one caller."""
    rights = grant.rights_on(group, action)
    refusal = None if rights else grant.refusal(group, action)
    missing = book.duties.get(refusal.duty) if refusal and refusal.duty else None
    return Explanation(
        group=group,
        action=action,
        about=CLASSES[group.partition("/")[0]],
        allowed=tuple(_allowed(book, grant, (group, action), right) for right in rights),
        refusal=refusal,
        nearest=_ground(book, refusal.rule, grant.subject.unit_type) if refusal and refusal.rule else None,
        missing=missing,
        holders=tuple(words.UNIT_TYPES[unit].label for unit in refusal.holders) if refusal else (),
    )


def _allowed(book: PolicyBook, grant: Grant, cell: tuple[str, str], right: Right) -> Allowed:
    group, action = cell
    mode, reach, does = words.MODES[right.mode], reach_words(right), words.ACTIONS[action]
    about = CLASSES[group.partition("/")[0]].label
    needs = right.reach.purpose != words.NONE
    purpose = words.PURPOSES[right.reach.purpose]
    return Allowed(
        right=right,
        sentence=Label(
            zh=f"可{does.zh}“{about.zh}”（{mode.zh}），范围：{reach.zh}"
            + (f"；须写明{purpose.zh}。" if needs else "。"),
            en=f"May {does.en} {about.en} ({mode.en}) {reach.en}" + (f"; state {purpose.en}." if needs else "."),
        ),
        mode=mode,
        reach=reach,
        purpose=purpose if needs else None,
        unless=tuple(words.UNLESS[name] for name in right.unless),
        grounds=tuple(_ground(book, entry, grant.subject.unit_type) for entry in right.rules),
    )


def _ground(book: PolicyBook, entry_id: str, unit_type: str) -> Ground:
    rule = book.rules[entry_id.partition(".")[0]]
    entry = next(entry for entry in rule.entries if entry.id == entry_id)
    duty = book.duties[entry.duties[unit_type]]
    return Ground(
        entry=entry_id,
        rule=rule.label,
        source=rule.source,
        duty=duty.code,
        duty_says=duty.says,
        clause=f"{duty.source} {duty.clause}",
        conflicts=rule.conflicts,
    )
