"""One child whose story runs through school, police, township, civil affairs, procuratorate and court.

Every id is fixed, so that a guide, a test or a screenshot can name them. What seven units see of this child
differs visibly: that is what the story is for.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hub.demo import names
from hub.demo.casework import CaseFile
from hub.demo.chance import chance, moment
from hub.demo.child import DAY, STORY_CHILD, Life
from hub.demo.facts import SEED
from hub.demo.places import STORY_TOWNSHIP, STORY_VILLAGE
from hub.demo.records import add_with_past, person_of, told_by
from hub.demo.rows import Row
from hub.demo.scene import Scene

COUNTY = STORY_TOWNSHIP[:6]
CHILD_ID = STORY_CHILD
CASE_ID = chance(SEED, "story", "case").row_id("case", COUNTY, moment(date(2026, 6, 18)))
CASE_NO = f"BH{COUNTY}-2026-9001"
CHILD_NO = f"{STORY_VILLAGE}0001"

VILLAGE, TOWNSHIP, STATION = f"VC@{STORY_VILLAGE}", f"TW@{STORY_TOWNSHIP}", f"PS@{STORY_TOWNSHIP}-01"
SCHOOL, HOSPITAL, RESCUE, SOCIAL = f"SC@{STORY_TOWNSHIP}-02", f"MI@{COUNTY}-01", f"RS@{COUNTY}-01", f"SW@{COUNTY}-01"
CIVIL, POLICE, EDUCATION, HEALTH, JUSTICE = (f"{unit}@{COUNTY}" for unit in ("CA", "PS", "ED", "HE", "JU"))
WOMEN, PROCURATORATE, COURT, LABOUR = (f"{unit}@{COUNTY}" for unit in ("WF", "PR", "CT", "HR"))

#: An officer of the education bureau who is the child's uncle and carer, and stands accused in the case.
UNCLE = f"uncle:{EDUCATION}"
DUTIES = ("T12", "T13", "T14", "T15")


def add_story(scene: Scene, life: Life) -> None:
    """Plays the story, from the teacher's report to the court."""
    case = CaseFile(
        scene=scene, life=life, now=_time(scene, 75, 9), origin="report", lead=TOWNSHIP, duties=DUTIES,
        situation="suspected_domestic_violence", id=CASE_ID, case_no=CASE_NO,
    )  # fmt: skip
    _uncle(scene, life)
    _guardianship(scene, life)
    _report(case)
    _first_night(case)
    _investigation(case)
    _assessment(case)
    _plan(case)
    _court(case)
    _company(case)
    case.finish(accused_persons=[UNCLE])


def _time(scene: Scene, days_before: int, hour: int) -> datetime:
    return moment(scene.anchor - days_before * DAY, hour)


def _uncle(scene: Scene, life: Life) -> None:
    at = moment(date(2021, 3, 1))
    scene.batch.add(
        "user_account",
        {
            **told_by(EDUCATION, at), "id": scene.luck.plain_id("user", at), "person": UNCLE, "unit": EDUCATION,
            "name": life.home.carer.name, "citizen_id_no": life.home.carer.number, "kind": "human",
            "roles": ["officer"], "clearance": 4, "division_scope": f"{COUNTY}000000", "mfa": True,
            "valid_from": at.date(),
        },
    )  # fmt: skip


def _guardianship(scene: Scene, life: Life) -> None:
    """Entrusted to the uncle until the night of the report; since then civil affairs are temporary guardian.

    The kind of guardianship names no institution: it is read on the guardian's side too, and the place is hidden.
    """
    placed = _time(scene, 75, 20)
    key, carer = life.key, life.home.carer
    row: Row = {
        **told_by(TOWNSHIP, life.registered, duty="TW-1"), **key,
        "id": scene.luck.row_id("guardianship", COUNTY, life.registered), "type": "entrusted_relative",
        "guardian_id": life.home.father.id, "carer_id": carer.id, "carer_name": carer.name,
        "carer_relation": carer.relation, "carer_phone": carer.phone, "valid_from": life.registered.date(),
        "valid_to": placed.date(), "ended_reason": "placed", "carer_check_result": "blocked",
        "carer_checked_on": placed.date() + 2 * DAY, "supervision_status": "breach",
    }  # fmt: skip
    before = {
        "valid_to": None, "ended_reason": None, "carer_check_result": "clear", "supervision_status": "ok",
        "carer_checked_on": life.registered.date(),
    }  # fmt: skip
    add_with_past(scene.batch, "guardianship_arrangement", row, [(placed, before)])
    scene.batch.add(
        "guardianship_arrangement",
        {
            **told_by(CIVIL, placed, duty="CA-5"), **key, "id": scene.luck.row_id("guardianship", COUNTY, placed),
            "type": "temporary_civil_affairs", "guardian_id": life.home.father.id, "valid_from": placed.date(),
            "supervision_status": "ok",
        },
    )  # fmt: skip


