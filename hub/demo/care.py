"""Who is away, who cares, since when, on what paper, and whether the child is registered with the police."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hub.demo.child import DAY, Life
from hub.demo.household import Adult
from hub.demo.records import add_with_past, told_by
from hub.demo.rows import Row
from hub.demo.scene import Scene
from hub.derived.keeping import HUB

#: Where parents work: division and industry; cities of other provinces and the provincial capital.
DESTINATIONS = (
    "440300000000", "440100000000", "441900000000", "330100000000", "310000000000", "430100000000", "420100000000",
)  # fmt: skip
INDUSTRIES = ("C", "C", "C", "E", "E", "F", "G", "H", "H", "O")
WORKPLACES = {
    "C": "电子厂", "E": "建筑工地", "F": "批发市场", "G": "物流园", "H": "餐饮店", "O": "家政公司",
}  # fmt: skip
CONTACT = ("daily", "weekly", "weekly", "weekly", "monthly", "rarely")
INTENTIONS = ("undecided", "undecided", "will_not", "will_return", "will_take_child")


def add_migrations(scene: Scene, life: Life) -> None:
    """One spell for each parent who is away."""
    luck, anchor = scene.luck, scene.anchor
    told = told_by(scene.township.unit, life.registered, duty="TW-1")
    for parent in life.home.away:
        industry = luck.pick(INDUSTRIES)
        out = luck.between(
            max(life.planned.birth + 10 * DAY, life.registered.date() - 700 * DAY), life.registered.date()
        )
        scene.batch.add(
            "migration_spell",
            {
                **told,
                **life.key,
                "id": luck.row_id("migration", life.home.county, life.registered),
                "parent_id": parent.id,
                "out_since": out,
                "expected_return": anchor + (100 + luck.below(300)) * DAY if luck.one_in(3) else None,
                "work_division": luck.pick(DESTINATIONS),
                "work_place_detail": f"{life.home.surname}记{WORKPLACES[industry]}{1 + luck.below(90)}号",
                "industry": industry,
                "contact_frequency": luck.pick(CONTACT),
                "last_contact_on": anchor - (1 + luck.below(40)) * DAY,
                "return_intention": luck.pick(INTENTIONS),
            },
        )


def add_guardianship(scene: Scene, life: Life) -> None:
    """The arrangement in force, and what came before it without a gap."""
    luck, started = scene.luck, life.registered
    before: str | None = None
    if life.arranged_on:
        before, started = "none", life.arranged_on
    elif life.left_behind and luck.one_in(30) and not life.planned.story:
        first, latest = life.registered.date() + 30 * DAY, scene.anchor - 2 * DAY
        if first < latest:
            before, started = "entrusted_other", luck.office_hour(luck.between(first, latest))
    if before:
        _add_ended(scene, life, before, started)
    if before == "none":
        _add_finding(scene, life, started)
    arrangement = luck.row_id("guardianship", life.home.county, started)
    row: Row = {
        **told_by(scene.township.unit, started, duty="TW-1"),
        **life.key,
        "id": arrangement,
        "valid_from": started.date(),
        **_now(scene, life),
    }
    scene.batch.add("guardianship_arrangement", row)
    if row["type"].startswith("entrusted") and (life.planned.story or luck.random() < 0.6):
        _add_confirmation(scene, life, arrangement, started.date())


def _add_ended(scene: Scene, life: Life, kind: str, ended: datetime) -> None:
    """A former arrangement; its history shows it as it stood while it was in force."""
    row: Row = {
        **told_by(scene.township.unit, life.registered, duty="TW-1"),
        **life.key,
        "id": scene.luck.row_id("guardianship", life.home.county, life.registered),
        "type": kind,
        "guardian_id": life.home.father.id,
        "valid_from": life.registered.date(),
        "valid_to": ended.date(),
        "ended_reason": "carer_changed" if kind != "none" else "other",
    }
    if kind != "none":
        row |= {"carer_relation": "99", "carer_check_result": "clear", "supervision_status": "ok"}
    add_with_past(scene.batch, "guardianship_arrangement", row, [(ended, {"valid_to": None, "ended_reason": None})])


def _add_finding(scene: Scene, life: Life, cleared: datetime) -> None:
    """What the hub found when the child was entered without a guardian, and cleared when one was named."""
    since = life.registered.date()
    kinds = ["no_guardian", "left_unattended"] if life.planned.age_on(since) < 8 else ["no_guardian"]
    for kind in kinds:
        row: Row = {
            **told_by(scene.township.unit, life.registered),
            **life.key,
            "id": scene.luck.row_id("finding", life.home.county, life.registered),
            "kind": kind,
            "since": since,
            "found_on": since,
            "cleared_on": cleared.date(),
            "recorded_by": HUB,
        }
        add_with_past(scene.batch, "guardianship_finding", row, [(cleared, {"cleared_on": None})])


def _now(scene: Scene, life: Life) -> Row:
    home = life.home
    if not life.left_behind and home.category == "orphan":
        return {"type": "court_appointed", "guardian_id": home.carer.id, **_carer(scene, home.carer)}
    if not life.left_behind and home.category not in ("de_facto_uncared", "guardianship_lack"):
        return {"type": "parent", "guardian_id": home.father.id}
    kind = "entrusted_relative" if home.carer.kin else "entrusted_other"
    if home.category == "guardianship_lack" and scene.luck.one_in(4):
        return {"type": "temporary_village", "guardian_id": home.father.id, "supervision_status": "needs_visit"}
    return {"type": kind, "guardian_id": home.father.id, **_carer(scene, home.carer)}


def _carer(scene: Scene, carer: Adult) -> Row:
    luck = scene.luck
    return {
        "carer_id": carer.id,
        "carer_name": carer.name,
        "carer_relation": carer.relation,
        "carer_phone": carer.phone,
        "carer_check_result": luck.pick(("clear",) * 9 + ("unknown",)),
        "carer_checked_on": scene.anchor - (10 + luck.below(300)) * DAY,
        "supervision_status": luck.pick(("ok",) * 18 + ("needs_visit", "breach")),
    }


def _add_confirmation(scene: Scene, life: Life, arrangement: str, since: date) -> None:
    luck, home = scene.luck, life.home
    signed = min(since + luck.below(20) * DAY, scene.anchor - DAY)
    at = luck.office_hour(signed)
    scene.batch.add(
        "entrustment_confirmation",
        {
            **told_by(home.planned.village.unit, at, duty="VC-2"),
            **life.key,
            "id": luck.row_id("entrustment", home.county, at),
            "arrangement_id": arrangement,
            "signed_on": signed,
            "signed_place": f"{home.planned.village.name}便民服务中心",
            "parties": [home.father.name, home.carer.name],
            "witness_unit": home.planned.village.unit,
            "document": f"file:entrustment/{arrangement[-26:]}",
            "document_hash": f"{luck.getrandbits(256):064x}",
            "notified_school_on": min(signed + timedelta(days=luck.below(10)), scene.anchor),
            "notified_village_on": signed,
            "child_heard": life.age >= 8,
            "child_heard_note": "愿意与照料人共同生活" if life.age >= 8 else None,
        },
    )


REASONS = (
    "outside_policy_birth", "no_birth_certificate", "no_birth_certificate", "unlawful_adoption", "migrated_lost",
)  # fmt: skip


def add_hukou(scene: Scene, life: Life) -> None:
    """Registered now, everyone; for those who once were not, the former state is in the history."""
    luck = scene.luck
    told = told_by(scene.police_station, life.registered, duty="PS-4")
    registered = life.hukou_on.date() if life.hukou_on else life.planned.birth + luck.below(30) * DAY
    row: Row = {
        **told,
        **life.key,
        "id": luck.row_id("hukou", life.home.county, life.registered),
        "status": "registered",
        "registered_on": registered,
        "police_station": scene.police_station,
        "registration_no": f"{scene.township.code}{luck.below(10**9):09d}",
    }
    if not life.hukou_on:
        scene.batch.add("hukou_record", row)
        return
    reason = luck.pick(REASONS)
    row |= {"unregistered_reason": reason, "application_on": registered - 5 * DAY}
    missing = {"status": "unregistered", "registered_on": None, "registration_no": None, "application_on": None}
    add_with_past(scene.batch, "hukou_record", row, [(life.hukou_on, missing)])
