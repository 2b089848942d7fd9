"""Grants of the shipped policies, as the planner asks them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from hub import errors
from hub.policy import words
from hub.policy.book import PolicyBook
from hub.policy.compile import Policy, compile_grant
from hub.policy.grant import Grant, Reach, Right, Subject
from hub.policy.objects import CHILD_CLASSES


def grant(book: PolicyBook, name: str, *roles: str, duty: str | None = None) -> Grant:
    unit_type, level = name.split("/")
    return compile_grant(book, Subject(unit_type=unit_type, level=level), roles or ("officer",), duty)


def modes(rights: Collection[Right]) -> list[str]:
    return [right.mode for right in rights]


def test_right_carries_mode_reach_exceptions_and_grounds(book: PolicyBook) -> None:
    assert grant(book, "ED/county").rights_on("D02", "list") == (
        Right(
            mode="masked",
            reach=Reach(scope="own", condition="pupil_or_school_age", purpose="none"),
            unless=("conflict_of_interest", "sealed"),
            rules=("P22.2",),
            duties=("ED-1",),
        ),
    )


def test_what_no_rule_names_is_denied(book: PolicyBook) -> None:
    assert grant(book, "ED/county").rights_on("D09/check", "read") == ()
    assert grant(book, "ED/county").rights_on("no such group", "read") == ()
    assert grant(book, "ED/county").rights_on("D11", "no such action") == ()


def test_strongest_mode_comes_first(book: PolicyBook) -> None:
    rights = grant(book, "CA/county").rights_on("D19/band", "read")
    assert modes(rights) == ["full", "full", "full", "flag"]


def test_facet_opens_without_its_class(book: PolicyBook) -> None:
    school = grant(book, "SC/township")
    assert modes(school.rights_on("D08/carer", "list")) == ["full"]
    assert school.rights_on("D08", "list") == ()
    assert modes(school.may("D08", "list")) == ["full"]


def test_house_address_needs_a_rule_that_names_it(book: PolicyBook) -> None:
    assert modes(grant(book, "VC/village").rights_on("D04/house", "list")) == ["full"]
    assert grant(book, "SW/county").rights_on("D08/document", "list") == ()


def test_denial_overrides_every_grant(book: PolicyBook) -> None:
    assert grant(book, "PS/county").rights_on("D17/type", "read") == ()
    assert grant(book, "VC/village").rights_on("D22/content", "list") != ()
    assert modes(grant(book, "VC/village").rights_on("D22/content", "list")) == ["meta"]


def test_service_account_reads_what_its_officers_read_and_does_nothing(book: PolicyBook) -> None:
    officer, service = grant(book, "ED/county"), grant(book, "ED/county", "service")
    reads = {cell: rights for cell, rights in officer.cells.items() if cell[1] in words.READS}
    assert reads == {cell: rights for cell, rights in service.cells.items() if cell[1] in words.READS}
    assert {action for _, action in service.cells} - set(words.READS) == {"subscribe", "pull"}


def test_handling_officer_is_an_officer_and_more(book: PolicyBook) -> None:
    officer, handling = grant(book, "PS/county"), grant(book, "PS/county", "handling_officer")
    assert officer.cells.items() <= handling.cells.items()
    assert officer.rights_on("D23", "read") == ()
    assert [right.reach.condition for right in handling.rights_on("D23", "read")] == ["handling_officer"]


def test_roles_add_up(book: PolicyBook) -> None:
    both = grant(book, "ED/county", "officer", "liaison")
    assert both.rights_on("D11", "read") and both.rights_on("D38", "ack")


def test_acknowledging_opens_nothing_else(book: PolicyBook) -> None:
    liaison = grant(book, "CA/county", "liaison")
    assert {group.partition("/")[0] for group, _ in liaison.cells} == {"D38", "D41"}


@pytest.mark.parametrize("role", sorted(words.ADMINISTRATORS))
@pytest.mark.parametrize("unit", ["CA/county", "PS/county", "JC/prefecture", "TW/township"])
def test_administrators_see_no_childs_data_whatever_their_unit(book: PolicyBook, unit: str, role: str) -> None:
    assert not {group.partition("/")[0] for group, _ in grant(book, unit, role).cells} & CHILD_CLASSES


@pytest.mark.parametrize(
    "roles",
    [(), ("boss",), ("policy_admin", "audit_admin"), ("policy_admin", "officer"), ("system_admin", "service")],
)
def test_roles_that_exclude_one_another_are_refused(book: PolicyBook, roles: tuple[str, ...]) -> None:
    with pytest.raises(errors.RoleConflict):
        compile_grant(book, Subject(unit_type="CA", level="county"), roles)


def test_stated_duty_narrows_the_grant(book: PolicyBook) -> None:
    narrowed = grant(book, "ED/county", duty="ED-3")
    assert narrowed.rights_on("D11", "list") == ()
    assert modes(narrowed.rights_on("D22", "list")) == ["meta", "meta"]
    assert modes(narrowed.rights_on("D38/directory", "read")) == ["full"]


@pytest.mark.parametrize("duty", ["PS-1", "ED-99", "", "any"])
def test_duty_of_another_unit_is_refused(book: PolicyBook, duty: str) -> None:
    with pytest.raises(errors.PurposeInvalid):
        grant(book, "ED/county", duty=duty)


def test_level_without_duties_has_the_directory_and_what_is_its_own(book: PolicyBook) -> None:
    found = grant(book, "ED/province")
    assert {group for group, _ in found.cells} == {"D38/directory", "D41", "D41/claim", "D41/notice"}
    assert {right.reach.condition for right in found.rights_on("D41", "read")} == {"own_unit"}


def test_city_and_county_of_civil_affairs_differ(book: PolicyBook) -> None:
    city, county = grant(book, "CA/prefecture"), grant(book, "CA/county")
    assert [right.reach.scope for right in city.rights_on("D01", "list")] == ["sub"]
    assert [right.reach.scope for right in county.rights_on("D01", "list")] == ["own"]
    # Of reports the states alone: those of the units below it, and its own.
    assert modes(city.rights_on("D22", "list")) == ["meta", "meta"]
    assert modes(county.rights_on("D22", "list")) == ["full", "meta", "meta"]


def test_equal_rights_have_an_equal_key(book: PolicyBook) -> None:
    city, county = grant(book, "ED/prefecture"), grant(book, "ED/county")
    assert city.digest_key == county.digest_key
    assert city.digest_key != grant(book, "HE/county").digest_key


def test_grant_is_frozen(book: PolicyBook) -> None:
    with pytest.raises(FrozenInstanceError):
        grant(book, "ED/county").duty = "ED-1"  # type: ignore[misc]


def test_policy_compiles_once_for_each_caller(book: PolicyBook) -> None:
    policy = Policy(book)
    subject = Subject(unit_type="HO", level="county")
    assert policy.grant(subject, ["officer"]) is policy.grant(subject, {"officer"})
    assert policy.grant(subject, ["officer"]) is not policy.grant(subject, ["officer"], "HO-1")


def test_policy_keeps_a_bounded_number_of_grants(book: PolicyBook) -> None:
    policy = Policy(book, keep=2)
    subjects = [Subject(unit_type=unit, level="county") for unit in ("HO", "TX", "CU")]
    first = policy.grant(subjects[0], ["officer"])
    for subject in subjects[1:]:
        policy.grant(subject, ["officer"])
    assert policy.grant(subjects[0], ["officer"]) is not first


def test_grants_are_compiled_anew_each_day(book: PolicyBook) -> None:
    days = iter([date(2026, 1, 1), date(2026, 1, 2)])
    policy = Policy(book, today=lambda: next(days))
    subject = Subject(unit_type="HO", level="county")
    assert policy.grant(subject, ["officer"]) is not policy.grant(subject, ["officer"])
