"""The whole city as a stream of batches: reference data first, then township by township, then the conference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from hub.demo import conference, duties, owing
from hub.demo.chance import chance, moment
from hub.demo.facts import ANCHOR, CITY, SEED, Totals
from hub.demo.id_numbers import IdNumbers
from hub.demo.office import Desk, places_of
from hub.demo.places import County, build_counties, recoded
from hub.demo.plan import Plan, PlannedHousehold, plan_city
from hub.demo.reference import reference_rows
from hub.demo.rows import Batch
from hub.demo.scene import Scene, Shared, Staff
from hub.demo.township import write_township
from hub.demo.units import Units, build_units
from hub.demo.workforce import hire
from hub.policy.book import PolicyBook, load_policies

Writer = Callable[[Scene, Sequence[PlannedHousehold]], Batch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What stands before any child: places, units, workers, and their rows."""

    anchor: date
    counties: tuple[County, ...]
    units: Units
    staff: Staff
    batches: tuple[Batch, ...]

    def shared(self) -> Shared:
        return Shared(
            anchor=self.anchor,
            numbers=IdNumbers(),
            units=self.units,
            staff=self.staff,
            recoded=recoded(self.counties),
        )


def lay_ground(anchor: date, homes: int) -> Ground:
    counties = build_counties()
    units = build_units(counties)
    hired, staff = hire(counties, units, homes)
    reference = reference_rows(counties, units, recoded(counties))
    return Ground(anchor=anchor, counties=counties, units=units, staff=staff, batches=(reference, hired))


def city(anchor: date = ANCHOR, totals: Totals = CITY) -> Iterator[tuple[str, Batch]]:
    """Batches in an order in which every row finds the rows it points to; each with a name for progress."""
    book = load_policies(version=1)
    ground = lay_ground(anchor, totals.homes)
    for batch in ground.batches:
        yield "区划、机构、人员、场所", batch
    plan = plan_city(ground.counties, totals, anchor)
    yield from people(plan, ground.shared(), write_township)
    yield "联席会议", _conference(ground.counties, ground.units, anchor, book)


def people(plan: Plan, shared: Shared, write: Writer, *purpose: object) -> Iterator[tuple[str, Batch]]:
    """The plan's households, township by township; each township has its own stream of chance."""
    for county in plan.counties:
        for township in county.townships:
            luck = chance(SEED, "township", township.code, *purpose)
            scene = Scene(shared=shared, luck=luck, county=county, township=township)
            yield county.name, write(scene, plan.households.get(township.code, ()))


def _conference(counties: Sequence[County], units: Units, anchor: date, book: PolicyBook) -> Batch:
    batch = Batch()
    desks = [
        Desk(place=place, batch=batch, luck=chance(SEED, "conference", place.code), anchor=anchor)
        for place in places_of(counties)
    ]
    ledger = owing.Ledger.of(book, units, moment(anchor))
    duties.add_catalogue(desks[0], book)
    for desk in desks:
        conference.hold_conference(desk)
        duties.assign_year(desk, book)
        owing.owe(desk, ledger)
        duties.oversee(desk)
        duties.exchange(desk)
    duties.allocate(desks)
    return batch
