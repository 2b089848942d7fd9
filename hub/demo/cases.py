"""Protection cases at every stage, the parents who were criticised, and the rights cases that were settled."""

from __future__ import annotations

from datetime import timedelta

from hub.demo import names
from hub.demo.casework import SITUATIONS, CaseFile
from hub.demo.chance import moment
from hub.demo.child import DAY, Life
from hub.demo.company import add_service
from hub.demo.plan import STAGES
from hub.demo.records import person_of
from hub.demo.scene import Scene

DUTIES = ("T12", "T13", "T14", "T15")
NARRATIVES = {
    "guardian_neglect": "照料人连续多日未接送，儿童独自往返学校。",
    "living_alone": "儿童独自居住，父母均在外地，照料人已离开。",
    "suspected_domestic_violence": "发现儿童手臂有新旧不一的淤青，自述被责打。",
    "abandoned_or_uncared": "家中无成年人，生活无着。",
    "suspected_accident": "放学途中摔伤，家中无人处理。",
    "guardian_incapable": "照料人突发重病住院，无人接替。",
    "multiple_injuries": "就诊时发现多处损伤。",
    "suspected_unlawful_harm": "儿童向老师反映遭他人侵害。",
    "missing": "儿童未按时返家，联系不上。",
}


def add_cases(scene: Scene, life: Life) -> None:
    """Whatever cases the plan gives the child."""
    if life.planned.criticised:
        _criticism(scene, life)
    if life.planned.rights_case:
        _rights(scene, life)
    if life.planned.stage_reached:
        _protection(scene, life)


def _criticism(scene: Scene, life: Life) -> None:
    """Found without a guardian on a visit: parents called back or a carer named, parents criticised, closed."""
    village, station, township = life.home.planned.village.unit, scene.police_station, scene.township.unit
    found = life.registered + timedelta(hours=1)
    case = CaseFile(scene=scene, life=life, now=found, origin="visit", lead=township, duties=("T02", "T13"), risk="3")
    case.join(township, "lead")
    case.join(village, "participant")
    case.event("visited", village, "D32", "走访发现儿童无人监护", to=(township, station))
    case.later(hours=3)
    case.reach("emergency")
    case.join(station, "participant")
    measured = {"started_at": case.now, "ended_at": case.now + timedelta(hours=20), "contacts_tried": 2}
    case.add(
        "emergency_measure", "measure", station, measure="order_return_or_carer", by_unit=station,
        officer=person_of(station, "handling_officer"),
        contact_log="电话联系父母，要求立即返回或确定受委托监护人", **measured,
    )  # fmt: skip
    case.event("measure_taken", station, "D24", "责令父母返回或确定受委托监护人", to=(township,))
    case.later(days=1)
    case.reach("intervention")
    for parent in (life.home.father, life.home.mother)[: life.planned.criticised]:
        case.add(
            "sanction", "sanction", station, kind="criticism", subject_id=parent.id, by_unit=station,
            decided_on=case.now.date(), facts="外出务工，未委托他人照护", reaction="corrected",
        )  # fmt: skip
    case.event("sanctioned", station, "D26", "对父母进行批评教育", to=(township, village))
    if life.arranged_on:
        case.now = max(case.now, life.arranged_on) + timedelta(hours=1)
    case.reach("closed")
    case.finish("safe_at_home")


def _rights(scene: Scene, life: Life) -> None:
    """A child's rights upheld by mediation."""
    justice, township = f"JU@{life.home.county}", scene.township.unit
    opened = max(moment(scene.anchor - (60 + scene.luck.below(500)) * DAY, 10), life.registered)
    case = CaseFile(
        scene=scene, life=life, now=opened, origin="hotline", lead=justice, duties=("T07", "JU-2"), risk="3"
    )
    case.join(justice, "lead")
    case.join(township, "participant")
    case.event("report_received", justice, "D22", "热线反映儿童权益受损", to=(township,))
    case.later(days=2)
    matter = scene.luck.pick(("maintenance", "injury", "wages", "guardianship"))
    accepted = case.now.date()
    case.later(days=9)
    case.add(
        "legal_aid", "aid", justice, unit=justice, matter=matter, referred_by=township, priority=True, status="closed",
        accepted_on=accepted, lawyer=names.anybody(scene.luck), closed_on=case.now.date(),
        outcome="经调解达成协议并履行",
    )  # fmt: skip
    case.event("service_done", justice, "D21", "调处完成", to=(township,))
    case.later(days=3)
    case.reach("closed")
    case.finish("safe_at_home")


