"""What the registry refuses: each fault is made in an otherwise sound domain."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from schema.classes import Level
from schema.codes import CODE_LISTS
from schema.entities import Entity
from schema.meaning import MeaningError, lists, many, one
from schema.registry import ENTITIES, METADATA, read_registry

#: model: every entity that the domain speaks of, by subject.
SUBJECTS = {
    "child and family": "Child Family FamilyMember MigrationSpell GuardianshipArrangement GuardianshipFinding "
    "EntrustmentConfirmation",
    "registration and school": "HukouRecord Enrolment Attendance DropoutCase Persuasion",
    "health": "HealthSummary ClinicalNote InjuryAssessment PsychScreening Disability",
    "support": "Assistance AidApplication EmploymentSupport HousingSupport LegalAid",
    "case": "ConcernReport ProtectionCase CaseParty CaseEvent CaseKnowledge Notice",
    "measures": "EmergencyMeasure Assessment ServicePlanItem Placement",
    "justice": "Sanction Petition ProsecutionStage JuvenileMeasure InvestigationRecord",
    "service": "Visit Pairing ServiceRecord",
    "places and people": "Facility Worker",
    "organisation": "AdminDivision Organisation CalendarDay Membership UserAccount Duty DataSharingSubscription",
    "conference": "Meeting Minute MinuteConsent Decision Bulletin BulletinReceipt",
    "duties": "AnnualPlan DutyTask Obligation",
    "exchange": "ShareRequest RefusalRecord CorrectionRequest",
    "leases and traces": "BreakGlass EvaluationSample ValueProvenance RetentionEvent",
    "oversight": "Accountability RewardRecord OpinionEvent FundAllocation Inspection IndicatorSnapshot",
}

#: Values of level 5 outside the classes that are sealed as a whole.
SEALED_FIELDS = {
    "Child.virtual_special_school_reason",
    "EmergencyMeasure.escort_to_unit",
    "FamilyMember.custody_status",
    "Petition.document",
    "Placement.facility_id",
    "Placement.facility_unit",
    "Placement.handover_by",
    "Placement.hidden_address",
    "Placement.received_by",
    "Placement.source_record_id",
    "Placement.source_system",
    "Placement.source_unit",
    "Placement.supplier_duty",
    "ProsecutionStage.document",
}


def with_field(entity: str, name: str, **changed: Any) -> list[Entity]:
    """The domain with one field changed."""
    old = ENTITIES[entity]
    fields = {**old.fields, name: replace(old.fields[name], **changed)}
    return [*(e for e in ENTITIES.values() if e.name != entity), replace(old, fields=fields)]


def with_relation(entity: str, relation: Any) -> list[Entity]:
    old = ENTITIES[entity]
    return [
        *(e for e in ENTITIES.values() if e.name != entity),
        replace(old, relations={**old.relations, relation.name: relation}),
    ]


def with_about(entity: str, **changed: Any) -> list[Entity]:
    old = ENTITIES[entity]
    return [*(e for e in ENTITIES.values() if e.name != entity), replace(old, about=replace(old.about, **changed))]


def test_domain_holds_every_entity_of_the_model() -> None:
    assert sorted(ENTITIES) == sorted(" ".join(SUBJECTS.values()).split())


def test_sound_domain_is_read_in_order_of_name() -> None:
    assert read_registry(reversed(list(ENTITIES.values()))) == ENTITIES
    assert list(ENTITIES) == sorted(ENTITIES)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        pytest.param(
            lambda: with_field("Child", "sex", codes="colour"), "Child.sex: unknown code list 'colour'", id="list"
        ),
        pytest.param(lambda: with_field("Child", "sex", owner=("XX",)), "Child.sex: unknown owner 'XX'", id="owner"),
        pytest.param(
            lambda: with_field("JuvenileMeasure", "kind", filterable=True),
            "JuvenileMeasure.kind: a value of level 5 can be neither a filter nor an order",
            id="sealed filter",
        ),
        pytest.param(
            lambda: with_field("Child", "photo", level=Level.L5, filterable=False, orderable=False),
            "Child.photo: level 5 needs a facet of its own",
            id="raised without facet",
        ),
        pytest.param(
            lambda: with_field("Placement", "facility_unit", level=Level.L4),
            "Placement.facility_id: level 5 needs a facet of its own",
            id="raised facet lowered",
        ),
        pytest.param(
            lambda: with_relation(
                "Organisation", lists("pupils", "Enrolment", "学生", "Pupils", on=("code", "school_unit"))
            ),
            "Organisation.pupils: leads from reference data to a child's",
            id="reference to child",
        ),
        pytest.param(
            lambda: with_relation("Visit", lists("others", "Visit", "其他", "Others", on=("id", "id"))),
            "Visit.others: does not stay in the county",
            id="out of the county",
        ),
        pytest.param(
            lambda: with_relation("Child", one("pet", "Pet", "宠物", "Pet", on="family_id")),
            "Child.pet: unknown entity 'Pet'",
            id="unknown target",
        ),
        pytest.param(
            lambda: with_relation("Child", one("house", "Family", "房屋", "House", on="house_id")),
            "Child.house: Child has no column 'house_id'",
            id="unknown local column",
        ),
        pytest.param(
            lambda: with_relation("Child", many("toys", "Visit", "玩具", "Toys", by="child_id", order=("-size",))),
            "Child.toys: Visit has no column 'size'",
            id="unknown order",
        ),
        pytest.param(
            lambda: with_relation("Child", one("name", "Family", "家庭", "Family", on="family_id")),
            "Child.name: the name is taken",
            id="relation like a field",
        ),
        pytest.param(lambda: with_about("Visit", plural="children"), "children is used twice", id="root twice"),
        pytest.param(lambda: with_about("Visit", id_tag="child"), "the id tag child is used twice", id="tag twice"),
        pytest.param(lambda: with_about("Visit", natural_key="number"), "Visit: no field 'number'", id="natural key"),
    ],
)
def test_fault_is_refused(make: Callable[[], list[Entity]], fault: str) -> None:
    with pytest.raises(MeaningError) as raised:
        read_registry(make())
    assert fault in str(raised.value)


def test_all_faults_are_told_at_once() -> None:
    entities = with_field("Child", "sex", codes="colour", owner=("XX",))
    with pytest.raises(MeaningError) as raised:
        read_registry(entities)
    assert str(raised.value).count("Child.sex") == 2


def test_sealed_fields_are_these() -> None:
    sealed = {f"{f.entity}.{f.name}": f for e in ENTITIES.values() for f in e.fields.values() if f.level is Level.L5}
    assert {name for name, field in sealed.items() if field.data_class not in {"D23", "D25", "D30"}} == SEALED_FIELDS
    assert {f.data_class for f in sealed.values()} == {"D13", "D23", "D25", "D26", "D29", "D30", "D31"}


def test_sealed_classes_are_sealed_in_every_field() -> None:
    fields = [f for e in ENTITIES.values() for f in e.fields.values() if f.data_class in {"D23", "D25", "D30"}]
    assert all(field.level is Level.L5 for field in fields)


def test_every_default_of_a_code_is_in_its_list() -> None:
    for entity in ENTITIES.values():
        for field in (f for f in entity.fields.values() if f.codes and f.computed is None):
            default = entity.table.c[field.name].server_default
            if default is not None and field.codes:
                assert default.arg in CODE_LISTS[field.codes].codes, f"{entity.name}.{field.name}"  # type: ignore[attr-defined]


def test_every_column_tells_its_meaning_to_the_database() -> None:
    assert [f"{t.name}.{c.name}" for t in METADATA.tables.values() for c in t.columns if not c.comment] == []


@pytest.mark.parametrize(
    ("entity", "field", "group"),
    [
        ("Child", "name", "D01/brief"),
        ("Child", "age", "D01/brief"),
        ("Child", "residence_division", "D04/village"),
        ("Child", "residence_address", "D04/house"),
        ("Child", "priority_flags", "D13/tag"),
        ("FamilyMember", "phone", "D05/guardian"),
        ("Family", "household_size", "D06/size"),
        ("GuardianshipArrangement", "carer_check_result", "D09/check"),
        ("Enrolment", "school_unit", "D11/school"),
        ("ClinicalNote", "has_serious_illness", "D15/illness"),
        ("ConcernReport", "situation_types", "D22/essentials"),
        ("Assessment", "mind_body_note", "D27/mind_body"),
        ("Petition", "document", "D29/document"),
    ],
)
def test_facets_that_rules_name(entity: str, field: str, group: str) -> None:
    assert ENTITIES[entity].fields[field].group == group
