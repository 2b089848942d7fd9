"""A share is a layer over the shipped rules: denials win, sealed data stays sealed, owners give what they hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.policy.book import PolicyBook
from hub.policy.compile import Policy, compile_grant
from hub.policy.grant import Grant
from hub.policy.openings import Opening, is_shareable, offered
from hub.policy.words import Subject

DAY = date(2026, 11, 20)
HEALTH, SCHOOLS = Subject(unit_type="HE", level="county"), Subject(unit_type="ED", level="county")
SHARE = Opening(
    share="share_1", unit="HE@430621", owner=SCHOOLS, objects=("D11",), mode="full", scope="own", duty="HE-3",
    valid_from=DAY, valid_to=DAY + timedelta(days=30),
)  # fmt: skip


def granted(book: PolicyBook, *openings: Opening, duty: str | None = None, day: date = DAY) -> Grant:
    return compile_grant(book, HEALTH, {"officer"}, duty, day=day, openings=openings)


def conditions(grant: Grant, group: str, action: str = "list") -> set[str | None]:
    return {right.reach.condition for right in grant.rights_on(group, action)}


def test_it_opens_what_the_owner_holds_as_the_owner_holds_it(book: PolicyBook) -> None:
    assert granted(book).rights_on("D11", "list") == ()
    (right,) = granted(book, SHARE).rights_on("D11", "list")
    assert (right.mode, right.reach.scope, right.rules, right.duties) == ("full", "own", ("share_1",), ("HE-3",))
    # Education holds the schooling of pupils and of children of school age.
    assert right.reach.condition == "shared:share_1:pupil_or_school_age"
    assert set(right.unless) == {"conflict_of_interest", "sealed"}


def test_what_the_owner_does_not_hold_is_not_opened(book: PolicyBook) -> None:
    assert granted(book, replace(SHARE, objects=("D17",))).rights_on("D17", "list") == ()
    assert not offered(compile_grant(book, SCHOOLS, {"officer"}, day=DAY), "D17", "full")
    # The owner reads children one by one, and does not list them: nor does who it shares with.
    police = replace(SHARE, owner=Subject(unit_type="PS", level="county"), objects=("D10",))
    assert conditions(granted(book, police), "D10", "read") == {
        "shared:share_1",
        *conditions(granted(book), "D10", "read"),
    }
    assert "shared:share_1" not in conditions(granted(book, police), "D10", "list")


def test_a_denial_wins(book: PolicyBook) -> None:
    court = replace(SHARE, owner=Subject(unit_type="PS", level="county"), objects=("D26",))
    grant = granted(book, court)
    assert grant.rights_on("D26", "read") == ()
    assert grant.refusals.denied("D26", "read") == "P26.4"


@pytest.mark.parametrize(
    "name", ["D23", "D25", "D30", "D29/document", "D31/location", "D13/special_school", "D38", "D99"]
)
def test_sealed_and_unknown_data_is_never_opened(book: PolicyBook, name: str) -> None:
    assert not is_shareable(name)
    plain, shared = granted(book), granted(book, replace(SHARE, objects=(name,)))
    assert (plain.cells, plain.digest_key) == (shared.cells, shared.digest_key)


def test_a_class_opens_no_raised_part_of_it(book: PolicyBook) -> None:
    village = replace(SHARE, owner=Subject(unit_type="VC", level="village"), objects=("D04",))
    grant = granted(book, village)
    assert "shared:share_1" in conditions(grant, "D04/village")
    assert "shared:share_1" not in conditions(grant, "D04/house")


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), DAY + timedelta(days=31)])
def test_it_holds_from_its_first_to_its_last_day(book: PolicyBook, day: date) -> None:
    assert granted(book, SHARE, day=day).rights_on("D11", "list") == ()


def test_it_holds_under_its_duty_alone(book: PolicyBook) -> None:
    assert granted(book, SHARE, duty="HE-3").rights_on("D11", "list")
    assert granted(book, SHARE, duty="HE-1").rights_on("D11", "list") == ()
    assert granted(book, replace(SHARE, duty="ED-1")).rights_on("D11", "list") == ()
    assert granted(book, replace(SHARE, duty="HE-99")).rights_on("D11", "list") == ()


def test_words_out_of_the_vocabulary_open_nothing(book: PolicyBook) -> None:
    for wrong in (replace(SHARE, scope="any"), replace(SHARE, mode="aggregate"), replace(SHARE, objects=())):
        assert granted(book, wrong).rights_on("D11", "list") == ()


def test_administrators_and_liaisons_get_nothing_of_it(book: PolicyBook) -> None:
    for role in ("liaison", "convener", "audit_admin", "policy_admin", "system_admin"):
        grant = compile_grant(book, HEALTH, {role}, day=DAY, openings=(SHARE,))
        assert grant.rights_on("D11", "list") == ()


def test_what_others_hold_stays_as_it_is_and_is_kept_apart(book: PolicyBook) -> None:
    policy = Policy(book, today=lambda: DAY)
    plain, shared = policy.grant(HEALTH, {"officer"}), policy.grant(HEALTH, {"officer"}, None, (SHARE,))
    assert policy.grant(HEALTH, {"officer"}) is plain
    assert policy.grant(HEALTH, {"officer"}, None, (SHARE,)) is shared
    assert plain.digest_key != shared.digest_key
    without = {cell: rights for cell, rights in shared.cells.items() if cell[0].partition("/")[0] != "D11"}
    assert without == {cell: rights for cell, rights in plain.cells.items() if cell[0].partition("/")[0] != "D11"}