def _protection(scene: Scene, life: Life) -> None:
    """A case played from its report to the stage the plan says."""
    reached = life.planned.stage_reached
    index, serial = STAGES.index(reached), scene.shared.next_serial("protection")
    back = 6 + 14 * min(index, 8) + scene.luck.below(20)
    opened = max(moment(scene.anchor - back * DAY, 9), life.registered)
    case = CaseFile(
        scene=scene, life=life, now=opened, origin="report", lead=scene.township.unit, duties=DUTIES,
        situation=SITUATIONS[serial % len(SITUATIONS)],
    )  # fmt: skip
    acts = {
        "reported": report, "accepted": accept, "emergency": take_measure, "assessment": assess, "plan": make_plan,
        "intervention": intervene, "judicial": go_to_court, "follow_up": follow_up,
    }  # fmt: skip
    steps = STAGES[: min(index, 7) + 1] if reached != "referred_out" else STAGES[:2]
    for step in steps:
        case.reach(step)
        acts[step](case)
        case.later(days=3, hours=2)
    if reached in ("closed", "referred_out"):
        case.reach(reached)
        case.finish("safe_at_home" if reached == "closed" else "moved", sealed=life.planned.sealed)
    else:
        case.finish()


def reporter_of(case: CaseFile) -> tuple[str, str]:
    """Kind and unit of who reported: the school if the child has one, else village, hospital or social workers."""
    choices = [("village_committee", case.life.home.planned.village.unit), ("medical", f"MI@{case.county}-01")]
    if case.life.school:
        choices += [("school", case.life.school)] * 3
    choices.append(("social_work", f"SW@{case.county}-01"))
    return case.scene.luck.pick(choices)


def report(case: CaseFile) -> None:
    """A concern is reported to the police station; what it did about it stands in the same row."""
    scene, station = case.scene, case.scene.police_station
    kind, unit = reporter_of(case)
    started = case.now
    reached = STAGES.index(case.life.planned.stage_reached) if case.life.planned.stage_reached else len(STAGES)
    done = reached >= STAGES.index("emergency")
    case.join(station, "participant")
    case.later(hours=2)
    serial = scene.shared.next_serial(f"report/{case.county}")
    case.add(
        "concern_report", "report", station, report_no=f"QB{case.county}-{started.year}-{serial:04d}",
        division=case.life.home.village, reporter_class=kind, reporter_unit=unit,
        reporter_identity=names.anybody(scene.luck), situation_types=[case.situation],
        immediate_danger=case.situation in ("multiple_injuries", "suspected_domestic_violence", "missing"),
        narrative=NARRATIVES[case.situation], discovered_at=started - timedelta(hours=2), reported_at=started,
        received_at=started + timedelta(minutes=3), accepted_at=case.now if reached else None,
        status="disposed" if done else "accepted" if reached else "received", receiving_unit=station,
        handling_officer=person_of(station, "handling_officer"), false_or_duplicate="valid",
        dispatch_at=case.now + timedelta(minutes=5) if done else None,
        first_measure_at=case.now + timedelta(minutes=55) if done else None,
        result="case_opened" if done else None, result_notified_units=[unit, case.lead] if done else None,
        result_notified_at=case.now + timedelta(hours=6) if done else None,
    )  # fmt: skip
    case.event("report_received", station, "D22", "接到强制报告", to=(case.lead, f"CA@{case.county}"))


