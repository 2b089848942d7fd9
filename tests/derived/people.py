"""Made-up facts of a few children, and the rows that hold them, now or as they were recorded at a past moment."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from hub.derived.facts import Arrangement, ChildFacts, Entry, Look, Papers, Parent, Place, Spell
from schema.registry import METADATA

COUNTY = "430621"
DAY = date(2026, 11, 21)
#: What was recorded by then counts for a question of the past; what was recorded later does not.
THEN = datetime(2026, 6, 1, tzinfo=UTC)
BEFORE, AFTER = THEN - timedelta(days=10), THEN + timedelta(days=10)
UNIT = "TW@430621104"
SCHOOL = "SC@430621104-01"
#: Division by the class that it is registered in.
DIVISIONS = {"220": "430621104201", "121": "430621104001", "111": "430621104002", None: "430621104999"}
PARENTS = ("51", "52", "58")

Rows = defaultdict[str, list[dict[str, Any]]]

#: Days that lie around the question's, so that periods touch, overlap and end on it.
days = st.sampled_from([DAY + timedelta(days=n) for n in (-900, -400, -181, -180, -179, -30, -1, 0, 1, 200)])
maybe_day = st.none() | days
births = st.sampled_from(
    [
        *(DAY.replace(year=DAY.year - age) + timedelta(days=n) for age in (6, 8, 16, 18) for n in (-1, 0, 1)),
        *(date(2014, 5, 5), date(2020, 1, 1), date(2012, 2, 29), date(2008, 2, 29)),
    ]
)
spells = st.builds(Spell, out_since=days, returned_on=maybe_day, place_known=st.booleans())
parents = st.builds(
    Parent,
    alive_status=st.sampled_from([None, "alive", "alive", "dead", "missing", "declared_dead"]),
    capacity=st.sampled_from([None, "capable", "limited", "lost"]),
    reachable=st.booleans(),
    spells=st.lists(spells, max_size=2).map(tuple),
)
arrangements = st.builds(
    Arrangement,
    type=st.sampled_from(["parent", "parent", "entrusted_relative", "entrusted_other", "court_appointed", "none"]),
    valid_from=days,
    valid_to=maybe_day,
    carer_known=st.booleans(),
    signed_on=maybe_day,
)
problems = st.frozensets(st.sampled_from(["no_guardian", "living_alone", "unattended", "emotion"]), max_size=2)
looks = st.builds(Look, done_on=days, id=st.just(""), problems=problems)
places = st.builds(Place, valid_from=days, valid_to=maybe_day, grade_known=st.booleans())
entries = st.builds(
    Entry,
    reason=st.sampled_from([None, "both_away", "one_away_other_incapable"]),
    since=maybe_day,
    until=maybe_day,
    end_reason=st.sampled_from([None, "parent_returned", "misreport", "age_16"]),
)


def _numbered(found: list[Look]) -> tuple[Look, ...]:
    return tuple(Look(done_on=look.done_on, id=f"visit_{n}", problems=look.problems) for n, look in enumerate(found))


children = st.builds(
    ChildFacts,
    birth_date=births,
    effective_from=maybe_day,
    dead=st.sampled_from([False] * 5 + [True]),
    hukou_class=st.sampled_from(["220", "220", "121", "111", None]),
    entry=entries,
    parents=st.lists(parents, max_size=3).map(tuple),
    arrangements=st.lists(arrangements, max_size=3).map(tuple),
    looks=st.lists(looks, max_size=2).map(_numbered),
    places=st.lists(places, max_size=2).map(tuple),
    papers=st.builds(Papers, **{name: st.booleans() for name in Papers.__dataclass_fields__}),
)


@dataclass(slots=True)
class Writer:
    """Turns facts into rows. With `chance` some are former rows, whose successors hold something else."""

    chance: random.Random | None = None
    rows: Rows = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, row: dict[str, Any], **changed: Any) -> None:
        row = {"county": COUNTY, "source_unit": UNIT, "recorded_by": "test", "recorded_at": BEFORE, **row}
        whole = {c.name: row.get(c.name) for c in METADATA.tables[table].columns}
        defaults = {"row_version": 1, "verified_status": "verified"}
        whole |= {name: value for name, value in defaults.items() if whole[name] is None}
        if self.chance is None or self.chance.random() < 0.5:
            self.rows[table].append(whole)
        else:
            self.rows[f"{table}_history"].append({**whole, "superseded_at": AFTER})
            # A child's row is there whatever happens: others refer to it.
            if table in ("child", "family", "family_member", "guardianship_arrangement") or self.chance.random() < 0.7:
                self.rows[table].append({**whole, **changed, "recorded_at": AFTER, "row_version": 2})
        if self.chance is not None and changed and self.chance.random() < 0.3:
            older = {**whole, **changed, "recorded_at": BEFORE - timedelta(days=9), "row_version": 0}
            self.rows[f"{table}_history"].append({**older, "superseded_at": BEFORE})


def child_id(number: int) -> str:
    return f"child_{COUNTY}_{number:026d}"


def directory() -> Rows:
    rows: Rows = defaultdict(list)
    for kind, code in DIVISIONS.items():
        if kind is not None:
            rows["admin_division"].append(
                {"code": code, "level": 5, "name": code, "urban_rural_class": kind, "valid_from": date(2000, 1, 1)}
            )
    rows["admin_division"].append(
        {"code": "430621104000", "level": 4, "name": "镇", "urban_rural_class": None, "valid_from": date(2000, 1, 1)}
    )
    for code in (UNIT, SCHOOL):
        rows["organisation"].append(
            {"code": code, "unit_type": code[:2], "level": "township", "division": "430621104000", "name": code,
             "valid_from": date(2000, 1, 1), "is_member_of_conference": False}
        )  # fmt: skip
    rows["worker"].append(
        {"id": "worker_1", "name": "张", "post": "child_director", "unit": UNIT, "division": "430621104000",
         "source_unit": UNIT, "recorded_at": BEFORE, "recorded_by": "test"}
    )  # fmt: skip
    return rows


def write(people: Iterable[ChildFacts], chance: random.Random | None = None) -> Rows:
    """The rows of these children, numbered in order."""
    writer = Writer(chance)
    for number, facts in enumerate(people):
        _child(writer, number, facts)
        _parents(writer, number, facts)
        _care(writer, number, facts)
        _rest(writer, number, facts)
    return writer.rows


def _child(writer: Writer, number: int, facts: ChildFacts) -> None:
    papers, entry, family = facts.papers, facts.entry, f"family_{number}"
    writer.add("family", {"id": family, "main_income_source": "farming" if papers.income else None,
                          "poverty_registered": False}, main_income_source="business")  # fmt: skip
    # Without registration in a known place, `hukou` alone decides whether the column is filled.
    registered = DIVISIONS[facts.hukou_class] if facts.hukou_class or papers.hukou else None
    writer.add(
        "child",
        {
            "id": child_id(number), "child_no": f"{number:016d}", "family_id": family, "name": "张",
            "sex": "1" if papers.sex else "0", "birth_date": facts.birth_date,
            "ethnicity": "01" if papers.ethnicity else None, "effective_from": facts.effective_from,
            "residence_division": DIVISIONS["220"], "residence_address": "1组" if papers.address else None,
            "hukou_division": registered, "citizen_id_status": "none",
            "citizen_id_no": "430621201501010000" if papers.identity and number % 2 else None,
            "lbc_status": "candidate", "lbc_reason": entry.reason, "lbc_since": entry.since, "lbc_until": entry.until,
            "lbc_end_reason": entry.end_reason, "difficulty_flag": papers.in_difficulty,
            "virtual_special_school": False, "responsible_person_id": "worker_1" if papers.responsible else None,
            "access_restriction": "none",
        },
        birth_date=date(2001, 1, 1), lbc_since=date(2001, 1, 1), difficulty_flag=True,
    )  # fmt: skip
    if papers.identity and not number % 2:
        writer.add("hukou_record", {"id": f"hukou_{number}", "child_id": child_id(number), "status": "unregistered",
                                    "unregistered_reason": "other"}, status="registered")  # fmt: skip


def _parents(writer: Writer, number: int, facts: ChildFacts) -> None:
    for place, parent in enumerate(facts.parents):
        member = f"member_{number}_{place}"
        writer.add("family_member", {
            "id": member, "family_id": f"family_{number}", "name": "父", "relation": PARENTS[place],
            "in_household": True, "alive_status": parent.alive_status, "guardianship_capacity": parent.capacity,
            "phone": "138" if parent.reachable else None,
        }, alive_status="alive", guardianship_capacity="capable", phone="139")  # fmt: skip
        for serial, spell in enumerate(parent.spells):
            writer.add("migration_spell", {
                "id": f"{member}_{serial}", "child_id": child_id(number), "parent_id": member,
                "out_since": spell.out_since, "returned_on": spell.returned_on,
                "work_division": "440300000000" if spell.place_known else None,
            }, out_since=date(2001, 1, 1), returned_on=None)  # fmt: skip
    own = {"family_id": f"family_{number}", "name": "子", "in_household": True, "relation": "01"}
    writer.add("family_member", {
        **own, "id": f"member_{number}", "child_id": child_id(number),
        "alive_status": "dead" if facts.dead else "alive",
    }, alive_status="alive")  # fmt: skip


def _care(writer: Writer, number: int, facts: ChildFacts) -> None:
    for place, each in enumerate(facts.arrangements):
        key = {"child_id": child_id(number)}
        writer.add("guardianship_arrangement", {
            **key, "id": f"guardianship_{number}_{place}", "type": each.type, "valid_from": each.valid_from,
            "valid_to": each.valid_to, "carer_name": "祖", "carer_relation": "61",
            "carer_phone": "137" if each.carer_known else None,
        }, type="parent", valid_from=date(2001, 1, 1), valid_to=None)  # fmt: skip
        if each.signed_on:
            writer.add("entrustment_confirmation", {
                **key, "id": f"entrustment_{number}_{place}", "arrangement_id": f"guardianship_{number}_{place}",
                "signed_on": each.signed_on,
            }, signed_on=None)  # fmt: skip


def _rest(writer: Writer, number: int, facts: ChildFacts) -> None:
    key = {"child_id": child_id(number)}
    for look in facts.looks:
        writer.add("visit", {**key, "id": f"{look.id}_{number}", "type": "village", "done_on": look.done_on,
                             "by_unit": UNIT, "problems": sorted(look.problems) or None}, problems=None)  # fmt: skip
    for place, each in enumerate(facts.places):
        writer.add("enrolment", {
            **key, "id": f"enrolment_{number}_{place}", "school_unit": SCHOOL, "status": "enrolled",
            "stage": "primary", "grade": 3 if each.grade_known else None, "valid_from": each.valid_from,
            "valid_to": each.valid_to,
        }, grade=4)  # fmt: skip
    if facts.papers.assisted and number % 2:
        writer.add("assistance", {**key, "id": f"assistance_{number}", "type": "other"})
    elif facts.papers.assisted:
        writer.add("aid_application", {
            **key, "id": f"application_{number}", "application_no": f"SQ{number}", "unit": UNIT, "kind": "other",
            "status": "applied", "applied_on": DAY,
        })  # fmt: skip


def whole(facts: ChildFacts) -> ChildFacts:
    """The facts as rows tell them: who is registered in a known class has a place of registration."""
    return replace(facts, papers=replace(facts.papers, hukou=facts.papers.hukou or facts.hukou_class is not None))


def with_entry(facts: ChildFacts, entry: Entry) -> ChildFacts:
    return replace(facts, entry=entry)
