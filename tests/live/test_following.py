"""Units follow their inbox, a case, and what they owe, over both transports of one hub."""

from __future__ import annotations

import pytest

from tests.commands.conftest import STATION, TOWNSHIP
from tests.live.conftest import Hub
from tests.live.followers import CASE, INBOX, OBLIGATIONS, socket, stream


def test_an_inbox_is_told_of_each_notice(hub: Hub) -> None:
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.started("in", INBOX)
        hub.case(1)
        told = follower.event()
    assert (told["kind"], told["notice"]["eventType"]) == ("created", "report_accepted")


def test_a_case_is_told_step_by_step(hub: Hub) -> None:
    case = hub.case(2)
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.started("case", CASE, id=case)
        hub.step(case)
        told = follower.event()
    assert (told["kind"], told["event"]["type"], told["case"]["id"]) == ("step", "measure_taken", case)


def test_units_are_told_what_they_owe(hub: Hub) -> None:
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.started("owed", OBLIGATIONS)
        hub.case(3)
        told = follower.event()
    assert told["kind"] == "created"
    assert told["obligation"]["fromUnit"] == TOWNSHIP


def test_an_event_stream_tells_the_same(hub: Hub) -> None:
    with stream(hub.url, hub.token(TOWNSHIP), INBOX) as events:
        started = next(events)
        assert (started.kind, started.told["kind"], started.id) == ("next", "started", started.told["cursor"])
        hub.case(4)
        told = next(events)
    assert told.told["notice"]["eventType"] == "report_accepted"
    assert told.id == told.told["cursor"]


@pytest.mark.parametrize("transport", ["socket", "stream"])
def test_who_comes_back_misses_nothing(hub: Hub, transport: str) -> None:
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.started("in", INBOX)
        case = hub.case(5 if transport == "socket" else 6)
        cursor = follower.event()["cursor"]
    for measure in ("contact_relatives", "medical_help"):
        hub.step(case, measure)
    if transport == "socket":
        with socket(hub.url, hub.token(TOWNSHIP)) as follower:
            follower.follow("in", INBOX, after=cursor)
            told = [follower.event() for _ in range(2)]
            assert follower.silent()
    else:
        with stream(hub.url, hub.token(TOWNSHIP), INBOX, {"Last-Event-ID": cursor}) as events:
            told = [next(events).told for _ in range(2)]
    assert [each["notice"]["eventType"] for each in told] == ["measure_taken", "measure_taken"]
    assert len({each["notice"]["id"] for each in told}) == 2


def test_a_unit_without_part_is_told_nothing_of_a_case(hub: Hub) -> None:
    case = hub.case(7)
    with socket(hub.url, hub.token("TW@430621105")) as follower:
        follower.follow("case", CASE, id=case)
        refused = follower.message()
        follower.follow("none", CASE, id="case_430621_00000000000000000000000000")
        unknown = follower.message()
    assert refused["type"] == unknown["type"] == "error"
    assert refused["payload"] == unknown["payload"]
    assert refused["payload"][0]["extensions"]["code"] == "RIGHT_ENDED"


def test_an_act_of_ones_own_is_seen_on_the_case(hub: Hub) -> None:
    case = hub.case(8)
    with socket(hub.url, hub.token(STATION)) as follower:
        follower.started("case", CASE, id=case)
        query = "{ notices(first: 50) { nodes { id case { id } } } }"
        found = hub.ask(TOWNSHIP, query)["data"]["notices"]["nodes"]
        ids = [each["id"] for each in found if each["case"] and each["case"]["id"] == case]
        hub.ask(TOWNSHIP, "mutation ($ids: [ID!]!) { acknowledgeNotices(notices: $ids) { notice { id } } }", ids=ids)
        told = follower.event()
    assert told["kind"] == "changed"
    assert any(each["unit"] == TOWNSHIP and each["acknowledgedAt"] for each in told["case"]["knowledge"])
