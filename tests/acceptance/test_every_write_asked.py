"""Units ask for writes over HTTP: what is refused is told as expected and leaves nothing but its access record.

Which write is right comes from the expected decisions (`policies/expected`) and plain facts of a made-up world. Every
caller sends its share of all tries, so that each mutation is sent by several; then what they may write is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from psycopg import sql
from starlette.testclient import TestClient

from hub.app import create_app
from hub.database import Database, Role
from hub.identity.trust import issuer_from
from schema.registry import METADATA
from tests.acceptance.matrix import Who, World, callers, open_world
from tests.acceptance.trying import expected_done, is_in_schema, tries
from tests.conftest import MakeDatabase
from tests.reference.writing import NOT_GRANTED, UNFIT, UNKNOWN, WRITTEN

CALLERS = list(callers())
#: Of how many tries a caller sends one, and how many refusals of each code with values that would do.
SHARE, FIT = 6, 4
#: What is refused for a right is refused so whatever the values; everything else ends with their faults.
FOR_A_RIGHT = frozenset({NOT_GRANTED, UNKNOWN})
TOGETHER = 20
#: What a write leaves beside the rows of the registry.
COUNTS = "SELECT (SELECT count(*) FROM change), (SELECT count(*) FROM access_record)"
LEFT = ("change", "sent_key", "redirect", "child_merge")

Send = Callable[[Sequence[str], Who], list[dict[str, Any]]]


class Asked(NamedTuple):
    world: World
    send: Send
    digests: dict[str, str | None]  # of every table before anything was asked


@contextmanager
def hub_over(world: World, folder: Path) -> Iterator[Send]:
    """Sends mutations to a hub as a unit; gives the error of each, empty where there is none."""
    settings = replace(
        world.database.settings, data=folder, dev_issuer=True, daily=False, cost_per_s=10_000_000,
        planning_ms_per_s=10_000,
    )  # fmt: skip
    issuer = issuer_from(settings)
    with TestClient(create_app(settings, database=world.database)) as client:

        def sent(texts: Sequence[str], who: Who) -> list[dict[str, Any]]:
            token = issuer.issue(who.unit, "p1", roles=[who.role], ttl=600)
            headers = {"Authorization": f"Bearer {token}"} | ({"Hub-Case": who.case_no} if who.case_no else {})
            document = " ".join(f"m{number}: {text}" for number, text in enumerate(texts))
            body = {"query": f"mutation {{ {document} }}", "extensions": {"onDenied": "NULL"}}
            reply = client.post("/graphql", json=body, headers=headers).json()
            assert "data" in reply, reply
            found = {error["path"][0]: error["extensions"] for error in reply.get("errors", ())}
            assert all((reply["data"][name] is None) == (name in found) for name in reply["data"])
            return [found.get(f"m{number}", {}) for number in range(len(texts))]

        yield sent


@pytest.fixture(scope="module")
def asked(make_database: MakeDatabase, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    world = open_world(make_database(f"every_write_asked_{worker_id}"), tmp_path_factory.mktemp("chains"))
    with hub_over(world, tmp_path_factory.mktemp("hub")) as send:
        yield Asked(world, send, digests(world.database))


def digests(database: Database) -> dict[str, str | None]:
    """Of every table but the record of accesses."""
    text = "SELECT {}, md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {} t"
    each = (sql.SQL(text).format(sql.Literal(name), sql.Identifier(name)) for name in (*METADATA.tables, *LEFT))
    with database.connect(Role.READER) as connection:
        return dict(connection.execute(sql.SQL(" UNION ALL ").join(each)).fetchall())


class Left(NamedTuple):
    """How many rows there are of what a write leaves beside its own."""

    changes: int
    records: int


def left(database: Database) -> Left:
    with database.connect(Role.READER) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM change), (SELECT count(*) FROM access_record)"
        ).fetchone()
    assert row is not None
    return Left(*row)


def refused(world: World, who: Who) -> list[tuple[str, str]]:
    """The caller's share: as they are, where that is refused, and with values that no row may hold."""
    writing = world.writing(who)
    listed = [each for each in tries(world, writing) if is_in_schema(each, writing)]
    number, told, share = CALLERS.index(who), Counter[str](), list[tuple[str, str]]()
    for place, each in enumerate(listed[number:] + listed[:number]):
        if each.right != WRITTEN and told[each.right] < FIT:
            told[each.right] += 1
            share.append((each.text, each.right))
        if place % SHARE == 0 and each.unfit_text is not None:
            share.append((each.unfit_text, each.right if each.right in FOR_A_RIGHT else UNFIT))
    return share


@pytest.mark.slow
@pytest.mark.parametrize("who", CALLERS, ids=str)
def test_refused_write_leaves_no_trace_but_its_access_record(asked: Asked, who: Who) -> None:
    share, before = refused(asked.world, who), left(asked.world.database)
    for start in range(0, len(share), TOGETHER):
        together = share[start : start + TOGETHER]
        found = asked.send([text for text, _ in together], who)
        for (text, right), error in zip(together, found, strict=True):
            assert error.get("code") == right, text
    assert left(asked.world.database) == Left(before.changes, before.records + len(share))
    assert digests(asked.world.database) == asked.digests


@pytest.mark.slow
def test_what_a_caller_may_write_is_written(make_database: MakeDatabase, tmp_path: Path, worker_id: str) -> None:
    """A few of each caller's, one after the other in one world; all of them have been tried without a trace before."""
    world = open_world(make_database(f"every_write_kept_{worker_id}"), tmp_path / "chains")
    names: set[str] = set()
    with hub_over(world, tmp_path / "hub") as send:
        for who in CALLERS:
            writing = world.writing(who)
            listed = (each for each in tries(world, writing) if each.right == WRITTEN and each.name not in names)
            each = next(listed, None)
            if each is None:
                continue
            names.add(each.name)
            before = left(world.database)
            assert send([each.text], who) == [{}], each.text
            after = left(world.database)
            assert (after.changes > before.changes, after.records) == (True, before.records + 1), each.text
            world.read()
    assert len(names) > len({who.unit for who in CALLERS if expected_done(world.writing(who))}) / 2
