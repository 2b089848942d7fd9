"""A small county with a unit of every kind, and one occurrence for each occasion of the policies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from hub.identity.directory import Directory, UnitRow
from hub.identity.divisions import Division, Divisions
from hub.knowledge.clock import CHINA
from hub.knowledge.dates import dates_of
from hub.knowledge.occurrence import Occurrence
from hub.knowledge.owing import Owed
from hub.policy import words
from hub.policy.book import load_policies
from hub.policy.obligations import types_of
from hub.policy.occasions import CALENDAR
from hub.policy.rules import Obligation, Occasion
from schema.classes import Label

BOOK = load_policies()
CITY, COUNTY, TOWNSHIP, VILLAGE = "430600000000", "430621000000", "430621104000", "430621104201"
CHILD, CASE, CASE_NO = "child_430621_01A", "case_430621_01B", "BH430621-2026-0001"
#: A Thursday before two holidays of 2026, the longer of them followed by a Saturday that is worked.
START = datetime(2026, 9, 24, 9, tzinfo=CHINA)
SCHOOL, STATION = "SC@430621104-01", "PS@430621104-01"
PLACES = ((CITY, "prefecture"), (COUNTY, "county"))
ACTORS = (
    ("TW@430621104", "township", TOWNSHIP), ("VC@430621104201", "village", VILLAGE), (SCHOOL, "township", TOWNSHIP),
    ("SC@430621104-02", "township", TOWNSHIP), (STATION, "township", TOWNSHIP),
    ("MI@430621-01", "county", COUNTY), ("RS@430621-01", "county", COUNTY), ("WI@430621-01", "county", COUNTY),
    ("SW@430621-01", "county", COUNTY), ("TE@430600-01", "prefecture", CITY),
)  # fmt: skip
OCCASIONS = {occasion.id: (rule, occasion) for rule in BOOK.obligations.values() for occasion in rule.occasions}


def units() -> Iterator[UnitRow]:
    for division, level in PLACES:
        for kind, known in words.UNIT_TYPES.items():
            if known.member:
                yield unit(f"{kind}@{division[:6]}", level, division)
    for code, level, division in ACTORS:
        yield unit(code, level, division, {"SC": "ED@430621", "PS": "PS@430621"}.get(code[:2]))


def unit(code: str, level: str, division: str, supervisor: str | None = None) -> UnitRow:
    return UnitRow(
        code=code, type=code[:2], level=level, division=division, name=Label(zh=code, en=code), valid_from=None,
        valid_to=None, successor=None, supervisor=supervisor,
    )  # fmt: skip


def directory(*, ended: dict[str, tuple[date, str | None]] | None = None) -> Directory:
    """The county; some of its units ended on a day, and succeeded or not."""
    gone = ended or {}
    rows = [
        replace(row, valid_to=gone[row.code][0], successor=gone[row.code][1]) if row.code in gone else row
        for row in units()
    ]
    divisions = (
        Division(code=code, parent=parent, name=code, valid_from=None, valid_to=None, successor=None)
        for code, parent in ((CITY, None), (COUNTY, CITY), (TOWNSHIP, COUNTY), (VILLAGE, TOWNSHIP))
    )
    return Directory(rows, Divisions(divisions))


def a_unit(kind: str) -> str:
    """The nearest one of a type."""
    known = {code[:2]: code for code, _, _ in reversed(ACTORS)}
    return known.get(kind, f"{kind}@430621")


def opening(occasion: Occasion, obligation: Obligation, word: str | None = None) -> Occurrence:
    """What opens it, by a unit that may, with every part that it asks for."""
    kind = word or occasion.on[0]
    if kind in CALENDAR:
        return next(each for each in dates_of(_day_of(kind)) if each.kind == kind)
    debtors, creditors = types_of(obligation.owed_by), types_of(obligation.owed_to)
    owing = next(iter(obligation.owed_by)) if debtors else "ED"
    acting = owing
    if "acting" in occasion.creditor and not occasion.by:
        acting = next(iter(obligation.owed_to)) if creditors else "RW"
    if occasion.by:
        acting = occasion.by[0]
    parts = {"reporter": "SC", "facility": "RS", "provider": "SW", "requester": "RW", "owner": "ED", "court": "CT"}
    named = {part: (a_unit(kind),) for part, kind in parts.items() if part in (*occasion.debtor, *occasion.creditor)}
    if "SC" in occasion.creditor:
        named["school"] = (SCHOOL,)
    if "addressee" in occasion.debtor:
        named["addressee"] = (a_unit(owing),)
    if occasion.on == ("bulletin_issued",):
        acting = "JC"
    return Occurrence(
        kind=kind, at=START, by=a_unit(acting), division=VILLAGE, child=CHILD, case=CASE, case_no=CASE_NO,
        row="row_430621_01C", due=date(2026, 10, 20), units=named,
    )  # fmt: skip


def _day_of(word: str) -> date:
    """A day soon after the date came."""
    return {"june_begun": date(2026, 6, 2), "november_begun": date(2026, 11, 2), "december_begun": date(2026, 12, 2),
            "quarter_ended": date(2026, 10, 1)}.get(word, date(2026, 1, 2))  # fmt: skip


def meeting(owed: Owed, word: str, at: datetime) -> Occurrence:
    """The act that meets it: by who owes, in the same matter, naming who is owed."""
    return Occurrence(
        kind=word, at=at, by=owed.debtor, division=VILLAGE, child=owed.child, case=owed.case_no and CASE,
        case_no=owed.case_no, row=owed.row_id, units={"addressee": (owed.creditor,), "reporter": (owed.debtor,)},
    )  # fmt: skip
