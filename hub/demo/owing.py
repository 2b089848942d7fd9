"""What units of the city owe one another, by the hub's own reckoning: met, open, stopped, late, escalated, waived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.demo import story
from hub.demo.chance import Chance, moment
from hub.demo.facts import PREFECTURE
from hub.demo.office import Desk
from hub.demo.records import told_by
from hub.demo.rows import Row
from hub.demo.units import Units, supervisor_of
from hub.identity.directory import Directory, UnitRow
from hub.identity.divisions import Divisions
from hub.knowledge.dates import dates_of
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.offices import OFFICE, Offices, Resolver, offices_of
from hub.knowledge.owing import ESCALATED, FULFILLED, OPEN, OVERDUE, PAUSED, WAIVED, Owed, rules_of
from hub.knowledge.reckoning import opened, reckoned
from hub.knowledge.rows import OBLIGATION, row_of
from hub.knowledge.timing import timed
from hub.policy import words
from hub.policy.book import PolicyBook
from hub.policy.obligations import types_of
from hub.policy.rules import Obligation, Occasion
from schema.classes import Label

DAY = timedelta(days=1)
#: Who has a part, by its type.
PARTS = {
    "reporter": "SC", "facility": "RS", "provider": "SW", "requester": "RW", "owner": "ED", "court": "CT",
    "school": "SC",
}  # fmt: skip
#: What becomes of an obligation, each about as often as it stands here; of those that stand the date decides the rest.
FATES = (FULFILLED, FULFILLED, FULFILLED, OPEN, OVERDUE, ESCALATED, PAUSED, WAIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What obligations are reckoned by."""

    book: PolicyBook
    directory: Directory
    offices: Offices

    @classmethod
    def of(cls, book: PolicyBook, units: Units, at: datetime) -> Ledger:
        rows = (
            UnitRow(
                code=unit.code, type=unit.type, level=unit.level, division=unit.division,
                name=Label(zh=unit.name, en=unit.code), valid_from=unit.valid_from, valid_to=unit.valid_to,
                successor=unit.successor, supervisor=supervisor_of(unit),
            )
            for unit in units.all
        )  # fmt: skip
        directory = Directory(rows, Divisions(()))
        return cls(book=book, directory=directory, offices=offices_of(directory, at.date()))

    def arise(self, occurrence: Occurrence, luck: Chance) -> list[Owed]:
        rules = rules_of(self.book.digest, self.book.obligations)
        at = occurrence.at
        return opened(
            occurrence, rules, Resolver(offices=self.offices), self.directory.working_days,
            id_of=lambda _: luck.plain_id(OBLIGATION.about.id_tag, at),
        )  # fmt: skip


def owe(desk: Desk, ledger: Ledger) -> None:
    """Some of every obligation between units of the place; at the city those of the calendar, of every place."""
    if desk.place.code == PREFECTURE:
        for date in dates_of(desk.anchor):
            for owed in ledger.arise(date, desk.luck):
                fate = desk.luck.pick((FULFILLED, FULFILLED, FULFILLED, FULFILLED, OPEN))
                _write(desk, ledger, _fated(desk, ledger, owed, fate))
        return
    for obligation in ledger.book.obligations.values():
        for occasion in obligation.occasions:
            if occasion.per != "unit":
                for fate in desk.luck.sample(FATES, 3):
                    _arise(desk, ledger, (obligation, occasion), fate)
    if desk.place.code == story.COUNTY:
        _story(desk, ledger)


def _arise(desk: Desk, ledger: Ledger, about: tuple[Obligation, Occasion], fate: str) -> None:
    """At a day that lets it have the fate it is to have, if there is one."""
    obligation, occasion = about
    if fate == PAUSED and not occasion.clock.pausable:
        fate = OPEN
    found = ledger.arise(_occurrence(desk, ledger, obligation, occasion), desk.luck)
    mine = [owed for owed in found if owed.occasion == occasion.id][:2]
    for back in range(90):
        at = desk.luck.office_hour(desk.anchor - back * DAY) - DAY
        moved = (replace(owed, opened_at=at, item_due=at.date() + 20 * DAY) for owed in mine)
        days = ledger.directory.working_days
        made = [_fated(desk, ledger, timed(owed, days), fate) for owed in moved]
        if all(owed.status == fate for owed, _ in made):
            for each in made:
                _write(desk, ledger, each)
            return


def _occurrence(desk: Desk, ledger: Ledger, obligation: Obligation, occasion: Occasion) -> Occurrence:
    place, luck, at = desk.place, desk.luck, moment(desk.anchor)
    village = luck.pick(ledger.offices.below("VC", "village", place.division))
    home = ledger.offices.place_of(village) or place.division
    named = {
        part: (_unit(desk, ledger, PARTS[part], home),) for part in (*occasion.debtor, *occasion.creditor)
        if part in PARTS
    }  # fmt: skip
    owing = next(iter(types_of(obligation.owed_by) or {"ED"}))
    acting = next(iter(obligation.owed_to)) if "acting" in occasion.creditor else owing
    acting = next(iter(occasion.by), acting if acting in words.UNIT_TYPES else OFFICE)
    if "addressee" in occasion.debtor:
        named["addressee"] = (_unit(desk, ledger, owing, home),)
    county = place.code
    return Occurrence(
        kind=occasion.on[0], at=at, by=_unit(desk, ledger, acting, home), division=home,
        child=luck.row_id("child", county, at), row=luck.row_id("event", county, at), due=at.date() + 20 * DAY,
        units=named,
    )  # fmt: skip


