"""The WebSocket of `/graphql` as others may try it: origins, subprotocols, tokens, messages that are none."""

from __future__ import annotations

import json

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from tests.commands.conftest import TOWNSHIP
from tests.live.conftest import Hub
from tests.live.followers import CASE, INBOX, socket

CANARY = "430621201501010190"


def test_another_sites_page_is_refused(hub: Hub) -> None:
    with pytest.raises(InvalidStatus) as refused:
        with socket(hub.url, None, origin="https://elsewhere.invalid"):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["own", "https://ledger.invalid", None])
def test_own_and_named_origins_connect(hub: Hub, origin: str | None) -> None:
    given = {"origin": hub.url if origin == "own" else origin} if origin else {}
    with socket(hub.url, hub.token(TOWNSHIP), **given) as follower:
        assert follower.started("in", INBOX)


@pytest.mark.parametrize("offered", ["graphql-ws", "soap"])
def test_another_subprotocol_is_not_acceptable(hub: Hub, offered: str) -> None:
    with socket(hub.url, None, protocol=offered) as follower:
        assert follower.closed()[0] == 4406


def test_only_the_endpoint_has_web_sockets(hub: Hub) -> None:
    with pytest.raises(InvalidStatus) as refused:
        with socket(f"{hub.url}/desk", None):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, "UNAUTHENTICATED"), ({"Authorization": f"Bearer {CANARY}"}, "TOKEN_INVALID"),
        ({"Authorization": 1}, "UNAUTHENTICATED"), ({"Authorization": "Bearer 令牌"}, "UNAUTHENTICATED"),
        ({"Authorization": "Bearer a", "authorization": "Bearer b"}, "UNAUTHENTICATED"),
    ],
    ids=["none", "no token", "a number", "no ASCII", "two"],
)  # fmt: skip
def test_who_is_not_known_is_closed_with_4403(hub: Hub, payload: dict[str, object], code: str) -> None:
    with socket(hub.url, None) as follower:
        follower.send(type="connection_init", payload=payload)
        assert follower.closed() == (4403, code)


def test_a_token_may_come_with_the_upgrade(hub: Hub) -> None:
    headers = {"Authorization": f"Bearer {hub.token(TOWNSHIP)}"}
    with socket(hub.url, None, additional_headers=headers) as follower:
        follower.send(type="connection_init")
        assert follower.message() == {"type": "connection_ack"}
        follower.started("in", INBOX)


def test_two_tokens_are_none(hub: Hub) -> None:
    headers = {"Authorization": f"Bearer {hub.token(TOWNSHIP)}"}
    with socket(hub.url, None, additional_headers=headers) as follower:
        follower.send(type="connection_init", payload={"Authorization": f"Bearer {hub.token('CA@430621')}"})
        assert follower.closed() == (4403, "UNAUTHENTICATED")


def test_who_says_nothing_is_closed_with_4408(hub: Hub) -> None:
    with socket(hub.url, None) as follower:
        assert follower.closed()[0] == 4408


@pytest.mark.parametrize("message", ["{", f'{{"type":"{CANARY}"}}', f'{{"type":"subscribe","id":"{CANARY}"}}'])
def test_malformed_messages_are_closed_and_not_repeated(hub: Hub, message: str) -> None:
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.link.send(message)
        assert follower.closed() == (4400, "MESSAGE_MALFORMED")


def test_what_is_bytes_or_too_long_is_closed(hub: Hub) -> None:
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.link.send(b'{"type":"ping"}')
        assert follower.closed()[0] == 4400
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.link.send(json.dumps({"type": "ping", "payload": {"a": "x" * 300_000}}))
        assert follower.closed()[0] == 1009


