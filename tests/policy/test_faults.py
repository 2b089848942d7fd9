"""A book with a fault does not load, and every fault is told at once with its file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hub.policy.book import load_policies
from hub.policy.source import PolicyFaults
from tests.policy.small_book import DUTIES, RULES, TASKS, write_policies

GRANT = "- {objects: [D11, D12], mode: full, actions: [list, read], scope: own}"


def faults_of(root: Path, today: date | None = None) -> list[str]:
    with pytest.raises(PolicyFaults) as caught:
        load_policies(root, today=today)
    return [str(fault) for fault in caught.value.faults]


def with_grant(grant: str) -> dict[str, str]:
    return {"rules/rules.yaml": RULES.replace(GRANT, f"- {grant}")}


def test_small_book_loads(tmp_path: Path) -> None:
    assert set(load_policies(write_policies(tmp_path, {})).rules) == {"P16", "P22"}


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        ("{objects: [D99], mode: full, actions: [read], scope: own}", "P22.1: unknown class 'D99'"),
        ("{objects: [D11/nothing], mode: full, actions: [read], scope: own}", "P22.1: unknown facet 'D11/nothing'"),
        (
            "{objects: [D11/carer], mode: full, actions: [read], scope: own}",
            "P22.1: 'carer' is no facet of D11, but of D08",
        ),
        ("{objects: [D11], mode: whole, actions: [read], scope: own}", "unknown word 'whole' in 'mode'"),
        ("{objects: [D11], mode: full, actions: [peek], scope: own}", "unknown word 'peek' in 'actions'"),
        ("{objects: [D11], mode: full, actions: [read], scope: near}", "unknown word 'near' in 'scope'"),
        (
            "{objects: [D11], mode: full, actions: [read], scope: own, condition: maybe}",
            "unknown word 'maybe' in 'condition'",
        ),
        (
            "{objects: [D11], mode: full, actions: [read], scope: own, purpose: fun}",
            "unknown word 'fun' in 'purpose'",
        ),
        ("{objects: [D11], mode: full, actions: [read], scope: own, unless: [x]}", "unknown word 'x' in 'unless'"),
        ("{objects: [D11], mode: full, actions: [read], scope: own, roles: [boss]}", "unknown word 'boss' in 'roles'"),
        ("{objects: [D11], mode: full, actions: [read], scope: own, units: [PS]}", "unknown word 'PS' in 'units'"),
        ("{eft: Deny, objects: [D15]}", "unknown word 'Deny' in 'eft'"),
        ("{objects: [D11], mode: full, scope: own}", "'actions' is missing"),
        ("{objects: [D11], mode: full, actions: [read], scope: own, extra: 1}", "'extra' is no field of this"),
        ("{objects: [D11], mode: full, actions: [read, read], scope: own}", "'actions' names a word twice"),
        ("{objects: [], mode: full, actions: [read], scope: own}", "P22.1: names no class"),
        ("{objects: ['D11,D12'], mode: full, actions: [read], scope: own}", "holds a comma, blank or other sign"),
        ('{objects: ["D11\\nD12"], mode: full, actions: [read], scope: own}', "holds a comma, blank or other sign"),
        ("{objects: [''], mode: full, actions: [read], scope: own}", "a word is blank"),
        ("{objects: [\u0044\u0031\u0661], mode: full, actions: [read], scope: own}", "U+0661 ARABIC-INDIC DIGIT ONE"),
        ("{objects: [D11], mode: full, actions: [re\u0430d], scope: own}", "U+0430 CYRILLIC SMALL LETTER A"),
        ("{objects: [D11], mode: aggregate, actions: [read], scope: own}", "mode aggregate never shows a row"),
        ("{objects: [D11], mode: full, actions: [aggregate], scope: own}", "action aggregate goes with mode aggregate"),
        ("{objects: [D11], mode: full, actions: [read], scope: any}", "scope any reaches no child's rows"),
        ("{objects: [D11], mode: full, actions: [read], scope: own, unless: []}", "withheld on a conflict of interest"),
        ("{objects: [D11], mode: full, actions: [read], scope: self}", "scope self needs purpose application"),
        ("{objects: [D11], mode: full, actions: [read], scope: own, duty: XX-1}", "unknown duty 'XX-1'"),
        ("{objects: [D11], mode: full, actions: [read], scope: own, duty: PS-1}", "duty PS-1 is no duty of ED"),
        ("{objects: [D11], mode: full, actions: [read], scope: own, levels: [village]}", "no ED at level village"),
        (
            "{objects: [D11], mode: full, actions: [read], scope: own, roles: [officer, audit_admin]}",
            "administrators share no rule with other roles",
        ),
        (
            "{objects: [D11], mode: full, actions: [read], scope: own, roles: [audit_admin]}",
            "administrators see no child's data",
        ),
        (
            "{objects: [D11], mode: full, actions: [read], scope: own, valid_from: 2020-02-01, valid_to: 2020-01-01}",
            "ends before it begins",
        ),
        (
            "{objects: [D11], mode: full, actions: [read], scope: own, valid_from: soon}",
            "'valid_from' is to be a date such as 2016-09-01",
        ),
    ],
)
def test_wrong_grant_is_a_fault_with_its_line(tmp_path: Path, grant: str, expected: str) -> None:
    found = faults_of(write_policies(tmp_path, with_grant(grant)))
    assert any(fault.startswith("rules/rules.yaml:8: ") and expected in fault for fault in found), found


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        ("actions: [list]", "D25 is L5: never list"),
        ("actions: [export]", "D25 is L5: never export"),
        ("actions: [read], roles: [officer]", "D25 is L5: for the role handling_officer alone"),
        ("actions: [read], roles: [handling_officer, service]", "D25 is L5: for the role handling_officer alone"),
        ("actions: [read], roles: [handling_officer]", "D25 is L5: needs a condition"),
    ],
)
def test_sealed_class_refuses_more_than_one_person_in_one_case(tmp_path: Path, grant: str, expected: str) -> None:
    grant = f"{{objects: [D25], mode: full, scope: case, {grant}}}"
    assert any(expected in fault for fault in faults_of(write_policies(tmp_path, with_grant(grant))))


def test_sealed_class_is_never_in_totals(tmp_path: Path) -> None:
    grant = "{objects: [D25], mode: aggregate, scope: own, actions: [aggregate]}"
    found = faults_of(write_policies(tmp_path, with_grant(grant)))
    assert any("D25 is L5: never aggregate" in fault for fault in found)


def test_empty_policy_does_not_load(tmp_path: Path) -> None:
    found = faults_of(write_policies(tmp_path, {"rules/rules.yaml": "[]\n"}))
    assert "rules:1: there is no rule at all" in found


def test_duty_without_rule_is_a_fault(tmp_path: Path) -> None:
    duty = DUTIES.replace("ED-1", "ED-9")
    found = faults_of(write_policies(tmp_path, {"duties.yaml": DUTIES + duty.split("- code: PS-1")[0]}))
    assert found == ["duties.yaml:19: duty ED-9 has no rule"]


def test_duplicate_ids_name_the_first(tmp_path: Path) -> None:
    found = faults_of(write_policies(tmp_path, {"tasks.yaml": TASKS + TASKS.removeprefix("\n")}))
    assert found == ["tasks.yaml:2: T03 is already at tasks.yaml:1"]


def test_duplicate_field_is_a_fault(tmp_path: Path) -> None:
    found = faults_of(write_policies(tmp_path, {"tasks.yaml": TASKS.replace("lead:", "code: T04, lead:")}))
    assert "tasks.yaml:1: 'code' is given twice" in found


def test_rule_without_duty_or_source_is_a_fault(tmp_path: Path) -> None:
    rules = RULES.replace("  duty: PS-1\n  source: plan\n", "")
    found = faults_of(write_policies(tmp_path, {"rules/rules.yaml": rules}))
    assert {
        "rules/rules.yaml:10: 'source' is missing",
        "rules/rules.yaml:10: a rule names the duty it serves",
        "rules/rules.yaml:15: P16.1: names no duty for PS",
    } <= set(found)


def test_lapsed_rule_is_a_fault_when_a_day_is_given(tmp_path: Path) -> None:
    grant = "{objects: [D11], mode: full, actions: [read], scope: own, valid_to: 2020-01-01}"
    root = write_policies(tmp_path, with_grant(grant))
    assert load_policies(root).rules["P22"].entries[0].valid_to == date(2020, 1, 1)
    assert faults_of(root, date(2020, 1, 2)) == [
        "rules/rules.yaml:8: P22.1: lapsed on 2020-01-01: take it out or give it a new term"
    ]


def test_rule_outside_the_term_of_its_duty_is_a_fault(tmp_path: Path) -> None:
    duties = DUTIES.replace("  tasks: [T03]\n", "  tasks: [T03]\n  valid_to: 2019-12-31\n")
    grant = "{objects: [D11], mode: full, actions: [read], scope: own, valid_from: 2020-01-01}"
    found = faults_of(write_policies(tmp_path, {"duties.yaml": duties, **with_grant(grant)}))
    assert found == ["rules/rules.yaml:8: P22.1: is never in force together with its duty ED-1"]


def test_text_that_is_no_yaml_is_a_fault_with_its_line(tmp_path: Path) -> None:
    found = faults_of(write_policies(tmp_path, {"obligations.yaml": "- code: O01\n\t- x\n"}))
    assert any(fault.startswith("obligations.yaml:2: not YAML") for fault in found)


def test_missing_file_is_a_fault(tmp_path: Path) -> None:
    root = write_policies(tmp_path, {})
    (root / "tasks.yaml").unlink()
    assert any(fault.startswith("tasks.yaml:1: cannot be read") for fault in faults_of(root))


def test_all_faults_come_at_once_in_order_of_file_and_line(tmp_path: Path) -> None:
    rules = RULES.replace(GRANT, "- {objects: [D99], mode: whole, actions: [read], scope: own}").replace(
        "{objects: [D22], mode: full", "{objects: [D22], mode: half"
    )
    found = faults_of(
        write_policies(
            tmp_path, {"rules/rules.yaml": rules, "conflicts.yaml": "- x\n", "tasks.yaml": TASKS.replace("ED", "EX")}
        )
    )
    assert found == [
        "conflicts.yaml:1: a mapping is expected here",
        "rules/rules.yaml:8: P22.1: unknown class 'D99'",
        "rules/rules.yaml:8: unknown word 'whole' in 'mode'",
        "rules/rules.yaml:17: unknown word 'half' in 'mode'",
        "tasks.yaml:1: unknown word 'EX' in 'lead'",
    ]
