"""What is told live is told as a query tells it: withheld alike, on record alike, within the caller's own schema."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from graphql import build_schema

from hub.database import Role
from tests.commands.conftest import STATION, TOWNSHIP
from tests.live.conftest import Hub
from tests.live.followers import CASE, INBOX, socket


def records(hub: Hub, person: str) -> list[tuple[Any, ...]]:
    with hub.database.connect(Role.MIGRATOR) as connection:
        query = "SELECT outcome, error, roots, rows FROM access_record WHERE person = %s ORDER BY at, seq"
        return connection.execute(query, [person]).fetchall()


def test_every_event_is_on_record_before_it_is_told(hub: Hub) -> None:
    with socket(hub.url, hub.token(TOWNSHIP, person="on.record")) as follower:
        follower.started("in", INBOX)
        assert [outcome for outcome, *_ in records(hub, "on.record")] == ["answered"]
        hub.case(1)
        told = follower.event()
        outcome, error, roots, rows = records(hub, "on.record")[-1]
    assert (outcome, error, roots, rows) == ("answered", None, {"inbox": [told["notice"]["id"]]}, 1)


def test_a_refused_subscription_is_on_record(hub: Hub) -> None:
    with socket(hub.url, hub.token("TW@430621105", person="refused")) as follower:
        follower.follow("case", CASE, id=hub.case(2))
        follower.message()
    assert [(outcome, error) for outcome, error, *_ in records(hub, "refused")] == [("refused", "RIGHT_ENDED")]


def test_what_is_withheld_is_reported_as_by_a_query(hub: Hub) -> None:
    fields = "id kind event { id summary } case { id stage riskLevel } child { id citizenIdNo }"
    with socket(hub.url, hub.token("SC@430621104-01")) as follower:
        follower.started("in", f"subscription {{ inbox {{ cursor kind notice {{ {fields} }} }} }}")
        hub.case(3)
        told = follower.message()["payload"]
    notice = told["data"]["inbox"]["notice"]
    asked = hub.ask("SC@430621104-01", f"query ($id: ID!) {{ notice(id: $id) {{ {fields} }} }}", id=notice["id"])
    assert notice == asked["data"]["notice"]
    assert [(each["path"][-1], each["code"]) for each in told["extensions"]["access"]] == [
        (each["path"][-1], each["code"]) for each in asked["extensions"]["access"]
    ]


def test_a_strict_caller_is_told_nothing_in_part(hub: Hub) -> None:
    query = "subscription { inbox { cursor notice { id child { id citizenIdNo } } } }"
    with socket(hub.url, hub.token("SC@430621104-01")) as follower:
        extensions = {"onDenied": "ERROR"}
        follower.send(id="a", type="subscribe", payload={"query": query, "extensions": extensions})
        refused = follower.message()
    assert refused["payload"][0]["extensions"]["code"] == "NOT_GRANTED"
    assert refused["payload"][0]["extensions"]["access"]


@pytest.mark.parametrize(("unit", "is_shown"), [(TOWNSHIP, True), ("ST@430621", False)])
def test_a_units_own_schema_shows_what_it_may_follow(hub: Hub, unit: str, is_shown: bool) -> None:
    headers = {"Authorization": f"Bearer {hub.token(unit)}"}
    schema = build_schema(httpx2.get(f"{hub.url}/schema.graphql", headers=headers).text)
    followed = set(schema.subscription_type.fields) if schema.subscription_type else set()
    assert "inbox" in followed
    assert ("case" in followed, "CaseUpdate" in schema.type_map) == (is_shown, is_shown)


def test_gql_follows_as_it_comes(hub: Hub) -> None:
    async def told() -> dict[str, Any]:
        transport = WebsocketsTransport(
            hub.url.replace("http", "ws") + "/graphql", subprotocols=["graphql-transport-ws"],
            init_payload={"Authorization": f"Bearer {hub.token(STATION)}"},
        )  # fmt: skip
        async with Client(transport=transport) as session:
            events = session.subscribe(gql("subscription { inbox { cursor kind notice { eventType } } }"))
            assert (await anext(events))["inbox"]["kind"] == "started"
            await asyncio.to_thread(hub.case, 4)
            return await anext(events)

    assert asyncio.run(told())["inbox"]["notice"]["eventType"] == "report_received"
