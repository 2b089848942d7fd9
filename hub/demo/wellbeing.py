"""Body and mind: check-ups, illness, disability, screenings."""

from __future__ import annotations

from hub.demo.child import DAY, Life
from hub.demo.records import told_by
from hub.demo.rows import Row
from hub.demo.scene import Scene

DISABILITIES = ("61", "62", "63", "64", "64", "65", "65", "66", "67")
DEVICES = {"61": "visual_aid", "62": "hearing_aid", "64": "wheelchair"}
ILLNESSES = (("急性淋巴细胞白血病", "C91.0"), ("先天性心脏病", "Q24.9"), ("癫痫", "G40.9"), ("地中海贫血", "D56.9"))
VACCINES = ("MMR", "DTaP", "JE_L", "HepA_L", "MPSV_A")


def add_health(scene: Scene, life: Life) -> None:
    """A check-up of the last year; for the few who are ill a clinical note, for the disabled a certificate."""
    luck = scene.luck
    day = max(scene.anchor - (20 + luck.below(330)) * DAY, min(life.planned.birth + 30 * DAY, scene.anchor - 5 * DAY))
    at = luck.office_hour(day)
    complete = luck.random() < 0.97
    category = luck.pick(DISABILITIES) if life.planned.disabled else None
    clinic = f"MI@{scene.township.code}-01"
    scene.batch.add(
        "health_summary",
        {
            **told_by(clinic, at, duty="HE-3"),
            **life.key,
            "id": luck.row_id("health", life.home.county, at),
            "checkup_on": day,
            **_growth(scene, life),
            "nutrition_status": luck.pick(("normal",) * 24 + ("thin", "stunted", "anaemic", "overweight")),
            "immunisation_complete": complete,
            "missing_vaccines": None if complete else [luck.pick(VACCINES)],
            "health_status": category or ("39" if life.planned.ill else "10"),
        },
    )
    if life.planned.ill:
        _add_illness(scene, life)
    if category:
        _add_disability(scene, life, category)


def _growth(scene: Scene, life: Life) -> Row:
    """Plausible height and weight: about 50 cm at birth, 75 at one year, then 6 a year."""
    luck = scene.luck
    height = (55 + luck.below(15)) if life.age == 0 else 72 + 6 * life.age + luck.below(9)
    weight = (45 + luck.below(45)) if life.age == 0 else 85 + 24 * life.age + luck.below(40 + 6 * life.age)
    return {"height_cm": height, "weight_hg": weight}


def _add_illness(scene: Scene, life: Life) -> None:
    luck = scene.luck
    day = max(scene.anchor - (30 + luck.below(400)) * DAY, life.registered.date())
    at = luck.office_hour(day)
    diagnosis, code = luck.pick(ILLNESSES)
    scene.batch.add(
        "clinical_note",
        {
            **told_by(f"MI@{life.home.county}-01", at, duty="HE-2"),
            **life.key,
            "id": luck.row_id("clinical", life.home.county, at),
            "treating_unit": f"MI@{life.home.county}-01",
            "noted_on": day,
            "has_serious_illness": True,
            "medical_cost_band": luck.pick(("5k_20k", "20k_100k", "over_100k")),
            "diagnosis": diagnosis,
            "diagnosis_code": code,
            "care_needs": "避免剧烈活动，按时复诊",
            "medication": "遵医嘱，由照料人保管",
        },
    )


def _add_disability(scene: Scene, life: Life, category: str) -> None:
    luck, unit = scene.luck, f"DF@{life.home.county}"
    first, last = life.planned.birth + 200 * DAY, scene.anchor - 30 * DAY
    certified = luck.between(first, last) if first < last else last
    at = luck.office_hour(max(certified, min(life.registered.date(), last)))
    grade = str(1 + luck.below(4))
    scene.batch.add(
        "disability",
        {
            **told_by(unit, at, duty="DF-1"),
            **life.key,
            "id": luck.row_id("disability", life.home.county, at),
            "certificate_no": f"{life.number}{category[1]}{grade}",
            "category": category,
            "grade": grade,
            "certified_on": certified,
            "valid_to": certified.replace(year=certified.year + 10, day=min(certified.day, 28)),
            "rehab_plan": luck.pick(
                ("语言训练，每周两次", "运动功能训练，每周三次", "定期评估", "感觉统合训练，每周一次")
            ),
            "rehab_status": luck.pick(("planned", "ongoing", "ongoing", "completed")),
            "device": DEVICES.get(category, "none"),
        },
    )


def add_screening(scene: Scene, life: Life) -> None:
    """Schools screen some of their older pupils."""
    luck, school = scene.luck, life.school
    if school is None or life.planned.stage not in ("primary", "junior") or life.age < 9 or luck.random() > 0.2:
        return
    day = max(scene.anchor - (90 + luck.below(200)) * DAY, life.registered.date())
    at = luck.office_hour(day)
    result = luck.pick(("no_concern",) * 8 + ("watch", "refer"))
    scene.batch.add(
        "psych_screening",
        {
            **told_by(school, at, duty="SC-1"),
            **life.key,
            "id": luck.row_id("screening", life.home.county, at),
            "screened_on": day,
            "by_unit": school,
            "result": result,
            "counselling_status": "none" if result == "no_concern" else luck.pick(("offered", "ongoing", "completed")),
            "note": None if result == "no_concern" else "思念父母，入睡较晚，建议定期谈心",
        },
    )