def accept(case: CaseFile) -> None:
    station, civil = case.scene.police_station, f"CA@{case.county}"
    case.join(case.lead, "lead")
    case.event("report_accepted", station, "D22", "受理报告，启动核查", to=(case.lead, civil))
    case.later(hours=1)
    case.event("dispatched", station, "D24", "出警到场核查")


def take_measure(case: CaseFile) -> None:
    """An emergency measure; the police notify the township, civil affairs co-lead from here."""
    station, civil = case.scene.police_station, f"CA@{case.county}"
    case.join(civil, "co_lead")
    case.join(case.life.home.planned.village.unit, "participant")
    over = STAGES.index(case.life.planned.stage_reached) > STAGES.index("emergency")
    case.add(
        "emergency_measure", "measure", station, measure=MEASURES.get(case.situation, "contact_relatives"),
        by_unit=station, officer=person_of(station, "handling_officer"), started_at=case.now,
        ended_at=case.now + timedelta(days=1) if over else None, contacts_tried=1 + case.scene.luck.below(4),
        contact_log="已电话联系父母", escort_from=case.life.home.address, escort_to_kind="relative",
    )  # fmt: skip
    case.event("measure_taken", station, "D24", "采取应急处置措施", to=(case.lead, civil))
    case.later(hours=5)
    case.event("notified", station, "D24", "向乡镇通报处置情况", to=(case.lead,))


MEASURES = {
    "living_alone": "order_return_or_carer",
    "missing": "missing_search",
    "suspected_domestic_violence": "stop_violence_shelter",
    "multiple_injuries": "medical_help",
    "suspected_accident": "medical_help",
    "abandoned_or_uncared": "escort_to_care",
}


def assess(case: CaseFile) -> None:
    """The township leads; police, health and education each add the part they know."""
    luck, civil = case.scene.luck, f"CA@{case.county}"
    health = f"MI@{case.county}-01"
    case.join(health, "participant")
    contributors = [civil, case.scene.police_station, health]
    if case.life.school:
        case.join(case.life.school, "participant")
        contributors.append(case.life.school)
    case.risk = luck.pick(("1", "2", "2", "3"))
    started = case.now.date()
    case.event("assessment_started", case.lead, "D27", "启动调查评估", to=contributors)
    case.later(days=4)
    scores = {name: 40 + luck.below(55) for name in ("safety_score", "guardianship_score", "mind_body_score")}
    case.add(
        "assessment", "assessment", case.lead, lead_unit=case.lead, started_on=started, completed_on=case.now.date(),
        contributors=contributors, risk_level=case.risk, conclusion="监护存在风险，需制定帮扶计划", **scores,
        safety_note="居住环境基本安全", guardianship_note="照料人精力不足，与父母联系少",
        mind_body_note="情绪低落，建议疏导",
        schooling_score=60 + luck.below(40) if case.life.school else None,
        schooling_note="出勤正常，成绩中等" if case.life.school else None,
    )  # fmt: skip
    case.event("assessment_done", case.lead, "D27", "完成调查评估", to=contributors)


def make_plan(case: CaseFile) -> None:
    """Two or three things that providers undertake."""
    social = f"SW@{case.county}-01"
    items = [
        ("guardianship_guidance", f"WF@{case.county}"), ("counselling", social), ("medical", f"MI@{case.county}-01"),
        ("legal_service", f"JU@{case.county}"),
    ]  # fmt: skip
    for kind, provider in case.scene.luck.sample(items, 2 + case.scene.luck.below(2)):
        case.join(provider, "provider")
        done = case.life.planned.stage_reached in ("follow_up", "closed")
        serial = case.scene.shared.next_serial(f"task/{case.county}")
        case.add(
            "service_plan_item", "plan", case.lead, type=kind, provider_unit=provider,
            task_no=f"RW{case.county}-{case.now.year}-{serial:05d}", due=case.now.date() + 30 * DAY,
            status="done" if done else case.scene.luck.pick(("ordered", "accepted", "in_progress")),
            goal="改善监护与亲子沟通", outcome="目标达成" if done else None,
        )  # fmt: skip
    case.event("plan_made", case.lead, "D28", "制定帮扶计划", to=tuple(case.parties[:4]))


