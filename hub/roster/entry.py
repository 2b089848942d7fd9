"""One row of a table → an entry: what it says of a child and the people around it, and what is wrong with it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hub.roster import words
from hub.roster.columns import HUB
from hub.roster.faults import Fault, Unfit
from hub.roster.headers import Column, Header
from hub.roster.text import compact, is_nothing, tidied
from hub.roster.values import Context, value_of
from hub.roster.workbook import Row
from schema.classes import Label
from schema.validators import FAULT_LABELS, birth_date_in, citizen_id_conflicts, sex_in

NAME, NUMBER, BIRTH, SEX = "child.name", "child.citizen_id_no", "child.birth_date", "child.sex"
PARENTS = ("father", "mother")
#: Without these of the same part a value has nowhere to stand: who the person is, since when one is away.
LEANS_ON: Mapping[str, str] = {"father": "name", "mother": "name", "guardian": "name", "carer": "name"}
AWAY = ("expected_return", "returned_on", "work_division", "work_place_detail", "industry", "contact_frequency",
        "last_contact_on", "return_intention")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a row says, by field key; a cell that says nothing is absent, so that no value is ever cleared by it."""

    row: Row = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)
    faults: tuple[Fault, ...] = ()
    decision: str | None = field(default=None, repr=False)
    #: keys that were concluded from the number or from a grade, and stand in no column
    concluded: frozenset[str] = frozenset()

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def of(self, part: str) -> dict[str, Any]:
        """The values of one part, by field."""
        start = f"{part}."
        return {key.removeprefix(start): value for key, value in self.values.items() if key.startswith(start)}


def read_entry(row: Row, header: Header, context: Context, valueless: frozenset[str] = frozenset()) -> Entry:
    """Every cell is read, so that all faults are told at once."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in header.columns:
        target = column.target
        if target is None or target.field is None or target.key in context.unread:
            continue
        try:
            if _reference(column.place, row.number) in valueless:
                raise Unfit("NO_VALUE")
            values |= _read(row, column, context)
        except Unfit as unfit:
            faults.append(Fault(code=unfit.code, place=column.place, detail=unfit.detail, key=target.key))
    values, concluded = _concluded(values, {fault.key for fault in faults})
    faults += _contradictions(values, header)
    faults += _missing(values, header, {fault.key for fault in faults})
    return Entry(
        row=row, values=values, faults=tuple(faults), decision=_decision(row, header), concluded=frozenset(concluded)
    )


def _read(row: Row, column: Column, context: Context) -> dict[str, Any]:
    target, cell = column.target, row.cell(column.place)
    if target is None or target.field is None:
        return {}
    if target.key == "enrolment.grade" and isinstance(cell, str) and not is_nothing(compact(cell)):
        stage, grade = words.grade_of(cell)
        return {"enrolment.grade": grade, **({"enrolment.stage": stage} if stage else {})}
    value = value_of(cell, target.field, context)
    return {} if value is None else {target.key: value}


def _reference(place: int, row: int) -> str:
    """A cell as spreadsheets name it: D6."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _concluded(values: dict[str, Any], faulty: set[str]) -> tuple[dict[str, Any], set[str]]:
    """Birth date and sex stand in a number that holds; a column that says otherwise is told as a conflict."""
    number = values.get(NUMBER)
    if number is None:
        return values, set()
    said = {BIRTH: birth_date_in(number), SEX: sex_in(number)}
    new = {key: value for key, value in said.items() if key not in values and key not in faulty}
    return {**values, **new}, set(new)


def _contradictions(values: Mapping[str, Any], header: Header) -> Iterator[Fault]:
    for part in ("child", *PARENTS, "guardian", "carer"):
        number = values.get(f"{part}.citizen_id_no")
        if number is None:
            continue
        sex = {"father": "1", "mother": "2"}.get(part, values.get(f"{part}.sex"))
        found = citizen_id_conflicts(number, birth_date=values.get(f"{part}.birth_date"), sex=sex)
        if found:
            detail = Label(
                zh="、".join(FAULT_LABELS[one].zh for one in found), en=", ".join(FAULT_LABELS[one].en for one in found)
            )
            key = f"{part}.citizen_id_no"
            yield Fault(code="ID_CONFLICT", place=header.place_of(key), detail=detail, key=key)


def _missing(values: Mapping[str, Any], header: Header, faulty: set[str]) -> Iterator[Fault]:
    if NAME not in values and NAME not in faulty:
        yield Fault(code="REQUIRED", place=header.place_of(NAME), key=NAME)
    for part, lead in LEANS_ON.items():
        key = f"{part}.{lead}"
        said = any(name.startswith(f"{part}.") for name in values)
        if said and key not in values and key not in faulty and header.place_of(key) is not None:
            yield Fault(code="INCOMPLETE", place=header.place_of(key), key=key)
    for part in PARENTS:
        key = f"{part}.out_since"
        said = any(f"{part}.{name}" in values for name in AWAY)
        if said and key not in values and key not in faulty and header.place_of(key) is not None:
            yield Fault(code="INCOMPLETE", place=header.place_of(key), key=key)


def _decision(row: Row, header: Header) -> str | None:
    place = header.place_of(f"{HUB}.decision")
    cell = None if place is None else row.cell(place)
    said = tidied(cell) if isinstance(cell, str) else str(int(cell)) if isinstance(cell, float) else ""
    return said or None


def faulted(entry: Entry, *faults: Fault) -> Entry:
    return replace(entry, faults=(*entry.faults, *faults))


def fingerprints(entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """What makes two rows of one file the same child; and the number, which no two children share."""
    birth: date | None = entry.get(BIRTH)
    number: str | None = entry.get(NUMBER)
    who = (entry.get(NAME) or "", birth.isoformat() if birth else "")
    if number:
        return ("numbered", *who, number), ("number", number)
    place = entry.get("child.residence_division") or ""
    return ("person", *who, *carers(entry), place), None


def carers(entry: Entry) -> tuple[str, ...]:
    """The names of those who care for the child, as the row says."""
    names = (entry.get(f"{part}.name") for part in ("carer", "guardian", *PARENTS))
    return tuple(name for name in names if name)
