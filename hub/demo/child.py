"""The child's own file, its past states, and the child as a member of the family."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hub.demo import names
from hub.demo.chance import CHINA, Chance, chance, moment
from hub.demo.facts import SEED
from hub.demo.household import Home
from hub.demo.places import STORY_TOWNSHIP
from hub.demo.plan import LEFT_BEHIND, PlannedChild
from hub.demo.records import Change, add_with_past, told_by
from hub.demo.rows import Row
from hub.demo.scene import Scene

DAY = timedelta(days=1)
ETHNICITIES = ("01",) * 60 + ("15", "06", "12", "13")
#: The id of the child whose story the guide tells; everything else of the story is in story.py.
STORY_CHILD = chance(SEED, "story").row_id("child", STORY_TOWNSHIP[:6], moment(date(2018, 3, 5)))
#: The household whose first child bears the long name.
LONG_NAME_IN = 4306


@dataclass(slots=True, kw_only=True)
class Life:
    """A child with what the tables around it need."""

    planned: PlannedChild
    home: Home
    id: str
    child_no: str
    name: str
    number: str
    registered: datetime
    age: int  # on the anchor day
    hukou_on: datetime | None  # when a child without registration was registered
    arranged_on: datetime | None  # when a child without guardian was given a carer
    school: str | None = None  # unit code

    @property
    def key(self) -> Row:
        return {"county": self.home.county, "child_id": self.id}

    @property
    def left_behind(self) -> bool:
        return self.planned.population == LEFT_BEHIND


def begin_life(scene: Scene, planned: PlannedChild, home: Home) -> Life:
    """Names the child, dates its file, and dates what was put right since."""
    luck, anchor = scene.luck, scene.anchor
    opened = min(max(home.registered.date(), planned.birth + 20 * DAY), anchor - 20 * DAY)
    registered = max(home.registered, luck.office_hour(opened))

    def later(low: int, high: int) -> datetime:
        first = registered.date() + low * DAY
        return luck.office_hour(luck.between(first, min(first + high * DAY, anchor - 2 * DAY)))

    return Life(
        planned=planned,
        home=home,
        id=STORY_CHILD if planned.story else luck.row_id("child", home.county, registered),
        child_no=f"{home.village}{scene.shared.next_serial(home.village):04d}",
        name=_name(luck, planned, home),
        number=scene.shared.numbers.issue(home.county, planned.birth, planned.sex),
        registered=registered,
        age=planned.age_on(anchor),
        hukou_on=later(5, 300) if planned.unregistered_once else None,
        arranged_on=later(3, 40) if planned.unguarded_once else None,
    )


def _name(luck: Chance, planned: PlannedChild, home: Home) -> str:
    if planned.story:
        return home.surname + names.STORY_GIVEN_NAME
    if home.planned.serial == LONG_NAME_IN and planned is home.planned.children[0]:
        return names.LONG_NAME
    return names.child_name(luck, home.surname, planned.sex)


def add_child(scene: Scene, life: Life) -> None:
    """The file as it is now, its former states, and the child among the members of the family."""
    home, luck = life.home, scene.luck
    told = told_by(scene.township.unit, life.registered, duty="TW-1")
    own: Row = {"name": life.name, "sex": life.planned.sex, "birth_date": life.planned.birth}
    row = {
        **told,
        **own,
        "county": home.county,
        "id": life.id,
        "child_no": life.child_no,
        "family_id": home.family_id,
        "citizen_id_no": life.number,
        "citizen_id_status": "verified",
        "ethnicity": luck.pick(ETHNICITIES),
        "residence_division": home.village,
        "residence_address": home.address,
        "hukou_division": _registered_in(scene, home),
        "child_phone": names.phone(luck) if life.age >= 10 and luck.one_in(3) else None,
        "responsible_person_id": scene.shared.staff.directors[home.village],
        **(_left_behind(luck, life) if life.left_behind else _in_difficulty(life)),
        **_flags(luck, life),
    }
    add_with_past(scene.batch, "child", row, list(_past(scene, life)))
    member = {
        **told, **own, "county": home.county, "family_id": home.family_id, "child_id": life.id,
        "id": luck.row_id("member", home.county, life.registered), "relation": "01", "alive_status": "alive",
        "citizen_id_no": life.number,
    }  # fmt: skip
    add_with_past(scene.batch, "family_member", member, [(life.hukou_on, NO_NUMBER)] if life.hukou_on else [])


NO_NUMBER: Row = {"citizen_id_no": None}
NO_HUKOU: Row = {"citizen_id_no": None, "citizen_id_status": "none", "hukou_division": None}
#: The file is open, the household is not yet on it: nobody can say whether the child is left behind.
CANDIDATE: Row = {"family_id": None, "lbc_status": "candidate", "lbc_reason": None, "lbc_since": None}


def _registered_in(scene: Scene, home: Home) -> str:
    """A village of the township: who has moved to its street or town is still registered in the countryside."""
    villages = [village.code for village in scene.township.villages if village.urban_class.startswith("2")]
    return home.village if home.village in villages else villages[home.planned.serial % len(villages)]


def _left_behind(luck: Chance, life: Life) -> Row:
    registered = life.registered.date()
    since = luck.between(max(life.planned.birth + 10 * DAY, registered - 400 * DAY), registered)
    reason = "one_away_other_incapable" if life.home.stays else "both_away"
    return {"lbc_status": "active", "lbc_reason": reason, "lbc_since": since}


def _in_difficulty(life: Life) -> Row:
    return {"lbc_status": "not_eligible", "difficulty_flag": True, "difficulty_category": category_of(life)}


def category_of(life: Life) -> str:
    """What makes the child's life difficult: what is the matter with itself comes first."""
    if life.planned.disabled:
        return "own_disability"
    if life.planned.ill:
        return "own_illness"
    return life.home.category or "other"


