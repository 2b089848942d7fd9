"""Rows of the registry → the facts of one child; for whoever has the rows at hand and need not ask the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.derived.facts import (
    PARENTS,
    Arrangement,
    ChildFacts,
    Entry,
    Look,
    Papers,
    Parent,
    Place,
    Spell,
    earliest,
)

Row = Mapping[str, Any]
Rows = Iterable[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """The rows of one child and of its household; a column that a row does not have counts as empty."""

    child: Row
    hukou_class: str | None
    family: Row | None = None
    members: Rows = ()  # of the household, the child among them
    spells: Rows = ()  # of its parents, whichever child they were entered for
    arrangements: Rows = ()
    confirmations: Rows = ()
    visits: Rows = ()
    enrolments: Rows = ()
    hukou: Rows = ()
    assisted: bool = False


def facts_of(file: File) -> ChildFacts:
    child = file.child
    return ChildFacts(
        birth_date=child["birth_date"],
        effective_from=child.get("effective_from"),
        dead=any(
            member.get("child_id") == child["id"] and member.get("alive_status") in ("dead", "declared_dead")
            for member in file.members
        ),
        hukou_class=file.hukou_class,
        entry=Entry(
            reason=child.get("lbc_reason"),
            since=child.get("lbc_since"),
            until=child.get("lbc_until"),
            end_reason=child.get("lbc_end_reason"),
        ),
        parents=tuple(_parent(member, file.spells) for member in file.members if member["relation"] in PARENTS),
        arrangements=tuple(_arrangement(row, file.confirmations) for row in file.arrangements),
        looks=tuple(
            Look(done_on=row["done_on"], id=row["id"], problems=frozenset(row.get("problems") or ()))
            for row in file.visits
            if row.get("done_on")
        ),
        places=tuple(
            Place(valid_from=row["valid_from"], valid_to=row.get("valid_to"), grade_known=row.get("grade") is not None)
            for row in file.enrolments
        ),
        papers=_papers(file),
    )


def _parent(member: Row, spells: Rows) -> Parent:
    return Parent(
        alive_status=member.get("alive_status"),
        capacity=member.get("guardianship_capacity"),
        reachable=member.get("phone") is not None,
        spells=tuple(
            Spell(
                out_since=spell["out_since"],
                returned_on=spell.get("returned_on"),
                place_known=spell.get("work_division") is not None,
            )
            for spell in spells
            if spell["parent_id"] == member["id"]
        ),
    )


def _arrangement(row: Row, confirmations: Rows) -> Arrangement:
    signed = (each.get("signed_on") for each in confirmations if each["arrangement_id"] == row["id"])
    return Arrangement(
        type=row["type"],
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        carer_known=all(row.get(name) is not None for name in ("carer_name", "carer_relation", "carer_phone")),
        signed_on=earliest(signed),
    )


def _papers(file: File) -> Papers:
    child = file.child
    explained = any(row["status"] != "registered" and row.get("unregistered_reason") for row in file.hukou)
    return Papers(
        identity=child.get("citizen_id_no") is not None or explained,
        sex=child["sex"] in ("1", "2"),
        ethnicity=child.get("ethnicity") is not None,
        hukou=child.get("hukou_division") is not None,
        address=child.get("residence_address") is not None,
        income=file.family is not None and file.family.get("main_income_source") is not None,
        responsible=child.get("responsible_person_id") is not None,
        in_difficulty=bool(child.get("difficulty_flag")),
        assisted=file.assisted,
    )
