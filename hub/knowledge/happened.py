"""What rows written to the ledger say has happened: visits, signatures, flags, bulletins, meetings, findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from hub.knowledge.occurrence import Occurrence
from hub.ledger.inputs import inputs_of
from hub.ledger.job import RowWrite

#: Problems found on a visit that have to be reported at once.
CONCERNS = frozenset({"no_guardian", "living_alone", "unattended", "suspected_harm"})
#: Classes of what a village supplies after a visit: household and contacts, guardianship, schooling (001 T01).
BASICS = frozenset({"D05", "D06", "D08", "D11"})
#: Flags that a township has to know of, by who keeps them.
FLAGGED = {"Disability": "DF", "HealthSummary": "HE", "Assistance": "CA"}

Said = Iterator[Occurrence]


def occurrences_of(writes: Iterable[RowWrite], now: datetime) -> list[Occurrence]:
    """In the order of the writes. Where a child lives is not in its rows: those of a child are without their place."""
    found: list[Occurrence] = []
    for write in (write for write in writes if write.by):
        say = SAYINGS.get(write.act.entity.name)
        if say is not None:
            found += say(write, _plain(write, now))
        if write.child is not None and _supplies(write):
            found.append(replace(_plain(write, now), kind="basics_supplied"))
    return found


def households_of(writes: Iterable[RowWrite]) -> dict[str, str]:
    """Households of which a village supplied basics, with the village: they are those of all of its children."""
    rows = (
        (write, write.row if write.act.entity.name == "Family" else _row(write).get("family_id")) for write in writes
    )
    return {str(family): write.by for write, family in rows if family and write.child is None and _supplies(write)}


def _plain(write: RowWrite, now: datetime) -> Occurrence:
    """Without its word. The place of a row that is about no child is the row's own."""
    row = _row(write)
    place = "" if write.county is not None else str(row.get("division") or "")
    return Occurrence(kind="", at=now, by=write.by, division=place, child=write.child, row=write.row)


def _row(write: RowWrite) -> Mapping[str, Any]:
    return {**write.standing, **write.stored}


def _given(write: RowWrite, column: str) -> Any:
    """A value that this write gives, and nothing where it only stood before."""
    return write.changes.get(column)


def _supplies(write: RowWrite) -> bool:
    """Whether a village gives basics by it."""
    inputs = inputs_of(write.act.entity.name)
    given = (inputs[name].field.data_class for name in write.changes if name in inputs)
    return write.by.startswith("VC@") and not BASICS.isdisjoint(given)


def _visit(write: RowWrite, plain: Occurrence) -> Said:
    if _given(write, "done_on"):
        yield replace(plain, kind="visited")
    if CONCERNS & set(_given(write, "problems") or ()):
        yield replace(plain, kind="concern_found")


def _entrustment(write: RowWrite, plain: Occurrence) -> Said:
    if _given(write, "signed_on"):
        yield replace(plain, kind="confirmation_signed")
    if _given(write, "notified_school_on"):
        yield replace(plain, kind="school_told")


def _dropout(write: RowWrite, plain: Occurrence) -> Said:
    if write.is_new:
        yield replace(plain, kind="dropout_suspected")
    if _given(write, "written_report_on"):
        told = tuple(_row(write).get("report_recipients") or ())
        yield replace(plain, kind="dropout_reported", units={"addressee": told})


def _persuasion(write: RowWrite, plain: Occurrence) -> Said:
    if _given(write, "result") in ("refused", "not_found"):
        yield replace(plain, kind="persuasion_failed")


def _flag(write: RowWrite, plain: Occurrence) -> Said:
    if write.by.partition("@")[0] == FLAGGED[write.act.entity.name]:
        yield replace(plain, kind="flag_changed")


def _bulletin(write: RowWrite, plain: Occurrence) -> Said:
    if _given(write, "issued_at"):
        audience = tuple(_row(write).get("audience") or ())
        yield replace(plain, kind="bulletin_issued", units={"addressee": audience} if audience else {})


def _meeting(write: RowWrite, plain: Occurrence) -> Said:
    if _given(write, "status") == "held":
        yield replace(plain, kind="meeting_held")


def _minute(write: RowWrite, plain: Occurrence) -> Said:
    """Of the meeting, whichever version of its minutes it is."""
    if _given(write, "issued_at"):
        yield replace(plain, kind="minutes_issued", row=str(_row(write)["meeting_id"]))


def _decision(write: RowWrite, plain: Occurrence) -> Said:
    if write.is_new:
        row = _row(write)
        owners = (row["owner_unit"], *(row.get("co_units") or ()))
        yield replace(plain, kind="decision_made", due=_day(row.get("due")), units={"owner": owners})


def _inspection(write: RowWrite, plain: Occurrence) -> Said:
    row = _row(write)
    inspected = (str(row["inspected_unit"]),)
    if write.is_new:
        # Whoever of a county is inspected, it is the county that is.
        county = f"GO@{str(row['division'])[:6]}"
        yield replace(plain, kind="inspected", units={"addressee": (*inspected, county)})
    if _given(write, "rectify_by"):
        yield replace(plain, kind="finding_made", due=_day(row["rectify_by"]), units={"addressee": inspected})
    if _given(write, "rectified_on"):
        yield replace(plain, kind="rectified")


def _plan(write: RowWrite, plain: Occurrence) -> Said:
    if _given(write, "issued_on"):
        yield replace(plain, kind="tasks_issued")


def _task(write: RowWrite, plain: Occurrence) -> Said:
    if _given(write, "evidence"):
        yield replace(plain, kind="check_evidence_given")


def _opinion(write: RowWrite, plain: Occurrence) -> Said:
    if _given(write, "heat") == "high":
        yield replace(plain, kind="major_matter_arisen")


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


#: What the rows of an entity say.
SAYINGS: Mapping[str, Callable[[RowWrite, Occurrence], Said]] = {
    "Visit": _visit,
    "EntrustmentConfirmation": _entrustment,
    "DropoutCase": _dropout,
    "Persuasion": _persuasion,
    **dict.fromkeys(FLAGGED, _flag),
    "Bulletin": _bulletin,
    "Meeting": _meeting,
    "Minute": _minute,
    "Decision": _decision,
    "Inspection": _inspection,
    "AnnualPlan": _plan,
    "DutyTask": _task,
    "OpinionEvent": _opinion,
}
