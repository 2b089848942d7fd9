"""Families: parents who are away or not, the carer at home, and the rows of the household."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.demo import names
from hub.demo.chance import Chance
from hub.demo.names import SURNAMES
from hub.demo.plan import LEFT_BEHIND, PlannedHousehold
from hub.demo.records import told_by
from hub.demo.rows import Row
from hub.demo.scene import Scene

YEAR = timedelta(days=365)
#: Opening of the national register of left-behind children; nobody was recorded before.
REGISTER_OPENED = date(2017, 10, 10)

FATHER, MOTHER = "51", "52"
GRANDPARENTS = ("61", "62", "63", "64")
OTHER_CARERS = ("81", "83", "84", "85", "88", "90", "97", "99")  # uncles, aunts, other kin, a neighbour
MEN = frozenset({FATHER, "61", "63", "81", "83", "85"})
NOT_KIN = "99"


@dataclass(slots=True, kw_only=True)
class Adult:
    id: str
    name: str
    relation: str
    sex: str
    birth: date
    number: str
    phone: str

    @property
    def kin(self) -> bool:
        return self.relation != NOT_KIN


@dataclass(slots=True, kw_only=True)
class Home:
    """A household with its adults; what other modules need to write about its children."""

    planned: PlannedHousehold
    family_id: str
    surname: str
    registered: datetime
    address: str
    father: Adult
    mother: Adult
    carer: Adult  # who cares while the parents are away; at home beside them where they are not
    poor: bool
    category: str | None  # of difficulty, for the second population
    stays: str | None  # the parent who is at home but cannot care, where only one is away

    @property
    def county(self) -> str:
        return self.planned.county.code

    @property
    def village(self) -> str:
        return self.planned.village.code

    @property
    def away(self) -> tuple[Adult, ...]:
        """The parents who work elsewhere."""
        if self.planned.population != LEFT_BEHIND:
            return ()
        return tuple(parent for parent in (self.father, self.mother) if parent.relation != self.stays)

    @property
    def parents_dead(self) -> bool:
        return self.category == "orphan"


CATEGORIES = (
    ("poverty", 49), ("guardianship_lack", 17), ("guardianship_failure", 6), ("orphan", 7),
    ("de_facto_uncared", 18), ("other", 3),
)  # fmt: skip
_BY_WEIGHT = tuple(category for category, weight in CATEGORIES for _ in range(weight))


def found_home(scene: Scene, planned: PlannedHousehold) -> Home:
    """Makes up the adults of a household; the first child that is entered opens its file."""
    luck = scene.luck
    surname = luck.pick(SURNAMES)
    oldest = min(child.birth for child in planned.children)
    left_behind = planned.population == LEFT_BEHIND
    story = planned.children[0].story
    registered = luck.office_hour(_registered_on(luck, oldest, scene.anchor))
    father_born = oldest - 20 * YEAR - timedelta(days=luck.below(14 * 365))
    adults = Adults(scene, registered)
    carer_relation = "83" if story else luck.pick(GRANDPARENTS if planned.grandparents else OTHER_CARERS)
    carer_surname = surname if carer_relation in ("61", "81", "83", "90") else luck.pick(SURNAMES)
    elder = planned.grandparents
    return Home(
        planned=planned,
        family_id=luck.row_id("family", planned.county.code, registered),
        surname=surname,
        registered=registered,
        address=f"{planned.county.name}{planned.township.name}{planned.village.name}"
        f"{1 + luck.below(18)}组{1 + luck.below(60)}号",
        father=adults.make(FATHER, surname, father_born),
        mother=adults.make(MOTHER, luck.pick(SURNAMES), father_born + timedelta(days=luck.below(1200))),
        carer=adults.make(carer_relation, carer_surname, father_born - (22 if elder else 2) * YEAR),
        poor=luck.random() < (0.029 if left_behind else 0.4),
        category=None if left_behind else luck.pick(_BY_WEIGHT),
        stays=luck.pick((FATHER, MOTHER)) if left_behind and not story and luck.one_in(10) else None,
    )


def _registered_on(luck: Chance, oldest: date, anchor: date) -> date:
    """When the file was opened: not before the register was, and some weeks before the anchor day at the latest."""
    first = max(oldest + timedelta(days=20), REGISTER_OPENED)
    latest = anchor - timedelta(days=20)
    return luck.between(first, min(first + 4 * YEAR, latest)) if first < latest else latest


class Adults:
    """Makes adults of one household."""

    def __init__(self, scene: Scene, at: datetime) -> None:
        self.scene, self.at = scene, at

    def make(self, relation: str, surname: str, birth: date) -> Adult:
        sex = "1" if relation in MEN else "2"
        luck, county = self.scene.luck, self.scene.county.code
        return Adult(
            id=luck.row_id("member", county, self.at),
            name=names.adult_name(luck, surname, sex),
            relation=relation,
            sex=sex,
            birth=birth,
            number=self.scene.shared.numbers.issue(county, birth, sex),
            phone=names.phone(luck),
        )


def add_family(scene: Scene, home: Home) -> None:
    """The family's row and those of its adults; children are added as members with themselves."""
    luck, batch = scene.luck, scene.batch
    told = told_by(home.planned.township.unit, home.registered, duty="TW-1")
    children = len(home.planned.children)
    key = {"county": home.county, "family_id": home.family_id}
    batch.add(
        "family",
        {
            **told,
            "county": home.county,
            "id": home.family_id,
            "household_no": f"H{home.county}{scene.shared.next_serial('household/' + home.county):06d}",
            "household_size": children + 3,
            "minors_count": children,
            "main_income_source": "migrant_work" if home.away else luck.pick(("farming", "local_work", "assistance")),
            "income_band": "below_minimum" if home.poor else luck.pick(("low", "low", "middle", "middle", "above")),
            "poverty_registered": home.poor,
            "poverty_since": date(2016 + luck.below(5), 12, 1) if home.poor else None,
        },
    )
    for adult in (home.father, home.mother, home.carer):
        batch.add("family_member", {**told, **key, **_adult(adult), **_standing(luck, home, adult)})


def _adult(adult: Adult) -> Row:
    return {
        "id": adult.id,
        "name": adult.name,
        "relation": adult.relation,
        "sex": adult.sex,
        "birth_date": adult.birth,
        "citizen_id_no": adult.number,
        "phone": adult.phone,
        "in_household": adult.kin,
    }


def _standing(luck: Chance, home: Home, adult: Adult) -> Row:
    """Whether the adult lives and can be guardian."""
    parent = adult.relation in (FATHER, MOTHER)
    if parent and home.parents_dead:
        return {
            "alive_status": "dead",
            "marital_status": "20",
            "guardianship_capacity": "lost",
            "incapacity_cause": "dead",
        }
    if adult.relation == home.stays:
        cause = luck.pick(("serious_illness", "serious_disability"))
        return {**ALIVE, "guardianship_capacity": "lost", "incapacity_cause": cause}
    if parent and home.category in ("de_facto_uncared", "guardianship_lack"):
        cause = luck.pick(("imprisoned", "out_of_contact", "serious_disability", "compulsory_treatment", "missing"))
        custody = cause if cause in ("imprisoned", "compulsory_treatment") else "none"
        return {
            **ALIVE,
            "alive_status": "missing" if cause == "missing" else "alive",
            "guardianship_capacity": "lost",
            "incapacity_cause": cause,
            "custody_status": custody,
        }
    return {**ALIVE, "guardianship_capacity": "capable" if parent else luck.pick(("capable", "capable", "limited"))}


ALIVE = {"alive_status": "alive", "marital_status": "20"}