def _flags(luck: Chance, life: Life) -> Row:
    flags = [
        flag
        for flag, holds in (
            ("disabled_or_ill", life.planned.disabled or life.planned.ill),
            ("hardship", life.home.poor),
            ("withdrawn", life.planned.story or (life.age >= 6 and luck.one_in(30))),
            ("bad_conduct", life.age >= 11 and not life.planned.story and luck.one_in(60)),
        )
        if holds
    ]
    row: Row = {"priority_flags": flags} if flags else {}
    if "bad_conduct" in flags and life.age >= 13 and luck.one_in(4):
        row |= {
            "virtual_special_school": True,
            "virtual_special_school_since": life.registered.date(),
            "virtual_special_school_reason": "多次夜不归宿，由学校会同派出所列入",
        }
    if life.planned.sealed:
        row |= {"access_restriction": "sealed", "access_restriction_reason": "依法封存"}
    return row


def _past(scene: Scene, life: Life) -> list[Change]:
    """Changes of the file: recognised, registered with the police, division recoded, moved within the township."""
    luck, changes = scene.luck, list[Change]()
    latest = luck.office_hour(scene.anchor - 2 * DAY)
    if life.left_behind and luck.one_in(20):
        changes.append((min(life.registered + (5 + luck.below(40)) * DAY, latest), CANDIDATE))
    if life.hukou_on:
        changes.append((life.hukou_on, NO_HUKOU))
    if scene.township.code == scene.shared.recoded.successor.code:
        changes.append(_recoded(scene, life))
    elif luck.one_in(50) and not life.planned.story:
        before = luck.pick(scene.township.villages)
        if before.code != life.home.village:
            place = life.home.address[: life.home.address.index(life.home.planned.village.name)]
            address = f"{place}{before.name}{1 + luck.below(18)}组{1 + luck.below(60)}号"
            at = min(life.registered + (50 + luck.below(400)) * DAY, latest)
            changes.append((at, {"residence_division": before.code, "residence_address": address}))
    return changes


def _recoded(scene: Scene, life: Life) -> Change:
    recoded = scene.shared.recoded
    at = datetime.combine(recoded.since, time(), UTC) - CHINA
    old = recoded.former.code + life.home.village[9:]
    if life.hukou_on and life.hukou_on > at:
        return at, {"residence_division": old}
    registered = recoded.former.code + _registered_in(scene, life.home)[9:]
    return at, {"residence_division": old, "hukou_division": registered}
