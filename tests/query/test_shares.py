"""What one caller may take: it is counted in cost and in planning time, and nobody pays for another."""

from __future__ import annotations

import pytest

from hub import errors
from hub.identity.identity import Identity, Unit
from hub.query.shares import NEW_DOCUMENT, REQUEST_COST, SAVED, SAVED_PLANNING, UNIT_SHARE, Rates, Shares
from schema.classes import Label


class Clock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def caller(person: str, unit: str = "ED@430621") -> Identity:
    named = Unit(code=unit, type=unit[:2], level="county", division="", ranges=(), name=Label(zh=unit, en=unit))
    return Identity(person=person, unit=named, roles=frozenset(), kind="human", expires_at=0, token_id="t")


def wait_of(shares: Shares, identity: Identity) -> object:
    with pytest.raises(errors.TooManyRequests) as caught:
        shares.enter(identity)
    return caught.value.data["seconds"]


def test_cost_runs_into_debt_once_and_is_paid_off_in_time(clock: Clock) -> None:
    shares = Shares(Rates(cost=1000), clock)
    share = shares.enter(caller("a"))
    share.cost.take(1000 * SAVED + 2500 - REQUEST_COST)
    assert wait_of(shares, caller("a")) == 3
    clock.now += 2.4
    assert wait_of(shares, caller("a")) == 1
    clock.now += 0.2
    shares.enter(caller("a"))


def test_no_more_is_saved_than_some_seconds(clock: Clock) -> None:
    shares = Shares(Rates(cost=1000), clock)
    share = shares.enter(caller("a"))
    clock.now += 1_000_000
    share.cost.take(1000 * SAVED + 1)
    assert wait_of(shares, caller("a")) == 1


def test_callers_do_not_pay_for_one_another(clock: Clock) -> None:
    shares = Shares(Rates(cost=1000), clock)
    shares.enter(caller("a")).cost.take(10**9)
    wait_of(shares, caller("a"))
    for other in (caller("b"), caller("a", "VC@430621104201")):
        shares.enter(other)


def test_requests_at_once_are_bounded(clock: Clock) -> None:
    shares = Shares(Rates(streams=2), clock)
    first = shares.enter(caller("a"))
    shares.enter(caller("a"))
    with pytest.raises(errors.TooManyStreams):
        shares.enter(caller("a"))
    shares.enter(caller("b"))
    first.leave()
    shares.enter(caller("a"))


def test_new_documents_are_counted_by_their_time(clock: Clock) -> None:
    shares = Shares(Rates(planning=0.1), clock)
    share = shares.enter(caller("a"))
    share.planned(0.1 * SAVED_PLANNING / 2)
    shares.enter(caller("a"))
    for _ in range(int(0.1 * SAVED_PLANNING / 2 / NEW_DOCUMENT) + 1):
        share.read(0.0001)
    assert wait_of(shares, caller("a")) == 1
    shares.enter(caller("b"))


def test_units_plan_no_more_than_a_few_callers(clock: Clock) -> None:
    shares = Shares(Rates(planning=0.1), clock)
    for number in range(UNIT_SHARE + 1):
        shares.enter(caller(str(number))).planned(0.1 * SAVED_PLANNING - 0.001)
    assert wait_of(shares, caller("new"))
    shares.enter(caller("new", "VC@430621104201"))


def test_headers_tell_what_is_left(clock: Clock) -> None:
    share = Shares(Rates(cost=1000), clock).enter(caller("a"))
    left = 1000 * SAVED - REQUEST_COST
    assert share.headers() == [
        (b"ratelimit-policy", b'"cost";q=10000;w=10'),
        (b"ratelimit", b'"cost";r=%d;t=10' % left),
    ]


def test_nothing_is_bounded_that_has_no_bound(clock: Clock) -> None:
    shares = Shares(Rates(), clock)
    for _ in range(1000):
        share = shares.enter(caller("a"))
        share.cost.take(10**9)
        share.planned(1000.0)
    assert share.headers() == []
