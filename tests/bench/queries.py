"""The five questions that are measured, and the values they are asked with."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hub.database import Database, Role
from tests.bench import data

#: Who asks: the civil affairs bureau of a county, whose duties open all of it; its statistics bureau for totals.
UNIT = f"CA@{data.COUNTY}"
STATISTICS = f"ST@{data.COUNTY}"
ROLES = frozenset({"officer"})

_TEN = "id childNo name sex birthDate ethnicity residenceDivision hukouDivision lbcStatus difficultyFlag"

Variables = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Ids and codes of the asking county, in random order."""

    children: Sequence[str]
    villages: Sequence[str]
    townships: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question; its variants differ in the values of the variables alone."""

    name: str
    title: str
    document: str
    variants: Callable[[Samples], list[Variables]]
    unit: str = UNIT
    goal_bound: float  # share of the bound that is aimed at
    goal_plain: float = 0  # times plain Strawberry
    goal_peer: float = 0  # times PostGraphile


QUERIES = (
    Query(
        name="Q1",
        title="one child, 8 fields",
        document="query($id: ID!) { child(id: $id) "
        "{ id childNo name sex birthDate residenceDivision hukouDivision lbcStatus } }",
        variants=lambda samples: [{"id": child} for child in samples.children],
        goal_bound=0.25,
        goal_plain=30,
        goal_peer=5,
    ),
    Query(
        name="Q2",
        title="page of 50, 10 fields",
        document="query($division: String!) { children(first: 50, filter: { residenceDivision: { eq: $division } }) "
        f"{{ nodes {{ {_TEN} }} }} }}",
        variants=lambda samples: [{"division": village} for village in samples.villages],
        goal_bound=0.5,
        goal_plain=30,
        goal_peer=5,
    ),
    Query(
        name="Q3",
        title="page of 50 with guardians, enrolment, open cases, last three events",
        document="query($division: String!) { children(first: 50, filter: { residenceDivision: { eq: $division } }) "
        "{ nodes { id childNo name sex birthDate residenceDivision "
        "guardianships(first: 5, filter: { validTo: { isNull: true } }) "
        "{ id type carerName carerRelation carerPhone validFrom } "
        "enrolments(first: 1, filter: { validTo: { isNull: true } }) { id schoolUnit status stage grade } "
        "cases(first: 5, filter: { closedOn: { isNull: true } }) { id caseNo stage openedOn "
        "events(first: 3, orderBy: [{ field: AT, direction: DESC }]) { id type at byUnit } } } } }",
        variants=lambda samples: [{"division": village} for village in samples.villages],
        goal_bound=0.5,
        goal_plain=30,
        goal_peer=4,
    ),
    Query(
        name="Q4",
        title="page of 1,000, 15 fields",
        document="query($division: String!) "
        "{ children(first: 1000, filter: { residenceDivision: { within: $division } }) "
        f"{{ nodes {{ {_TEN} residenceAddress lbcReason lbcSince difficultyCategory citizenIdStatus }} }} }}",
        variants=lambda samples: [{"division": township} for township in samples.townships],
        goal_bound=0.6,
        goal_plain=15,
        goal_peer=4,
    ),
    Query(
        name="Q5",
        title="counts by division",
        document="{ childStatistics(groupBy: [DIVISION]) { rows { keys count } } }",
        variants=lambda samples: [{}],
        unit=STATISTICS,
        goal_bound=0.6,
    ),
)


def person_of(unit: str) -> str:
    return f"officer:{unit}"


def draw_samples(database: Database, most: int) -> Samples:
    """At most so many of each, the same in every run over the same data."""
    choose = random.Random(7)
    with database.connect(Role.READER) as connection:
        rows = connection.execute(
            "select id, residence_division from child where county = %s order by id", (data.COUNTY,)
        ).fetchall()
    children = [row[0] for row in rows]
    villages = sorted({row[1] for row in rows})
    townships = sorted({f"{village[:9]}000" for village in villages})

    def some(values: list[str]) -> list[str]:
        return choose.sample(values, min(most, len(values)))

    return Samples(children=some(children), villages=some(villages), townships=some(townships))