def test_an_id_is_used_once_at_a_time(hub: Hub) -> None:
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.started("a", INBOX)
        follower.send(id="a", type="complete")
        follower.started("a", INBOX)
        follower.follow("a", INBOX)
        assert follower.closed()[0] == 4409


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription { inbox { cursor } }", "ARGUMENT_INVALID"),
        ("subscription { inbox { notice { nothing } } }", "DOCUMENT_INVALID"),
        ("subscription { inbox { notice { id } } obligations { obligation { id } } }", "DOCUMENT_INVALID"),
        ('subscription { inbox(after: "AAAA") { notice { id } } }', "CURSOR_INVALID"),
        (f'subscription {{ inbox(after: "{CANARY}") {{ notice {{ id }} }} }}', "CURSOR_INVALID"),
        ("subscription { inbox { notice { " + "case { events { case: knowledge { event { " * 4 + "id" + "} } } } " * 4
         + "} } }", "LIMIT_DEPTH"),
        ("subscription ($x: ID!) { case(id: $x) { case { id } } }", "VARIABLE_INVALID"),
        ("{ " + "a: viewer { kind } " * 2 + "}", None),
        ("{", "DOCUMENT_INVALID"),
    ],
)  # fmt: skip
def test_documents_pass_the_same_limits(hub: Hub, query: str, code: str | None) -> None:
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        follower.follow("a", query)
        message = follower.message()
        assert CANARY not in json.dumps(message)
        if code is None:
            assert (message["type"], follower.message()) == ("next", {"id": "a", "type": "complete"})
        else:
            assert message["type"] == "error"
            assert message["payload"][0]["extensions"]["code"] == code
        follower.started("b", INBOX)


def test_a_cursor_serves_its_own_unit_and_field_alone(hub: Hub) -> None:
    with socket(hub.url, hub.token(TOWNSHIP)) as follower:
        cursor = follower.started("a", INBOX)
    other = "subscription ($after: String) { obligations(after: $after) { obligation { id } } }"
    for unit, query in (("CA@430621", INBOX), (TOWNSHIP, other)):
        with socket(hub.url, hub.token(unit)) as follower:
            follower.follow("a", query, after=cursor)
            assert follower.message()["payload"][0]["extensions"]["code"] == "CURSOR_INVALID"


def test_subscriptions_and_connections_are_counted(hub: Hub) -> None:
    token = hub.token(TOWNSHIP, person="counted")
    with socket(hub.url, token) as first:
        for number in range(5):
            first.started(str(number), INBOX)
        first.follow("one too many", INBOX)
        assert first.message()["payload"][0]["extensions"]["code"] == "LIMIT_SUBSCRIPTIONS"
        first.send(id="0", type="complete")
        first.started("again", INBOX)
    for _ in range(2):  # those that are closed count no more
        with socket(hub.url, token) as second:
            second.started("a", INBOX)


def test_a_subscription_by_plain_post_is_told_how(hub: Hub) -> None:
    headers = {"Authorization": f"Bearer {hub.token(TOWNSHIP)}"}
    reply = httpx2.post(f"{hub.url}/graphql", json={"query": INBOX}, headers=headers)
    assert (reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) == (406, "SUBSCRIPTION_TRANSPORT")


@pytest.mark.parametrize(
    ("accept", "query", "media", "status"),
    [
        ("text/event-stream", "{ viewer { kind } }", "text/event-stream", 200),
        ("application/json, text/event-stream", "{ viewer { kind } }", "application/json", 200),
        ("text/event-stream, application/json", "{ viewer { kind } }", "application/json", 200),
        ("text/event-stream", "{ nothing }", "text/event-stream", 200),
        ("text/event-stream", INBOX.replace("notice", "notiz"), "text/event-stream", 200),
        ("text/event-stream", 'subscription { inbox(after: "A") { notice { id } } }',
         "application/graphql-response+json", 400),
        ("text/event-stream", CASE.replace("($id: ID!, $after: String)", "").replace("id: $id, after: $after",
         'id: "case_430621_0"'), "application/json", 403),
    ],
    ids=["only", "last", "first", "wrong", "wrong subscription", "cursor", "no such case"],
)  # fmt: skip
def test_event_streams_by_what_is_accepted(hub: Hub, accept: str, query: str, media: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {hub.token(TOWNSHIP)}", "Accept": accept}
    reply = httpx2.post(f"{hub.url}/graphql", json={"query": query}, headers=headers)
    assert (reply.headers["content-type"].partition(";")[0], reply.status_code) == (media, status)
    if media == "text/event-stream":
        assert reply.text.startswith("event: next\ndata: {")
        assert reply.text.endswith("\n\nevent: complete\ndata:\n\n")