def _unit(desk: Desk, ledger: Ledger, kind: str, home: str) -> str:
    """The unit of a type nearest to a village."""
    if kind == "SC":
        return f"SC@{home[:9]}-01"
    if kind == "TE":
        return f"TE@{PREFECTURE}-01"
    if kind in ("MI", "RS", "WI", "SW"):
        return f"{kind}@{desk.place.code}-01"
    return ledger.offices.in_charge(kind, home) or desk.place.unit(kind)


Fated = tuple[Owed, Row]


def _fated(desk: Desk, ledger: Ledger, owed: Owed, fate: str) -> Fated:
    """As it stands on the anchor day, with what else its row then says."""
    now = moment(desk.anchor, 8)
    _, occasion = rules_of(ledger.book.digest, ledger.book.obligations).of_occasion[owed.occasion]
    if fate == FULFILLED:
        until = min(filter(None, (owed.due_at, now)))
        at = owed.opened_at + max(until - owed.opened_at, timedelta()) * (desk.luck.below(9) + 1) / 10
        return replace(
            owed, status=FULFILLED, fulfilled_at=at.replace(microsecond=0), evidence=occasion.met_by[0],
            subject_key=owed.key_when_settled,
        ), {}  # fmt: skip
    if fate == WAIVED:
        return replace(owed, status=WAIVED, subject_key=owed.key_when_settled), {
            "waived_reason": "情形已消失，不再需要履行"
        }
    if fate == PAUSED:
        paused = replace(owed, status=PAUSED, paused_at=owed.opened_at + timedelta(hours=2))
        return timed(paused, ledger.directory.working_days), {}
    if owed.due_at is None or owed.due_at >= now:
        return owed, {}
    late = {"overdue_at": min(owed.due_at + timedelta(minutes=10), now)}
    if owed.escalates_at is None or owed.escalates_at >= now:
        return replace(owed, status=OVERDUE), late
    above = ledger.offices.superior(owed.debtor) or ledger.offices.in_charge(OFFICE, desk.place.division)
    told = min(owed.escalates_at + timedelta(minutes=10), now)
    return replace(owed, status=ESCALATED), {**late, "escalated_at": told, "escalated_to": above}


def _write(desk: Desk, ledger: Ledger, fated: Fated) -> None:
    owed, more = fated
    rules = rules_of(ledger.book.digest, ledger.book.obligations)
    row = row_of(owed, rules, owed.opened_at)
    desk.batch.add("obligation", {**row, **more, **told_by(desk.office, owed.opened_at)})


def _story(desk: Desk, ledger: Ledger) -> None:
    """What the story's units owe one another for its case, in the order in which it happened."""
    numbers = desk.luck
    rules = rules_of(ledger.book.digest, ledger.book.obligations)
    found = reckoned(
        list(_story_occurrences(desk)), (), rules, Resolver(offices=ledger.offices), ledger.directory.working_days,
        id_of=lambda _: numbers.plain_id(OBLIGATION.about.id_tag, moment(desk.anchor - 75 * DAY)),
    )  # fmt: skip
    for owed in found.opened:
        _write(desk, ledger, (owed, {}) if owed.status == FULFILLED else _fated(desk, ledger, owed, OPEN))


def _story_occurrences(desk: Desk) -> Iterator[Occurrence]:
    report = desk.luck.row_id("report", story.COUNTY, moment(desk.anchor - 75 * DAY))
    steps: Sequence[tuple[int, str, str, dict[str, tuple[str, ...]]]] = (
        (8, "concern_found", story.SCHOOL, {}),
        (9, "report_received", story.STATION, {"reporter": (story.SCHOOL,)}),
        (10, "report_accepted", story.STATION, {"reporter": (story.SCHOOL,)}),
        (11, "measure_taken", story.STATION, {}),
        (12, "placement_needed", story.STATION, {}),
        (13, "notified", story.STATION, {"addressee": (story.TOWNSHIP, story.CIVIL)}),
        (14, "assistance_requested", story.STATION, {"addressee": (story.LABOUR,)}),
        (19, "escorted", story.STATION, {"facility": (story.RESCUE,)}),
        (20, "handed_over", story.RESCUE, {}),
        (21, "warning_issued", story.POLICE, {}),
        (22, "result_told", story.STATION, {"reporter": (story.SCHOOL,)}),
    )
    for hour, kind, by, units in steps:
        yield Occurrence(
            kind=kind, at=moment(desk.anchor - 75 * DAY, hour), by=by, division=f"{story.VILLAGE.partition('@')[2]}",
            child=story.CHILD_ID, case=story.CASE_ID, case_no=story.CASE_NO, row=report, units=units,
        )  # fmt: skip