def _report(case: CaseFile) -> None:
    """Morning: the school reports, the police station accepts and goes."""
    reported = case.now
    case.join(STATION, "participant")
    case.later(hours=1)
    case.join(TOWNSHIP, "lead")
    case.join(SCHOOL, "participant")
    case.join(VILLAGE, "participant")
    case.add(
        "concern_report", "report", STATION, report_no=f"QB{COUNTY}-2026-9001", division=STORY_VILLAGE,
        reporter_class="school", reporter_unit=SCHOOL, reporter_identity=names.anybody(case.scene.luck),
        situation_types=["suspected_domestic_violence", "multiple_injuries"], immediate_danger=True,
        narrative="班主任晨检时发现儿童手臂、后背有新旧不一的淤青，儿童称被叔父责打，不敢回家。",
        attachments=["file:report/9001-1"], discovered_at=reported - timedelta(minutes=40), reported_at=reported,
        received_at=reported + timedelta(minutes=2), accepted_at=case.now, status="disposed", receiving_unit=STATION,
        handling_officer=HANDLER, false_or_duplicate="valid", dispatch_at=case.now + timedelta(minutes=4),
        first_measure_at=case.now + timedelta(minutes=50), result="placed",
        result_notified_units=[SCHOOL, TOWNSHIP, CIVIL], result_notified_at=_time(case.scene, 74, 10),
    )  # fmt: skip
    case.event("report_received", STATION, "D22", "接到学校强制报告", to=(TOWNSHIP, CIVIL))
    case.reach("accepted")
    case.event("report_accepted", STATION, "D22", "受理并告知报告单位", to=(SCHOOL,))
    case.now = _time(case.scene, 75, 11)
    case.event("dispatched", STATION, "D24", "出警到校，制止侵害")


HANDLER = person_of(STATION, "handling_officer")


def _first_night(case: CaseFile) -> None:
    """Examined, escorted, placed where the guardian's side does not know."""
    scene = case.scene
    case.reach("emergency")
    case.join(CIVIL, "co_lead")
    case.join(HOSPITAL, "provider")
    case.now = _time(scene, 75, 15)
    case.add("clinical_note", "clinical", HOSPITAL, treating_unit=HOSPITAL, noted_on=case.now.date(),
             has_serious_illness=False, medical_cost_band="under_5k", diagnosis="多处软组织挫伤",
             diagnosis_code="T14.0",
             care_needs="一周内避免剧烈活动，注意情绪", medication="外用药，每日两次")  # fmt: skip
    case.add("injury_assessment", "injury", HOSPITAL, examined_on=case.now.date(), injuries="左前臂、后背软组织挫伤",
             injury_grade="slight", conclusion="符合钝性外力所致", document="file:forensic/9001-1")  # fmt: skip
    case.add("break_glass", "lease", HEALTH, kind="emergency", unit=HEALTH, person=person_of(HEALTH),
             ground="find_carer", reason="急诊检查，需确认过敏史和监护人",
             lease_from=case.now, lease_until=case.now + timedelta(hours=3),
             reviewer=person_of(f"JC@{COUNTY}"), reviewed_at=case.now + timedelta(hours=19),
             review_result="justified")  # fmt: skip
    case.join(RESCUE, "participant")
    case.now = _time(scene, 75, 20)
    case.add("emergency_measure", "measure", STATION, measure="stop_violence_shelter", by_unit=STATION, officer=HANDLER,
             started_at=_time(scene, 75, 11), ended_at=case.now, contacts_tried=3,
             contact_log="三次致电父母，父亲关机，母亲次日返乡",
             escort_from="学校", escort_to_kind="temporary_shelter", escort_to_unit=RESCUE,
             handed_over_at=case.now)  # fmt: skip
    # Still open: the father has not been found, and his employer is looked for.
    case.add("emergency_measure", "measure", STATION, measure="contact_relatives", by_unit=STATION, officer=HANDLER,
             started_at=case.now, contacts_tried=5, contact_log="经人社部门协助查找父亲务工单位")  # fmt: skip
    case.add("placement", "placement", RESCUE, place_type="temporary_shelter", facility_unit=RESCUE,
             facility_id=scene.shared.staff.shelters[f"shelter/{COUNTY}"], location_hidden=True,
             hidden_address="（保密）庇护点三号", valid_from=case.now.date(), handover_by=HANDLER,
             received_by=names.anybody(scene.luck), handover_signed_at=case.now, guardianship_kind="temporary",
             legal_basis="92_6", review_due=scene.anchor + 100 * DAY)  # fmt: skip
    case.event("placed", CIVIL, "D31", "临时庇护，地点保密", to=(RESCUE, STATION))
    case.now = _time(scene, 74, 10)
    case.event("notified", STATION, "D24", "向乡镇通报应急处置情况", to=(TOWNSHIP, CIVIL, SCHOOL))


