"""Assistance that families get, and what they have applied for at which unit."""

from __future__ import annotations

from datetime import date, datetime

from hub.demo.child import DAY, Life, category_of
from hub.demo.records import told_by
from hub.demo.rows import Row
from hub.demo.scene import Scene

BY_CATEGORY = {
    "poverty": "minimum_living",
    "own_illness": "medical",
    "own_disability": "disability_allowances",
    "orphan": "orphan",
    "de_facto_uncared": "de_facto_uncared",
    "guardianship_lack": "temporary",
}
BANDS = {"orphan": "1000_2000", "de_facto_uncared": "1000_2000", "temporary": "lump_sum", "medical": "lump_sum"}


def add_assistance(scene: Scene, life: Life) -> None:
    """Low-income allowance and the like: rare among left-behind children, usual in the second population."""
    luck = scene.luck
    if life.left_behind:
        if life.home.poor and luck.random() < 0.42:
            kind = "extreme_poverty" if luck.one_in(17) else "minimum_living"
            _add(scene, life, kind)
        if life.planned.disabled:
            _add(scene, life, "disability_allowances")
    elif (kind := BY_CATEGORY.get(category_of(life), "")) and luck.random() < 0.9:
        _add(scene, life, kind)


def _add(scene: Scene, life: Life, kind: str) -> None:
    luck, unit = scene.luck, f"CA@{life.home.county}"
    applied = min(life.registered.date() + luck.below(300) * DAY, scene.anchor - 20 * DAY)
    at = luck.office_hour(applied + 15 * DAY)
    rejected = luck.one_in(25)
    scene.batch.add(
        "assistance",
        {
            **told_by(unit, at, duty="CA-4"),
            **life.key,
            "id": luck.row_id("assistance", life.home.county, at),
            "type": kind,
            "applied_on": applied,
            "decision": "rejected" if rejected else "granted",
            "valid_from": None if rejected else at.date(),
            "amount_band": None if rejected else BANDS.get(kind, "under_500"),
            "rejected_reason": "家庭人均收入高于标准" if rejected else None,
        },
    )


#: Kind of application: (unit type, share of households in ten thousand).
APPLICATIONS = (
    ("social_assistance", "CA", 60), ("housing", "HO", 25), ("employment", "HR", 40), ("training", "AG", 20),
    ("union_aid", "TU", 20), ("legal_aid", "JU", 12), ("poverty_support", "RW", 20),
)  # fmt: skip
STATUSES = ("applied", "accepted", "accepted", "granted", "granted", "closed", "rejected")
DECIDED = frozenset({"granted", "closed", "rejected"})


def add_applications(scene: Scene, life: Life) -> None:
    """A few households have applied for something; while that is open the unit may look at what it needs."""
    for kind, unit_type, share in APPLICATIONS:
        if scene.luck.random() * 10_000 < share:
            _add_application(scene, life, kind, f"{unit_type}@{life.home.county}")


def _add_application(scene: Scene, life: Life, kind: str, unit: str) -> None:
    luck = scene.luck
    applied = max(scene.anchor - (5 + luck.below(300)) * DAY, life.registered.date())
    at, status = luck.office_hour(applied), luck.pick(STATUSES)
    decided = min(applied + 12 * DAY, scene.anchor) if status in DECIDED else None
    application = luck.row_id("application", life.home.county, at)
    serial = scene.shared.next_serial(f"application/{life.home.county}")
    scene.batch.add(
        "aid_application",
        {
            **told_by(unit, at),
            **life.key,
            "id": application,
            "application_no": f"SQ{life.home.county}-{applied.year}-{serial:05d}",
            "unit": unit,
            "kind": kind,
            "applicant_id": life.home.carer.id,
            "status": status,
            "applied_on": applied,
            "decided_on": decided,
        },
    )
    _add_outcome(scene, life, (kind, unit, application, status), at=at, decided=decided)


def _add_outcome(
    scene: Scene, life: Life, filed: tuple[str, str, str, str], *, at: datetime, decided: date | None
) -> None:
    """What the deciding unit keeps of its own on an application."""
    kind, unit, application, status = filed
    luck = scene.luck
    state = {"applied": "planned", "accepted": "in_progress", "granted": "done", "closed": "closed"}
    row: Row = {
        **told_by(unit, at), **life.key, "application_id": application, "unit": unit,
        "status": state.get(status, "rejected"),
    }  # fmt: skip
    if kind == "housing":
        band = luck.pick(("crowded", "crowded", "dangerous", "homeless"))
        support = luck.pick(("public_rental", "rent_subsidy", "rebuilding"))
        identifier = luck.row_id("housing", life.home.county, at)
        scene.batch.add(
            "housing_support",
            {**row, "id": identifier, "housing_band": band, "kind": support, "decided_on": decided},
        )
    elif kind in ("employment", "training", "union_aid"):
        _add_employment(scene, life, row, kind)
    elif kind == "legal_aid":
        identifier = luck.row_id("aid", life.home.county, at)
        matter = luck.pick(("maintenance", "wages", "injury", "guardianship"))
        done = status in DECIDED
        scene.batch.add(
            "legal_aid",
            {
                **row, "id": identifier, "matter": matter, "priority": True, "closed_on": decided if done else None,
                "outcome": "双方达成协议" if status in ("granted", "closed") else None,
            },
        )  # fmt: skip


def _add_employment(scene: Scene, life: Life, row: Row, kind: str) -> None:
    luck = scene.luck
    kinds = {"employment": "job_offer", "training": "training", "union_aid": "union_aid"}
    scene.batch.add(
        "employment_support",
        {
            **row,
            "id": luck.row_id("employment", life.home.county, row["recorded_at"]),
            "parent_id": life.home.mother.id,
            "kind": kinds[kind],
            "employment_status": luck.pick(("employed_away", "unemployed", "employed_local")),
            "trade": luck.pick(("C", "H", "O", "A")),
            "result": "已在县内就业" if row["status"] == "done" else None,
        },
    )
