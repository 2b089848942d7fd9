"""What is sealed or hidden stays so by every way that leads past it: kin, cases, parties, events, the past."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hub.database import Role
from hub.policy.book import load_policies
from hub.policy.compile import compile_grant
from hub.policy.grant import Subject
from hub.query.answer import Answered
from schema.registry import METADATA
from tests.conftest import MakeDatabase
from tests.query.asking import asker
from tests.query.small_city import COUNTY, child_id, fill
from tests.reference.fast import FastPath
from tests.reference.worlds import NOW

SEALED, SIBLING, SHELTERED, ACCUSED = child_id(0), child_id(1), child_id(2), child_id(3)
VILLAGE, SHELTER = "VC@430621104201", "RS@430621-01"
OFFICE = "CA@430621"
PROVENANCE = {"source_unit": OFFICE, "recorded_at": "2026-01-01T00:00:00Z", "recorded_by": "test"}


def row(kind: str, number: int, **said: Any) -> dict[str, Any]:
    return {"county": COUNTY, "id": f"{kind}_{COUNTY}_{number}", **PROVENANCE, **said}


def case(number: int, child: str, **said: Any) -> dict[str, Any]:
    return row(
        "case", number, child_id=child, case_no=f"2026-{number}", opened_from="report", opened_on="2026-06-01",
        stage="EMERGENCY", lead_unit=OFFICE, **said,
    )  # fmt: skip


def case_rows(number: int, child: str, *units: str) -> Iterator[tuple[str, dict[str, Any]]]:
    of_case = {"child_id": child, "case_id": f"case_{COUNTY}_{number}"}
    for i, unit in enumerate(units):
        since = {"role": "participant", "since": "2026-06-01"}
        yield "case_party", row("party", 10 * number + i, unit=unit, **since, **of_case)
    at = {"type": "placed", "at": "2026-06-02T00:00:00Z", "by_unit": units[-1], "must_know_units": list(units)}
    yield "case_event", row("event", number, summary=f"summary {number}", **at, **of_case)
    known = {"event_id": f"event_{COUNTY}_{number}", "unit": units[-1]}
    yield "case_knowledge", row("knowledge", number, **known, **of_case)


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    since = {"valid_from": "2016-09-01", "level": "county", "division": "430621000000"}
    yield "organisation", {"code": SHELTER, "unit_type": "RS", "name": SHELTER, **since, **PROVENANCE}
    yield "family", row("family", 1, household_no="1")
    for number, child in enumerate((SEALED, SIBLING)):
        member = {"family_id": f"family_{COUNTY}_1", "relation": "20", "name": ("封存", "公开")[number]}
        yield "family_member", row("member", number, child_id=child, **member)
    yield "protection_case", case(1, SHELTERED)
    yield from case_rows(1, SHELTERED, OFFICE, "ED@430621", SHELTER)
    hidden = {"place_type": "rescue_station", "facility_unit": SHELTER, "location_hidden": True}
    place = {"child_id": SHELTERED, "case_id": f"case_{COUNTY}_1", "valid_from": "2026-06-02"}
    yield "placement", row("placement", 1, **hidden, **place)
    yield "protection_case", case(2, ACCUSED, sealed=True)
    yield from case_rows(2, ACCUSED, OFFICE, "ED@430621")


@pytest.fixture(scope="module")
def fast(make_database: MakeDatabase, worker_id: str) -> Iterator[FastPath]:
    database = make_database(f"hidden_{worker_id}")
    fill(database)
    child = METADATA.tables["child"]
    with database.engine(Role.MIGRATOR).begin() as connection:
        for table, values in rows():
            connection.execute(METADATA.tables[table].insert(), values)
        kin = child.update().where(child.c.id.in_((SEALED, SIBLING)))
        connection.execute(kin.values(family_id=f"family_{COUNTY}_1"))
        connection.execute(child.update().where(child.c.id == SEALED).values(access_restriction="sealed"))
    made = FastPath(database.conninfo(Role.READER))
    yield made
    made.close()


def ask(fast: FastPath, unit: str, text: str, **variables: Any) -> Any:
    who = asker(unit)
    subject = Subject(unit_type=who.unit_type, level=who.level)
    grant = compile_grant(load_policies(), subject, ("officer", "handling_officer"), day=NOW.date())
    answered = fast.ask(text, variables, grant, who)
    assert isinstance(answered, Answered), answered
    return json.loads(answered.data)


def test_sealed_child_is_not_met_among_its_kin(fast: FastPath) -> None:
    text = "query ($id: ID!) { child(id: $id) { family { members { name } } } familyMembers { nodes { name } } }"
    found = ask(fast, VILLAGE, text, id=SIBLING)
    assert [member["name"] for member in found["child"]["family"]["members"]] == ["公开"]
    assert [member["name"] for member in found["familyMembers"]["nodes"]] == ["公开"]


def test_kin_are_not_found_by_a_sealed_childs_name(fast: FastPath) -> None:
    text = "query ($n: String!) { children(filter: {family: {members: {name: {eq: $n}}}}) { nodes { id } } }"
    assert ask(fast, VILLAGE, text, n="封存")["children"]["nodes"] == []
    assert ask(fast, VILLAGE, text, n="公开")["children"]["nodes"] == [{"id": SIBLING}]


@pytest.mark.parametrize("unit", ["ED@430621", "CT@430621"])
def test_hidden_shelter_is_named_nowhere_in_its_case(fast: FastPath, unit: str) -> None:
    text = "{ cases { nodes { caseNo parties { unit } } } caseParties { nodes { unit } } }"
    found = ask(fast, unit, text)
    assert SHELTER not in json.dumps(found)


def test_party_that_is_the_shelter_has_no_name(fast: FastPath) -> None:
    found = ask(fast, "ED@430621", "{ cases { nodes { caseNo parties { unit } } } }")["cases"]["nodes"]
    assert [(one["caseNo"], [party["unit"] for party in one["parties"]]) for one in found] == [
        ("2026-1", [OFFICE, "ED@430621", None])
    ]


def test_units_that_must_know_do_not_name_the_shelter(fast: FastPath) -> None:
    text = "{ caseEvents { nodes { type byUnit mustKnowUnits } } }"
    found = ask(fast, OFFICE, text)["caseEvents"]["nodes"]
    assert found != [] and SHELTER not in json.dumps(found)


@pytest.mark.parametrize("moment", [None, "2026-03-01T00:00:00Z", "2026-11-01T00:00:00Z"])
def test_sealed_case_of_an_open_child_is_shown_in_no_part(fast: FastPath, moment: str | None) -> None:
    parts = (
        "cases { nodes { caseNo } }",
        "caseEvents { nodes { summary } }",
        "caseParties { nodes { unit case { caseNo } } }",
    )
    for part in parts:
        written = part.replace(" {", f'(asOf: "{moment}") {{', 1) if moment else part
        assert "2026-2" not in json.dumps(ask(fast, "ED@430621", f"{{ {written} }}"))
    text = "query ($id: ID!) { child(id: $id) { id cases { caseNo } } }"
    assert ask(fast, "ED@430621", text, id=ACCUSED)["child"]["cases"] in ([], None)
