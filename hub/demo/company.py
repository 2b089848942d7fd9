"""Who comes to see the children: visits, pairings with volunteers, services, and the evaluator's sample."""

from __future__ import annotations

from datetime import date

from hub.demo import names
from hub.demo.child import DAY, Life
from hub.demo.facts import PREFECTURE
from hub.demo.records import told_by
from hub.demo.scene import Scene

PROBLEMS = ("poor_contact", "carer_weak", "emotion", "absence", "poor_hygiene", "safety_hazard")
#: One household in so many is one in which the latest visit found a child alone; its findings are still open.
ALONE_IN_ONE_OF = 2500
PAIRING_UNITS = ("WF", "WF", "YL", "CG", "TU")
EVALUATOR = f"TE@{PREFECTURE}-01"


def add_visits(scene: Scene, life: Life) -> None:
    """Every child in the register was visited by the village in the last half year, some by others too."""
    luck, village = scene.luck, life.home.planned.village.unit
    if life.left_behind or luck.one_in(2):
        _add_visit(scene, life, ("village", village), scene.shared.staff.directors[life.home.village])
    if luck.one_in(8):
        supervisor = scene.shared.staff.supervisors[scene.township.code]
        _add_visit(scene, life, (luck.pick(("cadre", "supervision", "spot_check")), scene.township.unit), supervisor)


def _add_visit(scene: Scene, life: Life, who: tuple[str, str], worker: str) -> None:
    luck, (kind, unit) = scene.luck, who
    day = max(scene.anchor - (3 + luck.below(170)) * DAY, min(life.registered.date(), scene.anchor - 2 * DAY))
    at = luck.office_hour(day)
    problem = luck.pick(PROBLEMS) if luck.one_in(9) else None
    if life.left_behind and life.home.planned.serial % ALONE_IN_ONE_OF == 7 and not life.planned.story:
        problem = "living_alone"
    scene.batch.add(
        "visit",
        {
            **told_by(unit, at, duty="VC-1" if kind == "village" else "TW-1"),
            **life.key,
            "id": luck.row_id("visit", life.home.county, at),
            "type": kind,
            "planned_on": day - luck.below(5) * DAY,
            "done_on": day,
            "by_unit": unit,
            "worker_id": worker,
            "met_whom": f"儿童本人、照料人{life.home.carer.name}",
            "guardianship_ok": problem not in ("carer_weak", "living_alone"),
            "living_ok": problem != "poor_hygiene",
            "study_ok": problem != "absence",
            "emotion_ok": problem not in ("emotion", "poor_contact"),
            "safety_ok": problem != "safety_hazard",
            "problems": [problem] if problem else None,
            "note": "已提醒照料人并约定复访" if problem else "情况正常",
            "next_due": day + 90 * DAY,
        },
    )


def add_pairing(scene: Scene, life: Life) -> None:
    """One child in twelve has a volunteer; a unit that has ended its pairing is no longer assigned."""
    luck = scene.luck
    if not luck.one_in(12) or life.planned.story:
        return
    unit = f"{luck.pick(PAIRING_UNITS)}@{life.home.county}"
    started = max(scene.anchor - (20 + luck.below(600)) * DAY, life.registered.date())
    at = luck.office_hour(started)
    ended = luck.one_in(7)
    scene.batch.add(
        "pairing",
        {
            **told_by(unit, at),
            **life.key,
            "id": luck.row_id("pairing", life.home.county, at),
            "unit": unit,
            "volunteer_id": luck.pick(scene.shared.staff.volunteers[unit]),
            "task_no": f"JD{life.home.county}-{scene.shared.next_serial('pairing'):06d}",
            "status": "ended" if ended else "active",
            "valid_from": started,
            "valid_to": min(started + 300 * DAY, scene.anchor - DAY) if ended else None,
            "consent_of_guardian": True,
            "vetting_result": "clear",
            "vetted_on": started - 10 * DAY,
        },
    )
    if not ended:
        add_service(scene, life, (unit, luck.pick(("activity", "counselling", "after_school", "family_call"))), started)


def add_service(scene: Scene, life: Life, what: tuple[str, str], since: date) -> None:
    luck, (unit, kind) = scene.luck, what
    day = luck.between(since, scene.anchor - DAY)
    at = luck.office_hour(day)
    homes = scene.shared.staff.homes.get(scene.township.code)
    scene.batch.add(
        "service_record",
        {
            **told_by(unit, at),
            **life.key,
            "id": luck.row_id("service", life.home.county, at),
            "kind": kind,
            "by_unit": unit,
            "by_name": names.anybody(luck),
            "served_on": day,
            "facility_id": luck.pick(homes) if homes else None,
            "minutes": 30 * (1 + luck.below(4)),
            "outcome": "参与积极",
        },
    )


def add_sample(scene: Scene, life: Life) -> None:
    """The evaluator is shown a small sample until its engagement ends."""
    luck = scene.luck
    if not luck.one_in(180):
        return
    at = luck.office_hour(max(scene.anchor - 12 * DAY, life.registered.date()))
    scene.batch.add(
        "evaluation_sample",
        {
            **told_by(f"JC@{PREFECTURE}", at, duty="JC-1"),
            **life.key,
            "id": luck.row_id("sample", life.home.county, at),
            "unit": EVALUATOR,
            "task_no": f"PG{PREFECTURE}-{scene.anchor.year}-01",
            "drawn_on": at.date(),
            "until": scene.anchor + 300 * DAY,
        },
    )