def intervene(case: CaseFile) -> None:
    """The parents are admonished or warned; where the home is not safe a child of the second population is placed."""
    station, luck = case.scene.police_station, case.scene.luck
    kind = luck.pick(("admonition", "warning_letter", "family_education_order", "public_order_penalty"))
    case.add(
        "sanction", "sanction", station, kind=kind, subject_id=case.life.home.father.id, by_unit=station,
        decided_on=case.now.date(), document_no=f"岳公{case.now.year}第{luck.below(900) + 100}号",
        facts="未依法履行监护职责", reaction=luck.pick(("corrected", "partly", "not_corrected")),
    )  # fmt: skip
    case.event("sanctioned", station, "D26", "对监护人作出处理", to=(case.lead, case.life.home.planned.village.unit))
    if not case.life.left_behind:
        _place(case)


def _place(case: CaseFile) -> None:
    home, civil = f"WI@{case.county}-01", f"CA@{case.county}"
    case.later(hours=6)
    case.join(home, "participant")
    open_ended = case.life.planned.stage_reached in ("intervention", "judicial")
    case.add(
        "placement", "placement", civil, place_type="welfare_institution",
        facility_id=case.scene.shared.staff.shelters[home], facility_unit=home, valid_from=case.now.date(),
        valid_to=None if open_ended else min(case.now.date() + 20 * DAY, case.scene.anchor),
        received_by=names.anybody(case.scene.luck),
        handover_by=names.anybody(case.scene.luck), handover_signed_at=case.now, guardianship_kind="temporary",
        legal_basis="92_4", review_due=case.now.date() + 180 * DAY,
    )  # fmt: skip
    case.event("placed", civil, "D31", "福利机构临时监护照料", to=(case.lead, home))


def go_to_court(case: CaseFile) -> None:
    """Civil affairs petition the county's court; the procuratorate supports the suit."""
    court, civil, procuratorate = (f"{unit}@{case.county}" for unit in ("CT", "CA", "PR"))
    filed = case.now.date()
    case.event("petition_filed", civil, "D29", "申请撤销监护人资格并另行指定监护人", to=(court, case.lead))
    case.later(days=2)
    case.join(court, "court")
    case.join(procuratorate, "prosecutor")
    over = case.life.planned.stage_reached in ("follow_up", "closed")
    accepted = case.now
    if over:
        case.later(days=6)
    serial = case.scene.shared.next_serial(f"docket/{case.county}")
    case.add(
        "petition", "petition", court, type="revoke", applicant_unit=civil, applicant_kind="civil_affairs",
        filed_on=filed,
        court_unit=court, docket_no=f"({filed.year})湘{case.county}民特{serial}号", accepted_at=accepted,
        status="ruled" if over else "hearing", ruling="rejected" if over else None, ruled_at=case.now if over else None,
        effective_on=case.now.date() if over else None,
    )  # fmt: skip
    case.add("prosecution_stage", "prosecution", procuratorate, by_unit=procuratorate, stage="suit_supported",
             entered_on=case.now.date(), court_unit=court)  # fmt: skip
    if over:
        case.event("ruled", court, "D29", "驳回申请，责令改正", to=(civil, case.lead))
    if case.life.planned.sealed:
        case.add(
            "juvenile_measure", "juvenile", procuratorate, kind="conditional_non_prosecution", by_unit=procuratorate,
            valid_from=case.now.date(), content="附条件不起诉，考察期六个月", sealed_on=case.now.date(),
        )  # fmt: skip


def follow_up(case: CaseFile) -> None:
    social = f"SW@{case.county}-01"
    case.join(social, "provider")
    add_service(case.scene, case.life, (social, "counselling"), min(case.now.date(), case.scene.anchor - DAY))
    case.event("visited", social, "D32", "回访，情况稳定", to=(case.lead,))
