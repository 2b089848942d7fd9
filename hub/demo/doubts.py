"""Where values came from, who doubts them, and when somebody had to look in an emergency."""

from __future__ import annotations

from datetime import timedelta

from hub.demo.child import DAY, Life
from hub.demo.records import person_of, told_by
from hub.demo.scene import Scene

#: A doubt: who asks, who owns the value, entity, field, class, what is claimed.
DOUBTS = (
    ("ED", "TW", "Child", "residence_address", "D04", "已随祖母搬至邻村"),
    ("PS", "TW", "Child", "name", "D01", "户籍姓名用字不同"),
    ("HE", "DF", "Disability", "grade", "D16", "复评等级有变化"),
    ("ED", "PS", "Child", "citizen_id_no", "D02", "号码与学籍不一致"),
)
ANSWERS = (
    ("accepted", "经核实，予以更正"),
    ("refused", "经核实，原值无误"),
    ("requested", None),
    ("disputed", "双方意见不一"),
)


def add_doubts(scene: Scene, life: Life) -> None:
    """Provenance for one file in twenty, a correction for one in four hundred, a past emergency reading for few."""
    luck = scene.luck
    if luck.one_in(20):
        _add_provenance(scene, life)
    if luck.one_in(400):
        _add_correction(scene, life)
    if luck.one_in(2500):
        _add_lease(scene, life)


def _add_provenance(scene: Scene, life: Life) -> None:
    luck = scene.luck
    at = life.hukou_on or life.registered
    scene.batch.add(
        "value_provenance",
        {
            **told_by(scene.police_station, at, duty="PS-4"),
            **life.key,
            "id": luck.row_id("provenance", life.home.county, at),
            "entity": "Child",
            "row_id": life.id,
            "field_name": "citizen_id_no",
            "data_class": "D02",
        },
    )


def _add_correction(scene: Scene, life: Life) -> None:
    luck = scene.luck
    requester, owner, entity, name, data_class, claimed = luck.pick(DOUBTS)
    place = {"TW": scene.township.code}
    asked = luck.office_hour(max(scene.anchor - (8 + luck.below(120)) * DAY, life.registered.date()))
    status, reason = luck.pick(ANSWERS)
    unit = f"{requester}@{life.home.county}"
    decided = min(asked + 6 * DAY, luck.office_hour(scene.anchor - DAY)) if status != "requested" else None
    scene.batch.add(
        "correction_request",
        {
            **told_by(unit, asked),
            **life.key,
            "id": luck.row_id("correction", life.home.county, asked),
            "requester_unit": unit,
            "owner_unit": f"{owner}@{place.get(owner, life.home.county)}",
            "entity": entity,
            "row_id": life.id,
            "field_name": name,
            "data_class": data_class,
            "claimed_value": claimed,
            "evidence": "file:evidence/correction",
            "status": status,
            "requested_at": asked,
            "due_at": asked + 14 * DAY,
            "decided_at": max(decided, asked) if decided else None,
            "decision_reason": reason,
        },
    )


def _add_lease(scene: Scene, life: Life) -> None:
    """An emergency reading that is long over and was reviewed."""
    luck = scene.luck
    at = luck.office_hour(max(scene.anchor - (5 + luck.below(200)) * DAY, life.registered.date()))
    unit = f"{luck.pick(('HE', 'PS', 'CA'))}@{life.home.county}"
    reviewed = at + timedelta(hours=20)
    scene.batch.add(
        "break_glass",
        {
            **told_by(unit, at),
            **life.key,
            "id": luck.row_id("lease", life.home.county, at),
            "kind": "emergency",
            "unit": unit,
            "person": person_of(unit),
            "ground": "find_carer",
            "reason": "夜间急诊，需联系监护人",
            "lease_from": at,
            "lease_until": at + timedelta(hours=3),
            "reviewer": person_of(f"JC@{life.home.county}"),
            "reviewed_at": reviewed,
            "review_result": "justified" if luck.below(8) else "unjustified",
        },
    )
