"""The state machine of graphql-transport-ws, message by message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub import errors
from hub.live import protocol
from hub.live.protocol import Begin, Close, Conversation, Initialise, Say, State, Stop

QUERY = {"query": "subscription { inbox { cursor } }"}


def said(conversation: Conversation, **message: Any) -> protocol.Action:
    return conversation.take(json.dumps(message))


def ready() -> Conversation:
    conversation = Conversation()
    said(conversation, type="connection_init")
    conversation.acknowledged()
    return conversation


def test_a_connection_is_initialised_with_what_it_brings() -> None:
    conversation = Conversation()
    assert said(conversation, type="connection_init", payload={"a": 1}) == Initialise(payload={"a": 1})
    assert conversation.acknowledged() == b'{"type":"connection_ack"}'
    assert conversation.state is State.READY


def test_an_operation_begins_and_is_stopped() -> None:
    conversation = ready()
    begun = said(conversation, type="subscribe", id="1", payload=QUERY)
    assert isinstance(begun, Begin) and begun.asked is not None
    assert (begun.id, begun.asked.query) == ("1", QUERY["query"])
    assert said(conversation, type="complete", id="1") == Stop(id="1")
    assert isinstance(said(conversation, type="subscribe", id="1", payload=QUERY), Begin)


def test_a_ping_is_answered_without_what_it_carried() -> None:
    assert said(Conversation(), type="ping", payload={"a": "李四"}) == Say(message=b'{"type":"pong"}')
    assert said(ready(), type="pong") is None


@pytest.mark.parametrize(
    "message",
    [
        "", "{", "[]", "1", "null", '"connection_init"', "{}", '{"type":1}', '{"type":"connection_ack"}',
        '{"type":"subscribe"}', '{"type":"subscribe","id":"","payload":{"query":"{a}"}}',
        '{"type":"subscribe","id":7,"payload":{"query":"{a}"}}', '{"type":"complete"}', '{"type":"start","id":"1"}',
        '{"type":"ping","type":"ping"}', '{"type":"ping","payload":"\\u0000"}', '{"type":"ping","payload":1}',
        '{"type":"ping","payload":' + "[" * 100 + "]" * 100 + "}", '{"type":"complete","id":"' + "x" * 129 + '"}',
        "\ud800",
    ],
)  # fmt: skip
def test_what_is_no_message_closes_with_4400(message: str) -> None:
    assert ready().take(message) == Close(code=4400, reason="MESSAGE_MALFORMED")


def test_binary_messages_are_none() -> None:
    assert ready().take(b'{"type":"ping"}') == Close(code=4400, reason="MESSAGE_MALFORMED")


def test_what_comes_out_of_turn_closes_with_its_code() -> None:
    early = said(Conversation(), type="subscribe", id="1", payload=QUERY)
    again = said(ready(), type="connection_init")
    conversation = ready()
    said(conversation, type="subscribe", id="1", payload=QUERY)
    twice = said(conversation, type="subscribe", id="1", payload=QUERY)
    assert [each.code for each in (early, again, twice) if isinstance(each, Close)] == [4401, 4429, 4409]


def test_initialising_twice_at_once_is_once_too_often() -> None:
    conversation = Conversation()
    said(conversation, type="connection_init")
    assert said(conversation, type="connection_init") == Close(code=4429, reason="Too many initialisation requests")


def test_who_only_pings_is_not_listened_to_for_ever() -> None:
    conversation = Conversation()
    answers = [said(conversation, type="ping") for _ in range(protocol.EARLY + 1)]
    assert answers[-1] == Close(code=4400, reason="MESSAGE_MALFORMED")
    assert Close not in map(type, answers[:-1])


def test_a_payload_that_asks_nothing_fails_its_operation_alone() -> None:
    begun = said(ready(), type="subscribe", id="1", payload={"query": 1})
    assert isinstance(begun, Begin) and begun.asked is None
    assert isinstance(begun.fault, errors.RequestMalformed)


def test_an_operation_is_over_once() -> None:
    conversation = ready()
    said(conversation, type="subscribe", id="1", payload=QUERY)
    assert [conversation.ended("1"), conversation.ended("1"), conversation.ended("2")] == [True, False, False]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.TokenExpired(), 4403), (errors.UnitEnded(unit="TW@1"), 4403), (errors.RightsChanged(), 4403),
        (errors.PolicyStale(), 4403), (errors.SlowReader(), 1013), (errors.RecordError(), 1013),
        (errors.ExecuteError(), 1013), (errors.InternalError(reference="x"), 4500), (errors.RightEnded(), None),
        (errors.NotGranted(paths="inbox"), None), (errors.CursorInvalid(), None),
    ],
    ids=lambda case: case.code if isinstance(case, errors.HubError) else str(case),
)  # fmt: skip
def test_an_error_ends_the_connection_or_one_operation(error: errors.HubError, code: int | None) -> None:
    close = protocol.close_for(error)
    assert (close.code if close else None) == code
    assert close is None or close.reason == error.code