def _investigation(case: CaseFile) -> None:
    """Sealed from all who have no part in it."""
    case.now = _time(case.scene, 73, 9)
    case.join(POLICE, "participant")
    case.join(PROCURATORATE, "prosecutor")
    case.add("investigation_record", "investigation", POLICE, kind="filing", by_unit=POLICE, filed_on=case.now.date(),
             suspect_id=case.life.home.carer.id, content="以涉嫌虐待立案",
             evidence=["file:evidence/9001-1"])  # fmt: skip
    case.add("prosecution_stage", "prosecution", PROCURATORATE, by_unit=PROCURATORATE, stage="arrest_review",
             entered_on=case.now.date() + 5 * DAY, court_unit=COURT)  # fmt: skip
    case.now = _time(case.scene, 58, 9)
    case.add("sanction", "sanction", POLICE, kind="warning_letter", subject_id=case.life.home.carer.id, by_unit=POLICE,
             decided_on=case.now.date(), document_no="岳公告诫2026第31号", facts="多次责打儿童",
             reaction="partly")  # fmt: skip
    case.add("sanction", "sanction", STATION, kind="admonition", subject_id=case.life.home.father.id, by_unit=STATION,
             decided_on=case.now.date(), facts="长期未联系儿童，未履行监护职责", reaction="unknown")  # fmt: skip
    case.event("sanctioned", POLICE, "D26", "对照料人出具告诫书，对父亲训诫", to=(TOWNSHIP, VILLAGE, CIVIL))


def _assessment(case: CaseFile) -> None:
    case.now, case.risk = _time(case.scene, 57, 9), "1"
    case.reach("assessment")
    for unit, role in ((HEALTH, "participant"), (EDUCATION, "participant"), (WOMEN, "invited")):
        case.join(unit, role)
    contributors = [CIVIL, STATION, HOSPITAL, SCHOOL, VILLAGE]
    case.event("assessment_started", TOWNSHIP, "D27", "启动调查评估", to=contributors)
    started = case.now.date()
    case.now = _time(case.scene, 52, 16)
    case.add("assessment", "assessment", TOWNSHIP, lead_unit=TOWNSHIP, started_on=started,
             completed_on=case.now.date(), contributors=contributors, risk_level="1",
             conclusion="原照料人不适宜继续照料，建议变更监护安排",
             safety_score=25, safety_note="存在再次伤害风险", guardianship_score=20,
             guardianship_note="父亲失联，母亲有意愿但居所不稳定",
             mind_body_score=45, mind_body_note="创伤后情绪反应，需持续疏导", schooling_score=82,
             schooling_note="学习勤奋，近期缺课两周")  # fmt: skip
    case.event("assessment_done", TOWNSHIP, "D27", "完成调查评估，风险一级", to=contributors)


