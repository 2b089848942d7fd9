"""Whoever may be told no longer is told nothing more, and why: token, unit, part in the case, rights, patience."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from hub.database import Role
from hub.policy.compile import Policy
from hub.policy.grant import Grant
from tests.commands.conftest import STATION, TOWNSHIP
from tests.live.conftest import Hub
from tests.live.followers import CASE, INBOX, socket, stream

SOCIAL_WORK = "SW@430621-01"


def test_a_token_that_expires_ends_it(hub: Hub) -> None:
    began = time.monotonic()
    with socket(hub.url, hub.token(TOWNSHIP, ttl=3)) as follower:
        follower.started("in", INBOX)
        assert follower.closed() == (4403, "TOKEN_EXPIRED")
    assert time.monotonic() - began < 20


def test_a_connection_without_subscriptions_ends_with_its_token(hub: Hub) -> None:
    with socket(hub.url, hub.token(TOWNSHIP, ttl=2)) as follower:
        assert follower.closed() == (4403, "TOKEN_EXPIRED")


def test_a_stream_ends_with_its_token(hub: Hub) -> None:
    with stream(hub.url, hub.token(TOWNSHIP, ttl=3), INBOX) as events:
        assert next(events).told["kind"] == "started"
        last = next(events)
        assert last.data["errors"][0]["extensions"]["code"] == "TOKEN_EXPIRED"
        assert (next(events).kind, list(events)) == ("complete", [])


def test_a_party_that_leaves_is_told_nothing_more(hub: Hub) -> None:
    case = hub.case(1)
    hub.act(TOWNSHIP, "inviteUnit", ("case", case), unit=SOCIAL_WORK, role="invited")
    with socket(hub.url, hub.token(SOCIAL_WORK)) as follower, socket(hub.url, hub.token(TOWNSHIP)) as other:
        follower.started("case", CASE, id=case)
        other.started("case", CASE, id=case)
        hub.act(SOCIAL_WORK, "leaveCase", ("case", case), summary="已转介")
        ended = follower.message()
        assert other.step("party_left")
        hub.step(case)
        assert other.step("measure_taken")
        assert follower.silent()
    assert (ended["type"], ended["payload"][0]["extensions"]["code"]) == ("error", "RIGHT_ENDED")


@pytest.fixture(scope="module", autouse=True)
def quick_directory() -> Iterator[None]:
    """Units are looked at anew at once, instead of every half minute."""
    with mock.patch("hub.app.DIRECTORY_INTERVAL", 0.2):
        yield


def test_a_unit_that_ends_is_closed(hub: Hub) -> None:
    unit = "YL@430621"
    with socket(hub.url, hub.token(unit)) as follower:
        follower.started("in", INBOX)
        with hub.database.connect(Role.MIGRATOR) as connection:
            connection.execute("UPDATE organisation SET valid_to = '2026-01-01' WHERE code = %s", [unit])
        assert follower.closed() == (4403, "UNIT_ENDED")


def test_another_policy_ends_it(hub: Hub) -> None:
    """It is begun anew, with the cursor, under the policy that is in force now."""
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        cursor = follower.started("in", INBOX)
        with mock.patch.object(Policy, "grant", _of_another_book):
            assert follower.closed() == (4403, "RIGHTS_CHANGED")
            with socket(hub.url, hub.token(TOWNSHIP)) as again:
                again.follow("in", INBOX, after=cursor)
                hub.case(4)
                assert again.event()["kind"] == "created"


_GRANT = Policy.grant


def _of_another_book(policy: Policy, *given: Any) -> Grant:
    return replace(_GRANT(policy, *given), digest="another")


def test_sealed_steps_and_what_is_out_of_reach_are_not_told(hub: Hub) -> None:
    """A change of a case of which a follower sees nothing new is as if it had not been."""
    case = hub.case(2)
    hub.step(case)
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.started("case", "subscription ($id: ID!) { case(id: $id) { cursor kind case { stage } } }", id=case)
        hub.step(case, "medical_help")
        assert follower.silent()
        with hub.database.connect(Role.MIGRATOR) as connection:
            connection.execute("UPDATE protection_case SET sealed = true WHERE id = %s", [case])
        hub.step(case, "medical_help")
        ended = follower.message()
    assert ended["payload"][0]["extensions"]["code"] == "RIGHT_ENDED"


def test_who_takes_nothing_is_closed_and_goes_on_later(hub: Hub) -> None:
    case = hub.case(3)
    with mock.patch("hub.live.subscription.MOST_WAITING", 3), socket(hub.url, hub.token(STATION)) as follower:
        cursor = follower.started("case", CASE, id=case)
        with mock.patch("hub.live.forming.Former.form", autospec=True, side_effect=_never):
            for measure in ("medical_help", "contact_relatives", "medical_help", "contact_relatives", "medical_help"):
                hub.step(case, measure)
            assert follower.closed() == (1013, "SLOW_READER")
    with socket(hub.url, hub.token(STATION)) as follower:
        follower.follow("case", CASE, id=case, after=cursor)
        told = [follower.event()["event"]["id"] for _ in range(5)]
        assert follower.silent()
    assert len(set(told)) == 5


async def _never(*_: object) -> None:
    """What it forms is never taken."""
    await asyncio.Event().wait()
