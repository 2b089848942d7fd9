"""What occurrences make units owe, and what they settle; pure, so that time and units are those of whoever asks.

An obligation is met only by an evidenced act: an occurrence of a word that meets it, about the same matter, by the
unit that owes it or its successor. To have read something meets nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.knowledge.occurrence import Occurrence
from hub.knowledge.offices import Offices, Party, Resolver
from hub.knowledge.owing import CREDITOR, DEBTOR, FULFILLED, NO_FORMER, Former, IdOf, Owed, Rules, matter_of
from hub.knowledge.timing import clock_of, clock_text, timed
from hub.policy.obligations import types_of
from hub.policy.rules import Occasion
from schema.calendar import WorkingCalendar


def _about(occasion: Occasion, occurrence: Occurrence, debtor: str) -> str | None:
    """The matter of an occurrence, as the occasion tells matters apart; None where it names none."""
    case, row, child = occurrence.case_no, occurrence.row, occurrence.child
    if occasion.per == "case":
        return matter_of("case", case) or matter_of("row", row) or matter_of("child", child)
    return matter_of(occasion.per, {"unit": debtor, "row": row, "child": child}[occasion.per])


def opened(
    occurrence: Occurrence, rules: Rules, resolver: Resolver, days: WorkingCalendar, *, id_of: IdOf
) -> list[Owed]:
    """What it makes units owe; what has no unit that owes, or that is owed, is nobody's."""
    found: list[Owed] = []
    for occasion in rules.opening(occurrence, resolver.offices):
        obligation, _ = rules.of_occasion[occasion.id]
        types = types_of(obligation.owed_by)
        for debtor in resolver.debtors(occasion.debtor, occurrence, occasion.levels, types):
            named = _about(occasion, occurrence, debtor.unit)
            if named is None:
                continue
            for creditor in resolver.creditors(occasion.creditor, occurrence, debtor.unit):
                plain = _owed(occasion, occurrence, named, (debtor, creditor), id_of(occasion))
                found.append(timed(_sealed(plain, occasion, resolver.offices), days))
    return found


def _owed(occasion: Occasion, occurrence: Occurrence, named: str, between: tuple[Party, Party], id_: str) -> Owed:
    debtor, creditor = between
    clock = clock_of(occasion, urgent=occurrence.urgent)
    return Owed(
        id=id_,
        rule=occasion.id.partition(".")[0],
        occasion=occasion.id,
        from_unit=debtor.unit,
        to_unit=creditor.unit,
        to_party=creditor.stands_for,
        matter=named,
        subject_key="|".join((occasion.id, debtor.unit, creditor.unit, named, occurrence.period or "")),
        period=occurrence.period,
        case_no=occurrence.case_no,
        child=occurrence.child,
        row_id=occurrence.row,
        urgent=occurrence.urgent,
        clock=clock_text(clock),
        pausable=clock.pausable,
        extendable=clock.extendable,
        by_evidence=occasion.evidence,
        item_due=occurrence.due,
        opened_at=occurrence.at,
    )


def _sealed(owed: Owed, occasion: Occasion, offices: Offices) -> Owed:
    """Who made a report is not shown: the unit above the debtor stands there, or the other side itself."""
    if occasion.sealed == DEBTOR:
        shown = offices.superior(owed.from_unit) or owed.to_unit
        return replace(owed, sealed_unit=owed.from_unit, sealed_side=DEBTOR, from_unit=shown)
    if occasion.sealed == CREDITOR:
        return replace(
            owed, sealed_unit=owed.to_unit, sealed_side=CREDITOR, to_unit=owed.from_unit, to_party="reporter"
        )
    return owed


def met(
    occurrence: Occurrence, standing: Sequence[Owed], rules: Rules, offices: Offices, *, former: Former = NO_FORMER
) -> list[Owed]:
    """Those of the obligations that it settles, with their evidence; `former` ids of a child count as its present one.

    Of one and the same thing owed for several periods an act settles the oldest.
    """
    found: dict[tuple[str, str, str, str], Owed] = {}
    occasions = {occasion.id: occasion for occasion in rules.meeting(occurrence.kind)}
    acting = offices.stands_for(occurrence.by)
    for owed in sorted(standing, key=lambda owed: owed.opened_at):
        occasion = occasions.get(owed.occasion)
        if occasion is None or not owed.stands or not _settles(occurrence, owed, occasion, (offices, acting, former)):
            continue
        key = (owed.occasion, owed.debtor, owed.creditor, owed.matter if occasion.per != "unit" else "")
        found.setdefault(key, fulfilled(owed, occurrence))
    return list(found.values())


def _settles(
    occurrence: Occurrence, owed: Owed, occasion: Occasion, who: tuple[Offices, frozenset[str], Former]
) -> bool:
    offices, acting, former = who
    if occurrence.at < owed.opened_at:
        return False
    if not _is_about(occurrence, owed, occasion, former):
        return False
    named = {unit for units in occurrence.units.values() for unit in units}
    named_and_before = {before for unit in named for before in offices.stands_for(unit)}
    if occasion.told and owed.creditor not in named_and_before:
        return False
    if occasion.whose == "anyone":
        return True
    if occasion.whose == CREDITOR:
        return owed.creditor in acting
    if occasion.whose == DEBTOR:
        return owed.debtor in acting
    part = (before for unit in occurrence.units.get(occasion.whose, ()) for before in offices.stands_for(unit))
    return owed.debtor in {*acting, *part}


def _is_about(occurrence: Occurrence, owed: Owed, occasion: Occasion, former: Former) -> bool:
    """Whether the act is about the matter; what was opened before there was a case is known by its row or child."""
    if occasion.per == "unit":
        return owed.matter == matter_of("unit", owed.debtor)
    children = {matter_of("child", each) for each in (occurrence.child, *former.get(occurrence.child or "", ()))}
    row = {matter_of("row", occurrence.row)}
    case = {matter_of("case", occurrence.case_no)}
    return owed.matter in {"child": children, "row": row, "case": case | row | children}[occasion.per]


def fulfilled(owed: Owed, occurrence: Occurrence) -> Owed:
    return replace(
        owed, status=FULFILLED, evidence=occurrence.kind, evidence_row=occurrence.row or occurrence.case_no,
        fulfilled_at=occurrence.at, subject_key=owed.key_when_settled, paused_at=None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """What occurrences leave."""

    opened: tuple[Owed, ...] = ()  # some of them met already
    met: tuple[Owed, ...] = ()


def reckoned(
    occurrences: Iterable[Occurrence],
    standing: Iterable[Owed],
    rules: Rules,
    resolver: Resolver,
    days: WorkingCalendar,
    *,
    id_of: IdOf,
    former: Former = NO_FORMER,
) -> Reckoned:
    """What a sequence of occurrences leaves: new obligations, and former ones met; each sees what came before it."""
    known = {owed.id: owed for owed in standing}
    new: dict[str, None] = {}
    settled: dict[str, None] = {}
    for occurrence in occurrences:
        for owed in met(occurrence, list(known.values()), rules, resolver.offices, former=former):
            known[owed.id] = owed
            settled[owed.id] = None
        taken = {owed.subject_key for owed in known.values()}
        for owed in opened(occurrence, rules, resolver, days, id_of=id_of):
            if owed.subject_key not in taken:
                taken.add(owed.subject_key)
                known[owed.id] = owed
                new[owed.id] = None
    return Reckoned(
        opened=tuple(known[each] for each in new), met=tuple(known[each] for each in settled if each not in new)
    )
