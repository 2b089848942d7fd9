"""The people appointed for children and the places kept for them; all 212 homes among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hub.demo import names
from hub.demo.chance import Chance, chance, moment
from hub.demo.facts import SEED, apportion
from hub.demo.places import County, Township
from hub.demo.records import person_of, told_by
from hub.demo.rows import Batch, Row
from hub.demo.scene import Staff
from hub.demo.units import Units, credit_code

APPOINTED = moment(date(2019, 9, 2))
VOLUNTEERS = (
    ("WF", "loving_mother", 16), ("YL", "volunteer", 12), ("CG", "elder_volunteer", 8), ("TU", "volunteer", 6),
)  # fmt: skip
INSTITUTIONS = (("WI", "welfare_institution", "社会福利中心"), ("RS", "rescue_station", "救助管理站"))
VILLAGE_PLACES = (("farm_library", "农家书屋"), ("mutual_aid_house", "互助幸福院"), ("happy_home", "儿童快乐家园"))
EQUIPMENT = ("video_call", "telephone", "books", "computer", "sport", "counselling_room", "sandplay_room", "rest_room")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiring:
    """Makes workers and facilities and remembers who serves where."""

    luck: Chance
    batch: Batch
    staff: Staff

    def worker(self, unit: str, post: str, division: str) -> str:
        luck = self.luck
        worker = luck.plain_id("worker", APPOINTED)
        self.batch.add(
            "worker",
            {
                **told_by(unit, APPOINTED),
                "id": worker,
                "name": names.anybody(luck),
                "person": person_of(unit) if post in ("child_director", "child_supervisor") else None,
                "post": post,
                "unit": unit,
                "division": division,
                "appointed_on": date(2019 + luck.below(6), 1 + luck.below(12), 1),
                "training_hours": 8 * luck.below(12),
                "contact": names.phone(luck),
            },
        )
        return worker

    def facility(self, kind: str, unit: str, division: str, name: str, **more: object) -> str:
        luck = self.luck
        facility, capacity = luck.plain_id("facility", APPOINTED), 20 + 10 * luck.below(9)
        row: Row = {
            **told_by(unit, APPOINTED),
            "id": facility,
            "type": kind,
            "name": name,
            "unit": unit,
            "division": division,
            "status": "operating",
            "capacity": capacity,
            "in_use": luck.below(capacity),
            "equipment": luck.sample(EQUIPMENT, 3),
            "built_on": date(2012 + luck.below(10), 1 + luck.below(12), 1),
            "funding": luck.pick(("county", "prefecture", "lottery", "donation")),
            "open_hours": "周一至周日 8:30-17:30",
            "duty_24h": False,
        }
        self.batch.add("facility", {**row, **more})
        return facility


def hire(counties: Sequence[County], units: Units, homes: int) -> tuple[Batch, Staff]:
    """All workers and facilities of the city."""
    hiring = Hiring(luck=chance(SEED, "workforce"), batch=Batch(), staff=Staff())
    for county in counties:
        _staff_county(hiring, county)
        for township in county.townships:
            _staff_township(hiring, township)
    _build_homes(hiring, counties, units, homes)
    return hiring.batch, hiring.staff


def _staff_county(hiring: Hiring, county: County) -> None:
    staff, division = hiring.staff, county.division
    for unit_type, post, count in VOLUNTEERS:
        unit = county.unit(unit_type)
        staff.volunteers[unit] = [hiring.worker(unit, post, division) for _ in range(count)]
    social = f"SW@{county.code}-01"
    staff.volunteers[social] = [hiring.worker(social, "social_worker", division) for _ in range(8)]
    hiring.worker(social, "counsellor", division)
    for unit_type, kind, words in INSTITUTIONS:
        unit = f"{unit_type}@{county.code}-01"
        code, address = credit_code(hiring.luck, "12"), f"{county.name}{words}"
        staff.shelters[unit] = hiring.facility(
            kind, unit, division, county.name + words, duty_24h=True, code_uscc=code, address=address
        )
    rescue, civil = f"RS@{county.code}-01", county.unit("CA")
    # A shelter's address is nowhere, not even in its own row.
    staff.shelters[f"shelter/{county.code}"] = hiring.facility(
        "temporary_shelter", rescue, division, f"{county.name}临时庇护场所", duty_24h=True, open_hours=None
    )
    hiring.facility("protection_centre", civil, division, f"{county.name}未成年人救助保护中心", duty_24h=True)
    hiring.facility("colourful_cabin", county.unit("YL"), division, f"{county.name}七彩小屋")
    hiring.facility("womens_home", county.unit("WF"), division, f"{county.name}妇女之家")


def _staff_township(hiring: Hiring, township: Township) -> None:
    hiring.staff.supervisors[township.code] = hiring.worker(township.unit, "child_supervisor", township.division)
    for village in township.villages:
        hiring.staff.directors[village.code] = hiring.worker(village.unit, "child_director", village.code)
        if hiring.luck.one_in(3):
            hiring.worker(village.unit, "child_protection_worker", village.code)
    library = hiring.luck.pick(township.villages)
    kind, words = hiring.luck.pick(VILLAGE_PLACES)
    hiring.facility(kind, library.unit, library.code, f"{township.name}{library.name}{words}")


def _build_homes(hiring: Hiring, counties: Sequence[County], units: Units, homes: int) -> None:
    """Homes for left-behind children: one in three at a primary school, the others in villages."""
    sites = [(c, t) for c in counties for t in c.townships]
    counts = apportion(homes, [c.weight * 1000 // len(c.townships) + 400 for c, _ in sites])
    for (county, township), count in zip(sites, counts, strict=True):
        built = hiring.staff.homes.setdefault(township.code, [])
        for i in range(count):
            where = f"{county.name}{township.name}"
            if i % 3 == 1:
                school = units.schools_for(township, "primary")[0]
                built.append(hiring.facility("home_school", school.code, school.division, f"{school.name}留守儿童之家"))
            else:
                village = township.villages[i % len(township.villages)]
                address = where + village.name
                name = f"{address}留守儿童之家"
                built.append(hiring.facility("home_village", village.unit, village.code, name, address=address))