def _plan(case: CaseFile) -> None:
    case.now = _time(case.scene, 50, 10)
    case.reach("plan")
    items = (
        ("counselling", SOCIAL, "in_progress", "每周一次心理疏导"), ("legal_aid", JUSTICE, "accepted",
        "为儿童指派律师"),
        ("guardianship_guidance", WOMEN, "in_progress", "对母亲开展家庭教育指导"), ("medical", HOSPITAL, "done",
        "伤情复查"),
        ("behaviour", EDUCATION, "ordered", "复课与学业补偿"),
    )  # fmt: skip
    for i, (kind, provider, status, goal) in enumerate(items, 1):
        case.join(provider, "provider")
        case.add("service_plan_item", "plan", TOWNSHIP, type=kind, provider_unit=provider,
        task_no=f"RW{COUNTY}-2026-{90000 + i}",
                 due=case.scene.anchor + 60 * DAY, status=status, goal=goal,
                 outcome="恢复良好" if status == "done" else None)  # fmt: skip
    case.event("plan_made", TOWNSHIP, "D28", "制定帮扶计划", to=(SOCIAL, JUSTICE, WOMEN, EDUCATION, SCHOOL))
    case.later(hours=5)
    case.add("legal_aid", "aid", JUSTICE, unit=JUSTICE, matter="guardianship", referred_by=CIVIL, priority=True,
             status="in_progress", accepted_on=case.now.date(), lawyer=names.anybody(case.scene.luck))  # fmt: skip
    case.reach("intervention")


def _court(case: CaseFile) -> None:
    """A protection order within a day, and the question who shall be guardian, still open."""
    case.now = _time(case.scene, 48, 9)
    case.reach("judicial")
    case.join(COURT, "court")
    case.event("petition_filed", CIVIL, "D29", "申请人身安全保护令", to=(COURT,))
    filed, case.now = case.now.date(), _time(case.scene, 47, 9)
    shared = {"applicant_unit": CIVIL, "applicant_kind": "civil_affairs", "court_unit": COURT}
    case.add("petition", "petition", COURT, **shared, type="protection_order", filed_on=filed,
             docket_no="(2026)湘0621民保令9号", accepted_at=_time(case.scene, 48, 10), status="ruled", ruling="granted",
             ruled_at=case.now, effective_on=case.now.date(), expires_on=case.now.date() + 183 * DAY,
             document="file:ruling/9001-1")  # fmt: skip
    case.event("ruled", COURT, "D29", "准许人身安全保护令", to=(STATION, TOWNSHIP, VILLAGE, CIVIL))
    case.now = _time(case.scene, 20, 10)
    case.add("petition", "petition", COURT, **shared, type="appoint", filed_on=case.now.date(),
             docket_no="(2026)湘0621民特27号", accepted_at=case.now, status="hearing")  # fmt: skip
    case.event("petition_filed", CIVIL, "D29", "申请指定监护人", to=(COURT, PROCURATORATE))
    case.later(days=1)
    case.add("prosecution_stage", "prosecution", PROCURATORATE, by_unit=PROCURATORATE, stage="suit_supported",
             entered_on=case.now.date(), court_unit=COURT)  # fmt: skip


def _company(case: CaseFile) -> None:
    """Who stays with the child meanwhile: a paired volunteer and the social workers."""
    scene, life = case.scene, case.life
    case.now = _time(scene, 12, 15)
    paired = _time(scene, 300, 10)
    scene.batch.add(
        "pairing",
        {
            **told_by(WOMEN, paired), **life.key, "id": scene.luck.row_id("pairing", COUNTY, paired), "unit": WOMEN,
            "volunteer_id": scene.shared.staff.volunteers[WOMEN][0], "task_no": f"JD{COUNTY}-900001",
            "status": "active",
            "valid_from": paired.date(), "consent_of_guardian": True, "vetting_result": "clear",
            "vetted_on": paired.date() - 10 * DAY,
        },
    )  # fmt: skip
    scene.batch.add(
        "service_record",
        {
            **told_by(SOCIAL, case.now), **life.key, "id": scene.luck.row_id("service", COUNTY, case.now),
            "kind": "counselling", "by_unit": SOCIAL, "by_name": names.anybody(scene.luck),
            "served_on": case.now.date(),
            "minutes": 60, "outcome": "情绪较前稳定，愿意谈论学校生活",
        },
    )  # fmt: skip
    case.event("visited", SOCIAL, "D32", "社工随访，情绪好转", to=(TOWNSHIP, CIVIL))
